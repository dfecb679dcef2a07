/* Follows both ends of a connection from its segments. Knows no scenario, and judges nothing. */
#include "observer.h"

#define PATH_UNKNOWN_NS NS_PER_S

/* --- what a segment carries --- */

static bool has_option(const struct segment *s, uint8_t kind, struct tcp_option *opt)
{
	return options_find(s->options, s->options_len, kind, opt);
}

struct syn_offer segment_offer(const struct segment *syn)
{
	struct syn_offer offer = {0};
	struct tcp_option opt;

	offer.timestamps = has_option(syn, OPT_TIMESTAMPS, &opt);
	offer.sack = has_option(syn, OPT_SACK_PERMITTED, &opt);
	offer.wscale = has_option(syn, OPT_WSCALE, &opt);
	if (offer.wscale)
		offer.shift = (uint8_t)(opt.wscale < WSCALE_MAX ? opt.wscale : WSCALE_MAX);
	return offer;
}

/* A SYN that nobody acknowledged never was: the next may have another number. */
static void note_syn(struct end *e, const struct end *to, const struct segment *s)
{
	struct syn_offer offer = segment_offer(s);
	bool other = e->syn && s->seq != e->isn;

	if (!e->syn || (other && !(to->has_acked && seq_gt(to->acked, e->isn)))) {
		e->isn = s->seq;
		e->sent = e->syn || !e->seen ? s->seq : e->sent;
	}
	e->two_isns = e->two_isns || other;
	e->each_timestamps = offer.timestamps && (!e->syn || e->each_timestamps);
	e->asked = e->asked || !(s->flags & TCP_ACK);
	e->offered.wscale |= offer.wscale;
	e->offered.timestamps |= offer.timestamps;
	e->offered.sack |= offer.sack;
	e->syn = true;
}

bool end_sent_tsval(const struct end *e, uint32_t tsval)
{
	unsigned held = e->tsval_count < OBSERVER_TSVALS ? e->tsval_count : OBSERVER_TSVALS;

	/* the newest first: that is the one most often asked for */
	for (unsigned i = 1; i <= held; i++)
		if (e->tsvals[(e->tsval_count - i) % OBSERVER_TSVALS] == tsval)
			return true;
	return false;
}

/* All that are in it: a scenario may send the option twice. */
static void note_tsvals(struct end *e, const struct segment *s)
{
	struct tcp_option opt;
	size_t at = 0;

	while (options_next(s->options, s->options_len, &at, &opt) == 1)
		if (opt.kind == OPT_TIMESTAMPS && !opt.unknown && !end_sent_tsval(e, opt.ts_val))
			e->tsvals[e->tsval_count++ % OBSERVER_TSVALS] = opt.ts_val;
}

/* The first that has it is kept: from then on a lower one is wrong. */
static void note_newest_tsval(struct end *e, const struct segment *s)
{
	struct tcp_option ts;

	if (!has_option(s, OPT_TIMESTAMPS, &ts) || (e->has_tsval && seq_le(ts.ts_val, e->tsval)))
		return;
	e->has_tsval = true;
	e->tsval = ts.ts_val;
	e->tsval_ack = s->ack;
	e->tsval_ns = s->time_ns;
}

/* --- numbers --- */

static void note_numbers(struct end *e, const struct segment *s)
{
	uint32_t end = segment_end(s);

	if (!e->seen && !(s->flags & TCP_SYN))
		e->isn = s->seq - 1;
	if (!e->seen || seq_gt(end, e->sent))
		e->sent = end;
	e->seen = true;
	e->wnd = s->wnd;
	if (!(s->flags & TCP_ACK))
		return;
	if (!e->has_acked || seq_gt(s->ack, e->acked))
		e->acked = s->ack;
	e->has_acked = true;
	if (s->wnd > 0 || (s->flags & TCP_SYN))
		e->shut_ns = 0;
	else if (!e->shut_ns)
		e->shut_ns = s->time_ns;
}

static void note_opening(struct observer *o, const struct segment *s)
{
	if (s->flags & TCP_SYN) {
		o->syn_ns = o->syn_ns ? o->syn_ns : s->time_ns;
		o->syn_acked = o->syn_acked || (s->flags & TCP_ACK);
	} else if ((s->flags & TCP_ACK) && o->syn_acked && !o->opened) {
		o->opened = true;
		o->opened_ns = s->time_ns;
	}
}

/* --- states --- */

enum happening { SENDS_FIN, GETS_FIN, FIN_IS_ACKED };

/* RFC 9293, 3.3.2, Figure 5: the close. */
static const struct {
	enum happening what;
	enum tcp_state from, to;
} figure5[] = {
    {SENDS_FIN, STATE_SYN_RECEIVED, STATE_FIN_WAIT_1}, {SENDS_FIN, STATE_ESTABLISHED, STATE_FIN_WAIT_1},
    {SENDS_FIN, STATE_CLOSE_WAIT, STATE_LAST_ACK},     {GETS_FIN, STATE_SYN_RECEIVED, STATE_CLOSE_WAIT},
    {GETS_FIN, STATE_ESTABLISHED, STATE_CLOSE_WAIT},   {GETS_FIN, STATE_FIN_WAIT_1, STATE_CLOSING},
    {GETS_FIN, STATE_FIN_WAIT_2, STATE_TIME_WAIT},     {FIN_IS_ACKED, STATE_FIN_WAIT_1, STATE_FIN_WAIT_2},
    {FIN_IS_ACKED, STATE_CLOSING, STATE_TIME_WAIT},    {FIN_IS_ACKED, STATE_LAST_ACK, STATE_CLOSED},
};

static void moves(struct end *e, enum happening what)
{
	for (size_t i = 0; i < sizeof figure5 / sizeof *figure5; i++)
		if (figure5[i].what == what && figure5[i].from == e->state) {
			e->state = figure5[i].to;
			return;
		}
}

/* What its ACK covers it has got, whatever was taken for lost on the path: a FIN too, also one that had to
 * wait for data in front of it. */
static void has_got(struct end *e, const struct end *to, const struct segment *s)
{
	if (e->fin_waits && (s->flags & TCP_ACK) && s->ack == e->waiting) {
		e->fin_waits = false;
		e->rcv_nxt = s->ack;
		moves(e, GETS_FIN);
	}
	if (!e->synced || !to->seen || (s->flags & (TCP_SYN | TCP_ACK)) != TCP_ACK ||
	    !seq_gt(s->ack, e->rcv_nxt) || seq_gt(s->ack, to->sent))
		return;
	e->rcv_nxt = s->ack;
	if (to->fin && s->ack == to->fin_end)
		moves(e, GETS_FIN);
}

static void sends(struct end *e, const struct end *to, const struct segment *s)
{
	has_got(e, to, s);
	if (e->state == STATE_CLOSED && (s->flags & TCP_SYN))
		e->state = e->synced ? STATE_SYN_RECEIVED : STATE_SYN_SENT;
	note_numbers(e, s);
	/* a FIN without ACK is dropped (RFC 9293, 3.10.7.4), so it closes nothing */
	if (!(s->flags & TCP_FIN) || !(s->flags & TCP_ACK) || e->fin)
		return;
	e->fin = true;
	e->fin_end = segment_end(s);
	moves(e, SENDS_FIN);
}

/* What came to an end. Whether it LISTENed when a SYN did its answer shows: there may be nobody. */
static void gets(struct end *e, const struct segment *s)
{
	uint32_t end = segment_end(s);

	if ((s->flags & TCP_SYN) && !e->synced) {
		e->synced = true;
		e->rcv_nxt = s->seq + 1;
		if (e->state == STATE_SYN_SENT)
			e->state = s->flags & TCP_ACK ? STATE_ESTABLISHED : STATE_SYN_RECEIVED;
		return;
	}
	if (!e->synced || !(s->flags & TCP_ACK))
		return;
	if (e->state == STATE_SYN_RECEIVED && s->ack == e->sent)
		e->state = STATE_ESTABLISHED;
	if (e->fin && s->ack == e->fin_end)
		moves(e, FIN_IS_ACKED);
	/* in order, and something new */
	if (seq_le(s->seq, e->rcv_nxt) && seq_gt(end, e->rcv_nxt)) {
		e->rcv_nxt = end;
		if (s->flags & TCP_FIN)
			moves(e, GETS_FIN);
	} else if ((s->flags & TCP_FIN) && seq_gt(s->seq, e->rcv_nxt)) {
		e->fin_waits = true;
		e->waiting = end;
	}
}

/* It closes its receiver where its number is exact (RFC 9293, 3.10.7.4, second), and its sender where that is
 * a kernel, which sends one when it has given the connection up; ours may be a probe that the peer must not
 * believe. */
static void resets(struct end *e, struct end *to, const struct segment *s, bool ours, bool lost)
{
	bool exact = to->synced ? s->seq == to->rcv_nxt : (s->flags & TCP_ACK) && s->ack == to->sent;

	e->rst = true;
	if (exact && !lost)
		to->state = STATE_CLOSED;
	if ((exact && !lost) || !ours || s->seq == e->sent)
		e->state = STATE_CLOSED;
}

/* --- all of it --- */

void observer_begin_open(struct observer *o, const struct segment *s, int from)
{
	struct end *e = &o->ends[from], *to = &o->ends[!from];

	e->state = to->state = STATE_ESTABLISHED;
	e->synced = to->synced = true;
	e->rcv_nxt = s->ack;
	to->rcv_nxt = s->seq;
	o->opened = true;
}

void observer_see(struct observer *o, const struct segment *s, int from, bool lost)
{
	struct end *e = &o->ends[from], *to = &o->ends[!from];

	if (s->checksum == CHECKSUM_BAD)
		return;
	note_tsvals(e, s);
	if (malform_is_void(s))
		return;
	if (s->flags & TCP_RST) {
		resets(e, to, s, from == END_US, lost);
		return;
	}
	note_opening(o, s);
	note_newest_tsval(e, s);
	if (s->flags & TCP_SYN)
		note_syn(e, to, s);
	sends(e, to, s);
	if (!lost)
		gets(to, s);
}

uint32_t observer_acked(const struct observer *o, int end)
{
	return o->ends[end].has_acked ? o->ends[end].acked : o->ends[!end].isn;
}

bool observer_resends(const struct observer *o, const struct segment *s, int from)
{
	const struct end *e = &o->ends[from];

	return segment_len(s) > 0 && !(s->flags & TCP_RST) && e->seen && seq_le(segment_end(s), e->sent);
}

int64_t observer_path_ns(const struct observer *o)
{
	return o->opened_ns && o->syn_ns ? o->opened_ns - o->syn_ns : PATH_UNKNOWN_NS;
}
