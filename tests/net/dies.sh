#!/bin/sh
# Ended in the middle against a host with the agent: by SIGINT, SIGTERM,
# SIGHUP and SIGQUIT fourwave tidies its connections before it goes (the peer's are CLOSED),
# prints what it has, and ends with 99; by SIGKILL it tidies nothing, and then the
# agent ends them as the end of any program would, and the captures hold what was
# seen until then. Nothing is left at the peer's, and the agent goes on to serve.
# What is left on our own host is the matter of tests/project/nothing-left.sh.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

cat >"$scratch/long.wave" <<'END'
scenario "Long enough to be ended in the middle"
role     active
open
silence  60s
END
cat >"$scratch/half.wave" <<'END'
scenario "Ended in the middle of a close"
role     passive
open
provoke  shutdown
expect   F. within 2s as fin
send     . ack fin.end
silence  60s
END
cat >"$scratch/short.wave" <<'END'
scenario "A normal close"
role     active
open
send     F. as fin
expect   . ack fin.end within 1s
END

# After SIGKILL what is half-closed waits this long, as any program's would.
at_peer sh -c 'echo 1 >/proc/sys/net/ipv4/tcp_fin_timeout' ||
	skip "this machine's kernel does not let the peer's sysctls be set"
begin_at_peer "$FOURWAVE" peer --remote -q
wait_listening 4145 || fail "no agent at the peer's"

# The peer's connections under test (port 4145 is 1031), but those that listen.
connections() {
	awk '$2 ~ /:1031$/ && $4 != "0A" { print $2, $3, "state", $4 }' \
		"/proc/$peer_pid/net/tcp" "/proc/$peer_pid/net/tcp6"
}

# They are gone within so many tenths of a second.
wait_closed() { # TENTHS
	for _ in $(seq "$1"); do
		[ -n "$(connections)" ] || return 0
		sleep 0.1
	done
	return 1
}

# What a killed run captured can be drawn, and judged as far as it goes.
captured() { # FAMILY
	"$FOURWAVE" draw -r "$scratch/captures/half-ipv$1.pcap" >"$scratch/drawn" 2>&1 || fail "$what: draw: status $?"
	grep -Eq 'the server closed first' "$scratch/drawn" || {
		cat "$scratch/drawn"
		fail "$what: the capture does not show what had happened"
	}
	"$FOURWAVE" judge -r "$scratch/captures/half-ipv$1.pcap" "$scratch/half.wave" >"$scratch/judged" 2>&1
	status=$?
	[ $status = 99 ] && grep -q 'that run was cut off' "$scratch/judged" || {
		cat "$scratch/judged"
		fail "$what: judge: status $status"
	}
}

for target in $peer_ip4 $peer_ip6; do
	for signal in INT TERM HUP QUIT KILL; do
		what="SIG$signal, $target"
		rm -f "$scratch/json"
		# A shell lets its background jobs ignore SIGINT; ours must not.
		env --default-signal=INT,TERM,HUP,QUIT setpriv --pdeathsig KILL \
			"$FOURWAVE" run -t "$target" --json "$scratch/json" -w "$scratch/captures" \
			"$scratch/long.wave" "$scratch/half.wave" "$scratch/short.wave" >"$scratch/output" 2>&1 &
		tester=$!
		sleep 1
		# A busy machine takes longer to come so far.
		for _ in $(seq 100); do
			[ "$(connections | wc -l)" -lt 2 ] || ! grep -q '"name":"short"' "$scratch/json" || break
			sleep 0.1
		done 2>/dev/null
		[ "$(connections | wc -l)" -ge 2 ] || fail "$what: fewer than two connections stand, so this proves nothing"
		kill -s $signal $tester
		wait $tester 2>/dev/null
		status=$?
		if [ $signal = KILL ]; then
			wait_closed 50 || fail "$what: the agent leaves $(connections)"
			case $target in *:*) captured 6 ;; *) captured 4 ;; esac
			continue
		fi
		# It has tidied before it went: what is still in flight has a moment.
		wait_closed 5 || fail "$what: the peer has $(connections)"
		[ $status = 99 ] || fail "$what: status $status"
		grep -q '"name":"short".*"verdict":"pass"' "$scratch/json" || fail "$what: no result of what was over"
		for name in long half; do
			grep -q "\"name\":\"$name\".*\"verdict\":\"error\",\"reason\":\"interrupted" "$scratch/json" ||
				fail "$what: no result of $name"
		done
		grep -q '1 passed, 0 failed, 0 skipped, 2 errors' "$scratch/output" || {
			cat "$scratch/output"
			fail "$what: no summary"
		}
	done
done

"$FOURWAVE" run -q -t $peer_ip4 "$scratch/short.wave" >"$scratch/output" 2>&1 || {
	cat "$scratch/output"
	fail "the agent does not serve any more"
}
finish
