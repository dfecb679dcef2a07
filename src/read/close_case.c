/* Follows a connection's segments and keeps what matters for its close. What
 * is unusual is found in close_unusual.c, the words are in close_words.c. */
#include "read/close_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/seq.h"
#include "base/duration.h"

/* A kernel's RST in answer to a segment follows it at once. The capture may be
 * taken at the other end of a path, so this is generous. */
#define ANSWER_NS (20 * NS_PER_MS)

/* Longer than any path that is of this world. */
#define PATH_UNKNOWN_NS (1000 * NS_PER_MS)

/* How far back the first copy of a resend is looked for: more than a window's segments. */
enum { LOOK_BACK = 10000 };

void naming_note(struct naming *n, size_t segment, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(n->marks[segment].note, CASE_NOTE_BYTES, fmt, args);
	va_end(args);
}

void naming_unusual(struct naming *n, size_t segment, const char *note, const char *fmt, ...)
{
	struct close_case *c = n->out;
	va_list args;

	n->marks[segment].unusual = true;
	naming_note(n, segment, "%s", note);
	if (c->unusual_count == CASE_UNUSUAL_MAX) {
		c->unusual_more++;
		return;
	}
	struct unusual *u = &c->unusual[c->unusual_count++];
	u->segment = segment;
	va_start(args, fmt);
	vsnprintf(u->text, sizeof u->text, fmt, args);
	va_end(args);
}

/* --- ends --- */

/* The first SYN tells who is who; a SYN-ACK comes from the other end. */
static void find_guide(struct naming *n)
{
	n->guide = n->count > 0 ? n->list[0] : NULL;
	n->opened = true;
	for (size_t i = 0; i < n->count; i++) {
		if (!(n->list[i]->flags & TCP_SYN))
			continue;
		n->guide = n->list[i];
		n->turned = n->guide->flags & TCP_ACK;
		n->opened = false;
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

/* --- a FIN and its ACK --- */

static void first_fin(struct naming *n, size_t i, int from)
{
	struct close_case *c = n->out;
	struct close_end *e = &c->ends[from], *o = &c->ends[!from];
	const struct segment *s = n->list[i];

	e->fin = true;
	e->fin_end = segment_end(s);
	e->fin_copies = 1;
	e->fin_ns = e->fin_last_ns = s->time_ns;
	n->way[from].first = n->way[from].last = i;
	if (o->fin) {
		bool covers = seq_ge(s->ack, o->fin_end);
		n->crossed = !covers;
		n->merged = covers && !o->fin_acked;
	}
	if (c->close_at == n->count)
		c->close_at = i;
}

static void fin_again(struct naming *n, size_t i, int from)
{
	struct close_end *e = &n->out->ends[from];
	struct fin_way *w = &n->way[from];
	const struct segment *s = n->list[i];

	if (w->answered) {
		e->ack_lost++;
		n->marks[w->ack].lost = true;
	} else if (!w->held) {
		e->fin_lost++;
		n->marks[w->last].lost = true;
	}
	e->fin_copies++;
	naming_note(n, i, "resend %u of the FIN", e->fin_copies - 1);
	if (w->gap_count < sizeof w->gaps_ns / sizeof *w->gaps_ns)
		w->gaps_ns[w->gap_count++] = s->time_ns - e->fin_last_ns;
	e->fin_last_ns = s->time_ns;
	w->last = i;
	w->answered = false;
	e->fin_acked = false;
}

static void take_fin(struct naming *n, size_t i, int from)
{
	struct close_end *e = &n->out->ends[from];
	const struct segment *s = n->list[i];

	if (!(s->flags & TCP_ACK) || (s->flags & TCP_RST))
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
	struct close_end *e = &n->out->ends[whose];
	struct fin_way *w = &n->way[whose];
	const struct segment *s = n->list[i], *before = n->list[w->ack];
	int64_t late_ns = s->time_ns - n->list[w->first_ack]->time_ns;

	/* An ACK that the FIN behind it overtook has that number too. */
	if (e->fin_lost == 0 || !is_bare_ack(s) || !is_bare_ack(before) || s->seq != before->seq ||
	    s->ack != before->ack || s->wnd != before->wnd ||
	    late_ns > e->fin_last_ns - e->fin_ns + 50 * NS_PER_MS)
		return;
	e->fin_lost--;
	for (size_t k = w->last; k-- > w->first;)
		if (n->marks[k].lost && (n->list[k]->flags & TCP_FIN) &&
		    segment_end(n->list[k]) == e->fin_end) {
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

static void take_ack(struct naming *n, size_t i, int from)
{
	struct close_end *o = &n->out->ends[!from];
	struct fin_way *w = &n->way[!from];
	const struct segment *s = n->list[i];

	if (!o->fin || (s->flags & TCP_RST))
		return;
	if (seq_lt(s->ack, o->fin_end)) {
		w->held = w->held || holds(s, o->fin_end);
		return;
	}
	if (w->answered) {
		ack_again(n, i, !from);
		w->ack = i;
		return;
	}
	w->answered = o->fin_acked = true;
	w->ack = w->first_ack = i;
	o->acked_ns = s->time_ns;
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

/* Was the segment that the RST answers the first to acknowledge a FIN that had been resent?
 * Then it came too late: its sender had given up. */
static void settle_given_up(struct naming *n, int from)
{
	struct close_end *e = &n->out->ends[from];
	const struct fin_way *w = &n->way[from];

	if (!n->rst.answers || n->rst.answers_data || !w->answered || w->first_ack != n->rst.answered ||
	    e->fin_copies < 2 || e->ack_lost > 0)
		return;
	n->rst.gave_up = true;
	e->fin_acked = false;
}

static void take_rst(struct naming *n, size_t i, int from)
{
	struct close_case *c = n->out;
	struct rst_facts *r = &n->rst;

	c->ends[from].rst = true;
	if (r->seen)
		return;
	*r = (struct rst_facts){.seen = true, .from = from, .at = i};
	for (int k = 0; k < 2; k++)
		r->fin_before[k] = c->ends[k].fin;
	r->answered = naming_answered(n, i, from);
	r->answers = r->answered != i;
	r->answers_data = r->answers && n->list[r->answered]->payload_len > 0;
	settle_given_up(n, from);
	r->was_closed = c->ends[0].fin_acked && c->ends[1].fin_acked;
	if (c->close_at == n->count)
		c->close_at = i;
}

/* --- all of it --- */

static void take_data(struct naming *n, size_t i, int from)
{
	struct close_end *o = &n->out->ends[!from];
	const struct segment *s = n->list[i];
	struct close_end *e = &n->out->ends[from];

	if (!o->fin || s->payload_len == 0 || (e->seen && seq_le(segment_end(s), e->sent)))
		return;
	o->after_fin += s->payload_len;
	o->after_last_ns = s->time_ns;
}

/* What lies in a resend and was not acknowledged by then was lost. A FIN's fate is told by take_fin(). */
static void take_again(struct naming *n, size_t i, int from)
{
	const struct close_end *e = &n->out->ends[from], *o = &n->out->ends[!from];
	const struct segment *s = n->list[i];
	size_t first = i > LOOK_BACK ? i - LOOK_BACK : 0;

	if (s->payload_len == 0 || (s->flags & TCP_RST) || !e->seen || seq_gt(segment_end(s), e->sent))
		return;
	for (size_t k = i; k-- > first;) {
		const struct segment *before = n->list[k];
		uint32_t end = segment_end(before);
		if (n->marks[k].from != from || n->marks[k].lost || before->payload_len == 0 ||
		    (before->flags & (TCP_FIN | TCP_RST)) || seq_lt(before->seq, s->seq) ||
		    seq_gt(end, segment_end(s)) || (o->has_acked && seq_ge(o->acked, end)))
			continue;
		n->marks[k].lost = true;
		naming_note(n, i, "data sent again");
	}
}

static void take_syn(struct naming *n, size_t i, int from)
{
	struct close_end *e = &n->out->ends[from];
	const struct segment *s = n->list[i];

	if (n->syn_ns == 0)
		n->syn_ns = s->time_ns;
	if (!e->syn)
		e->isn = s->seq;
	e->syn = true;
	if (s->flags & TCP_ACK)
		n->syn_acked = true;
	else
		n->syn_copies++;
}

static void move_numbers(struct naming *n, size_t i, int from)
{
	struct close_end *e = &n->out->ends[from];
	const struct segment *s = n->list[i];

	/* A RST in answer takes its number from the segment that it answers, and a keep-alive
	 * or a probe one that was used: neither is where this end is. */
	if (s->flags & TCP_RST)
		return;
	if (!e->seen) {
		e->isn = s->flags & TCP_SYN ? s->seq : s->seq - 1;
		e->sent = segment_end(s);
	}
	e->seen = true;
	e->shut = s->wnd == 0 && (s->flags & (TCP_SYN | TCP_ACK)) == TCP_ACK;
	if (seq_gt(segment_end(s), e->sent))
		e->sent = segment_end(s);
	if (s->flags & TCP_ACK) {
		if (!e->has_acked || seq_gt(s->ack, e->acked))
			e->acked = s->ack;
		e->has_acked = true;
		if (n->syn_acked && !(s->flags & TCP_SYN) && !n->opened) {
			n->opened = true;
			n->path_ns = s->time_ns - n->syn_ns;
		}
	}
}

static void take(struct naming *n, size_t i)
{
	const struct segment *s = n->list[i];
	int from = end_of(n, s);

	n->marks[i].from = from;
	unusual_look(n, i, from);
	if (s->checksum == CHECKSUM_BAD)
		return;
	if (s->flags & TCP_SYN)
		take_syn(n, i, from);
	take_data(n, i, from);
	take_again(n, i, from);
	if (s->flags & TCP_RST)
		take_rst(n, i, from);
	if (s->flags & TCP_FIN)
		take_fin(n, i, from);
	if (s->flags & TCP_ACK)
		take_ack(n, i, from);
	move_numbers(n, i, from);
}

/* What came of what was sent the other direction would tell. */
static void lose_nothing(struct naming *n)
{
	for (int end = 0; end < 2; end++)
		n->out->ends[end].fin_lost = n->out->ends[end].ack_lost = 0;
	for (size_t i = 0; i < n->count; i++)
		n->marks[i].lost = false;
}

/* Where a FIN was resent and never acknowledged its last copy is lost as well. */
static void lose_last(struct naming *n)
{
	for (int end = 0; end < 2; end++) {
		struct close_end *e = &n->out->ends[end];
		if (e->fin_copies < 2 || e->fin_acked || e->ack_lost > 0 || n->way[end].held)
			continue;
		e->fin_lost = e->fin_copies;
		n->marks[n->way[end].last].lost = true;
	}
}

void close_case_name(const struct segment *const *list, size_t count, int64_t end_ns, struct close_case *out,
                     struct case_mark *marks)
{
	struct naming n = {.list = list, .count = count, .end_ns = end_ns, .out = out, .marks = marks};

	memset(out, 0, sizeof *out);
	out->first = -1;
	out->seconds_ns = -1;
	out->close_at = count;
	n.marks = marks ? marks : calloc(count + 1, sizeof *n.marks);
	if (!n.marks)
		abort();
	memset(n.marks, 0, count * sizeof *n.marks);
	n.path_ns = PATH_UNKNOWN_NS;
	find_guide(&n);
	find_only(&n);
	for (size_t i = 0; i < count; i++)
		take(&n, i);
	if (n.only < 0)
		lose_last(&n);
	else
		lose_nothing(&n);
	unusual_end(&n);
	words_settle(&n);
	if (!marks)
		free(n.marks);
}
