#!/bin/sh
# Nothing is left behind: processes, namespaces, sockets, links, settings and
# files are the same before and after a run in the lab, also where it is ended in
# the middle by SIGINT, SIGTERM, SIGHUP or SIGKILL.
#
# Other programs come and go on this machine, so each thing is looked for where
# only ours can be: processes by a mark in their environment, sockets by our
# user, files in directories of our own. The whole test has a network namespace of
# its own besides; an ordinary user stays one in it.
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

mark=FOURWAVE_MARK=$$.$(basename "$scratch")
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

# The processes that carry our mark, as their directories in /proc.
ours() {
	grep -Flxz -e "$mark" /proc/[0-9]*/environ 2>/dev/null | sed 's|/environ$||'
}

describe() {
	for process in $(ours); do
		tr '\0' ' ' 2>/dev/null <"$process/cmdline"
		echo " ($process)"
	done
}

# All that can be left, but for processes, in a directory.
picture() { # DIRECTORY
	uid=$(id -u)
	for table in tcp tcp6 udp udp6 raw raw6; do
		# local and remote address, state, and the owner in the eighth column
		awk -v uid="$uid" 'NR > 1 && $8 == uid { print $2, $3, $4 }' "/proc/net/$table" |
			sort >"$1/$table"
	done
	awk -v uid="$uid" 'NR > 1 && $8 == uid' /proc/net/packet >"$1/packet" 2>/dev/null
	grep -c nsfs /proc/self/mountinfo >"$1/bound-namespaces"
	ls /run/netns >"$1/named-namespaces" 2>/dev/null
	sed 's/:.*//' /proc/net/dev | sort >"$1/links"
	ls -A "$scratch/tmp" "$scratch/cwd" >"$1/files"
	find /dev/shm -user "$uid" -name '*fourwave*' >"$1/shm" 2>/dev/null
	grep -s . /proc/sys/net/ipv4/tcp_* /proc/sys/net/ipv4/ip_local_* >"$1/sysctls"
}

# Processes die a moment after their parent: five seconds are theirs.
wait_until_gone() {
	for _ in $(seq 50); do
		[ -n "$(ours)" ] || return 0
		sleep 0.1
	done
	return 1
}

compare() { # WHEN
	wait_until_gone || {
		fail "$1: processes are left"
		describe
		for process in $(ours); do kill -9 "${process#/proc/}"; done
	}
	picture "$scratch/after"
	diff -r "$scratch/before" "$scratch/after" || fail "$1: what differs stands above"
}

# A shell lets its background jobs ignore SIGINT; ours must not.
start() { # ARGUMENTS...; sets $child
	env --default-signal=INT,TERM,HUP "$mark" "TMPDIR=$scratch/tmp" "$FOURWAVE" run "$@" >"$scratch/output" 2>&1 </dev/null &
	child=$!
}

picture "$scratch/before"

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
