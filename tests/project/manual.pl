# Compares the manual with the program. Perl without modules, as in perl-base.
#
#   manual.pl flags FOURWAVE fourwave.1      the flags of --help and of the manual
#   manual.pl examples LAB PAGE...           extracts and runs the examples, in the
#                                            working directory; LAB: yes or no
#
# HACKING.md describes the marks in the pages.
use strict;
use warnings;

# The commands that the program has.
my @commands = grep { $_ ne 'help' } map { /^  ([a-z]+) / ? $1 : () } qx($ENV{FOURWAVE} --help);
my $failures = 0;
my $done     = 0;
my $tests    = $0 =~ s/[^\/]*$//r . '.';

sub failed {
	print "FAIL: @_\n";
	$failures++;
}

sub finish {
	print "$done compared or run, $failures failed\n";
	exit($failures ? 1 : 0);
}

sub read_lines {
	my ($path) = @_;
	open(my $in, '<', $path) or die "$path: $!\n";
	my @lines = <$in>;
	close($in);
	chomp @lines;
	return @lines;
}

# ---- flags

# The flags in the help of a command: the lines that begin with a dash.
sub flags_of_help {
	my ($fourwave, $command) = @_;
	my @text = qx($fourwave $command --help);
	if ($?) {
		failed("fourwave $command --help ends with " . ($? >> 8));
	}
	my %flags;
	for my $line (@text) {
		next unless $line =~ /^\s*(-.*?)(\s{2,}|$)/;
		my $words = $1;
		$flags{$1} = 1 while $words =~ /(?<![\w-])(--[a-z][a-z0-9-]*|-[A-Za-z0-9])(?![\w-])/g;
	}
	return \%flags;
}

# The commands whose flags stand below a heading; '' is the program itself.
sub commands_of_heading {
	my ($macro, $text) = @_;
	if ($macro eq 'Sh') {
		return $text =~ /^"?OPTIONS/ ? ('') : ();
	}
	my %named = map { $_ => 1 } $text =~ /([a-z]+)/g;
	return grep { $named{$_} } @commands;
}

# command -> { flag -> 1 } as a page tells it.
sub flags_of_manual {
	my ($page) = @_;
	my (%flags, @below, $only, $item);
	for my $line (read_lines($page)) {
		if ($line =~ /^\.(Sh|Ss)\s+(.*)/) {
			@below = commands_of_heading($1, $2);
		} elsif ($line =~ /^\.\\"\s*only:\s*(.*)/) {
			$only = $1;
		} elsif ($line =~ /^\.It\s+Xo\s*$/) {
			$item = '';
		} elsif (defined $item && $line !~ /^\.Xc/) {
			$item .= ' ' . ($line =~ s/^\.//r);
		} elsif (defined $item || $line =~ /^\.It\s+Fl\b/) {
			$item = $line =~ s/^\.It//r unless defined $item;
			my @whose = defined $only ? split(' ', $only) : @below;
			while ($item =~ /\bFl\s+(\S+)/g) {
				my $flag = "-$1" =~ s/\\-/-/gr;
				$flags{$_}{$flag} = 1 for @whose;
			}
			undef $item;
			undef $only;
		}
	}
	return \%flags;
}

sub compare_flags {
	my ($fourwave, $page) = @_;
	my %everywhere = map { $_ => 1 } qw(-h --help -V --version);
	my $manual = flags_of_manual($page);
	my (%in_manual, %in_help);
	for my $command ('', @commands) {
		my $help = flags_of_help($fourwave, $command);
		my $told = $manual->{$command} // {};
		my $name = $command eq '' ? 'fourwave' : "fourwave $command";
		for my $flag (sort keys %$help) {
			$in_help{$flag} = 1;
			$done++;
			failed("$name --help shows $flag, $page does not tell of it")
			  unless $told->{$flag} || $everywhere{$flag};
		}
		for my $flag (sort keys %$told) {
			$in_manual{$flag} = 1;
			failed("$page tells of $flag, $name --help does not show it")
			  unless $help->{$flag} || $everywhere{$flag};
		}
		failed("$name --help shows no flag") unless %$help || $command eq '';
	}
	for my $flag (sort keys %everywhere) {
		next if !$in_help{$flag} == !$in_manual{$flag};
		failed($in_help{$flag} ? "$flag is not in $page" : "$flag is in $page and in no --help");
	}
}

# ---- examples

sub plain {
	my ($line) = @_;
	my %named = (rs => '\\', dq => '"', aq => "'", ga => '`', ha => '^', ti => '~');
	$line =~ s/\\&//g;
	$line =~ s/\\(?:(e)|(-)|\((rs|dq|aq|ga|ha|ti))/$1 ? '\\' : $2 ? '-' : $named{$3}/ge;
	return $line;
}

# The marked blocks of a page, each { kind, words, lines, where }.
sub blocks_of {
	my ($page) = @_;
	my (@blocks, $block);
	my $number = 0;
	for my $line (read_lines($page)) {
		my $where = $page =~ s/.*\///r . ':' . ++$number;
		if ($line =~ /^\.\\"\s*BEGIN\s+(\w+)\s*(.*?)\s*$/) {
			failed("$where: BEGIN inside of an example") if $block;
			$block = { kind => $1, words => $2, lines => [], where => $where };
		} elsif ($line =~ /^\.\\"\s*END\s*$/) {
			failed("$where: END of nothing") unless $block;
			push @blocks, $block if $block;
			undef $block;
		} elsif (!$block) {
			failed("$where: an example outside of BEGIN and END")
			  if $line =~ /^\.Bd\s+-literal/ || $line =~ /^\.Dl\s+\$/;
		} elsif ($block->{kind} ne 'text') {
			next if $line =~ /^\.(Bd|Ed|Pp)\b/;
			$line =~ s/^\.Dl\s+//;
			failed("$where: a macro in an example: $line") if $line =~ /^\./;
			push @{ $block->{lines} }, plain($line);
		}
	}
	failed("$page: BEGIN without END at the end") if $block;
	return @blocks;
}

sub write_file {
	my ($path, @lines) = @_;
	open(my $out, '>', $path) or die "$path: $!\n";
	print $out "$_\n" for @lines;
	close($out) or die "$path: $!\n";
}

# A fragment has no header and perhaps no open: they are put before it.
sub complete_fragment {
	my ($name, @lines) = @_;
	my $step  = qr/^\s*(open|send|expect|silence|allow|fence|interval|provoke|state|leave|repeat|play)\b/;
	my $depth = 0;
	my ($first, $opens);
	for my $i (0 .. $#lines) {
		my $code = $lines[$i] =~ s/"[^"]*"//gr =~ s/#.*//r;
		$first //= $i if !$depth && $code =~ $step;
		$opens = 1 if !$depth && $code =~ /^\s*open\b/;
		$depth += () = $code =~ /\{/g;
		$depth -= () = $code =~ /\}/g;
	}
	$first //= @lines;
	splice(@lines, $first, 0, 'open') unless $opens;
	return ("scenario \"$name\"", 'role passive', @lines);
}

sub run_sh {
	my ($line) = @_;
	write_file('command.sh', $line);
	system('timeout 300 sh ./command.sh >output 2>messages </dev/null');
	return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

sub show {
	print "    $_\n" for map { read_lines($_) } @_;
}

sub check_scenario {
	my ($block, $name) = @_;
	my $status = run_sh("fourwave check $name.wave");
	$done++;
	return if $status == 0;
	failed("$block->{where}: fourwave check $name.wave ends with $status");
	show('output', 'messages');
}

sub check_profile {
	my ($block, $name) = @_;
	write_file("$name.wave", complete_fragment($name));
	my $status = run_sh("fourwave check --profile ./$name.profile $name.wave");
	$done++;
	return if $status == 0;
	failed("$block->{where}: fourwave check --profile ./$name.profile ends with $status");
	show('messages');
}

sub check_error {
	my ($block, $name, $text) = @_;
	my $status = run_sh("fourwave check $name.wave");
	$done++;
	my $said = join("\n", read_lines('output'), read_lines('messages'));
	return if $status == 2 && index($said, $text) >= 0;
	failed("$block->{where}: fourwave check $name.wave ends with $status; wanted 2 and \"$text\"");
	show('output', 'messages');
}

# Whether the lines occur in this order in the output; "..." stands for anything.
sub occurs {
	my ($said, @lines) = @_;
	my $pattern = join '.*', map {
		join '.*?', map { quotemeta(s/\s+/ /gr) } split(/\.\.\./, s/^\s+|\s+$//gr, -1)
	} grep { /\S/ } @lines;
	return $said =~ /$pattern/s;
}

# The commands of a block, each with the lines that stand below it.
sub commands_of {
	my ($block) = @_;
	my (@found, $open);
	for my $line (@{ $block->{lines} }) {
		if ($open) {
			$found[-1]{line} .= "\n$line";
			$open = $line =~ /\\$/;
		} elsif ($line =~ /^\s*\$ (.*)/) {
			push @found, { line => $1, below => [] };
			$open = $1 =~ /\\$/;
		} elsif (@found) {
			push @{ $found[-1]{below} }, $line;
		}
	}
	failed("$block->{where}: no command in it") unless @found;
	return @found;
}

sub run_commands {
	my ($block, $lab) = @_;
	my ($wanted, @flags) = split(' ', $block->{words});
	if (!defined $wanted || $wanted !~ /^\d+$/) {
		failed("$block->{where}: BEGIN command needs a status");
		return;
	}
	my %flag = map { $_ => 1 } @flags;
	if ($flag{root} && $> != 0) {
		print "not run, needs root: $block->{where}\n";
		return;
	}
	for my $command (commands_of($block)) {
		if ($lab ne 'yes' && $command->{line} =~ /fourwave (run|table)/ && $wanted != 2) {
			print "not run, needs the lab: $command->{line}\n";
			next;
		}
		my $status = run_sh($command->{line});
		$done++;
		my $said = join(' ', read_lines('output')) =~ s/\s+/ /gr;
		if ($status != $wanted) {
			failed("$block->{where}: \"$command->{line}\" ends with $status, wanted $wanted");
		} elsif ($flag{output} && !occurs($said, @{ $command->{below} })) {
			failed("$block->{where}: \"$command->{line}\" says something else");
		} else {
			next;
		}
		show('output', 'messages');
	}
}

# What the agent's protocol looks like, against the agent.
sub play_session {
	my ($block, $number) = @_;
	write_file("session$number", @{ $block->{lines} });
	my $status = run_sh("perl $tests/session.pl session$number");
	$done++;
	return if $status == 0;
	failed("$block->{where}: the session goes otherwise");
	show('messages');
}

# An example that can't be run here must at least name flags that there are.
sub check_flags_of {
	my ($block) = @_;
	for my $line (@{ $block->{lines} }) {
		next unless $line =~ /\bfourwave\s+([a-z]+)\b(.*)/;
		my ($command, $rest) = ($1, $2);
		$rest =~ s/'[^']*'//g; # another program's
		unless (grep { $_ eq $command } @commands) {
			failed("$block->{where}: there is no fourwave $command");
			next;
		}
		my $known = flags_of_help('fourwave', $command);
		while ($rest =~ /(?<!\S)(--[a-z][a-z0-9-]*|-[A-Za-z0-9])/g) {
			$done++;
			failed("$block->{where}: fourwave $command knows no $1") unless $known->{$1};
		}
	}
}

sub run_examples {
	my ($lab, @pages) = @_;
	my @blocks = map { blocks_of($_) } @pages;
	my (%seen, @run);
	for my $block (grep { $_->{kind} =~ /^(scenario|fragment|error|profile)$/ } @blocks) {
		my ($name) = split(' ', $block->{words});
		if (!defined $name || $name !~ /^[A-Za-z0-9_-]+$/ || $seen{$name}++) {
			failed("$block->{where}: BEGIN $block->{kind} needs a name of its own");
			$block->{kind} = 'text';
			next;
		}
		my @lines = @{ $block->{lines} };
		@lines = complete_fragment($name, @lines) if $block->{kind} eq 'fragment';
		write_file($block->{kind} eq 'profile' ? "$name.profile" : "$name.wave", @lines);
	}
	for my $block (@blocks) {
		my ($name, @flags) = split(' ', $block->{words});
		my $kind = $block->{kind};
		my $lib = $kind eq 'scenario' && grep { $_ eq 'lib' } @flags;
		if ($kind eq 'scenario' || $kind eq 'fragment') {
			check_scenario($block, $name) unless $lib;
			push @run, "$name.wave" if grep { $_ eq 'run' } @flags;
		} elsif ($kind eq 'error') {
			check_error($block, $name, $block->{words} =~ s/^\S+\s*//r);
		} elsif ($kind eq 'profile') {
			check_profile($block, $name);
		} elsif ($kind eq 'command') {
			run_commands($block, $lab);
		} elsif ($kind eq 'session') {
			play_session($block, $done);
		} elsif ($kind eq 'skip') {
			check_flags_of($block);
		} elsif ($kind ne 'text') {
			failed("$block->{where}: BEGIN $kind is not known");
		}
	}
	if (@run && $lab eq 'yes') {
		my $status = run_sh("fourwave run @run");
		$done += @run;
		if ($status != 0 && $status != 77) {
			failed("fourwave run @run ends with $status");
			show('output', 'messages');
		}
	}
	failed('the manual has no example') unless $done;
}

my $what = shift @ARGV // '';
if ($what eq 'flags') {
	compare_flags(@ARGV);
} elsif ($what eq 'examples') {
	run_examples(@ARGV);
} else {
	die "usage: manual.pl flags|examples ...\n";
}
finish();
