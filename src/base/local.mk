# see Makefile.am
# What any C program has: memory, text, numbers, addresses, clocks. Knows no TCP.
noinst_LIBRARIES += src/base/libfwbase.a
src_base_libfwbase_a_SOURCES = \
	src/base/address.c src/base/address.h \
	src/base/bytes.h \
	src/base/clock.h \
	src/base/diag.h \
	src/base/duration.h \
	src/base/embedded.h \
	src/base/literal.c src/base/literal.h \
	src/base/memory.c src/base/memory.h \
	src/base/text.c src/base/text.h

base_libs = src/base/libfwbase.a $(UNISTRING_LIBS)
