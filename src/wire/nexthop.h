/* The MAC address that a frame to a destination must carry. */
#ifndef FW_NEXTHOP_H
#define FW_NEXTHOP_H

#include "base/diag.h"
#include "core/segment.h"

/* The next hop's MAC address on the interface, from the kernel's neighbour
 * table; see sender_set_next_hop() for what happens where it is not there. On the
 * loopback interface all zeros. False with d. */
bool nexthop_resolve(const struct addr *dst, const char *interface, uint8_t mac[6], struct diag *d);

#endif
