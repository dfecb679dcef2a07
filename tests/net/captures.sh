#!/bin/sh
# The captures of -w, read by other programs: tcpdump and tshark open each of
# them, they have nanoseconds and as many segments as the result says, and
# tshark's own analysis finds as many resends of the peer's FIN as fourwave
# measured, with the same gaps between them.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

need_lab
PATH=$PATH:/usr/sbin:/sbin
for tool in tcpdump tshark; do
	command -v $tool >/dev/null || skip "$tool is not there"
done
perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
export HOME="$scratch" # where tshark looks for preferences

"$FOURWAVE" table --quick -w "$scratch/captures" --json "$scratch/json" >"$scratch/output" 2>&1 || {
	cat "$scratch/output"
	fail "the table does not pass"
	finish
}
for capture in "$scratch"/captures/*.pcap; do
	magic=$(od -A n -t x4 -N 4 "$capture" | tr -d ' ')
	[ "$magic" = a1b23c4d ] || fail "$capture: it begins with $magic, which is no pcap with nanoseconds"
	# A line of a packet begins with its time.
	tcpdump -n -r "$capture" 2>"$capture.errors" | grep '^[0-9][0-9]:' >"$capture.tcpdump" || {
		cat "$capture.errors"
		fail "tcpdump does not read $capture"
	}
	tshark -n -r "$capture" -T fields -E separator=, -e frame.time_epoch -e ip.src -e ipv6.src \
		-e tcp.srcport -e tcp.flags.syn -e tcp.flags.ack -e tcp.flags.fin \
		-e tcp.analysis.retransmission >"$capture.tshark" 2>"$capture.errors" || {
		cat "$capture.errors"
		fail "tshark does not read $capture"
	}
done

perl -MJSON::PP -e '
	my ($bad, $series) = (0, 0);
	sub complain { print "FAIL: ", @_, "\n"; $bad++ }
	sub lines { open my $f, "<", $_[0] or return; <$f> }
	while (<>) {
		my $r = decode_json($_);
		my $what = "$r->{name} $r->{family}";
		my $file = $r->{capture} // "";
		my @frames = lines("$file.tshark");
		my @dumped = lines("$file.tcpdump");
		my $lost = 0;
		complain("$what: no capture") if !@frames;
		complain("$what: tcpdump sees ", 0 + @dumped, " segments, tshark ", 0 + @frames) if @dumped != @frames;
		my %measured = map { $_->{kind} => $_->{values} } reverse @{$r->{measured}}; # the first of each kind
		next if !$measured{resends};
		my $resends = $measured{resends}[0];
		my ($first, $last, $count, @gaps, $us);
		for (@frames) {
			chomp;
			my ($time, $ip4, $ip6, $port, $syn, $ack, $fin, $again) = split /,/, $_, -1;
			my $from = "$ip4$ip6 $port";
			$us //= $from; # who sends the first SYN
			next if $from eq $us || !$fin;
			my ($s, $ns) = split /\./, $time;
			my $at = [$s, $ns];
			if ($again) {
				$count++;
				push @gaps, ($s - $last->[0]) + ($ns - $last->[1]) / 1e9 if $last;
			}
			$last = $at;
		}
		$series++;
		$count //= 0;
		complain("$what: $resends resends measured, tshark says $count") if $count != $resends;
		my @measured = @{$measured{gaps}};
		for my $i (0 .. $#measured) {
			my $gap = $gaps[$i] // -1;
			complain("$what: gap $i is $measured[$i] s, in the capture $gap s") if abs($gap - $measured[$i]) > 1e-8; # nine digits are printed
		}
		printf "%s: %d resends, gaps %s\n", $what, $count, join(" ", map { sprintf "%.9f", $_ } @gaps);
	}
	complain("only $series results have resends") if $series < 20;
	exit($bad > 0);
' "$scratch/json" || fail "what differs stands above"
finish
