/* send, expect, silence, allow, fence, interval, leave: the steps that look at one segment at a time. */
#include "engine_impl.h"

#include <stdlib.h>
#include <string.h>

/* --- send --- */

static void send_begin(struct engine *e)
{
	const struct pattern *p = &engine_current(e)->patterns[0];
	struct segment s;
	struct diag d;
	unsigned id = 0;

	if (!pattern_build(p, &e->scope, e->now_ns, &s, &d)) {
		engine_error(e, reason_text_of(CODE_CANNOT_BUILD, d.text));
		return;
	}
	if (p->win.kind == FIELD_VALUE && !malform_is_void(&s))
		e->connection.rcv_wnd = s.wnd;
	if (p->lost) {
		evidence_note(e, evidence_add(e, &s, PASSED_OUT, e->now_ns), true,
		              note_of(NOTE_SENT, p->slot));
		engine_bind(e, p->slot, &s, true, 0);
	} else {
		id = engine_send(e, &s, p->slot, NOTE_SENT);
	}
	if (!malform_is_void(&s))
		connection_sent(&e->connection, &s);
	engine_step_done(e, e->now_ns);
	e->ref_send = id;
}

const struct step_ops step_send_ops = {.begin = send_begin};

/* --- expect --- */

static void expect_arm(struct engine *e)
{
	const struct timing *t = &engine_current(e)->timing;

	e->deadline_ns =
	    engine_base(e, t) + engine_within(e, DEFAULT_WITHIN_NS + (t->after_ns > 0 ? t->after_ns : 0));
}

/* The first of the step's patterns that the segment matches, or NULL. */
static const struct pattern *find_listed(struct engine *e, const struct kept *k)
{
	const struct step *s = engine_current(e);

	for (size_t i = 0; i < s->pattern_count && !e->settled; i++)
		if (engine_matches(e, &s->patterns[i], &k->segment, NULL))
			return &s->patterns[i];
	return NULL;
}

/* Too early is wrong too, where the step says so. True: and the run has ended. */
static bool too_early(struct engine *e, const struct kept *k)
{
	const struct timing *t = &engine_current(e)->timing;
	int64_t after_ns = k->segment.time_ns - engine_base(e, t);
	struct reason why;

	if (t->after_ns < 0 || after_ns >= t->after_ns)
		return false;
	why = reason_field(CODE_TOO_EARLY, DIFFERS_TIME, datum_of(DATUM_NOT_BEFORE, t->after_ns, 0),
	                   datum_of(after_ns < 0 ? DATUM_TIME_BEFORE : DATUM_TIME, llabs(after_ns), 0));
	why.fields[0].jitter_ns = t->after_ns - after_ns;
	return !engine_missed(e, k, why);
}

/* The time from our last segment to the peer's answer to it. */
static void measure_answer(struct engine *e, const struct kept *k)
{
	unsigned id = e->ref_send;

	if (id && e->outgoing[id - 1].seen)
		evidence_measure(e, MEASURE_ANSWER,
		                 seconds(k->segment.time_ns - e->outgoing[id - 1].time_ns));
}

static enum taken expect_segment(struct engine *e, const struct kept *k)
{
	const struct pattern *p;
	const struct outgoing *last = e->ref_send ? &e->outgoing[e->ref_send - 1] : NULL;

	/* A RST that was kept while a step waited for the peer's host, and so passed before
	 * our last segment, can't be the answer to it. */
	if ((k->segment.flags & TCP_RST) && e->ref_send &&
	    (!last->seen || k->segment.time_ns < last->time_ns))
		return REFUSED;
	p = find_listed(e, k);
	if (!p)
		return REFUSED;
	if (!too_early(e, k)) {
		if (p->otherwise)
			engine_chose(e, k, p);
		measure_answer(e, k);
		engine_took(e, k, p->lost, note_of(NOTE_EXPECTED, p->slot));
		engine_step_done(e, k->segment.time_ns);
	}
	return TAKEN;
}

/* What makes a segment none of those listed. Of several it is told what differs from the nearest: one with
 * the same flags before others, and then the first of those with the fewest fields that differ. */
static size_t expect_differences(struct engine *e, const struct kept *k, struct mismatch out[MISMATCHES_MAX])
{
	const struct step *s = engine_current(e);
	struct mismatch each[MISMATCHES_MAX];
	size_t least = SIZE_MAX, count = 0;

	for (size_t i = 0; i < s->pattern_count; i++) {
		size_t n = pattern_differences(&s->patterns[i], &k->segment, &e->scope, each);
		size_t far = n && each[0].field == DIFFERS_FLAGS ? n + MISMATCHES_MAX : n;

		if (far >= least)
			continue;
		least = far;
		count = n;
		memcpy(out, each, n * sizeof *each);
	}
	/* Where all fields are right it is the scenario's own filter. */
	return count ? count : !engine_matches(e, &s->patterns[0], &k->segment, out);
}

static void expect_expire(struct engine *e)
{
	const struct step *s = engine_current(e);
	int64_t waited_ns = e->deadline_ns - engine_base(e, &s->timing);
	struct reason why =
	    reason_field(CODE_NO_SEGMENT, DIFFERS_SEGMENT, datum_of(DATUM_ONE_WITHIN, waited_ns, 0),
	                 datum_of(DATUM_NONE, 0, 0));
	bool named = false;

	why.n[0] = waited_ns;
	if (plain_stays(e, s)) {
		engine_error(e, (struct reason){.code = CODE_SERVER_STAYS, .n = {waited_ns}});
		return;
	}
	/* What later steps count from must have come. */
	for (size_t i = 0; i < s->pattern_count; i++)
		named |= s->patterns[i].slot >= 0;
	if (named)
		engine_fail(e, NULL, why);
	else if (engine_missed(e, NULL, why))
		engine_step_done(e, e->deadline_ns);
}

const struct step_ops step_expect_ops = {
    .arm = expect_arm, .segment = expect_segment, .expire = expect_expire, .differences = expect_differences};

/* --- silence --- */

/* As long as it is at the peer: what it says to our last segment is a path away, too. */
static void silence_arm(struct engine *e)
{
	e->deadline_ns = e->ref_ns + engine_current(e)->duration_ns + engine_path(e);
	/* Where anything may come it is a wait, and what is still in flight from the ring can't break it. */
	for (size_t i = 0; i < e->allowed_count; i++)
		if (pattern_takes_all(e->allowed[i]))
			e->grace_ns = 0;
}

static enum taken silence_segment(struct engine *e, const struct kept *k)
{
	const struct pattern *p = find_listed(e, k);

	if (!p)
		return REFUSED;
	engine_took(e, k, p->lost, note_of(NOTE_EXCEPTED, p->slot));
	return TAKEN;
}

static void silence_expire(struct engine *e) { engine_step_done(e, e->deadline_ns); }

const struct step_ops step_silence_ops = {
    .arm = silence_arm, .segment = silence_segment, .expire = silence_expire, .stranger = CODE_NOT_SILENT};

/* --- allow, leave --- */

static void allow_begin(struct engine *e)
{
	const struct step *s = engine_current(e);

	if (!s->pattern_count)
		e->allowed_count = 0;
	for (size_t i = 0; i < s->pattern_count; i++)
		*LIST_ADD(e->allowed, e->allowed_count, e->allowed_room) = &s->patterns[i];
	e->waiting = false;
	e->step++;
}

const struct step_ops step_allow_ops = {.begin = allow_begin};

static void leave_begin(struct engine *e) { engine_step_done(e, e->ref_ns); }

const struct step_ops step_leave_ops = {.begin = leave_begin};

/* --- fence --- */

/* The numbers of the answer: where the peer is now, whatever the scenario lost. */
static void fence_expects(struct engine *e)
{
	e->own.fence.seq = e->observer.ends[END_PEER].sent;
	e->own.fence.ack = observer_acked(&e->observer, END_PEER);
}

/* One octet that the peer has acknowledged already: not acceptable, so it must be answered with an ACK at
 * once (RFC 9293, 3.10.7.4; it is the keep-alive with one octet of RFC 1122, 4.2.3.6). With an octet in it
 * no challenge limit holds it back. */
static void fence_begin(struct engine *e)
{
	static const uint8_t octet[1] = {0};
	struct segment s;

	engine_build(e, TCP_ACK, octet, sizeof octet, &s);
	fence_expects(e);
	s.seq = e->own.fence.ack - 1;
	e->ref_ns = e->now_ns;
	e->ref_send = engine_send(e, &s, -1, NOTE_FENCE);
}

static void fence_arm(struct engine *e) { e->deadline_ns = e->ref_ns + engine_within(e, DEFAULT_WITHIN_NS); }

static enum taken fence_segment(struct engine *e, const struct kept *k)
{
	struct expr seq = {.op = EXPR_CONST, .value = e->own.fence.seq};
	struct expr ack = {.op = EXPR_CONST, .value = e->own.fence.ack};
	struct pattern answer = {.flags = TCP_ACK,
	                         .flags_mask = TCP_FLAGS & ~TCP_PSH,
	                         .seq = {.kind = FIELD_VALUE, .low = &seq},
	                         .ack = {.kind = FIELD_VALUE, .low = &ack},
	                         .slot = -1};
	struct reason why = {.code = CODE_BEFORE_FENCE, .field_count = 1};

	/* What a program says by itself is no answer, though it has the same numbers. */
	if (k->segment.payload_len && plain_takes(e, k)) {
		fence_expects(e);
		return TAKEN;
	}
	if (!engine_matches(e, &answer, &k->segment, why.fields)) {
		if (e->settled || engine_takes_anyway(e, k)) {
			fence_expects(e);
			return TAKEN;
		}
		engine_fail(e, k, why);
		return TAKEN;
	}
	measure_answer(e, k);
	engine_saw(e, k, NOTE_ANSWERS_FENCE);
	engine_step_done(e, k->segment.time_ns);
	return TAKEN;
}

/* The silence is proven all the same: nothing has come. */
static void fence_expire(struct engine *e)
{
	const struct outgoing *sent = e->ref_send ? &e->outgoing[e->ref_send - 1] : NULL;

	engine_breach(e, &(struct breach){.rule = RULE_OLD_OCTET}, sent ? sent->trace : SIZE_MAX);
	engine_step_done(e, e->deadline_ns);
}

const struct step_ops step_fence_ops = {
    .begin = fence_begin, .arm = fence_arm, .segment = fence_segment, .expire = fence_expire};

/* --- interval --- */

/* Judged once both ends have passed the wire. */
static void interval_arm(struct engine *e)
{
	const struct step *s = engine_current(e);
	int64_t from = e->bound[s->from].time_ns, to = e->bound[s->to].time_ns;
	int64_t least = s->timing.after_ns > 0 ? s->timing.after_ns : 0;
	int64_t most = engine_stretch(e, s->timing.within_ns);
	struct reason why;

	if (e->bound[s->from].ours && !e->bound[s->to].ours)
		most += engine_path(e);
	e->deadline_ns = e->now_ns + engine_stretch(e, DEFAULT_WITHIN_NS);
	if (!from || !to)
		return;
	evidence_measure(e, MEASURE_INTERVAL, seconds(to - from));
	if (to >= from && to - from >= least && (s->timing.within_ns < 0 || to - from <= most)) {
		engine_step_done(e, e->ref_ns);
		return;
	}
	why = reason_field(CODE_INTERVAL, DIFFERS_INTERVAL,
	                   s->timing.within_ns < 0 ? datum_of(DATUM_TIME_AT_LEAST, least, 0)
	                                           : datum_of(DATUM_TIME_RANGE, least, most),
	                   datum_of(DATUM_TIME, to - from, 0));
	why.n[0] = s->from;
	why.n[1] = s->to;
	why.fields[0].jitter_ns =
	    s->timing.after_ns >= 0 && to - from < least ? least - (to - from) : to - from - most;
	if (engine_missed(e, NULL, why))
		engine_step_done(e, e->ref_ns);
}

static void interval_expire(struct engine *e) { engine_error(e, (struct reason){.code = CODE_ONE_NOT_SEEN}); }

const struct step_ops step_interval_ops = {.arm = interval_arm, .expire = interval_expire};
