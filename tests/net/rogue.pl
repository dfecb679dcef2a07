# An agent written from fourwave-agent(7) alone, which can be given one fault. Its stack is the kernel's, of which
# it can tell no state, and it has no program that could be killed.
#
#   rogue.pl [FAULT]
#
# Prints its control port, and serves until its standard input ends. Perl with the modules of perl-base.
use strict;
use warnings;
use Socket;
use Fcntl;
use POSIX ();
use Errno qw(EAGAIN EINTR EINPROGRESS);

my $fault = shift @ARGV // '';
$SIG{PIPE} = 'IGNORE';
$| = 1;

# Seconds; Perl's own are whole ones. These tick each 10 ms, so what is to last longer than an instant is given two.
my $ticks = POSIX::sysconf(POSIX::_SC_CLK_TCK());
sub now { return (POSIX::times())[0] / $ticks }
sub later { return now() + $_[0] + ($_[0] ? 2 / $ticks : 0) }

sub has { return $fault eq $_[0] }

sub listener {
	socket(my $s, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
	bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!\n";
	listen($s, 128) or die "listen: $!\n";
	return ($s, (sockaddr_in(getsockname($s)))[0]);
}

sub no_block {
	my ($s) = @_;
	fcntl($s, F_SETFL, fcntl($s, F_GETFL, 0) | O_NONBLOCK);
	return $s;
}

my ($control, $control_port) = listener();
my ($data,    $data_port)    = listener();
my (%sessions, %claims, @loose);
my ($next, $stranger) = (0, '');

# ---- answers

sub answer {
	my ($session, $id, $text) = @_;
	return unless $sessions{ $session->{number} };
	return if has('silent');
	my $as = has('wrong-id') && $session->{verb} eq 'shutdown' ? $id + 1 : $id;
	syswrite($session->{fd}, "$as $text\n");
	syswrite($session->{fd}, "$as ok\n" x 1000) for 1 .. (has('floods') && $session->{verb} eq 'write' ? 300 : 0);
	syswrite($session->{fd}, "$as $text\n") if has('twice') && $session->{verb} eq 'sysctl';
}

# ---- the program of a connection: { fd, reading, written, left, eof, close_at, delay }

sub abort_of {
	my ($fd) = @_;
	setsockopt($fd, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0));
	close($fd);
}

sub attach {
	my ($claim, $fd) = @_;
	$claim->{c} = { fd => no_block($fd), reading => has('reads-not') ? 0 : 1, written => 0, left => 0 };
	my @waiting = @{ $claim->{waiting} };
	$claim->{waiting} = [];
	do_program($claim->{session}, $claim, @$_) for @waiting;
}

sub write_some {
	my ($c) = @_;
	while ($c->{left} > 0) {
		my $n = $c->{left} < 8192 ? $c->{left} : 8192;
		my $bytes = join '', map { chr(97 + ($c->{written} + $_) % 26) } 0 .. $n - 1;
		my $sent = syswrite($c->{fd}, $bytes);
		last unless $sent;
		$c->{written} += $sent;
		$c->{left} -= $sent;
	}
}

sub crash {
	my ($c) = @_;
	return 'ok' if has('crash-nothing');
	close($c->{fd});
	$c->{gone} = 1;
	return 'ok';
}

my %program = (
	(map { $_ => \&crash } 'crash', 'crash-unread'),
	close => sub {
		my ($c) = @_;
		return 'no it is still writing' if $c->{left};
		push @loose, $c->{fd} if has('no-close');
		close($c->{fd}) unless has('no-close');
		$c->{gone} = 1;
		return 'ok';
	},
	shutdown => sub {
		my ($c) = @_;
		has('shutdown-closes') ? close($c->{fd}) : shutdown($c->{fd}, 1);
		$c->{gone} = has('shutdown-closes');
		return 'ok';
	},
	reset => sub {
		my ($c) = @_;
		has('reset-closes') ? close($c->{fd}) : abort_of($c->{fd});
		$c->{gone} = 1;
		return 'ok';
	},
	hold => sub {
		my ($c) = @_;
		return 'no not today' if has('refuses');
		delete @{$c}{qw(delay close_at)} unless has('hold-forgets');
		return 'ok';
	},
	'close-on-eof' => sub {
		my ($c, $delay) = @_;
		$c->{delay} = $delay / (has('milliseconds') ? 1e3 : 1e9);
		$c->{reading} = 1 unless has('eof-unread');
		$c->{close_at} = later($c->{delay}) if $c->{eof} || ($c->{delay} && has('counts-early'));
		return 'ok';
	},
	noread => sub { $_[0]{reading} = has('noread-reads') ? 1 : 0; return 'ok' },
	read   => sub { $_[0]{reading} = 1 unless has('read-waits'); return 'ok' },
	write  => sub {
		my ($c, $n) = @_;
		$n += has('write-long') ? 1 : has('write-short') ? -1 : 0;
		$c->{written} = 0 if has('write-again');
		$c->{left} += $n;
		write_some($c);
		return 'ok';
	},
);

sub do_program {
	my ($session, $claim, $id, $verb, @numbers) = @_;
	$session->{verb} = $verb;
	answer($session, $id, $program{$verb}->($claim->{c}, @numbers));
	close_session($session, '0 no I am tired') if has('farewell') && $verb eq 'reset';
	delete $claim->{c} if $claim->{c}{gone};
}

sub read_some {
	my ($c) = @_;
	my $got = sysread($c->{fd}, my $bytes, 1 << 20);
	return 1 if $got || (!defined $got && ($! == EAGAIN || $! == EINTR));
	$c->{eof} = 1;
	$c->{delay} = 0 if has('eof-closes') && !defined $c->{delay};
	$c->{close_at} //= later($c->{delay}) if defined $c->{delay};
	return 1;
}

# ---- requests

sub release {
	my ($key) = @_;
	my $claim = delete $claims{$key};
	$claims{$key} = { session => {}, waiting => [] } if has('remembers') && !$sessions{ $claim->{session}{number} };
	answer($claim->{session}, $_->[0], 'no it was released') for @{ $claim->{waiting} };
	push @loose, $claim->{c}{fd} if $claim->{c} && has('keeps');
	close($claim->{c}{fd}) if $claim->{c} && !has('keeps');
}

sub close_session {
	my ($session, $why) = @_;
	syswrite($session->{fd}, "$why\n") if $why;
	delete $sessions{ $session->{number} };
	release($_) for grep { $claims{$_}{session} == $session } keys %claims;
	close($session->{fd});
}

sub do_connect {
	my ($session, $id, $key, $address, $port) = @_;
	socket(my $s, PF_INET, SOCK_STREAM, 0) or return answer($session, $id, "no $!");
	no_block($s);
	connect($s, sockaddr_in($port, inet_aton($address))) || $! == EINPROGRESS
	  or return answer($session, $id, "no $!");
	$claims{$key} //= { session => $session, waiting => [] };
	attach($claims{$key}, $s);
	my $ours = (sockaddr_in(getsockname($s)))[0];
	answer($session, $id, 'ok port ' . (has('connect-port') ? 1 : $ours));
}

sub request {
	my ($session, $line) = @_;
	my ($id, $verb, $address, $port, @numbers) = split(/ /, $line);
	my $good = $line =~ /^\d+ sysctl \S+$/ || $line =~ /^\d+ [a-z-]+ [0-9.]+ \d+( \d+)*$/;
	return has('tolerates') ? answer($session, 1, 'no what?') : close_session($session, '0 no what?') unless $good;
	$session->{verb} = $verb;
	if ($verb eq 'sysctl') {
		return answer($session, $id, $address eq 'fourwave.owns.127.0.0.1' ? 'ok value 1'
			: $address =~ /^fourwave\.owns/ ? 'ok value 0'
			: has('sysctl-any') ? 'ok value 7' : 'no there are none');
	}
	my $key = "$address $port";
	my $claim = $claims{$key};
	my $mine = $claim && ($claim->{session} == $session || has('steals'));
	if ($verb eq 'claim') {
		return answer($session, $id, 'no another has it') if $claim && !$mine;
		$claims{$key} //= { session => $session, waiting => [] };
		$stranger = '';
		answer($session, $id, 'ok');
	} elsif ($verb eq 'connect') {
		do_connect($session, $id, $key, $address, $port);
	} elsif (!$mine) {
		answer($session, $id, 'no it is not claimed');
	} elsif ($verb eq 'release') {
		release($key);
		answer($session, $id, 'ok');
	} elsif ($verb eq 'state') {
		answer($session, $id, has('state-lies') ? 'ok state ESTABLISHED'
			: !$claim->{seen} ? "no unseen $stranger" =~ s/ $//r : 'no I cannot tell states');
	} elsif (!$program{$verb}) {
		answer($session, $id, 'no what is that?');
	} elsif ($claim->{c}) {
		do_program($session, $claim, $id, $verb, @numbers);
	} elsif (has('no-wait')) {
		answer($session, $id, 'no there is no connection');
	} else {
		push @{ $claim->{waiting} }, [$id, $verb, @numbers];
		$claim->{until} = now() + 4;
	}
}

# ---- the loop

sub accept_control {
	accept(my $s, $control) or return;
	my $greeting = has('no-greeting') ? '' : has('bad-greeting') ? "220 ready\n"
	  : "fourwave-peer 1 later on data-port $data_port\n";
	$greeting = "fourwave-peer 1 data-port $data_port later on cannot "
	  . ($fault =~ /^crash/ ? '' : 'crash,crash-unread,') . "keepalive\n"
	  unless has('no-greeting') || has('bad-greeting') || has('late-data-port');
	syswrite($s, $greeting);
	$next++;
	$sessions{$next} = { number => $next, fd => $s, in => '', verb => '' };
}

sub accept_data {
	my $from = accept(my $s, $data) or return;
	my ($port, $address) = sockaddr_in($from);
	my $key = inet_ntoa($address) . " $port";
	if ($claims{$key}) {
		$claims{$key}{seen} = 1;
		return attach($claims{$key}, $s);
	}
	$stranger = $key;
	has('unclaimed-stays') ? push(@loose, $s) : abort_of($s);
}

# Does a request wait for its connection, where nothing else is done meanwhile?
sub held_up {
	return has('holds-up') && grep { @{ $_->{waiting} } } values %claims;
}

sub session_turn {
	my ($session) = @_;
	my $got = sysread($session->{fd}, $session->{in}, 65536, length $session->{in});
	return close_session($session) unless $got;
}

sub lines_of {
	my ($session) = @_;
	while ($sessions{ $session->{number} } && !held_up() && $session->{in} =~ s/^([^\n]*)\n//) {
		request($session, $1);
	}
	return unless $sessions{ $session->{number} } && length $session->{in} > 319;
	close_session($session, '0 no that is long') unless has('tolerates') || $session->{in} =~ /\n/;
}

sub time_turn {
	my $now = now();
	for my $claim (values %claims) {
		my $c = $claim->{c};
		if ($c && defined $c->{close_at} && $c->{close_at} <= $now) {
			close($c->{fd});
			delete $claim->{c};
		}
		next unless @{ $claim->{waiting} } && $claim->{until} <= $now;
		answer($claim->{session}, $_->[0], 'no it did not come') for @{ $claim->{waiting} };
		$claim->{waiting} = [];
	}
}

print "$control_port\n";
for (;;) {
	my ($read, $write) = ('', '');
	vec($read, fileno($_), 1) = 1 for \*STDIN, $control, $data;
	my @asking = held_up() ? () : values %sessions;
	vec($read, fileno($_->{fd}), 1) = 1 for @asking;
	for my $c (grep { $_ } map { $_->{c} } values %claims) {
		vec($read,  fileno($c->{fd}), 1) = 1 if $c->{reading} && !$c->{eof};
		vec($write, fileno($c->{fd}), 1) = 1 if $c->{left};
	}
	select($read, $write, undef, 0.01);
	last if vec($read, fileno(STDIN), 1);
	for my $c (grep { $_ } map { $_->{c} } values %claims) {
		write_some($c) if $c->{left} && vec($write, fileno($c->{fd}), 1);
		read_some($c)  if $c->{reading} && !$c->{eof} && vec($read, fileno($c->{fd}), 1);
	}
	accept_data() if vec($read, fileno($data), 1);
	for my $session (@asking) {
		session_turn($session) if vec($read, fileno($session->{fd}), 1);
		lines_of($session);
	}
	accept_control() if vec($read, fileno($control), 1);
	time_turn();
}
