/* The engine: takes events in the order of their times, lets the current step
 * judge them, and settles the verdict. Each kind of step is in step_*.c. */
#include "engine_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct step_ops *engine_ops(const struct step *s)
{
	switch (s->kind) {
	case STEP_OPEN: return &step_open_ops;
	case STEP_SEND: return &step_send_ops;
	case STEP_EXPECT: return &step_expect_ops;
	case STEP_RETRANSMIT: return &step_retransmit_ops;
	case STEP_SILENCE: return &step_silence_ops;
	case STEP_ALLOW: return &step_allow_ops;
	case STEP_FENCE: return &step_fence_ops;
	case STEP_INTERVAL: return &step_interval_ops;
	case STEP_PROVOKE: return &step_provoke_ops;
	case STEP_STATE: return &step_state_ops;
	case STEP_LEAVE: return &step_leave_ops;
	}
	abort();
}

void *engine_grow(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 16;
	array = realloc(array, *room * size);
	if (!array)
		abort();
	return array;
}

struct engine *engine_new(const struct scenario *s, const struct engine_config *config)
{
	struct engine *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->bound = calloc(s->name_count + 1, sizeof *e->bound);
	if (!e->bound) {
		free(e);
		return NULL;
	}
	e->scenario = s;
	e->config = *config;
	connection_init(&e->connection, config->iss);
	e->connection.local = config->local;
	e->connection.remote = config->remote;
	e->connection.local_port = config->local_port;
	e->connection.remote_port = config->remote_port;
	e->connection.other_port = config->other_port;
	/* A peer keeps what lost a fragment: the next run is not to fill that up. */
	e->ip_id = (uint16_t)(config->iss >> 16 ^ config->iss);
	e->scope = (struct scope){.connection = &e->connection, .bound = e->bound};
	e->deadline_ns = INT64_MAX;
	e->series_slot = -1;
	e->observer.at_our_end = true;
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
	free(e->trace);
	free(e->sightings);
	free(e->measures);
	free(e->filter);
	free(e);
}

const struct step *engine_current(const struct engine *e) { return &e->scenario->steps[e->step]; }

int64_t engine_stretch(const struct engine *e, int64_t ns)
{
	return e->config.slow > 1.0 ? (int64_t)((double)ns * e->config.slow) : ns;
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
	e->waiting = false;
	e->deadline_ns = INT64_MAX;
	e->step++;
}

void engine_settle(struct engine *e, enum verdict_kind kind)
{
	if (e->settled)
		return;
	e->settled = true;
	e->settled_ns = e->now_ns;
	e->waiting = false;
	e->deadline_ns = INT64_MAX;
	e->verdict.kind = kind;
	e->verdict.ended_ns = e->now_ns;
	if (kind != VERDICT_PASS && e->step < e->scenario->step_count) {
		e->verdict.step = (int)e->step;
		e->verdict.where = engine_current(e)->where;
	}
	if (e->step < e->scenario->step_count || !e->scenario->step_count ||
	    e->scenario->steps[e->scenario->step_count - 1].kind != STEP_LEAVE)
		engine_tidy(e);
}

void engine_fail(struct engine *e, size_t trace, const struct mismatch *why, const char *fmt, ...)
{
	va_list args;

	if (e->settled && e->verdict.kind != VERDICT_PASS)
		return;
	va_start(args, fmt);
	vsnprintf(e->verdict.reason, sizeof e->verdict.reason, fmt, args);
	va_end(args);
	if (trace != SIZE_MAX)
		e->trace[trace].wrong = true;
	if (why && why->field) {
		e->verdict.has_mismatch = true;
		e->verdict.mismatch = *why;
	}
	if (e->settled)
		e->verdict.kind = VERDICT_FAIL;
	engine_settle(e, VERDICT_FAIL);
}

void engine_error(struct engine *e, const char *fmt, ...)
{
	va_list args;

	if (e->settled && e->verdict.kind == VERDICT_ERROR)
		return;
	va_start(args, fmt);
	vsnprintf(e->verdict.reason, sizeof e->verdict.reason, fmt, args);
	va_end(args);
	e->verdict.has_mismatch = false;
	if (e->settled)
		e->verdict.kind = VERDICT_ERROR;
	engine_settle(e, VERDICT_ERROR);
}

void engine_run(struct engine *e)
{
	while (!e->settled) {
		const struct step_ops *ops;

		if (e->waiting) {
			if (!e->kept_count || !engine_feed(e))
				return;
			continue;
		}
		if (e->step == e->scenario->step_count) {
			engine_settle(e, VERDICT_PASS);
			break;
		}
		ops = engine_ops(engine_current(e));
		e->waiting = true;
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

static void at(struct engine *e, int64_t now_ns)
{
	if (now_ns > e->now_ns)
		e->now_ns = now_ns;
}

void engine_start(struct engine *e, int64_t now_ns)
{
	at(e, now_ns);
	e->ref_ns = now_ns;
	e->verdict.started_ns = now_ns;
	engine_run(e);
}

void engine_receive(struct engine *e, const struct segment *s)
{
	at(e, s->time_ns);
	e->peer_reset = s->flags & TCP_RST;
	if (!engine_keep(e, s) && !e->settled)
		engine_error(e, "%d segments came while a step waited for the peer's host to answer",
		             KEPT_MAX);
	engine_run(e);
}

void engine_ignore(struct engine *e, const struct segment *s, const char *note)
{
	size_t trace = evidence_add(e, s, PASSED_IN, s->time_ns);

	if (trace == SIZE_MAX)
		return;
	e->trace[trace].ignored = true;
	e->trace[trace].lost = true;
	snprintf(e->trace[trace].note, sizeof e->trace[trace].note, "%s", note);
}

void engine_sent(struct engine *e, unsigned id, int64_t time_ns)
{
	struct outgoing *o;

	if (id == 0 || id > e->outgoing_count)
		return;
	o = &e->outgoing[id - 1];
	o->seen = true;
	o->time_ns = time_ns;
	if (o->trace != SIZE_MAX)
		evidence_left(e, o->trace, time_ns);
	if (o->slot >= 0 && e->bound[o->slot].ours && e->bound[o->slot].segment.ip_id == o->ip_id)
		e->bound[o->slot].time_ns = time_ns;
	if (id == e->tidy_id)
		e->tidy_seen = true;
	if (id == e->ref_send && time_ns > e->ref_ns)
		e->ref_ns = time_ns;
	if (e->settled || !e->waiting)
		return;
	at(e, time_ns);
	if (engine_ops(engine_current(e))->arm)
		engine_ops(engine_current(e))->arm(e);
	engine_run(e);
}

/* A silence in which anything may come is a wait, and nothing that is still on its way
 * from the ring can break it. */
static int64_t grace_ns(const struct engine *e)
{
	bool is_wait = false;

	for (size_t i = 0; i < e->allowed_count && engine_current(e)->kind == STEP_SILENCE; i++)
		is_wait = is_wait || pattern_takes_all(e->allowed[i]);
	return is_wait ? 0 : DEADLINE_GRACE_NS;
}

void engine_tick(struct engine *e, int64_t now_ns)
{
	at(e, now_ns);
	while (!e->settled && e->waiting && e->deadline_ns != INT64_MAX &&
	       now_ns >= e->deadline_ns + grace_ns(e)) {
		engine_ops(engine_current(e))->expire(e);
		engine_run(e);
	}
}

void engine_abort(struct engine *e, int64_t now_ns, enum verdict_kind kind, const char *reason)
{
	at(e, now_ns);
	e->interrupted = true;
	if (kind == VERDICT_ERROR) {
		engine_error(e, "%s", reason);
	} else if (!e->settled) {
		snprintf(e->verdict.reason, sizeof e->verdict.reason, "%s", reason);
		engine_settle(e, kind);
	}
	engine_run(e);
}

void engine_provoked(struct engine *e, int64_t now_ns, bool ok, const char *why)
{
	at(e, now_ns);
	if (e->settled || !e->waiting)
		return;
	if (engine_current(e)->kind == STEP_OPEN)
		open_provoked(e, ok, why);
	else if (engine_current(e)->kind == STEP_PROVOKE && ok)
		engine_step_done(e, e->ref_ns);
	else if (engine_current(e)->kind == STEP_PROVOKE)
		engine_error(e, "the peer's agent could not: %s", why);
	engine_run(e);
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
	return e->deadline_ns + grace_ns(e);
}

bool engine_done(const struct engine *e) { return e->settled && e->action_first == e->action_count; }

const struct verdict *engine_verdict(struct engine *e)
{
	struct verdict *v = &e->verdict;

	v->iss = e->connection.iss;
	v->irs = e->connection.irs;
	v->measures = e->measures;
	v->measure_count = e->measure_count;
	v->trace = e->trace;
	v->trace_count = e->trace_count;
	v->trace_left_out = e->trace_left_out;
	v->sightings = e->sightings;
	v->sighting_count = e->sighting_count;
	v->sightings_left_out = e->sightings_left_out;
	return v;
}

size_t engine_step(const struct engine *e) { return e->step; }

const struct connection *engine_connection(const struct engine *e) { return &e->connection; }
