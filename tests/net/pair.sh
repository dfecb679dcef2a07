# Two hosts for the network tests: ours, the test's own namespace, and the
# peer's, joined by a veth. Sourced by sh after tests/project/common.sh; the
# test is run again from its beginning in namespaces of its own. What it wants otherwise
# it says before.
# shellcheck shell=sh disable=SC2154 # scratch is of common.sh

: "${our_end:=left}" "${peer_end:=right}"
: "${our_ip4:=10.77.0.1}" "${our_ip6:=fd77::1}"
: "${peer_ip4:=10.77.0.2}" "${peer_ip6:=fd77::2}"
: "${as_user:=--map-root-user}" # what an ordinary user is in there
export peer_ip4 peer_ip6 our_ip4 our_ip6

# A file of the source tree may be seen only by its name from there.
case $0 in /*) this=$0 ;; *) this=$PWD/$0 ;; esac

for tool in ip nsenter setpriv unshare; do
	command -v "$tool" >/dev/null || skip "$tool is not there (iproute2, util-linux)"
done
if [ -z "${FOURWAVE_PAIR-}" ]; then
	unshare='unshare --net --mount'
	[ "$(id -u)" = 0 ] || unshare="unshare $as_user --net --mount"
	$unshare true 2>/dev/null || skip "no network namespace can be made here"
	rm -rf "${scratch:?}"
	FOURWAVE_PAIR=1 exec $unshare "$this" "$@"
fi

# Started in the peer's namespace or in ours, these end with the test, however
# that ends. Each sets $started.
begin() { # COMMAND...
	setpriv --pdeathsig KILL "$@" &
	started=$!
}

begin_at_peer() { # COMMAND...
	begin nsenter -t "$peer_pid" -n "$@"
}

at_peer() { # COMMAND...
	nsenter -t "$peer_pid" -n "$@"
}

stop() { # PID...
	for stopped in "$@"; do
		kill "$stopped" 2>/dev/null
	done
	for stopped in "$@"; do
		wait "$stopped" 2>/dev/null
	done
}

# Does something listen on this TCP port of the peer's?
listens() { # PORT [4|6]
	listened=$(printf ':%04X ' "$1")
	case ${2-} in
	4) listened_in=tcp ;;
	6) listened_in=tcp6 ;;
	*) listened_in="tcp tcp6" ;;
	esac
	for listened_table in $listened_in; do
		awk -v port="$listened" 'index($2 " ", port) && $4 == "0A" { found = 1 } END { exit !found }' \
			"/proc/$peer_pid/net/$listened_table" && return 0
	done
	return 1
}

wait_listening() { # PORT [4|6]
	for _ in $(seq 100); do
		listens "$@" && return 0
		sleep 0.1
	done
	return 1
}

begin unshare --net sleep 3600
holder=$started
peer_pid=$holder
trap 'kill $holder 2>/dev/null; rm -rf "$scratch"' EXIT
for _ in $(seq 50); do
	[ "$(readlink "/proc/$peer_pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] && break
	sleep 0.1
done
{
	ip link set lo up &&
		ip link add "$our_end" type veth peer name "$peer_end" netns "$peer_pid" &&
		ip address add "$our_ip4/24" dev "$our_end" && ip address add "$our_ip6/64" dev "$our_end" nodad &&
		ip link set "$our_end" up &&
		at_peer ip link set lo up &&
		at_peer ip address add "$peer_ip4/24" dev "$peer_end" &&
		at_peer ip address add "$peer_ip6/64" dev "$peer_end" nodad &&
		at_peer ip link set "$peer_end" up
} >"$scratch/pair" 2>&1 || skip "two hosts can't be made here: $(tail -1 "$scratch/pair")"
