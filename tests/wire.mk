# Tests of the wire. Those in tests/net make their own network namespaces, and are
# skipped where that is not allowed.
WIRE_TESTS = tests/unit/test_build tests/unit/test_filter tests/unit/test_link \
	tests/net/test_capture tests/net/test_wire
check_PROGRAMS += $(WIRE_TESTS)
TESTS += $(WIRE_TESTS)

tests_unit_test_build_SOURCES = tests/unit/test_build.c tests/unit/builder.c tests/unit/builder.h $(suite_h)
tests_unit_test_build_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(LIBNET_CFLAGS) -D_DEFAULT_SOURCE
tests_unit_test_build_LDADD = $(WIRE_LINK) $(CHECK_LIBS)

tests_unit_test_filter_SOURCES = tests/unit/test_filter.c tests/unit/builder.c tests/unit/builder.h $(suite_h)
tests_unit_test_filter_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(LIBNET_CFLAGS) -D_DEFAULT_SOURCE
tests_unit_test_filter_LDADD = $(WIRE_LINK) $(CHECK_LIBS)

tests_unit_test_link_SOURCES = tests/unit/test_link.c $(suite_h)
tests_unit_test_link_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_link_LDADD = $(WIRE_LINK) $(CHECK_LIBS)

wire_rig = tests/net/wire_rig.c tests/net/wire_rig.h tests/net/hosts.c tests/net/hosts.h
wire_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS) $(PCAP_CFLAGS) -I$(top_srcdir)/tests/unit

tests_net_test_wire_SOURCES = tests/net/test_wire.c $(wire_rig)
tests_net_test_wire_CFLAGS = $(wire_cflags)
tests_net_test_wire_LDADD = $(WIRE_LINK) $(CHECK_LIBS)

tests_net_test_capture_SOURCES = tests/net/test_capture.c $(wire_rig)
tests_net_test_capture_CFLAGS = $(wire_cflags)
tests_net_test_capture_LDADD = $(WIRE_LINK) $(CHECK_LIBS)
