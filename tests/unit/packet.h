/* IP packets for tests, built byte by byte and with sums of its own, so that
 * decoding is not tested against itself. */
#ifndef FW_TESTS_PACKET_H
#define FW_TESTS_PACKET_H

#include "core/segment.h"

enum { PACKET_BYTES = 2048 };

struct packet {
	uint8_t bytes[PACKET_BYTES];
	size_t len;
	size_t next; /* where the protocol of what follows is written */
	size_t tcp;  /* where the TCP header starts, once there is one */
};

/* The IP header; s gives addresses (and so the family), ttl, tos, ip_id.
 * options: IPv4 only, a multiple of four bytes. */
void packet_ip(struct packet *p, const struct segment *s, const uint8_t *options, size_t len);

/* An IPv6 extension header: body is all of it but for its first byte. */
void packet_extension(struct packet *p, uint8_t kind, const uint8_t *body, size_t len);

/* The TCP header, options and payload of s; then lengths and checksums. */
void packet_tcp(struct packet *p, const struct segment *s);

/* Lengths and checksums anew, after a test has changed the bytes. */
void packet_seal(struct packet *p);

/* The TCP checksum alone: the right one, or what an offloaded one holds. */
void packet_tcp_sum(struct packet *p, bool offloaded);

/* packet_ip() and packet_tcp(). */
void packet_build(struct packet *p, const struct segment *s);

/* A segment to start from: "." from 192.0.2.1:40000 to 198.51.100.2:80, or the same in 2001:db8::/32. */
struct segment packet_segment(int family);

#endif
