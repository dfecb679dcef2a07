/* The state of a TCP connection as this host's kernel has it, by sock_diag (NETLINK_SOCK_DIAG), in the
 * network namespace of the caller. No privilege.
 *
 * It sees more than a descriptor does: connections whose program is gone, SYN-RECEIVED before accept(),
 * and the kernel's small stand-ins for sockets: TIME-WAIT, and an orphan in FIN-WAIT-2, which is reported
 * as FIN-WAIT-2 with its timer. */
#ifndef FW_STATES_H
#define FW_STATES_H

#include "base/diag.h"
#include "core/engine.h"

/* local is the end on this host; family 0 means any address of this host. No such connection: CLOSED,
 * known. The timer is whichever the kernel has running (retransmission, keepalive, TIME-WAIT, window
 * probe), until it expires, to the millisecond. False with d where the kernel can't be asked (a kernel
 * without inet_diag). */
bool state_lookup(const struct addr *local, uint16_t local_port, const struct addr *remote,
                  uint16_t remote_port, struct observed_state *out, struct diag *d);

#endif
