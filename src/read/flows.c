/* Which segment belongs to which connection. Names no case. */
#include "read/file.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/memory.h"

#define uthash_fatal(why) memory_ended()
#include <uthash.h>

/* How long a packet may be in flight from one point of capture to the next. */
#define COPY_NS (20 * NS_PER_MS)
#define COPY_AT_ONCE_NS NS_PER_MS

/* Two ends, in an order that does not depend on the direction. Zeroed before it is filled in. */
struct flow_key {
	struct addr addr[2];
	uint16_t port[2];
};

/* The connection that two ends have now. */
struct current {
	struct flow_key key;
	size_t flow;
	bool used; /* a FIN, a RST or data passed: a new SYN begins another */
	uint32_t syn;
	UT_hash_handle hh;
};

struct finder {
	struct flows *flows;
	struct current *by_key;
};

static size_t add_flow(struct flows *flows)
{
	*LIST_ADD(flows->list, flows->count, flows->room) = (struct flow){0};
	return flows->count - 1;
}

/* The flow that a segment belongs to. */
static struct flow *find(struct finder *f, const struct segment *s)
{
	uint16_t kind = s->flags & (TCP_SYN | TCP_ACK | TCP_RST);
	int order = memcmp(s->src.bytes, s->dst.bytes, sizeof s->src.bytes);
	int first = order > 0 || (order == 0 && s->sport > s->dport);
	struct flow_key key;
	struct current *c;

	memset(&key, 0, sizeof key);
	key.addr[first] = s->src;
	key.addr[!first] = s->dst;
	key.port[first] = s->sport;
	key.port[!first] = s->dport;
	HASH_FIND(hh, f->by_key, &key, sizeof key, c);
	if (!c) {
		c = memory_new(1, sizeof *c);
		c->key = key;
		c->flow = add_flow(f->flows);
		HASH_ADD(hh, f->by_key, key, sizeof key, c);
	} else if (kind == TCP_SYN && c->used && s->seq != c->syn) {
		size_t next = add_flow(f->flows);

		f->flows->list[c->flow].next = next;
		c->flow = next;
		c->used = false;
	}
	if ((kind & ~TCP_RST) == TCP_SYN)
		c->syn = s->seq;
	if ((s->flags & (TCP_FIN | TCP_RST)) || s->payload_len > 0)
		c->used = true;
	return &f->flows->list[c->flow];
}

/* --- copies --- */

/* The same packet? A router counts the hop limit down (in IPv4 with a checksum over it), and a network card
 * fills in TCP's checksum. */
static bool same_bytes(const struct segment *a, const struct segment *b)
{
	bool v4 = a->src.family == 4;
	bool offloaded = a->checksum == CHECKSUM_OFFLOADED || b->checksum == CHECKSUM_OFFLOADED;

	if (!a->packet || !b->packet || a->packet_captured != b->packet_captured ||
	    a->tcp_offset != b->tcp_offset)
		return false;
	for (size_t i = 0; i < a->packet_captured; i++) {
		bool on_the_way = v4 ? i == 8 || i == 10 || i == 11 : i == 7;
		bool by_card = offloaded && (i == a->tcp_offset + 16u || i == a->tcp_offset + 17u);

		if (a->packet[i] != b->packet[i] && !on_the_way && !by_card)
			return false;
	}
	return true;
}

/* A stack gives what it sends again another identification. Where there is none, two
 * segments that are alike are one only if they follow each other at once. */
static bool is_copy(const struct flow *flow, const struct segment *s)
{
	bool answered = false;

	for (size_t i = flow->count; i-- > 0;) {
		const struct segment *before = flow->list[i];
		int64_t apart_ns = s->time_ns - before->time_ns;
		bool numbered = s->src.family == 4 && s->ip_id != 0;

		if (apart_ns > COPY_NS || apart_ns < -COPY_NS)
			return false;
		if (s->sport != before->sport || !addr_equal(&s->src, &before->src)) {
			answered = true;
			continue;
		}
		if ((numbered || (!answered && apart_ns < COPY_AT_ONCE_NS)) && same_bytes(before, s))
			return true;
	}
	return false;
}

static void add_segment(struct flow *to, const struct segment *s, size_t frame)
{
	size_t at = to->count;

	if (is_copy(to, s)) {
		to->copies++;
		return;
	}
	to->frames = memory_room(to->frames, at, &to->frames_room, sizeof *to->frames);
	LIST_ADD(to->list, to->count, to->room);
	/* By insertion: captures are nearly in order. */
	for (; at > 0 && to->list[at - 1]->time_ns > s->time_ns; at--) {
		to->list[at] = to->list[at - 1];
		to->frames[at] = to->frames[at - 1];
	}
	to->list[at] = s;
	to->frames[at] = frame;
}

void flows_find(struct flows *flows, const struct capture_file *file)
{
	struct finder f = {.flows = flows};
	struct current *c, *next;

	memset(flows, 0, sizeof *flows);
	for (size_t i = 0; i < file->count; i++) {
		const struct segment *s = &file->segments[i].segment;

		if (!malform_is_void(s))
			add_segment(find(&f, s), s, file->segments[i].frame);
	}
	HASH_ITER(hh, f.by_key, c, next)
	{
		HASH_DEL(f.by_key, c);
		free(c);
	}
}

void flows_free(struct flows *flows)
{
	for (size_t i = 0; i < flows->count; i++) {
		free(flows->list[i].list);
		free(flows->list[i].frames);
	}
	free(flows->list);
	memset(flows, 0, sizeof *flows);
}
