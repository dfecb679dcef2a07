/* What our own lateness may have done to a run. Each act of ours (a segment, a question to the peer's host)
 * has a time at which the engine wanted it and one at which it was done; between them the peer waited for us,
 * and its timers and its program went on. Here it is decided whether that can be why a run failed: never by
 * how late we were at all, but by whether it covers what was broken. Reads no clock: all times are the
 * events'. */
#include "engine_impl.h"

#include <stdlib.h>

/* No TCP's timer is shorter: a tail-loss probe's two ticks (RFC 8985, 7.2), of 1 ms. What comes sooner was
 * not waiting for us. */
#define SHORTEST_TIMER_NS (2 * NS_PER_MS)

/* The shortest time for which an ACK is held back (Linux), and for which any other timer runs. What
 * acknowledges our octets sooner answers them. */
#define DELAYED_ACK_NS (40 * NS_PER_MS)

/* The shortest resend time-out (Linux; RFC 6298, 2.4 has a second), and the one that RFC 6298 asks for. */
#define SHORTEST_RTO_NS (200 * NS_PER_MS)
#define USUAL_RTO_NS NS_PER_S

/* The first round trip that a sender measures counts threefold in its time-out: R + 4 * R/2 (RFC 6298, 2.2).
 */
enum { RTO_GROWS = 3 };

/* FIN-WAIT-2 of an orphan lasts at least 3.5 time-outs (Linux). */
enum { TIMER_GROWS = 4 };

/* Where no margin is known, because what was waited for never came or a state had an end that is not seen: a
 * scenario that leaves less room than an eighth does not leave it to us. */
enum { ROOM = 8 };

/* How lateness may explain a failure. */
enum explained {
	BY_NOTHING, /* a number, a flag, an octet, an answer that must come at once: no timer makes that */
	BY_TIME,    /* a time is wrong by less than we were late */
	BY_TIMEOUT, /* the same of a time-out, which our late ACK makes longer than itself */
	BY_TIMER,   /* the same of a timer of a state, which some stacks make longer than their time-out */
	BY_WAIT,    /* nothing came, or too few: a time-out grew, or the peer was over by then */
	BY_SEGMENT, /* the peer sent it by itself while it waited for us */
	BY_STATE    /* the state went on by itself, or had no time to */
};

/* Of each code of a failure. */
static const enum explained explained[CODE_COUNT] = {
    [CODE_HANDSHAKE] = BY_NOTHING,
    [CODE_RESEND_OCTETS] = BY_NOTHING,
    [CODE_NO_PROBE_ANSWER] = BY_NOTHING,
    [CODE_TOO_EARLY] = BY_TIME,
    [CODE_INTERVAL] = BY_TIME,
    [CODE_STATE_EARLY] = BY_TIME,
    [CODE_STATE_TIMER] = BY_TIMER,
    [CODE_FIRST_GAP] = BY_TIMEOUT,
    [CODE_GAP] = BY_TIMEOUT,
    [CODE_GAVE_UP_EARLY] = BY_TIMEOUT,
    [CODE_GAVE_UP_LATE] = BY_TIMEOUT,
    [CODE_NO_SEGMENT] = BY_WAIT,
    [CODE_NO_RESEND] = BY_WAIT,
    [CODE_RESEND_COUNT] = BY_WAIT,
    [CODE_NOT_GIVEN_UP] = BY_WAIT,
    [CODE_NOT_CLOSED] = BY_WAIT,
    [CODE_WRONG_SEGMENT] = BY_SEGMENT,
    [CODE_UNEXPECTED_SEGMENT] = BY_SEGMENT,
    [CODE_NOT_SILENT] = BY_SEGMENT,
    [CODE_BEFORE_FENCE] = BY_SEGMENT,
    [CODE_STATE] = BY_STATE,
};

/* --- acts --- */

size_t lateness_plan(struct engine *e, const struct segment *s, bool polls)
{
	const struct end *us = &e->observer.ends[END_US];
	bool acks = s && s->flags & TCP_ACK && (!us->has_acked || seq_gt(s->ack, us->acked));

	/* A peer that does not know of the connection yet waits for nothing. */
	if (!e->observer.ends[END_PEER].seen)
		return SIZE_MAX;
	*LIST_ADD(e->acts, e->act_count, e->act_room) =
	    (struct act){.due_ns = e->due_ns, .acks = acks, .polls = polls};
	return e->act_count - 1;
}

void lateness_done(struct engine *e, size_t act, int64_t time_ns)
{
	struct act *a = act == SIZE_MAX ? NULL : &e->acts[act];

	if (a && !a->done_ns)
		a->done_ns = time_ns > a->due_ns ? time_ns : a->due_ns;
}

void lateness_answered(struct engine *e, int64_t time_ns)
{
	/* The path there and back is no lateness. */
	lateness_done(e, e->asking, time_ns - e->path_ns);
	e->asking = SIZE_MAX;
}

/* When the peer had it, or stopped waiting for it because the time that is looked at was over. */
static int64_t until_ns(const struct act *a, int64_t to_ns)
{
	return a->done_ns && a->done_ns < to_ns ? a->done_ns : to_ns;
}

/* How much of this time the peer waited for us, whatever for; polls: or what is known of it did. */
static int64_t overdue_ns(const struct engine *e, int64_t from_ns, int64_t to_ns, bool polls)
{
	int64_t sum = 0;

	for (size_t i = 0; i < e->act_count; i++) {
		const struct act *a = &e->acts[i];
		int64_t begin = a->due_ns > from_ns ? a->due_ns : from_ns, end = until_ns(a, to_ns);

		if (end <= begin || (a->polls && !polls))
			continue;
		sum += end - begin;
		from_ns = end;
	}
	return sum;
}

int64_t lateness_since(const struct engine *e, int64_t from_ns)
{
	return overdue_ns(e, from_ns, e->now_ns, true);
}

void lateness_hides(struct engine *e, int64_t late_ns)
{
	engine_error(e, (struct reason){.code = CODE_LATE, .n = {late_ns}});
}

/* The longest that an ACK of ours kept the peer waiting: it measures that as the path's. */
static int64_t acks_late_ns(const struct engine *e, int64_t to_ns)
{
	int64_t most = 0;

	for (size_t i = 0; i < e->act_count; i++) {
		int64_t late = until_ns(&e->acts[i], to_ns) - e->acts[i].due_ns;

		if (e->acts[i].acks && late > most)
			most = late;
	}
	return most;
}

/* --- what the peer may have done by itself --- */

/* Of what came before this segment. */
struct before {
	bool any, acks, fin;
	uint32_t sent, acked; /* acked only where one had an ACK: a SYN may have none */
	uint16_t wnd;
	int64_t fin_ns; /* when its FIN came first */
};

static struct before look_before(const struct engine *e, size_t trace, int64_t to_ns)
{
	struct before b = {.any = false};

	for (size_t i = 0; i < e->verdict.trace_count; i++) {
		const struct trace *t = &e->verdict.trace[i];
		const struct segment *s = &t->segment;

		if (t->passage != PASSED_IN || t->ignored || i == trace || t->time_ns > to_ns)
			continue;
		if (s->flags & TCP_RST)
			continue;
		if (!b.any || seq_gt(segment_end(s), b.sent))
			b.sent = segment_end(s);
		if (s->flags & TCP_ACK && (!b.acks || seq_gt(s->ack, b.acked)))
			b.acked = s->ack;
		b.acks |= s->flags & TCP_ACK;
		b.wnd = s->wnd;
		if (s->flags & TCP_FIN && !b.fin) {
			b.fin = true;
			b.fin_ns = t->time_ns;
		}
		b.any = true;
	}
	return b;
}

/* By then a timer that its FIN began may have ended the peer's connection, which it would not have had we
 * been in time. None of them is shorter than a time-out. */
static bool over_by(const struct engine *e, int64_t time_ns)
{
	struct before b = look_before(e, SIZE_MAX, time_ns);
	int64_t lasted_ns = time_ns - b.fin_ns;

	return b.fin && lasted_ns >= SHORTEST_RTO_NS &&
	       overdue_ns(e, b.fin_ns, time_ns, false) >= lasted_ns / ROOM;
}

/* What left so shortly before a segment came was in flight then: no answer comes before. 1 ms less than our
 * SYN's took, which takes longer than others. */
static int64_t crossing_ns(const struct engine *e)
{
	return e->path_ns > NS_PER_MS ? e->path_ns - NS_PER_MS : 0;
}

/* Was the peer waiting for an act of ours when it sent this? */
static bool was_waiting(const struct engine *e, int64_t time_ns)
{
	for (size_t i = 0; i < e->act_count; i++) {
		const struct act *a = &e->acts[i];

		if (!a->polls && time_ns - a->due_ns >= SHORTEST_TIMER_NS &&
		    until_ns(a, time_ns) - a->due_ns > 0 &&
		    (!a->done_ns || time_ns < a->done_ns + crossing_ns(e)))
			return true;
	}
	return false;
}

/* When octets of ours, or of the peer's with this number, last passed before; 0: none did. */
static int64_t octets_before_ns(const struct engine *e, enum passage passage, const struct segment *s)
{
	int64_t last_ns = 0;

	for (size_t i = 0; i < e->verdict.trace_count; i++) {
		const struct trace *t = &e->verdict.trace[i];

		if (t->passage == passage && !t->ignored && t->time_ns < s->time_ns &&
		    segment_end(&t->segment) != t->segment.seq &&
		    (passage == PASSED_OUT || t->segment.seq == s->seq))
			last_ns = t->time_ns;
	}
	return last_ns;
}

/* Are its flags and numbers a sound TCP's, whatever it says? */
static bool is_in_order(const struct engine *e, const struct segment *s, const struct before *b)
{
	return b->any && s->flags & TCP_ACK && !(s->flags & (TCP_URG | TCP_RST)) && seq_le(s->seq, b->sent) &&
	       (!b->acks || seq_le(b->acked, s->ack)) && seq_le(s->ack, e->observer.ends[END_US].sent);
}

/* Is it what a sound TCP, or its program, sends when nothing has come: octets or a FIN, new or again after a
 * time-out, an ACK that was delayed, a probe? */
static bool is_unprompted(const struct engine *e, const struct segment *s, const struct before *b)
{
	bool old = seq_lt(s->seq, b->sent);

	if (!is_in_order(e, s, b))
		return false;
	if (segment_end(s) != s->seq)
		return !old || s->time_ns - octets_before_ns(e, PASSED_IN, s) >= SHORTEST_TIMER_NS;
	return old || s->ack != b->acked || s->wnd != b->wnd;
}

/* Did the peer have our ACK of all this when it sent it? Then no time-out of it is left. */
static bool was_acknowledged(const struct engine *e, const struct segment *s)
{
	for (size_t i = 0; i < e->outgoing_count; i++) {
		const struct outgoing *o = &e->outgoing[i];
		const struct segment *ours =
		    o->trace == SIZE_MAX ? NULL : &e->verdict.trace[o->trace].segment;

		if (ours && o->seen && o->time_ns + crossing_ns(e) < s->time_ns && ours->flags & TCP_ACK &&
		    seq_le(segment_end(s), ours->ack))
			return true;
	}
	return false;
}

/* Since when the peer's timer for it may have run: of octets that come again, from when they came; of an ACK,
 * from when we sent octets; of what its program says, from the beginning. Where it answers us, none did. */
static int64_t timed_from_ns(const struct engine *e, const struct segment *s, const struct before *b)
{
	int64_t ours_ns = octets_before_ns(e, PASSED_OUT, s), theirs_ns = octets_before_ns(e, PASSED_IN, s);

	if (segment_end(s) != s->seq && seq_lt(s->seq, b->sent))
		return theirs_ns ? theirs_ns : e->verdict.started_ns;
	if (s->ack != b->acked && s->time_ns - ours_ns < e->path_ns + DELAYED_ACK_NS)
		return s->time_ns;
	return segment_end(s) == s->seq && ours_ns ? ours_ns : e->verdict.started_ns;
}

/* Is it the answer to what left late, whose place in a step was taken by what the peer sent by itself until
 * then? */
static bool place_was_taken(const struct engine *e, const struct segment *s)
{
	for (size_t i = 0; i < e->act_count; i++) {
		const struct act *a = &e->acts[i];

		if (!a->done_ns || s->time_ns < a->done_ns ||
		    s->time_ns - a->done_ns >= e->path_ns + DELAYED_ACK_NS)
			continue;
		for (size_t k = 0; k < e->verdict.trace_count; k++) {
			const struct trace *t = &e->verdict.trace[k];

			if (t->note.kind == NOTE_EXPECTED && t->time_ns - a->due_ns >= SHORTEST_TIMER_NS &&
			    t->time_ns < a->done_ns)
				return true;
		}
	}
	return false;
}

/* Either it waited for us just then, or we had been late since that timer began, and would have done by then
 * what ends it. */
static bool segment_explained(const struct engine *e, const struct kept *k)
{
	const struct segment *s = &k->segment;
	struct before b = look_before(e, k->trace, s->time_ns);
	int64_t from_ns;

	if (s->flags & TCP_RST)
		return over_by(e, s->time_ns);
	/* Of so many it is not remembered what came before. */
	if (k->trace == SIZE_MAX)
		return overdue_ns(e, s->time_ns - USUAL_RTO_NS, s->time_ns, false) >= DELAYED_ACK_NS;
	if (is_in_order(e, s, &b) && place_was_taken(e, s))
		return true;
	if (!is_unprompted(e, s, &b) || (segment_end(s) != s->seq && was_acknowledged(e, s)))
		return false;
	from_ns = timed_from_ns(e, s, &b);
	return was_waiting(e, s->time_ns) ||
	       (s->time_ns - from_ns >= DELAYED_ACK_NS &&
	        overdue_ns(e, from_ns, s->time_ns, false) >= (s->time_ns - from_ns) / ROOM);
}

/* --- the rest --- */

/* Nothing came for so long (0: not known): because a time-out had grown by our late ACK, because the peer's
 * host was late itself, or because the peer was over when the waiting began. */
static bool wait_explained(const struct engine *e, int64_t waited_ns, int64_t now_ns)
{
	int64_t acks_ns = acks_late_ns(e, now_ns);

	if (acks_ns >= SHORTEST_RTO_NS / ROOM && waited_ns < USUAL_RTO_NS + RTO_GROWS * acks_ns)
		return true;
	if (waited_ns && overdue_ns(e, now_ns - waited_ns, now_ns, false) >= waited_ns / ROOM)
		return true;
	return !e->ref_send && over_by(e, now_ns - waited_ns);
}

/* The states to which each goes without a segment of ours: by its timers, or as its program closes. */
static bool goes_on(uint32_t from, uint32_t to)
{
	static const uint32_t next[STATE_COUNT] = {
	    [STATE_SYN_RECEIVED] = 1 << STATE_FIN_WAIT_1 | 1 << STATE_CLOSED,
	    [STATE_ESTABLISHED] = 1 << STATE_FIN_WAIT_1 | 1 << STATE_CLOSED,
	    [STATE_CLOSE_WAIT] = 1 << STATE_LAST_ACK | 1 << STATE_CLOSED,
	    [STATE_FIN_WAIT_1] = 1 << STATE_CLOSED,
	    [STATE_FIN_WAIT_2] = 1 << STATE_CLOSED,
	    [STATE_CLOSING] = 1 << STATE_CLOSED,
	    [STATE_LAST_ACK] = 1 << STATE_CLOSED,
	    [STATE_TIME_WAIT] = 1 << STATE_CLOSED,
	};

	for (int i = 0; i < STATE_COUNT; i++)
		if (from & 1u << i && next[i] & to)
			return true;
	return false;
}

static bool state_explained(const struct engine *e, const struct reason *why, int64_t now_ns)
{
	uint32_t wanted = (uint32_t)why->fields[0].expected.n[0], got = (uint32_t)why->fields[0].got.n[0];
	int64_t answered_ns = now_ns - e->own.state.asked_ns;

	/* No question that came after that answer made it so. */
	if (goes_on(wanted, got) && got & 1u << STATE_CLOSED)
		return over_by(e, e->own.state.closed_ns ? e->own.state.closed_ns : now_ns);
	if (goes_on(wanted, got))
		return overdue_ns(e, 0, now_ns, false) >= (now_ns - e->verdict.started_ns) / ROOM;
	/* It is to come yet. It was asked for again when its time was over, so that our own lateness takes
	 * nothing from it; but a host that is slow to answer may be slow to do it. */
	return goes_on(got, wanted) && (acks_late_ns(e, now_ns) >= SHORTEST_RTO_NS / ROOM ||
	                                answered_ns >= (now_ns - e->ref_ns) / ROOM);
}

int64_t engine_late_ns(const struct engine *e)
{
	const struct verdict *v = &e->verdict;
	int64_t most = 0;

	if (v->kind == VERDICT_ERROR && v->reason.code == CODE_LATE)
		return v->reason.n[0];
	for (size_t i = 0; i < v->warning_count && v->kind == VERDICT_WARN; i++)
		most = v->warnings[i].late_ns > most ? v->warnings[i].late_ns : most;
	return v->kind == VERDICT_FAIL ? v->late_ns : most;
}

int64_t lateness_explains(const struct engine *e, const struct kept *k, const struct reason *why)
{
	int64_t now_ns = k ? k->segment.time_ns : e->now_ns, margin_ns = why->fields[0].jitter_ns;
	int64_t all_ns = overdue_ns(e, 0, now_ns, false), grown_ns = RTO_GROWS * acks_late_ns(e, now_ns);
	bool so = false;

	switch (explained[why->code]) {
	case BY_NOTHING: break;
	case BY_TIME: so = margin_ns > 0 && margin_ns <= all_ns; break;
	case BY_TIMEOUT: so = margin_ns > 0 && (margin_ns <= all_ns || margin_ns <= grown_ns); break;
	case BY_TIMER:
		so = margin_ns > 0 && (margin_ns <= all_ns || margin_ns <= TIMER_GROWS * grown_ns);
		break;
	case BY_WAIT:
		so = wait_explained(e,
		                    why->code == CODE_NO_SEGMENT  ? why->n[0]
		                    : why->code == CODE_NO_RESEND ? why->n[1]
		                                                  : 0,
		                    now_ns);
		break;
	case BY_SEGMENT: so = k && segment_explained(e, k); break;
	case BY_STATE: so = state_explained(e, why, now_ns); break;
	}
	return so ? all_ns : 0;
}
