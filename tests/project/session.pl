# Plays a session of fourwave-agent(7) against fourwave peer, line by line. Perl without modules but Socket, as
# in perl-base.
#
#   session.pl FILE
#
# T asks on the control channel, A is what must be answered ("..." is anything), and parentheses say what
# happens on the connections; other lines are the page's text. Ports are others than those that the page names: the page's own may be in use.
use strict;
use warnings;
use Socket;

$SIG{ALRM} = sub { die "nothing happens any more\n" };
alarm(60);

my ($path) = @ARGV;
my $peer;
END { kill('TERM', $peer) if $peer }

# A socket of ours on loopback, with a port of its own.
sub bound {
	socket(my $s, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
	setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
	bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!\n";
	return ($s, (sockaddr_in(getsockname($s)))[0]);
}

sub call {
	my ($s, $port) = @_;
	connect($s, sockaddr_in($port, INADDR_LOOPBACK)) or die "connect to port $port: $!\n";
}

# Waits until the kernel says that a connection was reset.
sub await_reset {
	my ($s) = @_;
	while (!unpack('i', getsockopt($s, SOL_SOCKET, SO_ERROR))) {
		select(undef, undef, undef, 0.01);
	}
}

my %real;      # a port of the page -> the one that is used
my %ours;      # a port of the page -> our socket
my %listening;
my ($control, $control_port, $out);

sub ours {
	my ($port) = @_;
	($ours{$port}, $real{$port}) = bound() unless $ours{$port};
	return $ours{$port};
}

sub with_real_ports {
	my ($line) = @_;
	$line =~ s/\b(400\d\d|4145)\b/ours($1) unless $real{$1}; $real{$1}/ge;
	return $line;
}

sub get_line {
	my $line = '';
	while (sysread($control, my $byte, 1)) {
		return $line if $byte eq "\n";
		$line .= $byte;
	}
	die "the agent ended the session" . ($line eq '' ? '' : " in the midst of \"$line\"") . "\n";
}

sub start {
	my ($s, $t);
	($s, $control_port) = bound();
	($t, $real{4145})   = bound();
	close($_) for $s, $t;
	$peer = open($out, '-|', $ENV{FOURWAVE} // 'fourwave', 'peer', '-p', $control_port, '--data-port', $real{4145})
	  or die "fourwave peer: $!\n";
	defined <$out> or die "fourwave peer did not begin\n";
	socket($control, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
	call($control, $control_port);
}

sub happens {
	my ($what) = @_;
	if ($what =~ /^port (\d+) connects to port (\d+)$/) {
		call(ours($1), $real{$2});
	} elsif ($what =~ /^port (\d+) listens$/) {
		listen($listening{$1} = ours($1), 1) or die "listen: $!\n";
	} elsif ($what =~ /^port (\d+) is connected to$/) {
		accept(my $s, $listening{$1}) or die "accept: $!\n";
		$ours{$1} = $s;
	} elsif ($what =~ /^port (\d+) gets the end$/) {
		my $got = sysread($ours{$1}, my $bytes, 1);
		die "port $1 got " . (defined $got ? "\"$bytes\"" : $!) . "\n" unless defined $got && $got == 0;
	} elsif ($what =~ /^port (\d+) gets a reset$/) {
		await_reset($ours{$1});
	} elsif ($what =~ /^port (\d+) gets ([a-z]+)$/) {
		my $bytes = '';
		while (length $bytes < length $2 && sysread($ours{$1}, $bytes, length($2) - length($bytes), length $bytes)) { }
		die "port $1 got \"$bytes\"\n" unless $bytes eq $2;
	} elsif ($what =~ /^port (\d+) ends its side$/) {
		shutdown($ours{$1}, 1);
	} elsif ($what eq 'the agent ends the session') {
		die "the session goes on\n" if sysread($control, my $byte, 1);
	} else {
		die "nobody knows what that is\n";
	}
}

open(my $in, '<', $path) or die "$path: $!\n";
my @lines = <$in>;
close($in);
chomp @lines;
start();
my $played = 0;
for my $line (@lines) {
	my $said = '';
	eval {
		if ($line =~ /^T  (.*)$/) {
			syswrite($control, with_real_ports($1) . "\n");
		} elsif ($line =~ /^A  (.*)$/) {
			my $wanted = join '.*', map { quotemeta } split(/\.\.\./, with_real_ports($1), -1);
			$wanted =~ s/port\\ 51234/port\\ \\d+/;
			$said = get_line();
			die "the agent said \"$said\"\n" unless $said =~ /^$wanted$/;
		} elsif ($line =~ /^   \((.*)\)$/) {
			happens($1);
		} elsif ($line =~ /^[TA]\b|^\s+\S/) {
			die "this is no line of a session\n";
		}
		$played++;
		1;
	} or die "$line: $@";
}
die "there is no session in it\n" unless $played;
print "$played lines played\n";
