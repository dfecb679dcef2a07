/* rtnetlink's notices, by libnl-route. Knows no run: whom they concern is the caller's. */
#include "wire/route.h"
#include "wire/watch.h"

#include <linux/if.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { NUD_HAS_MAC = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT };

struct watch {
	struct nl_sock *nl;
	int type; /* of the message at hand */
	void (*see)(void *context, const struct watch_event *event);
	void *context;
};

static void see_link(const struct watch *w, struct rtnl_link *link)
{
	unsigned flags = rtnl_link_get_flags(link);
	bool up = w->type == RTM_NEWLINK && (flags & IFF_UP) && (flags & IFF_LOWER_UP);
	struct watch_event e = {.what = up ? WATCHED_LINK_UP : WATCHED_LINK_DOWN,
	                        .ifindex = rtnl_link_get_ifindex(link)};

	/* A bridge tells of its ports in messages of a family of its own. */
	if (rtnl_link_get_family(link) == AF_UNSPEC)
		w->see(w->context, &e);
}

static void see_address(const struct watch *w, struct rtnl_addr *address)
{
	struct watch_event e = {.what = WATCHED_ADDRESS_GONE,
	                        .ifindex = rtnl_addr_get_ifindex(address),
	                        .address = route_address(rtnl_addr_get_local(address))};

	if (w->type == RTM_DELADDR && e.address.family)
		w->see(w->context, &e);
}

static void see_neighbour(const struct watch *w, struct rtnl_neigh *neighbour)
{
	struct nl_addr *mac = rtnl_neigh_get_lladdr(neighbour);
	int state = rtnl_neigh_get_state(neighbour);
	struct watch_event e = {.what = WATCHED_NEIGHBOUR_GONE,
	                        .ifindex = rtnl_neigh_get_ifindex(neighbour),
	                        .address = route_address(rtnl_neigh_get_dst(neighbour))};

	if (!e.address.family || w->type != RTM_NEWNEIGH)
		return;
	if ((state & NUD_HAS_MAC) && mac && nl_addr_get_len(mac) == sizeof e.mac) {
		e.what = WATCHED_NEIGHBOUR;
		memcpy(e.mac, nl_addr_get_binary_addr(mac), sizeof e.mac);
	} else if (!(state & NUD_FAILED)) {
		return;
	}
	w->see(w->context, &e);
}

static void see_object(struct nl_object *object, void *context)
{
	const struct watch *w = context;

	switch (w->type) {
	case RTM_NEWLINK:
	case RTM_DELLINK: see_link(w, (struct rtnl_link *)object); return;
	case RTM_NEWADDR:
	case RTM_DELADDR: see_address(w, (struct rtnl_addr *)object); return;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH: see_neighbour(w, (struct rtnl_neigh *)object); return;
	}
}

static int take(struct nl_msg *msg, void *context)
{
	struct watch *w = context;

	w->type = nlmsg_hdr(msg)->nlmsg_type;
	nl_msg_parse(msg, see_object, w);
	return NL_OK;
}

struct watch *watch_open(struct diag *d)
{
	struct watch *w = memory_new(1, sizeof *w);

	w->nl = nl_socket_alloc();
	if (w->nl) {
		nl_socket_disable_seq_check(w->nl);
		nl_socket_modify_cb(w->nl, NL_CB_VALID, NL_CB_CUSTOM, take, w);
	}
	if (w->nl && nl_connect(w->nl, NETLINK_ROUTE) == 0 && nl_socket_set_nonblocking(w->nl) == 0 &&
	    nl_socket_add_memberships(w->nl, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
	                              RTNLGRP_NEIGH, RTNLGRP_NONE) == 0)
		return w;
	watch_close(w);
	diag_set(d, "the kernel does not tell what becomes of our links: no netlink socket");
	return NULL;
}

void watch_close(struct watch *w)
{
	if (w)
		nl_socket_free(w->nl);
	free(w);
}

int watch_fd(const struct watch *w) { return nl_socket_get_fd(w->nl); }

void watch_read(struct watch *w, void (*see)(void *context, const struct watch_event *event), void *context)
{
	w->see = see;
	w->context = context;
	while (nl_recvmsgs_default(w->nl) >= 0)
		;
}
