/* Does a path work, in both directions? And connecting that does not block. */
#ifndef FW_PATH_H
#define FW_PATH_H

#include "base/diag.h"
#include "core/segment.h"

struct sockaddr_storage;

/* Connects a non-blocking socket, and waits for that, timeout_ms at most. 0, or errno's value. */
int path_connect(int fd, const struct sockaddr_storage *to, int timeout_ms);

/* Waits until a TCP connection from one address to a port at the other gets an answer, whichever; 3 s at
 * most. Nothing is left of it. Linux adds an IPv6 address at once, but the route to it a moment later,
 * from a work queue: until then a SYN is lost without a word. */
bool path_await(const struct addr *from, const struct addr *to, uint16_t port, struct diag *d);

#endif
