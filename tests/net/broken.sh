#!/bin/sh
# Each scenario of the table fails when its peer is wrong, and names the step
# and the field; and passes when the same peer is right, so that not everything
# fails here. The peer is a second fourwave in a namespace of its own that
# listens and plays tests/net/broken/*.wave, with a fault (-D, or another file);
# it is provoked in band, or does a thing by itself. A RST that a server's program may
# cause is an error, and so is a close that does not come where all was ACKed. What can't be provoked so has a kernel with the agent
# as its peer, and a fault of the kernel's: a setting that is not what
# --assume says, or a firewall that eats or changes what it sends.
#
# FOURWAVE_TESTS_LONG=1 adds what waits for a minute. FOURWAVE_BROKEN=WORD plays
# only the cases with that word in their line.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

table=$top_srcdir/scenarios/table
broken=$top_srcdir/tests/net/broken
first_port=20000 # below what the kernel gives to its own connections
at_once=20       # cases side by side
first_resends='gap1=200ms gap2=200ms gap3=200ms gap4=200ms'

# A bare ACK of what provokes in band is nothing that a scenario must account
# for: where RST is due behind it and an ACK comes, the RST is missing.
# SCENARIO | PEER -Ds | VERDICT | FIELD | beginning of the STEP
# @agent is a kernel, with its settings and @faults; @flat is no back-off.
{
	# It waits for longer than all the others take, so it begins.
	[ -z "${FOURWAVE_TESTS_LONG-}" ] || echo 'row4-passive-full | passive-time-wait-full | pass | |'
	cat <<'END_OF_CASES'
# --- row 1, the peer closes first
row1-passive-orphan-retries1 | passive-lost-2 |              pass | |
row1-passive-orphan-retries1 | passive-lost-2 bad_first=1 |  fail | seq   | expect F. seq rcv.nxt
row1-passive-orphan-retries1 | passive-lost-2 bad_seq=1 |    fail | seq   | expect retransmit fin lost
row1-passive-orphan-retries1 | passive-lost-2 bad_ack=1 |    fail | ack   | expect retransmit fin lost
row1-passive-orphan-retries1 | passive-lost-2 @flat |        fail | gap   | expect retransmit fin lost
row1-passive-orphan-retries1 | passive-lost-4 |              fail | count | expect retransmit fin lost
row1-passive-orphan-retries1 | passive-lost-reset |          error |      | expect retransmit fin lost
row1-passive-orphan-retries1 | fin-once |                    fail | count | expect retransmit fin lost
row1-passive-orphan-retries1 | reset |                       error |      | expect F. seq rcv.nxt
row1-passive-orphan-retries1 | silent |                      error |        | expect F. seq rcv.nxt
row1-passive-orphan-retries3 | passive-lost-4 |              pass | |
row1-passive-orphan-retries3 | passive-lost-4 bad_seq=1 |    fail | seq   | expect retransmit fin lost
row1-passive-orphan-retries3 | passive-lost-4 @flat |        fail | gap   | expect retransmit fin lost
row1-passive-orphan-retries3 | passive-lost-2 |              fail | budget | expect retransmit fin lost
row1-passive-orphan-retries3 | passive-lost-5 |              fail | count | expect retransmit fin lost
row1-passive-orphan-retries3 | passive-lost-reset |          error |      | expect retransmit fin lost
row1-passive-orphan-retries3 | fin-once |                    fail | count | expect retransmit fin lost
row1-passive-alive-retries2 |  passive-lost-4 |              pass | |
row1-passive-alive-retries2 |  passive-lost-4 bad_ack=1 |    fail | ack   | expect retransmit fin lost
row1-passive-alive-retries2 |  passive-lost-2 |              fail | budget | expect retransmit fin lost
row1-passive-alive-retries2 |  passive-lost-reset |          error |      | expect retransmit fin lost
row1-passive-default |         passive-default |             pass | |
row1-passive-default |         passive-default bad_seq=1 |   fail | seq   | expect retransmit fin lost
row1-passive-default |         passive-default @flat |       fail | gap   | expect retransmit fin lost
row1-passive-default |         passive-lost-2 |              warn | segment | silence 100ms
row1-passive-default |         passive-lost-reset |          error |      | expect retransmit fin lost
# --- row 1, we close first
row1-active |     active-taken |                 pass | |
row1-active |     active-taken bad_ack=1 |       fail | ack     | expect . seq rcv.nxt ack fin.end
row1-active |     active-taken bad_first=1 |     fail | seq     | expect F. seq rcv.nxt ack fin.end
row1-active |     active-speaks |                fail | segment | silence 1s
row1-active |     active-deaf |                  fail | segment | expect . seq rcv.nxt ack fin.end
row1-active |     active-resets |                fail | flags   | expect . seq rcv.nxt ack fin.end
row1-active |     active-taken-stays |           error |        | expect F. seq rcv.nxt ack fin.end
row1-active |     silent |                       fail | segment | expect . seq rcv.nxt ack fin.end
row1-active-eof | active-taken-eof |             pass | |
row1-active-eof | active-taken-eof bad_ack=1 |   fail | ack     | expect F. seq rcv.nxt ack fin.end
row1-active-eof | active-taken-eof bad_first=1 | fail | seq     | expect F. seq rcv.nxt ack fin.end
row1-active-eof | active-speaks-eof |            error |        | silence 1s
row1-active-eof | active-deaf-eof |              fail | segment | expect F. seq rcv.nxt ack fin.end
row1-active-eof | active-mute-eof |              fail | segment | expect one of
# --- row 2, the peer closes first
row2-passive | passive-ack-lost |             pass | |
row2-passive | passive-ack-lost bad_first=1 | fail | seq     | expect F. seq rcv.nxt
row2-passive | passive-ack-ignored |          fail | segment | silence 2500ms
row2-passive | reset |                        error |        | expect F. seq rcv.nxt
row2-passive-first-resend | passive-ack-lost-once |           pass | |
row2-passive-first-resend | passive-ack-lost-once bad_seq=1 | fail | seq   | expect retransmit fin count 1
row2-passive-first-resend | passive-ack-lost-once bad_ack=1 | fail | ack   | expect retransmit fin count 1
row2-passive-first-resend | fin-once |                        fail | count | expect retransmit fin count 1
# --- row 2, we close first
row2-active |     active-re-acks |               pass | |
row2-active |     active-re-acks bad_ack=1 |     fail | ack     | expect . seq ack.seq ack ack.ack
row2-active |     active-re-acks bad_seq=1 |     fail | seq     | expect . seq ack.seq ack ack.ack
row2-active |     active-acks-unasked |          fail | segment | silence 1s
row2-active |     active-acks-once |             fail | segment | expect . seq ack.seq ack ack.ack
row2-active |     active-acks-eleven |           fail | segment | expect . seq ack.seq ack ack.ack
row2-active |     active-acks-twice |            fail | segment | silence 30ms
row2-active |     active-resets-again |          fail | flags   | expect . seq ack.seq ack ack.ack
row2-active |     silent |                       fail | segment | expect . seq rcv.nxt ack fin.end
row2-active-eof | active-re-acks-eof |           pass | |
row2-active-eof | active-re-acks-eof bad_ack=1 | fail | ack | expect one of
row2-active-eof | active-re-acks-eof bad_seq=1 | fail | seq | expect one of
row2-active-eof | active-acks-once-eof |         fail | segment | expect one of
# --- row 3, the peer closes first
row3-passive-alive | passive-waits |             pass | |
row3-passive-alive | passive-waits bad_first=1 | fail | seq     | expect F. seq rcv.nxt
row3-passive-alive | passive-waits bad_ack=1 |   fail | ack     | expect . seq fin.end ack ours.end
row3-passive-alive | passive-waits-fin |         fail | segment | silence 5s
row3-passive-alive | passive-reset-late-fin |    fail | flags   | expect . seq fin.end ack ours.end
row3-passive |       passive-times-out |             pass | |
row3-passive |       passive-times-out bad_first=1 | fail | seq | expect one of
row3-passive |       passive-waits-fin |             fail | segment | silence 2s
row3-passive |       passive-not-gone |              fail | state   | state CLOSED after 2900ms within 6s of acked
row3-passive |       reset |                         error |        | expect F. seq rcv.nxt
# --- row 3, we close first
row3-active-orphan-retries1 | active-lost-2 |             pass | |
row3-active-orphan-retries1 | active-lost-2 bad_first=1 | fail | seq   | expect F. seq rcv.nxt ack ours.end
row3-active-orphan-retries1 | active-lost-2 bad_seq=1 |   fail | seq   | expect retransmit fin lost
row3-active-orphan-retries1 | active-lost-2 bad_ack=1 |   fail | ack   | expect retransmit fin lost
row3-active-orphan-retries1 | active-lost-2 @flat |       fail | gap   | expect retransmit fin lost
row3-active-orphan-retries1 | active-lost-4 |             fail | count | expect retransmit fin lost
row3-active-orphan-retries1 | active-lost-reset |         fail | flags | expect retransmit fin lost
row3-active-orphan-retries1 | active-lost-once |          fail | count | expect retransmit fin lost
row3-active-orphan-retries1 | active-aborts |             error |      | expect F. seq rcv.nxt ack ours.end
row3-active-orphan-retries1 | active-stays |              error |        | expect F. seq rcv.nxt ack ours.end
row3-active-orphan-retries3 | active-lost-4 |             pass | |
row3-active-orphan-retries3 | active-lost-4 bad_seq=1 |   fail | seq    | expect retransmit fin lost
row3-active-orphan-retries3 | active-lost-2 |             fail | budget | expect retransmit fin lost
row3-active-orphan-retries3 | active-lost-5 |             fail | count  | expect retransmit fin lost
row3-active-orphan-retries3 | active-lost-reset |         fail | flags  | expect retransmit fin lost
row3-active-alive-retries2 |  active-lost-4 |             pass | |
row3-active-alive-retries2 |  active-lost-4 @flat |       fail | gap    | expect retransmit fin lost
row3-active-alive-retries2 |  active-lost-2 |             fail | budget | expect retransmit fin lost
row3-active-alive-retries2 |  active-lost-once |          fail | count  | expect retransmit fin lost
row3-active-default |         active-default |            pass | |
row3-active-default |         active-default bad_seq=1 |  fail | seq    | expect retransmit fin lost
row3-active-default |         active-default @flat |      fail | gap    | expect retransmit fin lost
row3-active-default |         active-lost-2 |             warn | segment | silence 100ms
row3-active-eof |             active-lost-eof |           pass | |
row3-active-eof |             active-lost-eof bad_seq=1 | fail | seq    | expect retransmit fin lost
row3-active-eof |             active-lost-eof @flat |     fail | gap    | expect retransmit fin lost
row3-active-eof |             active-lost-once-eof |      fail | count  | expect retransmit fin lost
# --- row 4, the peer closes first
row4-passive | passive-time-wait |           pass | |
row4-passive | passive-time-wait bad_ack=1 | fail | ack     | expect . seq last.seq ack last.ack
row4-passive | passive-no-re-ack |           fail | segment | expect . seq last.seq ack last.ack
row4-passive | passive-reset-again |         fail | flags   | expect . seq last.seq ack last.ack
row4-passive | passive-reset-late-fin |      fail | flags   | expect . seq fin.end ack ours.end
row4-passive-full | passive-time-wait-full bad_ack=1 | fail | ack     | expect . seq last.seq ack last.ack
row4-passive-full | passive-no-re-ack |                fail | segment | expect . seq last.seq ack last.ack
row4-passive-full | passive-reset-again |              fail | flags   | expect . seq last.seq ack last.ack
# --- row 4, we close first
row4-active |     active-ack-lost |               pass | |
row4-active |     active-aborts |                 error |        | expect F. seq rcv.nxt ack ours.end
row4-active |     active-ack-ignored |            fail | segment | silence 100ms
row4-active-eof | active-ack-lost-eof |           pass | |
# --- row 5, the peer closes first
row5-passive-crash | passive-closes |             pass | |
row5-passive-crash | passive-closes bad_first=1 | warn | seq | expect F. seq rcv.nxt
row5-passive-crash | reset |                      error |        | expect F. seq rcv.nxt
row5-passive-crash | silent |                     error |        | expect F. seq rcv.nxt
row5-passive-linger0 | reset |                    pass | |
row5-passive-linger0 | reset bad_first=1 |        fail | seq | expect one of
row5-passive-linger0 | fin-once |                 fail | flags | expect one of
row5-passive-linger0 | silent |                   error |        | expect one of
row5-passive-data-after-close | passive-late-data |             pass | |
row5-passive-data-after-close | passive-late-data bad_first=1 | warn | seq | expect one of
row5-passive-data-after-close | passive-late-data-acked |       warn | flags | expect one of
row5-passive-data-after-fin | passive-late-data asks=1 |        pass | |
row5-passive-data-after-fin | passive-late-data-acked asks=1 |  pass | |
row5-passive-data-after-fin | passive-late-data asks=1 bad_first=1 | fail | seq | expect one of
row5-passive-data-after-fin | passive-late-data-lost asks=1 |   fail | segment | expect one of
row5-passive-crash-unread | @agent |                       pass | |
row5-passive-crash-unread | @agent @eats-reset |           warn | segment | expect one of
row5-passive-crash-unread | @agent @reset-number |         warn | seq | expect one of
# --- row 5, we close first
row5-active-crash | active-closes |             pass | |
row5-active-crash | active-closes bad_first=1 | warn | seq | expect F. seq rcv.nxt ack ours.end
row5-active-crash | active-aborts |             error |        | expect F. seq rcv.nxt ack ours.end
row5-active-crash | active-stays |              error |        | expect F. seq rcv.nxt ack ours.end
row5-active-linger0 | active-aborts |             pass | |
row5-active-linger0 | active-aborts bad_first=1 | fail | seq | expect one of
row5-active-linger0 | active-lost-once |          fail | flags | expect one of
row5-active-linger0 | active-stays |              error |        | expect one of
row5-active-data-after-close | active-late-data |             pass | |
row5-active-data-after-close | active-late-data bad_ack=1 |   fail | segment | silence 100ms
row5-active-data-after-close | active-late-data bad_first=1 | warn | seq | expect one of
row5-active-data-after-close | active-late-data-acked |       warn | flags | expect one of
row5-active-crash-unread | @agent |                       pass | |
row5-active-crash-unread | @agent @eats-reset |           warn | segment | expect one of
row5-active-crash-unread | @agent @reset-number |         warn | seq | expect one of
# --- kernels that are not set as they should be, seen from inside as well
row1-passive-orphan-retries3 | @agent tcp_orphan_retries=3 |              pass | |
row1-passive-orphan-retries3 | @agent tcp_orphan_retries=1 |              fail | budget | expect retransmit fin lost
row1-passive-orphan-retries1 | @agent tcp_orphan_retries=3 |              fail | count  | expect retransmit fin lost
row3-active-orphan-retries3 |  @agent tcp_orphan_retries=1 |              fail | budget | expect retransmit fin lost
row1-passive-alive-retries2 |  @agent tcp_retries2=2 tcp_orphan_retries=1 | fail | budget | expect retransmit fin lost
row3-passive |                 @agent tcp_fin_timeout=3 |                 pass | |
row3-passive |                 @agent tcp_fin_timeout=60 |                fail | timer  | state FIN-WAIT-2 timer
row3-passive |                 @agent tcp_fin_timeout=1 |                 fail | state  | state FIN-WAIT-2 timer
row4-passive |                 @agent |                                   pass | |
row4-passive |                 @agent @eats-bare-ack |                    fail | segment | expect . seq fin.end ack ours.end
row1-active |                  @agent @eats-bare-ack |                    fail | segment | expect . seq rcv.nxt ack fin.end
row2-active |                  @agent @eats-bare-ack |                    fail | segment | expect . seq rcv.nxt ack fin.end
END_OF_CASES
} >"$scratch/cases"

# The sysctls that a scenario needs, as --assume of them.
assumptions() { # SCENARIO
	sed -n 's/^sysctl  *\([^ ]*\) = \([0-9]*\).*/--assume \1=\2/p' "$table/$1.wave"
}

# A kernel in a namespace of its own with the agent, and its fault.
kernel_peer() { # NUMBER FAULT...; sets $target
	begin unshare --net sleep 600
	kernel=$started
	number=$1
	shift
	for _ in $(seq 50); do
		[ "$(readlink "/proc/$kernel/ns/net")" != "$(readlink /proc/self/ns/net)" ] && break
		sleep 0.1
	done
	{
		ip link add "k$number" type veth peer name right netns "$kernel"
		ip address add "10.78.$number.1/24" dev "k$number"
		ip address add "fd78:$number::1/64" dev "k$number" nodad
		ip link set "k$number" up
	} || exit 99
	nsenter -t "$kernel" -n sh -eu -s "$number" "$@" <<'END_OF_KERNEL' || exit 99
number=$1
shift
ip link set lo up
ip address add "10.78.$number.2/24" dev right
ip address add "fd78:$number::2/64" dev right nodad
ip link set right up
rule() {
	nft "add table inet fault; add chain inet fault out { type filter hook output priority 0; }
		add rule inet fault out $*"
}
for fault; do
	case $fault in
	@agent) ;;
	@eats-reset) rule 'tcp dport != 4144 tcp sport != 4144 tcp flags & rst == rst drop' ;;
	@reset-number) rule 'tcp dport != 4144 tcp sport != 4144 tcp flags & rst == rst tcp sequence set 1' ;;
	@eats-bare-ack) rule 'tcp sport 4145 tcp flags & (fin | syn | rst | psh | ack) == ack drop' ;;
	*=*) echo "${fault#*=}" >"/proc/sys/net/ipv4/${fault%%=*}" ;;
	*)
		echo "no such fault: $fault" >&2
		exit 1
		;;
	esac
done
END_OF_KERNEL
	peer_pid=$kernel
	begin_at_peer "$FOURWAVE" peer --remote -q
	wait_listening 4144 || echo "no agent in the kernel's namespace"
	peers="$started $kernel"
	target=10.78.$number.2
	[ "$family" = 4 ] || target=fd78:$number::2
}

# A fourwave that listens and plays a file, at the peer's.
scripted_peer() { # NUMBER FILE -Ds...; sets $target
	port=$((first_port + $1))
	output=$scratch/peer-$1.json
	file=$broken/$2.wave
	shift 2
	# shellcheck disable=SC2046 # each define is one word
	set -- $(printf -- '-D %s ' "$@")
	[ "$*" != "-D" ] || set --
	address=$our_ip4 target=$peer_ip4:$port
	[ "$family" = 4 ] || address=$our_ip6 target=[$peer_ip6]:$port
	begin_at_peer "$FOURWAVE" run -q --json "$output" -t "$address" -p "$port" "$@" "$file" \
		>"$output.text" 2>&1
	peers=$started
	wait_listening "$port" || echo "the peer does not listen"
}

# One case: its peer, and the scenario against that.
play() { # NUMBER SCENARIO FAULT...
	number=$1 scenario=$2
	shift 2
	family=$((4 + number % 2 * 2))
	# Over IPv6 nothing tells a second ACK from a copy that the path made.
	case $* in *acks-twice*) family=4 ;; esac
	case $1 in
	@agent)
		kernel_peer "$number" "$@"
		asking='--agent 4144'
		;;
	*)
		scripted_peer "$number" "$@"
		asking='--no-agent --profile linux --provoke eof'
		for word in read hold close shutdown crash reset; do
			# Behind our FIN there are no octets: there the peer acts by itself.
			case $scenario$word in
			row?-active*hold | row?-passive*) asking="$asking --provoke $word=$word" ;;
			*) asking="$asking --provoke $word=" ;;
			esac
		done
		;;
	esac
	# shellcheck disable=SC2046,SC2086
	timeout --foreground 150 "$FOURWAVE" run --no-confirm -t "$target" $asking $(assumptions "$scenario") \
		--json "$scratch/$number.json" "$table/$scenario.wave"
	# shellcheck disable=SC2086
	stop $peers
}

# Compares what came with the cases.
judge() {
	perl -MJSON::PP -e '
		my ($dir, $bad) = (shift, 0);
		while (<>) {
			chomp;
			my ($number, $scenario, $peer, @want) = map { s/^\s+|\s+$//gr } split /\|/, $_, -1;
			my ($line, $text) = ("", "");
			if (open my $f, "<", "$dir/$number.json") { $line = <$f> // ""; }
			my $got = eval { decode_json($line) } // {};
			my @got = ($got->{verdict} // "none", ($got->{mismatch} // {})->{field} // "",
				($got->{step} // {})->{text} // "");
			my $right = $got[0] eq $want[0] && $got[1] eq $want[1] && index($got[2], $want[2]) == 0 &&
				($want[2] ne "") == ($got[2] ne "");
			printf "%s case %d: %s against %s\n", $right ? "ok  " : "FAIL", $number, $scenario, $peer;
			next if $right;
			$bad++;
			printf "     expected: %s\n     got:      %s: %s\n", join(" | ", @want), join(" | ", @got),
				$got->{reason} // "";
			for my $file ("$dir/$number.text", "$dir/peer-$number.json.text") {
				print "     $_" for do { open my $f, "<", $file; $f ? <$f> : () };
			}
		}
		exit($bad > 0);
	' "$scratch" "$1"
}

perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
grep -v '^#' "$scratch/cases" | grep -F -- "${FOURWAVE_BROKEN-}" | awk '{ print NR "|" $0 }' >"$scratch/numbered"
command -v nft >/dev/null || {
	echo "nft is not there: without the cases of a firewall"
	grep -v '@eats\|@reset-number' "$scratch/numbered" >"$scratch/less"
	mv "$scratch/less" "$scratch/numbered"
}
total=$(wc -l <"$scratch/numbered")
[ "$total" -gt 0 ] || skip "no case is left"

# So many at a time: each takes a line from the pipe, and puts it back when it is over.
play_all() { # CASES, AT ONCE
	playing=
	seq "$2" >&8
	while IFS='|' read -r number scenario faults _; do
		read -r _ <&8
		faults=$(echo "$faults" | sed "s/@flat/$first_resends/")
		# shellcheck disable=SC2086 # words
		(
			trap 'echo >&8' EXIT
			play $number $scenario $faults >"$scratch/$number.text" 2>&1
		) &
		playing="$playing $!"
	done <"$1"
	# shellcheck disable=SC2086
	wait $playing
	for _ in $(seq "$2"); do read -r _ <&8; done
}
mkfifo "$scratch/places" && exec 8<>"$scratch/places" || exit 99

# The wrong peers are programs, not kernels: on a busy machine their timers are late, and
# what they do then is another fault than the planted one. What differs is played again,
# a few at a time, before it counts.
play_all "$scratch/numbered" "$at_once"
for _ in 1 2 3; do
	judge "$scratch/numbered" >"$scratch/judged" && break
	sed -n 's/^FAIL case \([0-9]*\):.*/\1/p' "$scratch/judged" |
		while read -r number; do grep "^$number|" "$scratch/numbered"; done >"$scratch/again"
	# No machine is as busy as that.
	[ "$(wc -l <"$scratch/again")" -le $((total / 3 + 3)) ] || break
	echo "played again: $(wc -l <"$scratch/again")"
	play_all "$scratch/again" 3
done
judge "$scratch/numbered" || fail "what differs stands above"
finish
