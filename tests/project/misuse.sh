#!/bin/sh
# What bad input gets: every mistake in one pass, status 2, and no success
# where the answer could not be written.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

expect() { # STATUS COMMAND...; what it says is in $scratch/out
	want=$1
	shift
	"$@" >"$scratch/out" 2>&1
	status=$?
	[ "$status" = "$want" ] || {
		cat "$scratch/out"
		fail "$*: status $status, expected $want"
	}
}

printf 'scenario "x"\nrole passive\nopen\nexpcet F.\n' >"$scratch/typo.wave"
printf 'scenario "x"\nrole passive\nopen\nprovoke close\nexpect F.\n' >"$scratch/good.wave"
printf '\001\002\377' >"$scratch/binary.wave"

# A missing file hides no other mistake.
for command in check run; do
	expect 2 "$FOURWAVE" "$command" "$scratch/none.wave" "$scratch/typo.wave" "$scratch/nothing" \
		"$scratch/binary.wave" "$scratch/good.wave"
	says 'none.wave: No such file'
	says 'nothing: No such file'
	says "typo.wave:4:1: error: .*expect"
	says 'binary.wave: error: .*binary'
done
expect 2 "$FOURWAVE" check "$scratch/none.wave"

# What would never end, or never begin, is no scenario; a pipe of the shell's is one.
mkfifo "$scratch/pipe.wave" || fail "mkfifo"
printf 'scenario "x"\ninclude "pipe.wave"\nrole passive\nopen\n' >"$scratch/includes.wave"
for command in check run explain; do
	for odd in "$scratch/pipe.wave" /dev/zero "$scratch/includes.wave"; do
		expect 2 timeout 10 "$FOURWAVE" "$command" "$odd"
		says 'is not a regular file'
	done
done
"$FOURWAVE" check /dev/stdin <"$scratch/good.wave" >/dev/null || fail "check /dev/stdin"
# shellcheck disable=SC2002 # a pipe is what is tried
cat "$scratch/good.wave" | "$FOURWAVE" check /dev/stdin >/dev/null || fail "check /dev/stdin, which is a pipe"
cat "$scratch/good.wave" | "$FOURWAVE" check /dev/fd/0 >/dev/null || fail "check /dev/fd/0"

# The files of a directory stand in the order of their names, as reports have them.
mkdir "$scratch/order"
for name in crash-unread crash crashed a; do
	cp "$scratch/good.wave" "$scratch/order/$name.wave"
done
"$FOURWAVE" check "$scratch/order" | sed 's/.*\/\(.*\).wave: ok/\1/' | tr '\n' ' ' >"$scratch/out"
says '^a crash crash-unread crashed $'

# A capture needs no -r to be drawn; a scenario is none.
printf 'no capture\n' >"$scratch/odd.pcap"
expect 2 "$FOURWAVE" draw "$scratch/odd.pcap"
says 'odd.pcap'
! grep -q 'no capture is named' "$scratch/out" || fail "draw takes no plain argument"
"$FOURWAVE" draw -r "$scratch/odd.pcap" >"$scratch/with" 2>&1
cmp -s "$scratch/with" "$scratch/out" || fail "draw FILE is not draw -r FILE"
expect 2 "$FOURWAVE" draw "$scratch/good.wave"
says 'takes no scenario'
expect 2 "$FOURWAVE" draw "$scratch/odd.pcap" "$scratch/other.pcap"
says 'one capture is drawn at a time, not .*other.pcap'
expect 2 "$FOURWAVE" draw
says 'no capture is named'

expect 2 "$FOURWAVE" table "$scratch/good.wave"
says 'table plays its own scenarios'
for command in doctor peer; do
	expect 2 "$FOURWAVE" "$command" "$scratch/good.wave"
	says 'it takes no operands'
done

# A port that can't be is bad usage, not a host in trouble.
for port in 0 65536 99999999999999999999; do
	expect 2 "$FOURWAVE" run -t "127.0.0.1:$port" "$scratch/good.wave"
	says 'port'
done

# What can't be written was not said.
if [ -w /dev/full ]; then
	for words in --version --help 'help run' "check $scratch/good.wave" "explain $scratch/good.wave"; do
		# shellcheck disable=SC2086
		"$FOURWAVE" $words >/dev/full 2>"$scratch/out"
		[ $? = 99 ] || fail "$words with a full disk does not end with 99"
	done
fi
# What the caller has closed is not taken by a file or a socket of our own, into which
# reports would go.
for words in --version 'help run' "check $scratch/good.wave" doctor; do
	# shellcheck disable=SC2086
	"$FOURWAVE" $words >&- 2>"$scratch/out"
	[ $? = 99 ] || fail "$words with standard output closed does not end with 99"
	says "can't be written|cannot write"
done
if lab_possible; then
	simple=$top_srcdir/scenarios/claims/normal-close-active.wave
	for report in '--json -' --tap ''; do
		# shellcheck disable=SC2086
		"$FOURWAVE" run -4 $report "$simple" >&- 2>"$scratch/out"
		[ $? = 99 ] || fail "run $report with standard output closed does not end with 99"
		says 'cannot write the report'
	done
	for closed in '<&-' '2>&-' '<&- 2>&-' '<&- >&- 2>&-'; do
		eval '"$FOURWAVE" run -4 -w "$scratch/closed" --json "$scratch/closed.json" "$simple"' \
			"$closed" >/dev/null
		grep -q '^{.*}$' "$scratch/closed.json" || fail "run $closed: --json is damaged"
	done
	expect 0 "$FOURWAVE" run -4 -w "$scratch/closed" "$simple"
	"$FOURWAVE" judge -v --json "$scratch/judged.json" -r "$scratch/closed/normal-close-active-ipv4.pcap" \
		"$simple" >&- 2>"$scratch/out"
	[ $? = 99 ] || fail "judge with standard output closed does not end with 99"
	! grep -v '^{.*}$' "$scratch/judged.json" || fail "judge writes its report into the file of --json"
fi
# A file that may grow no more is told of, and there is a verdict nevertheless. (Only
# what is written to files has the limit, so not the pipe.)
if lab_possible; then
	for report in '-w captures' '--json limited.json' '--html limited.html' '--junit limited.xml'; do
		# shellcheck disable=SC2086
		(cd "$scratch" && ulimit -f 0 && "$FOURWAVE" run -4 $report "$simple" 2>&1 && echo "status 0") |
			tr -s '\n ' ' ' | cat >"$scratch/out"
		says 'File too large'
		says '[0-9] passed, 0 failed, 0 skipped, [0-9] error'
		! grep -q 'status 0' "$scratch/out" || fail "run $report with a limit on files: status 0"
	done
fi
# A setting that no kernel has, and a value that it does not take: no silent skip.
for setting in 'tcp_orphan_retires = 1' 'net.ipv6.conf.all.hop_limt = 9' 'tcp_syn_retries = 5000'; do
	printf 'scenario "x"\nrole passive\nsysctl %s\nopen\n' "$setting" >"$scratch/sysctl.wave"
	expect 0 "$FOURWAVE" check "$scratch/sysctl.wave"
	case $setting in
	tcp_orphan*) meant="tcp_orphan_retries" ;;
	net*) meant="ipv6\.conf\.all\.hop_limit" ;;
	*) meant= ;;
	esac
	if [ -n "$meant" ]; then
		says "sysctl.wave:3:[0-9]*: warning: .*kernel has no sysctl .*did you mean '$meant'"
	else
		! grep -q warning "$scratch/out" || fail "check warns of sysctl $setting"
	fi
	lab_possible || continue
	expect 99 "$FOURWAVE" run -4 "$scratch/sysctl.wave"
	tr -s '\n ' ' ' <"$scratch/out" >"$scratch/line" && mv "$scratch/line" "$scratch/out"
	case $meant in
	'') says 'this kernel refuses' ;;
	*) says "has no sysctl .*did you mean '$meant'" ;;
	esac
done
"$FOURWAVE" check "$top_srcdir/scenarios" 2>&1 | grep warning && fail "check warns of our own scenarios"
# Nothing to play: it is said why.
if lab_possible; then
	printf 'scenario "x"\nfamily ipv6\nrole passive\nopen\n' >"$scratch/six.wave"
	expect 77 "$FOURWAVE" run -4 -q "$scratch/six.wave"
	says '^-4 leaves out 1 scenario for IPv6 only'
	expect 0 "$FOURWAVE" run -4 "$scratch/six.wave" "$simple"
	says '^-4 leaves out 1 scenario for IPv6 only'
fi
# More at once than the capture holds: the reason is that, not a firewall.
if lab_possible; then
	printf 'scenario "x"\nrole passive\nopen\nallow *\nrepeat 3000 {\nsend . data 1000\nsend R. seq snd.nxt+9999999\n}\n' \
		>"$scratch/flood.wave"
	"$FOURWAVE" run -4 "$scratch/flood.wave" >"$scratch/out" 2>&1 || says 'the capture lost [0-9]+ packets'
	# A late answer that --rate held back is no busy machine's.
	printf 'scenario "x"\nrole passive\nopen\nrepeat 9 {\nsend .\n}\nprovoke close\n' >"$scratch/held.wave"
	printf 'expect F. within 2s as fin\nsend . ack fin.end\nfence\n' >>"$scratch/held.wave"
	expect 99 "$FOURWAVE" run -4 --rate 1 "$scratch/held.wave"
	tr -s '\n ' ' ' <"$scratch/out" >"$scratch/line" && mv "$scratch/line" "$scratch/out"
	says 'ms late, .*a rate of 1 segment a second held us back; --rate'
fi
finish
