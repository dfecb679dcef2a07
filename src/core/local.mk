# The core: values and rules, no socket, clock, file or output.
noinst_LIBRARIES += src/core/libfwcore.a
src_core_libfwcore_a_SOURCES = \
	src/core/arena.c src/core/arena.h \
	src/core/diag.c src/core/diag.h \
	src/core/names.c src/core/names.h \
	src/core/scenario.c src/core/scenario.h
