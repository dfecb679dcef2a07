#!/bin/sh
# Nothing is left behind: processes, namespaces, sockets, links, settings and
# files are the same before and after a run in the lab, also where it is ended in
# the middle by SIGINT, SIGTERM, SIGHUP or SIGKILL.
#
# The whole test has a network namespace of its own; an ordinary user stays one in it.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

need_lab
own_network='unshare --map-current-user --net'
[ "$(id -u)" != 0 ] || own_network='unshare --net'
if [ -z "${FOURWAVE_OWN_NETWORK-}" ] && $own_network true 2>/dev/null; then
	rm -rf "$scratch"
	FOURWAVE_OWN_NETWORK=1 exec $own_network "$0"
fi

# shellcheck source=tests/project/left.sh
. "$(dirname "$0")/left.sh"
mkdir "$scratch/tmp" "$scratch/cwd" "$scratch/before" "$scratch/after" || exit 99
cd "$scratch/cwd" || exit 99

cat >"$scratch/long.wave" <<'END'
scenario "Long enough to be ended in the middle"
role     active
family   ipv4
open
silence  60s
END
cat >"$scratch/short.wave" <<'END'
scenario "A normal close"
role     active
open
send     F. as fin
expect   . ack fin.end within 1s
END

compare() { # WHEN
	wait_until_gone || {
		fail "$1: processes are left"
		describe
		for process in $(ours); do kill -9 "${process#/proc/}"; done
	}
	picture "$scratch/after" "$scratch/tmp" "$scratch/cwd"
	diff -r "$scratch/before" "$scratch/after" || fail "$1: what differs stands above"
}

# A shell lets its background jobs ignore SIGINT; ours must not.
start() { # ARGUMENTS...; sets $child
	env --default-signal=INT,TERM,HUP "$mark" "TMPDIR=$scratch/tmp" "$FOURWAVE" run "$@" >"$scratch/output" 2>&1 </dev/null &
	child=$!
}

picture "$scratch/before" "$scratch/tmp" "$scratch/cwd"

start "$scratch/short.wave"
wait "$child"
status=$?
[ "$status" = 0 ] || {
	cat "$scratch/output"
	fail "a normal close ends with $status"
}
compare "after a normal run"

for signal in INT TERM HUP KILL; do
	# interrupted, it still writes its reports; killed, it has begun none
	reports='--html report.html --junit report.xml'
	[ $signal = KILL ] || reports=
	# shellcheck disable=SC2086
	start $reports "$scratch/long.wave" "$scratch/short.wave"
	sleep 2
	count=$(ours | wc -l)
	[ "$count" -ge 2 ] || fail "$signal: only $count processes run, so this proves nothing"
	kill -s $signal "$child"
	for _ in $(seq 100); do
		kill -0 "$child" 2>/dev/null || break
		sleep 0.1
	done
	if kill -0 "$child" 2>/dev/null; then
		fail "$signal: it still runs after ten seconds"
		kill -9 "$child"
	fi
	wait "$child" 2>/dev/null
	status=$?
	[ "$status" != 0 ] || fail "$signal: it ends with 0, and not all was played"
	compare "after SIG$signal"
done
finish
