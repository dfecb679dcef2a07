/* The port shield: keeps our own kernel from answering the peer.
 *
 * Segments to our port reach our kernel too. It knows no connection there, so it would answer RST (RFC
 * 9293, 3.10.7.1). A listening socket on the port that drops everything takes them silently. No firewall
 * rule is set, and when the descriptor is closed, or the process killed, nothing is left. Bound but not
 * listening is not enough.
 *
 * None of the ways to make it drop takes a privilege that a run would have to keep: enum shield_kind. */
#ifndef FW_SHIELD_H
#define FW_SHIELD_H

#include "base/diag.h"
#include "core/segment.h"

/* How it drops everything: the first of these that the kernel grants. */
enum shield_kind {
	/* A socket filter. Some kernels (6.18 is one) want CAP_NET_ADMIN for it on a TCP socket. */
	SHIELD_FILTER,
	/* Only segments that are signed with a key (RFC 2385) may come, from whatever address, and nobody has
	 * the key: it is random and forgotten. A kernel may be built without, and FIPS mode forbids MD5. */
	SHIELD_SIGNED,
	/* Only segments with a TTL (hop limit) of 255 may come (RFC 5082). No shield against a peer on the
	 * same network which sends with 255, as some stacks do. */
	SHIELD_TTL
};

/* What our kernel answers in spite of a shield of SHIELD_TTL. */
enum { SHIELD_TTL_HEARS = 255 };

/* Of what shield_open() returned. */
enum shield_kind shield_kind(int fd);

/* Shields *port of source, an address of this host (route_owns()). Where *port is 0, chooses one by
 * port_choose() and writes it. It is deaf before it listens: there is no
 * moment in which it hears.
 *
 * Returns a descriptor (close-on-exec); close() ends the shield. -1 with a sentence in d: the port is
 * busy, the address is not ours, the port is below 1024 and we may not. */
int shield_open(const struct addr *source, uint16_t *port, struct diag *d);

/* --- our source ports --- */

/* The ports that the kernel gives out by itself (ip_local_port_range) and those that the administrator
 * keeps (ip_local_reserved_ports): our source ports come from outside both. They belong to the network
 * namespace of the caller. */
struct port_rules {
	uint16_t low, high;     /* the ephemeral range, both included */
	uint8_t reserved[8192]; /* a bit for each port */
};

/* Reads both from /proc/sys. What can't be read is the kernel's default: 32768 to 60999, and nothing
 * reserved. */
void port_rules_read(struct port_rules *rules);

/* The two files' text. False where it is not what the kernel writes; rules
 * is then unchanged (range) or holds what came before (reserved). */
bool port_rules_parse_range(struct port_rules *rules, const char *text);
bool port_rules_parse_reserved(struct port_rules *rules, const char *text);

/* May we take it: not 0, not ephemeral, not reserved. */
bool port_rules_allow(const struct port_rules *rules, uint16_t port);

/* The port after `port` that may be taken, from 10000 upwards and round to 10000
 * again (below are the ports that people know); 0 where there is none. */
uint16_t port_rules_next(const struct port_rules *rules, uint16_t port);

/* One of those by chance, each as likely; 0 where there is none. */
uint16_t port_rules_any(const struct port_rules *rules);

/* A source port of ours, by those rules; 0 where there is none. The first is any, so that two programs, one
 * after the other, seldom meet each other's at a peer. From there they go round: a port comes again only
 * after all others did, because a peer remembers a connection for a while. */
uint16_t port_choose(void);

/* The next one has nothing to do with the last: where a peer still knows the ports of a program that ran
 * before us, they lie side by side. */
void ports_elsewhere(void);

#endif
