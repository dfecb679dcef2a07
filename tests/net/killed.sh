#!/bin/sh
# Killed in the middle, fourwave tidies nothing, and the peer keeps its connections. The next run meets them: a
# SYN from a port that the peer has in use is answered with an ACK of the old connection. Then another port is
# taken, and the capture holds both and is judged by the one that counts.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

# Few ports, so that the runs meet each other's: 64 of them.
echo '10064 65535' 2>/dev/null >/proc/sys/net/ipv4/ip_local_port_range ||
	skip "the range of the kernel's ports can't be set here"

cat >"$scratch/long.wave" <<'END'
scenario "Long enough to be killed in the middle"
role     active
open
silence  60s
END
cat >"$scratch/short.wave" <<'END'
scenario "A close that is acknowledged"
role     active
open
send     F. as fin
expect   . ack fin.end within 1s
END

killed() { # SECONDS ARGUMENTS...
	seconds=$1
	shift
	setpriv --pdeathsig KILL "$FOURWAVE" "$@" >/dev/null 2>&1 &
	tester=$!
	sleep "$seconds"
	kill -9 $tester
	wait $tester 2>/dev/null
}

# --- a server that keeps what it has

begin_at_peer perl -MIO::Socket::INET -e '
	my $listener = IO::Socket::INET->new(LocalPort => 4000, Listen => 512, ReuseAddr => 1) or die;
	my @kept;
	while (my $new = $listener->accept) { push @kept, $new }'
wait_listening 4000 || skip "no server (perl)"
killed 0.7 run -t $peer_ip4:4000 --provoke none --repeat 16 -j 16 "$scratch/long.wave"
again=0
for round in $(seq 30); do
	"$FOURWAVE" run -t $peer_ip4:4000 --provoke none --repeat 8 -w "$scratch/captures$round" \
		"$scratch/short.wave" >"$scratch/out" 2>&1 || {
		cat "$scratch/out"
		fail "round $round: status $?"
	}
	for capture in "$scratch/captures$round"/*.pcap; do
		"$FOURWAVE" judge -r "$capture" "$scratch/short.wave" >"$scratch/judged" 2>&1 || {
			cat "$scratch/judged"
			fail "$capture: status $? from the capture"
		}
		connections=$("$FOURWAVE" draw -r "$capture" --json - 2>/dev/null | grep -c '"schema_version"')
		[ "$connections" -le 1 ] || again=$((again + 1))
	done
	[ $again -lt 3 ] || break
done
echo "in $round rounds of 8, $again runs took another port"
[ $again -gt 0 ] || fail "no run met an old connection, so this proves nothing"

# A port that is named stays.
for port in $(seq 10000 10063); do
	"$FOURWAVE" run -t $peer_ip4:4000 --provoke none -p "$port" "$scratch/short.wave" >"$scratch/out" 2>&1 || break
done
tr -s '[:space:]' ' ' <"$scratch/out" | grep -q 'still hold an old connection' || {
	cat "$scratch/out"
	fail "with -p the old connection is not told"
}

# --- the agent, and the table

begin_at_peer "$FOURWAVE" peer --remote -q
wait_listening 4145 || fail "no agent at the peer's"
tables=
for target in $peer_ip4 $peer_ip6; do
	name=4
	[ "$target" = $peer_ip4 ] || name=6
	(
		trap - EXIT
		for _ in 1 2 3; do
			killed 1 table --quick -t "$target"
		done
		"$FOURWAVE" table --quick -q -t "$target" --json "$scratch/json$name" >"$scratch/out$name" 2>&1
	) &
	tables="$tables $!"
done
for table in $tables; do wait "$table"; done
for name in 4 6; do
	tail -1 "$scratch/out$name"
	grep -q '"verdict":"pass"' "$scratch/json$name" &&
		! grep -q '"code":"old-connection"\|"verdict":"fail"' "$scratch/json$name" || {
		cat "$scratch/out$name"
		fail "the table after a SIGKILL, IPv$name"
	}
done
finish
