# The servers of tests/net/draw.sh: a process for each line of the list (PORT SERVER
# CLIENT HOST), which takes one connection and ends it as its word says. Each
# leaves its process id in pid.server.PORT when it listens.
use strict;
use warnings;
use Socket;
use IO::Socket::IP;

my ($list) = @ARGV;
my ($listener, $peer, $buf);

sub pause { select undef, undef, undef, $_[0] }
sub to_eof { 1 while sysread $peer, $buf, 65536 }
sub put { syswrite $peer, 'x' x $_[0] }
sub abort { setsockopt $peer, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0); close $peer }

my %serve = (
	hold   => sub { pause(60) },
	full   => sub { pause(60) },
	eof    => sub { to_eof(); close $peer },
	slow   => sub { to_eof(); pause(0.15); close $peer },
	later  => sub { to_eof(); pause(0.6); close $peer },
	latest => sub { to_eof(); pause(1.5); close $peer },
	first  => sub { pause(0.1); close $peer },
	both   => sub { pause(0.15); close $peer },
	half   => sub { pause(0.1); shutdown $peer, 1; to_eof(); close $peer },
	late   => sub { to_eof(); pause(0.3); put(1000); pause(0.1); close $peer },
	linger => sub { pause(0.1); abort() },
	turn   => sub { to_eof(); pause(0.1); abort() },
	tells  => sub { put(1000); pause(60) },
	answer => sub { to_eof(); put(1000); pause(60) },
	awaits => sub { pause(0.02) until -e 'captured'; pause(0.1); close $peer },
	# Deaf to the first FIN, which is lost, it speaks when the client has gone.
	speaks => sub { pause(1.2); put(10); pause(60) },
	burst  => sub { to_eof(); put(500), pause(0.05) for 1 .. 3; close $peer },
	# So much comes that the window shuts; it is read late.
	reads  => sub { pause(0.7); to_eof(); pause(0.1); close $peer },
	twice  => sub { pause(0.1); close $peer; $peer = $listener->accept; pause(0.1); close $peer },
	http   => sub {
		my $asked = 0;
		while (sysread $peer, $buf, 65536) {
			syswrite $peer, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";
			$asked++;
		}
		close $peer;
	},
	# It promises more than it sends.
	stalls => sub {
		sysread $peer, $buf, 65536;
		syswrite $peer, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\nhello\n";
		to_eof();
		close $peer;
	},
);

sub serve {
	my ($port, $mode) = @_;
	$SIG{PIPE} = 'IGNORE';
	$listener = IO::Socket::IP->new(LocalPort => $port, LocalAddr => '::', V6Only => 0, Listen => 9,
		ReuseAddr => 1) or die "port $port: $!";
	setsockopt $listener, SOL_SOCKET, SO_RCVBUF, pack('i', 4096) if $mode eq 'reads' || $mode eq 'full';
	open my $f, '>', "pid.new.$port" or die;
	print $f "$$\n";
	close $f;
	rename "pid.new.$port", "pid.server.$port" or die;
	$peer = $listener->accept or die;
	$serve{$mode}->();
	pause(60);
}

open my $in, '<', $list or die "$list: $!";
my @children;
while (<$in>) {
	my ($port, $mode) = split;
	die "no such server: $mode" unless $serve{$mode};
	my $child = fork // die;
	serve($port, $mode), exit unless $child;
	push @children, $child;
}
$SIG{TERM} = sub { kill 'KILL', @children; exit };
1 while wait != -1;
