/* The lab's network: namespaces, and, by libnl-route, links, addresses and neighbours, which are those of
 * the caller's network namespace. */
#ifndef FW_VETH_H
#define FW_VETH_H

#include <net/if.h>
#include <sys/types.h>

#include "base/diag.h"
#include "core/segment.h"

/* One end of a pair. [0] is IPv4, [1] IPv6; family 0: not used. */
struct veth_end {
	char name[IF_NAMESIZE];
	uint8_t mac[6];
	struct addr address[2];
};

/* A stack of its own may not know what 30 bits are good for. */
enum { VETH_PREFIX_IPV4 = 30, TAP_PREFIX_IPV4 = 24, VETH_PREFIX_IPV6 = 64 };

/* Into a new network namespace: with CAP_SYS_ADMIN and CAP_NET_ADMIN as we are, else within a new user
 * namespace in which our user and group ids stay what they are. False with a sentence that says what to do.
 */
bool namespace_enter(struct diag *d);

/* A further network namespace, for a child of a process that has entered. */
bool namespace_split(struct diag *d);

bool veth_loopback_up(struct diag *d);

/* Makes the pair, our end here and the other in the network namespace of a process. Both are down. */
bool veth_make(const struct veth_end *ours, const struct veth_end *other, pid_t pid, struct diag *d);

/* Sets an end up: checksums are computed in software, and the link is up.
 * veth_address() needs the other end to be up as well. */
bool veth_up(const struct veth_end *own, struct diag *d);

/* The same, but the end and another link become the ports of a new bridge: frames pass from each to the
 * other, and nothing is sent but those. */
bool veth_join(const struct veth_end *own, const char *other, const char *bridge, struct diag *d);

/* Waits until the link runs (5 s at most), gives it its addresses, and tells
 * it where the other end is: nobody asks by ARP or neighbour discovery. other is NULL for a stack behind a
 * TAP device, which is asked as usual. */
bool veth_address(const struct veth_end *own, const struct veth_end *other, struct diag *d);

#endif
