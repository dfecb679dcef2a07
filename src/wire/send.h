/* Segments as the bytes of IP packets, and sent by libnet: over the kernel's routing (RAW4, RAW6), or as
 * frames on one interface (LINK). */
#ifndef FW_SEND_H
#define FW_SEND_H

#include "base/diag.h"
#include "core/segment.h"

struct sender;
struct libnet_context; /* libnet's own libnet_t */

/* The MAC addresses of a frame. */
struct compose_link {
	uint8_t from[6], to[6];
};

/* In memory, with no privilege: makes of s an IPv4 or IPv6 packet (the family of s->src, which s->dst must
 * share) in l, which is cleared before and after: with an Ethernet header where link is not NULL. The IPv4
 * header has "don't fragment" set. Options that are no multiple of four bytes long are padded with EOL.
 * Checksums are right (RFC 9293, 3.1), but for what s->malformed says; its fragments are sender_send()'s
 * affair. 0 is written where IPv6 or TCP leaves bits reserved. s->checksum, packet and time_ns do not matter.
 *
 * *packet is libnet's: it goes back by libnet_adv_free_packet(). False with d, and nothing to free: families
 * differ, the packet is over 65535 bytes, or s has only a part of its payload. */
bool compose_segment(struct libnet_context *l, const struct segment *s, const struct compose_link *link,
                     uint8_t **packet, uint32_t *len, struct diag *d);

struct sender_options {
	const char *interface; /* NULL: the routing table decides; needed where link */
	bool link;             /* frames on the interface, past routing and firewall */
	unsigned families;     /* FAMILY_IPV4 | FAMILY_IPV6 (core/scenario.h): what will be sent */
};

/* Opens what is needed, which takes CAP_NET_RAW; nothing later does, so privilege may be dropped afterwards.
 * NULL with a sentence in d: no privilege, no such interface, an interface with no Ethernet header (link). */
struct sender *sender_open(const struct sender_options *options, struct diag *d);

/* NULL is allowed. */
void sender_close(struct sender *s);

/* Resolves the next hop to dst now (link layer; else nothing is to be done), so that
 * the first segment is not late. False with d: no route, no answer. */
bool sender_prepare(struct sender *s, const struct addr *dst, struct diag *d);

/* Sends one segment as compose_segment() makes it, in IP fragments where it says so (the IPv4 header then
 * lacks "don't fragment" and has the segment's identification). Over routing, an IPv4 identification of 0 is
 * replaced by the kernel. False with a sentence in d that says what to do; the sender can be used further. */
bool sender_send(struct sender *s, const struct segment *segment, struct diag *d);

#endif
