# see Makefile.am
# The language: text in, a scenario or located messages out.
AM_YFLAGS = -d -Wno-yacc
noinst_LIBRARIES += src/lang/libfwlang.a
BUILT_SOURCES += src/lang/parse.h
src_lang_libfwlang_a_SOURCES = \
	src/lang/check.c src/lang/check.h \
	src/lang/check_expr.c \
	src/lang/check_header.c \
	src/lang/check_options.c \
	src/lang/check_segment.c \
	src/lang/check_steps.c \
	src/lang/check_times.c \
	src/lang/explain.c \
	src/lang/explain_header.c \
	src/lang/lex.l \
	src/lang/load.c src/lang/load.h \
	src/lang/messages.c src/lang/messages.h \
	src/lang/parse.y \
	src/lang/parser.h \
	src/lang/profile.c src/lang/profile.h \
	src/lang/source.c src/lang/source.h \
	src/lang/suggest.c \
	src/lang/syntax.c \
	src/lang/tree.h \
	src/lang/values.c

# For a target that is asked for by name: BUILT_SOURCES help "make all" alone.
src/lang/lex.$(OBJEXT): src/lang/parse.h
