#!/bin/sh
# fourwave send: the segment that its flags say leaves, what comes back is
# shown, and the status tells whether something did.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
need_lab
cd "$scratch" || exit 99

sends() { # STATUS ARGUMENT...
	wanted=$1
	shift
	"$FOURWAVE" send "$@" >out 2>err
	status=$?
	[ "$status" = "$wanted" ] || {
		cat out err
		fail "fourwave send $*: status $status, not $wanted"
	}
}
says() { # PATTERN...; lines that must come, in this order
	file=out
	[ "$1" != -e ] || { file=err; shift; }
	at=0
	for pattern in "$@"; do
		line=$(tail -n "+$((at + 1))" "$file" | grep -En -- "$pattern" | head -n 1 | cut -d : -f 1)
		[ -n "$line" ] || {
			cat "$file"
			fail "no line matches (in its turn): $pattern"
			return
		}
		at=$((at + line))
	done
}
refused() { # PATTERN ARGUMENT...
	pattern=$1
	shift
	sends 2 "$@"
	says -e "$pattern"
	[ ! -s out ] || fail "fourwave send $*: refused, and something was sent"
}
time='^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}'

sends 0 --wait 100ms
says "$time Out IP [0-9.]+ > [0-9.]+: Flags \[S\], seq [0-9]+, win 65535, length 0" \
	'In  IP .* Flags \[S\.\], seq [0-9]+, ack [0-9]+, .*options \[mss 1460\]' \
	'Flags \[R\]' '^1 sent, 1 came back'

# Out of the blue: the header's numbers are those that were said.
sends 0 -6 -A --seq 4000000000 --ack 77 --win 1234 --wait 100ms
says 'Out IP6 .* Flags \[\.\], seq 4000000000, ack 77, win 1234' 'In  IP6 .* Flags \[R\], seq 77, win 0'

# In a connection: relative, and as expressions.
sends 0 --open --flags fin,ack --wait 100ms
says 'Flags \[S\]' 'Flags \[S\.\]' 'Flags \[\.\], seq 1, ack 1' \
	'Out .* Flags \[F\.\], seq 1, ack 1' 'In  .* ack 2'
sends 0 --open -P -A --data-string 'a\r\n"\\' --wait 100ms -w data.pcap
says 'Out .* Flags \[P\.\], seq 1:6, ack 1, .* length 5' 'In  .* ack 6'
sends 0 --open --flags FA --seq snd.nxt+10 --ack 0 --wait 100ms
says 'Out .* Flags \[F\.\], seq 11, ack 0' 'In  .* Flags \[\.\], seq 1, ack 1'
sends 0 --open -A --data 00ff10 --wait 100ms
says 'Out .* seq 1:4, ack 1, .* length 3' 'In .* ack 4'

# All the rest of the header; what it makes, tcpdump reads.
sends 0 --options 'mss 1400,sackOK,TS val 5 ecr 0,nop,wscale 7' --ttl 33 --win 99 --wait 100ms -w syn.pcap
says 'Out .* win 99, options \[mss 1400,sackOK,TS val 5 ecr 0,nop,wscale 7\]' 'In .*ecr 5'
if command -v tcpdump >/dev/null; then
	tcpdump -n -v -r syn.pcap -Z "$(id -un)" 'tcp[13] == 2' 2>/dev/null | tr '\n' ' ' >seen
	grep -q 'ttl 33.* win 99, options \[mss 1400,sackOK,TS val 5 ecr 0,nop,wscale 7\]' seen ||
		fail "tcpdump: $(cat seen)"
	tcpdump -n -X -r data.pcap -Z "$(id -un)" 'tcp[13] == 24' 2>/dev/null |
		grep -q '61 *0d0a *225c\|610d *0a22 *5c' ||
		fail "the payload is another"
fi

# Nobody answers a wrong checksum, nor a RST: status 1.
sends 1 --badsum --wait 200ms
says 'Out .* Flags \[S\], cksum incorrect' '^1 sent, nothing came back'
# Nor a false data offset; but what comes in fragments is a segment like others.
sends 1 --offset 4 --wait 200ms
says 'Out .* Flags \[S\], .* bad data offset 4' '^1 sent, nothing came back'
sends 0 -4 --fragment 8 --wait 100ms
says 'Out .* Flags \[S\], .* in fragments of 8' 'In .* Flags \[S\.\]' '^1 sent, 1 came back'
sends 0 --open --otherport -F -A --wait 100ms
says 'Out .* Flags \[F\.\], seq 1, ack 1' 'In .* Flags \[R\]' '^1 sent, 1 came back'
refused '--otherport needs --open' --otherport
refused 'offset 16 is too large' --offset 16
refused 'multiples of 8' --fragment 12
refused "' ' in .8 as x. can.t stand there" --fragment '8 as x'
sends 1 -q -R --wait 100ms
[ ! -s out ] || fail "-q shows what left"

# The same a few times.
sends 0 -A --seq 9 --ack 9 -c 3 --interval 100ms --wait 100ms
says 'Out .*seq 9' 'In ' 'Out .*seq 9' 'In ' 'Out .*seq 9' 'In ' '^3 sent, 3 came back'

# A real port where nothing listens, on loopback; that takes privilege.
if [ "$(id -u)" = 0 ]; then
	unshare -n sh -c "ip link set lo up; exec '$FOURWAVE' send --wait 100ms 127.0.0.1:9" >out 2>err ||
		fail "a closed port: status $?: $(cat err)"
	says 'Flags \[R\.\]'
	unshare -n sh -c "ip link set lo up; exec '$FOURWAVE' send --open -p 9 127.0.0.1" >out 2>err
	[ $? = 99 ] || fail "--open to a closed port is no error"
	says -e 'is the port open'
fi

refused "'X' in" --flags X
refused "did you mean 'wscale'" --options 'wscael 7'
refused "can't stand there" --seq '1 lost'
refused "can't stand there" --options '> lost'
refused 'did you mean .rcv.nxt' --open --ack rcv.next
refused 'hexadecimal' --data 0d0
refused 'exclude' --data 00 --data-length 5
refused 'no time' --wait soon
refused 'port is missing' 192.0.2.1
refused 'give one of them' -p 80 192.0.2.1:81
refused 'one host' a:1 b:2
refused 'make no sense in the lab' -S 192.0.2.1
# The user wrote flags: no line of a scenario is quoted.
flag_refused() { # PATTERN ARGUMENT...
	refused "$@"
	[ "$(wc -l <err)" = 1 ] && ! grep -q 'send:[0-9]' err || {
		cat err
		fail "fourwave $*: a scenario is quoted"
	}
}
flag_refused '^fourwave send: --win "70000": .*at most 65535' --win 70000
flag_refused '^fourwave send: --win "70000": .*at most 65535' --win 70000 -c 3
flag_refused '^fourwave send: --ttl "256": .*at most 255' --ttl 256
flag_refused "^fourwave send: --seq \"foo\": unknown name 'foo'" --seq foo
flag_refused "^fourwave send: --ack \"x\": unknown name 'x'" --ack x --ttl 33
flag_refused '^fourwave send: --options "foo": .*tcpdump' --options foo
flag_refused '^fourwave send: --options "mss": mss is written .mss N.' --options mss
flag_refused '^fourwave send: --options "nop,": it ends too early .a list' --options nop,
flag_refused '^fourwave send: --options "TS val 1 .": it ends too early .a list' --options 'TS val 1 +'
flag_refused '^fourwave send: --data-string: unknown escape' --data-string 'a\q'
flag_refused '^fourwave send: --data-length: 1401 is too large' --data-length 1401
flag_refused '^fourwave send: --data: payload of 1401 bytes: at most 1400' --data "$(printf '%02802d' 0)"
finish
