/* From untrusted bytes to a segment. Every length is checked before it is used; nothing is trusted because
 * a kernel captured it. Knows IPv4 with options and IPv6 with extension headers; knows no link layer. */
#ifndef FW_DECODE_H
#define FW_DECODE_H

#include "segment.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decode_result {
	DECODE_OK,
	DECODE_NOT_IP,    /* neither version 4 nor 6 */
	DECODE_NOT_TCP,   /* another protocol, or IPv6 "no next header" */
	DECODE_FRAGMENT,  /* a fragment, also the first; an atomic one (RFC 6946) is not refused */
	DECODE_TRUNCATED, /* headers cut short by the capture or by the packet's own length */
	DECODE_MALFORMED, /* a length or version field that cannot be */
	DECODE_BAD_IP_SUM /* IPv4 header checksum wrong (and not 0, as an offloaded one is) */
};

/* Decodes an IP packet of which captured bytes are at bytes, and which was wire_len bytes long when it
 * passed (captured <= wire_len; bytes after the IP length, as Ethernet pads, are ignored). On DECODE_OK
 * *out is filled; its payload and packet point into bytes. A wrong TCP checksum is not an error here:
 * out->checksum tells. time_ns is copied to out. */
enum decode_result decode_ip(const uint8_t *bytes, size_t captured, size_t wire_len, int64_t time_ns,
                             struct segment *out);

/* Of a packet that decode_ip() calls malformed because of TCP's data offset alone (below 5,
 * or beyond the segment): what it would be with no options, and its offset as malformed.
 * False: it is not that. Not for what a peer sends. */
bool decode_malformed(const uint8_t *bytes, size_t captured, size_t wire_len, int64_t time_ns,
                      struct segment *out);

/* Of a packet that decode_ip() refused: whose it would be. Fills src and dst of *out, ip_id (of
 * an IPv6 fragment the low half of its identification), and sport and dport where they
 * can be found (else 0). False: not even that. */
bool decode_ends(const uint8_t *bytes, size_t captured, struct segment *out);

/* The Internet checksum (RFC 1071) over the segment's pseudo-header and TCP bytes; used by decode and by
 * tests. sum starts at 0 or at an earlier call's value (only the last call's len may be odd); returns the
 * unfolded sum. */
uint32_t checksum_add(uint32_t sum, const uint8_t *bytes, size_t len);

/* The sum folded to 16 bits and complemented: what a header's field is to
 * hold; 0 where the bytes summed up hold a right checksum already. */
uint16_t checksum_fold(uint32_t sum);

/* Writes a word to a place that is summed up, and keeps the checksum that stands at sum right (RFC 1624). */
void checksum_set16(uint8_t *at, uint16_t word, uint8_t *sum);

/* IP fragments of a TCP segment: made, and put together again. In memory; knows no
 * socket, and no host but the two in the header. */

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
