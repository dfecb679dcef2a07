#!/bin/sh
# What the path between does is never the peer's fault: NAT, loss, a link or an address that
# goes, another neighbour, SYN cookies, small MTUs, long paths. The peer is this kernel and right:
# nothing fails, and each error says what it was. And one that is wrong is caught all the same.
#
# FOURWAVE_TESTS_MEASURE=1: the whole quick table and the claims across each, both families, and across loss 20
# times.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/routed.sh
. "$(dirname "$0")/routed.sh"
# shellcheck disable=SC2154 # the addresses are of routed.sh

perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
: "${top_builddir:=$PWD}"
long=${FOURWAVE_TESTS_MEASURE-}
scenarios=$top_srcdir/scenarios
times=1
[ -z "$long" ] || times=20
targets="$peer_ip4 $peer_ip6"

few="$scenarios/claims/normal-close-active.wave $scenarios/claims/normal-close-passive.wave
	$scenarios/table/row2-active.wave $scenarios/table/row2-passive.wave
	$scenarios/table/row5-active-crash.wave $scenarios/rfc/fin-after-data.wave"
quick="$scenarios/claims/normal-close-active.wave $scenarios/rfc/fin-after-data.wave"

# Plays and looks at what came: no verdict but those named, and errors of these codes alone.
play() { # WHAT TARGET VERDICTS CODES FILES-AND-FLAGS...
	what="$1, $2" target=$2 verdicts=$3 codes=$4
	shift 4
	timeout --foreground 300 "$FOURWAVE" run -q --rate 100000 -t "$target" --json "$scratch/json" "$@" \
		>"$scratch/out" 2>&1
	look "$what" "$verdicts" "$codes"
}

look() { # WHAT VERDICTS CODES
	perl -MJSON::PP -e '
		my ($what, $verdicts, $codes, $file) = @ARGV;
		my (%count, $bad);
		open my $f, "<", $file or die "no results: $!\n";
		while (<$f>) {
			my $r = decode_json($_);
			my ($verdict, $code) = ($r->{verdict} // next, $r->{code} // "");
			$count{$verdict eq "error" ? "$verdict $code" : $verdict}++;
			next if " $verdicts " =~ / $verdict / && ($verdict ne "error" || " $codes " =~ / $code /);
			print "$what: $r->{name} $r->{family}: $verdict $code: $r->{reason}\n";
			$bad++;
		}
		print "$what: ", join(", ", map { "$count{$_} $_" } sort keys %count), "\n";
		# Errors alone, or skips, show nothing.
		$bad++ if $verdicts =~ /pass/ && !$count{pass};
		exit($bad || !%count ? 1 : 0);
	' "$1" "$2" "$3" "$scratch/json" || {
		fail "$1"
		tail -40 "$scratch/out"
	}
}

# All of it in the long form; else the few.
healthy() { # WHAT TARGET CODES [FILES]
	verdicts='pass warn skip'
	[ -z "$3" ] || verdicts="$verdicts error"
	if [ -n "$long" ]; then
		play "$1" "$2" "$verdicts" "$3" --quick "$scenarios/table" "$scenarios/claims" "$scenarios/rfc"
	else
		# shellcheck disable=SC2086 # words
		play "$1" "$2" "$verdicts" "$3" ${4-$few}
	fi
}

router_rules() { # RULES; none: takes them away
	at_router nft flush ruleset
	[ $# = 0 ] || at_router nft "$@" || skip "the router's kernel has no such firewall"
}

peer_rules() {
	at_peer nft flush ruleset
	[ $# = 0 ] || at_peer nft "$@" || skip "the peer's kernel has no such firewall"
}

at_peer sysctl -qw net.ipv4.tcp_no_metrics_save=1
begin_at_peer "$FOURWAVE" peer --remote -q
wait_agent || {
	echo "no fourwave peer"
	exit 99
}

# --- nothing at all, so that what follows means something
healthy plain $peer_ip4 ''

# --- NAT
router_rules 'add table inet nat
	add chain inet nat post { type nat hook postrouting priority 100; }
	add rule inet nat post oifname "far" masquerade'
for target in $targets; do
	# shellcheck disable=SC2086
	play masquerade $target error path-nat $few
	grep -Eq 'come from \[?(10\.77\.2\.254|fd77:2::fe)' "$scratch/json" || fail "masquerade: it does not say where from"
done
router_rules 'add table ip nat
	add chain ip nat pre { type nat hook prerouting priority -100; }
	add rule ip nat pre ip daddr 198.51.100.9 dnat to 10.77.2.2'
healthy dnat 198.51.100.9 path-nat "$quick $scenarios/rfc/rst-exact.wave"
router_rules

# --- our own side, in the middle of it
cat >"$scratch/waits.wave" <<'END'
scenario "A silence in which much may happen"
role active
open
silence 1200ms
fence
END
# After the link was away: the agent can be connected to again.
wait_path() { # TARGET
	for _ in $(seq 40); do
		perl -MIO::Socket::IP -e 'exit !IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => 4144, Timeout => 0.3)' \
			"$1" 2>/dev/null && return
		sleep 0.1
	done
	echo "the path to $1 is gone"
	ip neighbour
	ip route
	at_router ip neighbour
}

meanwhile() { # WHAT TARGET CODE DO UNDO
	timeout --foreground 60 "$FOURWAVE" run -q -t "$2" --json "$scratch/json" "$scratch/waits.wave" >"$scratch/out" 2>&1 &
	tester=$!
	sleep 0.4
	eval "$4"
	wait $tester
	look "$1, $2" error "$3"
	eval "$5"
	wait_path "$2"
}
default_routes='ip route replace default via 10.77.1.254; ip -6 route replace default via fd77:1::fe'
address6="ip address add $our_ip6/64 dev ours nodad; ip address add $slow_our_ip6/64 dev ours nodad"
meanwhile 'our link goes down' $peer_ip4 link-down 'ip link set ours down' "ip link set ours up; $address6; $default_routes"
meanwhile 'our link loses its carrier' $peer_ip4 link-down 'at_router ip link set near down' \
	'at_router ip link set near up; at_router ip address add fd77:1::fe/64 dev near nodad'
for family in 4 6; do
	eval "ours=\$our_ip$family theirs=\$peer_ip$family"
	length=$((family == 4 ? 24 : 64)) hop=10.77.1.254
	[ $family = 4 ] || hop=fd77:1::fe
	# shellcheck disable=SC2154 # by eval
	meanwhile 'our address goes' "$theirs" address-gone "ip address del $ours/$length dev ours" \
		"ip address add $ours/$length dev ours nodad 2>/dev/null; $default_routes"
	meanwhile 'another neighbour' "$theirs" neighbour-failed \
		"ip neighbour replace $hop lladdr 02:00:00:00:00:77 dev ours nud permanent" \
		"ip neighbour del $hop dev ours"
done

# --- once is no fault, and each time is one
router_rules 'add table inet path
	add chain inet path f { type filter hook forward priority 0; }
	add rule inet path f tcp dport 4145 tcp flags & (fin | ack) == (fin | ack) limit rate 1/day burst 1 packets drop'
play 'a FIN of ours is lost once' $peer_ip4 error not-repeated "$scenarios/claims/normal-close-active.wave"
router_rules
play 'a healthy peer' $peer_ip4 pass '' "$scenarios/claims/normal-close-active.wave"
peer_rules 'add table inet fault
	add chain inet fault out { type filter hook output priority 0; }
	add rule inet fault out tcp sport 4145 tcp flags & (fin | syn | rst | psh | ack) == ack drop'
play 'no bare ACK, ever' $peer_ip4 fail '' "$scenarios/table/row2-active.wave"
router_rules 'add table inet loss
	add chain inet loss f { type filter hook forward priority 0; }
	add rule inet loss f numgen random mod 1000 < 10 drop'
play 'no bare ACK, and loss of 1 %' $peer_ip4 'fail error' 'path-loss path-copies path-unsteady not-repeated no-answer' \
	"$scenarios/table/row2-active.wave"
peer_rules 'add table inet fault
	add chain inet fault out { type filter hook output priority 0; }
	add rule inet fault out tcp sport 4145 tcp flags & rst == rst tcp sequence set 1'
play 'RST with a wrong number, and loss of 1 %' $peer_ip4 'fail warn error' 'path-loss path-copies path-unsteady not-repeated no-answer' \
	"$scenarios/rfc/rst-exact.wave"
peer_rules

# --- loss, both ways, of all that passes: the agent's channel too
lossy='path-loss path-unsteady not-repeated no-answer no-greeting late agent-silent agent-refused agent-gone capture-lost'
for percent in 1 5; do
	targets=$peer_ip6
	[ $percent = 1 ] || targets=$peer_ip4
	[ -z "$long" ] || targets="$peer_ip4 $peer_ip6"
	router_rules "add table inet loss
		add chain inet loss f { type filter hook forward priority 0; }
		add rule inet loss f numgen random mod 100 < $percent drop"
	for _ in $(seq $times); do
		for target in $targets; do
			healthy "loss of $percent %" "$target" "$lossy"
		done
	done
done
router_rules

# --- a peer's host that is set otherwise, and a long path
long_ones() {

	at_peer sysctl -qw net.ipv4.tcp_syncookies=2
	for target in $targets; do healthy 'SYN cookies' "$target" syn-cookies; done
	at_peer sysctl -qw net.ipv4.tcp_syncookies=1
	begin_at_router "$top_builddir/tests/soak_forward" near far 1 0 0 0 300
	forwarder=$started
	sleep 0.3
	# shellcheck disable=SC2154 # of routed.sh
	for target in $slow_ip4 $slow_ip6; do healthy '300 ms each way' "$target" 'path-slow path-jitter'; done
	stop $forwarder
}
[ -z "$long" ] || long_ones

# --- small MTUs, with which IPv6 goes
at_peer ip link set theirs mtu 300 && at_router ip link set far mtu 300
healthy 'MTU of 300' $peer_ip4 '' "$quick"
at_peer ip link set theirs mtu 1500 && at_router ip link set far mtu 1500
at_router ip link set near mtu 576
healthy 'MTU of 576' $peer_ip4 '' "$quick"
at_router ip link set near mtu 1500
finish
