/* Feeds an engine from a capture: the events of its journal, or, where it has none, its segments in the order
 * of their times, with the clock moved on between them. Knows no clock: all times are the capture's. */
#include "read/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Each connection is tried with the whole capture. */
enum { TRIED_MAX = 1000 };

/* A segment that the engine sent and that was not found in the capture yet. */
struct awaited {
	struct action action;
	size_t step;
	bool settled; /* sent after the verdict: it only tidies */
};

struct player {
	struct replay *replay;
	struct engine *engine;
	const struct scenario *scenario;
	const struct capture_file *file;
	const struct journal *journal; /* or NULL */
	struct engine_config config;
	bool *taken;      /* of the file's segments */
	size_t first;     /* before it all are taken */
	size_t syn;       /* with no journal: where the connection begins */
	size_t until;     /* with no journal: from that frame on the connection is another */
	uint64_t damaged; /* the peer's segments with a wrong checksum */
	struct awaited *awaited;
	size_t awaited_count, awaited_room;
	bool asked, state_asked; /* what waits for an answer */
	struct provocation asked_what;
	bool aborted;
	size_t misfit_trace; /* how much had passed by then */
	int64_t now_ns;
};

static bool is_settled(const struct player *p) { return engine_verdict(p->engine)->kind != VERDICT_NONE; }

/* Were all steps played, with no failure? */
static bool went_through(const struct player *p)
{
	const struct verdict *v = engine_verdict(p->engine);

	return v->whole && (v->kind == VERDICT_PASS || v->kind == VERDICT_WARN);
}

/* The capture is not of this scenario: an error, whatever was found so far. The first time counts. s: the
 * segment that is meant, or NULL. */
static void misfit(struct player *p, size_t step, enum misfit kind, int64_t number, const struct segment *s)
{
	const struct connection *c = engine_connection(p->engine);
	struct reason why = {.code = CODE_MISFIT, .n = {kind, (int64_t)step, number}};
	struct event e = {
	    .kind = EVENT_ABORT, .time_ns = p->now_ns, .verdict = VERDICT_ERROR, .reason = &why};
	char flags[FLAGS_TEXT_BYTES];

	if (p->replay->misfit)
		return;
	p->replay->misfit = true;
	p->misfit_trace = engine_verdict(p->engine)->trace_count;
	if (s)
		snprintf(why.text, sizeof why.text, "%s seq %u, %u bytes, ack %u",
		         flags_text(s->flags, flags), s->seq - c->iss, s->payload_len,
		         s->flags & TCP_ACK ? s->ack - c->irs : 0);
	engine_give(p->engine, &e, NULL, 0);
}

/* --- ours --- */

static bool is_from_us(const struct player *p, const struct segment *s)
{
	return addr_equal(&s->src, &p->config.local) &&
	       (s->sport == p->config.local_port ||
	        (p->config.other_port != 0 && s->sport == p->config.other_port));
}

/* TSval counts the milliseconds of the event's time, which a changed scenario moves; all else must be the
 * same. */
static bool same_options(const struct segment *a, const struct segment *b)
{
	size_t left = 0, right = 0;
	struct tcp_option x, y;

	for (;;) {
		int more = options_next(a->options, a->options_len, &left, &x);

		if (options_next(b->options, b->options_len, &right, &y) != more)
			return false;
		if (more != 1 || x.kind == OPT_EOL)
			return more != 1 || y.kind == OPT_EOL;
		if (x.kind != y.kind || x.data_len != y.data_len)
			return false;
		if (x.kind != OPT_TIMESTAMPS && x.data_len > 0 && memcmp(x.data, y.data, x.data_len) != 0)
			return false;
	}
}

/* The step that a segment of ours was sent in is the trace's last of that. */
static size_t step_of(const struct player *p, const struct segment *s)
{
	const struct verdict *v = engine_verdict(p->engine);

	for (size_t i = v->trace_count; i-- > 0;)
		if (v->trace[i].passage == PASSED_OUT && v->trace[i].step >= 0 &&
		    v->trace[i].segment.ip_id == s->ip_id && v->trace[i].segment.flags == s->flags)
			return (size_t)v->trace[i].step;
	return engine_step(p->engine);
}

/* What the engine wants now. */
static void take_actions(struct player *p)
{
	struct action a;

	while (engine_action(p->engine, &a)) {
		if (a.kind == ACTION_SEND) {
			struct awaited *w = LIST_ADD(p->awaited, p->awaited_count, p->awaited_room);

			*w = (struct awaited){a, step_of(p, &a.segment), is_settled(p)};
			w->action.segment.payload = NULL;
			continue;
		}
		p->asked = a.kind == ACTION_PROVOKE;
		p->state_asked = a.kind == ACTION_STATE;
		p->asked_what = a.provocation;
		/* With a journal the answer is among the events to come; without, it is taken as done. */
		if (p->asked && !p->journal) {
			p->asked = false;
			engine_give(p->engine,
			            &(struct event){.kind = EVENT_PROVOKED, .time_ns = p->now_ns, .ok = true},
			            NULL, 0);
		}
	}
}

/* A segment of ours in the capture: one that the engine sent, or it does not fit. */
static void give_left(struct player *p, const struct event *e, const struct file_segment *f)
{
	bool undecided = !is_settled(p);

	for (size_t i = 0; i < p->awaited_count; i++) {
		struct awaited *w = &p->awaited[i];
		const struct segment *sent = &w->action.segment, *seen = &f->segment;
		unsigned id = w->action.id;

		if (sent->sport != seen->sport || sent->seq != seen->seq || sent->ack != seen->ack ||
		    sent->flags != seen->flags || sent->wnd != seen->wnd || malform_mended(sent, seen) ||
		    !malform_same(sent, seen, same_options))
			continue;
		p->awaited_count--;
		memmove(w, w + 1, (p->awaited_count - i) * sizeof *w);
		engine_give(p->engine, e, &f->segment, id);
		return;
	}
	/* What ended early is tidied at once, and the run went on; how a run tidied depends on where it
	 * ended. */
	if (undecided || (went_through(p) && f->segment.flags != TCP_RST))
		misfit(p, engine_step(p->engine), MISFIT_NOT_SENT, (int64_t)f->frame, &f->segment);
}

/* --- with a journal: its events --- */

/* The segment of an event. Of the odd ones only ours counts: we sent it so on purpose. */
static const struct file_segment *find(struct player *p, const struct event *e)
{
	const struct capture_file *f = p->file;
	bool sent = e->kind == EVENT_SENT;

	while (p->first < f->count && p->taken[p->first])
		p->first++;
	for (size_t i = p->first; i < f->count; i++) {
		const struct file_segment *s = &f->segments[i];

		if (p->taken[i] || s->segment.time_ns != e->time_ns || is_from_us(p, &s->segment) != sent ||
		    (s->odd && !sent))
			continue;
		p->taken[i] = true;
		return s;
	}
	return NULL;
}

static void give(struct player *p, const struct event *e)
{
	const struct file_segment *f = NULL;
	/* One that was ignored because it could not be decoded has no more than its time. */
	struct segment unknown = {.src = p->config.remote, .dst = p->config.local, .time_ns = e->time_ns};

	p->now_ns = e->time_ns > p->now_ns ? e->time_ns : p->now_ns;
	switch (e->kind) {
	case EVENT_CAME:
	case EVENT_SENT:
		f = find(p, e);
		if (!f)
			return misfit(p, engine_step(p->engine), MISFIT_NOT_THERE, 0, NULL);
		if (e->kind == EVENT_SENT)
			return give_left(p, e, f);
		break;
	case EVENT_PROVOKED:
		if (is_settled(p))
			return;
		if (!p->asked || p->asked_what.kind != e->provoke)
			return misfit(p, engine_step(p->engine), MISFIT_ASKED, e->provoke, NULL);
		p->asked = false;
		break;
	case EVENT_STATE: p->state_asked = false; break;
	case EVENT_ABORT: p->aborted = true; break;
	case EVENT_START: p->replay->started = true; break;
	case EVENT_TICK: break;
	case EVENT_IGNORED: f = find(p, e); break;
	}
	engine_give(p->engine, e, f ? &f->segment : &unknown, 0);
}

/* --- without: the segments, as they passed --- */

static bool is_of_connection(const struct player *p, const struct file_segment *f)
{
	const struct engine_config *c = &p->config;
	const struct segment *s = &f->segment;

	if (is_from_us(p, s))
		return addr_equal(&s->dst, &c->remote) && s->dport == c->remote_port;
	return !f->odd && addr_equal(&s->src, &c->remote) && s->sport == c->remote_port &&
	       addr_equal(&s->dst, &c->local) && s->dport == c->local_port;
}

static int in_time(const void *a, const void *b)
{
	const struct file_segment *const *x = a, *const *y = b;

	if ((*x)->segment.time_ns != (*y)->segment.time_ns)
		return (*x)->segment.time_ns < (*y)->segment.time_ns ? -1 : 1;
	return (*x)->frame < (*y)->frame ? -1 : (*x)->frame > (*y)->frame;
}

static void tick_until(struct player *p, int64_t time_ns)
{
	while (!p->replay->misfit && engine_deadline(p->engine) <= time_ns) {
		p->now_ns = engine_deadline(p->engine);
		engine_give(p->engine, &(struct event){.kind = EVENT_TICK, .time_ns = p->now_ns}, NULL, 0);
		take_actions(p);
	}
}

static void play_captured(struct player *p)
{
	const struct capture_file *f = p->file;
	const struct file_segment **order = memory_new(f->count, sizeof *order);
	struct event e = {.kind = EVENT_START};
	size_t count = 0;

	for (size_t i = p->syn; i < f->count && f->segments[i].frame < p->until; i++)
		if (is_of_connection(p, &f->segments[i]))
			order[count++] = &f->segments[i];
	qsort(order, count, sizeof *order, in_time);
	p->now_ns = e.time_ns = order[0]->segment.time_ns;
	give(p, &e);
	take_actions(p);
	for (size_t i = 0; i < count && !p->replay->misfit; i++) {
		const struct segment *s = &order[i]->segment;
		bool ours = is_from_us(p, s);

		if (!ours && s->checksum == CHECKSUM_BAD) {
			p->damaged++;
			p->replay->ignored++;
			continue;
		}
		tick_until(p, s->time_ns);
		p->now_ns = s->time_ns;
		e = (struct event){.kind = ours ? EVENT_SENT : EVENT_CAME, .time_ns = s->time_ns};
		if (ours)
			give_left(p, &e, order[i]);
		else
			engine_give(p->engine, &e, s, 0);
		take_actions(p);
	}
	/* The capture may go on after the connection. */
	for (size_t i = p->syn; i < f->count; i++)
		tick_until(p, f->segments[i].segment.time_ns);
	free(order);
}

/* --- the end --- */

/* What is left when the capture is over. What only tidies may be missing: where the run was ended otherwise,
 * or the capture was stopped. But what passed has sent all that comes before. */
/* What only we did late is no fault of the peer's, here as in a run: in a capture that has no journal, or
 * where the scenario has other times than the one that was played. */
static void judge_lateness(struct player *p)
{
	struct reason why = {.code = CODE_LATE, .n = {engine_late_ns(p->engine)}};
	struct event e = {
	    .kind = EVENT_ABORT, .time_ns = p->now_ns, .verdict = VERDICT_ERROR, .reason = &why};

	if (why.n[0] > 0)
		engine_give(p->engine, &e, NULL, 0);
}

static void judge_end(struct player *p)
{
	if (p->replay->misfit || p->aborted)
		return;
	for (size_t i = 0; i < p->awaited_count && (!is_settled(p) || went_through(p)); i++)
		if (!p->awaited[i].settled)
			misfit(p, p->awaited[i].step, MISFIT_NOT_CAPTURED, 0, &p->awaited[i].action.segment);
	if (is_settled(p))
		judge_lateness(p);
	else if (p->asked)
		misfit(p, engine_step(p->engine), MISFIT_NOT_ASKED, p->asked_what.kind, NULL);
	else if (p->state_asked)
		misfit(p, engine_step(p->engine), MISFIT_STATE_NOT_ASKED, 0, NULL);
	else
		misfit(p, engine_step(p->engine), MISFIT_ENDS, 0, NULL);
}

static void play(struct player *p)
{
	struct replay *r = p->replay;

	p->taken = memory_new(p->file->count, sizeof *p->taken);
	p->engine = r->engine = engine_new(p->scenario, &p->config);
	if (p->journal) {
		for (size_t i = 0; i < p->journal->count && !r->misfit; i++) {
			give(p, &p->journal->events[i]);
			take_actions(p);
		}
		r->ignored = p->journal->ignored;
		p->damaged = p->journal->damaged;
	} else {
		play_captured(p);
	}
	judge_end(p);
	r->verdict = *engine_verdict(p->engine);
	/* What the engine would send to tidy is not in the capture. */
	if (r->misfit && r->verdict.trace_count > p->misfit_trace)
		r->verdict.trace_count = p->misfit_trace;
	r->verdict.damaged = p->damaged;
	r->verdict.syn_unseen = p->journal && p->journal->syn_unseen;
	free(p->taken);
	free(p->awaited);
}

/* --- which connection --- */

/* Tries one; it replaces what does not fit, or fits for less of its segments. */
static void try_connection(struct replay *r, const struct player *setting, const struct beginning *b,
                           bool no_probe)
{
	struct replay one = {.connection = b->number};
	struct player p = *setting;
	bool better;

	p.replay = &one;
	p.syn = b->syn;
	p.until = b->until;
	replay_configure(p.file, p.scenario, b->syn, &p.config);
	p.config.no_probe = no_probe;
	play(&p);
	better = !r->engine || !one.misfit || (!no_probe && one.verdict.trace_count > r->verdict.trace_count);
	engine_free(better ? r->engine : one.engine);
	if (better)
		*r = one;
}

static bool choose(struct replay *r, const struct player *setting, const struct replay_choice *choice,
                   struct diag *d)
{
	size_t count;
	struct beginning *list = replay_beginnings(setting->file, &count);

	if (!list)
		return diag_set(d, "no connection begins in it: no SYN is there");
	for (int control = 0; control < 2; control++)
		for (size_t i = 0, tried = 0; i < count && tried < TRIED_MAX; i++) {
			const struct segment *syn = &setting->file->segments[list[i].syn].segment;
			bool is_control =
			    syn->dport == choice->control_port || syn->sport == choice->control_port;

			if (r->engine && !r->misfit)
				break;
			if (choice->connection > 0 ? list[i].number != choice->connection
			                           : is_control != control)
				continue;
			tried++;
			try_connection(r, setting, &list[i], false);
			/* It may be of a run that could see states, and sent no probes for them. */
			if (r->misfit)
				try_connection(r, setting, &list[i], true);
		}
	r->connections = count;
	free(list);
	return r->engine || diag_set(d, "no connection of the number %zu begins in it", choice->connection);
}

bool replay_play(struct replay *r, const struct scenario *s, const struct capture_file *file,
                 const struct journal *journal, const struct filter_ops *filter,
                 const struct replay_choice *choice, struct diag *d)
{
	struct player p = {.replay = r, .scenario = s, .file = file, .journal = journal};

	memset(r, 0, sizeof *r);
	if (journal)
		p.config = journal->config;
	p.config.filter = filter;
	if (!journal) {
		p.config.timer_tick_ns = choice->timer_tick_ns;
		p.config.first_resend_ns = choice->first_resend_ns;
		return choose(r, &p, choice, d);
	}
	play(&p);
	return true;
}

void replay_free(struct replay *r)
{
	engine_free(r->engine);
	memset(r, 0, sizeof *r);
}
