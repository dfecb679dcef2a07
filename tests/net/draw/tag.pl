# tag.pl FILE: a capture of Ethernet frames as a host of the other byte order would
# have written it where they had a VLAN tag, on standard output.
use strict;
use warnings;

my ($file) = @ARGV;
local $/;
open my $in, '<:raw', $file or die "$file: $!";
my $bytes = <$in>;
binmode STDOUT;

my $little = unpack('V', $bytes) == 0xa1b2c3d4;
die "$file: no pcap with microseconds" unless $little || unpack('N', $bytes) == 0xa1b2c3d4;
my ($from, $to) = $little ? ('V v v V V V V', 'N n n N N N N') : ('N n n N N N N', 'V v v V V V V');
my ($from4, $to4) = $little ? ('V4', 'N4') : ('N4', 'V4');
print pack $to, unpack $from, $bytes;
for (my $at = 24; $at + 16 <= length $bytes;) {
	my ($s, $us, $captured, $len) = unpack $from4, substr $bytes, $at, 16;
	my $frame = substr $bytes, $at + 16, $captured;
	print pack($to4, $s, $us, $captured + 4, $len + 4), substr($frame, 0, 12), pack('n2', 0x8100, 7), substr($frame, 12);
	$at += 16 + $captured;
}
