#!/bin/sh
# fourwave is stopped (SIGSTOP) for 30 to 400 ms, again and again, in the midst of its runs: what it
# does late is never a failure of a healthy peer. And the lab's hosts, whose programs are late
# then. What is planted in a peer is still found so, or there is no verdict on it; it never
# passes. FOURWAVE_TESTS_MEASURE: 200 runs of each scenario, ten tables, and all faults.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

need_lab
perl -MTime::HiRes -MJSON::PP -e 1 2>/dev/null || skip "perl has no Time::HiRes or no JSON::PP"
: "${top_builddir:=$PWD}"
peer=$top_builddir/tests/mutants/peer
stopped=$top_srcdir/tests/net/stopped
scenarios=$top_srcdir/scenarios
FOURWAVE_SCENARIOS=$scenarios
export FOURWAVE_SCENARIOS peer stopped scenarios scratch

times=3 tables=1
if [ -n "${FOURWAVE_TESTS_MEASURE-}" ]; then times=50 tables=10; fi

# So many times, each with four runs (two in each family).
play() { # NAME WHO GAP TIMES ARGUMENTS...
	name=$1 who=$2 gap=$3 times=$4
	shift 4
	for n in $(seq "$times"); do
		perl "$stopped/stop.pl" "$who" "$gap" "$FOURWAVE" run -q --color never \
			--json "$scratch/$name-$n.json" -I "$scenarios/lib" "$@"
	done >"$scratch/$name.out" 2>&1
}

# A fault, the scenario that finds it, in a file for what becomes of it.
cat >"$scratch/fault" <<'END'
fault=$1 file=$scenarios/$2.wave
settings=$(sed -n 's/^sysctl[[:space:]]*\([a-z0-9_]*\)[[:space:]]*=[[:space:]]*\([0-9][0-9]*\).*/--set \1=\2/p' "$file" |
	tr '\n' ' ')
# Of what shows at every other connection, or once because the peer dies of it.
case $fault in
ack-wrap | option-length-hangs) once=--no-confirm ;;
*) once= ;;
esac
{
	# shellcheck disable=SC2086 # words
	perl "$stopped/stop.pl" tester 0.6 "$peer" --fault "$fault" $settings "$FOURWAVE" run --strict -q $once \
		--color never -t 198.18.1.2 --agent 127.0.0.1:4144 -I "$scenarios/lib" "$file"
	echo "status $?"
} >"$scratch/fault-$fault.out" 2>&1
END

# Of each kind some: what is wrong is a flag, a number, a time, a count, a state, or that nothing comes.
some='fin-never-resent|resend-seq-high|backoff-1.5|rto-short|gives-up-early|fin-held-established|time-wait-none'
some="$some|resend-twice|resend-after-ack|resend-no-ack-flag|mss-in-fin|last-ack-stuck|rst-exact-ignored|closing-any-ack"
[ -z "${FOURWAVE_TESTS_MEASURE-}" ] || some='.*'
: >"$scratch/faults"
if "$peer" true 2>"$scratch/why"; then
	"$peer" --list | awk -F '\t' '{ split($2, names, " "); print $1, names[1] }' |
		grep -E "^($some) " >"$scratch/faults"
else
	echo "without planted faults: $(cat "$scratch/why")"
fi

play long tester 1 "$times" --repeat 2 "$stopped/long.wave" &
long=$!
play program tester 0.6 "$times" --repeat 2 "$stopped/program.wave" &
program=$!
play hosts hosts 0.05 "$times" --repeat 2 "$stopped" &
hosts=$!
play table tester 0.6 "$tables" --quick "$scenarios/table" &
table=$!
xargs -P 4 -n 2 sh "$scratch/fault" <"$scratch/faults"
wait $long $program $hosts $table

# --- what came of them ---

for name in long program hosts table; do
	perl -MJSON::PP -e '
		my ($name, $out, %count, $late) = (shift, shift);
		my $again = 0;
		while (<>) {
			my $r = decode_json($_);
			$count{$r->{verdict} // "?"}++;
			$late = $r->{late} if ($r->{late} // 0) > ($late // 0);
			next if ($r->{verdict} // "") =~ /^(pass|skip)$/ || ($r->{code} // "") eq "late";
			print "$name: $r->{verdict}: $r->{reason}\n";
		}
		open my $in, "<", $out or die;
		my $stops = 0;
		while (<$in>) {
			$stops += $1 if /^stopped (\d+) times/;
			$again += $1 if /^played again, as we were late: (\d+)/;
		}
		printf "%s: stopped %d times, %.0f ms late at most, played again %d: %s\n", $name, $stops,
			1000 * ($late // 0), $again, join(", ", map { "$count{$_} $_" } sort keys %count);
		exit 1 if $count{fail} || $count{warn} || $count{"?"};
		exit 2 if !$count{pass} || !$stops;
	' "$name" "$scratch/$name.out" "$scratch"/"$name"-*.json
	case $? in
	0) ;;
	1)
		grep -hE -A 100 '^(fail|warn)' "$scratch/$name.out" | head -n 120
		fail "$name: a healthy peer was accused"
		;;
	*) fail "$name: this proves nothing: $(tail -3 "$scratch/$name.out")" ;;
	esac
done

found=0 undecided=0
while read -r fault _; do
	case $(tail -n 1 "$scratch/fault-$fault.out") in
	'status 1') found=$((found + 1)) ;;
	'status 99')
		undecided=$((undecided + 1))
		echo "undecided: $fault: $(grep -m 1 '^error' "$scratch/fault-$fault.out")"
		;;
	*) fail "$fault was not found: $(tail -n 3 "$scratch/fault-$fault.out")" ;;
	esac
done <"$scratch/faults"
echo "planted faults: $found found, $undecided undecided"
[ $found -ge $((undecided * 2)) ] || fail "most faults must be found, however late we are"
finish
