#!/bin/sh
# How the agent on a target is found: with the port of ours given, at a link-local
# address, and what is said where it has no room. A plain target that connects to
# us needs none.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

close_wave=$top_srcdir/scenarios/claims/normal-close-active.wave
cat >"$scratch/asks.wave" <<'END'
scenario "What the peer's kernel says of its state"
role     active
open
send     F. as fin
expect   . ack fin.end within 1s
state    CLOSE-WAIT
END
cat >"$scratch/listens.wave" <<'END'
scenario "The target connects to us"
role     listen
open
provoke  close
expect   F. within 2s as fin
send     . ack fin.end
END
cat >"$scratch/waits.wave" <<'END'
scenario "Whoever connects, and closes"
role     listen
open
expect   F. within 5s as fin
send     . ack fin.end
END

passes() { # COUNT ARGUMENTS...
	count=$1
	shift
	timeout --foreground 60 "$FOURWAVE" run "$@" >"$scratch/out" 2>&1 &&
		grep -q "^$count passed, 0 failed, 0 skipped, 0 errors" "$scratch/out" || {
		cat "$scratch/out"
		fail "run $*: not $count passed"
	}
}

# --- a plain target that connects to us: its user knows our port
"$FOURWAVE" run -t $peer_ip4 -p 20000 "$scratch/waits.wave" >"$scratch/plain" 2>&1 &
plain=$!
for _ in $(seq 30); do
	at_peer perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => 20000)' \
		$our_ip4 2>/dev/null && break
	sleep 0.1
done
wait $plain || {
	cat "$scratch/plain"
	fail "a plain target that connects to us: status $?"
}

begin_at_peer "$FOURWAVE" peer --remote -q
wait_listening 4145 || fail "no agent at the peer's"

# --- the port of ours is given
for target in $peer_ip4 $peer_ip6; do
	passes 1 -t $target -p 20000 "$close_wave"
	passes 1 -t $target -p 20000 "$scratch/listens.wave"
done

# --- a link-local address
link_local=$(at_peer ip -6 -o address show dev right scope link | sed 's/.* \(fe80:[^/]*\).*/\1/')
for _ in $(seq 50); do
	ip -6 -o address show scope link | grep -q tentative ||
		at_peer ip -6 -o address show scope link | grep -q tentative || break
	sleep 0.1
done
[ -n "$link_local" ] || fail "the peer has no link-local address"
passes 3 -t "$link_local%left" "$close_wave" "$scratch/asks.wave" "$scratch/listens.wave"

# --- what it runs on decides by which profile it is judged
cat >"$scratch/linux.wave" <<'END'
scenario "Only Linux has that"
role     active
control  "tcp_orphan_retries"
stack    linux
open
send     F. as fin
expect   . ack fin.end within deadline
END
# An agent that says nothing of it, or something else: ours, through a relay that changes the greeting.
relay() { # PORT WORDS
	perl -MIO::Socket::INET -MIO::Select -e '
		my ($host, $port, $words) = @ARGV;
		my $listen = IO::Socket::INET->new(LocalPort => $port, Listen => 5, ReuseAddr => 1) or die;
		my (%other, $select);
		$select = IO::Select->new($listen);
		while (my @ready = $select->can_read) {
			for my $from (@ready) {
				if ($from == $listen) {
					my $near = $listen->accept;
					my $far = IO::Socket::INET->new(PeerAddr => $host, PeerPort => 4144) or die;
					my $hello = <$far>;
					$hello =~ s/ stack linux/$words/ or die;
					$near->syswrite($hello);
					@other{$near, $far} = ($far, $near);
					$select->add($near, $far);
				} elsif ($from->sysread(my $some, 4096)) {
					$other{$from}->syswrite($some);
				} else {
					$select->remove($from, $other{$from});
					$other{$from}->close;
					$from->close;
				}
			}
		}' $peer_ip4 "$1" "$2" &
	wait_here "$1"
}
wait_here() {
	for _ in $(seq 50); do
		ss -Hltn "sport = :$1" | grep -q . && return
		sleep 0.1
	done
	fail "nothing listens at port $1 here"
}
judged() { # PROFILE VERDICT CODE ARGUMENTS...
	profile=$1 verdict=$2 code=$3
	shift 3
	timeout --foreground 60 "$FOURWAVE" run -t $peer_ip4 --json "$scratch/json" -w "$scratch/captures" -q "$@" \
		"$scratch/linux.wave" >"$scratch/out" 2>&1
	grep -q "\"profile\":\"$profile\"" "$scratch/json" && grep -q "\"verdict\":\"$verdict\"" "$scratch/json" &&
		grep -q "\"code\":$code" "$scratch/json" || {
		cat "$scratch/out" "$scratch/json"
		fail "run $*: it is not \"$verdict\" by the profile $profile"
	}
}
judged linux pass null
judged bsd skip '"other-stack"' --profile bsd
relay 4150 '' && unnamed=$!
judged rfc skip '"other-stack"' --agent $our_ip4:4150
judged linux pass null --agent $our_ip4:4150 --profile linux
relay 4151 ' stack lwip' && named=$!
judged lwip skip '"other-stack"' --agent $our_ip4:4151
relay 4152 ' stack ours' && unknown=$!
judged rfc skip '"other-stack"' --agent $our_ip4:4152
grep -q 'fourwave peer runs on "ours", of which there is no profile' "$scratch/out" ||
	fail "a stack without a profile is not told of"
kill $unnamed $named $unknown

# --- it has no room
perl -MIO::Socket::INET -e '
	$| = 1;
	my @held = map { IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => 4144) or die } 1 .. 16;
	readline $_ for @held;
	print "full\n";
	sleep 60;
' $peer_ip4 >"$scratch/full" &
full=$!
for _ in $(seq 50); do
	[ -s "$scratch/full" ] && break
	sleep 0.1
done
for arguments in "-t $peer_ip4" "-t $peer_ip4 -p 20000" "-t $peer_ip4:4145"; do
	# shellcheck disable=SC2086
	"$FOURWAVE" run $arguments "$close_wave" >"$scratch/out" 2>&1
	status=$?
	{ [ $status = 99 ] && grep -q "$peer_ip4: fourwave peer is there, .*too many testers" "$scratch/out"; } &&
		! grep -q 'name a port' "$scratch/out" || {
		cat "$scratch/out"
		fail "run $arguments: status $status with an agent that has no room"
	}
done
stop $full
finish
