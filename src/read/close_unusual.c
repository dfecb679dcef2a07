/* What in a connection is not as RFC 9293 has it. Knows the numbers so far, and the segment at hand. */
#include "read/close_impl.h"

#include <string.h>

#include "core/seq.h"
#include "base/duration.h"

/* RFC 9293, 3.8.6.3 */
#define DELAYED_ACK_NS (500 * NS_PER_MS)

/* How far back what is sent again is looked for: more than a window's segments. */
enum { LOOK_BACK = 10000 };

static const char *name(const struct naming *n, int end) { return close_end_name(n->out, end); }

static void look_fin(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	const struct close_end *e = &n->out->ends[from];

	if (s->flags & TCP_SYN)
		naming_unusual(n, i, "SYN and FIN", "%s sent SYN and FIN in one segment", name(n, from));
	else if (!(s->flags & (TCP_ACK | TCP_RST)))
		naming_unusual(n, i, "no ACK: to be dropped",
		               "%s sent a FIN without ACK, which must be dropped (RFC 9293, 3.10.7.4)",
		               name(n, from));
	else if (e->fin && segment_end(s) != e->fin_end)
		naming_unusual(n, i, "another FIN", "%s sent a second FIN with another number",
		               name(n, from));
}

static void look_data(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	const struct close_end *e = &n->out->ends[from];

	if (e->fin && s->payload_len > 0 && !(s->flags & TCP_RST) &&
	    seq_gt(s->seq + s->payload_len, e->fin_end - 1))
		naming_unusual(n, i, "data after its FIN",
		               "%s sent data after its FIN (RFC 9293, 3.6: it has no more data)",
		               name(n, from));
}

static void look_ack(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	const struct close_end *o = &n->out->ends[!from];

	if ((s->flags & TCP_ACK) && !(s->flags & TCP_RST) && o->seen && seq_gt(s->ack, o->sent))
		naming_unusual(n, i, "acknowledges too much",
		               "%s acknowledged what was never sent (or was not captured)", name(n, from));
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

/* RFC 9293, 3.8.4: one octet, the last again, of which nobody reads what it is. */
static bool is_keep_alive(const struct segment *s, const struct close_end *e)
{
	return s->payload_len == 1 && segment_end(s) == e->sent && !(s->flags & TCP_FIN);
}

static void look_again(struct naming *n, size_t i, int from)
{
	const struct close_end *e = &n->out->ends[from];
	const struct segment *s = n->list[i];
	size_t first = i > LOOK_BACK ? i - LOOK_BACK : 0;

	if (s->payload_captured == 0 || !e->seen || seq_ge(s->seq, e->sent) ||
	    (s->flags & (TCP_RST | TCP_SYN)) || is_keep_alive(s, e))
		return;
	for (size_t k = i; k-- > first;) {
		const struct segment *before = n->list[k];
		if (n->marks[k].from != from || before->payload_captured == 0 ||
		    (before->flags & (TCP_RST | TCP_SYN)) || before->checksum == CHECKSUM_BAD ||
		    before->payload_len == 1 || same_octets(before, s))
			continue;
		naming_unusual(n, i, "other octets than at first",
		               "%s sent octets again that are not those it sent first (RFC 9293, 3.4)",
		               name(n, from));
		return;
	}
}

/* --- a window that is shut --- */

/* Not what was on its way when the window shut, and no probe of an octet; what is sent
 * again may be one as well. */
static void look_shut(struct naming *n, size_t i, int from)
{
	const struct close_end *e = &n->out->ends[from], *o = &n->out->ends[!from];
	struct end_memory *m = &n->memory[!from];
	const struct segment *s = n->list[i];
	bool fin = s->flags & TCP_FIN;

	if (m->shut_ns == 0 || m->shut_told || !o->has_acked || !e->seen ||
	    (s->flags & (TCP_SYN | TCP_RST)) || segment_len(s) == 0 || seq_le(segment_end(s), e->sent) ||
	    (!fin && s->payload_len == 1) || s->time_ns - m->shut_ns <= n->path_ns + 20 * NS_PER_MS)
		return;
	m->shut_told = true;
	naming_unusual(n, i, "into a shut window", "%s sent %s into a window that was shut (RFC 9293, 3.8.6)",
	               name(n, from), fin ? "its FIN" : "data");
}

static void note_window(struct naming *n, size_t i, int from)
{
	struct end_memory *m = &n->memory[from];
	const struct segment *s = n->list[i];

	m->wnd = s->wnd;
	if ((s->flags & (TCP_SYN | TCP_RST | TCP_ACK)) != TCP_ACK)
		return;
	if (s->wnd > 0) {
		m->shut_ns = 0;
		m->shut_told = false;
	} else if (m->shut_ns == 0) {
		m->shut_ns = s->time_ns;
	}
}

/* --- a FIN acknowledged late --- */

/* Only where no ACK before it can have been lost: the FIN was sent once, nothing was
 * missing before it, and this ACK has no other reason: no data, no FIN, no news of the window. */
static void look_ack_late(struct naming *n, size_t i, int from)
{
	const struct close_end *e = &n->out->ends[from], *o = &n->out->ends[!from];
	const struct fin_way *w = &n->way[!from];
	const struct segment *s = n->list[i];

	if (!o->fin || o->fin_copies != 1 || w->answered || w->held || !e->has_acked ||
	    (s->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) != TCP_ACK || s->payload_len > 0 ||
	    s->ack != o->fin_end)
		return;
	const struct segment *fin = n->list[w->first];
	int64_t late_ns = s->time_ns - fin->time_ns;
	if (e->acked != fin->seq || o->sent != o->fin_end || n->memory[from].wnd != s->wnd ||
	    n->memory[from].shut_ns != 0 || late_ns <= DELAYED_ACK_NS + 2 * n->path_ns)
		return;
	naming_unusual(n, i, "late",
	               "%s acknowledged the FIN only after %.3g s: a delayed ACK takes at most 0.5 s "
	               "(RFC 9293, 3.8.6.3)",
	               name(n, from), (double)late_ns / 1e9);
}

/* --- RST --- */

static void look_rst_with(struct naming *n, size_t i, int from)
{
	static const char *const with[] = {NULL, "FIN", "SYN", "SYN and FIN"};
	uint16_t flags = n->list[i]->flags & (TCP_SYN | TCP_FIN);

	if (flags != 0)
		naming_unusual(
		    n, i, "RST with more",
		    "%s sent RST together with %s, of which only the RST counts (RFC 9293, 3.10.7.4)",
		    name(n, from), with[flags]);
}

/* A RST with no ACK answers: it has the number that the answered segment acknowledged. Was that
 * a RST, and can it not have been another that was still on its way? */
static void look_rst_answer(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	int64_t patience_ns = 2 * n->path_ns + 200 * NS_PER_MS;
	bool found = false;

	if ((s->flags & TCP_ACK) || !n->out->ends[!from].rst)
		return;
	for (size_t k = i; k-- > 0 && s->time_ns - n->list[k]->time_ns < patience_ns;) {
		const struct segment *before = n->list[k];
		if (n->marks[k].from == from || !(before->flags & TCP_ACK) || before->ack != s->seq)
			continue;
		if (!(before->flags & TCP_RST))
			return;
		found = true;
	}
	if (found)
		naming_unusual(
		    n, i, "RST for a RST",
		    "%s answered a RST with RST, which must be dropped in silence (RFC 9293, 3.10.7.1)",
		    name(n, from));
}

/* A RST's number must be the other end's RCV.NXT, else it is challenged or
 * dropped. Where that end has not acknowledged all yet it is not known. */
static void look_rst(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	const struct close_end *e = &n->out->ends[from], *o = &n->out->ends[!from];

	/* An answer has the number that the answered segment asked for, be that old. */
	if (!o->has_acked || s->seq == o->acked || (e->seen && s->seq == e->sent) || !n->opened ||
	    naming_answered(n, i, from) != i)
		return;
	naming_unusual(n, i, "not the number expected",
	               "%s sent RST with a number %d off what the other end expects: to be challenged or "
	               "dropped (RFC 5961, 3.2)",
	               name(n, from), (int32_t)(s->seq - o->acked));
}

static void look_after(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	const struct close_end *e = &n->out->ends[from];

	if (!e->rst || (s->flags & TCP_RST) || n->spoke_after_rst[from])
		return;
	n->spoke_after_rst[from] = true;
	naming_unusual(n, i, "after its own RST", "%s spoke on after its own RST", name(n, from));
}

void unusual_look(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	const struct close_end *e = &n->out->ends[from];

	if (s->checksum == CHECKSUM_BAD) {
		naming_unusual(n, i, "bad checksum",
		               "%s sent a segment with a wrong checksum, which counts as "
		               "not sent (RFC 9293, 3.1)",
		               name(n, from));
		return;
	}
	options_look(n, i, from);
	if (s->flags & TCP_RST)
		look_rst_with(n, i, from);
	else if (s->flags & TCP_FIN)
		look_fin(n, i, from);
	if ((s->flags & (TCP_SYN | TCP_RST)) == TCP_SYN && n->opened && !(e->syn && e->isn == s->seq))
		naming_unusual(n, i, "SYN in mid-connection",
		               "%s sent a SYN in mid-connection: to be challenged (RFC 5961, 4.2)",
		               name(n, from));
	look_data(n, i, from);
	look_again(n, i, from);
	look_shut(n, i, from);
	look_ack(n, i, from);
	look_ack_late(n, i, from);
	note_window(n, i, from);
	if (s->flags & TCP_RST) {
		look_rst(n, i, from);
		look_rst_answer(n, i, from);
	} else {
		look_after(n, i, from);
	}
}

/* Each gap should be twice the one before; the first may be a tail-loss probe's. */
static void look_backoff(struct naming *n, int end)
{
	const struct fin_way *w = &n->way[end];

	for (unsigned k = 2; k < w->gap_count; k++) {
		double before = (double)w->gaps_ns[k - 1] / 1e9, gap = (double)w->gaps_ns[k] / 1e9;
		if (gap >= 1.5 * before)
			continue;
		naming_unusual(
		    n, w->last, "no back-off",
		    "%s resent its FIN without back-off: after %.3g s again after %.3g s (RFC 6298, 5.5)",
		    name(n, end), before, gap);
		return;
	}
}

void unusual_end(struct naming *n)
{
	for (int end = 0; end < 2; end++)
		if (n->out->ends[end].ack_lost == 0 && n->only < 0)
			look_backoff(n, end);
}
