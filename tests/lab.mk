# The agent, its protocol, and the lab.
lab_test_ldadd = src/lab/libfwlab.a src/core/libfwcore.a $(CHECK_LIBS) $(NL_LIBS) $(CAPNG_LIBS)

check_PROGRAMS += tests/net/test_agent
tests_net_test_agent_SOURCES = tests/net/test_agent.c tests/net/peer_test.c tests/net/peer_test.h tests/net/weak_addr.c
tests_net_test_agent_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(srcdir)/tests/net
tests_net_test_agent_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_net_test_agent_LDADD = $(lab_test_ldadd)
TESTS += tests/net/test_agent
