# The whole against peers that are wrong, servers that nobody here wrote, other
# programs' analysis, a busy machine, and what can go wrong around it.
net_scripts = \
	tests/net/broken.sh \
	tests/net/servers.sh \
	tests/net/captures.sh \
	tests/net/repeat.sh \
	tests/net/errors.sh \
	tests/net/agent.sh \
	tests/net/dies.sh

dist_check_SCRIPTS += $(net_scripts)
TESTS += $(net_scripts)
EXTRA_DIST += tests/net/pair.sh \
	tests/net/broken/peer.inc \
	tests/net/broken/active-aborts.wave \
	tests/net/broken/active-ack-ignored.wave \
	tests/net/broken/active-ack-lost-eof.wave \
	tests/net/broken/active-ack-lost.wave \
	tests/net/broken/active-acks-eleven.wave \
	tests/net/broken/active-acks-once-eof.wave \
	tests/net/broken/active-acks-once.wave \
	tests/net/broken/active-acks-twice.wave \
	tests/net/broken/active-acks-unasked.wave \
	tests/net/broken/active-closes.wave \
	tests/net/broken/active-deaf-eof.wave \
	tests/net/broken/active-deaf.wave \
	tests/net/broken/active-default.wave \
	tests/net/broken/active-late-data-acked.wave \
	tests/net/broken/active-late-data.wave \
	tests/net/broken/active-lost-2.wave \
	tests/net/broken/active-lost-4.wave \
	tests/net/broken/active-lost-5.wave \
	tests/net/broken/active-lost-eof.wave \
	tests/net/broken/active-lost-once-eof.wave \
	tests/net/broken/active-lost-once.wave \
	tests/net/broken/active-lost-reset.wave \
	tests/net/broken/active-not-gone.wave \
	tests/net/broken/active-re-acks-eof.wave \
	tests/net/broken/active-re-acks.wave \
	tests/net/broken/active-resets-again.wave \
	tests/net/broken/active-resets.wave \
	tests/net/broken/active-speaks-eof.wave \
	tests/net/broken/active-speaks.wave \
	tests/net/broken/active-stays.wave \
	tests/net/broken/active-taken-eof.wave \
	tests/net/broken/active-taken-stays.wave \
	tests/net/broken/active-taken.wave \
	tests/net/broken/fin-once.wave \
	tests/net/broken/passive-ack-ignored.wave \
	tests/net/broken/passive-ack-lost-once.wave \
	tests/net/broken/passive-ack-lost.wave \
	tests/net/broken/passive-closes.wave \
	tests/net/broken/passive-default.wave \
	tests/net/broken/passive-late-data-acked.wave \
	tests/net/broken/passive-late-data.wave \
	tests/net/broken/passive-lost-2.wave \
	tests/net/broken/passive-lost-4.wave \
	tests/net/broken/passive-lost-5.wave \
	tests/net/broken/passive-lost-reset.wave \
	tests/net/broken/passive-no-re-ack.wave \
	tests/net/broken/passive-not-gone.wave \
	tests/net/broken/passive-reset-again.wave \
	tests/net/broken/passive-reset-late-fin.wave \
	tests/net/broken/passive-time-wait-full.wave \
	tests/net/broken/passive-time-wait.wave \
	tests/net/broken/passive-times-out.wave \
	tests/net/broken/passive-waits-fin.wave \
	tests/net/broken/passive-waits.wave \
	tests/net/broken/reset.wave \
	tests/net/broken/silent.wave
