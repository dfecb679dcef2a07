/* The port shield: keeps our own kernel from answering the peer.
 *
 * Segments to our port reach our kernel too. It knows no connection there, so it would answer RST (RFC
 * 9293, 3.10.7.1). A listening socket on the port, with a socket filter that drops everything, takes them
 * silently. No firewall rule is set, and when the descriptor is closed, or the process killed, nothing is
 * left. Bound but not listening is not enough.
 *
 * Where the kernel asks for CAP_NET_ADMIN to attach the filter, and we have not got it, the socket takes
 * only segments with TTL (hop limit) 255 instead: that shields from every peer but one on the same network
 * which sends with 255. */
#ifndef FW_SHIELD_H
#define FW_SHIELD_H

#include "base/diag.h"
#include "core/segment.h"

/* Shields *port of source, an address of this host (route_owns()). Where *port is 0, chooses one by
 * ports.h and writes it; in one process a port comes again only after all others did, because a peer
 * remembers a connection for a while. The filter stands before the socket listens: there is no moment
 * without it.
 *
 * Returns a descriptor (close-on-exec); close() ends the shield. -1 with a sentence in d: the port is
 * busy, the address is not ours, the port is below 1024 and we may not. */
int shield_open(const struct addr *source, uint16_t *port, struct diag *d);

#endif
