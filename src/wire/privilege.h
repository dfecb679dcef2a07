/* What the process may do, and giving it up. */
#ifndef FW_PRIVILEGE_H
#define FW_PRIVILEGE_H

#include "core/diag.h"

/* May we open raw sockets: CAP_NET_RAW is effective here. (In a user
 * namespace of our own it counts only for network namespaces made in it.) */
bool privilege_have_raw(void);

/* What a message says to somebody who has not. */
#define PRIVILEGE_ADVICE \
	"run it as root, or once: setcap cap_net_raw=ep fourwave; with no target the lab needs no root"

/* Gives up every capability, for good, and the possibility to gain one by exec. To
 * be called when all sockets are open. The user id stays: root's files remain
 * root's. Where there is nothing to give up, nothing happens and it is true. False with d
 * where the kernel refuses. */
bool privilege_drop(struct diag *d);

#endif
