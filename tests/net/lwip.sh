#!/bin/sh
# The example of an agent, stacks/lwip: built with Debian's liblwip-dev and played on a TAP device in the lab, as
# an ordinary user, over both families. It comes out as its baseline says; and where its program or its TCP is
# made wrong, that is caught.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
: "${FOURWAVE_SCENARIOS:=$top_srcdir/scenarios}"
export FOURWAVE_SCENARIOS
need_lab
[ -r /usr/include/lwip/lwip/tcp.h ] || skip "no liblwip-dev"
for tool in mknod mount setpriv unshare; do
	command -v "$tool" >/dev/null || skip "$tool is not there"
done

# in_dev MODE COMMAND...: as an ordinary user whose /dev/net/tun has this mode; who is one has what is there
in_dev() {
	mode=$1
	shift
	[ "$(id -u)" = 0 ] || { "$@"; return; }
	mkdir -p "$scratch/dev" && chmod 755 "$scratch"
	# shellcheck disable=SC2016
	unshare -m --propagation private sh -c '
		dir=$1 mode=$2
		shift 2
		mount -t tmpfs -o mode=755 none "$dir" && mknod "$dir/tun" c 10 200 && chmod "$mode" "$dir/tun" &&
			{ mount --bind "$dir" /dev/net 2>/dev/null || mount --bind "$dir/tun" /dev/net/tun; } || exit 78
		exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"
	' sh "$scratch/dev" "$mode" "$@"
}

# play NAME ARGS...: in a directory of its own, where the user may write
play() {
	dir=$scratch/$1
	shift
	mkdir "$dir" && chmod 777 "$dir" || exit 99
	in_dev 0666 env FOURWAVE_STACKS_BUILD="$dir/build" "$top_srcdir/stacks/lwip/play" --json "$dir/json" "$@" \
		>"$dir/text" 2>&1
	echo $? >"$dir/status"
}

if [ "$(id -u)" = 0 ]; then
	in_dev 0666 test -x "$FOURWAVE"
	case $? in
	0) ;;
	78) skip "no device node can be made here" ;;
	*) skip "an ordinary user cannot run the program in this build directory" ;;
	esac
fi

count() { # NAME PATTERN
	grep -c "$2" "$scratch/$1/json"
}

suites="$FOURWAVE_SCENARIOS/table $FOURWAVE_SCENARIOS/claims $FOURWAVE_SCENARIOS/rfc"
faults=$top_srcdir/tests/net/lwip_faults.c
# All three side by side: they wait more than they compute.
# shellcheck disable=SC2086
play sound --quick --slow 3 --baseline "$top_srcdir/stacks/lwip/baseline" $suites &
sound=$!
LDFLAGS="-DFIN_ONCE -Wl,--wrap=write $faults" play fin-once -4 "$FOURWAVE_SCENARIOS/table/row1-passive-default.wave" &
fin_once=$!
LDFLAGS="-DNO_CLOSE -Wl,--wrap=tcp_close $faults" play no-close -4 "$FOURWAVE_SCENARIOS/claims/normal-close-passive.wave" &
no_close=$!
# Meanwhile the agent's own examination, with connections of a kernel to lwIP.
examine() {
	play build --help
	in_dev 0666 unshare -rn sh -c '
		ip link set lo up && ip tuntap add dev tap0 mode tap && ip address add 10.77.0.1/24 dev tap0 &&
			ip link set tap0 up || exit 77
		FOURWAVE_TAP=tap0 FOURWAVE_ADDRESS=10.77.0.2 FOURWAVE_PREFIX=24 "$1" 4144 &
		agent=$!
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			grep -q ":1030 00000000:0000 0A" /proc/net/tcp && break
			sleep 0.2
		done
		"$0" doctor --agent 127.0.0.1:4144 10.77.0.2
		status=$?
		kill $agent
		exit $status' "$FOURWAVE" "$scratch/build/build/lwip" >"$scratch/doctor" 2>&1
	echo $? >>"$scratch/doctor"
}
examine &
wait $sound $fin_once $no_close $!
[ "$(cat "$scratch/sound/status")" != 77 ] || skip "$(tail -n 1 "$scratch/sound/text")"

[ "$(cat "$scratch/sound/status")" = 0 ] && [ "$(count sound '"verdict":"pass"')" -ge 80 ] &&
	[ "$(count sound '"verdict":"error"')" = 0 ] || {
	cat "$scratch/sound/text"
	fail "lwIP: status $(cat "$scratch/sound/status"), and not as its baseline says"
}
tail -n 1 "$scratch/sound/text"
# The first that it is known for, over both families.
[ "$(count sound '"name":"bare-fin".*"verdict":"fail".*"known":')" = 2 ] ||
	fail "a FIN without ACK: not known of lwIP"
for fault in fin-once no-close; do
	[ "$(cat "$scratch/$fault/status")" = 1 ] && [ "$(count $fault '"verdict":"fail"')" = 1 ] || {
		cat "$scratch/$fault/text"
		fail "$fault: status $(cat "$scratch/$fault/status"), and not caught"
	}
done

[ "$(tail -n 2 "$scratch/doctor" | tr '\n' ' ')" = "22 fine, 3 missing, 0 wrong 0 " ] || {
	cat "$scratch/doctor"
	fail "doctor --agent does not find the example as it should be"
}

# Who may not open the device is told so.
if [ "$(id -u)" = 0 ]; then
	in_dev 0600 env FOURWAVE_STACKS_BUILD="$scratch/sound/build" "$top_srcdir/stacks/lwip/play" \
		"$FOURWAVE_SCENARIOS/table/row1-active.wave" >"$scratch/out" 2>&1
	status=$?
	[ $status = 77 ] || fail "without the device play ends with $status"
	says '^lwip: /dev/net/tun may not be opened'
fi
finish
