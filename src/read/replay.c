/* Feeds an engine from a capture: what both kinds share, and from a journal. Knows no
 * clock: all times are the capture's. */
#include "read/replay_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "read/replay_find.h"

/* --- where it does not fit --- */

static bool is_settled(const struct player *p) { return engine_verdict(p->engine)->kind != VERDICT_NONE; }

static void segment_notation(const struct player *p, const struct segment *s, char text[REASON_TEXT_BYTES])
{
	const struct connection *c = engine_connection(p->engine);
	char flags[FLAGS_TEXT_BYTES];

	snprintf(text, REASON_TEXT_BYTES, "%s seq %u, %u bytes, ack %u", flags_text(s->flags, flags),
	         s->seq - c->iss, s->payload_len, s->flags & TCP_ACK ? s->ack - c->irs : 0);
}

void replay_misfit(struct player *p, size_t step, enum misfit misfit, int64_t number, const struct segment *s)
{
	struct reason why = {.code = CODE_MISFIT, .n = {misfit, (int64_t)step, number}};

	if (p->misfit)
		return;
	p->misfit = true;
	p->misfit_trace = engine_verdict(p->engine)->trace_count;
	if (s)
		segment_notation(p, s, why.text);
	engine_give(p->engine,
	            &(struct event){
	                .kind = EVENT_ABORT, .time_ns = p->now_ns, .verdict = VERDICT_ERROR, .reason = &why},
	            NULL, 0);
}

/* --- ours --- */

/* TSval counts the milliseconds of the event's time, which a changed scenario
 * moves; all else must be the same. */
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

static bool is_same(const struct segment *sent, const struct segment *seen)
{
	if (sent->sport != seen->sport || sent->seq != seen->seq || sent->ack != seen->ack ||
	    sent->flags != seen->flags || sent->wnd != seen->wnd || malform_mended(sent, seen))
		return false;
	return malform_same(sent, seen, same_options);
}

static void await(struct player *p, const struct action *a, size_t step, bool settled)
{
	struct awaited *list = realloc(p->awaited, (p->awaited_count + 1) * sizeof *list);

	if (!list)
		abort();
	p->awaited = list;
	list[p->awaited_count] = (struct awaited){.action = *a, .step = step, .settled = settled};
	list[p->awaited_count++].action.segment.payload = NULL;
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

/* With a journal the answer is among the events to come; without, it is taken as done. */
static void ask(struct player *p, const struct action *a)
{
	p->asked = a->kind == ACTION_PROVOKE;
	p->state_asked = a->kind == ACTION_STATE;
	p->asked_what = a->provocation;
	if (p->journal || a->kind != ACTION_PROVOKE)
		return;
	p->asked = false;
	engine_give(p->engine, &(struct event){.kind = EVENT_PROVOKED, .time_ns = p->now_ns, .ok = true},
	            NULL, 0);
}

void replay_take_actions(struct player *p)
{
	struct action a;

	while (engine_action(p->engine, &a)) {
		if (a.kind == ACTION_SEND)
			await(p, &a, step_of(p, &a.segment), is_settled(p));
		else
			ask(p, &a);
	}
}

void replay_left(struct player *p, const struct event *e, const struct file_segment *f)
{
	for (size_t i = 0; i < p->awaited_count; i++) {
		struct awaited *w = &p->awaited[i];
		if (!is_same(&w->action.segment, &f->segment))
			continue;
		unsigned id = w->action.id;
		p->awaited_count--;
		memmove(w, w + 1, (p->awaited_count - i) * sizeof *w);
		engine_give(p->engine, e, &f->segment, id);
		return;
	}
	/* What failed is tidied at once, and the run went on; and how a run
	 * tidied depends on where it ended. */
	enum verdict_kind kind = engine_verdict(p->engine)->kind;
	if (kind == VERDICT_FAIL || kind == VERDICT_SKIP || kind == VERDICT_ERROR ||
	    (kind == VERDICT_PASS && f->segment.flags == TCP_RST))
		return;
	replay_misfit(p, engine_step(p->engine), MISFIT_NOT_SENT, (int64_t)f->frame, &f->segment);
}

/* --- the journal's events --- */

bool replay_from_us(const struct player *p, const struct segment *s)
{
	return addr_equal(&s->src, &p->config.local) &&
	       (s->sport == p->config.local_port ||
	        (p->config.other_port != 0 && s->sport == p->config.other_port));
}

/* The segment of an event. Of the odd ones only ours counts: we sent it so on purpose. */
static const struct file_segment *find(struct player *p, const struct event *e)
{
	const struct capture_file *f = p->file;
	bool left = e->kind == EVENT_LEFT;

	while (p->first < f->count && p->taken[p->first])
		p->first++;
	for (size_t i = p->first; i < f->count; i++) {
		const struct file_segment *s = &f->segments[i];

		if (p->taken[i] || s->segment.time_ns != e->time_ns ||
		    replay_from_us(p, &s->segment) != left || (s->odd && !left))
			continue;
		p->taken[i] = true;
		return s;
	}
	return NULL;
}

static void give_segment(struct player *p, const struct event *e)
{
	const struct file_segment *f = find(p, e);

	if (!f)
		replay_misfit(p, engine_step(p->engine), MISFIT_NOT_THERE, 0, NULL);
	else if (e->kind == EVENT_LEFT)
		replay_left(p, e, f);
	else
		engine_give(p->engine, e, &f->segment, 0);
}

static void give_provoked(struct player *p, const struct event *e)
{
	if (is_settled(p))
		return;
	if (!p->asked || p->asked_what.kind != e->provoke) {
		replay_misfit(p, engine_step(p->engine), MISFIT_ASKED, e->provoke, NULL);
		return;
	}
	p->asked = false;
	engine_give(p->engine, e, NULL, 0);
}

/* One that could not be decoded has no more than its time. */
static void give_ignored(struct player *p, const struct event *e)
{
	const struct file_segment *f = find(p, e);
	struct segment unknown = {.src = p->config.remote, .dst = p->config.local, .time_ns = e->time_ns};

	engine_give(p->engine, e, f ? &f->segment : &unknown, 0);
}

static void give(struct player *p, const struct event *e)
{
	p->now_ns = e->time_ns > p->now_ns ? e->time_ns : p->now_ns;
	switch (e->kind) {
	case EVENT_CAME:
	case EVENT_LEFT: give_segment(p, e); break;
	case EVENT_PROVOKED: give_provoked(p, e); break;
	case EVENT_STATE:
		p->state_asked = false;
		engine_give(p->engine, e, NULL, 0);
		break;
	case EVENT_ABORT:
		p->aborted = true;
		engine_give(p->engine, e, NULL, 0);
		break;
	case EVENT_START:
		p->replay->started = true;
		engine_give(p->engine, e, NULL, 0);
		break;
	case EVENT_TICK: engine_give(p->engine, e, NULL, 0); break;
	case EVENT_IGNORED: give_ignored(p, e); break;
	}
}

static void play_journal(struct player *p)
{
	for (size_t i = 0; i < p->journal->count && !p->misfit; i++) {
		give(p, &p->journal->events[i]);
		replay_take_actions(p);
	}
	p->replay->ignored = p->journal->ignored;
}

/* --- the end --- */

/* What is left when the capture is over. What only tidies may be missing:
 * where the run was ended otherwise, or the capture was stopped. */
static void judge_end(struct player *p)
{
	if (p->misfit || p->aborted)
		return;
	for (size_t i = 0; i < p->awaited_count && !is_settled(p); i++)
		if (!p->awaited[i].settled)
			replay_misfit(p, p->awaited[i].step, MISFIT_NOT_CAPTURED, 0,
			              &p->awaited[i].action.segment);
	if (is_settled(p))
		return;
	if (p->asked)
		replay_misfit(p, engine_step(p->engine), MISFIT_NOT_ASKED, p->asked_what.kind, NULL);
	else if (p->state_asked)
		replay_misfit(p, engine_step(p->engine), MISFIT_STATE_NOT_ASKED, 0, NULL);
	else
		replay_misfit(p, engine_step(p->engine), MISFIT_ENDS, 0, NULL);
}

/* What passed for good although a segment of ours was never seen. */
static void judge_pass(struct player *p)
{
	for (size_t i = 0; i < p->awaited_count && !p->aborted && !p->misfit; i++)
		if (!p->awaited[i].settled && engine_verdict(p->engine)->kind == VERDICT_PASS)
			replay_misfit(p, p->awaited[i].step, MISFIT_NOT_CAPTURED, 0,
			              &p->awaited[i].action.segment);
}

static void play(struct player *p, size_t syn)
{
	size_t damaged = p->journal ? p->journal->damaged : 0;
	struct replay *r = p->replay;

	p->taken = memory_new(p->file->count, sizeof *p->taken);
	p->engine = r->engine = engine_new(p->scenario, &p->config);
	if (!p->taken || !p->engine)
		abort();
	if (p->journal)
		play_journal(p);
	else
		captured_play(p, syn, &damaged);
	judge_end(p);
	judge_pass(p);
	r->verdict = *engine_verdict(p->engine);
	/* What the engine would send to tidy is not in the capture. */
	if (p->misfit && r->verdict.trace_count > p->misfit_trace)
		r->verdict.trace_count = p->misfit_trace;
	r->verdict.damaged = damaged;
	r->verdict.syn_unseen = p->journal && p->journal->syn_unseen;
	free(p->taken);
	free(p->awaited);
}

/* One connection of a capture with no journal. It may be of a run that could see states and
 * sent no probes for them. */
static void play_connection(struct replay *r, const struct player *setting, const struct beginning *b)
{
	struct player p = *setting, again;

	memset(r, 0, sizeof *r);
	p.replay = r;
	p.until = b->until;
	replay_configure(p.file, p.scenario, b->syn, &p.config);
	again = p;
	play(&p, b->syn);
	r->misfit = p.misfit;
	if (!p.misfit)
		return;
	struct replay first = *r;
	again.config.no_probe = true;
	r->ignored = 0;
	play(&again, b->syn);
	engine_free(again.misfit ? r->engine : first.engine);
	if (again.misfit)
		*r = first;
	r->misfit = again.misfit;
}

static bool is_control(const struct player *p, const struct beginning *b, const struct replay_choice *choice)
{
	const struct segment *syn = &p->file->segments[b->syn].segment;

	return syn->dport == choice->control_port || syn->sport == choice->control_port;
}

/* Each is tried with the whole capture. */
enum { TRIED_MAX = 1000 };

/* Tries one; it replaces what does not fit, or fits for less of its segments. */
static void try_connection(struct replay *r, const struct player *setting, const struct beginning *b)
{
	struct replay one;

	play_connection(&one, setting, b);
	one.connection = b->number;
	bool better = !r->engine || !one.misfit || one.verdict.trace_count > r->verdict.trace_count;
	engine_free(better ? r->engine : one.engine);
	if (better)
		*r = one;
}

static bool play_captured(struct replay *r, const struct player *setting, const struct replay_choice *choice,
                          struct diag *d)
{
	struct beginning *list = replay_beginnings(setting->file, &r->connections);
	size_t count = r->connections;

	if (!list)
		return diag_set(d, "no connection begins in it: no SYN is there");
	for (int control = 0; control < 2 && (!r->engine || r->misfit); control++)
		for (size_t i = 0, tried = 0; i < count && tried < TRIED_MAX && (!r->engine || r->misfit);
		     i++)
			if (choice->connection > 0 ? list[i].number == choice->connection
			                           : is_control(setting, &list[i], choice) == control) {
				try_connection(r, setting, &list[i]);
				tried++;
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
	if (!journal)
		return play_captured(r, &p, choice, d);
	play(&p, 0);
	r->misfit = p.misfit;
	return true;
}

void replay_free(struct replay *r)
{
	engine_free(r->engine);
	memset(r, 0, sizeof *r);
}
