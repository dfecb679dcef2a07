#!/bin/sh
# A peer that sends with a TTL (hop limit) of 255, as lwIP does: the quick table, as root and with CAP_NET_RAW
# alone, over both families. Our own kernel must be silent towards it as towards any other. Where the kernel
# has no better shield than the TTL, doctor says so before, a run says so at its first segment, and other
# peers are judged as ever.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

peer_ttl() { # TTL
	# shellcheck disable=SC2016 # it is the peer's shell that expands
	at_peer sh -c 'echo "$0" >/proc/sys/net/ipv4/ip_default_ttl
		for file in /proc/sys/net/ipv6/conf/*/hop_limit; do echo "$0" >"$file"; done' "$1"
}
peer_ttl 255 2>/dev/null || skip "this machine's kernel does not let the peer's TTL be set"
begin_at_peer "$FOURWAVE" peer --remote -q
wait_listening 4145 || fail "no agent at the peer's"

cat >"$scratch/close.wave" <<'END'
scenario "A normal close"
role     active
open
send     F. as fin
expect   . ack fin.end within 1s
END

# Results with that member, in a run's JSON.
count() { # NAME MEMBER
	grep -c "$2" "$scratch/$1.json"
}

raw_only='setpriv --bounding-set=-all,+net_raw --inh-caps=-all,+net_raw'

# --- all four side by side: they wait more than they compute

runs=
for family in 4 6; do
	target=$peer_ip4
	[ $family = 4 ] || target=$peer_ip6
	"$FOURWAVE" table --quick -q -t $target --json "$scratch/root$family.json" >"$scratch/root$family.text" 2>&1 &
	runs="$runs $!"
	$raw_only "$FOURWAVE" table --quick -q -t $target --json "$scratch/raw$family.json" \
		>"$scratch/raw$family.text" 2>&1 &
	runs="$runs $!"
done
for run in $runs; do wait "$run"; done
for name in root4 root6 raw4 raw6; do
	echo "$name: $(tail -1 "$scratch/$name.text")"
	[ "$(count $name '"verdict":"fail"')" = 0 ] && [ "$(count $name '"code":"\(polluted\|shield-ttl\)"')" = 0 ] &&
		[ "$(count $name '"verdict":"pass"')" -ge 12 ] || {
		cat "$scratch/$name.text"
		fail "$name: a healthy peer with a TTL of 255 is not judged as one"
	}
done

$raw_only "$FOURWAVE" doctor >"$scratch/out" 2>&1
says '^ok +shield +by (a socket filter|TCP MD5 signatures)'

# --- a kernel that grants the TTL alone: without memory for options it has neither filters nor keys

if ! echo 0 2>/dev/null >/proc/sys/net/core/optmem_max; then
	echo "the memory for socket options can't be set in a namespace here: the last resort is not tried"
	finish
fi
"$FOURWAVE" doctor >"$scratch/out" 2>&1
tr -s ' \n' ' ' <"$scratch/out" >"$scratch/line"
grep -Eq 'note shield by the TTL.*that sends with TTL 255.*-S ADDR --spare' "$scratch/line" || {
	cat "$scratch/out"
	fail "doctor does not say that a peer with a TTL of 255 can't be judged"
}
for target in $peer_ip4 $peer_ip6; do
	"$FOURWAVE" run -j 1 --repeat 3 -t $target --json "$scratch/weak.json" "$scratch/close.wave" >"$scratch/out" 2>&1
	status=$?
	[ $status = 99 ] && [ "$(count weak '"code":"shield-ttl"')" = 3 ] || {
		cat "$scratch/out"
		fail "$target: status $status, and not three times the reason"
	}
	tr -s ' \n' ' ' <"$scratch/out" >"$scratch/line"
	grep -q 'fourwave: a target on our own network that sends with a TTL of 255 can.t be judged' "$scratch/line" ||
		fail "$target: it is not said beforehand"
	grep -q 'our own kernel answers this peer, which sends with a TTL of 255' "$scratch/line" ||
		fail "$target: the reason is not said"
	# The first has learnt it, so the others are not tried.
	[ "$(count weak '"segments":0,')" = 2 ] || fail "$target: each run meets our own kernel anew"
done
peer_ttl 64
"$FOURWAVE" run -q -t $peer_ip4 "$scratch/close.wave" && "$FOURWAVE" run -q -t $peer_ip6 "$scratch/close.wave" ||
	fail "the TTL's shield does not hold against a peer with a TTL of 64"
finish
