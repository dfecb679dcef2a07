# The whole against peers that are wrong, servers that nobody here wrote, other
# programs' analysis, a busy machine, and what can go wrong around it.
net_scripts = \
	tests/net/broken.sh \
	tests/net/serve_wrong.sh \
	tests/net/client.sh \
	tests/net/serve.sh \
	tests/net/serve_across.sh \
	tests/net/repeat.sh \
	tests/net/stopped.sh \
	tests/net/servers.sh \
	tests/net/tap.sh \
	tests/net/captures.sh \
	tests/net/dies.sh \
	tests/net/baseline.sh \
	tests/net/errors.sh \
	tests/net/agent.sh \
	tests/net/doctor_agent.sh \
	tests/net/lwip.sh \
	tests/net/ttl255.sh \
	tests/net/families.sh \
	tests/net/killed.sh \
	tests/net/verdicts.sh \
	tests/net/path.sh

dist_check_SCRIPTS += $(net_scripts)
TESTS += $(net_scripts)

check_PROGRAMS += tests/net/without_family
tests_net_without_family_SOURCES = tests/net/without_family.c
EXTRA_DIST += tests/net/lwip_faults.c tests/net/pair.sh tests/net/routed.sh tests/net/rogue.pl tests/net/server_list.sh tests/net/broken tests/net/stopped

# Servers for --serve: one as it should be, and one of all sorts.
check_PROGRAMS += tests/net/misbehave tests/net/caller tests/net/twenty_lines
tests_net_misbehave_SOURCES = tests/net/misbehave.c
tests_net_misbehave_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_net_caller_SOURCES = tests/net/caller.c
tests_net_caller_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_net_twenty_lines_SOURCES = tests/net/twenty_lines.c
tests_net_twenty_lines_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
