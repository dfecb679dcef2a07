/* Infers both ends' states from segments. Knows only what a segment says, and what was told. */
#include "report/states.h"

#include <stdio.h>

#include "core/seq.h"

static void sends_fin(struct end_view *e, const struct segment *s)
{
	if (e->fin_sent)
		return;
	e->fin_sent = true;
	e->fin_end = segment_end(s);
	if (e->state == STATE_ESTABLISHED || e->state == STATE_SYN_RECEIVED)
		e->state = STATE_FIN_WAIT_1;
	else if (e->state == STATE_CLOSE_WAIT)
		e->state = STATE_LAST_ACK;
}

static void gets_fin(struct end_view *e)
{
	if (e->state == STATE_ESTABLISHED || e->state == STATE_SYN_RECEIVED)
		e->state = STATE_CLOSE_WAIT;
	else if (e->state == STATE_FIN_WAIT_1)
		e->state = STATE_CLOSING;
	else if (e->state == STATE_FIN_WAIT_2)
		e->state = STATE_TIME_WAIT;
}

/* A FIN that came before the data in front of it is taken when that is there too; the ACK of it tells. */
static void takes_fin(struct end_view *e, const struct segment *s)
{
	if (!e->fin_waits || !(s->flags & TCP_ACK) || s->ack != e->waiting)
		return;
	e->fin_waits = false;
	e->got = s->ack;
	gets_fin(e);
}

/* What its ACK covers it has got, whatever was taken for lost on the way: a FIN too. */
static void has_got(struct end_view *e, const struct end_view *o, const struct segment *s)
{
	if (!e->synced || !o->has_sent || (s->flags & (TCP_SYN | TCP_ACK)) != TCP_ACK ||
	    !seq_gt(s->ack, e->got) || seq_gt(s->ack, o->sent))
		return;
	e->got = s->ack;
	if (o->fin_sent && s->ack == o->fin_end)
		gets_fin(e);
}

static void sends(struct end_view *e, const struct end_view *o, const struct segment *s)
{
	takes_fin(e, s);
	has_got(e, o, s);
	if (e->state == STATE_CLOSED && (s->flags & TCP_SYN))
		e->state = e->synced ? STATE_SYN_RECEIVED : STATE_SYN_SENT;
	if (!e->has_sent || seq_gt(segment_end(s), e->sent))
		e->sent = segment_end(s);
	e->has_sent = true;
	/* a FIN without ACK is dropped (RFC 9293, 3.10.7.4), so it closes nothing */
	if ((s->flags & TCP_FIN) && (s->flags & TCP_ACK))
		sends_fin(e, s);
}

static void gets_syn(struct end_view *e, const struct segment *s)
{
	e->synced = true;
	e->got = s->seq + 1;
	/* Whether it LISTENs its answer shows: there may be nobody. */
	if (e->state == STATE_SYN_SENT)
		e->state = s->flags & TCP_ACK ? STATE_ESTABLISHED : STATE_SYN_RECEIVED;
}

/* Its FIN is acknowledged, or its SYN-ACK. */
static void gets_ack(struct end_view *e, const struct segment *s)
{
	if (e->state == STATE_SYN_RECEIVED && s->ack == e->sent)
		e->state = STATE_ESTABLISHED;
	if (!e->fin_sent || s->ack != e->fin_end)
		return;
	if (e->state == STATE_FIN_WAIT_1)
		e->state = STATE_FIN_WAIT_2;
	else if (e->state == STATE_CLOSING)
		e->state = STATE_TIME_WAIT;
	else if (e->state == STATE_LAST_ACK)
		e->state = STATE_CLOSED;
}

/* True where a RST closed it (RFC 9293, 3.10.7.4, second: the exact number). */
static bool gets_rst(struct end_view *e, const struct segment *s)
{
	bool exact = e->synced ? s->seq == e->got : (s->flags & TCP_ACK) && s->ack == e->sent;

	if (exact)
		e->state = STATE_CLOSED;
	return exact;
}

static void gets(struct end_view *e, const struct segment *s)
{
	uint32_t end = segment_end(s);

	if ((s->flags & TCP_SYN) && !e->synced) {
		gets_syn(e, s);
		return;
	}
	if (!e->synced || !(s->flags & TCP_ACK))
		return;
	gets_ack(e, s);
	/* in order, and something new */
	if (seq_le(s->seq, e->got) && seq_gt(end, e->got)) {
		e->got = end;
		if (s->flags & TCP_FIN)
			gets_fin(e);
	} else if ((s->flags & TCP_FIN) && seq_gt(s->seq, e->got)) {
		e->fin_waits = true;
		e->waiting = end;
	}
}

void states_begin(struct states_view *v, const struct segment *s, bool by_us)
{
	struct end_view *from = by_us ? &v->ours : &v->peer;
	struct end_view *to = by_us ? &v->peer : &v->ours;

	from->state = to->state = STATE_ESTABLISHED;
	from->has_sent = to->has_sent = s->flags & TCP_ACK;
	from->synced = to->synced = true;
	from->sent = to->got = s->seq;
	to->sent = from->got = s->ack;
}

static void reset(struct end_view *from, struct end_view *to, const struct segment *s, bool by_us, bool lost)
{
	bool closes = !lost && gets_rst(to, s);

	/* a kernel that sends one has given the connection up; ours may be a
	 * probe that the peer must not believe */
	if (closes || !by_us || s->seq == from->sent)
		from->state = STATE_CLOSED;
}

void states_after(struct states_view *v, const struct segment *s, bool by_us, bool lost)
{
	struct end_view *from = by_us ? &v->ours : &v->peer;
	struct end_view *to = by_us ? &v->peer : &v->ours;
	enum tcp_state before = v->peer.state;

	if (by_us && malform_is_void(s))
		return;
	if (s->flags & TCP_RST) {
		reset(from, to, s, by_us, lost);
	} else {
		sends(from, to, s);
		if (!lost)
			gets(to, s);
	}
	if (v->peer.state != before)
		v->told = false;
}

void states_told(struct states_view *v, enum tcp_state state)
{
	v->peer.state = state;
	v->told = true;
}

bool sighting_is_news(const struct states_view *v, const struct verdict *verdict, size_t i)
{
	const struct sighting *s = &verdict->sightings[i];
	bool last = i + 1 == verdict->sighting_count || s[1].step != s->step;

	return last || !v->told || s->state != v->peer.state;
}

const char *states_text(enum tcp_state state, bool inferred, char buf[STATE_TEXT_BYTES])
{
	snprintf(buf, STATE_TEXT_BYTES, inferred ? "(%s)" : "%s", state_name(state));
	return buf;
}

bool sighting_precedes(const struct sighting *s, const struct trace *t)
{
	if (s->time_ns != t->time_ns)
		return s->time_ns < t->time_ns;
	/* what the answer made us send has its time, until it is seen leaving */
	return !sighting_is_segments(s, t) && (t->step < 0 || s->step < t->step);
}

bool sighting_is_segments(const struct sighting *s, const struct trace *t)
{
	return s->by_probe && t->passage == PASSED_IN && t->step == s->step && t->time_ns == s->time_ns;
}

const char *sighting_text(const struct sighting *s, char buf[SIGHTING_TEXT_BYTES])
{
	char timer[24] = "";
	const char *between = s->still && s->has_timer ? ", " : "";

	if (s->has_timer)
		snprintf(timer, sizeof timer, "timer %.3f s", (double)s->timer_ns / 1e9);
	snprintf(buf, SIGHTING_TEXT_BYTES, "%s%s%s", s->still ? "still" : "", between, timer);
	return buf;
}
