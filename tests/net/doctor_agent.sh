#!/bin/sh
# fourwave doctor --agent: all of our own agent is fine, over both families and without privilege; an agent that
# was written from the manual alone (rogue.pl) too; and each fault that one is given is found, in the lines where
# it shows and in no other.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
rogue=$top_srcdir/tests/net/rogue.pl

# --- our own

as_user=
[ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null || as_user='setpriv --bounding-set=-all --inh-caps=-all'
two_ports=$(perl -MSocket -e 'for (1, 2) { socket($s[$_], PF_INET, SOCK_STREAM, 0);
	bind($s[$_], sockaddr_in(0, INADDR_LOOPBACK)); print((sockaddr_in(getsockname($s[$_])))[0], " ") }')
# shellcheck disable=SC2086
set -- $two_ports
"$FOURWAVE" peer -p "$1" --data-port "$2" >"$scratch/peer" &
peer=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -s "$scratch/peer" ] && break
	sleep 0.2
done
examine() { # HOST
	# shellcheck disable=SC2086
	$as_user "$FOURWAVE" doctor --agent "$1" >"$scratch/out" 2>&1
	status=$?
	{ [ "$status" = 0 ] && grep -q '^25 fine, 0 missing, 0 wrong$' "$scratch/out"; } || {
		cat "$scratch/out"
		fail "fourwave peer at $1: status $status"
	}
}
examine "127.0.0.1:$1"
if grep -q ' lo$' /proc/net/if_inet6 2>/dev/null; then
	examine "[::1]:$1"
else
	echo "no IPv6 here: not tried over it"
fi
"$FOURWAVE" doctor -q --agent "127.0.0.1:$1" >"$scratch/out"
[ ! -s "$scratch/out" ] || fail "-q says what is fine"
kill "$peer"
wait "$peer"
"$FOURWAVE" doctor --agent "127.0.0.1:$1" >"$scratch/out"
[ $? = 1 ] || fail "no agent is no failure"
says '^wrong +greeting +no agent at 127.0.0.1'

# --- one fault each, side by side: they wait more than they work

# FAULT, the lines that are wrong (with "." for a blank), a text in them
faults='
twice|answers|was answered already
floods|write,answers|very many other lines
wrong-id|shutdown,answers|nobody asked that
no-close|close,connect|the connection is as it was
shutdown-closes|shutdown|fails: Broken pipe
reset-closes|reset|the connection.s end comes
refuses|hold|does not name it
hold-forgets|hold|the connection.s end comes
milliseconds|close-on-eof|the connection is as it was after
write-long|write|more than 1000 octets come
write-short|write|of 1000 octets 999 come
write-again|write|octet 1000 of all is not
noread-reads|noread|all that we send is taken
read-waits|read|data is not taken
eof-closes|hold|the connection.s end comes
unclaimed-stays|unclaimed|is not reset
no-wait|at.once|had not come yet
holds-up|at.once|of many that were asked at once
crash-nothing|crash,crash-unread|the connection is as it was
crash-early|crash-unread|and the connection.s end comes
reads-not|read|though nobody said that it shall not read
eof-unread|close-on-eof|the connection is as it was
counts-early|close-on-eof|its end
remembers|end|it refuses
tolerates|bad.lines|the session goes on
keeps|release,end|as it was after
steals|sessions|in a second session too
connect-port|connect|comes from port
sysctl-any|sysctl|no such sysctl anywhere
state-lies|unseen,state|another state than it must have
farewell|answers|a farewell
silent|claim,the.rest|no answer within 6 s
no-greeting|greeting|sends no greeting
bad-greeting|greeting|came "220 ready"
late-data-port|greeting|that is no greeting
'
try() { # FAULT
	mkfifo "$scratch/$1.in" || exit 99
	perl "$rogue" "$1" <"$scratch/$1.in" >"$scratch/$1.port" 2>"$scratch/$1.died" &
	exec 8>"$scratch/$1.in"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$scratch/$1.port" ] && break
		sleep 0.1
	done
	COLUMNS=400 "$FOURWAVE" doctor --agent "127.0.0.1:$(cat "$scratch/$1.port")" >"$scratch/$1.out" 2>&1
	echo $? >"$scratch/$1.status"
	exec 8>&-
	wait
}
try none &
for line in $(echo "$faults" | sed 's/|.*//'); do
	try "$line" &
done
wait

{ [ "$(cat "$scratch/none.status")" = 0 ] && grep -q '^21 fine, 4 missing, 0 wrong$' "$scratch/none.out"; } || {
	cat "$scratch/none.out" "$scratch/none.died"
	fail "an agent without a fault is not fine"
}
echo "$faults" | while IFS='|' read -r fault wrong text; do
	[ -n "$fault" ] || continue
	found=$(grep '^wrong' "$scratch/$fault.out" | cut -c10-25 | sed 's/ *$//' | tr ' \n' '.,')
	{ [ "$(cat "$scratch/$fault.status")" = 1 ] && [ "$found" = "$wrong," ] &&
		grep '^wrong' "$scratch/$fault.out" | grep -q "$text"; } || {
		cat "$scratch/$fault.out" "$scratch/$fault.died"
		echo "$fault: found in $found wanted in $wrong, with \"$text\""
		touch "$scratch/failed"
	}
done
# What the lines say of the page stands in it.
if command -v mandoc >/dev/null; then
	mandoc -T ascii "$top_srcdir/man/fourwave-agent.7" | col -b | tr -d ' \t\n' >"$scratch/page"
	cat "$scratch"/*.out | sed -n 's/^wrong.*fourwave-agent(7): //p' | tr -d ' \t' | sort -u >"$scratch/quoted"
	while read -r sentence; do
		grep -Fq -e "$sentence" "$scratch/page" || fail "fourwave-agent(7) does not say: $sentence"
	done <"$scratch/quoted"
	[ "$(wc -l <"$scratch/quoted")" -gt 15 ] || fail "too few sentences of the page are told"
fi
[ ! -e "$scratch/failed" ] || fail "a fault is not found, or more than it"
finish
