# The clients of tests/net/draw.sh: a process for each line of the list (PORT SERVER
# CLIENT HOST), which connects and ends the connection as its word says. Each
# leaves its process id in pid.client.PORT when it is connected. With "late" the
# connections stand first, and the rest is done when the file "captured" is there.
use strict;
use warnings;
use Socket;
use IO::Socket::IP;

my ($list, $late) = @ARGV;
my ($peer, $buf, $host, $port);

use constant {TCP => 6, TCP_CORK => 3, TCP_LINGER2 => 8, TCP_USER_TIMEOUT => 18};

sub pause { select undef, undef, undef, $_[0] }
sub to_eof { 1 while sysread $peer, $buf, 65536 }
sub option { setsockopt $peer, TCP, $_[0], pack('i', $_[1]) or die "option $_[0]: $!" }
sub put { syswrite $peer, 'x' x $_[0] }
sub abort { setsockopt $peer, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0); close $peer }

sub to_server {
	my (@more) = @_;
	# Ports that are used again may be taken yet, if the last ACK is late.
	for (1 .. @more ? 20 : 1) {
		$peer = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Timeout => 1.5, @more) and return;
		pause(0.1);
	}
	exit 1;
}

my %act = (
	close  => sub { pause(0.1); close $peer },
	shut   => sub { pause(0.1); shutdown $peer, 1; to_eof(); close $peer },
	wait   => sub { to_eof(); close $peer },
	slow   => sub { to_eof(); pause(0.15); close $peer },
	data   => sub { to_eof(); pause(0.1); put(4); pause(0.2); close $peer },
	unread => sub { put(10); to_eof() },
	hold   => sub { pause(60) },
	linger => sub { pause(0.1); abort() },
	writes => sub { pause(0.1); put(500); close $peer },
	wrshut => sub { pause(0.1); put(500); shutdown $peer, 1; to_eof(); close $peer },
	mute   => sub { pause(0.1); shutdown $peer, 1; pause(60) },
	merged => sub { pause(0.1); option(TCP_CORK, 1); put(500); close $peer },
	# It gives up in FIN-WAIT-1.
	gives  => sub { pause(0.1); option(TCP_USER_TIMEOUT, 500); close $peer },
	# It stays a second in FIN-WAIT-2, or not at all.
	second => sub { pause(0.1); option(TCP_LINGER2, 1); close $peer },
	never  => sub { pause(0.1); option(TCP_LINGER2, -1); shutdown $peer, 1; pause(0.2); close $peer },
	fills  => sub { pause(0.1); $peer->blocking(0); 1 while put(65536); close $peer },
	big    => sub { pause(0.1); put(300000); close $peer },
	twice  => sub {
		to_eof();
		close $peer;
		pause(0.2);
		to_server(LocalPort => 30000 + $port % 1000, ReuseAddr => 1);
		to_eof();
		close $peer;
	},
);

sub act {
	my ($mode) = @_;
	$SIG{PIPE} = 'IGNORE';
	to_server($mode eq 'twice' ? (LocalPort => 30000 + $port % 1000, ReuseAddr => 1) : ());
	open my $f, '>', "pid.new.$port" or die;
	print $f "$$\n";
	close $f;
	rename "pid.new.$port", "pid.client.$port" or die;
	while (defined $late && !-e 'captured') { pause(0.02) }
	$act{$mode}->();
	pause(0.2);
}

open my $in, '<', $list or die "$list: $!";
while (<$in>) {
	($port, undef, my $mode, $host) = split;
	die "no such client: $mode" unless $act{$mode};
	my $child = fork // die;
	act($mode), exit unless $child;
	pause(0.02);
}
1 while wait != -1;
