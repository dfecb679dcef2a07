# A tester, a router and a peer for the tests of the path between: the test's own
# namespace is the tester's. Sourced by sh after tests/project/common.sh; the test
# is run again from its beginning in namespaces of its own. The router masquerades,
# loses and delays as it is told to; nothing is left of it.
# shellcheck shell=sh disable=SC2154 # scratch is of common.sh
case $0 in /*) this=$0 ;; *) this=$PWD/$0 ;; esac

for tool in ip nft nsenter setpriv unshare; do
	command -v "$tool" >/dev/null || skip "$tool is not there (iproute2, nftables, util-linux)"
done
if [ -z "${FOURWAVE_PATH-}" ]; then
	unshare='unshare --net --mount'
	[ "$(id -u)" = 0 ] || unshare='unshare --map-root-user --net --mount'
	$unshare true 2>/dev/null || skip "no network namespace can be made here"
	rm -rf "${scratch:?}"
	FOURWAVE_PATH=1 exec $unshare "$this" "$@"
fi

begin() { # COMMAND...
	setpriv --pdeathsig KILL "$@" &
	started=$!
}
at_peer() { nsenter -t "$peer_pid" -n "$@"; }
at_router() { nsenter -t "$router_pid" -n "$@"; }
begin_at_peer() { begin nsenter -t "$peer_pid" -n "$@"; }
begin_at_router() { begin nsenter -t "$router_pid" -n "$@"; }

stop() { # PID...
	for stopped in "$@"; do
		kill "$stopped" 2>/dev/null
		wait "$stopped" 2>/dev/null
	done
}

# The agent listens: 4144 is 1030 in hexadecimal.
wait_agent() {
	for _ in $(seq 100); do
		grep -q ':1030 .* 0A ' "/proc/$peer_pid/net/tcp" "/proc/$peer_pid/net/tcp6" && return 0
		sleep 0.1
	done
	return 1
}

our_ip4=10.77.1.1 our_ip6=fd77:1::1
peer_ip4=10.77.2.2 peer_ip6=fd77:2::2
# The same hosts on one link, while a forwarder joins the router's two interfaces.
slow_our_ip4=10.77.3.1 slow_our_ip6=fdff:3::1
slow_ip4=10.77.3.2 slow_ip6=fdff:3::2
begin unshare --net sleep 3600
router_pid=$started
begin unshare --net sleep 3600
peer_pid=$started
trap 'kill $router_pid $peer_pid 2>/dev/null; rm -rf "$scratch"' EXIT
for pid in $router_pid $peer_pid; do
	for _ in $(seq 50); do
		[ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] && break
		sleep 0.1
	done
done
{
	ip link set lo up && at_peer ip link set lo up && at_router ip link set lo up &&
		ip link add ours type veth peer name near netns "$router_pid" &&
		at_router ip link add far type veth peer name theirs netns "$peer_pid" &&
		ip address add $our_ip4/24 dev ours && ip address add $our_ip6/64 dev ours nodad &&
		at_router ip address add 10.77.1.254/24 dev near && at_router ip address add fd77:1::fe/64 dev near nodad &&
		at_router ip address add 10.77.2.254/24 dev far && at_router ip address add fd77:2::fe/64 dev far nodad &&
		at_peer ip address add $peer_ip4/24 dev theirs && at_peer ip address add $peer_ip6/64 dev theirs nodad &&
		ip link set ours up && at_router ip link set near up && at_router ip link set far up &&
		at_peer ip link set theirs up &&
		ip address add $slow_our_ip4/24 dev ours && ip address add $slow_our_ip6/64 dev ours nodad &&
		at_peer ip address add $slow_ip4/24 dev theirs && at_peer ip address add $slow_ip6/64 dev theirs nodad &&
		at_router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 &&
		ip route add default via 10.77.1.254 && ip -6 route add default via fd77:1::fe &&
		at_peer ip route add default via 10.77.2.254 && at_peer ip -6 route add default via fd77:2::fe
} >"$scratch/hosts" 2>&1 || skip "a path of three hosts can't be made here: $(tail -1 "$scratch/hosts")"
