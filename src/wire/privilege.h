/* What the process may do, and giving it up. */
#ifndef FW_PRIVILEGE_H
#define FW_PRIVILEGE_H

#include "base/diag.h"

/* May we open raw sockets in this network namespace? (In a user namespace of our own
 * CAP_NET_RAW counts only for network namespaces made in it.) */
bool privilege_have_raw(void);

/* What a message says to somebody who may not. */
const char *privilege_advice(void);

/* Gives up every capability, for good, and the possibility to gain one by exec. To be called when all
 * sockets are open. The user id stays: root's files remain root's. Where there is nothing to give up,
 * nothing happens and it is true. False with d where the kernel refuses. */
bool privilege_drop(struct diag *d);

#endif
