#!/bin/sh
# --serve with --tap: a program with a stack of its own in the lab. Linux's in a namespace of its own
# (tap_linux), with an agent on FOURWAVE_CONTROL, with one that is called, and as a plain server; then
# programs that do not come up, or end half-way: each is told, and nothing is left. As root, and, with a
# /dev/net/tun that everybody may open, as an ordinary user.
# shellcheck disable=SC2086
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

need_lab
command -v unshare >/dev/null || skip "no unshare"
stack=${top_builddir:-.}/tests/net/tap_linux
stack=$(cd "$(dirname "$stack")" && pwd)/tap_linux
[ -x "$stack" ] || { echo "$stack is not there"; exit 99; }
if [ "$(id -u)" = 0 ] && [ -z "${FW_TAP_NODE-}" ]; then
	# A node of our own, in a mount namespace of our own.
	rm -rf "$scratch"
	# shellcheck disable=SC2016
	FW_TAP_NODE=1 exec unshare -m --propagation private sh -c '
		mount -t tmpfs -o mode=755 none /dev/net 2>/dev/null && mknod /dev/net/tun c 10 200 2>/dev/null &&
			chmod 0666 /dev/net/tun
		exec sh "$0"' "$0"
fi
(exec 3<>/dev/net/tun) 2>/dev/null || skip "/dev/net/tun can't be opened"
cd "$scratch" || exit 99
cp "$stack" mine || exit 99
chmod 755 "$scratch" mine
claims=$top_srcdir/scenarios/claims
close_wave=$claims/normal-close-active.wave
cat >listens.wave <<'END'
scenario "The stack connects to us"
role     listen
open
provoke  close
expect   F. within 2s as fin
send     . ack fin.end
END
cat >long.wave <<'END'
scenario "Long enough to be ended in the middle"
role     active
open
silence  20s
END

ends() { # STATUS NAME ARGUMENTS...; what was said is in out
	wanted=$1 name=$2
	shift 2
	timeout --foreground 120 "$FOURWAVE" "$@" >out 2>&1
	got=$?
	[ $got = "$wanted" ] || {
		cat out
		fail "$name: status $got and not $wanted"
	}
}
tells() { # PATTERN; a sentence, whose lines may be broken anywhere
	tr -s '[:space:]' ' ' <out | grep -Eq -- "$1" || {
		cat out
		fail "not told: $1"
	}
}
run="run --tap tap0"

# --- never ready: in the background meanwhile, as it takes its 30 s
timeout --foreground 60 "$FOURWAVE" $run --serve 'echo I think; exec sleep 60' "$close_wave" >never 2>&1 &
never=$!

# --- after some 20 s our kernel asks a neighbour again, over IPv6 from a link-local address alone
tries=0
until grep -Eq '^fe80.* fw1$' "/proc/$(pgrep -P $never)/net/if_inet6" 2>/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || fail "our end has no link-local address"
	sleep 0.1
done

# --- an agent on FOURWAVE_CONTROL. The stack is another Linux: nothing of the table is wrong.
ends 0 "the table" table --quick --tap tap0 --serve ./mine
says '^[34][0-9] passed, 0 failed, [0-9]+ skipped, 0 errors'
ends 0 "who connects" $run --serve ./mine listens.wave
says '^2 passed'
ends 77 "a setting that the stack has not" $run --serve ./mine "$claims/time-wait-fin-timeout-3.wave"
tells 'needs tcp_fin_timeout=3 .* where it is'
ends 77 "--assume" $run --serve ./mine --assume tcp_fin_timeout=4 "$claims/time-wait-fin-timeout-3.wave"
tells 'tcp_fin_timeout=3'

# --- captures are judged again
ends 0 "with captures" $run --serve ./mine -w captures "$close_wave"
ends 0 "judged again" judge -r captures/normal-close-active-ipv4.pcap "$close_wave"
says '^pass'

# --- an agent that is called, at both addresses; and one family alone
ends 0 "--agent" $run --serve "./mine $FOURWAVE peer -q --remote" --agent 4144 listens.wave "$close_wave"
says '^4 passed'
ends 0 "without IPv6" $run --serve 'FW_TAP_WITHOUT=6 exec ./mine' "$close_wave"
tells "IPv6 .*the program's stack does not answer"
says '^1 passed, 0 failed, 1 skipped'
ends 99 "only what is not there" $run -6 --serve 'FW_TAP_WITHOUT=6 exec ./mine' "$close_wave"
tells "the program's stack does not answer at 2001:db8:1::2"

# --- a plain server behind the stack
if command -v python3 >/dev/null; then
	mkdir www
	ends 0 "a plain server" $run --serve './mine python3 -m http.server -d www -b 0.0.0.0 8080' --port 8080 \
		"$claims/normal-close-passive.wave" "$close_wave"
	says '^1 passed'
fi

# --- what goes wrong
ends 99 "it ends at once" $run --serve 'echo Bad luck >&2; exit 3' "$close_wave"
tells 'the program of --serve ended with status 3; its last words: Bad luck'
ends 99 "it ends half-way" $run --serve './mine & sleep 2; echo I am tired; kill $!; exit 4' long.wave
tells 'the program of --serve ended with status 4; its last words: I am tired'
says '^0 passed, 0 failed, 0 skipped, 2 errors'
ends 99 "it is killed" $run --serve './mine & sleep 2; kill -9 $! $$' long.wave
tells 'the program of --serve was killed by SIGKILL'
# Its agent alone ends: what its keeper says of it is waited for once, and not for each run.
read -r began _ </proc/uptime
ends 99 "its agent ends" $run -j 32 --repeat 16 --serve './mine & eval "exec $FOURWAVE_CONTROL>&-"; sleep 2; kill -9 -1; exec sleep 60' long.wave
says '^0 passed, 0 failed, 0 skipped, 32 errors'
read -r ended _ </proc/uptime
[ $((${ended%.*} - ${began%.*})) -lt 20 ] || fail "it took $((${ended%.*} - ${began%.*})) s"
ends 99 "two on one device" $run --serve './mine & sleep 1; exec ./mine' long.wave
tells 'ended with status 1; its last words: tap_linux: tap0: Device or resource busy'

# --- flags
ends 2 "no program" $run "$close_wave"
says '--tap tap0: .*--serve'
ends 2 "a client" $run --client true "$close_wave"
says '--serve'
ends 2 "the lab's own name" run --tap eth0 --serve true "$close_wave"
says '"eth0" is no name for a TAP device'
ends 2 "no port" $run --serve true --agent host:4 "$close_wave"
says '--agent: '
ends 2 "both" $run --serve true --agent 4 --port 5 "$close_wave"
says '--port is for plain servers'
ends 2 "no port to provoke" $run --serve true --provoke http "$close_wave"
says 'say with --port'

# --- as an ordinary user
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	as_user="setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all"
	if $as_user test -x "$FOURWAVE" -a -r "$close_wave" && $as_user sh -c '(exec 3<>/dev/net/tun)' 2>/dev/null; then
		$as_user "$FOURWAVE" $run --serve ./mine "$close_wave" >out 2>&1 || {
			cat out
			fail "as an ordinary user"
		}
		says '^2 passed'
	fi
fi

wait $never
[ $? = 99 ] || fail "a program that never opens the device"
cp never out
tells 'is not ready within 30 s: it does not greet .*; it has not opened tap0, and says: I think'

# --- nothing is left: our copy of the program has a name of its own
for process in /proc/[0-9]*; do
	[ "$(readlink "$process/exe")" != "$scratch/mine" ] || fail "still there: $process"
done
[ ! -e /sys/class/net/tap0 ] || fail "a device is left"
finish
