# The core: values and rules, no socket, clock, file or output.
noinst_LIBRARIES += src/core/libfwcore.a
src_core_libfwcore_a_SOURCES = \
	src/core/connection.c src/core/connection.h \
	src/core/decode.c src/core/decode.h \
	src/core/engine.c src/core/engine.h src/core/engine_impl.h \
	src/core/engine_evidence.c \
	src/core/engine_lateness.c \
	src/core/engine_plain.c \
	src/core/engine_segments.c \
	src/core/engine_send.c \
	src/core/engine_settle.c \
	src/core/fragments.c \
	src/core/lower.c \
	src/core/malform.c src/core/malform.h \
	src/core/names.c src/core/names.h \
	src/core/observer.c src/core/observer.h \
	src/core/options.c src/core/options.h \
	src/core/pattern.c src/core/pattern.h \
	src/core/profile.c src/core/profile.h \
	src/core/reason.c src/core/reason.h \
	src/core/rules.c src/core/rules.h \
	src/core/scenario.c src/core/scenario.h \
	src/core/segment.c src/core/segment.h \
	src/core/step_ask.c \
	src/core/step_expect.c \
	src/core/step_open.c \
	src/core/step_series.c \
	src/core/verdict.h
