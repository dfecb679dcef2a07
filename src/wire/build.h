/* From a segment to the bytes of an IP packet, in memory: libnet with no
 * socket, so no privilege is needed. */
#ifndef FW_BUILD_H
#define FW_BUILD_H

#include "base/diag.h"
#include "core/segment.h"

struct builder;

/* A new builder, to be freed by builder_free(); NULL with d where libnet refuses. */
struct builder *builder_new(struct diag *d);

/* NULL is allowed. */
void builder_free(struct builder *b);

/* Writes s to buf as an IPv4 or IPv6 packet (the family of s->src, which s->dst must share) and its length
 * to *len. The IPv4 header has "don't fragment" set. Options that are no multiple of four bytes long are
 * padded with EOL. Checksums are right (RFC 9293, 3.1), but for
 * what s->malformed says; its fragments are the sender's affair (send.h). 0 is written where IPv6 or TCP
 * leaves bits reserved. s->checksum, packet and time_ns do not matter.
 *
 * False with d: families differ, the packet is over 65535 bytes or does not fit into size, or s has only a
 * part of its payload. */
bool builder_packet(struct builder *b, const struct segment *s, uint8_t *buf, size_t size, size_t *len,
                    struct diag *d);

#endif
