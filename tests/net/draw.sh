#!/bin/sh
# fourwave draw on captures that tcpdump made of ordinary programs: curl and nginx,
# ssh, killed processes, half-closes, resets, with nftables dropping chosen
# segments. Two network namespaces joined by veth; every case has a server port
# of its own and its expected answer written beside it, and all are captured at once.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

[ -x "$FOURWAVE" ] || {
	echo "$FOURWAVE is not there"
	exit 99
}
for program in tcpdump nft ip unshare nsenter perl; do
	PATH=$PATH:/usr/sbin:/sbin command -v $program >/dev/null || skip "$program is not installed"
done
PATH=$PATH:/usr/sbin:/sbin
if [ -z "${FOURWAVE_DRAW_NETWORK-}" ]; then
	rm -rf "$scratch"
	own='unshare --net'
	# tcpdump gives root away where it has it, which no user namespace of ours allows.
	[ "$(id -u)" = 0 ] || own='unshare --map-current-user --keep-caps --net'
	$own true 2>/dev/null || skip "no network namespace can be made here"
	FOURWAVE_DRAW_NETWORK=1 exec $own "$0"
fi
cd "$scratch" || exit 99

pids='' nginx=''
at_end() {
	# nginx ends its workers itself
	[ -z "$nginx" ] || { kill "$nginx" 2>/dev/null && wait "$nginx"; }
	for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
	wait 2>/dev/null
	rm -rf "$scratch"
}
trap at_end EXIT

# --- two hosts: this is the client's ---

unshare --net sleep 300 &
peer=$!
pids="$pids $peer"
until [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
at_peer() { nsenter --net="/proc/$peer/ns/net" "$@"; }
ip link add c type veth peer name s netns $peer || skip "no veth here"
ip link set lo up
ip addr add 192.0.2.1/24 dev c
ip addr add 2001:db8::1/64 dev c nodad
ip link set c up
at_peer ip link set lo up
at_peer ip addr add 192.0.2.2/24 dev s
at_peer ip addr add 2001:db8::2/64 dev s nodad
at_peer ip link set s up

# What is lost: at the server what the client sent, and the other way round.
# numgen counts the segments that match, from 0.
fin='tcp flags & fin == fin'
ack='tcp flags & (fin | syn | rst | psh | ack) == ack'
at_peer nft -f - <<END || skip "no nftables here"
table inet lose {
chain in {
	type filter hook input priority 0;
	tcp dport 5011 $fin numgen inc mod 1000 < 1 drop
	tcp dport 5021 $fin numgen inc mod 1000 < 1 drop
	tcp dport 5012 $fin numgen inc mod 1000 < 2 drop
	tcp dport 5013 $fin drop
	tcp dport 5015 $ack numgen inc mod 1000 1 drop
	tcp dport 5016 tcp flags & syn == syn drop
	tcp dport 5018 $fin numgen inc mod 1000 < 1 drop
	tcp dport 82 $fin numgen inc mod 1000 < 1 drop
}
}
END
nft -f - <<END || skip "no nftables here"
table inet lose {
chain in {
	type filter hook input priority 0;
	tcp sport 5014 $fin numgen inc mod 1000 < 2 drop
	tcp sport 5017 $fin numgen inc mod 1000 < 1 drop
	tcp sport 5019 $ack numgen inc mod 1000 < 1 drop
	tcp sport 81 $fin numgen inc mod 1000 < 2 drop
}
}
END

root=''
[ "$(id -u)" != 0 ] || root='-Z root'
# shellcheck disable=SC2086 # two words or none
tcpdump -U -i c $root -w c.pcap tcp 2>tcpdump.err &
pids="$pids $!"
# shellcheck disable=SC2086
tcpdump -U -i any $root -w any.pcap tcp 2>any.err &
pids="$pids $!"
until grep -q listening tcpdump.err && grep -q listening any.err; do
	kill -0 "${pids##* }" 2>/dev/null || skip "tcpdump does not capture here: $(cat any.err)"
	sleep 0.1
done

# --- programs ---

cat >server.pl <<'END'
use strict;
use Socket;
use IO::Socket::IP;
my ($mode, $port, $ready) = @ARGV;
my $l = IO::Socket::IP->new(LocalPort => $port, LocalAddr => '::', V6Only => 0, Listen => 9, ReuseAddr => 1)
	or die "port $port: $!";
open my $f, '>', $ready; close $f;
my $c = $l->accept or die;
my $buf;
sub pause { select undef, undef, undef, $_[0] }
sub to_eof { 1 while sysread $c, $buf, 4096 }
if ($mode eq 'eof') { to_eof(); close $c }
elsif ($mode eq 'slow') { to_eof(); pause(0.15); close $c }
elsif ($mode eq 'later') { to_eof(); pause(0.6); close $c }
elsif ($mode eq 'first') { pause(0.1); close $c }
elsif ($mode eq 'both') { pause(0.15); close $c }
elsif ($mode eq 'half') { pause(0.1); shutdown $c, 1; to_eof(); close $c }
elsif ($mode eq 'late') { to_eof(); pause(0.3); syswrite $c, 'x' x 1000; pause(0.1); close $c }
elsif ($mode eq 'linger') { pause(0.1); setsockopt $c, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0); close $c }
pause(60);
END
cat >client.pl <<'END'
use strict;
use Socket;
use IO::Socket::IP;
my ($mode, $port, $host) = @ARGV;
my $c = IO::Socket::IP->new(PeerHost => $host || '192.0.2.2', PeerPort => $port, Timeout => 1.5) or exit 1;
my $buf;
$SIG{PIPE} = 'IGNORE';
sub pause { select undef, undef, undef, $_[0] }
sub to_eof { 1 while sysread $c, $buf, 4096 }
if ($mode eq 'close') { pause(0.1); close $c }
elsif ($mode eq 'shut') { pause(0.1); shutdown $c, 1; to_eof(); close $c }
elsif ($mode eq 'wait') { to_eof(); close $c }
elsif ($mode eq 'slow') { to_eof(); pause(0.15); close $c }
elsif ($mode eq 'data') { to_eof(); pause(0.1); syswrite $c, 'late'; pause(0.2); close $c }
elsif ($mode eq 'unread') { syswrite $c, 'never read'; to_eof() }
pause(0.2);
END

: >expected
# One case: who plays what, and what draw must say: kind, who was first, the lost
# waves (first FIN, its ACK, second FIN, last ACK), words of the summary.
expect() { # PORT KIND FIRST LOST WORDS
	printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>expected
}
play() { # PORT SERVER CLIENT [HOST]
	# nsenter becomes perl, so this is the server's own process
	nsenter --net="/proc/$peer/ns/net" perl server.pl "$2" "$1" "ready.$1" &
	pids="$pids $!"
	for _ in $(seq 100); do
		[ -e "ready.$1" ] && break
		sleep 0.05
	done
	perl client.pl "$3" "$1" "${4-}" &
	clients="$clients $!"
}
clients=

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
expect 5013 unanswered client '*' 'the first FIN was never acknowledged: sent'
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
perl client.pl close 5020 &
clients="$clients $!"
expect 5021 $four server '0 0 1 0' 'the second FIN was lost once'
play 5021 half slow

# Killed: with nothing unread the kernel sends FIN, with something RST.
expect 5031 $closed server '0 0 0 0' 'the server first'
play 5031 hold wait
killed=${pids##* }
expect 5032 reset server '0 0 0 0' 'the server aborted it with RST, with no FIN before'
play 5032 hold unread
killed="$killed ${pids##* }"
sleep 0.5
for pid in $killed; do kill -9 "$pid"; done

# --- nginx and curl, ssh ---

if command -v nginx >/dev/null && command -v curl >/dev/null && [ "$(id -u)" = 0 ]; then
	mkdir -p www
	echo hello >www/index.html
	chmod -R a+rX .
	cat >nginx.conf <<END
user root; worker_processes 1; daemon off; pid $scratch/nginx.pid; error_log $scratch/nginx.err;
events { }
http { access_log off; client_body_temp_path $scratch/b; proxy_temp_path $scratch/p;
	fastcgi_temp_path $scratch/f; uwsgi_temp_path $scratch/u; scgi_temp_path $scratch/g;
	server { listen 80; listen 81; listen 82; root $scratch/www; } }
END
	nsenter --net="/proc/$peer/ns/net" nginx -c "$scratch/nginx.conf" -p "$scratch" 2>nginx.out &
	nginx=$!
	for _ in $(seq 50); do
		curl -s -o /dev/null --connect-timeout 1 http://192.0.2.2:80/ --local-port 39999 && break
		sleep 0.1
	done
	expect 80 $closed client '0 0 0 0' 'segments, the client first'
	expect 81 $closed server '2 0 0 0' 'the first FIN was lost twice'
	curl -s -o /dev/null -H 'Connection: close' --ignore-content-length http://192.0.2.2:81/ || fail curl
	expect 82 $closed client '1 0 0 0' 'the first FIN was lost once'
	curl -s -o /dev/null http://192.0.2.2:82/ || fail curl
fi
if [ -x /usr/sbin/sshd ] && command -v ssh-keygen >/dev/null && [ "$(id -u)" = 0 ] && [ -d /run/sshd ]; then
	ssh-keygen -q -t ed25519 -N '' -f hostkey
	nsenter --net="/proc/$peer/ns/net" /usr/sbin/sshd -D -p 22 -h "$scratch/hostkey" -f /dev/null -o PidFile=none 2>sshd.err &
	pids="$pids $!"
	sleep 0.5
	HOME=$scratch ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		nobody@192.0.2.2 true >ssh.out 2>&1 </dev/null
	expect 22 $closed client '0 0 0 0' 'the client first'
fi

for pid in $clients; do wait "$pid"; done
sleep 1.5 # resends
for pid in $(pgrep -x -P $$ tcpdump); do
	kill -INT "$pid"
	wait "$pid"
done

# --- the answers ---

cat >check.pl <<'END'
use strict;
use JSON::PP;
my ($file) = @ARGV;
my (%seen, $bad, $count);
open my $in, '<', $file or die;
while (<$in>) {
	my $c = decode_json($_);
	$seen{$c->{server}{port}} = $c;
}
open my $e, '<', 'expected' or die;
while (<$e>) {
	chomp;
	my ($port, $kind, $first, $lost, $words) = split /\t/;
	my $c = $seen{$port};
	$count++;
	unless ($c) { print "port $port is not in $file\n"; $bad++; next }
	my $l = join ' ', @{$c->{lost}}{qw(first_fin first_ack second_fin last_ack)};
	my $got = "$c->{kind} " . ($c->{first} // '-') . " $l";
	my $right = (grep { $_ eq $c->{kind} } split m{/}, $kind) && ($c->{first} // '-') eq $first &&
		($lost eq '*' || $l eq $lost);
	if (!$right || index($c->{summary}, $words) < 0 || @{$c->{unusual}}) {
		print "port $port: expected $kind $first $lost ($words)\n   got $got ($c->{summary})\n";
		print "   unusual: $_->{text}\n" for @{$c->{unusual}};
		$bad++;
	}
}
print "$file: $count connections, ", $bad // 0, " wrong\n";
exit($bad ? 1 : 0);
END

draw() { # CAPTURE
	"$FOURWAVE" draw --ascii -r "$1" --json "$1.json" >"$1.out" 2>"$1.err" || fail "draw -r $1: $(cat "$1.err")"
	perl check.pl "$1.json" || {
		fail "$1: not as expected"
		[ -z "${FOURWAVE_DRAW_KEEP-}" ] || cp "$1" "$FOURWAVE_DRAW_KEEP"
	}
}
draw c.pcap
# the same by Linux cooked capture, and in pcapng
draw any.pcap
if command -v editcap >/dev/null; then
	editcap -F pcapng c.pcap c.pcapng && draw c.pcapng
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
echo nonsense >nonsense.pcap
"$FOURWAVE" draw -r nonsense.pcap >/dev/null 2>err && fail "nonsense is drawn"
grep -q 'no capture file' err || fail "nonsense: $(cat err)"
finish
