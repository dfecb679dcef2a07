#!/bin/sh
# What keeps fourwave from judging: no route, an unknown host, a closed port, a
# silent host, an interface that isn't there, a busy source port, no privilege,
# our own kernel in between, a capture that lost packets. Each is told in a
# sentence that says what it is and what to do, the status is 99, it is never a
# verdict on the peer, and where nothing could be judged from the start nothing
# of the connection is sent.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

plain=$top_srcdir/scenarios/table/row2-active-eof.wave
silent_ip4=10.77.0.99 # in our network, and nobody's
export RES_OPTIONS='timeout:1 attempts:1'

# Counts what leaves for a port under test; the agent's 4144 is none.
counting=no
if command -v nft >/dev/null && nft 'add table inet count
	add counter inet count sent
	add chain inet count out { type filter hook output priority 0; }
	add rule inet count out oifname "left" meta l4proto tcp tcp dport != 4144 counter name sent' 2>"$scratch/nft"; then
	counting=yes
fi

sent() {
	nft list counter inet count sent 2>/dev/null | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

check() { # NAME PATTERN SENT(nothing|something) STATUS
	tr '\n' ' ' <"$scratch/$1.text" | tr -s ' ' >"$scratch/line"
	[ "$4" = 99 ] || fail "$1: status $4"
	grep -Eq -- "$2" "$scratch/line" || fail "$1: it does not say \"$2\""
	! grep -q '"verdict":"\(pass\|fail\)"' "$scratch/$1.json" 2>/dev/null || fail "$1: that is a verdict"
	[ "$failures" = "${failures_before-0}" ] || cat "$scratch/$1.text"
	failures_before=$failures
	[ $counting = yes ] && [ "$3" = nothing ] || return
	[ "$(sent)" = "$sent_before" ] || fail "$1: $(($(sent) - sent_before)) segments were sent"
}

# One after the other, so that what is sent can be counted.
error() { # NAME PATTERN SENT ARGUMENTS...
	name=$1 pattern=$2 sending=$3
	shift 3
	sent_before=$(sent)
	timeout --foreground 60 "$FOURWAVE" run --json "$scratch/$name.json" "$@" >"$scratch/$name.text" 2>&1
	check "$name" "$pattern" "$sending" $?
}

# --- the hosts: an agent at the peer's, and one of our own to keep a port busy

begin_at_peer "$FOURWAVE" peer --remote -q
agent=$started
begin "$FOURWAVE" peer --remote --listen $our_ip4 --data-port 5000 -q
busy=$started
wait_listening 4145 || fail "no agent at the peer's"

# Silent hosts are waited for, all of them meanwhile.
at_peer nft 'add table inet silent
	add chain inet silent in { type filter hook input priority 0; }
	add rule inet silent in tcp dport 81 drop' 2>"$scratch/nft" && firewall=yes || firewall=no
"$FOURWAVE" run --provoke eof -t $silent_ip4:80 "$plain" >"$scratch/nobody.text" 2>&1 &
nobody=$!
"$FOURWAVE" run --provoke eof -t "[$peer_ip6]:81" "$plain" >"$scratch/drops.text" 2>&1 &
drops=$!
wait $nobody
check nobody "no answer from $silent_ip4 port 80 to our SYN in 3 tries: is the host up.*nobody answers ARP" something $?
wait $drops
status=$?
[ $firewall = no ] ||
	check drops "no answer from $peer_ip6 port 81 to our SYN in 3 tries: .*no firewall between" something $status

# --- before anything is sent

error route4 'no route to 192\.0\.2\.1: add one' nothing --provoke eof -t 192.0.2.1:80 "$plain"
error route6 'no route to 2001:db8::1: add one' nothing --provoke eof -t '[2001:db8::1]:80' "$plain"
error unknown '"no\.such\.host\.invalid" could not be looked up|no such host' nothing \
	--provoke eof -t no.such.host.invalid:80 "$plain"
error interface 'no interface nosuch0: "ip link" lists' nothing --provoke eof -i nosuch0 -t $peer_ip4:80 "$plain"
error source-port 'the source port 5000 of 10\.77\.0\.1 is busy: choose another' nothing \
	-p 5000 -t $peer_ip4 "$top_srcdir/scenarios/claims/normal-close-active.wave"
error no-agent "no agent listens at $our_ip6 port 4144: start \"fourwave peer\"" nothing -t $our_ip6 "$plain"
error capture-file 'not-there.*(No such file|Not a directory)|cannot' nothing \
	-w "$scratch/route4.text/not-there" --provoke eof -t $peer_ip4:80 "$plain"

# As somebody who may do nothing: no capability is left in the bounding set.
timeout --foreground 60 setpriv --bounding-set=-all --inh-caps=-all --no-new-privs \
	"$FOURWAVE" run --provoke eof -t 127.0.0.1:80 "$plain" >"$scratch/privilege.text" 2>&1
check privilege 'no privilege to .*(root|CAP_NET_RAW|cap_net_raw)' nothing $?
if [ "$(awk '$1 == 0 { print $3 }' /proc/self/uid_map)" != 1 ]; then
	(cd / && timeout --foreground 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$FOURWAVE" run --provoke eof -t 127.0.0.1:80 "$plain") >"$scratch/nobody-user.text" 2>&1
	status=$?
	# A build in a directory that only root may enter can't be run by others.
	if [ $status != 126 ] && [ $status != 127 ]; then
		check nobody-user 'no privilege to .*(root|CAP_NET_RAW|cap_net_raw)' nothing $status
	fi
fi

# --- while it is being played

error closed 'answered our SYN with RST: is the port open' something --provoke eof -t $peer_ip4:80 "$plain"
error closed6 'answered our SYN with RST: is the port open' something --provoke eof -t "[$peer_ip6]:80" "$plain"
error polluted 'polluted: our own kernel sent R .*do not use --no-shield' something --no-shield -t $peer_ip4 \
	"$top_srcdir/scenarios/claims/normal-close-active.wave"
error polluted6 'polluted: our own kernel sent R .*do not use --no-shield' something --no-shield -t $peer_ip6 \
	"$top_srcdir/scenarios/claims/normal-close-active.wave"
if [ $counting = yes ]; then
	# A firewall of our own: what we send is never seen leaving.
	nft 'add rule inet count out oifname "left" tcp dport 4145 drop'
	error unseen 'this host.s firewall refuses segments to 10\.77\.0\.2: see its output rules' something -t $peer_ip4 \
		"$top_srcdir/scenarios/claims/normal-close-active.wave"
	nft 'flush chain inet count out'
else
	echo "nft can't be used here: what is sent is not counted ($(head -1 "$scratch/nft"))"
fi

# More segments than the ring holds, while fourwave is stopped.
cat >"$scratch/waits.wave" <<'END_OF_SCENARIO'
scenario "A silence in which the capture loses packets"
role active
open
silence 2s
END_OF_SCENARIO
"$FOURWAVE" run --json "$scratch/loss.json" -t $peer_ip4 "$scratch/waits.wave" >"$scratch/loss.text" 2>&1 &
loss=$!
sleep 0.7
kill -STOP $loss
at_peer perl -MSocket -e '
	my ($from, $to) = map { inet_aton($_) } @ARGV;
	socket(my $raw, PF_INET, SOCK_RAW, 255) or die "no raw socket: $!\n";
	my $segment = pack("CCnnnCCna4a4", 0x45, 0, 1040, 0, 0, 64, 6, 0, $from, $to) .
		pack("nnNNCCnnn", 9, 9, 1, 1, 0x50, 0x10, 100, 0, 0) . "x" x 1000;
	for (1 .. 40000) { send($raw, $segment, 0, pack_sockaddr_in(9, $to)) }
' $peer_ip4 $our_ip4
kill -CONT $loss
wait $loss
check loss 'the capture lost [0-9]+ packets: nothing can be judged' something $?

# An agent that must end says why. Its kernel keeps the connection open meanwhile.
cat >"$scratch/tired.wave" <<'END_OF_SCENARIO'
scenario "An agent that ends"
role active
open
provoke hold
silence 1s
END_OF_SCENARIO
begin_at_peer perl -MSocket -e '
	for (4244, 4245) {
		socket($s{$_}, PF_INET, SOCK_STREAM, 0) && setsockopt($s{$_}, SOL_SOCKET, SO_REUSEADDR, 1) &&
			bind($s{$_}, sockaddr_in($_, INADDR_ANY)) && listen($s{$_}, 9) or die "port $_: $!\n";
	}
	accept($c, $s{4244}) or die "no tester: $!\n";
	syswrite($c, "fourwave-peer 1 data-port 4245\n");
	while (<$c>) {
		my ($id, $verb) = split;
		last if $verb eq "hold";
		syswrite($c, "$id " . ($verb eq "sysctl" ? "no none here" : "ok") . "\n");
	}
	syswrite($c, "0 no the battery is empty\n");
	close($c);
	sleep 60;
'
tired=$started
wait_listening 4245 || fail "no agent at port 4244"
error tired 'the battery is empty' something -t $peer_ip4 --agent 4244 "$scratch/tired.wave"
stop $tired

# The agent dies in the middle: its kernel closes the connection and the control
# channel, and either may come first. Then it is an error, or a FIN that is none of
# the scenario's; and it is not waited for.
"$FOURWAVE" run -t $peer_ip4 "$scratch/waits.wave" >"$scratch/agent.text" 2>&1 &
tester=$!
sleep 0.7
kill -9 $agent
wait $tester
status=$?
grep -Eq 'control channel|F\. 1:1\(0\) ack 1 came' "$scratch/agent.text" && [ $status != 0 ] || {
	cat "$scratch/agent.text"
	fail "agent: status $status"
}

stop $busy
finish
