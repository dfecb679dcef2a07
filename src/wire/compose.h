/* From a segment to the bytes of an IP packet, in memory: no privilege is needed. Internal to the files
 * that use libnet; the type is libnet's own libnet_t. */
#ifndef FW_COMPOSE_H
#define FW_COMPOSE_H

#include "base/diag.h"
#include "core/segment.h"

struct libnet_context;

/* The MAC addresses of a frame. */
struct compose_link {
	uint8_t from[6], to[6];
};

/* Makes of s an IPv4 or IPv6 packet (the family of s->src, which s->dst must share) in l, which is cleared
 * before and after: with an Ethernet header where link is not NULL. The IPv4 header has "don't fragment" set.
 * Options that are no multiple of four bytes long are padded with EOL. Checksums are right (RFC 9293, 3.1),
 * but for what s->malformed says; its fragments are the sender's affair (send.h). 0 is written where IPv6 or
 * TCP leaves bits reserved. s->checksum, packet and time_ns do not matter.
 *
 * *packet is libnet's: it goes back by libnet_adv_free_packet(). False with d, and nothing to free: families
 * differ, the packet is over 65535 bytes, or s has only a part of its payload. */
bool compose_segment(struct libnet_context *l, const struct segment *s, const struct compose_link *link,
                     uint8_t **packet, uint32_t *len, struct diag *d);

/* Ends libnet's words for what went wrong before its newline. Returns them. */
char *compose_why(char *words);

#endif
