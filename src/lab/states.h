/* What this host's kernel knows of its TCP sockets, by sock_diag (NETLINK_SOCK_DIAG), in the network
 * namespace of the caller. No privilege. */
#ifndef FW_STATES_H
#define FW_STATES_H

#include "base/diag.h"
#include "core/engine.h"
#include "core/segment.h"

/* Beside the state. */
struct socket_facts {
	bool accepted;   /* a program has it: it does not wait to be accepted, and is no orphan */
	uint32_t unread; /* octets that no program has read */
};

/* The state of a TCP connection as this host's kernel has it, by sock_diag (NETLINK_SOCK_DIAG), in the
 * network namespace of the caller. No privilege.
 *
 * It sees more than a descriptor does: connections whose program is gone, SYN-RECEIVED before accept(), and
 * the kernel's small stand-ins for sockets: TIME-WAIT, and an orphan in FIN-WAIT-2, which is reported as
 * FIN-WAIT-2 with its timer.
 *
 * local is the end on this host; family 0 means any address of this host, port 0 any port. No such
 * connection: CLOSED, known. facts may be NULL.
 *
 * The timer is whichever the kernel has running (retransmission, keepalive, TIME-WAIT, window probe), until
 * it expires, to the millisecond. False with d where the kernel can't be asked (a kernel without inet_diag).
 */
bool state_lookup(const struct addr *local, uint16_t local_port, const struct addr *remote,
                  uint16_t remote_port, struct observed_state *out, struct socket_facts *facts,
                  struct diag *d);

/* A port of this host with a connection to somewhere. */
struct connecting {
	uint16_t port;
	bool answered; /* it is past SYN-SENT */
};

enum { CONNECTING_MAX = 16 };

/* Those that are connected there, or were, or try to: as many as there is room for. False with d. */
bool states_connecting(const struct addr *remote, uint16_t remote_port,
                       struct connecting list[CONNECTING_MAX], size_t *count, struct diag *d);

/* A socket that listens. */
struct listener {
	struct addr address; /* all zero: each of its family */
	uint16_t port;
	bool both; /* an IPv6 one that takes IPv4 connections as well */
};

enum { LISTENERS_MAX = 64 };

/* All of them, as many as there is room for; *count is how many there are. False with d. */
bool states_listeners(struct listener list[LISTENERS_MAX], size_t *count, struct diag *d);

#endif
