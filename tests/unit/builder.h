/* From a segment to the bytes of an IP packet, in memory: libnet with no socket, so no privilege is needed.
 */
#ifndef FW_BUILDER_H
#define FW_BUILDER_H

#include "base/diag.h"
#include "core/segment.h"

struct builder;

/* A new builder, to be freed by builder_free(); NULL with d where libnet refuses. */
struct builder *builder_new(struct diag *d);

/* NULL is allowed. */
void builder_free(struct builder *b);

/* Writes the packet that compose_segment() makes of s to buf, and its length to *len. False with d where that
 * refuses, or it does not fit into size. */
bool builder_packet(struct builder *b, const struct segment *s, uint8_t *buf, size_t size, size_t *len,
                    struct diag *d);

#endif
