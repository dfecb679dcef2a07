/* expect retransmit: a segment comes again and again, with back-off, until
 * the peer gives up (RFC 9293, 3.8.3; RFC 6298, 5).
 *
 * The gaps are judged together: there must be one RTO with which each of them
 * is on the doubling schedule, within the scenario's tolerance. A timer may
 * be late, never early, so lateness is allowed for in one direction only. */
#include "engine_impl.h"

#include <limits.h>
#include <math.h>

/* Where the scenario says no back-off, the next gap may be so many times the last. */
#define UNKNOWN_FACTOR 2.5
#define FIRST_WITHIN_NS (5 * NS_PER_S)
#define POLL_NS (30 * NS_PER_MS)
/* The peer counts its budget in ticks of its own clock. */
#define TIMER_EARLY_NS (20 * NS_PER_MS)

/* A short gap may be late by so large a part of it; a long one by TIMER_LATE_NS. */
#define LATE_SHARE 5.0

static const struct series *wanted(const struct engine *e) { return &engine_current(e)->series; }

/* What must come again. The newest number that it may acknowledge: what we lost on purpose never reached the
 * peer, and what a scenario sent by numbers of its own may lie elsewhere. */
static void wanted_again(const struct engine *e, struct resend *again)
{
	const struct segment *whole = &e->own.series.whole;
	const struct end *ours = &e->observer.ends[END_US];
	uint32_t newest = e->connection.snd_nxt;

	if (ours->seen && seq_lt(ours->sent, newest))
		newest = ours->sent;
	if (seq_lt(newest, whole->ack))
		newest = whole->ack;
	resend_pattern(again, whole, (struct expr){.op = EXPR_CONST, .value = newest});
}

static size_t differences(struct engine *e, const struct kept *k, struct mismatch out[MISMATCHES_MAX])
{
	struct resend again;

	wanted_again(e, &again);
	return pattern_differences(&again.pattern, &k->segment, &e->scope, out);
}

static int64_t within_end(const struct engine *e)
{
	const struct timing *t = &engine_current(e)->timing;

	return t->within_ns >= 0 ? engine_base(e, t) + engine_within(e, 0) : INT64_MAX;
}

/* The first round trip that a sender measures counts threefold in its time-out (RFC 6298, 2.2). */
static int64_t path_rto(const struct engine *e) { return 3 * engine_path(e); }

/* When waiting for the next resend is over. Where there must be one, or may be, and a back-off says when, it
 * is waited for longer: that it came too late tells more than that it did not come. */
static int64_t wait_end(const struct engine *e)
{
	const struct series *w = wanted(e);
	const struct series_run *r = &e->own.series;
	int64_t limit = within_end(e), wait = e->config.first_resend_ns, end;
	bool longer = r->count < w->min || (w->has_backoff && !w->gives_up);

	if (wait == 0)
		wait = FIRST_WITHIN_NS;
	if (r->count)
		wait = r->gap_max_ns + (longer ? r->gap_max_ns / 2 : 0);
	else if (w->first_max_ns >= 0)
		wait = w->first_max_ns;
	else if (limit != INT64_MAX)
		return limit;
	end = r->last_ns + engine_stretch(e, wait) + (r->count ? 0 : path_rto(e));
	return end < limit ? end : limit;
}

static void arm(struct engine *e)
{
	e->deadline_ns = wait_end(e);
	if (wanted(e)->gives_up && e->config.state_observable && e->own.series.count && !e->state_asked &&
	    e->own.series.next_poll_ns < e->deadline_ns)
		e->deadline_ns = e->own.series.next_poll_ns;
}

/* A resend that an earlier step or an allowance took. The gaps count from the last one. */
static void count_taken(struct engine *e)
{
	struct series_run *r = &e->own.series;

	for (size_t i = 0; i < e->verdict.trace_count; i++) {
		const struct trace *t = &e->verdict.trace[i];

		if (t->passage != PASSED_IN || t->step < 0 || t->wrong || t->ignored ||
		    t->time_ns <= r->last_ns || t->segment.seq != r->whole.seq ||
		    t->segment.payload_len != r->whole.payload_len ||
		    ((t->segment.flags ^ r->whole.flags) & TCP_FLAGS & ~TCP_PSH))
			continue;
		if (r->last_ns == r->first_ns)
			r->first_resend_ns = t->time_ns;
		r->last_ns = t->time_ns;
	}
}

static void begin(struct engine *e)
{
	const struct series *w = wanted(e);
	const struct bound *first = &e->bound[w->slot];
	const struct bound *rest = w->with >= 0 ? &e->bound[w->with] : NULL;

	e->own.series =
	    (struct series_run){.whole = resend_whole(&first->segment, rest ? &rest->segment : NULL),
	                        .first_ns = first->time_ns,
	                        .last_ns = first->time_ns,
	                        .rto_high_s = INFINITY};
	if (rest && rest->segment.seq != segment_end(&first->segment)) {
		engine_error(e, (struct reason){.code = CODE_NOT_ADJACENT, .n = {w->with, w->slot}});
		return;
	}
	count_taken(e);
}

/* By how much a timer may end a gap late: short gaps are measured against themselves, or
 * nothing would be too early or too late for them. */
static double late_s(const struct engine *e, double gap_s)
{
	double most = seconds(engine_stretch(e, TIMER_LATE_NS));
	double share = seconds(engine_stretch(e, (int64_t)(gap_s / LATE_SHARE * (double)NS_PER_S)));

	return share < most ? share : most;
}

static int64_t longest_ns(const struct engine *e, double gap_s)
{
	return (int64_t)((gap_s + late_s(e, gap_s)) * (double)NS_PER_S);
}

/* A failure of the series: so many came. */
static struct reason fault(const struct engine *e, enum code code, enum difference field,
                           struct datum expected, struct datum got, int64_t jitter_ns)
{
	struct reason why = reason_field(code, field, expected, got);

	why.n[0] = e->own.series.count;
	why.n[2] = wanted(e)->slot;
	why.n[3] = wanted(e)->with;
	why.fields[0].jitter_ns = jitter_ns;
	return why;
}

/* A clock that ticks is armed between two ticks: the first time-out is then too short, by less than a tick.
 * It expires on one, as does each after it, so all later gaps are whole ticks. And no such clock makes a
 * first gap of less than a tick: who has one has no such clock. */
static double short_s(const struct engine *e, const struct kept *k, int64_t gap_ns)
{
	int64_t tick_ns = e->config.timer_tick_ns;
	bool first = k->segment.time_ns - gap_ns == e->own.series.first_ns;

	return first && gap_ns + TIMER_EARLY_NS >= tick_ns ? seconds(tick_ns) : 0;
}

/* Narrows the RTO that the gaps agree with; false where none is left. */
static bool judge_gap(struct engine *e, const struct kept *k, int64_t gap_ns)
{
	const struct series *w = wanted(e);
	struct series_run *r = &e->own.series;
	unsigned steps = r->count - 1 - (w->first_exempt ? 1 : 0);
	double gap_s = seconds(gap_ns), scale, low, high, longest;
	struct datum expected = {.kind = DATUM_BACKOFF, .n = {0, gap_ns, lround(w->factor * 1e6)}};

	if (r->count == 1 && w->first_exempt) {
		r->gap_max_ns = longest_ns(e, gap_s * w->factor * (1 + w->plus));
		return true;
	}
	scale = pow(w->factor, steps);
	low = (gap_s - late_s(e, gap_s)) / (scale * (1 + w->plus));
	high = (gap_s + short_s(e, k, gap_ns)) / (scale * (1 - w->minus));
	longest = r->rto_high_s * scale * (1 + w->plus);
	expected.n[0] = (int64_t)(r->rto_low_s * scale * (1 - w->minus) * (double)NS_PER_S);
	if (!isinf(longest))
		expected.n[1] = longest_ns(e, longest);
	if (low > r->rto_low_s)
		r->rto_low_s = low;
	if (high < r->rto_high_s)
		r->rto_high_s = high;
	r->gap_max_ns = longest_ns(e, r->rto_high_s * scale * w->factor * (1 + w->plus));
	if (r->rto_low_s <= r->rto_high_s)
		return true;
	/* What the first gap is off by counts scale times here. */
	r->missed = true;
	return engine_missed(
	    e, k,
	    fault(e, CODE_GAP, DIFFERS_GAP, expected, datum_of(DATUM_TIME, gap_ns, 0),
	          (int64_t)((r->rto_low_s - r->rto_high_s) * scale / (1 + scale) * (double)NS_PER_S)));
}

static bool judge_first(struct engine *e, const struct kept *k, int64_t gap_ns)
{
	const struct series *w = wanted(e);
	int64_t min = w->first_min_ns > 0 ? w->first_min_ns : 0;
	int64_t max = w->first_max_ns >= 0 ? engine_stretch(e, w->first_max_ns) + path_rto(e) : INT64_MAX;

	if (e->own.series.count != 1 || (gap_ns >= w->first_min_ns && gap_ns <= max))
		return true;
	return engine_missed(e, k,
	                     fault(e, CODE_FIRST_GAP, DIFFERS_FIRST_GAP, datum_of(DATUM_TIME_RANGE, min, max),
	                           datum_of(DATUM_TIME, gap_ns, 0),
	                           gap_ns < min ? min - gap_ns : gap_ns - max));
}

static bool missed_budget(struct engine *e, enum code code, enum datum_kind got, int64_t got_ns,
                          int64_t jitter_ns)
{
	return engine_missed(e, NULL,
	                     fault(e, code, DIFFERS_BUDGET,
	                           datum_of(DATUM_SINCE_FIRST_RESEND, wanted(e)->budget_ns, 0),
	                           datum_of(got, got_ns, 0), jitter_ns));
}

/* The peer stops at the first time-out at which so much has passed since its
 * first resend: its last resend was before that, the next would not have been. */
static bool judge_budget(struct engine *e)
{
	const struct series_run *r = &e->own.series;
	int64_t budget = wanted(e)->budget_ns, used = r->last_ns - r->first_resend_ns;
	int64_t most = budget + engine_stretch(e, TIMER_LATE_NS), next = used + r->gap_max_ns;

	if (used > most)
		return missed_budget(e, CODE_GAVE_UP_LATE, DATUM_RESEND_AFTER, used, used - most);
	return next >= budget ||
	       missed_budget(e, CODE_GAVE_UP_EARLY, DATUM_NO_RESEND_BY, next, budget - next);
}

static struct reason count_fault(const struct engine *e, enum code code)
{
	const struct series *w = wanted(e);
	enum datum_kind kind = w->min == w->max     ? DATUM_NUMBER
	                       : w->max == UINT_MAX ? DATUM_AT_LEAST
	                                            : DATUM_FROM_TO;

	return fault(e, code, DIFFERS_RESENDS, datum_of(kind, w->min, w->max),
	             datum_of(DATUM_NUMBER, e->own.series.count, 0), 0);
}

static void finish(struct engine *e, int64_t time_ns)
{
	const struct series *w = wanted(e);

	evidence_measure(e, MEASURE_RESENDS, e->own.series.count);
	if (e->own.series.count && w->gives_up)
		evidence_measure(e, MEASURE_LAST_RESEND,
		                 seconds(e->own.series.last_ns - e->own.series.first_ns));
	if (e->own.series.count < w->min || e->own.series.count > w->max) {
		if (!engine_missed(e, NULL, count_fault(e, CODE_RESEND_COUNT)))
			return;
	} else if (w->gives_up && w->budget_ns >= 0 && !judge_budget(e)) {
		return;
	}
	engine_step_done(e, time_ns);
}

/* Whether count octets at from are those of the first sending, as far as these were captured. */
static bool same_part(const struct bound *first, const struct segment *s, uint32_t from)
{
	uint32_t count = first->segment.payload_captured;

	if (from + count > s->payload_captured)
		return true;
	return bytes_hash(count ? s->payload + from : NULL, count) == first->payload_hash;
}

/* A resend has the octets of the first sending (RFC 9293, 3.4: a number stands
 * for one octet). Only what was captured of both can be compared. */
static bool judge_octets(struct engine *e, const struct kept *k)
{
	const struct series *w = wanted(e);
	const struct bound *first = &e->bound[w->slot];

	if (same_part(first, &k->segment, 0) &&
	    (w->with < 0 || same_part(&e->bound[w->with], &k->segment, first->segment.payload_len)))
		return true;
	engine_fail(e, k,
	            fault(e, CODE_RESEND_OCTETS, DIFFERS_PAYLOAD, datum_of(DATUM_FIRST_OCTETS, 0, 0),
	                  datum_of(DATUM_OTHER_OCTETS, 0, 0), 0));
	return false;
}

static enum taken segment(struct engine *e, const struct kept *k)
{
	const struct series *w = wanted(e);
	struct series_run *r = &e->own.series;
	int64_t gap_ns = k->segment.time_ns - r->last_ns;
	struct resend again;

	wanted_again(e, &again);
	if (!engine_matches(e, &again.pattern, &k->segment, NULL))
		return REFUSED;
	if (!r->count++)
		r->first_resend_ns = k->segment.time_ns;
	r->last_ns = k->segment.time_ns;
	r->next_poll_ns = k->segment.time_ns + POLL_NS;
	evidence_measure(e, MEASURE_GAPS, seconds(gap_ns));
	engine_took(e, k, w->lost, (struct note){.kind = NOTE_RESEND, .slot = -1, .n = r->count});
	if (judge_octets(e, k) && judge_first(e, k, gap_ns)) {
		if (w->has_backoff && !r->missed)
			judge_gap(e, k, gap_ns);
		else
			r->gap_max_ns = (int64_t)((double)gap_ns * UNKNOWN_FACTOR) + TIMER_LATE_NS;
	}
	if (e->settled)
		return TAKEN;
	if (r->count > w->max || (r->count == w->max && !w->gives_up))
		finish(e, k->segment.time_ns);
	else
		arm(e);
	return TAKEN;
}

static void expire(struct engine *e)
{
	const struct series *w = wanted(e);
	struct reason why;
	int64_t limit;

	if (e->deadline_ns < wait_end(e)) {
		engine_ask(e, ACTION_STATE);
		e->own.series.asked_ns = e->now_ns;
		e->state_asked = true;
		arm(e);
	} else if (e->own.series.count && w->gives_up && e->deadline_ns < within_end(e)) {
		finish(e, e->deadline_ns);
	} else if (e->own.series.count && w->gives_up) {
		/* The whole series had a limit, and it came before the end was known. */
		limit = engine_stretch(e, engine_current(e)->timing.within_ns);
		why = fault(e, CODE_NOT_GIVEN_UP, DIFFERS_TIME, datum_of(DATUM_GIVEN_UP_WITHIN, limit, 0),
		            datum_of(DATUM_NO_END, 0, 0), 0);
		why.n[1] = limit;
		if (engine_missed(e, NULL, why))
			engine_step_done(e, e->deadline_ns);
	} else if (e->own.series.count >= w->min && e->own.series.count) {
		finish(e, e->deadline_ns);
	} else {
		why = count_fault(e, CODE_NO_RESEND);
		why.n[1] = e->deadline_ns - e->own.series.last_ns;
		evidence_measure(e, MEASURE_RESENDS, e->own.series.count);
		if (engine_missed(e, NULL, why))
			engine_step_done(e, e->deadline_ns);
	}
}

static void state(struct engine *e, const struct observed_state *o)
{
	struct series_run *r = &e->own.series;
	int64_t budget = wanted(e)->budget_ns, lived = e->now_ns - r->first_resend_ns;
	int64_t late = lateness_since(e, r->alive_ns > r->last_ns ? r->alive_ns : r->last_ns);

	r->next_poll_ns = e->now_ns + POLL_NS;
	if (!o->known || o->state != STATE_CLOSED) {
		r->alive_ns = r->asked_ns;
		arm(e);
		return;
	}
	evidence_measure(e, MEASURE_GAVE_UP, seconds(e->now_ns - r->first_ns));
	if (lived >= budget && lived - late < budget && late > LOOKED_LATE_NS) {
		lateness_hides(e, late);
		return;
	}
	/* The end itself tells more than the last resend, for it comes at a time-out after the
	 * budget, and never before. */
	if (budget < 0 || lived + TIMER_EARLY_NS >= budget) {
		finish(e, e->now_ns);
		return;
	}
	evidence_measure(e, MEASURE_RESENDS, r->count);
	evidence_state_wrong(e);
	if (missed_budget(e, CODE_GAVE_UP_EARLY, DATUM_GONE_AFTER, lived, budget - lived - TIMER_EARLY_NS))
		engine_step_done(e, e->now_ns);
}

const struct step_ops step_retransmit_ops = {.begin = begin,
                                             .arm = arm,
                                             .segment = segment,
                                             .expire = expire,
                                             .state = state,
                                             .differences = differences};
