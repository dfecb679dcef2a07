/* A plain server, or client, whose program does what it likes: it speaks, closes, lingers or aborts without
 * being told to. What its program may have done is not held against its TCP. Knows no protocol. */
#include "engine_impl.h"

static bool lives(const struct engine *e) { return e->config.plain_server && !e->program_gone; }

/* A bare ACK of what stands for a provocation. One of our FIN, or of the
 * scenario's own data, is for the scenario to judge. */
static bool acks_request(const struct engine *e, const struct segment *s)
{
	return e->asked_inband && seq_gt(s->ack, e->connection.snd_una) && !seq_gt(s->ack, e->inband_end);
}

bool plain_talks(const struct engine *e, const struct segment *s)
{
	const struct connection *c = &e->connection;

	/* What it had written a killed program's kernel sends yet. */
	if (!e->config.plain_server || !c->synchronised)
		return false;
	if ((s->flags & ~TCP_PSH) != TCP_ACK || seq_gt(s->ack, c->snd_nxt))
		return false;
	if (seq_gt(s->seq, c->rcv_nxt))
		return false;
	return s->payload_len || acks_request(e, s);
}

bool plain_takes(struct engine *e, const struct kept *k)
{
	const struct segment *s = &k->segment;

	if (!plain_talks(e, s))
		return false;
	engine_took(e, k, false, note_of(s->payload_len ? NOTE_SERVER_DATA : NOTE_ACKS_REQUEST, -1));
	if (s->payload_len)
		engine_send_ack(e, NOTE_ACKS_DATA);
	return true;
}

/* --- what its program may have done --- */

/* Could it do anything when s passed? */
static bool acts(const struct engine *e, const struct segment *s)
{
	return lives(e) && (!e->stopped_ns || s->time_ns < e->stopped_ns);
}

/* Did our FIN arrive, as far as the scenario let it? */
static bool got_fin(const struct end *us, const struct end *peer)
{
	return us->fin && seq_ge(peer->rcv_nxt, us->fin_end);
}

/* Had an octet of ours, or our FIN, left when s passed our end of the path? */
static bool left_before(const struct engine *e, const struct segment *s)
{
	for (size_t i = 0; i < e->outgoing_count; i++) {
		const struct outgoing *o = &e->outgoing[i];
		const struct segment *ours =
		    o->trace == SIZE_MAX ? NULL : &e->verdict.trace[o->trace].segment;
		bool moves = !ours || (segment_len(ours) > 0 && !(ours->flags & TCP_SYN));

		if (moves && o->seen && o->time_ns <= s->time_ns)
			return true;
	}
	return false;
}

/* It closes, or aborts, and has seen nothing that would make it: no octet of ours arrived, or had left; or
 * the bytes of the provocation, and only they, passed its FIN on the path. */
static bool turns_away(const struct engine *e, const struct segment *s)
{
	const struct end *us = &e->observer.ends[END_US], *peer = &e->observer.ends[END_PEER];
	uint32_t first = us->isn + 1;

	if (!(s->flags & (TCP_FIN | TCP_RST)) || observer_acked(&e->observer, END_PEER) != first)
		return false;
	if (peer->rcv_nxt == first || !left_before(e, s))
		return true;
	return s->flags & TCP_FIN && s->ack == first && e->asked_inband && us->sent == e->inband_end;
}

/* An ABORT of a connection that lives (RFC 9293, 3.10.5), or a close with octets unread (3.6.1), is a RST
 * with the next number, and an ACK: one that answers a segment to a connection that is gone has that
 * segment's. In CLOSING, LAST-ACK and TIME-WAIT an ABORT says nothing. */
static bool may_abort(const struct engine *e, const struct segment *s)
{
	const struct end *us = &e->observer.ends[END_US], *peer = &e->observer.ends[END_PEER];

	return (s->flags & (TCP_RST | TCP_ACK)) == (TCP_RST | TCP_ACK) && s->seq == peer->sent &&
	       !seq_gt(s->ack, us->sent) && !(peer->fin && got_fin(us, peer));
}

/* Does the step wait for a FIN? */
static bool waits_for_fin(const struct engine *e)
{
	const struct step *s = engine_played(e) ? NULL : engine_current(e);

	for (size_t i = 0; s && i < s->pattern_count; i++)
		if (s->patterns[i].flags & TCP_FIN)
			return true;
	return false;
}

/* A CLOSE is any program's to make at any time (RFC 9293, 3.10.4): its first FIN, in order, which nobody
 * asked for and nobody waits for. */
static bool closes_unasked(const struct engine *e, const struct segment *s)
{
	const struct end *us = &e->observer.ends[END_US], *peer = &e->observer.ends[END_PEER];

	if ((s->flags & ~TCP_PSH) != (TCP_FIN | TCP_ACK) || e->asked_to_close || e->asked_to_hold ||
	    (e->asked_on_eof && got_fin(us, peer)) || waits_for_fin(e) || seq_gt(s->ack, us->sent))
		return false;
	return !e->before.fin && s->seq == e->before.sent && seq_ge(s->ack, e->before.acked);
}

/* A program that connected and ended before our answer came. */
static bool has_ended(const struct engine *e, const struct segment *s)
{
	return e->config.peer_connects && !e->connection.synchronised && s->flags & TCP_RST;
}

bool plain_excuses(const struct engine *e, const struct segment *s, struct reason *why)
{
	if (!acts(e, s) || (!e->connection.synchronised && !has_ended(e, s)))
		return false;
	if (turns_away(e, s) && !e->config.peer_connects)
		*why = (struct reason){.code = CODE_TURNED_AWAY};
	else if (closes_unasked(e, s) || has_ended(e, s))
		*why = (struct reason){.code = CODE_CLOSED_UNASKED};
	else if (may_abort(e, s))
		*why = (struct reason){.code = CODE_SERVER_RESET, .n = {e->asked_inband}};
	else
		return false;
	evidence_text(e, s, why->text);
	return true;
}

bool plain_lingers(const struct engine *e)
{
	return lives(e) && e->observer.ends[END_PEER].state == STATE_FIN_WAIT_2;
}

/* Data is acknowledged, where a RST is due. */
static bool took_data(const struct engine *e, const struct segment *s)
{
	const struct step *step = engine_current(e);

	if ((s->flags & ~TCP_PSH) != TCP_ACK || step->pattern_count == 0)
		return false;
	for (size_t i = 0; i < step->pattern_count; i++)
		if (!(step->patterns[i].flags & TCP_RST))
			return false;
	return true;
}

/* Is it of a connection that its program has shut down and has open still? Another timer runs then, or none,
 * and it lives on. A series of resends does so where it was open in a part of it. */
static bool is_of_held(const struct engine *e, const struct reason *why)
{
	const struct datum *got = &why->fields[0].got, *expected = &why->fields[0].expected;
	bool goes_on = why->code == CODE_GAVE_UP_LATE || why->code == CODE_NOT_GIVEN_UP ||
	               (why->code == CODE_RESEND_COUNT && got->n[0] > expected->n[1]);

	if (e->held != HELD_OPEN)
		return e->was_held && goes_on;
	return goes_on || (why->code == CODE_STATE_TIMER && plain_lingers(e)) ||
	       (why->code == CODE_STATE && expected->n[0] & 1 << STATE_CLOSED);
}

/* Has its program shut down, perhaps, and not closed? Where nobody tells, who does all that a scenario asks
 * for closes when it is asked to. */
static bool may_be_open(const struct engine *e)
{
	return e->held == HELD_OPEN || (e->held == HELD_UNKNOWN && (e->config.state_observable || !e->obeys));
}

bool plain_cannot(const struct engine *e, const struct kept *k, const struct reason *why, enum need *need)
{
	const struct end *us = &e->observer.ends[END_US], *peer = &e->observer.ends[END_PEER];
	const struct mismatch *m = &why->fields[0];

	if (!lives(e) || engine_played(e))
		return false;
	/* Its kernel gives it no connection before data comes. */
	*need = NEED_ACCEPTER;
	if (!k && why->code == CODE_STATE && m->got.n[0] == 1 << STATE_SYN_RECEIVED &&
	    e->connection.synchronised && peer->rcv_nxt == us->isn + 1)
		return true;
	/* Our RST ends what a program holds, too. */
	if (!peer->fin || peer->state == STATE_CLOSED)
		return false;
	*need = e->was_held ? NEED_CLOSED : NEED_CLOSER;
	if (k)
		return why->code == CODE_WRONG_SEGMENT && may_be_open(e) && took_data(e, &k->segment);
	return is_of_held(e, why);
}

bool plain_stays(const struct engine *e, const struct step *s)
{
	const struct end *us = &e->observer.ends[END_US], *peer = &e->observer.ends[END_PEER];

	if (!lives(e) || !e->connection.synchronised || peer->fin || peer->rst ||
	    observer_acked(&e->observer, END_PEER) != us->sent)
		return false;
	for (size_t i = 0; i < s->pattern_count; i++)
		if (!(s->patterns[i].flags & (TCP_FIN | TCP_RST)))
			return false;
	return true;
}
