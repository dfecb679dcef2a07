/* The second way to keep our kernel out: a source address on the local network that the kernel does not
 * own. Somebody must say where it lives, so we answer ARP requests (RFC 826) and neighbour solicitations
 * (RFC 4861) for it with the interface's own MAC address. The kernel gets the segments and drops them,
 * since they are for no address of its own (unless it forwards: then it must not). */
#ifndef FW_SPARE_H
#define FW_SPARE_H

#include "base/diag.h"
#include "core/segment.h"

struct spare;

/* Begins to answer, once spare_serve() is called when spare_fd() is readable. Also asks on the network
 * whether somebody has the address; see spare_serve(). Takes CAP_NET_RAW. NULL with a sentence in d: no
 * privilege, the address is our kernel's own, no such interface or not an Ethernet. */
struct spare *spare_open(const char *interface, const struct addr *a, struct diag *d);

/* NULL is allowed. */
void spare_close(struct spare *s);

int spare_fd(const struct spare *s);

/* Answers what waits; never blocks. False with d: another host uses the
 * address (its MAC is named), or the interface has gone. */
bool spare_serve(struct spare *s, struct diag *d);

#endif
