/* What in a connection is not as RFC 9293 has it. Knows the numbers so far,
 * and the segment at hand. */
#include "read/close_impl.h"

#include "core/seq.h"

static const char *name(const struct naming *n, int end)
{
	return close_end_name(n->out, end);
}

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
		naming_unusual(n, i, "another FIN", "%s sent a second FIN with another number", name(n, from));
}

static void look_data(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	const struct close_end *e = &n->out->ends[from];

	if (e->fin && s->payload_len > 0 && !(s->flags & TCP_RST) && seq_gt(s->seq + s->payload_len, e->fin_end - 1))
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
		naming_unusual(n, i, "bad checksum", "%s sent a segment with a wrong checksum, which counts as "
		                                     "not sent (RFC 9293, 3.1)",
		               name(n, from));
		return;
	}
	if (s->flags & TCP_FIN)
		look_fin(n, i, from);
	if ((s->flags & TCP_SYN) && n->opened && !(e->syn && e->isn == s->seq))
		naming_unusual(n, i, "SYN in mid-connection",
		               "%s sent a SYN in mid-connection: to be challenged (RFC 5961, 4.2)",
		               name(n, from));
	look_data(n, i, from);
	look_ack(n, i, from);
	if (s->flags & TCP_RST)
		look_rst(n, i, from);
	else
		look_after(n, i, from);
}

/* Each gap should be twice the one before; the first may be a tail-loss probe's. */
static void look_backoff(struct naming *n, int end)
{
	const struct fin_way *w = &n->way[end];

	for (unsigned k = 2; k < w->gap_count; k++) {
		double before = (double)w->gaps_ns[k - 1] / 1e9, gap = (double)w->gaps_ns[k] / 1e9;
		if (gap >= 1.5 * before)
			continue;
		naming_unusual(n, w->last, "no back-off",
		               "%s resent its FIN without back-off: after %.3g s again after %.3g s (RFC 6298, 5.5)",
		               name(n, end), before, gap);
		return;
	}
}

void unusual_end(struct naming *n)
{
	for (int end = 0; end < 2; end++)
		if (n->out->ends[end].ack_lost == 0)
			look_backoff(n, end);
}
