/* From captured packets to runs. Judges nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/decode.h"
#include "run/play.h"

/* --- in the order of their times --- */

/* Copies a decoded segment and its packet. */
static void batch_add(struct batch *b, struct play *play, bool ours, enum ignored ignored,
                      const struct segment *s)
{
	struct batch_entry *e = LIST_ADD(b->entries, b->count, b->room);

	*e = (struct batch_entry){.play = play, .ours = ours, .ignored = ignored, .segment = *s};
	e->packet_at = b->used;
	e->payload_at = s->payload ? b->used + (size_t)(s->payload - s->packet) : 0;
	if (b->used + s->packet_captured > b->bytes_room) {
		b->bytes_room = 2 * (b->used + s->packet_captured);
		b->bytes = memory_resize(b->bytes, b->bytes_room, 1);
	}
	memcpy(b->bytes + b->used, s->packet, s->packet_captured);
	b->used += s->packet_captured;
}

/* By insertion: they are nearly in order. */
void batch_sort(struct batch *b)
{
	for (size_t i = 1; i < b->count; i++) {
		struct batch_entry e = b->entries[i];
		size_t at = i;

		for (; at > 0 && b->entries[at - 1].segment.time_ns > e.segment.time_ns; at--)
			b->entries[at] = b->entries[at - 1];
		b->entries[at] = e;
	}
}

const struct segment *batch_segment(struct batch *b, size_t i)
{
	struct batch_entry *e = &b->entries[i];

	e->segment.packet = b->bytes + e->packet_at;
	if (e->segment.payload)
		e->segment.payload = b->bytes + e->payload_at;
	return &e->segment;
}

void batch_free(struct batch *b)
{
	free(b->entries);
	free(b->bytes);
}

/* --- whose is it --- */

/* Whose port is it? *other: it is that run's second one. */
static struct play *find(const struct plays *all, const struct addr *addr, uint16_t port, bool *other)
{
	struct port_key key;
	struct play *p;

	memset(&key, 0, sizeof key); /* padding is part of the key */
	key.addr = *addr;
	key.port = port;
	HASH_FIND(hh, all->by_port, &key, sizeof key, p);
	*other = !p;
	for (struct play *q = all->list; q && !p; q = q->next)
		if (q->other_port != 0 && q->other_port == port && addr_equal(&q->local.addr, addr))
			p = q;
	return p;
}

/* Is this the other end? In role listen the first SYN settles its port. */
static bool is_peer(struct play *p, const struct addr *addr, uint16_t port, const struct segment *s,
                    bool ours)
{
	if (!addr_equal(addr, &p->job->site->remote))
		return false;
	if (p->remote_port == 0 && !ours && s->checksum != CHECKSUM_BAD &&
	    (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
		p->remote_port = port;
	return p->remote_port == port;
}

/* captured NULL: it was written already. */
static void dump(struct play *p, const struct captured *captured)
{
	if (p->job->dump && captured)
		dump_write(p->job->dump, captured);
}

/* Was it sent from one of our ports? Then the source is looked at first, for on loopback both ends are ours.
 */
static bool take_ours(struct plays *all, const struct captured *captured, const struct segment *s)
{
	bool other;
	struct play *p = find(all, &s->src, s->sport, &other);

	if (!p)
		return false;
	dump(p, captured);
	if (is_peer(p, &s->dst, s->dport, s, true))
		batch_add(&all->batch, p, true, IGNORED_NOT, s);
	return true;
}

/* Of a segment with the connection's addresses and ports. */
static enum ignored why_ignored(struct plays *all, struct play *p, const struct captured *captured,
                                const struct segment *s)
{
	enum netpath_seen seen;

	if (s->checksum == CHECKSUM_BAD)
		return IGNORED_CHECKSUM;
	/* where the peer's handshake came from is settled by the first that comes */
	if (captured->has_source_mac && !p->has_source_mac) {
		p->has_source_mac = true;
		memcpy(p->source_mac, captured->source_mac, sizeof p->source_mac);
	}
	if (captured->has_source_mac &&
	    memcmp(p->source_mac, captured->source_mac, sizeof p->source_mac) != 0)
		return IGNORED_SOURCE_MAC;
	seen = netpath_sees(&p->path, s);
	/* Two SYNs of ours have two answers. */
	all->doubled += seen == NETPATH_AGAIN && (s->flags & TCP_SYN) && p->syns < 2;
	return seen == NETPATH_COPY ? IGNORED_COPY : IGNORED_NOT;
}

static void ignore(struct play *p, enum ignored why)
{
	p->job->ignored++;
	p->job->ignored_why[why]++;
}

static void take_theirs(struct plays *all, const struct captured *captured, const struct segment *s)
{
	bool other;
	struct play *p = find(all, &s->dst, s->dport, &other);
	enum ignored why = IGNORED_OTHER_PORT; /* what is said there is no word of the connection's */

	if (!p || (other && (!addr_equal(&s->src, &p->job->site->remote) || s->sport != p->remote_port)))
		return;
	dump(p, captured);
	if (!other && !is_peer(p, &s->src, s->sport, s, false)) {
		ignore(p, s->checksum == CHECKSUM_BAD ? IGNORED_CHECKSUM : IGNORED_STRANGER);
		return;
	}
	if (!other)
		why = why_ignored(all, p, captured, s);
	if (why != IGNORED_NOT)
		ignore(p, why);
	all->copies += why == IGNORED_COPY;
	batch_add(&all->batch, p, false, why, s);
}

/* --- what is no segment --- */

static enum ignored ignored_as(enum decode_result r)
{
	switch (r) {
	case DECODE_FRAGMENT: return IGNORED_FRAGMENT;
	case DECODE_TRUNCATED:
	case DECODE_MALFORMED: return IGNORED_MALFORMED;
	case DECODE_BAD_IP_SUM: return IGNORED_CHECKSUM;
	case DECODE_OK:
	case DECODE_NOT_IP:
	case DECODE_NOT_TCP: break;
	}
	return IGNORED_NOT;
}

/* A later fragment names no ports: it may be of any run between these two. */
static void take_ruin(struct plays *all, const struct captured *captured, enum decode_result r)
{
	enum ignored why = ignored_as(r);
	struct segment ends;
	struct play *p;

	if (why == IGNORED_NOT || !decode_ends(captured->ip, captured->ip_captured, &ends))
		return;
	for (p = all->list; p; p = p->next) {
		if (!addr_equal(&p->local.addr, &ends.dst) || !addr_equal(&p->job->site->remote, &ends.src) ||
		    (ends.dport != 0 && ends.dport != p->local.port))
			continue;
		dump(p, captured);
		ignore(p, why);
	}
}

/* --- what we malformed ourselves --- */

/* The last fragment that leaves completes the segment: then it left. */
static bool take_malformed(struct plays *all, const struct captured *captured, enum decode_result r)
{
	struct play *sender = NULL;
	struct segment s;

	if (r == DECODE_FRAGMENT) {
		if (!decode_ends(captured->ip, captured->ip_captured, &s))
			return false;
		for (sender = all->list; sender; sender = sender->next)
			if (addr_equal(&sender->local.addr, &s.src) &&
			    addr_equal(&sender->job->site->remote, &s.dst) &&
			    play_sends_fragments(sender, s.ip_id))
				break;
		if (!sender)
			return false;
		dump(sender, captured);
	}
	if (!malform_decode(all->gather, captured->ip, captured->ip_captured, captured->ip_len,
	                    captured->time_ns, &s))
		return sender;
	return take_ours(all, sender ? NULL : captured, &s) || sender;
}

void demux_take(void *plays, const struct captured *captured)
{
	struct plays *all = plays;
	struct segment s;
	enum decode_result r =
	    decode_ip(captured->ip, captured->ip_captured, captured->ip_len, captured->time_ns, &s);

	if (r != DECODE_OK) {
		if (!take_malformed(all, captured, r))
			take_ruin(all, captured, r);
	} else if (!take_ours(all, captured, &s)) {
		take_theirs(all, captured, &s);
	}
}
