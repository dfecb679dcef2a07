/* provoke and state: what is asked of the peer's host, not of its TCP.
 * Segments that come meanwhile are the next step's. */
#include "engine_impl.h"

#define AGENT_WAITS_NS (10 * NS_PER_S)
#define POLL_NS (10 * NS_PER_MS)

/* What a program had written when it was stopped has come when nothing comes for so long. */
#define WRITTEN_COMES_NS (30 * NS_PER_MS)

/* --- provoke --- */

static void send_inband(struct engine *e, const struct inband *b)
{
	struct segment s;
	unsigned id;

	engine_build(e, TCP_PSH | TCP_ACK, b->bytes, b->len, &s);
	id = engine_send(e, &s, -1, NOTE_ASKS_IN_BAND);
	connection_sent(&e->connection, &s);
	e->asked_inband = true;
	e->inband_end = segment_end(&s);
	engine_step_done(e, e->now_ns);
	e->ref_send = id;
}

/* What ends in a segment that nobody but a program can make its TCP send. */
static bool is_an_end(enum provoke kind)
{
	return kind == PROVOKE_CLOSE || kind == PROVOKE_SHUTDOWN || kind == PROVOKE_RESET ||
	       kind == PROVOKE_CRASH || kind == PROVOKE_CRASH_UNREAD;
}

static void provoke_begin(struct engine *e)
{
	const struct provocation *p = &engine_current(e)->provocation;
	const struct inband *b = &e->config.inband[p->kind];

	e->asked_to_hold = p->kind == PROVOKE_HOLD && b->bytes;
	e->obeys = e->obeys || (p->kind != PROVOKE_CLOSE && b->bytes);
	if (p->on_eof)
		e->asked_on_eof = true;
	else
		e->asked_to_close = e->asked_to_close || is_an_end(p->kind);
	e->ref_ns = e->now_ns;
	e->ref_send = 0;
	if (!e->config.plain_server || (e->config.asked >> p->kind & 1 && !p->on_eof && !b->bytes)) {
		engine_ask(e, ACTION_PROVOKE)->provocation = *p;
	} else if ((p->kind == PROVOKE_CLOSE && p->on_eof && e->config.closes_on_eof) ||
	           (b->bytes && b->len == 0 && !p->on_eof)) {
		engine_step_done(e, e->ref_ns);
	} else if (b->bytes && !p->on_eof) {
		send_inband(e, b);
	} else {
		e->verdict.reason = (struct reason){
		    .code = CODE_NEEDS_AGENT,
		    .n = {NEED_PROVOKE, p->on_eof ? 0 : 1 << p->kind, p->on_eof},
		};
		engine_settle(e, VERDICT_SKIP);
	}
}

/* Also as each ACK of ours leaves: what it makes room for is to come. */
static void provoke_arm(struct engine *e)
{
	if (e->own.provoke.stopped)
		e->deadline_ns = e->now_ns + engine_stretch(e, WRITTEN_COMES_NS) + engine_path(e);
	else
		e->deadline_ns = e->ref_ns + engine_stretch(e, AGENT_WAITS_NS);
}

/* A program that was stopped had written this. */
static enum taken provoke_segment(struct engine *e, const struct kept *k)
{
	if (!e->own.provoke.stopped || !k->segment.payload_len || !plain_talks(e, &k->segment))
		return KEPT;
	engine_observe(e, k);
	plain_takes(e, k);
	provoke_arm(e);
	return TAKEN;
}

static void agent_silent(struct engine *e)
{
	engine_error(e, (struct reason){.code = CODE_AGENT_SILENT, .n = {engine_stretch(e, AGENT_WAITS_NS)}});
}

static void provoke_expire(struct engine *e)
{
	if (e->own.provoke.stopped)
		engine_step_done(e, e->deadline_ns);
	else
		agent_silent(e);
}

static void provoked(struct engine *e, bool ok, const char *why)
{
	enum provoke kind = engine_current(e)->provocation.kind;

	e->program_gone = e->program_gone || (ok && (kind == PROVOKE_CRASH || kind == PROVOKE_CRASH_UNREAD));
	/* What passed before the answer is its own doing yet. */
	if (e->config.stops >> kind & 1)
		e->stopped_ns = e->now_ns;
	else if (kind != PROVOKE_CONNECT)
		e->stopped_ns = 0;
	e->own.provoke.stopped = ok && e->stopped_ns;
	if (e->own.provoke.stopped)
		provoke_arm(e);
	else if (ok)
		engine_step_done(e, e->ref_ns);
	else
		engine_refused(e, ASKED_PROVOKE, why);
}

const struct step_ops step_provoke_ops = {.begin = provoke_begin,
                                          .arm = provoke_arm,
                                          .segment = provoke_segment,
                                          .expire = provoke_expire,
                                          .provoked = provoked,
                                          .observes = true};

/* --- state --- */

static const struct state_check *check(const struct engine *e) { return &engine_current(e)->state; }

/* Until then it may become right; what it counts from may yet be seen leaving. */
static int64_t state_until(const struct engine *e)
{
	int64_t until_ns = engine_base(e, &engine_current(e)->timing) + engine_within(e, NS_PER_S);

	return until_ns > e->own.state.began_ns ? until_ns : e->own.state.began_ns;
}

static void ask_state(struct engine *e)
{
	engine_ask(e, ACTION_STATE);
	e->state_asked = true;
	e->own.state.asks++;
	e->own.state.before_ns = e->own.state.asked_ns;
	e->own.state.asked_ns = e->now_ns;
	e->deadline_ns = e->now_ns + engine_stretch(e, AGENT_WAITS_NS);
}

static void state_begin(struct engine *e)
{
	e->own.state.began_ns = e->now_ns;
	if (e->config.state_observable) {
		ask_state(e);
	} else if (check(e)->states == 1u << STATE_CLOSED && !e->config.no_probe) {
		e->deadline_ns = state_until(e);
	} else {
		evidence_measure(e, MEASURE_STATES_NOT_OBSERVABLE, e->scenario->steps[e->step].where.line);
		engine_step_done(e, e->ref_ns);
	}
}

static struct reason not_closed(enum code code, enum datum_kind got)
{
	return reason_field(code, DIFFERS_STATE, datum_of(DATUM_STATES, 1 << STATE_CLOSED, 0),
	                    datum_of(got, 0, 0));
}

/* On a bare target: whether it is CLOSED is seen from its answer to an ACK (RFC 9293, 3.10.7.1), and
 * asking does no harm, for where it is right nothing is left to disturb. */
static enum taken state_segment(struct engine *e, const struct kept *k)
{
	/* What came before the probe is no answer to it. */
	if (!e->own.state.probing && (e->config.state_observable || !engine_allows(e, k)))
		return KEPT;
	engine_observe(e, k);
	if (!e->own.state.probing)
		return TAKEN;
	if (k->segment.flags & TCP_RST) {
		engine_saw(e, k, NOTE_ANSWERS_PROBE);
		evidence_state(e, &(struct observation){.time_ns = k->segment.time_ns,
		                                        .state = STATE_CLOSED,
		                                        .step = (int)e->step,
		                                        .by_probe = true});
		evidence_measure(e, MEASURE_STATE, STATE_CLOSED);
		engine_step_done(e, k->segment.time_ns);
	} else {
		engine_fail(e, k, not_closed(CODE_NOT_CLOSED, DATUM_ANSWERS));
	}
	return TAKEN;
}

static void state_expire(struct engine *e)
{
	if (!e->config.state_observable && !e->own.state.probing) {
		e->own.state.probing = true;
		e->ref_ns = e->now_ns;
		engine_send_ack(e, NOTE_PROBE);
		e->deadline_ns = e->now_ns + engine_stretch(e, DEFAULT_WITHIN_NS);
	} else if (e->own.state.probing && plain_lingers(e)) {
		e->verdict.reason = (struct reason){.code = CODE_NEEDS_AGENT, .n = {NEED_CLOSER}};
		engine_settle(e, VERDICT_SKIP);
	} else if (e->own.state.probing) {
		if (engine_missed(e, NULL, not_closed(CODE_NO_PROBE_ANSWER, DATUM_NO_ANSWER)))
			engine_step_done(e, e->deadline_ns);
	} else if (e->state_asked) {
		agent_silent(e);
	} else {
		ask_state(e);
	}
}

/* It is what the step asks for no more: the run ends, or goes on without. */
static void missed(struct engine *e, struct reason why)
{
	evidence_state_wrong(e);
	if (engine_missed(e, NULL, why))
		engine_step_done(e, e->now_ns);
}

static void fail_state(struct engine *e, const struct observed_state *o, bool state_right)
{
	const struct state_check *c = check(e);

	struct reason why =
	    state_right ? reason_field(CODE_STATE_TIMER, DIFFERS_TIMER,
	                               datum_of(DATUM_TIME_RANGE, c->timer_min_ns, c->timer_max_ns),
	                               datum_of(o->has_timer ? DATUM_TIME : DATUM_NO_TIMER, o->timer_ns, 0))
	                : reason_field(CODE_STATE, DIFFERS_STATE, datum_of(DATUM_STATES, c->states, 0),
	                               datum_of(DATUM_STATES, 1 << o->state, 0));

	if (state_right && o->has_timer)
		why.fields[0].jitter_ns = o->timer_ns < c->timer_min_ns ? c->timer_min_ns - o->timer_ns
		                                                        : o->timer_ns - c->timer_max_ns;
	missed(e, why);
}

/* A right state: when it became so is not known better than when it was not so yet, and it would not be
 * right, or in time, had we looked when we wanted to. */
static bool is_hidden(struct engine *e, int64_t after_ns)
{
	const struct timing *t = &engine_current(e)->timing;
	bool again = e->own.state.asks > 1;
	int64_t late = lateness_since(e, again ? e->own.state.before_ns : e->own.state.began_ns);
	int64_t over = e->own.state.asked_ns - state_until(e);

	if (late <= LOOKED_LATE_NS)
		return false;
	if (!(t->after_ns >= 0 && after_ns - late < t->after_ns) && !(again && over > 0 && over <= late))
		return false;
	lateness_hides(e, late);
	return true;
}

static void judge_state(struct engine *e, const struct observed_state *o)
{
	const struct state_check *c = check(e);
	const struct timing *t = &engine_current(e)->timing;
	int64_t after_ns = e->now_ns - engine_base(e, t);
	bool right = c->states & 1u << o->state;
	/* A host that tells of no timers at all is not wrong for that. */
	bool timer_right =
	    !c->has_timer || (o->has_timer ? o->timer_ns >= c->timer_min_ns && o->timer_ns <= c->timer_max_ns
	                                   : e->config.no_timers);

	if (!o->known) {
		engine_refused(e, ASKED_STATE, "");
		return;
	}
	if (o->state == STATE_CLOSED && !e->own.state.closed_ns)
		e->own.state.closed_ns = e->now_ns;
	if (right && timer_right && t->after_ns >= 0 && after_ns < t->after_ns) {
		struct reason why =
		    reason_field(CODE_STATE_EARLY, DIFFERS_TIME, datum_of(DATUM_NOT_BEFORE, t->after_ns, 0),
		                 datum_of(DATUM_TIME, after_ns, 0));

		why.n[0] = o->state;
		why.fields[0].jitter_ns = t->after_ns - after_ns;
		missed(e, why);
	} else if (right && timer_right) {
		if (is_hidden(e, after_ns))
			return;
		evidence_measure(e, MEASURE_STATE, o->state);
		if (c->has_timer && o->has_timer)
			evidence_measure(e, MEASURE_TIMER, seconds(o->timer_ns));
		if (o->state == STATE_CLOSED && e->own.state.asks > 1)
			evidence_measure(e, MEASURE_CLOSED_AFTER, seconds(after_ns));
		engine_step_done(e, e->now_ns);
	} else if (e->own.state.asked_ns >= state_until(e)) {
		/* An answer that was late says nothing of the time after the question. */
		fail_state(e, o, right);
	} else {
		e->deadline_ns = e->now_ns + POLL_NS;
	}
}

const struct step_ops step_state_ops = {.begin = state_begin,
                                        .segment = state_segment,
                                        .expire = state_expire,
                                        .state = judge_state,
                                        .observes = true};
