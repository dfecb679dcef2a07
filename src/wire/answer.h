/* What to say to an ARP packet (RFC 826) or a neighbour discovery message (RFC 4861) about an
 * address that we claim: bytes in, bytes out, no socket. Untrusted bytes, every
 * length checked. Packets are without the link header. */
#ifndef FW_ANSWER_H
#define FW_ANSWER_H

#include "core/segment.h"
#include "base/diag.h"

enum { ANSWER_MAC_BYTES = 6, ANSWER_BYTES = 72 };

struct claim {
	struct addr address;
	uint8_t mac[ANSWER_MAC_BYTES];
};

enum answer_kind {
	ANSWER_NONE,    /* not about the claimed address, or not well formed */
	ANSWER_SEND,    /* send what out holds */
	ANSWER_CONFLICT /* another host has the address: out->other */
};

struct answer {
	uint8_t bytes[ANSWER_BYTES];
	size_t len;
	uint8_t to[ANSWER_MAC_BYTES];    /* the frame's destination */
	uint8_t other[ANSWER_MAC_BYTES]; /* ANSWER_CONFLICT: whose it is */
};

/* The answer to a packet that came from a MAC address: for IPv4 an ARP packet, for IPv6 an IPv6 packet. */
enum answer_kind answer_make(const struct claim *claim, const uint8_t from[ANSWER_MAC_BYTES],
                             const uint8_t *packet, size_t len, struct answer *out);

/* The question whether somebody has the address: an ARP probe (RFC 5227), or a
 * solicitation for duplicate address detection (RFC 4862). */
void answer_probe(const struct claim *claim, struct answer *out);

/* The MAC address of the multicast group in which an IPv6 address is asked for (RFC 4291, 2.7.1; RFC 2464,
 * 7). */
void answer_group(const struct addr *a, uint8_t mac[ANSWER_MAC_BYTES]);

/* The second way to keep our kernel out: a source address on the local network that the kernel does not
 * own. Somebody must say where it lives, so we answer ARP requests (RFC 826) and neighbour solicitations
 * (RFC 4861) for it with the interface's own MAC address. The kernel gets the segments and drops them,
 * since they are for no address of its own (unless it forwards: then it must not). */

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
