/* Does a path work, in both directions? */
#ifndef FW_PATH_H
#define FW_PATH_H

#include "base/diag.h"
#include "core/segment.h"

/* Waits until a TCP connection from one address to a port at the other gets an answer, whichever; 3 s at
 * most. Nothing is left of it. Linux adds an IPv6 address at once, but the route to it a moment later,
 * from a work queue: until then a SYN is lost without a word. */
bool path_await(const struct addr *from, const struct addr *to, uint16_t port, struct diag *d);

#endif
