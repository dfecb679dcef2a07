#!/bin/sh
# fourwave table against servers that nobody here wrote: nginx and OpenSSH's
# sshd, and against fourwave peer, each on a host of its own, over IPv4 and IPv6.
# What can be asked must pass, and is named here; the rest is skipped, and says
# why. Nothing fails, and nothing is an error.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

# A server that closes when it is asked to and on end-of-file can be asked these.
# The last needs the sysctl that this host has, as --assume says.
plain='row1-active-eof row1-passive-default row2-active-eof row2-passive
	row2-passive-first-resend row3-active-eof row4-active-eof row4-passive
	row5-passive-data-after-close row3-passive'
# With the agent all of it, but for what needs other sysctls than this host's.
agent="$plain row1-active row2-active row3-active-default row4-active row5-active-crash row5-active-crash-unread
	row5-active-data-after-close row5-active-linger0 row5-passive-crash
	row5-passive-crash-unread row5-passive-linger0"
assume='--assume tcp_fin_timeout=3'

# With 3 Linux gives up after three resends or four, as the path's RTT will have it, and
# what a host with its defaults does can't be asked: so these are played apart.
plain_3=row1-passive-orphan-retries3
agent_3="$plain_3 row3-active-orphan-retries3"

perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
orphan_retries() { # N
	at_peer sh -c "echo $1 >/proc/sys/net/ipv4/tcp_orphan_retries"
}

orphan_retries 0 && at_peer sh -c 'echo 3 >/proc/sys/net/ipv4/tcp_fin_timeout' ||
	skip "this machine's kernel does not let the peer's sysctls be set"

# Looks at the results of a table: what passed and what did not.
judge() { # FILE FAMILY NAME...
	perl -MJSON::PP -e '
		my ($file, $family, @want) = @ARGV;
		my (%got, $bad);
		open my $f, "<", $file or die "$file: $!\n";
		while (<$f>) {
			my $r = decode_json($_);
			my $what = "$r->{name} $r->{family}: $r->{verdict}: $r->{reason}\n";
			$got{$r->{name}} = 1 if $r->{verdict} eq "pass";
			next if $r->{verdict} eq "pass" && $r->{family} eq $family && $r->{seconds} > 0;
			next if $r->{verdict} eq "skip" && $r->{reason} =~ /^needs ./;
			print $what;
			$bad = 1;
		}
		for (@want) { delete $got{$_} or $bad = 1, print "$_ did not pass\n" }
		$bad = 1, print "$_ passed, and is not on the list\n" for keys %got;
		exit($bad ? 1 : 0);
	' "$@"
}

ask() { # NAMES ARGUMENTS...
	names=$1
	shift
	"$FOURWAVE" "$@" --json "$scratch/json" >"$scratch/output" 2>&1
	status=$?
	echo "$server, $family: $(tail -1 "$scratch/output")"
	[ $status = 0 ] || fail "$server, $family: status $status"
	# shellcheck disable=SC2086
	judge "$scratch/json" $family $names || {
		cat "$scratch/output" "$scratch/$server.log"
		fail "$server, $family: what is wrong stands above"
	}
}

play() { # SERVER PORT NAMES NAMES-WITH-3 ARGUMENTS...
	server=$1 port=$2 usual=$3 with_3=$4
	shift 4
	wait_listening "$port" || {
		cat "$scratch/$server.log"
		fail "$server does not listen"
		return
	}
	for family in ipv4 ipv6; do
		target=$peer_ip4
		[ $family = ipv4 ] || target="[$peer_ip6]"
		[ "$server" = agent ] || target=$target:$port
		ask "$usual" table --quick -t "$target" "$@"
		orphan_retries 3
		files=
		for name in $with_3; do
			files="$files $top_srcdir/scenarios/table/$name.wave"
		done
		# shellcheck disable=SC2086
		ask "$with_3" run -t "$target" "$@" --assume tcp_orphan_retries=3 $files
		orphan_retries 0
	done
	stop "$started"
}

missing=
nginx=$(PATH=$PATH:/usr/sbin:/sbin command -v nginx) || missing="nginx is not there"
sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd) || missing="${missing:+$missing, }sshd is not there"
# sshd gives up its privilege for a user of its own, who is nobody in an
# ordinary user's namespace.
if [ -n "$sshd" ] && [ "$(awk '$1 == 0 { print $3 }' /proc/self/uid_map)" = 1 ]; then
	missing="${missing:+$missing, }sshd can't be run by an ordinary user"
	sshd=
fi

if [ -n "$nginx" ]; then
	mkdir "$scratch/www"
	echo hello >"$scratch/www/index.html"
	chmod 755 "$scratch" "$scratch/www"
	nginx_configuration "$scratch" 80 '[::]:80' >"$scratch/nginx.conf"
	begin_at_peer "$nginx" -e stderr -p "$scratch" -c "$scratch/nginx.conf" >"$scratch/nginx.log" 2>&1
	# shellcheck disable=SC2086
	play nginx 80 "$plain" "$plain_3" --provoke http $assume
fi

if [ -n "$sshd" ]; then
	# Its empty directory, in a /run of our own.
	{ mount -t tmpfs tmpfs /run && mkdir /run/sshd && chmod 755 /run/sshd; } || exit 99
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/host_key" || exit 99
	cat >"$scratch/sshd_config" <<END_OF_CONFIGURATION
HostKey $scratch/host_key
Port 22
PidFile none
UsePAM no
MaxStartups 100
LoginGraceTime 30
END_OF_CONFIGURATION
	begin_at_peer "$sshd" -D -e -f "$scratch/sshd_config" >"$scratch/sshd.log" 2>&1
	# shellcheck disable=SC2086
	play sshd 22 "$plain" "$plain_3" --provoke banner $assume
fi

begin_at_peer "$FOURWAVE" peer --remote >"$scratch/agent.log" 2>&1
play agent 4144 "$agent" "$agent_3" --agent 4144

[ -z "$missing" ] || [ "$failures" != 0 ] || {
	[ -n "$nginx" ] || [ -n "$sshd" ] || skip "$missing"
	echo "not asked: $missing"
}
finish
