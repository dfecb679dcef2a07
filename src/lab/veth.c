/* Links, addresses and neighbours by libnl-route. Knows nothing of processes, sysctls or agents. */
#include "lab/veth.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/sockios.h>
#include <netlink/addr.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RUNNING_TRIES = 2000 };

static struct nl_sock *open_route(struct diag *d)
{
	struct nl_sock *sock = nl_socket_alloc();

	if (sock && nl_connect(sock, NETLINK_ROUTE) == 0)
		return sock;
	nl_socket_free(sock);
	diag_set(d, "no lab here: no netlink socket");
	return NULL;
}

static bool check(int error, const char *what, const char *name, struct diag *d)
{
	return error >= 0 || diag_set(d, "no lab here: %s of %s: %s", what, name, nl_geterror(error));
}

static bool link_up(const char *name, struct diag *d)
{
	struct nl_sock *sock = open_route(d);
	struct rtnl_link *old = rtnl_link_alloc(), *new = rtnl_link_alloc();
	bool good = sock && old && new;

	if (good) {
		rtnl_link_set_ifindex(old, (int)if_nametoindex(name));
		rtnl_link_set_flags(new, IFF_UP);
		good = check(rtnl_link_change(sock, old, new, 0), "setting up", name, d);
	}
	rtnl_link_put(old);
	rtnl_link_put(new);
	nl_socket_free(sock);
	return good;
}

bool veth_loopback_up(struct diag *d) { return link_up("lo", d); }

static bool describe(struct rtnl_link *link, const struct veth_end *end)
{
	struct nl_addr *mac = nl_addr_build(AF_LLC, end->mac, sizeof end->mac);

	if (!mac)
		return false;
	rtnl_link_set_name(link, end->name);
	rtnl_link_set_addr(link, mac);
	nl_addr_put(mac);
	return true;
}

bool veth_make(const struct veth_end *ours, const struct veth_end *other, pid_t pid, struct diag *d)
{
	struct nl_sock *sock = open_route(d);
	struct rtnl_link *link = rtnl_link_veth_alloc();
	struct rtnl_link *peer = link ? rtnl_link_veth_get_peer(link) : NULL;
	bool good = sock && peer && describe(link, ours) && describe(peer, other);

	if (good) {
		rtnl_link_set_ns_pid(peer, pid);
		good = check(rtnl_link_add(sock, link, NLM_F_CREATE | NLM_F_EXCL), "making the veth pair",
		             ours->name, d);
	}
	if (peer)
		rtnl_link_put(peer);
	if (link)
		rtnl_link_put(link);
	nl_socket_free(sock);
	return good;
}

static bool checksums_in_software(const char *name)
{
	struct ethtool_value off = {.cmd = ETHTOOL_STXCSUM, .data = 0};
	struct ifreq r = {.ifr_data = (char *)&off};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result, error;

	memcpy(r.ifr_name, name, sizeof r.ifr_name);
	if (fd < 0)
		return false;
	result = ioctl(fd, SIOCETHTOOL, &r);
	error = errno;
	close(fd);
	errno = error;
	return result == 0;
}

bool veth_up(const struct veth_end *own, struct diag *d)
{
	if (!checksums_in_software(own->name))
		return diag_set(d, "no lab here: checksum offload of %s stays on: %s", own->name,
		                strerror(errno));
	return link_up(own->name, d);
}

/* The kernel's word on whether the link works. A flag of the interface is no
 * good: that is also set while the kernel has not looked yet. */
static bool is_operational(struct nl_sock *sock, const char *name)
{
	struct rtnl_link *link = NULL;
	bool up =
	    rtnl_link_get_kernel(sock, 0, name, &link) == 0 && rtnl_link_get_operstate(link) == IF_OPER_UP;

	rtnl_link_put(link);
	return up;
}

/* The carrier comes a moment after both ends are up; what is sent before is dropped. */
static bool await_running(struct nl_sock *sock, const char *name, struct diag *d)
{
	for (int i = 0; i < RUNNING_TRIES; i++) {
		if (is_operational(sock, name))
			return true;
		poll(NULL, 0, 1);
	}
	return diag_set(d, "no lab here: the link %s does not come up", name);
}

static struct nl_addr *address_object(const struct addr *a, int prefix)
{
	struct nl_addr *object =
	    nl_addr_build(a->family == 4 ? AF_INET : AF_INET6, a->bytes, a->family == 4 ? 4 : 16);

	if (object)
		nl_addr_set_prefixlen(object, prefix);
	return object;
}

static bool add_address(struct nl_sock *sock, const char *name, const struct addr *a, struct diag *d)
{
	struct nl_addr *local = address_object(a, a->family == 4 ? VETH_PREFIX_IPV4 : VETH_PREFIX_IPV6);
	struct rtnl_addr *address = rtnl_addr_alloc();
	bool good = local && address;

	if (good) {
		rtnl_addr_set_ifindex(address, (int)if_nametoindex(name));
		rtnl_addr_set_local(address, local);
		if (a->family == 6)
			rtnl_addr_set_flags(address, IFA_F_NODAD);
		good = check(rtnl_addr_add(sock, address, 0), "an address", name, d);
	}
	rtnl_addr_put(address);
	nl_addr_put(local);
	return good;
}

static bool add_neighbour(struct nl_sock *sock, const char *name, const struct addr *a, const uint8_t mac[6],
                          struct diag *d)
{
	struct nl_addr *to = address_object(a, a->family == 4 ? 32 : 128);
	struct nl_addr *lladdr = nl_addr_build(AF_LLC, mac, 6);
	struct rtnl_neigh *neighbour = rtnl_neigh_alloc();
	bool good = to && lladdr && neighbour;

	if (good) {
		rtnl_neigh_set_ifindex(neighbour, (int)if_nametoindex(name));
		rtnl_neigh_set_dst(neighbour, to);
		rtnl_neigh_set_lladdr(neighbour, lladdr);
		rtnl_neigh_set_state(neighbour, NUD_PERMANENT);
		good = check(rtnl_neigh_add(sock, neighbour, NLM_F_CREATE | NLM_F_REPLACE), "a neighbour",
		             name, d);
	}
	rtnl_neigh_put(neighbour);
	nl_addr_put(to);
	nl_addr_put(lladdr);
	return good;
}

bool veth_address(const struct veth_end *own, const struct veth_end *other, struct diag *d)
{
	struct nl_sock *sock = open_route(d);
	bool good = sock && await_running(sock, own->name, d);

	for (int i = 0; i < 2 && good; i++)
		if (own->address[i].family)
			good = add_address(sock, own->name, &own->address[i], d) &&
			       add_neighbour(sock, own->name, &other->address[i], other->mac, d);
	nl_socket_free(sock);
	return good;
}
