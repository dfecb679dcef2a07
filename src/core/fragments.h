/* IP fragments of a TCP segment: made, and put together again. In memory; knows no
 * socket, and no host but the two in the header. */
#ifndef FW_FRAGMENTS_H
#define FW_FRAGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"

/* --- made --- */

enum { FRAGMENT_UNIT_BYTES = 8, FRAGMENT_HEADERS_MAX = 64, IP_PACKET_MAX = 65535 };

/* Cuts an IPv4 or IPv6 packet with no options and no extension headers behind link_bytes
 * of a link header, which each fragment gets too. */
struct cutter {
	const uint8_t *packet;
	size_t len, link_bytes;
	size_t most; /* bytes behind the IP header in each; a multiple of 8 */
	uint32_t id; /* IPv6 */
	size_t at;   /* bytes cut off already; starts at 0 */
};

/* The next fragment, to buf, which has room for FRAGMENT_HEADERS_MAX + most. 0: there is none left. */
size_t fragments_cut(struct cutter *c, uint8_t *buf);

/* --- put together --- */

struct gather;

struct gather *gather_new(void);
void gather_free(struct gather *g); /* NULL is allowed */

/* Takes a packet that may be anybody's. What comes in order and without a gap or an overlap is put
 * together, of a few packets at a time; IPv6 where the fragment header is the only one. True with the last
 * fragment: the packet is at *whole, with no trace of its fragments but an IPv4 header checksum of 0,
 * until the next call; *first is how much of it the first fragment held behind the IP header. */
bool gather_take(struct gather *g, const uint8_t *ip, size_t captured, size_t wire_len, const uint8_t **whole,
                 size_t *len, uint16_t *first);

#endif
