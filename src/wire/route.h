/* What the kernel says of the path to an address: interface, source address,
 * next hop. Asked through rtnetlink, never guessed. */
#ifndef FW_ROUTE_H
#define FW_ROUTE_H

#include <net/if.h>

#include "base/diag.h"
#include "core/segment.h"

struct route {
	char interface[IFNAMSIZ]; /* where packets leave; "lo" for an address of our own */
	int ifindex;
	struct addr source;  /* what the kernel would choose; family 0 where it has none */
	struct addr gateway; /* family 0: none; may be IPv6 for an IPv4 remote (RFC 8950) */
	bool loopback;       /* remote is this host's own */
};

struct nl_addr;

/* What libnl has of an address; family 0 where that is none of an IP, or NULL. */
struct addr route_address(struct nl_addr *nl);

/* The route to remote, over interface where that is not NULL. False with a sentence in d that says what to
 * do: no route, an interface that is not there or is down, a route that prohibits. */
bool route_find(const struct addr *remote, const char *interface, struct route *route, struct diag *d);

/* Is it an address of this host? Then our kernel takes segments to it, and answers them: the shield is
 * needed. False also where the kernel can't be asked. */
bool route_owns(const struct addr *a);

/* The index of the interface that has this address, for sin6_scope_id of a
 * link-local IPv6 address (RFC 4007); 0 for any other address, or none. */
unsigned route_scope(const struct addr *a);

struct interface {
	int index;
	unsigned type; /* ARPHRD_ETHER and the like */
	bool up;
	uint8_t mac[6];
};

/* Looks an interface up by its name. False with d: there is none. */
bool route_interface(const char *name, struct interface *out, struct diag *d);

/* The MAC address that the kernel's neighbour table has of a next hop now; false where it has none. */
bool route_neighbour(const struct addr *hop, int ifindex, uint8_t mac[6]);

/* The MAC address that a frame to dst must carry: the next hop's on the interface, from the kernel's
 * neighbour table; where that does not have it, one empty UDP datagram to the next hop's port 9 makes the
 * kernel resolve it, which is waited for, a second at most. On the loopback interface all zeros. False with
 * d. */
bool route_next_hop(const struct addr *dst, const char *interface, uint8_t mac[6], struct diag *d);

#endif
