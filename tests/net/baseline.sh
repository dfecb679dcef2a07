#!/bin/sh
# A baseline in the lab: written, gone by, anew, gone, and what of it is new. A scenario that
# wants of this kernel what no TCP does fails on purpose.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
need_lab

mkdir "$scratch/waves" || exit 99
known=$scratch/known

# What the FIN of ours is answered with, or so it says.
write_wave() { # NAME FLAGS
	cat >"$scratch/waves/$1.wave" <<-END
		scenario "A FIN is answered with $2"
		role     active
		rfc      9293 "3.10.7.4" stated
		open
		send     F. as fin
		expect   $2 within 200ms
	END
}

play() { # STATUS ARGUMENTS...
	want=$1
	shift
	"$FOURWAVE" run "$@" "$scratch/waves" >"$scratch/out" 2>&1
	got=$?
	[ "$got" = "$want" ] || {
		cat "$scratch/out"
		fail "run $* ends with $got and not $want"
	}
}

says_not() { # PATTERN
	! grep -Eq -- "$1" "$scratch/out" || fail "said: $1"
}

write_wave wrong R
write_wave right .
play 1 --write-baseline "$known"
says '^2 passed, 2 failed, 0 skipped, 0 errors'
grep -q '^wrong both wrong-segment rfc9293-3\.10\.7\.4  # TODO: why$' "$known" || {
	cat "$known"
	fail "the baseline is not what was wanted"
}
[ "$(stat -c %u "$known")" = "$(id -u)" ] || fail "the file is not ours"

# With it nothing is new, and its ladder is not shown.
sed -i 's/TODO: why/issue 12/' "$known"
for strict in "" --strict; do
	# shellcheck disable=SC2086 # none, or one
	play 0 --baseline "$known" $strict --json "$scratch/run.json"
	says '^2 passed, 0 failed, 2 known, 0 skipped, 0 errors'
	says '^known +wrong +IPv4'
	says 'known: issue 12'
	says_not 'ESTABLISHED'
	[ "$(grep -c '"verdict":"fail".*"known":"issue 12"' "$scratch/run.json")" = 2 ] || fail "--json does not know it"
done
play 0 --baseline "$known" -q
says_not '^known'
play 0 --baseline "$known" -v -4
says 'ESTABLISHED'
play 0 --baseline "$known" --repeat 2 -4
says '^2 passed, 0 failed, 2 known'
play 0 --baseline "$known" --tap
says '^not ok [0-9] - wrong \(IPv6\) # TODO issue 12$'
if command -v prove >/dev/null; then
	prove -e "$FOURWAVE run --baseline $known --tap" "$scratch/waves/wrong.wave" >"$scratch/out" 2>&1 ||
		fail "prove takes what is known for a failure: $(cat "$scratch/out")"
fi

# From a capture, too.
play 1 -4 -w "$scratch/captures"
for status in 0:--baseline="$known" 1:-q; do
	"$FOURWAVE" judge "${status#*:}" -r "$scratch/captures/wrong-ipv4.pcap" "$scratch/waves" >"$scratch/out" 2>&1
	got=$?
	[ "$got" = "${status%%:*}" ] || fail "judge ${status#*:} ends with $got"
done

# Another one fails: that is new.
write_wave right R
play 1 --baseline "$known" -4 -q
says '^fail +right'
says_not '^known'
says '^0 passed, 1 failed, 1 known'
write_wave right .

# The peer does as it should: the entry is gone, which counts with --strict, and is told of what was played alone.
write_wave wrong .
play 0 --baseline "$known"
says "^gone: $known:3: wrong \(IPv4, IPv6\): wrong-segment, rfc9293-3\.10\.7\.4,"
says '^4 passed, 0 failed, 1 gone, 0 skipped'
play 1 --baseline "$known" --strict -4
says "^gone: $known:3: wrong \(IPv4\): "
"$FOURWAVE" run --strict --baseline "$known" "$scratch/waves/right.wave" >"$scratch/out" 2>&1 || fail "what was not played is gone"
says_not '^gone'

# The same file is written anew: half of it is gone, then all.
play 0 --baseline "$known" --write-baseline "$known" -4 -q
grep -q '^wrong ipv6 wrong-segment rfc9293-3\.10\.7\.4  # issue 12$' "$known" || {
	cat "$known"
	fail "what was not played does not stay"
}
play 0 --baseline "$known" --write-baseline "$known" -q
! grep -q '^wrong' "$known" || fail "what is gone stays"
play 0 --strict --baseline "$known"

# A mistake is told before anything is sent, and nothing is written.
printf 'wrong ipv4 wrong-segmnt -\n' >"$known"
play 2 --baseline "$known" --write-baseline "$scratch/none" -w "$scratch/unsent"
says "^$known:1:12: error: unknown code 'wrong-segmnt' .*did you mean 'wrong-segment'\?"
[ ! -e "$scratch/unsent" ] || fail "something was played"
[ ! -e "$scratch/none" ] || fail "something was written"
play 2 --baseline "$scratch/nowhere"
says "^$scratch/nowhere: error: "
play 2 --write-baseline "$scratch/nowhere/known"
says '--write-baseline '

# Cut off, and with nothing judged, the file stays as it is.
printf '# mine\n' >"$known"
cat >"$scratch/waves/waits.wave" <<-END
	scenario "It waits"
	role active
	open
	silence 20s
END
timeout -s INT 1 "$FOURWAVE" run --write-baseline "$known" "$scratch/waves" >"$scratch/out" 2>&1
[ "$(cat "$known")" = "# mine" ] || fail "a run that was cut off writes a baseline"
says 'was not written'
finish
