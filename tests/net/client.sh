#!/bin/sh
# fourwave table --client: curl and wget, as an ordinary user and as root, over both families. The peer
# connects to us, in whatever role the scenario has: what passes is named here, the rest is skipped, and says
# why. Then clients that misbehave: none is held against its TCP, and none leaves anything; but what their
# kernel does wrong is.
#
# FOURWAVE_TESTS_LONG=1 plays each client for both users, and all suites.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/project/left.sh
. "$(dirname "$0")/../project/left.sh"

need_lab
perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
FOURWAVE=$(realpath "$FOURWAVE")
top_srcdir=$(realpath "$top_srcdir")
FOURWAVE_SCENARIOS=$top_srcdir/scenarios FOURWAVE_PROFILES=$top_srcdir/profiles
export FOURWAVE_SCENARIOS FOURWAVE_PROFILES
caller=$scratch/caller
cp "$(realpath "${top_builddir:-.}")/tests/net/caller" "$caller" || exit 99
chmod 755 "$scratch" "$caller"
table=$top_srcdir/scenarios/table
rfc=$top_srcdir/scenarios/rfc

# By its answer a client is made to close; by signals too, and those can come when it is stopped, and behind our
# FIN.
by_answer='row1-active-eof row1-passive-default row1-passive-orphan-retries1 row1-passive-orphan-retries3
	row2-active row2-active-eof row2-passive row2-passive-first-resend row3-active-eof row3-passive
	row4-active-eof row4-passive row5-active-crash row5-active-crash-unread row5-passive-crash
	row5-passive-crash-unread row5-passive-data-after-close row5-passive-data-after-fin'
by_signals="$by_answer row1-active row3-active-default row3-active-orphan-retries1 row3-active-orphan-retries3
	row4-active row5-active-data-after-close"

user_prefix='' root=no
if [ "$(id -u)" = 0 ]; then
	root=yes
	user_prefix='setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs'
	if ! $user_prefix unshare -Urn true 2>/dev/null || ! $user_prefix test -x "$FOURWAVE" -a -r "$top_srcdir/profiles/linux.profile"; then
		echo "an ordinary user can't have a lab here, or can't read this build"
		user_prefix=''
	fi
fi

wrong() { # CASE SENTENCE
	echo "$1: $2" >>"$scratch/wrong"
}

play() { # CASE root|user COMMAND ARGUMENT...
	its_name=$1 its_prefix=
	[ "$2" = root ] || its_prefix=$user_prefix
	shift 2
	# shellcheck disable=SC2086
	$its_prefix env "$mark" "$FOURWAVE" "$@" --json - >"$scratch/$its_name.json" 2>"$scratch/$its_name.out" </dev/null
	echo $? >"$scratch/$its_name.status"
}

# What passed, over both families, and what was skipped for what else than the client.
judge() { # CASE NAME...
	its_case=$1
	shift
	perl -MJSON::PP -e '
		my ($file, @want) = @ARGV;
		my (%got, $bad, $states, $skipped);
		open my $f, "<", $file or die "$file: $!\n";
		while (<$f>) {
			my $r = decode_json($_);
			next unless $r->{kind} eq "run";
			$states += @{$r->{observed}};
			$skipped++ if $r->{verdict} eq "skip";
			$got{$r->{name}}{$r->{family}} = 1 if $r->{verdict} eq "pass";
			$bad = 1, print "$r->{name} $r->{family}: we connected\n" if !$r->{listen};
			next if $r->{verdict} eq "pass" || $r->{verdict} eq "skip" && $r->{code} eq "needs-agent" &&
				$r->{reason} !~ /fourwave peer/;
			print "$r->{name} $r->{family}: $r->{verdict}: $r->{reason}\n";
			$bad = 1;
		}
		for my $name (@want) {
			$got{$name}{$_} or $bad = 1, print "$name $_ did not pass\n" for "ipv4", "ipv6";
			delete $got{$name};
		}
		$bad = 1, print "$_ passed, and is not on the list\n" for @want ? sort keys %got : ();
		$bad = 1, print "no state was observed\n" if !$states;
		printf "%d states observed, %d skipped\n", $states, $skipped;
		exit($bad ? 1 : 0);
	' "$scratch/$its_case.json" "$@" >"$scratch/$its_case.judged"
	judged=$?
	echo "$its_case: $(tail -n 1 "$scratch/$its_case.judged")"
	[ "$(cat "$scratch/$its_case.status")" = 0 ] && [ $judged = 0 ] && return
	cat "$scratch/$its_case.out" "$scratch/$its_case.judged"
	wrong "$its_case" "what is wrong stands above"
}

# Each run of a case ends with one of these: pass, or a code; its reason has this.
comes_to() { # CASE CODES PATTERN
	[ -f "$scratch/$1.json" ] || return
	perl -MJSON::PP -e '
		my ($file, $codes, $pattern) = @ARGV;
		my ($bad, $runs);
		open my $f, "<", $file or die "$file: $!\n";
		while (<$f>) {
			my $r = decode_json($_);
			next unless $r->{kind} eq "run";
			$runs++;
			my $what = $r->{code} // $r->{verdict};
			next if grep({ $_ eq $what } split(/[|]/, $codes)) && ($r->{reason} // "") =~ /$pattern/;
			print "$r->{name} $r->{family}: $r->{verdict}: ", $r->{code} // "", ": ", $r->{reason} // "", "\n";
			$bad = 1;
		}
		exit($bad || !$runs);
	' "$scratch/$1.json" "$2" "$3" && return
	cat "$scratch/$1.out"
	wrong "$1" "what is wrong stands above"
}

: >"$scratch/wrong"
# shellcheck disable=SC2016
curl='curl -s http://$FOURWAVE_AT/'
# shellcheck disable=SC2016
wget='wget -q -O /dev/null -t 2 http://$FOURWAVE_AT/'
long=${FOURWAVE_TESTS_LONG-}

# --- clients that nobody here wrote

if command -v curl >/dev/null; then
	play curl-user user table --quick --client "$curl" &
	[ -z "$long" ] || play curl-root root table --quick --client "$curl" &
	play curl-http user run -4 --quick --provoke http --client "$curl" "$table/row2-passive.wave" "$table/row1-active-eof.wave" "$rfc" &
	[ -z "$long" ] || play curl-suites user run --client "$curl" "$rfc" "$top_srcdir/scenarios/claims" &
else
	echo "curl is not installed"
fi
if command -v wget >/dev/null; then
	play wget-root root table --quick --provoke http --client "$wget" &
	[ -z "$long" ] || play wget-user user table --quick --provoke http --client "$wget" &
else
	echo "wget is not installed"
fi

# --- clients that do as they like

active=$table/row1-active.wave eof=$table/row1-active-eof.wave passive=$table/row2-passive.wave crash=$table/row5-passive-crash.wave
play never user run -4 --client 'echo "no such name"; exec sleep 60' "$active" &
play ends user run --client "exec $caller say 'I would rather not' exit 7" "$active" "$passive" &
play elsewhere user run -4 --client "exec $caller connect 9" "$active" &
play missing user run -4 --client "$scratch/there-is-none" "$active" &
play leaves user run -4 --client "exec $caller begin . wait 1 abort" "$active" &
play silent user run --client "exec $caller connect . read" "$active" "$eof" "$passive" "$crash" &
play twice user run --client "exec $caller begin . begin . begin . wait 20000" "$active" "$passive" "$crash" &
play again user run --client "$caller connect . write one read; exec $caller connect . write two read" "$eof" "$crash" &
play forks user run --client "$caller connect . write hello read & wait; :" "$active" "$passive" "$crash" &
play talks user run --client "exec $caller connect . talk 3" "$active" "$eof" "$passive" "$crash" "$table/row2-active.wave" \
	"$table/row3-active-orphan-retries1.wave" "$table/row5-active-crash-unread.wave" &
# Of two process groups: timeout(1) makes one.
play groups user run --client "cd /; timeout 60 $caller connect . write hello read; :" "$active" "$passive" "$crash" &
# Of two sessions: who leaves the first is stopped and killed as well.
play leaves-session user run --client "setsid --wait $caller connect . write hello read; :" "$active" "$passive" "$crash" \
	"$table/row5-active-crash.wave" &
play closes user run --client "exec $caller connect . write hello wait 500" "$eof" &
play aborts user run --client "exec $caller connect . write hello wait 500 abort" "$eof" &
play deaf user run -4 --client "exec $caller deaf connect . write hello wait 20000" -D deadline=2s "$passive" &
play stays user run -4 --client "exec $caller connect . write hello wait 20000" -D deadline=2s "$table/row4-active-eof.wave" &

# Its program is right, and its kernel is not.
if [ $root = yes ] && command -v nft >/dev/null; then
	wrong_ack='nft "add table inet t; add chain inet t o { type filter hook output priority 0; };
		add rule inet t o tcp flags & fin == fin tcp ackseq set 1"'
	play fault root run -4 --client "$wrong_ack && exec $caller connect . write hello read" "$passive" &
fi
wait

[ ! -f "$scratch/curl-user.json" ] || {
	# shellcheck disable=SC2086
	judge curl-user $by_signals
	judge curl-http
}
for its in curl-root:"$by_signals" wget-root:"$by_answer" wget-user:"$by_answer" curl-suites:; do
	# shellcheck disable=SC2086
	[ ! -f "$scratch/${its%%:*}.json" ] || judge "${its%%:*}" ${its#*:}
done
# shellcheck disable=SC2016
comes_to never agent-refused 'does not come to \$FOURWAVE_AT within 10 s; it says: no such name'
comes_to ends agent-refused 'ended with status 7; its last words: I would rather not'
comes_to elsewhere agent-refused 'ended with status 1; its last words: caller: connect: Connection refused'
comes_to missing agent-refused 'ended with status 127; its last words: .*not found'
comes_to leaves 'agent-refused|closed-unasked|server-reset' 'the client|--client'
for case in silent twice again forks talks groups leaves-session; do
	comes_to "$case" pass ''
done
comes_to closes closed-unasked "the client's program closed"
comes_to aborts server-reset "the client's program reset"
comes_to deaf server-stays "the client's TCP took all"
comes_to stays server-stays "the client's TCP took all"
[ ! -f "$scratch/fault.json" ] || comes_to fault wrong-segment 'its ack is '

# --- nothing is left, however it ends

cat >"$scratch/long.wave" <<'END'
scenario "Long enough to be ended in the middle"
role     active
open
silence  60s
END
for signal in TERM KILL; do
	# shellcheck disable=SC2086
	$user_prefix env --default-signal=TERM "$mark" "$FOURWAVE" run --client "$caller deaf connect . wait 60000 & $caller deaf wait 60000" \
		"$scratch/long.wave" >"$scratch/out" 2>&1 </dev/null &
	child=$!
	for _ in $(seq 50); do
		[ "$(ours | wc -l)" -ge 8 ] && break
		sleep 0.1
	done
	[ "$(ours | wc -l)" -ge 8 ] || wrong "$signal" "only $(ours | wc -l) processes run, so this proves nothing"
	kill -s $signal $child
	wait $child 2>/dev/null
	wait_until_gone "$mark" || {
		wrong "$signal" "processes are left: $(describe "$mark")"
		for process in $(ours); do kill -9 "${process#/proc/}"; done
	}
done
while read -r what; do
	fail "$what"
done <"$scratch/wrong"
finish
