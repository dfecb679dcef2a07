/* Namespaces, and why they are refused; links, addresses and neighbours by libnl-route. Knows nothing of
 * processes, sysctls or agents. */
#include "lab/veth.h"

#include <cap-ng.h>
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
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/memory.h"

#define RUNNING_NS (5 * NS_PER_S)

/* --- namespaces --- */

/* The number in a file, or -1 where there is no such file. */
static long number_in(const char *path)
{
	char text[32];
	FILE *f = fopen(path, "re");
	long number = -1;

	if (f && fgets(text, sizeof text, f))
		number = strtol(text, NULL, 10);
	if (f)
		fclose(f);
	return number;
}

/* What stands in the way, and what to do. */
static const char *remedy(int error)
{
	if (error == EINVAL)
		return "this process has more than one thread";
	if (number_in("/proc/sys/user/max_net_namespaces") == 0)
		return "raise the sysctl user.max_net_namespaces";
	if (number_in("/proc/sys/user/max_user_namespaces") == 0 || error == ENOSPC)
		return "raise the sysctl user.max_user_namespaces";
	if (number_in("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return "set the sysctl kernel.unprivileged_userns_clone = 1";
	if (number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return "set the sysctl kernel.apparmor_restrict_unprivileged_userns = 0, "
		       "or give fourwave an AppArmor profile with \"userns\"";
	if (error == ENOSYS)
		return "this kernel has no such namespaces";
	return "a container may forbid it (seccomp): allow it unshare(2)";
}

static bool explain(const char *what, int error, struct diag *d)
{
	return diag_set(d, "no lab here: %s: %s; %s; or run as root, or name a target with -t HOST", what,
	                strerror(error), remedy(error));
}

/* At once, as these files ask for it. False with errno. */
static bool write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	bool taken = f && fputs(text, f) != EOF;

	return f && fclose(f) == 0 && taken;
}

bool namespace_enter(struct diag *d)
{
	unsigned uid = geteuid(), gid = getegid();
	char users[48], groups[48];

	if (capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN) &&
	    capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN) && unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return explain("namespaces of our own are refused", errno, d);
	/* Each id is itself, so that files are written as before. Without setgroups denied the kernel takes
	 * no map of groups from an ordinary user. */
	snprintf(users, sizeof users, "%u %u 1\n", uid, uid);
	snprintf(groups, sizeof groups, "%u %u 1\n", gid, gid);
	return (write_file("/proc/self/uid_map", users) && write_file("/proc/self/setgroups", "deny") &&
	        write_file("/proc/self/gid_map", groups)) ||
	       explain("ids in a user namespace are refused", errno, d);
}

bool namespace_split(struct diag *d)
{
	return unshare(CLONE_NEWNET) == 0 || explain("a network namespace for a peer is refused", errno, d);
}

/* --- links --- */

/* What libnl makes is missing only where memory is. */
static void *there(void *object)
{
	if (!object)
		memory_ended();
	return object;
}

static struct nl_sock *open_route(struct diag *d)
{
	struct nl_sock *sock = there(nl_socket_alloc());

	if (nl_connect(sock, NETLINK_ROUTE) == 0)
		return sock;
	nl_socket_free(sock);
	diag_set(d, "no lab here: no netlink socket");
	return NULL;
}

static bool check(int error, const char *what, const char *name, struct diag *d)
{
	return error >= 0 || diag_set(d, "no lab here: %s of %s: %s", what, name, nl_geterror(error));
}

/* The link becomes a port of the bridge master, if that is not 0. */
static bool link_up(const char *name, unsigned master, struct diag *d)
{
	struct nl_sock *sock = open_route(d);
	struct rtnl_link *old = there(rtnl_link_alloc()), *new = there(rtnl_link_alloc());
	bool good;

	rtnl_link_set_ifindex(old, (int)if_nametoindex(name));
	rtnl_link_set_flags(new, IFF_UP);
	if (master)
		rtnl_link_set_master(new, (int)master);
	good = sock && check(rtnl_link_change(sock, old, new, 0), "setting up", name, d);
	rtnl_link_put(old);
	rtnl_link_put(new);
	nl_socket_free(sock);
	return good;
}

bool veth_loopback_up(struct diag *d) { return link_up("lo", 0, d); }

static void describe(struct rtnl_link *link, const struct veth_end *end)
{
	struct nl_addr *mac = there(nl_addr_build(AF_LLC, end->mac, sizeof end->mac));

	rtnl_link_set_name(link, end->name);
	rtnl_link_set_addr(link, mac);
	nl_addr_put(mac);
}

bool veth_make(const struct veth_end *ours, const struct veth_end *other, pid_t pid, struct diag *d)
{
	struct nl_sock *sock = open_route(d);
	struct rtnl_link *link = there(rtnl_link_veth_alloc());
	struct rtnl_link *peer = there(rtnl_link_veth_get_peer(link));
	bool good;

	describe(link, ours);
	describe(peer, other);
	rtnl_link_set_ns_pid(peer, pid);
	good = sock && check(rtnl_link_add(sock, link, NLM_F_CREATE | NLM_F_EXCL), "making the veth pair",
	                     ours->name, d);
	rtnl_link_put(peer);
	rtnl_link_put(link);
	nl_socket_free(sock);
	return good;
}

/* A transmission's checksums are computed before it is captured. */
static bool software_checksums(const char *name, struct diag *d)
{
	struct ethtool_value off = {.cmd = ETHTOOL_STXCSUM, .data = 0};
	struct ifreq r = {.ifr_data = (char *)&off};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool good;

	strncpy(r.ifr_name, name, sizeof r.ifr_name - 1);
	good = (fd >= 0 && ioctl(fd, SIOCETHTOOL, &r) == 0) ||
	       diag_set(d, "no lab here: checksum offload of %s stays on: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}

bool veth_up(const struct veth_end *own, struct diag *d)
{
	return software_checksums(own->name, d) && link_up(own->name, 0, d);
}

/* libnl-route knows a bridge's ports, but not what the bridge itself is to do. */
static bool make_bridge(const char *name, struct diag *d)
{
	struct nl_sock *sock = open_route(d);
	struct nl_msg *m = there(nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL));
	struct ifinfomsg head = {.ifi_family = AF_UNSPEC};
	struct nlattr *info, *data;
	int error = nlmsg_append(m, &head, sizeof head, NLMSG_ALIGNTO);

	error |= nla_put_string(m, IFLA_IFNAME, name);
	info = there(nla_nest_start(m, IFLA_LINKINFO));
	error |= nla_put_string(m, IFLA_INFO_KIND, "bridge");
	data = there(nla_nest_start(m, IFLA_INFO_DATA));
	error |= nla_put_u32(m, IFLA_BR_STP_STATE, 0);
	error |= nla_put_u32(m, IFLA_BR_FORWARD_DELAY, 0);
	error |= nla_put_u8(m, IFLA_BR_MCAST_SNOOPING, 0);
	nla_nest_end(m, data);
	nla_nest_end(m, info);
	if (error < 0)
		memory_ended();
	if (!sock) {
		nlmsg_free(m);
		return false;
	}
	error = nl_send_sync(sock, m);
	nl_socket_free(sock);
	if (error == -NLE_OPNOTSUPP)
		return diag_set(d, "no TAP device: this kernel has no bridges: load the module (modprobe "
		                   "bridge)");
	return check(error, "making the bridge", name, d);
}

bool veth_join(const struct veth_end *own, const char *other, const char *bridge, struct diag *d)
{
	unsigned master;

	if (!make_bridge(bridge, d))
		return false;
	master = if_nametoindex(bridge);
	return software_checksums(own->name, d) && link_up(other, master, d) &&
	       link_up(own->name, master, d) && link_up(bridge, 0, d);
}

/* The carrier comes a moment after both ends are up; what is sent before is dropped. Asked is the kernel's
 * word on whether the link works: the interface's flag is also set while the kernel has not looked yet. */
static bool await_running(struct nl_sock *sock, const char *name, struct diag *d)
{
	int64_t until_ns = clock_mono_ns() + RUNNING_NS;

	do {
		struct rtnl_link *link = NULL;
		int error = rtnl_link_get_kernel(sock, 0, name, &link);
		bool up = error == 0 && rtnl_link_get_operstate(link) == IF_OPER_UP;

		rtnl_link_put(link);
		if (up)
			return true;
		/* Its other end went with its namespace. */
		if (error == -NLE_OBJ_NOTFOUND || error == -NLE_NODEV)
			return diag_set(d, "no lab here: the link %s is gone", name);
		poll(NULL, 0, 1);
	} while (clock_mono_ns() < until_ns);
	return diag_set(d, "no lab here: the link %s does not come up", name);
}

/* All of the address counts where prefix_bits is 0. */
static struct nl_addr *address_object(const struct addr *a, int prefix_bits)
{
	int family = a->family == 4 ? AF_INET : AF_INET6;
	size_t bytes = a->family == 4 ? 4 : 16;
	struct nl_addr *object = there(nl_addr_build(family, a->bytes, bytes));

	nl_addr_set_prefixlen(object, prefix_bits ? prefix_bits : (int)bytes * 8);
	return object;
}

static bool add_address(struct nl_sock *sock, const char *name, const struct addr *a, int ipv4_bits,
                        struct diag *d)
{
	struct nl_addr *local = address_object(a, a->family == 4 ? ipv4_bits : VETH_PREFIX_IPV6);
	struct rtnl_addr *address = there(rtnl_addr_alloc());
	bool good;

	rtnl_addr_set_ifindex(address, (int)if_nametoindex(name));
	rtnl_addr_set_local(address, local);
	if (a->family == 6)
		rtnl_addr_set_flags(address, IFA_F_NODAD);
	good = check(rtnl_addr_add(sock, address, 0), "an address", name, d);
	rtnl_addr_put(address);
	nl_addr_put(local);
	return good;
}

static bool add_neighbour(struct nl_sock *sock, const char *name, const struct addr *a, const uint8_t mac[6],
                          struct diag *d)
{
	struct nl_addr *to = address_object(a, 0), *lladdr = there(nl_addr_build(AF_LLC, mac, 6));
	struct rtnl_neigh *neighbour = there(rtnl_neigh_alloc());
	bool good;

	rtnl_neigh_set_ifindex(neighbour, (int)if_nametoindex(name));
	rtnl_neigh_set_dst(neighbour, to);
	rtnl_neigh_set_lladdr(neighbour, lladdr);
	rtnl_neigh_set_state(neighbour, NUD_PERMANENT);
	good = check(rtnl_neigh_add(sock, neighbour, NLM_F_CREATE | NLM_F_REPLACE), "a neighbour", name, d);
	rtnl_neigh_put(neighbour);
	nl_addr_put(to);
	nl_addr_put(lladdr);
	return good;
}

bool veth_address(const struct veth_end *own, const struct veth_end *other, struct diag *d)
{
	struct nl_sock *sock = open_route(d);
	bool good = sock && await_running(sock, own->name, d);
	int bits = other ? VETH_PREFIX_IPV4 : TAP_PREFIX_IPV4;
	static const struct addr link_local = {.family = 6, .bytes = {0xfe, 0x80, [15] = 1}};

	for (int i = 0; i < 2 && good; i++)
		if (own->address[i].family)
			good = add_address(sock, own->name, &own->address[i], bits, d) &&
			       (!other || add_neighbour(sock, own->name, &other->address[i], other->mac, d));
	/* The kernel asks from it whether a neighbour is still there (RFC 4861, 7.3.3); without one it asks
	 * nobody, and takes the neighbour for gone. */
	if (good && !other && own->address[1].family)
		good = add_address(sock, own->name, &link_local, bits, d);
	nl_socket_free(sock);
	return good;
}
