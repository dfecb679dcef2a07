/* How segments move a connection's numbers (RFC 9293, 3.10.7). Knows no
 * scenario: whether a segment is lost, or the handshake over, it is told. */
#include "connection.h"

void connection_init(struct connection *c, uint32_t iss)
{
	*c = (struct connection){.iss = iss, .snd_una = iss, .snd_nxt = iss};
}

/* --- what both SYNs offer --- */

static void settle_offers(struct connection *c)
{
	c->snd_wscale = c->our_offer.wscale && c->peer_offer.wscale ? c->peer_offer.shift : 0;
	c->timestamps = c->our_offer.timestamps && c->peer_offer.timestamps;
}

/* --- sent --- */

void connection_sent(struct connection *c, const struct segment *s)
{
	uint32_t end = segment_end(s);

	if (s->flags & TCP_SYN) {
		c->our_offer = segment_offer(s);
		settle_offers(c);
	}
	if (seq_le(s->seq, c->snd_nxt) && seq_gt(end, c->snd_nxt))
		c->snd_nxt = end;
}

/* --- received --- */

/* A SYN came and was not lost. */
static bool has_syn(const struct connection *c) { return c->have_irs && c->rcv_nxt != c->irs; }

static void take_timestamp(struct connection *c, const struct segment *s, bool is_first)
{
	struct tcp_option opt;

	if (options_find(s->options, s->options_len, OPT_TIMESTAMPS, &opt) &&
	    (is_first || seq_ge(opt.ts_val, c->ts_recent))) /* RFC 7323, 4.3 */
		c->ts_recent = opt.ts_val;
}

/* RFC 9293, 3.10.7.4, fifth: SND.UNA < SEG.ACK =< SND.NXT is acceptable, and
 * SND.UNA =< SEG.ACK may carry a window, where the segment is not older than
 * the one that carried the last. (SND.WL2 is at most SND.UNA: no need of it.) */
static void take_ack(struct connection *c, const struct segment *s)
{
	if (!(s->flags & TCP_ACK) || seq_lt(s->ack, c->snd_una) || seq_gt(s->ack, c->snd_nxt))
		return;
	c->snd_una = s->ack;
	if (seq_gt(c->snd_wl1, s->seq))
		return;
	/* The window field of a SYN is never scaled (RFC 7323, 2.2). */
	c->snd_wnd = (uint32_t)s->wnd << (s->flags & TCP_SYN ? 0 : c->snd_wscale);
	c->snd_wl1 = s->seq;
}

/* RFC 9293, 3.10.7.3: the first SYN that is not lost. One that is may come again, and with another number. */
static void take_syn(struct connection *c, const struct segment *s, bool lost)
{
	c->have_irs = true;
	c->irs = c->rcv_nxt = s->seq;
	if (lost)
		return;
	c->rcv_nxt = c->irs + 1;
	c->peer_offer = segment_offer(s);
	settle_offers(c);
	take_timestamp(c, s, true);
	c->snd_wnd = s->wnd;
	c->snd_wl1 = s->seq;
	take_ack(c, s);
}

void connection_received(struct connection *c, const struct segment *s, bool lost)
{
	bool is_syn = s->flags & TCP_SYN;

	if (s->flags & TCP_RST)
		return;
	if (is_syn && !has_syn(c)) {
		take_syn(c, s, lost);
	} else if (!lost && has_syn(c) && (!is_syn || s->seq == c->irs)) {
		/* The SYN-ACK of a simultaneous open comes after the SYN, with
		 * the same number, and its ACK counts (RFC 9293, Figure 8). */
		take_ack(c, s);
		if (is_syn || seq_gt(s->seq, c->rcv_nxt))
			return;
		/* Text and FIN, in order (RFC 9293, 3.10.7.4, seventh and eighth). */
		if (c->timestamps)
			take_timestamp(c, s, false);
		if (seq_gt(segment_end(s), c->rcv_nxt))
			c->rcv_nxt = segment_end(s);
	}
}
