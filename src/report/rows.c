/* Walks through a run's evidence. Draws nothing and judges nothing. */
#include "report/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/text.h"

/* --- the beginning --- */

void rows_of_result(struct rows *w, const struct result *r)
{
	const struct verdict *v = r->verdict;

	*w = (struct rows){.r = r, .start_ns = v->started_ns, .left = "fourwave", .right = "peer"};
	w->not_kept[0] = v->trace_omitted;
	w->not_kept[1] = v->observations_omitted;
	w->order = memory_new(v->trace_count, sizeof(struct trace *));
	/* The evidence has ours where they were decided on; by insertion, for it is nearly in order. What has
	 * no time keeps its place. */
	for (size_t i = 0; i < v->trace_count; i++) {
		size_t at = i;

		while (at > 0 && v->trace[i].time_ns && w->order[at - 1]->time_ns > v->trace[i].time_ns)
			at--;
		memmove(w->order + at + 1, w->order + at, (i - at) * sizeof(struct trace *));
		w->order[at] = &v->trace[i];
	}
	if (v->trace_count && (w->start_ns == 0 || w->order[0]->time_ns < w->start_ns))
		w->start_ns = w->order[0]->time_ns;
}

void rows_of_picture(struct rows *w, const struct picture *p)
{
	static const struct scenario none = {.file = "", .title = ""};
	const struct trace *first = p->trace;

	*w = (struct rows){.left = p->left, .right = p->right, .no_states = p->no_states};
	w->own_verdict = (struct verdict){.kind = VERDICT_PASS,
	                                  .step = -1,
	                                  .iss = p->left_isn,
	                                  .irs = p->right_isn,
	                                  .trace = p->trace,
	                                  .trace_count = p->count};
	w->own_result = (struct result){.scenario = &none, .verdict = &w->own_verdict};
	w->r = &w->own_result;
	w->skip_at = p->skip_at;
	w->skip = p->skip;
	w->order = memory_new(p->count, sizeof(struct trace *));
	for (size_t i = 0; i < p->count; i++)
		w->order[i] = &p->trace[i];
	if (p->count == 0)
		return;
	w->start_ns = first->time_ns;
	if (!p->begun && !p->no_states)
		observer_begin_open(&w->seen, &first->segment,
		                    first->passage == PASSED_OUT ? END_US : END_PEER);
}

void rows_end(struct rows *w) { free(w->order); }

const char *rows_legend(const struct rows *w, const char *seen, char buf[LEGEND_BYTES])
{
	bool observed = w->r->verdict->observation_count > 0;

	snprintf(buf, LEGEND_BYTES, "(STATE) inferred%s%s%s", observed ? ", " : "", observed ? seen : "",
	         observed ? " STATE observed" : "");
	return w->no_states ? "" : buf;
}

/* --- what broke something --- */

static enum mark mark_of(enum verdict_kind kind)
{
	if (kind == VERDICT_PASS)
		return MARK_NONE;
	return kind == VERDICT_WARN ? MARK_WARN : MARK_WRONG;
}

static enum mark step_mark(const struct verdict *v, int step)
{
	if (v->kind == VERDICT_FAIL && v->step == step)
		return MARK_WRONG;
	for (size_t i = 0; i < v->warning_count; i++)
		if (v->warnings[i].step == step)
			return MARK_WARN;
	return MARK_NONE;
}

/* Is it worth a mark that this segment broke the rule? What an end does with each of its segments is told
 * once. */
static bool breaks(const struct verdict *v, const struct trace *t, enum rule rule)
{
	const struct rule_breaches *b = &v->breaches[rule];

	return b->count && ((b->trace < v->trace_count && t == &v->trace[b->trace]) ||
	                    (t->broke == &rules[rule] && !rules[rule].habit));
}

static enum mark segment_mark(const struct verdict *v, const struct trace *t)
{
	enum mark mark = MARK_NONE;

	if (t->wrong && v->kind != VERDICT_PASS)
		mark = v->kind == VERDICT_WARN || step_mark(v, t->step) == MARK_WARN ? MARK_WARN : MARK_WRONG;
	for (enum rule r = 0; r < RULE_COUNT; r++)
		if (breaks(v, t, r) && mark_of(level_verdict(rules[r].level)) > mark)
			mark = mark_of(level_verdict(rules[r].level));
	return mark;
}

/* The step that the run ended in; the last, where it went through all; -1: in none. */
static int last_step(const struct result *r)
{
	const struct verdict *v = r->verdict;

	if (v->whole)
		return (int)r->scenario->step_count - 1;
	return v->kind == VERDICT_WARN && v->warning_count ? v->warnings[v->warning_count - 1].step : v->step;
}

/* Did the peer's state break the step that asked? */
static enum mark observed_mark(const struct verdict *v, const struct observation *s)
{
	if (!s->wrong)
		return MARK_NONE;
	return step_mark(v, s->step) == MARK_WARN ? MARK_WARN : MARK_WRONG;
}

/* --- what is left out --- */

/* Of evidence that would fill many screens the begin, the end and what is around the segment that was wrong
 * are drawn; of a picture what it says. */
static bool is_omitted(const struct rows *w, size_t index)
{
	enum { FIRST = 60, AROUND = 30, LAST = 110, FEW = 20 };
	size_t from = index > AROUND ? index - AROUND : 0, count = w->r->verdict->trace_count;

	if (w->r == &w->own_result)
		return index >= w->skip_at && index < w->skip_at + w->skip;
	if (count <= FIRST + LAST + FEW || index < FIRST || index >= count - LAST)
		return false;
	for (size_t i = from; i < count && i <= index + AROUND; i++)
		if (segment_mark(w->r->verdict, w->order[i]))
			return false;
	return true;
}

static void move_states(struct rows *w, const struct trace *t)
{
	const struct end *peer = &w->seen.ends[END_PEER];
	enum tcp_state before = peer->state;

	if (t->ignored || w->no_states)
		return;
	observer_see(&w->seen, &t->segment, t->passage == PASSED_OUT ? END_US : END_PEER, t->lost);
	w->confirmed = w->confirmed && peer->state == before;
}

/* --- a row --- */

static void set_times(struct rows *w, struct row *row, int64_t now_ns)
{
	char text[SECONDS_TEXT_BYTES];

	if (now_ns == 0)
		return;
	snprintf(row->time, sizeof row->time, "%.6f", seconds(now_ns - w->start_ns));
	if (!row->segment)
		return;
	if (w->before_ns)
		snprintf(row->since, sizeof row->since, "%s%s", now_ns >= w->before_ns ? "+" : "",
		         seconds_text(seconds(now_ns - w->before_ns), 3, text));
	w->before_ns = now_ns;
}

static void set_state(char buf[STATE_TEXT_BYTES], enum tcp_state state, bool inferred)
{
	snprintf(buf, STATE_TEXT_BYTES, inferred ? "(%s)" : "%s", state_name(state));
}

/* The states as they are from here on. What was observed holds, whatever was inferred. */
static void set_states(struct rows *w, struct row *row)
{
	struct end *ours = &w->seen.ends[END_US], *peer = &w->seen.ends[END_PEER];
	enum tcp_state ours_before = ours->state, peer_before = peer->state;

	if (row->segment)
		move_states(w, row->segment);
	if (row->observed) {
		peer->state = row->observed->state;
		w->confirmed = true;
	}
	if (ours->state != ours_before)
		set_state(row->ours, ours->state, w->r == &w->own_result);
	if (row->observed || peer->state != peer_before)
		set_state(row->peer, peer->state, !row->observed);
}

/* Did the segment tell the state itself, as the answer to a probe does? */
static bool tells(const struct trace *t, const struct observation *s)
{
	return s->by_probe && t->passage == PASSED_IN && t->step == s->step && t->time_ns == s->time_ns;
}

/* The rules that it broke, and what it was to the scenario. */
static void set_note(struct rows *w, struct row *row)
{
	struct cut note = cut_start(row->note, sizeof row->note);
	const struct trace *t = row->segment;
	char text[NOTE_TEXT_BYTES];

	for (enum rule r = 0; r < RULE_COUNT; r++)
		if (breaks(w->r->verdict, t, r))
			cut_add(&note, "%s%s", note.len ? "; " : "", rules[r].note);
	if (note_says_more(w->r, t))
		cut_add(&note, "%s%s", note.len ? "; " : "", note_text(w->r, t, text));
}

static void make_segment(struct rows *w, struct row *row)
{
	const struct trace *t = w->order[w->next++];
	const struct verdict *v = w->r->verdict;
	const struct observation *s = &v->observations[w->next_observation];

	*row = (struct row){.kind = ROW_SEGMENT, .segment = t, .mark = segment_mark(v, t)};
	if (w->next_observation < v->observation_count && tells(t, s))
		row->observed = &v->observations[w->next_observation++];
	set_states(w, row);
	set_times(w, row, t->time_ns);
	set_note(w, row);
}

static void make_observed(struct rows *w, struct row *row)
{
	const struct observation *s = &w->r->verdict->observations[w->next_observation++];
	struct cut note = cut_start(row->note, sizeof row->note);

	*row = (struct row){.kind = ROW_OBSERVED, .observed = s, .mark = observed_mark(w->r->verdict, s)};
	set_states(w, row);
	set_times(w, row, s->time_ns);
	if (s->still)
		cut_add(&note, "still%s", s->has_timer ? ", " : "");
	if (s->has_timer)
		cut_add(&note, "timer %.3f s", seconds(s->timer_ns));
}

/* --- what comes next --- */

/* The steps up to this one come before the row that is due, which is that step's. */
static void want_steps(struct rows *w, int step)
{
	size_t end = (size_t)(step + 1), count = w->r->scenario->step_count;

	w->due_step = step;
	w->steps_end = end < count ? end : count;
}

/* Was a state observed before this segment, or is one left where it is NULL? Not one that a step's first
 * reading says, where it is known already and the step read on: that is no news. */
static bool is_observed_before(struct rows *w, const struct trace *t)
{
	const struct verdict *v = w->r->verdict;

	for (; w->next_observation < v->observation_count; w->next_observation++) {
		const struct observation *s = &v->observations[w->next_observation];
		bool last = w->next_observation + 1 == v->observation_count || s[1].step != s->step;

		/* what the answer made us send has its time, until it is seen leaving */
		if (t && s->time_ns == t->time_ns && (tells(t, s) || (t->step >= 0 && s->step >= t->step)))
			return false;
		if (t && s->time_ns > t->time_ns)
			return false;
		if (last || !w->confirmed || s->state != w->seen.ends[END_PEER].state)
			return true;
	}
	return false;
}

static enum row_kind choose(struct rows *w)
{
	const struct verdict *v = w->r->verdict;
	const struct trace *t = NULL;
	int last = last_step(w->r);

	for (; w->next < v->trace_count; w->next++, w->skipped++) {
		t = w->order[w->next];
		if (!is_omitted(w, w->next))
			break;
		/* it moves the states all the same; its step is said with the next that is drawn */
		move_states(w, t);
		w->before_ns = t->time_ns;
		if (t->step >= 0 && (size_t)t->step > w->next_step)
			w->next_step = (size_t)t->step;
		t = NULL;
	}
	if (w->skipped)
		return ROW_GAP;
	if (is_observed_before(w, t)) {
		want_steps(w, v->observations[w->next_observation].step);
		return ROW_OBSERVED;
	}
	/* all steps come before what passed when the verdict was there */
	if (!t || (t->step < 0 && v->ended_ns && t->time_ns >= v->ended_ns && !t->wrong)) {
		want_steps(w, last);
		w->due_step = -1;
	} else {
		want_steps(w, t->wrong && t->step < 0 ? last : t->step);
	}
	if (t)
		return ROW_SEGMENT;
	while (w->missing < ROWS_MISSING && !w->not_kept[w->missing])
		w->missing++;
	return w->missing < ROWS_MISSING ? ROW_MISSING : ROW_END;
}

bool rows_next(struct rows *w, struct row *row)
{
	static const char *const what[ROWS_MISSING] = {"segments", "observed states"};
	const struct verdict *v = w->r->verdict;

	if (w->due == ROW_STEP)
		w->due = choose(w);
	if (w->next_step < w->steps_end) {
		int step = (int)w->next_step++;

		*row = (struct row){.kind = ROW_STEP,
		                    .step = &w->r->scenario->steps[step],
		                    .mark = step_mark(v, step),
		                    .has_row = step == w->due_step};
		return true;
	}
	switch (w->due) {
	case ROW_STEP:
	case ROW_END: return false;
	case ROW_SEGMENT: make_segment(w, row); break;
	case ROW_OBSERVED: make_observed(w, row); break;
	case ROW_GAP:
		*row = (struct row){.kind = ROW_GAP, .count = w->skipped, .what = "segments"};
		w->skipped = 0;
		break;
	case ROW_MISSING:
		*row = (struct row){.kind = ROW_MISSING};
		row->count = w->not_kept[w->missing];
		row->what = what[w->missing++];
		break;
	}
	w->due = ROW_STEP;
	return true;
}
