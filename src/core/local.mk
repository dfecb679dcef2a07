# The core: values and rules, no socket, clock, file or output.
noinst_LIBRARIES += src/core/libfwcore.a
src_core_libfwcore_a_SOURCES = \
	src/core/arena.c src/core/arena.h \
	src/core/bytes.h \
	src/core/connection.c src/core/connection.h \
	src/core/decode.c src/core/decode.h \
	src/core/diag.c src/core/diag.h \
	src/core/engine.h \
	src/core/names.c src/core/names.h \
	src/core/options.c \
	src/core/pattern.h \
	src/core/scenario.h \
	src/core/segment.c src/core/segment.h \
	src/core/seq.h \
	src/core/verdict.h
