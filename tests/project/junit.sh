#!/bin/sh
# What --junit writes is what tests/project/junit.xsd says, and counts right.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=tests/project/reports.sh
. "$(dirname "$0")/reports.sh"

command -v xmllint >/dev/null || skip "no xmllint (libxml2-utils)"
xsd=$top_srcdir/tests/project/junit.xsd

valid() { # FILE
	xmllint --noout --schema "$xsd" "$1" 2>"$scratch/xmllint" || {
		cat "$scratch/xmllint"
		return 1
	}
}

is() { # FILE XPATH WANTED
	got=$(xmllint --xpath "$2" "$1" 2>&1)
	[ "$got" = "$3" ] || fail "$2 is $got and not $3"
}

samples=$scratch/samples.xml
"${top_builddir:-.}/tests/unit/sample_report" junit "$samples" || fail "the samples cannot be written"
valid "$samples" || fail "the samples are not what the schema says"
is "$samples" 'string(/testsuites/@tests)' 10
is "$samples" 'string(/testsuites/@failures)' 5
is "$samples" 'string(/testsuites/@errors)' 1
is "$samples" 'string(/testsuites/@skipped)' 1
is "$samples" 'count(//testsuite)' 5
is "$samples" 'count(//testcase)' 10
is "$samples" 'count(//testcase[failure])' 5
is "$samples" 'string(//testcase[@name="row1-other (IPv4)"]/failure/@type)' wrong-segment
is "$samples" 'string(//testcase[@name="skipped (IPv4)"]/skipped/@message)' \
	'needs a peer that reads any data and says nothing: run fourwave peer on the target'
is "$samples" 'count(//testcase[@name="row1-other (IPv4)"]/system-out[contains(., "resend 1 of fin")])' 1
is "$samples" 'string(sum(//testsuite/@tests))' 10
is "$samples" 'count(//script)' 0
# A warning is told in the output of a pass, unless it counts as a failure; a broken rule is a case.
warned='//testcase[@name="row1-warned (IPv4)"]'
is "$samples" "count($warned/failure)" 0
is "$samples" "count($warned/system-out[contains(., 'warning: the first resend came after 0.206 s')])" 1
is "$samples" "count($warned/system-out[contains(., '(the profile linux says time_wait = 59s..60s)')])" 1
is "$samples" 'string(//testcase[@name="row1-warned-fail (IPv4)"]/failure/@message)' \
	'F. 2:2(0) ack 1 came; its seq is 2, expected 1 (must, RFC 9293, 3.10.7.4)'
is "$samples" 'string(//testsuite[@name="Rules"]/@failures)' 2
is "$samples" 'string(//testcase[@classname="fourwave.rules"][1]/failure/@type)' rfc9293-3.1-reserved
is "$samples" 'string(//testcase[@name="rfc9293-3.2-mss"]/failure/@message)' \
	'a segment has an MSS, which belongs into a SYN alone (must, RFC 9293, 3.2)'
"${top_builddir:-.}/tests/unit/sample_report" junit "$scratch/strict.xml" strict || fail "the samples cannot be written"
valid "$scratch/strict.xml" || fail "the strict samples are not what the schema says"
is "$scratch/strict.xml" 'string(/testsuites/@failures)' 6
is "$scratch/strict.xml" "string($warned/failure/@type)" first-gap

# What is known is skipped, with why; what is gone from the baseline passes, unless it counts.
known=$scratch/known.xml
"${top_builddir:-.}/tests/unit/sample_report" junit "$known" known || fail "the samples cannot be written"
valid "$known" || fail "the samples with a baseline are not what the schema says"
is "$known" 'string(/testsuites/@tests)' 12
is "$known" 'string(/testsuites/@failures)' 3
is "$known" 'string(/testsuites/@skipped)' 4
is "$known" 'count(//testcase)' 12
is "$known" 'count(//testcase[failure])' 3
is "$known" 'count(//testcase[skipped])' 4
is "$known" 'string(//testcase[@name="row1-other (IPv4)"]/skipped/@message)' \
	'known: issue <12> & "more" (F. 2:2(0) ack 1 came; its seq is 2, expected 1)'
is "$known" 'count(//testcase[@name="row1-other (IPv4)"]/system-out[contains(., "resend 1 of fin")])' 1
is "$known" 'count(//testcase[@name="rfc9293-3.2-mss"]/skipped[starts-with(@message, "known: old firmware (")])' 1
is "$known" 'string(//testsuite[@name="Baseline"]/@failures)' 0
"${top_builddir:-.}/tests/unit/sample_report" junit "$known" known strict || fail "the samples cannot be written"
valid "$known" || fail "the strict samples with a baseline are not what the schema says"
is "$known" 'string(/testsuites/@failures)' 5
is "$known" 'string(//testsuite[@name="Baseline"]/testcase[1]/failure/@type)' gone
is "$known" "count($warned/failure)" 0

# The schema refuses what is wrong.
refused() { # SED-SCRIPT
	sed "$1" "$samples" >"$scratch/wrong.xml"
	cmp -s "$samples" "$scratch/wrong.xml" && fail "$1 changes nothing"
	! valid "$scratch/wrong.xml" >/dev/null || fail "the schema lets this pass: $1"
}
refused 's/<skipped /<omitted /'
refused 's/ classname="[^"]*"//'
refused 's/ failures="5"/ failures="two"/'
refused 's/<failure message="[^"]*" type="[^"]*"/<failure/'

if lab_possible; then
	write_waves
	echo old >"$scratch/run.xml"
	play_waves --junit "$scratch/run.xml"
	valid "$scratch/run.xml" || fail "the run's results are not what the schema says"
	is "$scratch/run.xml" 'string(/testsuites/@tests)' 3
	is "$scratch/run.xml" 'string(//testcase[failure]/@name)' 'fails (IPv4)'
	is "$scratch/run.xml" 'string(//testcase[1]/@classname)' fourwave.waves

	# Root's privilege is given up before the end; the report still gets where only
	# another user may write, as with sudo in a home directory.
	if [ "$(id -u)" = 0 ]; then
		mkdir "$scratch/theirs"
		chmod 755 "$scratch/theirs" && chown 65534 "$scratch/theirs"
		play_waves --junit "$scratch/theirs/run.xml"
		[ "$(ls -A "$scratch/theirs")" = run.xml ] || fail "no report in a directory of another user's"
	fi

	# A name that cannot be is told before anything is played.
	"$FOURWAVE" run --junit "$scratch/nowhere/run.xml" "$scratch/waves" >"$scratch/output" 2>&1
	status=$?
	[ $status = 2 ] || fail "a directory that is not there: status $status and not 2"
	grep -q 'nowhere/run.xml: No such file' "$scratch/output" || fail "it does not say what is wrong"
	# A bad scenario leaves the old report.
	echo nonsense >"$scratch/waves/bad.wave"
	"$FOURWAVE" run --junit "$scratch/run.xml" "$scratch/waves" >"$scratch/output" 2>&1
	valid "$scratch/run.xml" || fail "the old report was touched"
else
	echo "no user namespaces here: only the samples were checked"
fi
[ -z "$(find "$scratch" -maxdepth 1 -name '.*.xml.*')" ] || fail "a temporary file is left"
finish
