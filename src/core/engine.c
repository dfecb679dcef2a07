/* The engine: takes events in the order of their times and lets the current step judge them. Each kind of
 * step is in step_*.c, what a broken one comes to in engine_settle.c. */
#include "engine_impl.h"

#include <stdlib.h>

/* Each limit has room for a path as long as that, or is no limit for people. */
#define ROOM_NS (5 * NS_PER_MS)

const struct step_ops *engine_ops(const struct step *s)
{
#define ROW(NAME, name) [STEP_##NAME] = &step_##name##_ops,
	static const struct step_ops *const ops[] = {STEP_KINDS(ROW)};

	return ops[s->kind];
}

void engine_connect(struct engine *e, uint32_t iss)
{
	connection_init(&e->connection, iss);
	e->connection.local = e->config.local;
	e->connection.remote = e->config.remote;
	e->connection.local_port = e->config.local_port;
	e->connection.remote_port = e->config.remote_port;
}

struct engine *engine_new(const struct scenario *s, const struct engine_config *config)
{
	struct engine *e = memory_new(1, sizeof *e);

	e->bound = memory_new(s->name_count + 1, sizeof *e->bound);
	e->scenario = s;
	e->config = *config;
	engine_connect(e, config->iss);
	/* A peer keeps what lost a fragment: the next run is not to fill that up. */
	e->ip_id = (uint16_t)(config->iss >> 16 ^ config->iss);
	utstring_init(&e->filter);
	e->scope =
	    (struct scope){.connection = &e->connection, .bound = e->bound, .other_port = config->other_port};
	e->deadline_ns = INT64_MAX;
	e->grace_ns = DEADLINE_GRACE_NS;
	e->observer.at_our_end = true;
	e->asking = SIZE_MAX;
	e->verdict.step = -1;
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->kept_count; i++)
		free(e->kept[i].bytes);
	free(e->kept);
	free(e->bound);
	free(e->allowed);
	free(e->actions);
	free(e->outgoing);
	free(e->acts);
	free(e->verdict.trace);
	free(e->verdict.observations);
	free(e->verdict.measures);
	free(e->verdict.warnings);
	utstring_done(&e->filter);
	free(e);
}

const struct step *engine_current(const struct engine *e) { return &e->scenario->steps[e->step]; }

int64_t engine_stretch(const struct engine *e, int64_t ns)
{
	return e->config.slow > 1.0 ? (int64_t)((double)ns * e->config.slow) : ns;
}

int64_t engine_path(const struct engine *e) { return e->path_ns > ROOM_NS ? e->path_ns : 0; }

int64_t engine_within(const struct engine *e, int64_t otherwise_ns)
{
	int64_t within_ns = engine_current(e)->timing.within_ns;

	return engine_stretch(e, within_ns >= 0 ? within_ns : otherwise_ns) + engine_path(e);
}

int64_t engine_base(const struct engine *e, const struct timing *t)
{
	if (t->ref >= 0 && e->bound[t->ref].time_ns)
		return e->bound[t->ref].time_ns;
	return e->ref_ns;
}

void engine_step_done(struct engine *e, int64_t time_ns)
{
	e->ref_ns = time_ns;
	e->ref_send = 0;
	e->waiting = e->state_asked = false;
	e->deadline_ns = INT64_MAX;
	e->grace_ns = DEADLINE_GRACE_NS;
	e->step++;
}

bool engine_played(const struct engine *e) { return e->step >= e->scenario->step_count; }

/* Plays on until a step waits for an event. */
static void run(struct engine *e)
{
	while (!e->settled) {
		const struct step_ops *ops;

		if (e->waiting) {
			if (!e->kept_count || !engine_feed(e))
				return;
			continue;
		}
		if (engine_played(e)) {
			engine_settle(e, VERDICT_PASS);
			break;
		}
		ops = engine_ops(engine_current(e));
		e->waiting = true;
		e->own = (union own){0};
		if (ops->begin)
			ops->begin(e);
		if (e->waiting && ops->arm)
			ops->arm(e);
	}
	while (e->kept_count) {
		engine_judge_late(e, &e->kept[0]);
		engine_drop(e);
	}
}

/* --- events --- */

/* The operations of the step that waits, or NULL. */
static const struct step_ops *waiting_ops(const struct engine *e)
{
	return e->settled || !e->waiting ? NULL : engine_ops(engine_current(e));
}

static void ignore(struct engine *e, const struct segment *s, enum ignored why)
{
	size_t trace = evidence_add(e, s, PASSED_IN, s->time_ns);
	struct trace *t;

	if (trace == SIZE_MAX)
		return;
	t = &e->verdict.trace[trace];
	t->ignored = true;
	t->lost = true;
	t->note = (struct note){.kind = NOTE_IGNORED, .slot = -1, .n = why};
}

static void sent(struct engine *e, unsigned id, int64_t time_ns)
{
	const struct step_ops *ops = waiting_ops(e);
	struct trace *t, *behind = e->verdict.trace + e->verdict.trace_count;
	struct outgoing *o;

	if (id == 0 || id > e->outgoing_count)
		return;
	o = &e->outgoing[id - 1];
	o->seen = true;
	o->time_ns = time_ns;
	lateness_done(e, o->act, time_ns);
	if (o->trace != SIZE_MAX) {
		t = &e->verdict.trace[o->trace];
		t->time_ns = time_ns;
		/* What the scenario lost behind it was not decided before. */
		while (++t < behind && t->passage == PASSED_OUT && t->lost && t->time_ns < time_ns)
			t->time_ns = time_ns;
	}
	if (o->slot >= 0 && e->bound[o->slot].ours && e->bound[o->slot].segment.ip_id == o->ip_id)
		e->bound[o->slot].time_ns = time_ns;
	if (id == e->tidy_first)
		e->tidy_begun = true;
	if (id == e->tidy_id)
		e->tidy_seen = true;
	if (id == e->ref_send && time_ns > e->ref_ns)
		e->ref_ns = time_ns;
	if (!ops)
		return;
	if (ops->arm)
		ops->arm(e);
	run(e);
}

static void end(struct engine *e, const struct event *event)
{
	e->interrupted = true;
	if (event->verdict == VERDICT_ERROR) {
		engine_error(e, *event->reason);
	} else if (!e->settled) {
		e->verdict.reason = *event->reason;
		engine_settle(e, event->verdict);
	}
	if (event->overruled)
		e->verdict.overruled = *event->overruled;
	run(e);
}

static void told_state(struct engine *e, const struct observed_state *o)
{
	const struct step_ops *asker = e->state_asked ? waiting_ops(e) : NULL;

	e->held = !o->known || !e->observer.ends[END_PEER].fin ? HELD_UNKNOWN
	          : o->held                                    ? HELD_OPEN
	                                                       : HELD_NOT;
	e->was_held = e->was_held || e->held == HELD_OPEN;
	if (o->known)
		evidence_state(e, &(struct observation){.time_ns = e->now_ns,
		                                        .state = o->state,
		                                        .has_timer = o->has_timer,
		                                        .timer_ns = o->timer_ns,
		                                        .step = asker ? (int)e->step : -1});
	e->state_asked = false;
	if (asker)
		asker->state(e, o);
	run(e);
}

void engine_give(struct engine *e, const struct event *event, const struct segment *s, unsigned id)
{
	int64_t now_ns = event->kind == EVENT_CAME ? s->time_ns : event->time_ns;
	const struct step_ops *ops = waiting_ops(e);

	if (event->kind != EVENT_IGNORED && now_ns > e->now_ns)
		e->now_ns = now_ns;
	if (event->kind != EVENT_IGNORED)
		e->due_ns = now_ns;
	switch (event->kind) {
	case EVENT_START:
		e->ref_ns = e->verdict.started_ns = e->now_ns;
		run(e);
		return;
	case EVENT_CAME:
		e->peer_reset = s->flags & TCP_RST;
		engine_keep(e, s);
		if (e->kept_count > KEPT_MAX && !e->settled)
			engine_error(e, (struct reason){.code = CODE_TOO_MANY, .n = {KEPT_MAX}});
		run(e);
		return;
	case EVENT_SENT: sent(e, id, now_ns); return;
	case EVENT_PROVOKED:
		lateness_answered(e, now_ns);
		if (!ops)
			return;
		if (ops->provoked)
			ops->provoked(e, event->ok, event->ok ? "" : event->text);
		run(e);
		return;
	case EVENT_STATE:
		lateness_answered(e, now_ns);
		told_state(e, &event->state);
		return;
	case EVENT_TICK:
		while (engine_deadline(e) <= now_ns) {
			e->due_ns = engine_deadline(e);
			engine_ops(engine_current(e))->expire(e);
			run(e);
		}
		return;
	case EVENT_ABORT: end(e, event); return;
	case EVENT_IGNORED: ignore(e, s, event->ignored); return;
	}
}

bool engine_action(struct engine *e, struct action *out)
{
	if (e->action_first == e->action_count)
		return false;
	*out = e->actions[e->action_first++];
	return true;
}

int64_t engine_deadline(const struct engine *e)
{
	if (e->settled || !e->waiting || e->deadline_ns == INT64_MAX)
		return INT64_MAX;
	return e->deadline_ns + e->grace_ns;
}

bool engine_done(const struct engine *e) { return e->settled && e->action_first == e->action_count; }

const struct verdict *engine_verdict(struct engine *e)
{
	struct verdict *v = &e->verdict;

	v->iss = e->connection.iss;
	v->irs = e->connection.irs;
	return v;
}

size_t engine_step(const struct engine *e) { return e->step; }

const struct connection *engine_connection(const struct engine *e) { return &e->connection; }
