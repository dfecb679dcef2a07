#!/bin/sh
# Nothing is left of a lab: its processes, namespaces, links and files are
# gone when it is closed and when it is killed at any moment.
set -u
holder=$(realpath "${FW_BUILD:-.}")/tests/net/lab_holder
[ -x "$holder" ] || { echo "no $holder"; exit 99; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/here" "$work/tmp"
cd "$work/here" || exit 99
# Each process of ours has this in its command line; others test here too.
mark=lab-left-$$

# The pids of ours, those that are only waited for not counted.
ours() {
	for p in /proc/[0-9]*; do
		{ tr '\0' ' ' <"$p/cmdline"; } 2>/dev/null | grep -q "lab_holder .*$mark" && echo "${p#/proc/}"
	done
}

# The network namespaces of our processes, but not the one we are in. Only
# root may see all.
namespaces() {
	for p in $(ours); do
		readlink "/proc/$p/ns/net"
	done 2>/dev/null | grep -vF "$(readlink /proc/self/ns/net)" | sort -u
}

# Keeps them open until let_go: the kernel gives the number of one that is
# gone to the next, which may be another test's.
keep() {
	fd=4
	while read -r n; do
		for p in $(ours); do
			[ "$(readlink "/proc/$p/ns/net")" = "$n" ] && break
		done
		eval "exec $fd<\"/proc/$p/ns/net\""
		fd=$((fd + 1))
	done <"$work/namespaces"
}

let_go() {
	: >"$work/namespaces"
	exec 4<&- 5<&- 6<&-
}

# What there is now of a lab.
look() {
	ours
	sed -n 's/^ *\(fw[0-9]*\):.*/link \1/p' /proc/net/dev
	find "$work/here" "$work/tmp" -mindepth 1
	# A bracket is a pattern to find.
	sed 's/\[/\\[/' "$work/namespaces" | while read -r n; do
		find /proc/[0-9]*/ns/net -lname "$n" 2>/dev/null
	done
}

# Waits until all is gone: the kernel ends processes in its own time.
gone() {
	tries=0
	while [ -n "$(look)" ]; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || { echo "left after $1:"; look; exit 1; }
		sleep 0.1
	done
}

hold() {
	: >"$work/out"
	TMPDIR=$work/tmp "$holder" "$@" "$mark" >"$work/out" &
	pid=$!
}

await_ready() {
	tries=0
	while [ ! -s "$work/out" ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { echo "the holder does not come up"; exit 1; }
		sleep 0.05
	done
	case $(cat "$work/out") in
	ready) ;;
	skip*) cat "$work/out"; exit 77 ;;
	*) cat "$work/out"; exit 1 ;;
	esac
}

: >"$work/namespaces"
[ -z "$(look)" ] || { echo "not clean before:"; look; exit 99; }

hold close
await_ready
wait $pid || exit 1
gone "a close"

for signal in KILL TERM; do
	hold hold
	await_ready
	namespaces >"$work/namespaces"
	keep
	# The holder, two hosts, and a worker in each.
	[ "$(ours | wc -l)" = 5 ] || { echo "not 5 processes:"; ours; exit 1; }
	if [ "$(id -u)" = 0 ] && [ "$(wc -l <"$work/namespaces")" != 3 ]; then
		echo "not 3 namespaces:"
		cat "$work/namespaces"
		exit 1
	fi
	kill -$signal $pid
	wait $pid 2>/dev/null
	gone "SIG$signal"
	let_go
done

# And in the middle of its beginning.
for delay in 0.001 0.003 0.005 0.01 0.015 0.02 0.03 0.05; do
	hold hold
	sleep $delay
	kill -KILL $pid
	wait $pid 2>/dev/null
	gone "SIGKILL after $delay s"
done
exit 0
