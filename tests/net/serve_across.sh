#!/bin/sh
# The same server in the lab (--serve) and across a network (-t): what is judged in both is judged alike, and
# the lab judges more: rows that want a sysctl or a signal, and states that its kernel tells.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
twenty=$(realpath "${top_builddir:-.}")/tests/net/twenty_lines
nginx=$(PATH=$PATH:/usr/sbin:/sbin command -v nginx) || nginx=

# Reads both, and says how many are judged in both, and what only in one.
compare() { # LAB NETWORK
	perl -MJSON::PP -e '
		my (%verdict, @states);
		for my $i (0, 1) {
			open my $f, "<", $ARGV[$i] or die "$ARGV[$i]: $!\n";
			while (<$f>) {
				my $r = decode_json($_);
				next unless $r->{kind} eq "run";
				$states[$i] += @{$r->{observed}};
				$verdict{"$r->{name} $r->{family}"}[$i] = $r->{verdict} if $r->{verdict} ne "skip";
			}
		}
		my ($both, %only, $bad) = (0);
		for (sort keys %verdict) {
			my ($lab, $network) = @{$verdict{$_}};
			(my $name = $_) =~ s/ .*//;
			$only{lab}{$name} = 1 if !$network;
			$only{network}{$name} = 1, $bad = 1 if !$lab;
			next if !$lab || !$network;
			$both++;
			$bad = 1, print "$_: $lab in the lab, $network across the network\n" if $lab ne $network;
		}
		print "judged in both: $both, only in the lab: @{[sort keys %{$only{lab}}]}\n";
		print "only across the network: @{[sort keys %{$only{network}}]}\n" if $only{network};
		print "states observed: $states[0] in the lab, $states[1] across the network\n";
		$bad = 1, print "too few of both are judged\n" if $both < 18;
		for my $name ("row1-passive-orphan-retries1", "row1-passive-orphan-retries3", "row5-active-crash", "row5-passive-crash") {
			$bad = 1, print "$name: not in the lab alone\n" if !$only{lab}{$name};
		}
		$bad = 1, print "the lab observed no more states\n" if $states[0] <= $states[1];
		exit($bad ? 1 : 0);
	' "$@"
}


play() { # NAME PORT COMMAND ARGUMENT...
	name=$1 port=$2 command=$3
	shift 3
	begin_at_peer sh -c "exec $command" >"$scratch/$name.log" 2>&1
	wait_listening "$port" || {
		cat "$scratch/$name.log"
		fail "$name does not listen"
		return
	}
	"$FOURWAVE" table --quick --profile linux -t "$peer_ip4:$port" --json "$scratch/$name.ipv4" "$@" >"$scratch/$name.out4" 2>&1 &
	ipv4=$!
	"$FOURWAVE" table --quick --profile linux -t "[$peer_ip6]:$port" --json "$scratch/$name.ipv6" "$@" >"$scratch/$name.out6" 2>&1 &
	ipv6=$!
	"$FOURWAVE" table --quick --serve "$command" --port "$port" --json "$scratch/$name.lab" "$@" >"$scratch/$name.out" 2>&1
	[ $? = 0 ] || {
		cat "$scratch/$name.out"
		fail "$name: not all passes in the lab"
	}
	wait $ipv4 $ipv6
	stop "$started"
	cat "$scratch/$name.ipv4" "$scratch/$name.ipv6" >"$scratch/$name.network"
	echo "$name"
	compare "$scratch/$name.lab" "$scratch/$name.network" || {
		tail -n 3 "$scratch/$name.out4" "$scratch/$name.out6"
		fail "$name: what is judged otherwise stands above"
	}
}

play twenty 7000 "$twenty 7000" --provoke eof --provoke 'bye\n'
if [ -n "$nginx" ]; then
	mkdir "$scratch/www" && echo hello >"$scratch/www/index.html"
	chmod -R a+rX "$scratch"
	nginx_configuration "$scratch" 8080 '[::]:8080' >"$scratch/conf"
	play nginx 8080 "$nginx -e stderr -p $scratch -c $scratch/conf"
else
	echo "nginx is not here"
fi
finish
