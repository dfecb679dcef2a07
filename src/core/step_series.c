/* expect retransmit: a segment comes again and again, with back-off, until
 * the peer gives up (RFC 9293, 3.8.3; RFC 6298, 5).
 *
 * The gaps are judged together: there must be one RTO with which each of them
 * is on the doubling schedule, within the scenario's tolerance. A timer may
 * be late, never early, so lateness is allowed for in one direction only. */
#include "engine_impl.h"

#include "seq.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

/* Where the scenario says no back-off, the next gap may be so many times the last. */
#define UNKNOWN_FACTOR 2.5
#define FIRST_WITHIN_NS (5 * NS_PER_S)
#define POLL_NS (30 * NS_PER_MS)
/* The peer counts its budget in ticks of its own clock. */
#define TIMER_EARLY_NS (20 * NS_PER_MS)

/* A short gap may be late by so large a part of it; a long one by TIMER_LATE_NS. */
#define LATE_SHARE 5.0

enum { SERIES_NAME_BYTES = 48 };

static const struct series *wanted(const struct engine *e) { return &engine_current(e)->series; }

/* The newest number that a resend may acknowledge: what we lost on purpose never reached the peer, and
 * what a scenario sent by numbers of its own may lie elsewhere. */
static uint32_t newest_ack(const struct engine *e, uint32_t oldest)
{
	const struct end *ours = &e->observer.ends[END_US];
	uint32_t newest = e->connection.snd_nxt;

	if (ours->seen && seq_lt(ours->sent, newest))
		newest = ours->sent;
	return seq_gt(newest, oldest) ? newest : oldest;
}

static void wanted_again(const struct engine *e, struct resend *again)
{
	const struct segment *whole = &e->own.series.whole;

	resend_pattern(again, whole, (struct expr){.op = EXPR_CONST, .value = newest_ack(e, whole->ack)});
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

	return t->within_ns >= 0 ? engine_base(e, t) + engine_stretch(e, t->within_ns) : INT64_MAX;
}

/* When waiting for the next resend is over. Where there must be one it is waited for
 * longer: that it came too late tells more than that it did not come. */
static int64_t wait_end(const struct engine *e)
{
	const struct series *w = wanted(e);
	int64_t end, longer = e->own.series.count < w->min ? e->own.series.gap_max_ns / 2 : 0;

	if (e->own.series.count)
		end = e->own.series.last_ns + engine_stretch(e, e->own.series.gap_max_ns + longer);
	else if (w->first_max_ns >= 0)
		end = e->own.series.last_ns + engine_stretch(e, w->first_max_ns);
	else
		end = within_end(e) != INT64_MAX ? within_end(e)
		                                 : e->own.series.last_ns + engine_stretch(e, FIRST_WITHIN_NS);
	return end < within_end(e) ? end : within_end(e);
}

static bool may_poll(const struct engine *e)
{
	return wanted(e)->gives_up && e->config.state_observable && e->own.series.count;
}

static void arm(struct engine *e)
{
	e->deadline_ns = wait_end(e);
	if (may_poll(e) && !e->state_asked && e->own.series.next_poll_ns < e->deadline_ns)
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
		engine_error(e, "%s does not follow %s: the two can't be resent as one",
		             e->scenario->names[w->with], e->scenario->names[w->slot]);
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

/* Narrows the RTO that the gaps agree with; false where none is left. */
static bool judge_gap(struct engine *e, double gap_s, struct mismatch *why)
{
	const struct series *w = wanted(e);
	struct series_run *r = &e->own.series;
	unsigned steps = r->count - 1 - (w->first_exempt ? 1 : 0);
	double scale, low, high, longest;

	if (r->count == 1 && w->first_exempt) {
		r->gap_max_ns = longest_ns(e, gap_s * w->factor * (1 + w->plus));
		return true;
	}
	scale = pow(w->factor, steps);
	low = (gap_s - late_s(e, gap_s)) / (scale * (1 + w->plus));
	high = gap_s / (scale * (1 - w->minus));
	longest = r->rto_high_s * scale * (1 + w->plus);
	why->field = "gap";
	snprintf(why->expected, sizeof why->expected, "%.3f to %.3f s (back-off %g)",
	         r->rto_low_s * scale * (1 - w->minus), isinf(longest) ? gap_s : longest + late_s(e, longest),
	         w->factor);
	snprintf(why->got, sizeof why->got, "%.3f s", gap_s);
	if (low > r->rto_low_s)
		r->rto_low_s = low;
	if (high < r->rto_high_s)
		r->rto_high_s = high;
	r->gap_max_ns = longest_ns(e, r->rto_high_s * scale * w->factor * (1 + w->plus));
	/* What the first gap is off by counts scale times here. */
	why->jitter_ns = (int64_t)((r->rto_low_s - r->rto_high_s) * scale / (1 + scale) * (double)NS_PER_S);
	return r->rto_low_s <= r->rto_high_s;
}

static bool judge_first(const struct engine *e, int64_t gap_ns, struct mismatch *why)
{
	const struct series *w = wanted(e);
	int64_t max = w->first_max_ns >= 0 ? engine_stretch(e, w->first_max_ns) : INT64_MAX;

	if (e->own.series.count != 1 || (gap_ns >= w->first_min_ns && gap_ns <= max))
		return true;
	why->field = "first gap";
	why->jitter_ns = gap_ns < w->first_min_ns ? w->first_min_ns - gap_ns : gap_ns - max;
	snprintf(why->expected, sizeof why->expected, "%.3f to %.3f s",
	         seconds(w->first_min_ns > 0 ? w->first_min_ns : 0), seconds(max));
	snprintf(why->got, sizeof why->got, "%.3f s", seconds(gap_ns));
	return false;
}

/* "fin", "text with fin" */
static const char *series_name(const struct engine *e, char buf[SERIES_NAME_BYTES])
{
	const struct series *w = wanted(e);
	const char *const *names = e->scenario->names;

	if (w->with >= 0)
		snprintf(buf, SERIES_NAME_BYTES, "%.20s with %.20s", names[w->slot], names[w->with]);
	else
		snprintf(buf, SERIES_NAME_BYTES, "%.30s", names[w->slot]);
	return buf;
}

/* The peer stops at the first time-out at which so much has passed since its
 * first resend: its last resend was before that, the next would not have been. */
static bool judge_budget(struct engine *e)
{
	const struct series *w = wanted(e);
	const struct series_run *r = &e->own.series;
	int64_t used = r->last_ns - r->first_resend_ns;
	struct mismatch why = {.field = "budget"};

	snprintf(why.expected, sizeof why.expected, "%.3f s since the first resend", seconds(w->budget_ns));
	if (used > w->budget_ns + engine_stretch(e, TIMER_LATE_NS)) {
		snprintf(why.got, sizeof why.got, "a resend after %.3f s", seconds(used));
		why.jitter_ns = used - w->budget_ns - engine_stretch(e, TIMER_LATE_NS);
		engine_fail(e, SIZE_MAX, &why, "the peer went on too long: %s, its budget is %s", why.got,
		            why.expected);
		return false;
	}
	if (used + r->gap_max_ns < w->budget_ns) {
		why.jitter_ns = w->budget_ns - used - r->gap_max_ns;
		snprintf(why.got, sizeof why.got, "no resend where the next was due by %.3f s",
		         seconds(used + r->gap_max_ns));
		engine_fail(e, SIZE_MAX, &why, "the peer gave up too early: %s, its budget is %s", why.got,
		            why.expected);
		return false;
	}
	return true;
}

static void explain_count(const struct engine *e, struct mismatch *why)
{
	const struct series *w = wanted(e);

	why->field = "count";
	if (w->min == w->max)
		snprintf(why->expected, sizeof why->expected, "%u", w->min);
	else if (w->max == UINT_MAX)
		snprintf(why->expected, sizeof why->expected, "%u or more", w->min);
	else
		snprintf(why->expected, sizeof why->expected, "%u to %u", w->min, w->max);
	snprintf(why->got, sizeof why->got, "%u", e->own.series.count);
}

static bool judge_count(struct engine *e)
{
	const struct series *w = wanted(e);
	char name[SERIES_NAME_BYTES];
	struct mismatch why;

	if (e->own.series.count >= w->min && e->own.series.count <= w->max)
		return true;
	explain_count(e, &why);
	engine_fail(e, SIZE_MAX, &why, "%s resent %u time%s, expected %s", series_name(e, name),
	            e->own.series.count, e->own.series.count == 1 ? "" : "s", why.expected);
	return false;
}

static void finish(struct engine *e, int64_t time_ns)
{
	const struct series *w = wanted(e);

	evidence_measure(e, MEASURE_RESENDS, e->own.series.count);
	if (e->own.series.count && w->gives_up)
		evidence_measure(e, MEASURE_LAST_RESEND,
		                 seconds(e->own.series.last_ns - e->own.series.first_ns));
	if (!judge_count(e))
		return;
	if (w->gives_up && w->budget_ns >= 0 && !judge_budget(e))
		return;
	engine_step_done(e, time_ns);
}

/* Whether count octets at from are those of the first sending, as far as these were captured. */
static bool same_part(const struct bound *first, const struct segment *s, uint32_t from)
{
	uint32_t count = first->segment.payload_captured;

	if (from + count > s->payload_captured)
		return true;
	return engine_octets_hash(count ? s->payload + from : NULL, count) == first->payload_hash;
}

/* A resend has the octets of the first sending (RFC 9293, 3.4: a number stands
 * for one octet). Only what was captured of both can be compared. */
static bool same_octets(const struct engine *e, const struct segment *s, struct mismatch *why)
{
	const struct series *w = wanted(e);
	const struct bound *first = &e->bound[w->slot];

	if (same_part(first, s, 0) &&
	    (w->with < 0 || same_part(&e->bound[w->with], s, first->segment.payload_len)))
		return true;
	why->field = "payload";
	snprintf(why->expected, sizeof why->expected, "the octets of the first sending");
	snprintf(why->got, sizeof why->got, "others");
	return false;
}

static enum taken segment(struct engine *e, const struct kept *k)
{
	const struct series *w = wanted(e);
	struct series_run *r = &e->own.series;
	int64_t gap_ns = k->segment.time_ns - e->own.series.last_ns;
	char name[SERIES_NAME_BYTES];
	struct mismatch why = {0};
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
	series_name(e, name);
	if (!same_octets(e, &k->segment, &why)) {
		engine_fail(e, k->trace, &why, "resend %u of %s has other octets than the first sending",
		            r->count, name);
	} else if (!judge_first(e, gap_ns, &why)) {
		engine_fail(e, k->trace, &why, "the first resend came after %s, expected %s", why.got,
		            why.expected);
	} else if (!w->has_backoff) {
		r->gap_max_ns = (int64_t)((double)gap_ns * UNKNOWN_FACTOR) + TIMER_LATE_NS;
	} else if (!judge_gap(e, seconds(gap_ns), &why)) {
		engine_fail(e, k->trace, &why, "resend %u came after a gap of %s, expected %s", r->count,
		            why.got, why.expected);
	}
	if (e->settled)
		return TAKEN;
	if (r->count > w->max || (r->count == w->max && !w->gives_up))
		finish(e, k->segment.time_ns);
	else
		arm(e);
	return TAKEN;
}

static void fail_missing(struct engine *e)
{
	double waited = seconds(e->deadline_ns - e->own.series.last_ns);
	char name[SERIES_NAME_BYTES];
	struct mismatch why;

	explain_count(e, &why);
	evidence_measure(e, MEASURE_RESENDS, e->own.series.count);
	if (!e->own.series.count)
		engine_fail(e, SIZE_MAX, &why, "%s was not resent within %.3f s", series_name(e, name),
		            waited);
	else
		engine_fail(e, SIZE_MAX, &why, "%s was resent %u time%s, and not again within %.3f s",
		            series_name(e, name), e->own.series.count, e->own.series.count == 1 ? "" : "s",
		            waited);
}

/* The whole series had a limit, and it came before the end was known. */
static void fail_not_over(struct engine *e)
{
	double limit = seconds(engine_stretch(e, engine_current(e)->timing.within_ns));
	struct mismatch why = {.field = "time", .got = "no end seen"};

	snprintf(why.expected, sizeof why.expected, "given up within %.3f s", limit);
	engine_fail(e, SIZE_MAX, &why,
	            "after %u resend%s it is not known that the peer gave up: not within %.3f s",
	            e->own.series.count, e->own.series.count == 1 ? "" : "s", limit);
}

static void expire(struct engine *e)
{
	const struct series *w = wanted(e);

	if (e->deadline_ns < wait_end(e)) {
		engine_ask(e, ACTION_STATE);
		e->state_asked = true;
		arm(e);
	} else if (e->own.series.count && w->gives_up && e->deadline_ns < within_end(e)) {
		finish(e, e->deadline_ns);
	} else if (e->own.series.count && w->gives_up) {
		fail_not_over(e);
	} else if (e->own.series.count >= w->min && e->own.series.count) {
		finish(e, e->deadline_ns);
	} else {
		fail_missing(e);
	}
}

/* Seen to be gone already: then the end itself tells more than the last resend,
 * for it comes at a time-out after the budget, and never before. */
static bool judge_end(struct engine *e)
{
	const struct series *w = wanted(e);
	int64_t lived_ns = e->now_ns - e->own.series.first_resend_ns;
	struct mismatch why = {.field = "budget"};

	if (w->budget_ns < 0 || lived_ns + TIMER_EARLY_NS >= w->budget_ns)
		return true;
	snprintf(why.expected, sizeof why.expected, "%.3f s since the first resend", seconds(w->budget_ns));
	snprintf(why.got, sizeof why.got, "gone after %.3f s", seconds(lived_ns));
	why.jitter_ns = w->budget_ns - lived_ns - TIMER_EARLY_NS;
	evidence_measure(e, MEASURE_RESENDS, e->own.series.count);
	evidence_state_wrong(e);
	engine_fail(e, SIZE_MAX, &why, "the peer gave up too early: %s, its budget is %s", why.got,
	            why.expected);
	return false;
}

static void state(struct engine *e, const struct observed_state *o)
{
	e->own.series.next_poll_ns = e->now_ns + POLL_NS;
	if (o->known && o->state == STATE_CLOSED) {
		evidence_measure(e, MEASURE_GAVE_UP, seconds(e->now_ns - e->own.series.first_ns));
		if (judge_end(e))
			finish(e, e->now_ns);
		return;
	}
	arm(e);
}

const struct step_ops step_retransmit_ops = {.begin = begin,
                                             .arm = arm,
                                             .segment = segment,
                                             .expire = expire,
                                             .state = state,
                                             .differences = differences};
