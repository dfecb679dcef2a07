#!/bin/sh
# fourwave draw on captures that tcpdump made of ordinary programs: curl and nginx,
# ssh, killed processes, half-closes, resets, with nftables dropping chosen
# segments. Two network namespaces joined by veth; every case has a server port
# of its own and its expected answer written beside it, and all are captured at once.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

# tcpdump gives root away where it has it, which no user namespace of ours allows.
our_end=c our_ip4=192.0.2.1 our_ip6=2001:db8::1
peer_end=s peer_ip4=192.0.2.2 peer_ip6=2001:db8::2
as_user='--map-current-user --keep-caps'
PATH=$PATH:/usr/sbin:/sbin
for program in tcpdump nft perl; do
	command -v $program >/dev/null || skip "$program is not installed"
done
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"
back=$PWD
cd "$scratch" || exit 99

pids=$holder nginx='' servers=''
at_end() {
	# nginx and the servers end their own children
	for pid in $nginx $servers; do kill "$pid" 2>/dev/null && wait "$pid"; done
	for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
	wait 2>/dev/null
	rm -rf "$scratch"
}
trap at_end EXIT

# An interface upon ours, whose packets "-i any" sees twice; and a VLAN.
twice='' vlan=''
if ip link add link c name twice type macvlan 2>mac.err; then
	twice=198.51.100.2
	ip addr add 198.51.100.1/24 dev twice
	ip link set twice up
	at_peer ip addr add $twice/24 dev s
fi
if ip link add link c name c.7 type vlan id 7 2>vlan.err && at_peer ip link add link s name s.7 type vlan id 7; then
	vlan=203.0.113.2
	ip addr add 203.0.113.1/24 dev c.7
	ip link set c.7 up
	at_peer ip addr add $vlan/24 dev s.7
	at_peer ip link set s.7 up
fi
# A FIN in TIME-WAIT is answered each time.
echo 0 >/proc/sys/net/ipv4/tcp_invalid_ratelimit || fail "a sysctl of our own namespace is not ours to set"

# What is lost: at the server what the client sent, and the other way round.
# numgen counts the segments that match, from 0.
lose() { # dport|sport "PORT FLAGS WHICH"...
	echo 'table inet lose {'
	echo 'chain in {'
	echo 'type filter hook input priority 0;'
	side=$1
	shift
	for rule; do
		port=${rule%% *} which=${rule##* } flags=${rule#* }
		case ${flags% *} in
		fin) flags='tcp flags & fin == fin' ;;
		syn) flags='tcp flags & syn == syn' ;;
		rst) flags='tcp flags & rst == rst' ;;
		data) flags='tcp flags & psh == psh' ;;
		both) flags='tcp flags & (fin | psh) != 0' ;;
		ack) flags='tcp flags & (fin | syn | rst | psh | ack) == ack' ;;
		esac
		[ "$which" = all ] && which='' || which="numgen inc mod 1000 $which"
		echo "tcp $side $port $flags $which drop"
	done
	echo '}'
	echo '}'
}
lose dport '5011 fin 0' '5021 fin 0' '5012 fin 0-1' '5013 fin all' '5015 ack 1' '5016 syn all' '5018 fin 0' \
	'6001 fin 0-1' '6003 ack 1-3' '6004 ack 1' '6005 both 0-1' '6007 fin 0' '6008 fin all' '6013 data 0' \
	'6018 fin 0' '6019 fin 0' '6024 fin 0' '6027 rst 0' '6031 fin 0' '6033 ack 1' '6035 fin 0' '82 fin 0' |
	at_peer nft -f - || skip "no nftables here"
lose sport '5014 fin 0-1' '5017 fin 0' '5019 ack 0' '6002 fin 0' '6004 fin 0' '6020 fin 1' '6024 fin 0' \
	'6025 ack 0' '6025 fin 0' '81 fin 0-1' | nft -f - || skip "no nftables here"

# --- who plays what, and what draw must say ---

: >expected
: >list
: >late
to=list
# Kind, who was first, the lost waves (first FIN, its ACK, second FIN, last ACK; a
# pattern), words of the summary.
expect() { # PORT KIND FIRST LOST WORDS
	printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>expected
}
play() { # PORT SERVER CLIENT [HOST]
	echo "$1 $2 $3 ${4-192.0.2.2}" >>$to
}

# Whether the ACK of the first FIN waits for the second is the kernel's business.
four=normal closed=normal/three-segment
expect 5001 $closed client '0 0 0 0' 'segments, the client first'
play 5001 eof close
expect 5002 $four client '0 0 0 0' 'closed by four segments, the client first'
play 5002 slow close
expect 5003 $closed server '0 0 0 0' 'segments, the server first'
play 5003 first wait
expect 5004 $four server '0 0 0 0' 'closed by four segments, the server first'
play 5004 half slow
expect 5005 $four client '0 0 0 0' 'in which 1000 bytes came from the server'
play 5005 late shut
expect 5006 half-closed client '0 0 0 0' 'the server never closed: it stays in CLOSE-WAIT'
play 5006 hold close
expect 5007 reset server '0 0 0 0' 'the server aborted it with RST, with no FIN before'
play 5007 linger wait
expect 5008 reset server '0 0 0 0' 'the server answered data after its close with RST'
play 5008 first data
expect 5009 $closed client '0 0 0 0' 'segments, the client first'
play 5009 eof close 2001:db8::2
expect 5011 $closed client '1 0 0 0' 'the first FIN was lost once'
play 5011 eof close
expect 5012 $four client '2 0 0 0' 'the first FIN was lost twice'
play 5012 slow close
expect 5013 unanswered client '[1-9] 0 0 0' 'the first FIN was never acknowledged: sent'
play 5013 eof close
expect 5014 $four client '0 0 2 0' 'the second FIN was lost twice'
play 5014 slow close
expect 5015 $closed client '0 0 0 1' 'the last ACK was lost once'
play 5015 eof close
expect 5016 never-opened - '0 0 0 0' 'never opened: the SYN, sent twice, was not answered'
play 5016 eof close
expect 5017 $closed server '1 0 0 0' 'the first FIN was lost once'
play 5017 first wait
expect 5018 simultaneous client '1 0 0 0' 'the FINs crossed'
play 5018 both close
expect 5019 $four client '0 1 0 0' 'the ACK of the first FIN was lost once'
play 5019 later close
expect 5020 refused server '0 0 0 0' 'the server refused the connection with RST'
play 5020 nobody close
expect 5021 $four server '0 0 1 0' 'the second FIN was lost once'
play 5021 half slow

# IPv6, and more than one wave lost.
expect 6001 $four client '2 0 0 0' 'the first FIN was lost twice'
play 6001 slow close 2001:db8::2
expect 6002 $four client '0 0 1 0' 'the second FIN was lost once'
play 6002 slow close 2001:db8::2
expect 6003 $closed client '0 0 0 3' 'the last ACK was lost 3 times'
play 6003 eof close
expect 6004 $four client '0 0 1 1' 'the second FIN was lost once; the last ACK was lost once'
play 6004 slow close
expect 6024 simultaneous client '1 0 1 0' 'the FINs crossed'
play 6024 both close
expect 6025 $four client '0 1 1 0' 'the ACK of the first FIN was lost once; the second FIN was lost once'
play 6025 later close

# Data and the FIN: both lost, in one segment, only the data lost, much of it.
expect 6005 $four client '1 0 0 0' 'the first FIN was lost once'
play 6005 slow writes
expect 6006 $four client '0 0 0 0' 'closed by four segments, the client first; closed after'
play 6006 slow merged
expect 6007 $four client '1 0 0 0' 'the first FIN was lost once'
play 6007 slow merged
expect 6013 $four client '0 0 0 0' 'in which 1500 bytes came from the server'
play 6013 burst wrshut
expect 6021 $closed client '0 0 0 0' 'the client first'
play 6021 slow big

# The window is shut when the client closes: its FIN waits behind the data.
expect 6015 $closed client '0 0 0 0' 'the client first'
play 6015 reads fills
expect 6016 open - '0 0 0 0' 'the window of the server is shut'
play 6016 full fills

# Given up, aborted, gone.
expect 6008 reset client '[1-9] 0 0 0' 'the client answered data after its close with RST'
play 6008 speaks gives
expect 6009 reset client '0 0 0 0' 'the client answered a late segment with RST: its end was gone already'
play 6009 latest second
expect 6010 reset client '0 0 0 0' 'the client aborted it with RST, with no FIN before'
play 6010 hold linger
expect 6011 reset client '0 0 0 0' 'the server aborted it with RST after the first FIN'
play 6011 turn shut
expect 6012 reset client '0 0 0 0' 'the client then aborted it with RST'
play 6012 hold never
expect 6027 reset client '0 0 0 0' 'the client aborted it with RST, with no FIN before'
play 6027 speaks linger

# The same ports again while the server is in TIME-WAIT.
expect 6020 $closed server '0 0 0 0' 'segments, the server first'
expect 6020/2 $closed server '1 0 0 0' 'the first FIN was lost once'
play 6020 twice twice

if [ -n "$twice" ]; then
	expect 6019 $four client '1 0 0 0' 'the first FIN was lost once'
	play 6019 slow close $twice
	expect 6033 $closed client '0 0 0 1' 'the last ACK was lost once'
	play 6033 eof close $twice
	expect 6034 reset server '0 0 0 0' 'the server aborted it with RST, with no FIN before'
	play 6034 linger wait $twice
fi
if [ -n "$vlan" ]; then
	expect 6035 $four client '1 0 0 0' 'the first FIN was lost once'
	play 6035 slow close $vlan
fi

# Killed: with nothing unread the kernel sends FIN, with something RST.
expect 5031 $closed server '0 0 0 0' 'the server first'
play 5031 hold wait
expect 5032 reset server '0 0 0 0' 'the server aborted it with RST, with no FIN before'
play 5032 hold unread
expect 6014 reset client '0 0 0 0' 'the client aborted it with RST, with no FIN before'
play 6014 tells hold
expect 6029 reset client '0 0 0 0' 'the client then aborted it with RST'
play 6029 answer mute
killed='server.5031 server.5032 client.6014 client.6029'

# The capture begins when these are connected. A is who spoke first in it.
to=late
expect 6017 $four client '0 0 0 0' 'its beginning is not in the capture; closed by four segments, A first'
play 6017 slow close
expect 6018 $closed client '1 0 0 0' 'the first FIN was lost once'
play 6018 eof close
expect 6028 $closed client '0 0 0 0' 'segments, A first'
play 6028 awaits wait

# curl's servers.
to=curl
if command -v curl >/dev/null; then
	expect 6022 $closed client '0 0 0 0' 'segments, the client first'
	play 6022 http -
	expect 6023 $closed client '0 0 0 0' 'segments, the client first'
	play 6023 stalls -
	expect 6026 half-closed client '0 0 0 0' 'the server never closed: it stays in CLOSE-WAIT'
	play 6026 hold -
	killed="$killed client.6026"
else
	: >curl
fi

# --- played ---

within() { # SECONDS COMMAND...: until it succeeds
	tries=$((20 * $1))
	shift
	while ! "$@"; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.05
	done
}

programs=$top_srcdir/tests/net/draw
grep -hv ' nobody ' list late curl >servers
nsenter -t "$peer_pid" -n perl "$programs/server.pl" servers 2>servers.err &
servers=$!
all_there() { # server|client FILE
	while read -r port _; do [ -e "pid.$1.$port" ] || return 1; done <"$2"
}
within 20 all_there server servers || fail "not all servers listen: $(cat servers.err)"
perl "$programs/client.pl" late late &
clients=$!
within 10 all_there client late || fail "not all clients connect"

root=''
[ "$(id -u)" != 0 ] || root='-Z root'
# shellcheck disable=SC2086 # two words or none
tcpdump -U -i c $root -w c.pcap 2>tcpdump.err &
dumps=$!
# shellcheck disable=SC2086
tcpdump -U -i any $root -w any.pcap 2>any.err &
dumps="$dumps $!"
pids="$pids $dumps"
until grep -qs listening tcpdump.err && grep -qs listening any.err; do
	kill -0 "${pids##* }" 2>/dev/null || skip "tcpdump does not capture here: $(cat any.err)"
	sleep 0.1
done
: >captured

perl "$programs/client.pl" list &
clients="$clients $!"
if [ -s curl ]; then
	curl -s -o /dev/null http://192.0.2.2:6022/a -o /dev/null http://192.0.2.2:6022/b &
	clients="$clients $!"
	curl -s -o /dev/null -m 0.5 http://192.0.2.2:6023/ &
	clients="$clients $!"
	curl -s -o /dev/null http://192.0.2.2:6026/ &
	echo $! >pid.client.6026
fi

if [ "$(id -u)" = 0 ] && command -v nginx >/dev/null && command -v curl >/dev/null; then
	mkdir -p www
	echo hello >www/index.html
	chmod -R a+rX .
	nginx_configuration "$scratch" 80 81 82 >nginx.conf
	nsenter -t "$peer_pid" -n nginx -e stderr -c "$scratch/nginx.conf" -p "$scratch" 2>nginx.out &
	nginx=$!
	within 5 test -s nginx.pid || fail "nginx does not listen: $(cat nginx.out)"
	expect 80 $closed client '0 0 0 0' 'segments, the client first'
	curl -s -o /dev/null http://192.0.2.2:80/ || fail curl
	expect 81 $closed server '2 0 0 0' 'the first FIN was lost twice'
	curl -s -o /dev/null -H 'Connection: close' --ignore-content-length http://192.0.2.2:81/ || fail curl
	expect 82 $closed client '1 0 0 0' 'the first FIN was lost once'
	curl -s -o /dev/null http://192.0.2.2:82/ || fail curl
fi
# ssh is not let in, which is enough of a conversation; as root sshd needs a
# directory of the system's.
if [ -x /usr/sbin/sshd ] && command -v ssh-keygen >/dev/null && { [ "$(id -u)" != 0 ] || [ -d /run/sshd ]; }; then
	ssh-keygen -q -t ed25519 -N '' -f hostkey
	nsenter -t "$peer_pid" -n /usr/sbin/sshd -D -p 6030 -p 6031 -h "$scratch/hostkey" -f /dev/null \
		-o PidFile="$scratch/sshd.pid" 2>sshd.err &
	pids="$pids $!"
	if within 5 test -s sshd.pid; then
		for port in 6030 6031; do
			HOME=$scratch ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no \
				-o UserKnownHostsFile=/dev/null -p $port nobody@192.0.2.2 true >ssh.out 2>&1 </dev/null
		done
		expect 6030 $closed client '0 0 0 0' 'the client first'
		expect 6031 $closed client '1 0 0 0' 'the first FIN was lost once'
	fi
fi

for it in $killed; do within 5 test -s "pid.$it" || fail "$it is not there"; done
sleep 0.5
for it in $killed; do kill -9 "$(cat "pid.$it")"; done
for pid in $clients; do wait "$pid"; done
sleep 2.5 # resends, and the server's latest close, 1.5 s after the client's
for pid in $dumps; do
	kill -INT "$pid"
	wait "$pid"
done
kill "$servers"

# --- the answers ---

schema=$top_srcdir/schema/fourwave-draw-1.schema.json
python3 -c 'import jsonschema' 2>/dev/null || {
	echo "no python3-jsonschema: the JSON is not validated"
	schema=''
}
draw() { # CAPTURE EXPECTED
	"$FOURWAVE" draw --ascii -r "$1" --json "$1.json" >"$1.out" 2>"$1.err" || fail "draw -r $1: $(cat "$1.err")"
	[ -z "$schema" ] || python3 "$top_srcdir/tests/project/validate.py" "$schema" "$1.json" ||
		fail "$1: not what the schema says"
	perl "$programs/check.pl" "$1.json" "$2" || {
		fail "$1: not as expected"
		[ -z "${FOURWAVE_DRAW_KEEP-}" ] || cp "$1" "$FOURWAVE_DRAW_KEEP"
	}
}
draw c.pcap expected
# the same by Linux cooked capture, with a VLAN tag and of the other byte order, and in pcapng
draw any.pcap expected
perl "$programs/tag.pl" c.pcap >tagged.pcap
tcpdump -nner tagged.pcap 2>/dev/null | grep -q 'vlan 7' || fail "tcpdump sees no VLAN"
draw tagged.pcap expected
if command -v editcap >/dev/null; then
	editcap -F pcapng c.pcap c.pcapng && draw c.pcapng expected
fi

# A capture that ends in the middle of the close.
tcpdump -r c.pcap -c 4 -w early.pcap 'tcp port 5002' 2>/dev/null
printf '5002\tunanswered\tclient\t0 0 0 0\t%s\n' 'the first FIN was not acknowledged; the capture ends' >early
draw early.pcap early
tcpdump -r c.pcap -c 6 -w early.pcap 'tcp port 5002' 2>/dev/null
printf '5002\tunanswered\tclient\t0 0 0 0\t%s\n' 'the second FIN was not acknowledged; the capture ends' >early
draw early.pcap early

# One direction only, as of a capture on one leg of an asymmetric route: nothing is claimed
# of the other.
for way in 'src client' 'dst server'; do
	tcpdump -r c.pcap -w early.pcap "${way% *} host 192.0.2.1 and tcp port 5012" 2>/dev/null
	printf '5012\tone-way\t-\t0 0 0 0\t%s\n' \
		"only what the ${way#* } sent is in the capture, not the answers; the ${way#* } sent a FIN" >early
	draw early.pcap early
	grep -q '(ESTABLISHED)' early.pcap.out && fail "one direction has states: $(cat early.pcap.out)"
done

# Times are those of the capture, to the nanosecond, with no digits of a double's.
if command -v editcap >/dev/null; then
	editcap -F nsecpcap -t 0.000000789 c.pcap nano.pcap && draw nano.pcap expected
	tcpdump --time-stamp-precision nano -ttnr nano.pcap tcp 2>/dev/null | head -n 1 >nano.first
	grep -qF "\"start\":$(cut -d ' ' -f 1 nano.first)," nano.pcap.json ||
		fail "start is not that of the first segment: $(cat nano.first) $(head -n 1 nano.pcap.json)"
	grep -E '"(start|seconds)":' nano.pcap.json |
		grep -vE '"start":[0-9]+\.[0-9]{9},"seconds":(null|[0-9]+\.[0-9]{9})\}$' && fail "a time with other digits"
fi

# What is said is broken between words where the terminal ends, and goes on below itself.
COLUMNS=60 "$FOURWAVE" draw -q --ascii -r c.pcap >narrow
awk 'length > 60 { print; bad = 1 } END { exit bad }' narrow || fail "these lines are wider than 60"
grep -q '^   [a-z].*[^;]$' narrow || fail "nothing is broken at 60 columns"
grep -v '^[0-9]' narrow | grep -v '^   [^ ]' | grep -v '^     [^ ]' && fail "these lines are not indented"
COLUMNS=400 "$FOURWAVE" draw -q --ascii -r c.pcap | grep -v '^[0-9]' | tr -s ' \n' ' ' >wide.words
grep -v '^[0-9]' narrow | tr -s ' \n' ' ' | cmp -s - wide.words || fail "words differ at 60 columns"

# A machine that is too busy loses segments which nobody told it to lose: then once more,
# and what draw names wrongly it will again.
if [ "$failures" != 0 ] && [ -z "${FOURWAVE_DRAW_AGAIN-}" ]; then
	echo "played again: was the machine busy?"
	at_end
	cd "$back" && FOURWAVE_DRAW_NETWORK='' FOURWAVE_DRAW_AGAIN=1 exec "$0"
fi

# One drawing, looked at.
grep -A 12 ':5012$' c.pcap.out >one
grep -q '(SYN-SENT) .*|- S 0' one || fail "no handshake is drawn: $(cat one)"
grep -q 'X *|$' one || fail "no broken arrow is drawn: $(cat one)"

# Broken captures: status 2, what is wrong, and what stands before is drawn.
size=$(wc -c <c.pcap)
head -c $((size - 7)) c.pcap >cut.pcap
"$FOURWAVE" draw -q -r cut.pcap >cut.out 2>cut.err
[ $? = 2 ] || fail "a capture that is cut does not end with 2"
grep -q 'cut.pcap is broken or cut at frame' cut.err || fail "it is not told where it is cut: $(cat cut.err)"
[ -s cut.out ] || fail "what stands before the cut is not drawn"
grep -q 'what stands before that is drawn' cut.err || fail "cut: $(cat cut.err)"
refused() { # FILE TEXT
	"$FOURWAVE" draw -r "$1" >refused.out 2>refused.err
	[ $? = 2 ] || fail "draw -r $1 does not end with 2"
	grep -q "$2" refused.err || fail "draw -r $1 does not say \"$2\": $(cat refused.err)"
	[ ! -s refused.out ] || fail "draw -r $1 draws: $(cat refused.out)"
}
: >empty.pcap
refused empty.pcap 'empty.pcap is empty'
refused . 'is a directory'
gzip -c c.pcap >packed.gz
refused packed.gz 'gzip -dc packed.gz unpacks it'
gzip -dc packed.gz | "$FOURWAVE" draw -q -r - >piped.out || fail "a capture from a pipe is not drawn"
"$FOURWAVE" draw -q -r c.pcap | cmp -s - piped.out || fail "from a pipe it is drawn in another way"
tcpdump -r any.pcap -w no-tcp.pcap 'not tcp' 2>/dev/null
refused no-tcp.pcap 'no TCP segment is in no-tcp.pcap: '
if command -v editcap >/dev/null; then
	editcap -s 40 -F pcap c.pcap short.pcap
	refused short.pcap 'no whole TCP segment is in short.pcap'
fi
echo nonsense >nonsense.pcap
"$FOURWAVE" draw -r nonsense.pcap >/dev/null 2>err && fail "nonsense is drawn"
grep -q 'no capture file' err || fail "nonsense: $(cat err)"
finish
