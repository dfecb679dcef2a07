/* Next hops on the link layer, from the neighbour table by libnl-route. Sends no
 * frame: where the table lacks an entry, the kernel is made to look for it. */
#include <errno.h>
#include <linux/neighbour.h>
#include <netinet/in.h>
#include <netlink/netlink.h>
#include <netlink/route/neighbour.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire/nexthop.h"
#include "wire/route.h"

enum { DISCARD_PORT = 9, LOOKS = 50, LOOK_INTERVAL_NS = 20000000 };
enum { NUD_HAS_MAC = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT };

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

/* An empty datagram makes the kernel ask for the MAC address. Whether it arrives does not
 * matter, so no error does. */
static void nudge(const struct addr *hop, int ifindex)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(DISCARD_PORT)};
	struct sockaddr_in6 in6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons(DISCARD_PORT), .sin6_scope_id = (uint32_t)ifindex};
	int fd = socket(hop->family == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return;
	memcpy(&in.sin_addr, hop->bytes, 4);
	memcpy(&in6.sin6_addr, hop->bytes, 16);
	if (hop->family == 4)
		sendto(fd, "", 0, 0, (struct sockaddr *)&in, sizeof(in));
	else
		sendto(fd, "", 0, 0, (struct sockaddr *)&in6, sizeof(in6));
	close(fd);
}

static bool resolve(const struct addr *hop, const struct route *route, uint8_t mac[6], struct diag *d)
{
	const struct timespec pause = {.tv_nsec = LOOK_INTERVAL_NS};
	struct nl_sock *nl = nl_socket_alloc();
	char text[ADDR_TEXT_BYTES];
	bool found;

	if (!nl || nl_connect(nl, NETLINK_ROUTE) < 0) {
		nl_socket_free(nl);
		return diag_set(d, "the kernel's neighbour table cannot be read: no netlink socket");
	}
	found = look(nl, hop, route->ifindex, mac);
	if (!found)
		nudge(hop, route->ifindex);
	for (int i = 0; !found && i < LOOKS; i++) {
		nanosleep(&pause, NULL);
		found = look(nl, hop, route->ifindex, mac);
	}
	nl_socket_free(nl);
	if (found)
		return true;
	return diag_set(d, "%s does not say its MAC address on %s: is it up, and on that network?",
	                addr_text(hop, text), route->interface);
}

bool nexthop_resolve(const struct addr *dst, const char *interface, uint8_t mac[6], struct diag *d)
{
	char text[ADDR_TEXT_BYTES];
	struct route route;

	if (!route_find(dst, interface, &route, d))
		return false;
	memset(mac, 0, 6);
	if (route.loopback && strcmp(interface, "lo") != 0)
		return diag_set(d, "%s is this host's own, and no frame on %s reaches it: leave out -i",
		                addr_text(dst, text), interface);
	if (route.loopback)
		return true;
	return resolve(route.has_gateway ? &route.gateway : dst, &route, mac, d);
}
