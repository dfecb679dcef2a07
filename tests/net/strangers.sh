#!/bin/sh
# Strangers' segments: a third host on the link sends, in the middle of a run, what has
# the connection's addresses and ports and is not the peer's. None is taken as its
# answer, and each is accounted for.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

: "${top_builddir:=$PWD}"
strangers=$top_builddir/tests/net/strangers
[ -x "$strangers" ] || { echo "no $strangers"; exit 99; }
wave=$top_srcdir/tests/net/strangers.wave

begin_at_peer "$FOURWAVE" peer --remote -q
wait_listening 4144 4 || { echo "no fourwave peer"; exit 99; }
wait_listening 4144 6 || { echo "no fourwave peer"; exit 99; }

# Both families, one JSON line each in FILE.
run() { # FILE
	for address in "$peer_ip4" "$peer_ip6"; do
		"$FOURWAVE" run -q -t "$address" --json "$scratch/one" "$wave" >>"$scratch/out" 2>&1
		cat "$scratch/one"
	done >"$1"
}

check() { # FILE FAMILY TEXT
	grep "\"family\":\"$2\"" "$1" | grep -qF -- "$3" || {
		fail "$2: not $3:"
		grep "\"family\":\"$2\"" "$1" | grep -o -e '"verdict.*"seconds' -e '"ignored.*'
	}
}

# Nobody else.
run "$scratch/alone"
for family in ipv4 ipv6; do
	check "$scratch/alone" $family '"verdict":"pass"'
	check "$scratch/alone" $family '"ignored":0,"ignored_why":{}'
done

begin_at_peer "$strangers" right all
sender=$started
sleep 0.3
run "$scratch/all"
stop "$sender"
for family in ipv4 ipv6; do
	sums=3
	[ $family = ipv4 ] || sums=2
	check "$scratch/all" $family '"verdict":"pass"'
	check "$scratch/all" $family "\"bad checksum\":$sums,"
	check "$scratch/all" $family '"another host or port":2,"another link address":7,"fragment":2,"malformed":3}'
done

# As good as the peer's own, but for the hop limit: it can't be said whose it is.
begin_at_peer "$strangers" right ttl
sleep 0.3
run "$scratch/ttl"
for family in ipv4 ipv6; do
	check "$scratch/ttl" $family '"verdict":"error"'
	check "$scratch/ttl" $family 'hop limit 63'
done
finish
