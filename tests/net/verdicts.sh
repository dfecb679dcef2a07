#!/bin/sh
# What a peer need not keep is a warning, and a rule that it broke a result of its own, in each
# report and in the exit status: of runs against this kernel, and against a peer (that of
# tests/mutants) whose SYN-ACK has a window scale that nobody asked for. All that stands behind
# the breach is still judged, and fourwave send goes on after it. judge says the same.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

PEER=${top_builddir:-.}/tests/mutants/peer
need_lab
[ -x "$PEER" ] || fail "$PEER is not there"
schema=$top_srcdir/schema/fourwave-result-3.schema.json
mkdir "$scratch/waves"

cat >"$scratch/waves/warned.wave" <<'END_OF_WAVE'
scenario "A FIN that takes its time"
role     passive
family   ipv4
rfc      9293 "3.6"
open
provoke  close
expect   F. after 3s within 5s as fin should 6298 "2.4"
send     . ack fin.end
END_OF_WAVE
{
	cat "$scratch/waves/warned.wave"
	echo 'expect R within 200ms must 9293 "3.10.4"'
} >"$scratch/fails.wave"

ends() { # STATUS WHAT ARGUMENTS...; what was said is in $scratch/out
	wanted=$1
	what=$2
	shift 2
	"$@" >"$scratch/out" 2>&1
	status=$?
	[ $status = "$wanted" ] || {
		cat "$scratch/out"
		fail "$what: status $status and not $wanted"
	}
}

valid() { # JSON-FILE
	python3 -c 'import jsonschema' 2>/dev/null || return 0
	python3 "$top_srcdir/tests/project/validate.py" "$schema" "$1" || fail "$1 is not what the schema says"
}

# --- a warning

run="$FOURWAVE run --color never"
# shellcheck disable=SC2086
{
	COLUMNS=200 ends 0 "a warning" $run -w "$scratch/warned" --json "$scratch/warned.json" "$scratch/waves"
	says '^warn +warned +IPv4 .*expected not before 3\.000 s \(should, RFC 6298, 2\.4\)$'
	says '^0 passed, 1 warned, 0 failed, 0 skipped, 0 errors'
	valid "$scratch/warned.json"
	ends 1 "a warning with --strict" $run --strict "$scratch/waves"
	says '^0 passed, 1 warned, 0 failed'
	ends 0 "a warning in quiet" $run -q "$scratch/waves"
	! grep -q warned.wave "$scratch/out" || fail "a warning is told where only failures are wanted"
	ends 0 "a warning in TAP" $run --tap "$scratch/waves"
	says '^ok 1 - warned \(IPv4\)$'
	says '^  basis: "should, RFC 6298, 2\.4"$'
	ends 1 "a warning in TAP, with --strict" $run --strict --tap "$scratch/waves"
	says '^not ok 1 - warned \(IPv4\)$'
	ends 1 "a failure after a warning" $run --json "$scratch/fails.json" "$scratch/fails.wave"
	says '^fail +fails '
	says 'warned: the segment came'
	says '^0 passed, 1 failed, 0 skipped'
	valid "$scratch/fails.json"
}
grep -q '"code":"no-segment","level":"must","clause":{"rfc":9293,"section":"3.10.4"}.*"warnings":\[{"code":"too-early"' \
	"$scratch/fails.json" || fail "the failure's clause, or its warning, is missing: $(cat "$scratch/fails.json")"
ends 0 "a warning judged again" "$FOURWAVE" judge -q --json "$scratch/again.json" \
	-r "$scratch/warned/warned-ipv4.pcap" "$scratch/waves/warned.wave"
cmp -s "$scratch/warned.json" "$scratch/again.json" ||
	fail "run and judge disagree: $(cat "$scratch/warned.json" "$scratch/again.json")"
ends 1 "a warning judged again, with --strict" "$FOURWAVE" judge -q --strict \
	-r "$scratch/warned/warned-ipv4.pcap" "$scratch/waves/warned.wave"

# --- a rule

rule=rfc7323-2.2-wscale-unasked
claims=$top_srcdir/scenarios/claims
# shellcheck disable=SC2317 # ends() calls it
mutant() { # ARGUMENTS...
	"$PEER" --fault synack-unasked-option "$@"
}
target='-t 198.18.1.2 --agent 127.0.0.1:4144 --no-confirm'
# shellcheck disable=SC2086
COLUMNS=200 ends 1 "a broken rule" mutant $run $target -w "$scratch/broken" --json "$scratch/broken.json" \
	--junit "$scratch/broken.xml" "$claims/normal-close-active.wave" "$claims/normal-close-passive.wave"
says '^pass +normal-close-active +IPv4'
says '^pass +normal-close-passive +IPv4'
says "^fail +$rule  a segment has a window scale, and the SYN had none \\(stated, RFC 7323, 2\\.2\\)\$"
says '^ +in 2 runs, 2 times; first in normal-close-active \(IPv4\): S\. 0 ack 1 .*wscale'
says '^2 passed, 1 failed, 0 skipped, 0 errors'
valid "$scratch/broken.json"
[ "$(grep -c "\"breaches\":\\[{\"rule\":\"$rule\"" "$scratch/broken.json")" = 2 ] || fail "the runs do not tell of the breach"
grep -q "<testcase name=\"$rule\" classname=\"fourwave.rules\"" "$scratch/broken.xml" || fail "JUnit has no case of the rule"
# shellcheck disable=SC2086
ends 1 "a broken rule in TAP" mutant $run $target --tap "$claims/normal-close-active.wave"
says '^ok 1 - normal-close-active'
says "^not ok 2 - rule $rule\$"
says '^1\.\.2$'
ends 1 "a broken rule judged again" "$FOURWAVE" judge -v --ascii --color never --json "$scratch/again.json" \
	-r "$scratch/broken/normal-close-active-ipv4.pcap" "$claims/normal-close-active.wave"
says '^pass +normal-close-active'
says '^x 0\.0'
says "^fail +$rule "
[ "$(head -n 1 "$scratch/broken.json")" = "$(head -n 1 "$scratch/again.json")" ] || fail "run and judge disagree on the run"
ends 0 "send to who breaks a rule" mutant "$FOURWAVE" send --open --flags F. --wait 300ms 198.18.1.2:4145
says 'Out IP .* Flags \[F\.\], seq 1'
says 'In  IP .* Flags \[\.\], seq 1, ack 2'
says "the peer broke the rule $rule: a segment has a window scale"
says '^1 sent, '
finish
