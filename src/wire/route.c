/* The kernel's routing and its neighbours, asked by libnl-route. Knows no raw socket and sends no frame:
 * where the neighbour table lacks an entry, the kernel is made to look for it. */
#include <errno.h>
#include <ifaddrs.h>
#include <linux/neighbour.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/duration.h"
#include "wire/route.h"

enum { DISCARD_PORT = 9, LOOKS = 50, LOOK_INTERVAL_MS = 20 };
enum { NUD_HAS_MAC = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT };

/* The kernel's answer to one question. */
struct answer {
	struct rtnl_route *route;
	int error; /* errno, 0: none */
};

static int take_route(struct nl_msg *msg, void *context)
{
	struct answer *answer = context;

	if (!answer->route)
		rtnl_route_parse(nlmsg_hdr(msg), &answer->route);
	return NL_OK;
}

static int take_error(struct sockaddr_nl *who, struct nlmsgerr *e, void *context)
{
	struct answer *answer = context;

	(void)who;
	answer->error = -e->error;
	return NL_STOP;
}

/* NULL with d. */
static struct nl_sock *open_netlink(struct diag *d)
{
	struct nl_sock *nl = nl_socket_alloc();

	if (nl && nl_connect(nl, NETLINK_ROUTE) == 0)
		return nl;
	nl_socket_free(nl);
	diag_set(d, "the kernel's routing cannot be asked: no netlink socket");
	return NULL;
}

/* RTM_GETROUTE for one address; oif 0: any interface. An errno, 0 with answer->route to be put by the caller.
 */
static int ask(struct nl_sock *nl, const struct addr *remote, int oif, struct answer *answer)
{
	int bytes = remote->family == 4 ? 4 : 16, rc = -1;
	struct rtmsg head = {.rtm_family = remote->family == 4 ? AF_INET : AF_INET6,
	                     .rtm_dst_len = (unsigned char)(bytes * 8)};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, 0);

	*answer = (struct answer){0};
	nl_socket_disable_auto_ack(nl);
	nl_socket_modify_cb(nl, NL_CB_VALID, NL_CB_CUSTOM, take_route, answer);
	nl_socket_modify_err_cb(nl, NL_CB_CUSTOM, take_error, answer);
	if (msg && nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO) == 0 &&
	    nla_put(msg, RTA_DST, bytes, remote->bytes) == 0 &&
	    (oif == 0 || nla_put_u32(msg, RTA_OIF, (uint32_t)oif) == 0))
		rc = nl_send_auto(nl, msg);
	nlmsg_free(msg);
	if (rc >= 0)
		nl_recvmsgs_default(nl);
	if (answer->route)
		return 0;
	return answer->error ? answer->error : EIO;
}

bool route_interface(const char *name, struct interface *out, struct diag *d)
{
	struct nl_sock *nl = open_netlink(d);
	struct nl_addr *mac;
	struct rtnl_link *link;
	int rc;

	if (!nl)
		return false;
	rc = rtnl_link_get_kernel(nl, 0, name, &link);
	nl_socket_free(nl);
	if (rc < 0)
		return diag_set(d, "there is no interface %s: \"ip link\" lists those that there are", name);
	*out = (struct interface){.index = rtnl_link_get_ifindex(link),
	                          .type = rtnl_link_get_arptype(link),
	                          .up = rtnl_link_get_flags(link) & IFF_UP};
	mac = rtnl_link_get_addr(link);
	if (mac && nl_addr_get_len(mac) == sizeof out->mac)
		memcpy(out->mac, nl_addr_get_binary_addr(mac), sizeof out->mac);
	rtnl_link_put(link);
	return true;
}

static bool no_route(const struct addr *remote, const char *interface, int error, struct diag *d)
{
	char to[ADDR_TEXT_BYTES];
	const char *over = interface ? " over " : "", *name = interface ? interface : "";

	addr_text(remote, to);
	switch (error) {
	case ENETUNREACH:
	case ENODEV:
		return diag_set(d, "there is no route to %s%s%s: add one with \"ip route\"", to, over, name);
	case EHOSTUNREACH:
	case EACCES:
	case EINVAL:
		return diag_set(d, "this host's routing refuses %s%s%s (%s): look at \"ip route get %s\"", to,
		                over, name, strerror(error), to);
	case EAFNOSUPPORT:
	case EOPNOTSUPP: return diag_set(d, "this kernel has no IPv%u", remote->family);
	}
	return diag_set(d, "the route to %s%s%s cannot be asked: %s", to, over, name, strerror(error));
}

struct addr route_address(struct nl_addr *nl)
{
	struct addr a = {0};
	unsigned len = nl ? nl_addr_get_len(nl) : 0;

	if (len != 4 && len != 16)
		return a;
	a.family = len == 4 ? 4 : 6;
	memcpy(a.bytes, nl_addr_get_binary_addr(nl), len);
	return a;
}

/* What the kernel answered, into *out. */
static bool read_answer(struct nl_sock *nl, struct rtnl_route *r, struct route *out)
{
	struct rtnl_nexthop *hop = rtnl_route_nexthop_n(r, 0);
	struct rtnl_link *link;

	if (!hop)
		return false;
	*out = (struct route){.ifindex = rtnl_route_nh_get_ifindex(hop),
	                      .loopback = rtnl_route_get_type(r) == RTN_LOCAL};
	out->source = route_address(rtnl_route_get_pref_src(r));
	out->gateway = route_address(rtnl_route_nh_get_gateway(hop));
	if (!out->gateway.family)
		out->gateway = route_address(rtnl_route_nh_get_via(hop));
	if (rtnl_link_get_kernel(nl, out->ifindex, NULL, &link) < 0)
		return false;
	strncpy(out->interface, rtnl_link_get_name(link), sizeof(out->interface) - 1);
	rtnl_link_put(link);
	return true;
}

bool route_find(const struct addr *remote, const char *interface, struct route *route, struct diag *d)
{
	struct interface on = {0};
	struct answer answer = {0};
	struct nl_sock *nl;
	int error;
	bool ok;

	if (interface && !route_interface(interface, &on, d))
		return false;
	if (interface && !on.up)
		return diag_set(d, "the interface %s is down: \"ip link set %s up\" brings it up", interface,
		                interface);
	nl = open_netlink(d);
	if (!nl)
		return false;
	error = ask(nl, remote, on.index, &answer);
	if (error)
		ok = no_route(remote, interface, error, d);
	else
		ok = read_answer(nl, answer.route, route) ||
		     diag_set(d, "the kernel's answer about a route names no interface");
	if (answer.route)
		rtnl_route_put(answer.route);
	nl_socket_free(nl);
	return ok;
}

/* The interface that has the address; 0 where none. */
static unsigned owner(const struct addr *a)
{
	struct ifaddrs *all;
	unsigned index = 0;

	if (getifaddrs(&all) < 0)
		return 0;
	for (struct ifaddrs *i = all; i && !index; i = i->ifa_next) {
		struct addr has = {0};

		if (i->ifa_addr)
			address_from_socket((const struct sockaddr_storage *)(const void *)i->ifa_addr, &has,
			                    NULL);
		if (addr_equal(&has, a))
			index = if_nametoindex(i->ifa_name);
	}
	freeifaddrs(all);
	return index;
}

bool route_owns(const struct addr *a)
{
	struct route route;

	/* 127.0.0.0/8 and other prefixes are local as a whole. */
	return owner(a) || (route_find(a, NULL, &route, NULL) && route.loopback);
}

unsigned route_scope(const struct addr *a) { return address_is_link_local(a) ? owner(a) : 0; }

/* --- neighbours --- */

/* Reads the neighbour table once. */
static bool look(struct nl_sock *nl, const struct addr *hop, int ifindex, uint8_t mac[6])
{
	int family = hop->family == 4 ? AF_INET : AF_INET6;
	struct nl_addr *dst = nl_addr_build(family, hop->bytes, hop->family == 4 ? 4 : 16);
	struct rtnl_neigh *neigh = NULL;
	struct nl_cache *cache = NULL;
	struct nl_addr *lladdr;
	bool found = false;

	if (dst && rtnl_neigh_alloc_cache(nl, &cache) == 0)
		neigh = rtnl_neigh_get(cache, ifindex, dst);
	if (neigh && (rtnl_neigh_get_state(neigh) & NUD_HAS_MAC)) {
		lladdr = rtnl_neigh_get_lladdr(neigh);
		found = lladdr && nl_addr_get_len(lladdr) == 6;
		if (found)
			memcpy(mac, nl_addr_get_binary_addr(lladdr), 6);
	}
	rtnl_neigh_put(neigh);
	nl_cache_free(cache);
	nl_addr_put(dst);
	return found;
}

bool route_neighbour(const struct addr *hop, int ifindex, uint8_t mac[6])
{
	struct nl_sock *nl = open_netlink(NULL);
	bool found = nl && look(nl, hop, ifindex, mac);

	nl_socket_free(nl);
	return found;
}

/* An empty datagram makes the kernel ask for the MAC address. Whether it arrives does not
 * matter, so no error does. */
static void nudge(const struct addr *hop, int ifindex)
{
	struct sockaddr_storage to;
	socklen_t len = address_to_socket(hop, DISCARD_PORT, &to);
	int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return;
	address_set_scope(&to, (unsigned)ifindex);
	sendto(fd, "", 0, 0, (struct sockaddr *)&to, len);
	close(fd);
}

bool route_next_hop(const struct addr *dst, const char *interface, uint8_t mac[6], struct diag *d)
{
	const struct timespec pause = {.tv_nsec = LOOK_INTERVAL_MS * NS_PER_MS};
	char text[ADDR_TEXT_BYTES];
	const struct addr *hop;
	struct route route;
	struct nl_sock *nl;
	bool found;

	if (!route_find(dst, interface, &route, d))
		return false;
	memset(mac, 0, 6);
	if (route.loopback && strcmp(interface, "lo") != 0)
		return diag_set(d, "%s is this host's own, and no frame on %s reaches it: leave out -i",
		                addr_text(dst, text), interface);
	if (route.loopback)
		return true;
	hop = route.gateway.family ? &route.gateway : dst;
	nl = open_netlink(d);
	if (!nl)
		return false;
	for (int i = 0; !(found = look(nl, hop, route.ifindex, mac)) && i < LOOKS; i++) {
		if (i == 0)
			nudge(hop, route.ifindex);
		nanosleep(&pause, NULL);
	}
	nl_socket_free(nl);
	return found || diag_set(d, "%s does not say its MAC address on %s: is it up, and on that network?",
	                         addr_text(hop, text), route.interface);
}
