#!/bin/sh
# fourwave judge gives the verdicts of fourwave run: the same, member by member, for
# each scenario that we ship, those that take long only where
# FOURWAVE_TESTS_LONG is set. Then captures that do not fit, changed scenarios,
# captures that are not ours, and broken ones.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

need_lab
scenarios=$top_srcdir/scenarios
FOURWAVE_SCENARIOS=$scenarios
export FOURWAVE_SCENARIOS
cd "$scratch" || exit 99

quick=--quick
[ -z "${FOURWAVE_TESTS_LONG-}" ] || quick=

run() { # NAME ARGUMENTS...
	name=$1
	shift
	"$FOURWAVE" run -q --json "$name.json" -w "$name" "$@" >"$name.out" 2>&1
}

# The members that must be the same are all of them.
agree() { # NAME
	perl - "$1.json" "$FOURWAVE" <<'END' || fail "$1: judge and run disagree"
use strict;
use JSON::PP;
my ($file, $fourwave) = @ARGV;
my $json = JSON::PP->new->canonical;
my ($count, $bad) = (0, 0);
open my $in, '<', $file or die "$file: $!\n";
while (my $line = <$in>) {
	my $run = $json->decode($line);
	next unless defined $run->{capture};
	my $name = "$run->{name} $run->{family}";
	my ($again) = qx('$fourwave' judge -q -r '$run->{capture}' --json - '$run->{file}' 2>err);
	my $judged = eval { $json->decode($again) };
	$count++;
	if (!$judged) {
		print "$name: no verdict: ", qx(cat err);
		$bad++;
		next;
	}
	for my $member (sort keys %$run) {
		my ($x, $y) = map { $json->allow_nonref->encode($_->{$member}) } $run, $judged;
		next if $x eq $y;
		print "$name: $member: run says $x, judge says $y\n";
		$bad++;
	}
}
print "$count results judged again, $bad differ\n";
exit($bad > 0 || $count == 0);
END
}

# shellcheck disable=SC2086
play_all() {
	run all $quick "$scenarios/table" "$scenarios/claims" "$scenarios/rfc" "$scenarios/examples"
}
# A machine that is too busy for all of them at once has two more tries.
play_all || { rm -rf all && play_all; } || { rm -rf all && play_all; } || fail "not all passed: $(tail -5 all.out)"
agree all

# Failures, skips of the peer's and errors must come out the same as well.
mkdir broken
cat >broken/field.wave <<'END'
scenario "The peer's ACK has another number than this expects"
role active
open
send F. as fin
expect . ack fin.end+1 within 1s
END
cat >broken/late.wave <<'END'
scenario "The peer's resend comes later than this allows"
role passive
sysctl tcp_orphan_retries = 3
open
provoke close
expect F. lost as fin
expect retransmit fin count 2 within 100ms
END
cat >broken/silence.wave <<'END'
scenario "The peer is not as silent as this expects"
role passive
open
provoke close
expect F. lost as fin
silence 1s
END
cat >broken/state.wave <<'END'
scenario "The peer is in another state"
role active
open
send F. as fin
expect . ack fin.end
state LAST-ACK within 100ms
END
cat >broken/timestamps.wave <<'END'
scenario "Timestamps, that count with the clock"
role active
param wait = 200ms
open <mss 1460,nop,nop,TS val 1000 ecr 0>
silence wait
send F. as fin
expect . ack fin.end within 1s
END
run broken -D wait=300ms broken/timestamps.wave || fail "timestamps: $(cat broken.out)"
agree broken
# A -D that was for another scenario of the run does not stand in the way.
run broken -D wait=300ms broken/timestamps.wave "$scenarios/examples/first.wave" || fail "-D: $(cat broken.out)"
agree broken
run broken broken/field.wave broken/late.wave broken/silence.wave broken/state.wave
[ $? = 1 ] || fail "the broken scenarios do not fail: $(cat broken.out)"
agree broken

# The values of the profile that it was played with are the capture's, whatever became of the file.
cat >broken/choice.wave <<'END'
scenario "The peer's time-out is the profile's"
role passive
open
provoke close
expect F. lost within deadline as fin
expect retransmit fin lost count resends first first_gap
END
printf 'based_on = linux\nfirst_gap = 700ms..800ms\nresends = 1\n' >slow.profile
run broken --profile ./slow.profile broken/choice.wave
[ $? = 1 ] || fail "a first gap of 0.2 s is not that of the profile: $(cat broken.out)"
rm slow.profile
agree broken
grep -q '"profile":"slow"' broken.json || fail "the result does not name its profile"

# So does the ladder, with the states that were told at their times.
ladders() { # SCENARIO TEXT
	name=$(basename "$1" .wave)
	"$FOURWAVE" run -4 -v --ascii -w ladders "$1" >run.out 2>&1
	"$FOURWAVE" judge -v --ascii -r "ladders/$name-ipv4.pcap" "$1" >judge.out 2>&1
	grep -qF -e "$2" run.out || fail "the ladder of $name lacks \"$2\": $(cat run.out)"
	sed '/^[0-9]* passed, /d' run.out | cmp -s - judge.out || fail "$name: $(diff run.out judge.out)"
}
ladders broken/state.wave '* CLOSE-WAIT'
ladders "$scenarios/claims/normal-close-active.wave" '(LAST-ACK)'
ladders "$scenarios/table/row1-passive-orphan-retries1.wave" '* CLOSED'

verdict() { # STATUS TEXT ARGUMENTS...
	status=$1 text=$2
	shift 2
	"$FOURWAVE" judge --ascii "$@" >out 2>&1
	got=$?
	[ "$got" = "$status" ] || fail "judge $* ends with $got, not $status: $(head -3 out)"
	tr -s ' \n' '  ' <out | grep -qF -e "$text" || fail "judge $* does not say \"$text\": $(head -5 out)"
}

# Judged by another profile it is another verdict.
verdict 0 "1 resend" -v --profile linux -D resends=1 -r broken/choice-ipv4.pcap broken/choice.wave
verdict 1 "expected 0.300 to 0.400 s" -D first_gap=300ms..400ms -r broken/choice-ipv4.pcap broken/choice.wave

# A scenario that was changed is tried on yesterday's capture.
capture=broken/field-ipv4.pcap
sed 's/fin.end+1/fin.end/' broken/field.wave >mended.wave
verdict 0 "pass mended" -r $capture mended.wave
sed 's/fin.end+1/fin.end/; s/within 1s/within 1us/' broken/field.wave >hasty.wave
verdict 1 "no such segment came within 0.000 s" -r $capture hasty.wave
sed 's/^send F. as fin/silence 1s\n&/' broken/field.wave >late.wave
verdict 99 "the capture does not fit the scenario at step 2, line 4: our segment in frame" -r $capture late.wave
sed 's/^send F. as fin/send P. "x" as data\n&/' broken/field.wave >more.wave
verdict 99 "the capture does not fit the scenario at step" -r $capture more.wave
sed 's/^send F. as fin/provoke close\n&/' broken/field.wave >provoked.wave
verdict 99 "does not fit the scenario at step 2, line 4: " -r $capture provoked.wave
verdict 2 "no such param" -D nonsense=1 -r $capture mended.wave

# What tcpdump wrote has no journal.
if command -v tcpdump >/dev/null; then
	tcpdump -r $capture -w foreign.pcap 'not ether proto 0x88b5' 2>/dev/null
	verdict 0 "pass mended" -r foreign.pcap mended.wave
	verdict 1 "its ack is 2, expected 3" -r foreign.pcap broken/field.wave
	verdict 99 "does not fit" -r foreign.pcap more.wave
	verdict 0 "pass mended" --connection 1 -r foreign.pcap mended.wave
	verdict 2 "no connection of the number 2 begins in it" --connection 2 -r foreign.pcap mended.wave
	tcpdump -r $capture -w rest.pcap 'tcp[13] & 2 = 0 and not ether proto 0x88b5' 2>/dev/null
	verdict 2 "no SYN is there" -r rest.pcap mended.wave
	verdict 2 "fourwave draw -r rest.pcap" -r rest.pcap mended.wave
	verdict 99 "was not made by fourwave run -w" -r foreign.pcap more.wave
	verdict 2 "does not say which of the" -r foreign.pcap broken
	tcpdump -r $capture -w nothing-in-it.pcap udp 2>/dev/null
	verdict 2 "no TCP segment is in nothing-in-it.pcap: it holds no frame" -r nothing-in-it.pcap mended.wave
	tcpdump -nr $capture >tcpdump.out 2>tcpdump.err || fail "tcpdump does not open $capture: $(cat tcpdump.err)"
fi
if command -v tshark >/dev/null; then
	HOME=$scratch tshark -nr $capture -Y _ws.malformed >tshark.out 2>tshark.err || fail "tshark: $(cat tshark.err)"
	[ ! -s tshark.out ] || fail "tshark finds malformed frames: $(cat tshark.out)"
fi

# Several captures, each judged by the scenario that it was made of; and the reports of run.
run several broken/field.wave broken/late.wave "$scenarios/examples/first.wave"
mv several/first-ipv4.pcap one.pcap
"$FOURWAVE" judge --ascii -r several -r one.pcap --json all.json --junit all.xml --html all.html --tap \
	broken "$scenarios/examples" >all.tap 2>all.out
[ $? = 1 ] || fail "several: status $? and not 1: $(tail -3 all.out)"
grep -q '^1\.\.6$' all.tap || fail "no plan of six in TAP: $(head -2 all.tap)"
[ "$(grep -c '^not ok .* - \(field\|late\) ' all.tap)" = 4 ] || fail "TAP: $(cat all.tap)"
[ "$(grep -c '^ok .* - first ' all.tap)" = 2 ] || fail "TAP: $(cat all.tap)"
grep -q '^2 passed, 4 failed' all.out || fail "no sum: $(tail -1 all.out)"
sort several.json >several.sorted
sed 's,"one.pcap","several/first-ipv4.pcap",' all.json | sort | cmp -s - several.sorted ||
	fail "run and judge differ in the JSON of several"
if command -v xmllint >/dev/null; then
	xmllint --noout --schema "$top_srcdir/tests/project/junit.xsd" all.xml 2>xmllint.err || fail "$(cat xmllint.err)"
	[ "$(xmllint --xpath 'string(/testsuites/@failures)' all.xml)" = 4 ] || fail "JUnit does not count 4 failures"
	[ "$(xmllint --xpath 'count(//property[@name="target"][@value="lab"])' all.xml)" -gt 0 ] ||
		fail "JUnit: what was judged was the lab"
fi
grep -q 'href="one.pcap"' all.html || fail "the page has no link to the capture"
verdict 2 "which is not among the" -r several broken
cp broken/field.wave . && mkdir -p again && cp broken/field.wave again
verdict 2 "are called so: name one of them" -r several/field-ipv4.pcap again field.wave broken/late.wave
verdict 2 "there is no capture" -r again mended.wave
verdict 2 "one.pcap is no scenario; each capture has a -r of its own" -r several/field-ipv4.pcap one.pcap mended.wave
verdict 2 "nowhere/x.xml: No such file" --junit nowhere/x.xml -r one.pcap "$scenarios/examples/first.wave"
verdict 2 "none of the scenarios has such a param" -D nonsense=1 -r several broken "$scenarios/examples"
sed 's/^expect F.*/expect F. after 900ms within 5s as fin/; /^expect retr/d' broken/late.wave >other.wave
verdict 1 "one.pcap was made of the scenario \"first\" (A lost FIN comes again), and not of other.wave" \
	-r one.pcap other.wave
cp late.wave again/field.wave
verdict 99 "again/field.wave does not send what it sent when $capture was made" -r $capture again/field.wave

# Broken files.
verdict 2 "No such file" -r nothing.pcap mended.wave
verdict 2 "no capture is named" mended.wave
verdict 2 "is no capture file" -r mended.wave mended.wave
gzip -c $capture >packed.pcap.gz
verdict 2 "packed.pcap.gz is packed: gzip -dc" -r packed.pcap.gz mended.wave
size=$(wc -c <$capture)
head -c $((size - 100)) $capture >cut.pcap
verdict 2 "broken or cut at frame" -r cut.pcap mended.wave
sed 's/"fourwave_journal":[0-9]/"fourwave_journal":7/' $capture >version.pcap
verdict 2 "of version 7" -r version.pcap mended.wave
sed 's/"iss":[0-9]/"iss":x/' $capture >damaged.pcap
verdict 2 "what fourwave wrote at its end is damaged" -r damaged.pcap mended.wave

# draw says that what looks lost may be the scenario's doing, of no other capture.
purpose='was made by fourwave, whose scenario "first" may have lost that on purpose'
"$FOURWAVE" draw -q -r one.pcap >drawn 2>drawn.err || fail "draw: $(cat drawn.err)"
grep -qF "$purpose" drawn.err || fail "draw does not tell who made it: $(cat drawn.err)"
if command -v tcpdump >/dev/null; then
	tcpdump -r one.pcap -w theirs.pcap 'not ether proto 0x88b5' 2>/dev/null
	"$FOURWAVE" draw -q -r theirs.pcap 2>&1 >drawn | grep 'on purpose' && fail "theirs.pcap is not ours"
fi

# No privilege is taken and none is needed.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod -R a+rX "$scratch"
	setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all \
		"$FOURWAVE" judge -q -r $capture mended.wave || fail "judge needs privilege"
fi
finish
