/* IP fragments (RFC 791, 3.2; RFC 8200, 4.5): cut, and gathered again. What is gathered may
 * be anybody's: every length is checked. */
#include "decode.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

enum { IPV4_BYTES = 20, IPV6_BYTES = 40, FRAGMENT_HEADER_BYTES = 8, MORE_V4 = 0x2000, MORE_V6 = 1 };
enum { PROTO_TCP = 6, PROTO_FRAGMENT = 44 };

/* --- made --- */

size_t fragments_cut(struct cutter *c, uint8_t *buf)
{
	const uint8_t *ip = c->packet + c->link_bytes;
	bool v4 = ip[0] >> 4 == 4;
	size_t headers = c->link_bytes + (v4 ? IPV4_BYTES : IPV6_BYTES);
	size_t rest = c->len - headers - c->at, take = rest < c->most ? rest : c->most;
	bool more = rest > take;
	uint8_t *to;

	if (rest == 0)
		return 0;
	memcpy(buf, c->packet, headers);
	to = buf + c->link_bytes;
	if (v4) {
		bytes_put16(to + 2, (uint16_t)(IPV4_BYTES + take));
		bytes_put16(to + 6, (uint16_t)(c->at / FRAGMENT_UNIT_BYTES | (more ? MORE_V4 : 0)));
		bytes_put16(to + 10, 0);
		bytes_put16(to + 10, checksum_fold(checksum_add(0, to, IPV4_BYTES)));
		to += IPV4_BYTES;
	} else {
		bytes_put16(to + 4, (uint16_t)(FRAGMENT_HEADER_BYTES + take));
		to[IPV6_BYTES] = to[6];
		to[IPV6_BYTES + 1] = 0;
		bytes_put16(to + IPV6_BYTES + 2, (uint16_t)(c->at | (more ? MORE_V6 : 0)));
		bytes_put32(to + IPV6_BYTES + 4, c->id);
		to[6] = PROTO_FRAGMENT;
		to += IPV6_BYTES + FRAGMENT_HEADER_BYTES;
	}
	memcpy(to, c->packet + headers + c->at, take);
	c->at += take;
	return (size_t)(to - buf) + take;
}

/* --- put together --- */

enum { AT_A_TIME = 16 };

/* A packet of which the first fragments came. */
struct begun {
	uint8_t *bytes;       /* IP header and what came; NULL: the place is free */
	bool done;            /* and handed out: free at the next call */
	size_t headers, held; /* held: behind the IP header */
	uint16_t first;
	uint32_t id;
};

struct gather {
	struct begun begun[AT_A_TIME];
	size_t next; /* the place to be taken where none is free */
};

/* One fragment, as its headers say. */
struct fragment {
	size_t headers; /* bytes of the IP header, without the fragment header */
	size_t at, len; /* its place behind the header, and its bytes */
	const uint8_t *bytes;
	uint32_t id;
	bool more;
};

struct gather *gather_new(void) { return memory_new(1, sizeof(struct gather)); }

void gather_free(struct gather *g)
{
	for (size_t i = 0; g && i < AT_A_TIME; i++)
		free(g->begun[i].bytes);
	free(g);
}

/* False: it is none, or not whole, or not one that we look at. */
static bool read_ipv4(const uint8_t *ip, size_t have, struct fragment *f)
{
	size_t total;

	if (have < IPV4_BYTES || ip[0] != 0x45 || ip[9] != PROTO_TCP)
		return false;
	total = bytes_get16(ip + 2);
	if (total < IPV4_BYTES || total > have || checksum_fold(checksum_add(0, ip, IPV4_BYTES)) != 0)
		return false;
	*f = (struct fragment){
	    .headers = IPV4_BYTES,
	    .at = (size_t)(bytes_get16(ip + 6) & 0x1fff) * FRAGMENT_UNIT_BYTES,
	    .len = total - IPV4_BYTES,
	    .bytes = ip + IPV4_BYTES,
	    .id = bytes_get16(ip + 4),
	    .more = bytes_get16(ip + 6) & MORE_V4,
	};
	return f->more || f->at;
}

static bool read_ipv6(const uint8_t *ip, size_t have, struct fragment *f)
{
	const uint8_t *header = ip + IPV6_BYTES;
	size_t total;

	if (have < IPV6_BYTES + FRAGMENT_HEADER_BYTES || ip[0] >> 4 != 6 || ip[6] != PROTO_FRAGMENT ||
	    header[0] != PROTO_TCP)
		return false;
	total = IPV6_BYTES + (size_t)bytes_get16(ip + 4);
	if (total < IPV6_BYTES + FRAGMENT_HEADER_BYTES || total > have)
		return false;
	*f = (struct fragment){
	    .headers = IPV6_BYTES,
	    .at = bytes_get16(header + 2) & 0xfff8,
	    .len = total - IPV6_BYTES - FRAGMENT_HEADER_BYTES,
	    .bytes = header + FRAGMENT_HEADER_BYTES,
	    .id = bytes_get32(header + 4),
	    .more = bytes_get16(header + 2) & MORE_V6,
	};
	return f->more || f->at;
}

static void drop(struct begun *b)
{
	free(b->bytes);
	*b = (struct begun){0};
}

static struct begun *begin(struct gather *g, const uint8_t *ip, const struct fragment *f)
{
	struct begun *b = &g->begun[g->next++ % AT_A_TIME];

	drop(b);
	b->bytes = memory_new(1, f->headers + IP_PACKET_MAX);
	memcpy(b->bytes, ip, f->headers);
	b->headers = f->headers;
	b->id = f->id;
	b->first = (uint16_t)f->len;
	return b;
}

/* Of the same two hosts, in the same order. */
static struct begun *find(struct gather *g, const uint8_t *ip, const struct fragment *f)
{
	bool v4 = f->headers == IPV4_BYTES;

	for (struct begun *b = g->begun; b < g->begun + AT_A_TIME; b++)
		if (b->bytes && !b->done && b->id == f->id && b->headers == f->headers &&
		    memcmp(b->bytes + (v4 ? 12 : 8), ip + (v4 ? 12 : 8), v4 ? 8 : 32) == 0)
			return b;
	return NULL;
}

/* The header as if the packet had never been cut. */
static size_t finish(struct begun *b)
{
	size_t len = b->headers + b->held;

	if (b->headers == IPV4_BYTES) {
		bytes_put16(b->bytes + 2, (uint16_t)len);
		bytes_put16(b->bytes + 6, 0);
		bytes_put16(b->bytes + 10, 0);
	} else {
		bytes_put16(b->bytes + 4, (uint16_t)b->held);
		b->bytes[6] = PROTO_TCP;
	}
	b->done = true;
	return len;
}

bool gather_take(struct gather *g, const uint8_t *ip, size_t captured, size_t wire_len, const uint8_t **whole,
                 size_t *len, uint16_t *first)
{
	struct fragment f;
	struct begun *b;

	if (captured > wire_len)
		captured = wire_len;
	if (captured == 0 || !(ip[0] >> 4 == 4 ? read_ipv4 : read_ipv6)(ip, captured, &f))
		return false;
	b = find(g, ip, &f);
	if (b && f.at == 0) /* begun anew */
		drop(b);
	if (f.at == 0)
		b = begin(g, ip, &f);
	if (!b)
		return false;
	if (f.at != b->held || (f.more && f.len % FRAGMENT_UNIT_BYTES) ||
	    b->headers + b->held + f.len > IP_PACKET_MAX) {
		drop(b);
		return false;
	}
	memcpy(b->bytes + b->headers + b->held, f.bytes, f.len);
	b->held += f.len;
	if (f.more)
		return false;
	*first = b->first;
	*len = finish(b);
	*whole = b->bytes;
	return true;
}
