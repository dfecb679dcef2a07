/* Copies, overtakings and another host's segments, as the evidence shows them. Knows no capture and no
 * engine. */
#include <stdlib.h>
#include <string.h>

#include "run/netpath.h"

#include "base/bytes.h"

/* How far a sender may have counted on within OVERTAKE_NS. */
enum { IDS_NEAR = 64 };

/* --- copies --- */

enum netpath_seen netpath_sees(struct netpath *w, const struct segment *s)
{
	size_t n = w->count < NETPATH_REMEMBERS ? w->count : NETPATH_REMEMBERS;
	uint64_t hash = bytes_hash(s->packet, s->packet_captured);
	bool copy = false, unique = s->ip_id != 0;
	size_t at;

	for (size_t i = 0; i < n; i++) {
		if (w->seen[i].hash == hash)
			copy = copy || s->time_ns - w->seen[i].time_ns <= OVERTAKE_NS;
		else if (w->seen[i].ip_id == s->ip_id)
			unique = false; /* this sender gives the same to different packets */
	}
	if (copy && unique)
		return NETPATH_COPY;
	at = w->count++ % NETPATH_REMEMBERS;
	w->seen[at].time_ns = s->time_ns;
	w->seen[at].hash = hash;
	w->seen[at].ip_id = s->ip_id;
	return copy ? NETPATH_AGAIN : NETPATH_NEW;
}

/* --- overtaking --- */

static bool is_peers(const struct trace *t) { return t->passage == PASSED_IN && !t->ignored; }

static bool near(const struct trace *a, const struct trace *b)
{
	return llabs(a->time_ns - b->time_ns) <= OVERTAKE_NS;
}

static bool ids_tell(const struct segment *a, const struct segment *b)
{
	return a->ip_id != 0 && b->ip_id != 0 && a->ip_id != b->ip_id;
}

/* Was late, which came after early, sent before it? By the identifications; where these don't tell, and
 * may_copy, by the numbers: what came late ends where the other began, or before, and acknowledges no more.
 * In that order a peer would not send them. */
static bool overtook(const struct segment *early, const struct segment *late, bool may_copy)
{
	if (ids_tell(early, late))
		return (uint16_t)(early->ip_id - late->ip_id) <= IDS_NEAR;
	if (!may_copy || ((early->flags | late->flags) & TCP_RST) || !(early->flags & late->flags & TCP_ACK))
		return false;
	return seq_le(segment_end(late), early->seq) && seq_le(late->ack, early->ack) &&
	       (seq_lt(late->ack, early->ack) || seq_lt(segment_end(late), segment_end(early)));
}

bool netpath_overtook(const struct verdict *v, bool may_copy)
{
	for (size_t i = 0; i < v->trace_count; i++) {
		if (!is_peers(&v->trace[i]))
			continue;
		for (size_t k = i + 1; k < v->trace_count && near(&v->trace[i], &v->trace[k]); k++)
			if (is_peers(&v->trace[k]) &&
			    overtook(&v->trace[i].segment, &v->trace[k].segment, may_copy))
				return true;
	}
	return false;
}

/* --- loss --- */

/* A hole of more is another way of counting; a packet longer than this may be several, put together. */
enum { HOLE_MOST = 3, LONE_PACKET_MOST = 1000 };

static size_t holes(const struct verdict *v)
{
	const struct segment *last = NULL;
	size_t lost = 0, next = 0;

	for (const struct trace *t = v->trace; t < v->trace + v->trace_count; t++) {
		const struct segment *s = &t->segment;
		uint16_t step;

		/* A SYN-ACK that has one: its sender counts over all that it sends, to others too (lwIP,
		 * BSD). */
		if (is_peers(t) && (s->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) && s->ip_id != 0)
			return 0;
		/* What has none is said by no socket: RST, SYN-ACK, TIME-WAIT. */
		if (!is_peers(t) || s->src.family != 4 || s->ip_id == 0)
			continue;
		step = last ? (uint16_t)(s->ip_id - last->ip_id) : 1;
		if (last && last->payload_len <= LONE_PACKET_MOST) {
			if (step == 0 || step > HOLE_MOST + 1)
				return 0;
			next += step == 1;
			lost += step - 1u;
		}
		last = s;
	}
	return next > lost ? lost : 0;
}

size_t netpath_lost(const struct verdict *v)
{
	size_t again = 0;

	for (const struct trace *t = v->trace; t < v->trace + v->trace_count; t++)
		again += (t->note.kind == NOTE_ASKS_AGAIN && t->passage == PASSED_OUT && !t->lost) ||
		         t->note.kind == NOTE_SYNACK_AGAIN;
	return again + holes(v);
}

/* --- a long path --- */

/* A scenario leaves time for an answer on a path that is shorter. */
#define LONG_PATH_NS INT64_C(20000000)

static bool says_the_same(const struct segment *a, const struct segment *b)
{
	return a->flags == b->flags && a->seq == b->seq && a->ack == b->ack &&
	       a->payload_len == b->payload_len;
}

bool netpath_crossed(const struct verdict *v, int64_t path_ns, struct reason *why)
{
	const struct trace *end = v->trace + v->trace_count, *wrong = v->trace;
	int64_t sent_ns = 0;
	bool said = false;

	while (wrong < end && !wrong->wrong)
		wrong++;
	if (wrong == end || !is_peers(wrong) || path_ns < LONG_PATH_NS)
		return false;
	for (const struct trace *t = v->trace; t < wrong; t++) {
		if (t->passage == PASSED_OUT && !t->lost)
			sent_ns = t->time_ns;
		said = said || (is_peers(t) && says_the_same(&t->segment, &wrong->segment));
	}
	if (!said || sent_ns == 0 || wrong->time_ns - sent_ns >= path_ns)
		return false;
	*why = (struct reason){.code = CODE_PATH_SLOW, .n = {wrong->time_ns - sent_ns, path_ns}};
	return true;
}

/* --- doubts --- */

/* How many hops it came, by its hop limit: stacks begin with 64, 128 or 255, and some (the BSDs' RST) not
 * with the same for all that they send. */
static unsigned distance(const struct segment *s)
{
	unsigned first = s->ttl <= 64 ? 64 : s->ttl <= 128 ? 128 : 255;

	return first - s->ttl;
}

/* What the path may have made of the two: nothing, another order, or of the first a copy, which is the wrong
 * one. (A copy that comes after it excuses nothing: one of the two the peer has sent.) */
static enum code doubt(const struct segment *a, const struct segment *b, bool may_be_copy, bool may_copy)
{
	bool same = !ids_tell(a, b) && a->flags == b->flags && a->seq == b->seq && a->ack == b->ack &&
	            a->wnd == b->wnd && a->urg == b->urg && a->payload_len == b->payload_len &&
	            a->options_len == b->options_len && memcmp(a->options, b->options, a->options_len) == 0;

	if (may_be_copy && may_copy && same)
		return CODE_PATH_DOUBLED;
	return overtook(a, b, may_copy) ? CODE_PATH_OVERTAKEN : CODE_NONE;
}

bool netpath_doubts(const struct verdict *v, bool may_copy, struct reason *why)
{
	const struct trace *wrong = NULL, *first = NULL; /* the handshake, or what came first of it */

	*why = (struct reason){.code = CODE_NONE};
	for (const struct trace *t = v->trace; t < v->trace + v->trace_count; t++) {
		wrong = !wrong && t->wrong ? t : wrong;
		first = !first && is_peers(t) ? t : first;
	}
	if (!wrong || !is_peers(wrong))
		return false;
	if (distance(&wrong->segment) != distance(&first->segment))
		*why = (struct reason){.code = CODE_PATH_HOP_LIMIT,
		                       .n = {wrong->segment.ttl, first->segment.ttl}};
	for (const struct trace *t = v->trace; !why->code && t < v->trace + v->trace_count; t++) {
		if (t == wrong || !is_peers(t) || !near(t, wrong))
			continue;
		why->code = t < wrong ? doubt(&t->segment, &wrong->segment, true, may_copy)
		                      : doubt(&wrong->segment, &t->segment, false, may_copy);
		why->n[0] = llabs(wrong->time_ns - t->time_ns);
	}
	return why->code != CODE_NONE;
}
