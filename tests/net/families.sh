#!/bin/sh
# Hosts that have one address family only: the agent serves there by the other, and so does the tester play.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

without=${top_builddir:-$PWD}/tests/net/without_family
"$without" 6 true || skip "no system call can be refused here"
close_wave=$top_srcdir/scenarios/claims/normal-close-active.wave

passes() { # WHAT COMMAND...
	what=$1
	shift
	timeout --foreground 60 "$@" "$close_wave" >"$scratch/out" 2>&1 &&
		grep -q '^1 passed, 0 failed, [01] skipped, 0 errors' "$scratch/out" || {
		cat "$scratch/out"
		fail "$what: not passed"
	}
}

for family in 6 4; do
	case $family in
	6) other=4 target=$peer_ip4 ;;
	4) other=6 target=$peer_ip6 ;;
	esac
	begin_at_peer "$without" $family "$FOURWAVE" peer --remote -q
	wait_listening 4145 $other || fail "no agent at a host without IPv$family"
	! listens 4145 $family || fail "it listens on IPv$family, so this proves nothing"
	passes "a peer without IPv$family" "$FOURWAVE" run -t "$target"
	passes "both without IPv$family" "$without" $family "$FOURWAVE" run -t "$target"
	stop "$started"

	# Said by name, the family must be there.
	any=::
	[ $family = 6 ] || any=0.0.0.0
	timeout 5 "$without" $family "$FOURWAVE" peer --remote --listen $any >"$scratch/out" 2>&1
	[ $? = 99 ] || fail "it listens on $any, where there is no IPv$family"
	says "cannot listen on $any port 4145: Address family not supported"
done

# Switched off and not missing: the last, for it takes the addresses away.
at_peer sh -c 'for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >"$file"; done' 2>/dev/null ||
	skip "this machine's kernel does not let the peer's IPv6 be switched off"
begin_at_peer "$FOURWAVE" peer --remote -q
wait_listening 4145 4 || fail "no agent at a host whose IPv6 is switched off"
passes "a peer whose IPv6 is switched off" "$FOURWAVE" run -t "$peer_ip4"
begin_at_peer "$FOURWAVE" peer --data-port 4245 --port 4244 -q
wait_listening 4245 4 || fail "no agent on the loopback of a host whose IPv6 is switched off"
finish
