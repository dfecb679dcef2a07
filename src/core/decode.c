/* From untrusted bytes to a segment. Reads through struct packet alone, whose
 * two lengths say how far it may look. Knows no link layer and no connection. */
#include "decode.h"

#include "base/bytes.h"

#include <string.h>

enum { IPV4_HEADER_BYTES = 20, IPV6_HEADER_BYTES = 40, EXTENSION_MIN_BYTES = 8 };

/* Protocol numbers, as IPv4's protocol and IPv6's next header have them. */
enum {
	PROTO_HOP_BY_HOP = 0,
	PROTO_TCP = 6,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AH = 51,
	PROTO_DESTINATION = 60
};

/* An IP packet and what its IP headers said. captured <= total: what is there,
 * and how long it is by its own account. Offsets count from bytes. */
struct packet {
	const uint8_t *bytes;
	size_t captured;
	size_t total;
	size_t tcp;      /* where the TCP header starts */
	bool in_transit; /* a routing header has segments left: dst is not the last destination */
	struct addr src, dst;
	uint16_t ip_id;
	uint8_t ttl, tos;
};

static struct addr get_addr(const uint8_t *b, uint8_t family)
{
	struct addr a = {.family = family};

	memcpy(a.bytes, b, family == 4 ? 4 : 16);
	return a;
}

/* --- checksum --- */

uint32_t checksum_add(uint32_t sum, const uint8_t *bytes, size_t len)
{
	uint64_t wide = sum;

	for (; len >= 2; bytes += 2, len -= 2)
		wide += bytes_get16(bytes);
	if (len)
		wide += (uint32_t)bytes[0] << 8;
	while (wide >> 32)
		wide = (wide & UINT32_MAX) + (wide >> 32); /* 2^32 is 1 in this arithmetic */
	return (uint32_t)wide;
}

uint16_t checksum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void checksum_set16(uint8_t *at, uint16_t word, uint8_t *sum)
{
	uint32_t fresh = (uint32_t)(uint16_t)~bytes_get16(sum) + (uint16_t)~bytes_get16(at) + word;

	bytes_put16(at, word);
	bytes_put16(sum, checksum_fold(fresh));
}

/* RFC 9293, 3.1, and RFC 8200, 8.1: both pseudo-headers sum up alike. */
static enum checksum verify(const struct packet *p)
{
	size_t addr_bytes = p->src.family == 4 ? 4 : 16;
	uint32_t tcp_bytes = (uint32_t)(p->total - p->tcp);
	uint32_t pseudo = PROTO_TCP + (tcp_bytes >> 16) + (tcp_bytes & 0xffff);
	uint16_t offloaded;

	pseudo = checksum_add(pseudo, p->src.bytes, addr_bytes);
	pseudo = checksum_add(pseudo, p->dst.bytes, addr_bytes);
	offloaded = checksum_fold(pseudo) ^ 0xffff; /* not complemented */
	if (p->captured < p->total || p->in_transit)
		return CHECKSUM_UNKNOWN;
	if (checksum_fold(checksum_add(pseudo, p->bytes + p->tcp, p->total - p->tcp)) == 0)
		return CHECKSUM_GOOD;
	if (bytes_get16(p->bytes + p->tcp + 16) == offloaded)
		return CHECKSUM_OFFLOADED;
	return CHECKSUM_BAD;
}

/* --- lengths --- */

/* Settles how long the packet is. said: by its own header, 0 where that is left open (segmentation
 * offload, or a jumbogram: RFC 2675), and then the wire's length counts. */
static enum decode_result set_total(struct packet *p, size_t said, size_t wire_len)
{
	p->total = said ? said : wire_len;
	if (p->total > wire_len)
		return DECODE_TRUNCATED;
	if (p->captured > p->total)
		p->captured = p->total; /* the link layer's padding */
	return DECODE_OK;
}

/* Whether a header of len bytes, a length that the packet itself gives, lies at offset. */
static enum decode_result check_header(const struct packet *p, size_t offset, size_t len)
{
	if (len > p->total - offset)
		return DECODE_MALFORMED;
	return len > p->captured - offset ? DECODE_TRUNCATED : DECODE_OK;
}

/* --- IPv4 --- */

static enum decode_result decode_ipv4(struct packet *p, size_t wire_len)
{
	const uint8_t *ip = p->bytes;
	size_t header_bytes;
	enum decode_result r;

	if (p->captured < IPV4_HEADER_BYTES)
		return DECODE_TRUNCATED;
	header_bytes = 4u * (ip[0] & 0x0f);
	if (header_bytes < IPV4_HEADER_BYTES)
		return DECODE_MALFORMED;
	r = set_total(p, bytes_get16(ip + 2), wire_len);
	if (r == DECODE_OK)
		r = check_header(p, 0, header_bytes);
	if (r != DECODE_OK)
		return r;
	if (bytes_get16(ip + 10) && checksum_fold(checksum_add(0, ip, header_bytes)) != 0)
		return DECODE_BAD_IP_SUM;
	if (ip[9] != PROTO_TCP)
		return DECODE_NOT_TCP;
	if (bytes_get16(ip + 6) & 0x3fff) /* more fragments, or an offset */
		return DECODE_FRAGMENT;
	p->tcp = header_bytes;
	p->src = get_addr(ip + 12, 4);
	p->dst = get_addr(ip + 16, 4);
	p->ip_id = bytes_get16(ip + 4);
	p->ttl = ip[8];
	p->tos = ip[1];
	return DECODE_OK;
}

/* --- IPv6 --- */

static bool is_extension(uint8_t proto)
{
	return proto == PROTO_HOP_BY_HOP || proto == PROTO_ROUTING || proto == PROTO_FRAGMENT ||
	       proto == PROTO_AH || proto == PROTO_DESTINATION;
}

/* What an extension header says beyond its length. */
static enum decode_result check_extension(struct packet *p, uint8_t proto, const uint8_t *header, bool first)
{
	if (proto == PROTO_HOP_BY_HOP && !first)
		return DECODE_MALFORMED; /* RFC 8200, 4.1 */
	if (proto == PROTO_AH && header[1] == 0)
		return DECODE_MALFORMED; /* shorter than its own fixed part: RFC 4302, 2 */
	if (proto == PROTO_ROUTING && header[3] != 0)
		p->in_transit = true;
	if (proto == PROTO_FRAGMENT && (bytes_get16(header + 2) & 0xfff9)) /* an offset, or more fragments */
		return header[0] == PROTO_TCP || is_extension(header[0]) ? DECODE_FRAGMENT : DECODE_NOT_TCP;
	return DECODE_OK;
}

/* Steps over the extension headers to TCP. Each is 8 bytes and more, so the
 * packet's end ends the loop. ESP hides what follows it: not TCP for us. */
static enum decode_result skip_extensions(struct packet *p)
{
	uint8_t proto = p->bytes[6];

	for (p->tcp = IPV6_HEADER_BYTES; is_extension(proto);) {
		const uint8_t *header = p->bytes + p->tcp;
		enum decode_result r;
		size_t len;

		if (p->captured - p->tcp < EXTENSION_MIN_BYTES)
			return DECODE_TRUNCATED;
		/* By its own account (RFC 8200, 4; RFC 4302, 2.2). */
		len = proto == PROTO_AH ? 4u * (header[1] + 2u) : 8u * (header[1] + 1u);
		if (proto == PROTO_FRAGMENT)
			len = 8;
		r = check_header(p, p->tcp, len);
		if (r == DECODE_OK)
			r = check_extension(p, proto, header, p->tcp == IPV6_HEADER_BYTES);
		if (r != DECODE_OK)
			return r;
		proto = header[0];
		p->tcp += len;
	}
	return proto == PROTO_TCP ? DECODE_OK : DECODE_NOT_TCP;
}

static enum decode_result decode_ipv6(struct packet *p, size_t wire_len)
{
	const uint8_t *ip = p->bytes;
	enum decode_result r;
	size_t payload_bytes;

	if (p->captured < IPV6_HEADER_BYTES)
		return DECODE_TRUNCATED;
	payload_bytes = bytes_get16(ip + 4);
	r = set_total(p, payload_bytes ? IPV6_HEADER_BYTES + payload_bytes : 0, wire_len);
	if (r != DECODE_OK)
		return r;
	p->src = get_addr(ip + 8, 6);
	p->dst = get_addr(ip + 24, 6);
	p->ttl = ip[7];
	p->tos = (uint8_t)((ip[0] & 0x0f) << 4 | ip[1] >> 4);
	return skip_extensions(p);
}

/* --- TCP --- */

/* false_offset: only where the data offset is false, and then as if there were no options. */
static enum decode_result decode_tcp(const struct packet *p, bool false_offset, struct segment *out)
{
	const uint8_t *tcp = p->bytes + p->tcp;
	size_t header_bytes;
	enum decode_result r;

	if (p->captured - p->tcp < TCP_HEADER_BYTES)
		return DECODE_TRUNCATED;
	header_bytes = 4u * (tcp[12] >> 4);
	r = header_bytes < TCP_HEADER_BYTES ? DECODE_MALFORMED : check_header(p, p->tcp, header_bytes);
	if (false_offset) {
		r = r == DECODE_MALFORMED ? DECODE_OK : DECODE_MALFORMED;
		header_bytes = TCP_HEADER_BYTES;
	}
	if (r != DECODE_OK)
		return r;
	*out = (struct segment){
	    .src = p->src,
	    .dst = p->dst,
	    .sport = bytes_get16(tcp),
	    .dport = bytes_get16(tcp + 2),
	    .seq = bytes_get32(tcp + 4),
	    .ack = bytes_get32(tcp + 8),
	    .flags = bytes_get16(tcp + 12) & TCP_FLAGS,
	    .reserved = tcp[12] & TCP_RESERVED,
	    .wnd = bytes_get16(tcp + 14),
	    .urg = bytes_get16(tcp + 18),
	    .ip_id = p->ip_id,
	    .ttl = p->ttl,
	    .tos = p->tos,
	    .options_len = (uint8_t)(header_bytes - TCP_HEADER_BYTES),
	    .checksum = verify(p),
	    .payload_len = (uint32_t)(p->total - p->tcp - header_bytes),
	    .payload_captured = (uint32_t)(p->captured - p->tcp - header_bytes),
	    .packet = p->bytes,
	    .packet_captured = (uint32_t)p->captured,
	    .tcp_offset = (uint32_t)p->tcp,
	    .malformed = {.has_offset = false_offset, .offset = false_offset ? tcp[12] >> 4 : 0},
	};
	memcpy(out->options, tcp + TCP_HEADER_BYTES, out->options_len);
	if (out->payload_captured)
		out->payload = tcp + header_bytes;
	return DECODE_OK;
}

static enum decode_result decode(const uint8_t *bytes, size_t captured, size_t wire_len, int64_t time_ns,
                                 bool false_offset, struct segment *out)
{
	struct packet p = {.bytes = bytes, .captured = captured};
	enum decode_result r;

	if (wire_len > UINT32_MAX)
		return DECODE_MALFORMED;
	if (p.captured > wire_len)
		p.captured = wire_len; /* a capture that claims more than passed */
	if (p.captured == 0)
		return DECODE_TRUNCATED;
	if (bytes[0] >> 4 == 4)
		r = decode_ipv4(&p, wire_len);
	else if (bytes[0] >> 4 == 6)
		r = decode_ipv6(&p, wire_len);
	else
		r = DECODE_NOT_IP;
	if (r == DECODE_OK)
		r = decode_tcp(&p, false_offset, out);
	if (r == DECODE_OK)
		out->time_ns = time_ns;
	return r;
}

enum decode_result decode_ip(const uint8_t *bytes, size_t captured, size_t wire_len, int64_t time_ns,
                             struct segment *out)
{
	return decode(bytes, captured, wire_len, time_ns, false, out);
}

bool decode_malformed(const uint8_t *bytes, size_t captured, size_t wire_len, int64_t time_ns,
                      struct segment *out)
{
	return decode(bytes, captured, wire_len, time_ns, true, out) == DECODE_OK;
}

bool decode_ends(const uint8_t *b, size_t captured, struct segment *out)
{
	size_t ports = captured; /* where they stand, as far as the headers go */

	*out = (struct segment){0};
	if (captured >= IPV4_HEADER_BYTES && b[0] >> 4 == 4 && b[9] == PROTO_TCP) {
		out->src = get_addr(b + 12, 4);
		out->dst = get_addr(b + 16, 4);
		out->ip_id = bytes_get16(b + 4);
		if (!(bytes_get16(b + 6) & 0x1fff))
			ports = 4u * (b[0] & 0x0f);
	} else if (captured >= IPV6_HEADER_BYTES && b[0] >> 4 == 6) {
		const uint8_t *next = b + IPV6_HEADER_BYTES;

		out->src = get_addr(b + 8, 6);
		out->dst = get_addr(b + 24, 6);
		if (b[6] == PROTO_TCP)
			ports = IPV6_HEADER_BYTES;
		if (b[6] == PROTO_FRAGMENT && captured >= IPV6_HEADER_BYTES + EXTENSION_MIN_BYTES) {
			out->ip_id = bytes_get16(next + 6);
			if (next[0] == PROTO_TCP && !(bytes_get16(next + 2) & 0xfff8))
				ports = IPV6_HEADER_BYTES + EXTENSION_MIN_BYTES;
		}
	} else {
		return false;
	}
	if (ports + 4 <= captured) {
		out->sport = bytes_get16(b + ports);
		out->dport = bytes_get16(b + ports + 2);
	}
	return true;
}
