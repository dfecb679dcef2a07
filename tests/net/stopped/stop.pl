# perl stop.pl WHO GAP COMMAND...: runs a command and stops (SIGSTOP) what is below it, for
# 30 to 400 ms, again and again, until it ends: after a random time of GAP seconds at most.
# WHO: "tester", the first fourwave, or "hosts", the lab's: each time one of its children. Its
# output's last line says how often; its exit status is the command's.
use strict;
use warnings;
use POSIX ':sys_wait_h';
use Time::HiRes 'sleep';

my ($who, $gap, @command) = @ARGV;
my ($stops, $got) = (0, 0);
my $pid = fork // die "fork: $!\n";
exec @command or exit 127 if $pid == 0;

sub children {
	my ($parent) = @_;
	my @found;

	for my $file (glob "/proc/$parent/task/*/children") {
		open my $in, '<', $file or next;
		push @found, split ' ', <$in> // '';
	}
	return map { ($_, children($_)) } @found;
}

sub is_fourwave {
	my ($one) = @_;

	return (readlink("/proc/$one/exe") // '') =~ m{/(lt-)?fourwave$};
}

while (($got = waitpid($pid, WNOHANG)) == 0) {
	sleep(rand $gap);
	my ($tester) = grep { is_fourwave($_) } $pid, children($pid) or next;
	my @hosts = children($tester);
	my $stopped = $who eq 'tester' ? $tester : @hosts ? $hosts[rand @hosts] : next;

	next unless kill 'STOP', $stopped;
	$stops++;
	sleep(0.03 + rand 0.37);
	kill 'CONT', $stopped;
}
my $status = $?;
print "stopped $stops times\n";
exit($status >> 8 || ($status & 127 ? 99 : 0));
