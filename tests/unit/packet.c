/* IP packets for tests. Knows nothing of core's decoding. */
#include "packet.h"

#include <assert.h>
#include <string.h>

enum { IP4 = 20, IP6 = 40 };

static void put(struct packet *p, size_t at, unsigned bytes, uint32_t v)
{
	while (bytes--) {
		p->bytes[at + bytes] = (uint8_t)v;
		v >>= 8;
	}
}

static void append(struct packet *p, const uint8_t *bytes, size_t len)
{
	assert(p->len + len <= PACKET_BYTES);
	if (len)
		memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static bool is_ipv4(const struct packet *p) { return p->bytes[0] >> 4 == 4; }

void packet_ip(struct packet *p, const struct segment *s, const uint8_t *options, size_t len)
{
	memset(p, 0, sizeof *p);
	if (s->src.family == 4) {
		p->bytes[0] = (uint8_t)(0x40 | (IP4 + len) / 4);
		p->bytes[1] = s->tos;
		put(p, 4, 2, s->ip_id);
		p->bytes[8] = s->ttl;
		memcpy(p->bytes + 12, s->src.bytes, 4);
		memcpy(p->bytes + 16, s->dst.bytes, 4);
		p->len = IP4;
		p->next = 9;
		append(p, options, len);
	} else {
		p->bytes[0] = (uint8_t)(0x60 | s->tos >> 4);
		p->bytes[1] = (uint8_t)(s->tos << 4);
		p->bytes[7] = s->ttl;
		memcpy(p->bytes + 8, s->src.bytes, 16);
		memcpy(p->bytes + 24, s->dst.bytes, 16);
		p->len = IP6;
		p->next = 6;
	}
}

void packet_extension(struct packet *p, uint8_t kind, const uint8_t *body, size_t len)
{
	p->bytes[p->next] = kind;
	p->next = p->len++;
	append(p, body, len);
}

void packet_tcp(struct packet *p, const struct segment *s)
{
	uint8_t header[TCP_HEADER_BYTES] = {0};

	p->bytes[p->next] = 6;
	p->tcp = p->len;
	append(p, header, sizeof header);
	put(p, p->tcp, 2, s->sport);
	put(p, p->tcp + 2, 2, s->dport);
	put(p, p->tcp + 4, 4, s->seq);
	put(p, p->tcp + 8, 4, s->ack);
	put(p, p->tcp + 12, 2,
	    (uint32_t)(5 + s->options_len / 4) << 12 | (uint32_t)s->reserved << 8 | s->flags);
	put(p, p->tcp + 14, 2, s->wnd);
	put(p, p->tcp + 18, 2, s->urg);
	append(p, s->options, s->options_len);
	append(p, s->payload, s->payload_len);
	packet_seal(p);
}

/* One's complement sum, a byte at a time and folded at each step. */
static uint32_t add(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

void packet_tcp_sum(struct packet *p, bool offloaded)
{
	uint32_t len = (uint32_t)(p->len - p->tcp);
	uint8_t numbers[4] = {0, 6, (uint8_t)(len >> 8), (uint8_t)len};
	uint32_t sum = is_ipv4(p) ? add(0, p->bytes + 12, 8) : add(0, p->bytes + 8, 32);

	sum = add(sum, numbers, sizeof numbers);
	put(p, p->tcp + 16, 2, 0);
	put(p, p->tcp + 16, 2, offloaded ? sum : 0xffff - add(sum, p->bytes + p->tcp, len));
}

void packet_seal(struct packet *p)
{
	if (is_ipv4(p)) {
		put(p, 2, 2, (uint32_t)p->len);
		put(p, 10, 2, 0);
		put(p, 10, 2, 0xffff - add(0, p->bytes, 4u * (p->bytes[0] & 15u)));
	} else {
		put(p, 4, 2, (uint32_t)(p->len - IP6));
	}
	if (p->tcp)
		packet_tcp_sum(p, false);
}

void packet_build(struct packet *p, const struct segment *s)
{
	packet_ip(p, s, NULL, 0);
	packet_tcp(p, s);
}

struct segment packet_segment(int family)
{
	static const struct addr addrs[2][2] = {
	    {{4, {192, 0, 2, 1}}, {4, {198, 51, 100, 2}}},
	    {{6, {0x20, 1, 0xd, 0xb8, [15] = 1}}, {6, {0x20, 1, 0xd, 0xb8, [7] = 2, [15] = 2}}},
	};

	return (struct segment){
	    .src = addrs[family == 6][0],
	    .dst = addrs[family == 6][1],
	    .sport = 40000,
	    .dport = 80,
	    .seq = 0xfffffff0,
	    .ack = 0x12345678,
	    .flags = TCP_ACK,
	    .wnd = 64240,
	    .ttl = 64,
	    .ip_id = (uint16_t)(family == 4 ? 0xbeef : 0),
	};
}
