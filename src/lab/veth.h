/* Links, addresses and neighbours of the lab, by libnl-route. All acts in the
 * network namespace of the caller. */
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

enum { VETH_PREFIX_IPV4 = 30, VETH_PREFIX_IPV6 = 64 };

bool veth_loopback_up(struct diag *d);

/* Makes the pair, our end here and the other in the network namespace of a process. Both are down. */
bool veth_make(const struct veth_end *ours, const struct veth_end *other, pid_t pid, struct diag *d);

/* Sets an end up: checksums are computed in software, and the link is up.
 * veth_address() needs the other end to be up as well. */
bool veth_up(const struct veth_end *own, struct diag *d);

/* Waits until the link runs (2 s at most), gives it its addresses, and tells
 * it where the other end is: nobody asks by ARP or neighbour discovery. */
bool veth_address(const struct veth_end *own, const struct veth_end *other, struct diag *d);

#endif
