# The wire. libnet's --defines warn everywhere else, so what includes libnet.h
# is a library of its own, with flags of its own. libfwwire.a needs it only through send.h.
noinst_LIBRARIES += src/wire/libfwwire.a src/wire/libfwnet.a

# _DEFAULT_SOURCE is what _BSD_SOURCE, which libnet asks for, has become.
src_wire_libfwnet_a_CFLAGS = $(AM_CFLAGS) $(LIBNET_CFLAGS) -D_DEFAULT_SOURCE
src_wire_libfwnet_a_SOURCES = \
	src/wire/send.c src/wire/send.h

src_wire_libfwwire_a_CFLAGS = $(AM_CFLAGS) $(PCAP_CFLAGS) $(NL_CFLAGS) $(CAPNG_CFLAGS)
src_wire_libfwwire_a_SOURCES = \
	src/wire/capture.c src/wire/capture.h \
	src/wire/dump.c \
	src/wire/filter.c src/wire/filter.h \
	src/wire/link.c src/wire/link.h \
	src/wire/privilege.c src/wire/privilege.h \
	src/wire/route.c src/wire/route.h \
	src/wire/shield.c src/wire/shield.h \
	src/wire/answer.c src/wire/answer.h \
	src/wire/spare.c \
	src/wire/watch.c src/wire/watch.h

# What a program that uses the wire links, in this order, before the core.
WIRE_LIBS = src/wire/libfwnet.a src/wire/libfwwire.a
WIRE_LINK = $(WIRE_LIBS) src/core/libfwcore.a $(base_libs) $(LIBNET_LIBS) $(PCAP_LIBS) $(NL_LIBS) $(CAPNG_LIBS)
