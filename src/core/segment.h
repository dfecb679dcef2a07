/* A TCP segment as a value, with what of its IP header matters here. No socket, no capture: decode.h makes
 * one from bytes, wire/send.h makes bytes from one. */
#ifndef FW_SEGMENT_H
#define FW_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "core/malform.h"
#include "core/options.h"

/* The control bits of RFC 9293, 3.1, as they stand in the header's bytes 12
 * and 13, with the AE bit of RFC 9768. */
enum {
	TCP_FIN = 0x001,
	TCP_SYN = 0x002,
	TCP_RST = 0x004,
	TCP_PSH = 0x008,
	TCP_ACK = 0x010,
	TCP_URG = 0x020,
	TCP_ECE = 0x040,
	TCP_CWR = 0x080,
	TCP_AE = 0x100,
	TCP_FLAGS = 0x1ff
};

enum { TCP_RESERVED = 0x0e };

enum { TCP_HEADER_BYTES = 20 };

/* What is known of a segment's checksum (RFC 9293, 3.1; MUST-2, MUST-3). */
enum checksum {
	CHECKSUM_GOOD,
	CHECKSUM_BAD,
	CHECKSUM_OFFLOADED, /* only the pseudo-header's sum is there: left to the sender's network card */
	CHECKSUM_UNKNOWN    /* the capture holds only a part of it, or a source route goes on beyond dst */
};

struct segment {
	struct addr src;
	struct addr dst;
	uint16_t sport; /* host byte order, as all numbers here */
	uint16_t dport;
	uint32_t seq;
	uint32_t ack; /* as in the header, also where TCP_ACK is not set */
	uint16_t flags;
	uint8_t reserved; /* decoded: the three reserved bits, as they stand in the header's byte 12 */
	uint16_t wnd;     /* as in the header, not scaled */
	uint16_t urg;
	uint16_t ip_id;      /* IPv4 only */
	uint8_t ttl;         /* IPv6: hop limit */
	uint8_t tos;         /* IPv6: traffic class */
	uint8_t options_len; /* bytes, with padding: 0, 4 ... 40 in a decoded segment */
	uint8_t options[TCP_OPTIONS_MAX_BYTES];
	struct malformation malformed; /* to be sent so, or found by malform_decode() */
	enum checksum checksum;        /* decoded: what was found */
	uint32_t payload_len;          /* bytes on the wire */
	uint32_t payload_captured;     /* bytes at payload, <= payload_len */
	const uint8_t *payload;        /* borrowed, NULL where payload_captured is 0 */
	const uint8_t *packet;         /* decoded: the IP packet, borrowed; else NULL */
	uint32_t packet_captured;      /* bytes at packet */
	uint32_t tcp_offset;           /* decoded: where in packet the TCP header starts */
	int64_t time_ns;               /* decoded: the capture's timestamp */
};

/* Sequence numbers, modulo 2^32 (RFC 9293, 3.4). Comparing two makes sense while they are less than 2^31
 * apart, as TCP's windows see to. How far b lies behind a, signed: seq_diff(a, b) == a - b. */
static inline int32_t seq_diff(uint32_t a, uint32_t b) { return (int32_t)(a - b); }

static inline bool seq_lt(uint32_t a, uint32_t b) { return seq_diff(a, b) < 0; }
static inline bool seq_le(uint32_t a, uint32_t b) { return seq_diff(a, b) <= 0; }
static inline bool seq_gt(uint32_t a, uint32_t b) { return seq_diff(a, b) > 0; }
static inline bool seq_ge(uint32_t a, uint32_t b) { return seq_diff(a, b) >= 0; }

/* low <= x <= high on the circle, where the range runs upwards from low and
 * may wrap. Any x is in the range [low, low - 1]. */
static inline bool seq_between(uint32_t low, uint32_t x, uint32_t high) { return x - low <= high - low; }

/* SEG.LEN: the sequence space that the segment occupies, SYN and FIN counted (RFC 9293, 3.4). */
uint32_t segment_len(const struct segment *s);

/* The number after the segment's last: SEG.SEQ + SEG.LEN. */
uint32_t segment_end(const struct segment *s);

/* The bytes of TCP that it puts into IP: header, options with their padding, payload. */
uint32_t segment_bytes(const struct segment *s);

/* Writes the flags in tcpdump's notation ("S.", "F.", "R", "FP.", "." and "none") and returns buf. */
enum { FLAGS_TEXT_BYTES = 12 };
extern const char flags_letters[]; /* one for each bit, TCP_FIN first */
const char *flags_text(uint16_t flags, char buf[FLAGS_TEXT_BYTES]);

#endif
