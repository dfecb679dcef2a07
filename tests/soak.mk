# No false alarms: what the path between does, strangers' segments, and the soak.
check_PROGRAMS += tests/unit/test_netpath
TESTS += tests/unit/test_netpath

tests_unit_test_netpath_SOURCES = tests/unit/test_netpath.c
tests_unit_test_netpath_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_test_netpath_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_netpath_LDADD = src/run/libfwrun.a src/report/libfwreport.a src/lang/libfwlang.a src/core/libfwcore.a $(base_libs) $(CHECK_LIBS)

# The short form; tests/soak 1000 is the long one.
check_PROGRAMS += tests/soak_forward
tests_soak_forward_SOURCES = tests/soak_forward.c
tests_soak_forward_CPPFLAGS = -D_GNU_SOURCE
dist_check_SCRIPTS += tests/soak
TESTS += tests/soak

check_PROGRAMS += tests/net/strangers
tests_net_strangers_SOURCES = tests/net/strangers.c
tests_net_strangers_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_net_strangers_LDADD = src/core/libfwcore.a $(base_libs)
dist_check_SCRIPTS += tests/net/malformed.sh tests/net/strangers.sh
TESTS += tests/net/malformed.sh tests/net/strangers.sh
EXTRA_DIST += tests/net/strangers.wave
