# The whole against peers that are wrong, servers that nobody here wrote, other
# programs' analysis, a busy machine, and what can go wrong around it.
net_scripts = \
	tests/net/broken.sh \
	tests/net/repeat.sh \
	tests/net/servers.sh \
	tests/net/captures.sh \
	tests/net/dies.sh \
	tests/net/errors.sh \
	tests/net/agent.sh \
	tests/net/ttl255.sh

dist_check_SCRIPTS += $(net_scripts)
TESTS += $(net_scripts)
EXTRA_DIST += tests/net/pair.sh tests/net/broken
