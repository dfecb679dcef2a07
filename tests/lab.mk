# The agent, its protocol, and the lab.
lab_test_ldadd = src/lab/libfwlab.a src/lang/libfwlang.a src/core/libfwcore.a $(base_libs) $(CHECK_LIBS) $(NL_LIBS) $(CAPNG_LIBS)
lab_test_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(srcdir)/tests/net -I$(srcdir)/tests/unit
lab_test_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
lab_test_common = tests/net/peer_test.c tests/net/peer_test.h
agent_fixture = tests/net/agent_fixture.c tests/net/agent_fixture.h

check_PROGRAMS += tests/unit/test_control tests/net/test_agent tests/net/test_agent_sessions tests/net/test_lab tests/net/test_tap tests/net/tap_linux tests/net/lab_holder

tests_unit_test_control_SOURCES = tests/unit/test_control.c
tests_unit_test_control_CPPFLAGS = $(lab_test_cppflags)
tests_unit_test_control_CFLAGS = $(lab_test_cflags)
tests_unit_test_control_LDADD = $(lab_test_ldadd)

tests_net_test_agent_SOURCES = tests/net/test_agent.c $(agent_fixture) $(lab_test_common) $(suite_h)
tests_net_test_agent_CPPFLAGS = $(lab_test_cppflags)
tests_net_test_agent_CFLAGS = $(lab_test_cflags)
tests_net_test_agent_LDADD = $(lab_test_ldadd)

tests_net_test_agent_sessions_SOURCES = tests/net/test_agent_sessions.c $(agent_fixture) $(lab_test_common) $(suite_h)
tests_net_test_agent_sessions_CPPFLAGS = $(lab_test_cppflags)
tests_net_test_agent_sessions_CFLAGS = $(lab_test_cflags)
tests_net_test_agent_sessions_LDADD = $(lab_test_ldadd)

tests_net_test_lab_SOURCES = tests/net/test_lab.c $(lab_test_common) $(suite_h)
tests_net_test_lab_CPPFLAGS = $(lab_test_cppflags)
tests_net_test_lab_CFLAGS = $(lab_test_cflags)
tests_net_test_lab_LDADD = $(lab_test_ldadd)

tests_net_test_tap_SOURCES = tests/net/test_tap.c $(suite_h)
tests_net_test_tap_CPPFLAGS = $(lab_test_cppflags)
tests_net_test_tap_CFLAGS = $(lab_test_cflags)
tests_net_test_tap_LDADD = $(lab_test_ldadd)

tests_net_lab_holder_SOURCES = tests/net/lab_holder.c
tests_net_lab_holder_CPPFLAGS = $(lab_test_cppflags)
tests_net_lab_holder_LDADD = $(lab_test_ldadd)

tests_net_tap_linux_SOURCES = tests/net/tap_linux.c
tests_net_tap_linux_CPPFLAGS = $(lab_test_cppflags)
tests_net_tap_linux_LDADD = $(lab_test_ldadd)

lab_scripts = tests/net/test_lab_left.sh tests/net/test_lab_user.sh tests/net/test_tap_user.sh
EXTRA_DIST += $(lab_scripts)
TESTS += tests/unit/test_control tests/net/test_agent tests/net/test_agent_sessions tests/net/test_lab tests/net/test_tap $(lab_scripts)
