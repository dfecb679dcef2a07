#!/bin/sh
# The line of progress is drawn on a terminal only, not too often, and gone at
# the end; -vv shows each segment as tcpdump does.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
need_lab
cd "$scratch" || exit 99
LC_ALL=C.UTF-8
TERM=xterm
export LC_ALL TERM
esc=$(printf '\033')

cat >waits.wave <<'END'
scenario "Nothing happens for a while"
role active
open
silence 1500ms
END

# --- on a terminal
if command -v script >/dev/null; then
	columns=100
	on_terminal() { # ARGUMENT...; what the terminal got is in $scratch/typescript
		script -qec "stty cols $columns; '$FOURWAVE' $*" /dev/null </dev/null >typescript 2>&1 ||
			fail "fourwave $* on a terminal: status $?"
	}
	on_terminal run waits.wave
	tr '\r' '\n' <typescript >lines
	draws=$(grep -c 'of 2 done' lines)
	# 1.5 s, at most five times a second.
	{ [ "$draws" -ge 3 ] && [ "$draws" -le 9 ]; } || fail "drawn $draws times in 1.5 s"
	line='0 of 2 done, 2 running; waits IPv[46], step 2 of 2, at most [01]\.[0-9] s more: silence 1500ms'
	grep -Eq "$line" lines || fail "the line is another: $(grep 'done' lines | head -n 1)"
	# What stands on the screen at last: erased lines are away.
	sed "s/.*\r$esc\[K//" typescript >screen
	! grep -q 'of 2 done' screen || fail "the line is there at the end"
	grep -q '2 passed' screen || fail "the summary is not there"

	# With little room the step is there nevertheless.
	cp waits.wave row1-passive-orphan-retries1.wave
	columns=80
	on_terminal run row1-passive-orphan-retries1.wave
	grep -Eq 'row1-passive-orphan-retries1 IPv[46] 2/2, [01]\.[0-9] s at most: silence 1500ms' typescript ||
		fail "no step at 80 columns: $(tr '\r' '\n' <typescript | grep -m 1 '/2')"
	columns=100

	on_terminal run -q waits.wave
	! grep -q 'done' typescript || fail "drawn in spite of -q"
	TERM=dumb on_terminal run waits.wave
	! grep -q 'done' typescript || fail "drawn on a dumb terminal"
else
	echo "no script(1) here: terminals were not tried"
fi

# --- elsewhere
"$FOURWAVE" run waits.wave >out 2>err
! grep -q "$esc" out err || fail "an escape where no terminal is"
! grep -q 'done' out err || fail "progress where no terminal is"

# --- segments
"$FOURWAVE" run -4 -vv -w captures "$top_srcdir/scenarios/examples/first.wave" >out || fail "run -vv"
grep -E '^[0-9:.]+ first IP .*Flags' out | sed 's/^[^ ]* first //' >ours
[ "$(wc -l <ours)" = 6 ] || fail "not 6 segments: $(cat ours)"
"$FOURWAVE" run -4 -v "$top_srcdir/scenarios/examples/first.wave" | grep -q 'Flags' &&
	fail "-v shows what -vv does"
command -v tcpdump >/dev/null || {
	echo "no tcpdump here: its notation was not compared"
	finish
}
# The program writes no privileged file: tcpdump must not change to its own user here.
tcpdump -n -r captures/first-ipv4.pcap -Z "$(id -un)" tcp 2>/dev/null | sed 's/^.*\(IP [0-9]\)/\1/' >theirs
# tcpdump leaves out the number of a mere ACK.
sed 's/\(Flags \[\.\]\), seq [0-9]*,/\1,/' ours >compared
diff theirs compared || fail "tcpdump writes them otherwise"
finish
