/* Filling a libnet context with a segment's headers. Internal to the files
 * that use libnet (build.c, send.c); the type is libnet's own libnet_t. */
#ifndef FW_COMPOSE_H
#define FW_COMPOSE_H

#include "base/diag.h"
#include "core/segment.h"

struct libnet_context;

/* The MAC addresses of a frame. */
struct compose_link {
	uint8_t from[6], to[6];
};

/* Makes the bytes of s, as build.h says, in l, which is cleared before and
 * after: with an Ethernet header where link is not NULL. *packet is libnet's: it goes
 * back by libnet_adv_free_packet(). False with d, and nothing to free. */
bool compose_segment(struct libnet_context *l, const struct segment *s, const struct compose_link *link,
                     uint8_t **packet, uint32_t *len, struct diag *d);

/* Ends libnet's words for what went wrong before its newline. Returns them. */
char *compose_why(char *words);

#endif
