#!/bin/sh
# fourwave table against servers that nobody here wrote, each as Debian has it, and against
# fourwave peer, on a host of its own, over IPv4 and IPv6. What can be asked must pass, and
# is named here; the rest is skipped, and says why. Nothing fails, and nothing is an error:
# not where a server turns away the sixth, either. The same servers behind a fault of their
# host's do fail; and what is our own doing is an error, or skipped.
#
# Servers that are not installed are left out. FOURWAVE_TESTS_LONG=1 asks all of
# tests/net/server_list.sh.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"
# shellcheck source=tests/net/server_list.sh
. "$(dirname "$0")/server_list.sh"

# Those of a line are asked at one time, each on a port of its own.
rounds='nginx stunnel sshd exim dovecot redis memcached mosquitto
	apache nginx-tls dropbear vsftpd pop3
	lighttpd openssl'
[ -z "${FOURWAVE_TESTS_LONG-}" ] || rounds="$rounds postgres mariadb slapd
	haproxy
	varnish
	node
	python"

# A server that closes when it is asked to and on end-of-file can be asked these.
plain='row1-active-eof row1-passive-default row2-active-eof row2-passive
	row2-passive-first-resend row3-active-eof row4-active-eof row4-passive
	row5-passive-data-after-fin'
# With the agent all of it, but for what needs other sysctls than this host's.
agent="$plain row1-active row2-active row3-active-default row3-passive row4-active row5-active-crash
	row5-active-crash-unread row5-active-data-after-close row5-active-linger0 row5-passive-crash
	row5-passive-crash-unread row5-passive-data-after-close row5-passive-linger0"

# With 3 Linux gives up after three resends or four, as the path's RTT will have it, and
# what a host with its defaults does can't be asked: so these are played apart.
plain_3=row1-passive-orphan-retries3
agent_3="$plain_3 row3-active-orphan-retries3"

perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
orphan_retries() { # N
	at_peer sh -c "echo $1 >/proc/sys/net/ipv4/tcp_orphan_retries"
}

if ! orphan_retries 0 || ! at_peer sh -c 'echo 3 >/proc/sys/net/ipv4/tcp_fin_timeout'; then
	skip "this machine's kernel does not let the peer's sysctls be set"
fi
mount -t tmpfs tmpfs /run || skip "no /run of our own"

# Looks at the results of a table: what passed and what did not.
judge() { # FILE FAMILY NAME...
	perl -MJSON::PP -e '
		my ($file, $family, @want) = @ARGV;
		my (%got, $bad);
		open my $f, "<", $file or die "$file: $!\n";
		while (<$f>) {
			my $r = decode_json($_);
			next unless defined $r->{name};
			my $what = "$r->{name} $r->{family}: $r->{verdict}: $r->{reason}\n";
			$got{$r->{name}} = 1 if $r->{verdict} eq "pass";
			next if $r->{verdict} eq "pass" && $r->{family} eq $family && $r->{seconds} > 0;
			next if $r->{verdict} eq "skip" && $r->{code} =~ /^(needs-agent|sysctl-.*|other-stack)$/;
			print $what;
			$bad = 1;
		}
		for (@want) { delete $got{$_} or $bad = 1, print "$_ did not pass\n" }
		$bad = 1, print "$_ passed, and is not on the list\n" for keys %got;
		exit($bad ? 1 : 0);
	' "$@"
}

ask() { # SERVER FAMILY NAMES ARGUMENTS...
	server=$1 family=$2 names=$3
	shift 3
	files=$scratch/$server-$family-$1
	"$FOURWAVE" "$@" --json "$files.json" >"$files.out" 2>&1
	status=$?
	echo "$server, $family: $(tail -1 "$files.out")"
	# shellcheck disable=SC2086
	if [ $status != 0 ] || ! judge "$files.json" "$family" $names; then
		cat "$files.out" "$scratch/$server.log"
		echo "$server, $family: status $status, what is wrong stands above" >>"$scratch/wrong"
	fi
}

at() { # SERVER FAMILY
	if [ "$2" = ipv4 ]; then echo "$peer_ip4:$(server_column "$1" 4)"; else echo "[$peer_ip6]:$(server_column "$1" 4)"; fi
}

# Over both families at once, and all side by side, so that dropbear, which has room for five, turns
# some away.
ask_plain() { # SERVER
	for family in ipv4 ipv6; do
		ask "$1" $family "$plain" table --quick -j 12 -t "$(at "$1" $family)" &
	done
	# shellcheck disable=SC2046
	wait $(jobs -p)
}

# Its host's FIN acknowledges what was never sent: that is no program's doing.
ask_wrong() { # SERVER
	at_peer nft "add table inet $1; add chain inet $1 out { type filter hook output priority 0; }
		add rule inet $1 out tcp sport $(server_column "$1" 4) tcp flags & fin == fin tcp ackseq set 1" ||
		return
	"$FOURWAVE" run --no-confirm -4 -t "$(at "$1" ipv4)" "$top_srcdir/scenarios/table/row2-passive.wave" \
		>"$scratch/$1-wrong" 2>&1
	status=$?
	at_peer nft "delete table inet $1"
	if [ $status = 1 ] && grep -q '^0 passed, 1 failed' "$scratch/$1-wrong" && grep -q '^ *field  *ack$' "$scratch/$1-wrong"; then
		return
	fi
	cat "$scratch/$1-wrong"
	echo "$1: a FIN with a wrong ACK did not fail" >>"$scratch/wrong"
}

asked='' missing=''
: >"$scratch/wrong"
firewall=yes
command -v nft >/dev/null || {
	firewall=no
	echo "nft is not there: without faults"
}
own_users=yes
[ "$(awk '$1 == 0 { print $3 }' /proc/self/uid_map)" != 1 ] || own_users=no
play_round() { # SERVER...
	running='' processes=''
	for name; do
		if ! server_program "$(server_column "$name" 2)" >/dev/null; then
			missing="$missing $name"
			continue
		elif [ $own_users = no ] && server_needs_root "$name"; then
			missing="$missing $name(needs-root)"
			continue
		elif ! server_begin "$name" || ! wait_listening "$(server_column "$name" 4)"; then
			cat "$scratch/$name.log"
			fail "$name does not listen"
			continue
		fi
		running="$running $name" processes="$processes $started"
	done
	playing=
	for name in $running; do
		{
			ask_plain "$name"
			[ $firewall = no ] || ask_wrong "$name"
		} &
		playing="$playing $!"
	done
	# shellcheck disable=SC2086
	[ -z "$playing" ] || wait $playing
	asked="$asked$running"
	case " $running " in *" nginx "*) play_nginx ;; esac
	case " $running " in *" mosquitto "*) play_mosquitto ;; esac
	case " $running " in *" redis "*) play_redis ;; esac
	# shellcheck disable=SC2086
	stop $processes
}

# What it is on is known of this one; and what comes after our FIN can't be asked with bytes.
play_nginx() {
	orphan_retries 3
	ask nginx ipv4 "$plain_3" run -t "$(at nginx ipv4)" --profile linux --assume tcp_orphan_retries=3 \
		"$top_srcdir/scenarios/table/$plain_3.wave"
	orphan_retries 0
	"$FOURWAVE" run -t "$(at nginx ipv4)" --provoke hold=GET --provoke 'close=\n' \
		"$top_srcdir/scenarios/table/row1-active.wave" >"$scratch/out" 2>&1
	says 'after our FIN'
	says '^0 passed, 0 failed, 1 skipped, 0 errors'
	"$FOURWAVE" table --quick -4 -t "$(at nginx ipv4)" --provoke none >"$scratch/out" 2>&1
	[ "$(grep -c 'row3-active-alive-retries2' "$scratch/out")" = 1 ] || fail "what is skipped is not told once"
}

# It reads one octet of two, and its kernel resets.
play_mosquitto() {
	"$FOURWAVE" run -4 --no-confirm -t "$(at mosquitto ipv4)" --provoke eof --provoke '\xe0\x00' \
		"$top_srcdir/scenarios/table/row2-passive.wave" >"$scratch/out" 2>&1
	says 'bytes of --provoke were left'
	says '^0 passed, 0 failed, 0 skipped, 1 error'
}

# It answers, and has no reason to close.
play_redis() {
	"$FOURWAVE" run -4 --no-confirm -D deadline=1s -t "$(at redis ipv4)" --provoke 'PING\r\n' \
		"$top_srcdir/scenarios/table/row2-passive.wave" >"$scratch/out" 2>&1
	says 'its program did not close'
	says '^0 passed, 0 failed, 0 skipped, 1 error'
}

echo "$rounds" >"$scratch/rounds"
while read -r round; do
	# shellcheck disable=SC2086
	play_round $round
done <"$scratch/rounds"

begin_at_peer "$FOURWAVE" peer --remote >"$scratch/agent.log" 2>&1
wait_listening 4144 || fail "the agent does not listen"
ask_agent() { # NAMES COMMAND ARGUMENT...
	names=$1 playing=
	shift
	for family in ipv4 ipv6; do
		target=$peer_ip4
		[ $family = ipv4 ] || target="[$peer_ip6]"
		ask agent $family "$names" "$@" -t "$target" --agent 4144 &
		playing="$playing $!"
	done
	# shellcheck disable=SC2086
	wait $playing
}
ask_agent "$agent" table --quick --assume tcp_fin_timeout=3
orphan_retries 3
files=
for name in $agent_3; do
	files="$files $top_srcdir/scenarios/table/$name.wave"
done
# shellcheck disable=SC2086
ask_agent "$agent_3" run --assume tcp_orphan_retries=3 $files
stop "$started"

while read -r what; do
	fail "$what"
done <"$scratch/wrong"
[ -z "$missing" ] || echo "not asked:$missing"
[ -n "$asked" ] || [ "$failures" != 0 ] || skip "none of the servers can be run here:$missing"
finish
