/* What became of each end's FIN: how often it was sent, which copies and which ACKs of it were lost. Knows
 * nothing of RST, and of no words. */
#include "read/close_impl.h"

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

void fin_take(struct naming *n, size_t i, int from)
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

/* --- its ACK --- */

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

void fin_take_ack(struct naming *n, size_t i, int from)
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
void fin_settle(struct naming *n)
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
