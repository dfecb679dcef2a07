/* Where a program listens: whether that is where its connections under test come to, in words where it is
 * not. Knows no process. */
#ifndef FW_LISTENING_H
#define FW_LISTENING_H

#include "lab/states.h"

struct listening {
	uint16_t port;
	bool family[2]; /* at our address of it: IPv4, IPv6 */
};

/* What these listeners come to. own: the host's addresses, family 0: none; port: where it is to listen, 0:
 * anywhere. False with d: nobody listens there, or at more ports than one. */
bool listening_judge(const struct listener *list, size_t count, const struct addr own[2], uint16_t port,
                     struct listening *out, struct diag *d);

#endif
