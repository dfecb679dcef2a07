#!/bin/sh
# fourwave doctor says how things are, and its status says whether a line is "no".
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

examine() { # COMMAND...; its output is in $scratch/out
	"$@" >"$scratch/out" 2>&1
	status=$?
	said=0
	grep -q '^no ' "$scratch/out" && said=1
	[ "$status" = "$said" ] || {
		cat "$scratch/out"
		fail "$*: status $status, and lines with \"no\": $said"
	}
}

examine "$FOURWAVE" doctor
for what in lab 'lab, TAP' 'raw sockets' capture shield IPv4 IPv6 'source ports' scenarios tcpdump locale; do
	says "^(ok|note|no) +$what"
done
! LC_ALL=C grep -q '	' "$scratch/out" || fail "a tab is in it"
if lab_possible; then
	says '^ok +lab '
fi

"$FOURWAVE" doctor -q >"$scratch/quiet"
! grep -Eq '^(ok|note)' "$scratch/quiet" || fail "-q shows what works"

# Where its scenarios are not to be found.
examine env FOURWAVE_SCENARIOS="$scratch/nowhere" "$FOURWAVE" doctor
says '^no +scenarios'
examine env FOURWAVE_PROFILES="$scratch/nowhere" "$FOURWAVE" doctor
says '^no +profiles'
LC_ALL=C examine env LC_ALL=C "$FOURWAVE" doctor
says '^note +locale'

# With no privilege raw sockets are refused, and the remedy is said.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	examine setpriv --bounding-set=-all --inh-caps=-all "$FOURWAVE" doctor
	says '^no +raw sockets +not permitted'
	says 'setcap'
	says '^no +capture'
fi

# Root of a user namespace that has no right to its network.
if unshare -Ur true 2>/dev/null; then
	examine unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_net_namespaces; exec "$0" doctor' "$FOURWAVE"
	says '^no +raw sockets +not permitted: this user namespace'
	! grep -Fq '\n' "$scratch/out" || fail "a newline of libnet's is shown"
fi

# A network namespace where loopback is down, and the kernel keeps all ports.
keep_ports='echo 10000 65535 >/proc/sys/net/ipv4/ip_local_port_range'
if lab_possible && unshare -rn sh -c "$keep_ports" 2>/dev/null; then
	examine unshare -rn sh -c "$keep_ports; exec \"\$0\" doctor" "$FOURWAVE"
	says '^no +source ports'
	says '^no +IPv4 +no loopback'
fi
"$FOURWAVE" doctor --color never x >/dev/null 2>&1
[ $? = 2 ] || fail "an operand is not refused"
finish
