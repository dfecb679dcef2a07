/* What in a connection breaks a rule of the core's table: each segment's, and those that only who knows all
 * segments can judge. */
#include "read/close_impl.h"

#include <stdio.h>
#include <string.h>

/* RFC 9293, 3.8.6.3 */
enum { DELAYED_ACK_MS = 500 };

/* end's segment at i broke it. What an end does again and again is told once. */
static void found(struct naming *n, size_t i, int end, const struct breach *b)
{
	struct close_case *c = n->out;
	char words[BREACH_TEXT_BYTES];
	struct unusual *u;

	if (rules[b->rule].habit && n->found[end][b->rule])
		return;
	n->found[end][b->rule] = true;
	n->marks[i].unusual = true;
	naming_note(n, i, "%s", rules[b->rule].note);
	if (c->unusual_count == CASE_UNUSUAL_MAX) {
		c->unusual_more++;
		return;
	}
	u = &c->unusual[c->unusual_count++];
	u->rule = b->rule;
	u->segment = i;
	snprintf(u->text, sizeof u->text, "%s's segment %s", close_end_name(c, end), breach_text(b, words));
}

/* --- sent again with other octets --- */

/* Where both segments were captured, do they say the same? */
static bool same_octets(const struct segment *a, const struct segment *b)
{
	uint32_t begin = seq_gt(a->seq, b->seq) ? a->seq : b->seq;
	uint32_t a_end = a->seq + a->payload_captured, b_end = b->seq + b->payload_captured;
	uint32_t end = seq_lt(a_end, b_end) ? a_end : b_end;

	return seq_ge(begin, end) ||
	       memcmp(a->payload + (begin - a->seq), b->payload + (begin - b->seq), end - begin) == 0;
}

static void look_octets(struct naming *n, size_t i, int from)
{
	const struct end *e = &n->out->seen.ends[from];
	const struct segment *s = n->list[i];
	size_t first = i > LOOK_BACK ? i - LOOK_BACK : 0;
	/* RFC 9293, 3.8.4: one octet, the last again, of which nobody reads what it is */
	bool keep_alive = s->payload_len == 1 && segment_end(s) == e->sent && !(s->flags & TCP_FIN);

	if (s->payload_captured == 0 || !e->seen || seq_ge(s->seq, e->sent) ||
	    (s->flags & (TCP_RST | TCP_SYN)) || keep_alive)
		return;
	for (size_t k = i; k-- > first;) {
		const struct segment *before = n->list[k];

		if (n->marks[k].from != from || before->payload_captured == 0 ||
		    (before->flags & (TCP_RST | TCP_SYN)) || before->checksum == CHECKSUM_BAD ||
		    before->payload_len == 1 || same_octets(before, s))
			continue;
		found(n, i, from, &(struct breach){.rule = RULE_OTHER_OCTETS});
		return;
	}
}

/* --- a FIN acknowledged late --- */

/* Only where no ACK before it can have been lost: the FIN was sent once, nothing was
 * missing before it, and this ACK has no other reason: no data, no FIN, no news of the window. */
static void look_ack_late(struct naming *n, size_t i, int from)
{
	const struct end *e = &n->out->seen.ends[from], *to = &n->out->seen.ends[!from];
	const struct close_fin *f = &n->out->fins[!from];
	const struct segment *s = n->list[i], *fin = n->list[f->first];
	int64_t late_ms = (s->time_ns - fin->time_ns) / NS_PER_MS;

	if (f->copies != 1 || f->answered || f->held || !e->has_acked ||
	    (s->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) != TCP_ACK || s->payload_len > 0 ||
	    s->ack != to->fin_end || e->acked != fin->seq || to->sent != to->fin_end || e->wnd != s->wnd ||
	    e->shut_ns != 0 || late_ms <= DELAYED_ACK_MS + 2 * observer_path_ns(&n->out->seen) / NS_PER_MS)
		return;
	found(n, i, from, &(struct breach){RULE_LATE_ACK, late_ms, DELAYED_ACK_MS});
}

/* --- RST --- */

/* A RST's number must be the other end's RCV.NXT, else it is challenged or dropped. Where that end has not
 * acknowledged all yet it is not known. A RST with no ACK answers: it has the number that the answered
 * segment acknowledged, be that old. Was that a RST, and can it not have been another that was still on its
 * way? */
static void look_rst(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	const struct end *e = &n->out->seen.ends[from], *to = &n->out->seen.ends[!from];
	int64_t back_ns = 2 * observer_path_ns(&n->out->seen) + 200 * NS_PER_MS;
	bool answers_rst = false;

	if (to->has_acked && s->seq != to->acked && !(e->seen && s->seq == e->sent) && n->out->seen.opened &&
	    naming_answered(n, i, from) == i)
		found(n, i, from,
		      &(struct breach){.rule = RULE_RST_NUMBER, .got = seq_diff(s->seq, to->acked)});
	if ((s->flags & TCP_ACK) || !to->rst)
		return;
	for (size_t k = i; k-- > 0 && s->time_ns - n->list[k]->time_ns < back_ns;) {
		const struct segment *before = n->list[k];

		if (n->marks[k].from == from || !(before->flags & TCP_ACK) || before->ack != s->seq)
			continue;
		if (!(before->flags & TCP_RST))
			return;
		answers_rst = true;
	}
	if (answers_rst)
		found(n, i, from, &(struct breach){.rule = RULE_RST_FOR_RST});
}

/* --- all of it --- */

void unusual_look(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	struct breach b;

	for (enum rule r = 0; r < RULE_COUNT; r++)
		if (rules[r].judged != JUDGED_AT_OUR_END &&
		    (s->checksum != CHECKSUM_BAD || r == RULE_CHECKSUM) &&
		    rule_broken(r, &n->out->seen, s, from, &b))
			found(n, i, from, &b);
	if (s->checksum == CHECKSUM_BAD)
		return;
	look_octets(n, i, from);
	look_ack_late(n, i, from);
	if (s->flags & TCP_RST)
		look_rst(n, i, from);
}

/* Each gap should be twice the one before; the first may be a tail-loss probe's. */
void unusual_end(struct naming *n)
{
	for (int end = 0; end < 2; end++) {
		const struct close_fin *f = &n->out->fins[end];

		for (unsigned k = 2; k < f->gap_count && f->ack_lost == 0 && n->only < 0; k++)
			if (2 * f->gaps_ns[k] < 3 * f->gaps_ns[k - 1]) {
				found(n, f->last, end,
				      &(struct breach){RULE_NO_BACKOFF, f->gaps_ns[k] / NS_PER_MS,
				                       f->gaps_ns[k - 1] / NS_PER_MS});
				break;
			}
	}
}
