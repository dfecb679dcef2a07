/* Follows a connection's segments and keeps what matters for its close: who is who, FINs, data, and RST.
 * What is unusual is in close_unusual.c, the words are in close_words.c. */
#include "read/close_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A kernel's RST in answer to a segment follows it at once. The capture may be
 * taken at the other end of a path, so this is generous. */
#define ANSWER_NS (20 * NS_PER_MS)

void naming_note(struct naming *n, size_t segment, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(n->marks[segment].note, CASE_NOTE_BYTES, fmt, args);
	va_end(args);
}

/* --- ends --- */

/* The first SYN tells who is who; a SYN-ACK comes from the other end. */
static void find_guide(struct naming *n)
{
	n->guide = n->count > 0 ? n->list[0] : NULL;
	for (size_t i = 0; i < n->count; i++) {
		if (!(n->list[i]->flags & TCP_SYN))
			continue;
		n->guide = n->list[i];
		n->turned = n->guide->flags & TCP_ACK;
		n->out->began = true;
		return;
	}
}

static int end_of(const struct naming *n, const struct segment *s)
{
	bool same = s->sport == n->guide->sport && addr_equal(&s->src, &n->guide->src);

	return same == n->turned;
}

/* Where all is from one end, and that end answers a segment that is not there, the other direction was not
 * captured: an ACK beside its SYN, or one that goes on. Without that the other end may be silent. */
static void find_only(struct naming *n)
{
	const struct segment *acked = NULL;
	bool syn = false, answers = false;

	n->only = -1;
	for (size_t i = 0; i < n->count; i++) {
		const struct segment *s = n->list[i];

		if (end_of(n, s) != end_of(n, n->list[0]))
			return;
		syn = syn || (s->flags & TCP_SYN);
		if ((s->flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
			continue;
		answers = answers || syn || (acked && seq_gt(s->ack, acked->ack));
		acked = s;
	}
	if (answers)
		n->only = end_of(n, n->list[0]);
}

/* --- a FIN: how often it was sent, which copies and which ACKs of it were lost --- */

static void first_fin(struct naming *n, size_t i, int from)
{
	struct close_case *c = n->out;
	const struct end *to = &c->seen.ends[!from];

	c->fins[from] = (struct close_fin){.copies = 1, .first = i, .last = i};
	if (to->fin) {
		bool covers = seq_ge(n->list[i]->ack, to->fin_end);

		n->crossed = !covers;
		n->merged = covers && !c->fins[!from].acked;
	}
	if (c->close_at == n->count)
		c->close_at = i;
}

static void fin_again(struct naming *n, size_t i, int from)
{
	struct close_fin *f = &n->out->fins[from];

	if (f->answered) {
		f->ack_lost++;
		n->marks[f->ack].lost = true;
	} else if (!f->held) {
		f->lost++;
		n->marks[f->last].lost = true;
	}
	naming_note(n, i, "resend %u of the FIN", f->copies++);
	if (f->gap_count < FIN_GAPS_MAX)
		f->gaps_ns[f->gap_count++] = n->list[i]->time_ns - n->list[f->last]->time_ns;
	f->last = i;
	f->answered = f->acked = false;
}

static void fin_take(struct naming *n, size_t i, int from)
{
	const struct end *e = &n->out->seen.ends[from];
	const struct segment *s = n->list[i];

	if ((s->flags & (TCP_FIN | TCP_ACK | TCP_RST)) != (TCP_FIN | TCP_ACK))
		return;
	if (!e->fin)
		first_fin(n, i, from);
	else if (segment_end(s) == e->fin_end)
		fin_again(n, i, from);
}

static bool is_bare_ack(const struct segment *s)
{
	return s->payload_len == 0 && (s->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK;
}

/* A second ACK on the heels of the first answers a copy of the FIN that was not
 * lost: on a long path the ACK was only slower than the resend. */
static void ack_again(struct naming *n, size_t i, int whose)
{
	struct close_fin *f = &n->out->fins[whose];
	const struct segment *s = n->list[i], *before = n->list[f->ack];
	int64_t late_ns = s->time_ns - n->list[f->first_ack]->time_ns;
	int64_t sending_ns = n->list[f->last]->time_ns - n->list[f->first]->time_ns;

	/* An ACK that the FIN behind it overtook has that number too. */
	if (f->lost == 0 || !is_bare_ack(s) || !is_bare_ack(before) || s->seq != before->seq ||
	    s->ack != before->ack || s->wnd != before->wnd || late_ns > sending_ns + 50 * NS_PER_MS)
		return;
	f->lost--;
	for (size_t k = f->last; k-- > f->first;)
		if (n->marks[k].lost && (n->list[k]->flags & TCP_FIN) &&
		    segment_end(n->list[k]) == n->out->seen.ends[whose].fin_end) {
			n->marks[k].lost = false;
			return;
		}
}

/* RFC 2018: the FIN came, and waits for data before it. */
static bool holds(const struct segment *s, uint32_t fin_end)
{
	struct tcp_option sack;

	if (!options_find(s->options, s->options_len, OPT_SACK, &sack))
		return false;
	for (unsigned k = 0; k < sack.sack_blocks; k++)
		if (sack.sack[k].right == fin_end)
			return true;
	return false;
}

static void fin_take_ack(struct naming *n, size_t i, int from)
{
	const struct end *to = &n->out->seen.ends[!from];
	struct close_fin *f = &n->out->fins[!from];
	const struct segment *s = n->list[i];

	if (!to->fin || (s->flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
		return;
	if (seq_lt(s->ack, to->fin_end)) {
		f->held = f->held || holds(s, to->fin_end);
		return;
	}
	if (f->answered)
		ack_again(n, i, !from);
	else
		f->first_ack = i;
	f->acked = f->acked || !f->answered;
	f->answered = true;
	f->ack = i;
}

/* Where a FIN was resent and never acknowledged its last copy is lost as well. Of one direction nobody can
 * tell: what came of it the other would. */
static void fin_settle(struct naming *n)
{
	for (int end = 0; end < 2; end++) {
		struct close_fin *f = &n->out->fins[end];

		if (n->only >= 0) {
			f->lost = f->ack_lost = 0;
		} else if (f->copies > 1 && !f->acked && f->ack_lost == 0 && !f->held) {
			f->lost = f->copies;
			n->marks[f->last].lost = true;
		}
	}
	for (size_t i = 0; i < n->count && n->only >= 0; i++)
		n->marks[i].lost = false;
}

/* --- a RST --- */

size_t naming_answered(const struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];

	if (s->flags & TCP_ACK)
		return i;
	for (size_t k = i; k-- > 0 && s->time_ns - n->list[k]->time_ns < ANSWER_NS;)
		if (n->marks[k].from == !from && (n->list[k]->flags & TCP_ACK) && n->list[k]->ack == s->seq)
			return k;
	return i;
}

static void take_rst(struct naming *n, size_t i, int from)
{
	struct close_case *c = n->out;
	struct close_fin *f = &c->fins[from];
	struct rst_facts *r = &n->rst;

	if (r->seen)
		return;
	*r = (struct rst_facts){.seen = true, .from = from, .at = i, .after_fin = c->seen.ends[from].fin};
	r->answered = naming_answered(n, i, from);
	r->answers = r->answered != i;
	r->answers_data = r->answers && n->list[r->answered]->payload_len > 0;
	/* Was what it answers the first to acknowledge a FIN that had been resent? Then that came too late:
	 * this end had given up. */
	r->gave_up = r->answers && !r->answers_data && f->answered && f->first_ack == r->answered &&
	             f->copies > 1 && f->ack_lost == 0;
	f->acked = f->acked && !r->gave_up;
	r->was_closed = c->fins[0].acked && c->fins[1].acked;
	if (c->close_at == n->count)
		c->close_at = i;
}

/* --- data --- */

/* What lies in a resend and was not acknowledged by then was lost. A FIN's fate is fin_take()'s. */
static void lose_before(struct naming *n, size_t i, int from)
{
	const struct end *to = &n->out->seen.ends[!from];
	const struct segment *s = n->list[i];
	size_t first = i > LOOK_BACK ? i - LOOK_BACK : 0;

	for (size_t k = i; k-- > first;) {
		const struct segment *before = n->list[k];
		uint32_t end = segment_end(before);

		if (n->marks[k].from != from || n->marks[k].lost || before->payload_len == 0 ||
		    (before->flags & (TCP_FIN | TCP_RST)) || seq_lt(before->seq, s->seq) ||
		    seq_gt(end, segment_end(s)) || (to->has_acked && seq_ge(to->acked, end)))
			continue;
		n->marks[k].lost = true;
		naming_note(n, i, "data sent again");
	}
}

static void take_data(struct naming *n, size_t i, int from)
{
	struct close_fin *f = &n->out->fins[!from];
	const struct segment *s = n->list[i];

	if (observer_resends(&n->out->seen, s, from)) {
		lose_before(n, i, from);
	} else if (n->out->seen.ends[!from].fin) {
		f->after += s->payload_len;
		f->after_ns = s->time_ns;
	}
}

/* --- all of it --- */

static void take(struct naming *n, size_t i)
{
	const struct segment *s = n->list[i];
	int from = end_of(n, s);

	n->marks[i].from = from;
	unusual_look(n, i, from);
	if (s->checksum == CHECKSUM_BAD)
		return;
	n->syn_copies += (s->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	if (s->payload_len > 0)
		take_data(n, i, from);
	if (s->flags & TCP_RST)
		take_rst(n, i, from);
	fin_take(n, i, from);
	fin_take_ack(n, i, from);
	observer_see(&n->out->seen, s, from, false);
}

static void begin(struct naming *n)
{
	n->out->seen = (struct observer){0};
	if (n->count > 0 && !n->out->began)
		observer_begin_open(&n->out->seen, n->list[0], end_of(n, n->list[0]));
}

void close_case_name(const struct segment *const *list, size_t count, int64_t end_ns, struct close_case *out,
                     struct case_mark *marks)
{
	struct naming n = {.list = list, .count = count, .end_ns = end_ns, .out = out};

	*out = (struct close_case){.first = -1, .seconds_ns = -1, .close_at = count};
	n.marks = marks ? marks : memory_new(count, sizeof *n.marks);
	memset(n.marks, 0, count * sizeof *n.marks);
	find_guide(&n);
	find_only(&n);
	begin(&n);
	for (size_t i = 0; i < count; i++)
		take(&n, i);
	fin_settle(&n);
	unusual_end(&n);
	words_settle(&n);
	/* The states, now that it is known what was lost. */
	begin(&n);
	for (size_t i = 0; i < count; i++)
		observer_see(&out->seen, list[i], n.marks[i].from, n.marks[i].lost);
	if (!marks)
		free(n.marks);
}
