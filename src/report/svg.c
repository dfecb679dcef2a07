/* Draws a run as SVG. Knows the trace and the steps, judges nothing. */
#include "report/svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clean.h"
#include "report/evidence.h"
#include "report/finding.h"
#include "report/measures.h"
#include "report/pen.h"
#include "report/states.h"
#include "report/words.h"

enum {
	WIDTH = 960,
	TIME_END = 86,  /* times are set against it */
	OURS_END = 238, /* our state */
	LEFT = 250,     /* our line */
	RIGHT = 690,    /* the peer's */
	PEER = 702,     /* the peer's state and the note */
	HEAD = 46,
	BAND = 24,          /* a step */
	ROW = 40,           /* a segment */
	SEEN = 28,          /* a state that was told */
	SLOPE = 7,          /* an arrow takes time to arrive */
	LABEL_COLUMNS = 58, /* between the lines */
	NOTE_COLUMNS = 38,
	STEP_COLUMNS = 116,
	WORDS_BYTES = 512
};

struct drawing {
	struct markup *m; /* NULL: the height alone is wanted */
	const struct result *r;
	int y;
	size_t next_step;     /* the first that was not shown yet */
	size_t next_sighting; /* the same of the states that were told */
	struct states_view states;
	int64_t start_ns, before_ns;
};

/* --- pieces --- */

static void put_number(struct markup *m, const char *name, double value)
{
	markup_attributef(m, name, "%g", value);
}

void svg_begin(struct markup *m, const char *class, int width, int height, const char *label)
{
	markup_begin(m, "svg");
	markup_attribute(m, "xmlns", "http://www.w3.org/2000/svg");
	markup_attribute(m, "class", class);
	markup_attributef(m, "viewBox", "0 0 %d %d", width, height);
	put_number(m, "width", width);
	put_number(m, "height", height);
	markup_attribute(m, "role", "img");
	markup_attribute(m, "aria-label", label);
}

void svg_line(struct markup *m, const char *class, double x1, double y1, double x2, double y2)
{
	markup_begin(m, "line");
	markup_attribute(m, "class", class);
	put_number(m, "x1", x1);
	put_number(m, "y1", y1);
	put_number(m, "x2", x2);
	put_number(m, "y2", y2);
	markup_void(m);
}

void svg_text(struct markup *m, const char *class, double x, double y, const char *anchor, const char *text)
{
	markup_begin(m, "text");
	markup_attribute(m, "class", class);
	put_number(m, "x", x);
	put_number(m, "y", y);
	if (strcmp(anchor, "start") != 0)
		markup_attribute(m, "text-anchor", anchor);
	markup_text(m, text);
	markup_end(m);
}

/* Text cut at so many columns; the whole shows under the pointer. */
static void put_cut(struct markup *m, const char *class, int x, int y, const char *text, int columns)
{
	char *part;

	if (clean_columns(text, true) <= columns) {
		svg_text(m, class, x, y, "start", text);
		return;
	}
	part = strndup(text, pen_fit(text, columns - 2, true));
	markup_begin(m, "text");
	markup_attribute(m, "class", class);
	put_number(m, "x", x);
	put_number(m, "y", y);
	markup_element(m, "title", NULL, text);
	markup_textf(m, "%s \xe2\x80\xa6", part ? part : "");
	markup_end(m);
	free(part);
}

/* --- steps --- */

static void put_step(struct drawing *d, size_t index)
{
	const struct step *step = &d->r->scenario->steps[index];
	const struct verdict *v = d->r->verdict;
	bool wrong = v->kind == VERDICT_FAIL && v->step == (int)index;
	char line[24];

	d->y += BAND + 2;
	if (!d->m)
		return;
	markup_begin(d->m, "rect");
	markup_attribute(d->m, "class", wrong ? "band wrong" : "band");
	put_number(d->m, "x", 0);
	put_number(d->m, "y", d->y - BAND);
	put_number(d->m, "width", WIDTH);
	put_number(d->m, "height", BAND - 2);
	put_number(d->m, "rx", 3);
	markup_void(d->m);
	snprintf(line, sizeof line, "%s%d", wrong ? "\xe2\x9c\x97 " : "", step->where.line);
	svg_text(d->m, wrong ? "bad" : "dim", 40, d->y - 8, "end", line);
	put_cut(d->m, wrong ? "step bad" : "step", 52, d->y - 8, step->text,
	        wrong ? STEP_COLUMNS - 14 : STEP_COLUMNS);
	if (wrong)
		svg_text(d->m, "bad", WIDTH - 10, d->y - 8, "end", "failed here");
}

static void put_steps_until(struct drawing *d, size_t end)
{
	for (; d->next_step < end && d->next_step < d->r->scenario->step_count; d->next_step++)
		put_step(d, d->next_step);
}

/* --- states --- */

static void put_time(struct drawing *d, int64_t time_ns, int y)
{
	char text[SECONDS_TEXT_BYTES];

	snprintf(text, sizeof text, "%.6f", (double)(time_ns - d->start_ns) / 1e9);
	svg_text(d->m, "time", TIME_END, y, "end", text);
}

/* The peer's: inferred in parentheses, told plain and with a dot on its line. */
static void put_peer_state(struct drawing *d, int y, bool told, bool wrong)
{
	char state[STATE_TEXT_BYTES], text[STATE_TEXT_BYTES + 4];

	snprintf(text, sizeof text, "%s%s", wrong ? "\xe2\x9c\x97 " : "",
	         states_text(d->states.peer.state, !told, state));
	svg_text(d->m, wrong ? "state bad" : told ? "state" : "state inferred", PEER, y, "start", text);
}

static void put_dot(struct drawing *d, double y, bool wrong)
{
	markup_begin(d->m, "circle");
	markup_attribute(d->m, "class", wrong ? "seen bad" : "seen");
	put_number(d->m, "cx", RIGHT);
	put_number(d->m, "cy", y);
	put_number(d->m, "r", 5);
	markup_void(d->m);
}

static void put_sighting(struct drawing *d, const struct sighting *s)
{
	char text[SIGHTING_TEXT_BYTES];

	states_told(&d->states, s->state);
	if (s->step >= 0)
		put_steps_until(d, (size_t)s->step + 1);
	d->y += SEEN;
	if (!d->m)
		return;
	put_time(d, s->time_ns, d->y - 10);
	svg_text(d->m, "note", RIGHT - 12, d->y - 10, "end", sighting_text(s, text));
	put_dot(d, d->y - 14, s->wrong);
	put_peer_state(d, d->y - 10, true, s->wrong);
}

/* Those that were told before this segment, or NULL: all that are left. */
static void put_sightings_until(struct drawing *d, const struct trace *t)
{
	const struct verdict *v = d->r->verdict;

	while (d->next_sighting < v->sighting_count) {
		const struct sighting *s = &v->sightings[d->next_sighting];

		if (t && !sighting_precedes(s, t))
			return;
		if (sighting_is_news(&d->states, v, d->next_sighting++))
			put_sighting(d, s);
	}
}

/* Did the segment tell the peer's state? */
static bool is_told_by(struct drawing *d, const struct trace *t)
{
	const struct verdict *v = d->r->verdict;

	if (d->next_sighting == v->sighting_count ||
	    !sighting_is_segments(&v->sightings[d->next_sighting], t))
		return false;
	states_told(&d->states, v->sightings[d->next_sighting++].state);
	return true;
}

/* --- segments --- */

static void put_times(struct drawing *d, const struct trace *t)
{
	char text[SECONDS_TEXT_BYTES], gap[SECONDS_TEXT_BYTES + 1];

	if (t->time_ns == 0)
		return;
	put_time(d, t->time_ns, d->y - 20);
	if (d->before_ns) {
		int64_t since = t->time_ns - d->before_ns;

		snprintf(gap, sizeof gap, "%s%s", since >= 0 ? "+" : "",
		         seconds_text((double)since / 1e9, 3, text));
		svg_text(d->m, "gap", TIME_END, d->y - 6, "end", gap);
	}
	d->before_ns = t->time_ns;
}

static const char *arrow_class(const struct trace *t)
{
	if (t->wrong)
		return "arrow bad";
	if (t->ignored)
		return "arrow other";
	return t->lost ? "arrow lost" : "arrow";
}

static void put_head(struct markup *m, const char *class, double x, double y, bool right)
{
	int back = right ? -9 : 9;

	markup_begin(m, "path");
	markup_attributef(m, "class", "head %s", class);
	markup_attributef(m, "d", "M%g %g l%d -4.5 v9 z", x, y, back);
	markup_void(m);
}

/* Where a lost one breaks: a cross, and the word. */
static void put_break(struct markup *m, double x, double y, bool right)
{
	svg_line(m, "cross", x - 5, y - 5, x + 5, y + 5);
	svg_line(m, "cross", x - 5, y + 5, x + 5, y - 5);
	svg_text(m, "warn", right ? x + 14 : x - 14, y + 4, right ? "start" : "end", "lost");
}

static void put_arrow(struct drawing *d, const struct trace *t)
{
	bool right = t->passage == PASSED_OUT;
	double from = right ? LEFT : RIGHT, to = right ? RIGHT : LEFT;
	double y = d->y - 14, end = y + SLOPE;
	const char *class = arrow_class(t);

	if (t->lost) {
		to = from + (to - from) * 0.6;
		end = y + SLOPE * 0.6;
	}
	svg_line(d->m, class, from, y, t->lost ? to : to + (right ? -6 : 6), end);
	if (t->lost)
		put_break(d->m, to, end, right);
	else
		put_head(d->m, class, to, end, right);
}

/* Options are left out where there is no room for them. */
static void put_label(struct drawing *d, const struct trace *t)
{
	const char *class = t->wrong ? "label bad" : t->lost ? "label warn" : t->ignored ? "dim" : "label";
	char all[WORDS_BYTES], some[WORDS_BYTES];
	bool fits;

	segment_words(t, d->r->verdict, true, all, sizeof all);
	segment_words(t, d->r->verdict, false, some, sizeof some);
	fits = clean_columns(all, true) <= LABEL_COLUMNS;
	markup_begin(d->m, "text");
	markup_attribute(d->m, "class", class);
	put_number(d->m, "x", (LEFT + RIGHT) / 2);
	put_number(d->m, "y", d->y - 19);
	markup_attribute(d->m, "text-anchor", "middle");
	markup_element(d->m, "title", NULL, all);
	markup_textf(d->m, "%s%s", t->wrong ? "\xe2\x9c\x97 " : "", fits ? all : some);
	markup_end(d->m);
}

static void put_segment(struct drawing *d, const struct trace *t)
{
	struct states_view before = d->states;
	bool changed, told;
	char note[NOTE_TEXT_BYTES];

	if (!t->ignored)
		states_after(&d->states, &t->segment, t->passage == PASSED_OUT, t->lost);
	told = is_told_by(d, t);
	d->y += ROW;
	if (!d->m)
		return;
	put_times(d, t);
	if (d->states.ours.state != before.ours.state)
		svg_text(d->m, "state", OURS_END, d->y - 12, "end", state_name(d->states.ours.state));
	put_arrow(d, t);
	put_label(d, t);
	if (told)
		put_dot(d, d->y - 14, false);
	changed = told || d->states.peer.state != before.peer.state;
	if (changed)
		put_peer_state(d, d->y - 18, told, false);
	if (note_says_more(d->r, t))
		put_cut(d->m, t->wrong ? "note bad" : "note", PEER, d->y - (changed ? 4 : 12),
		        note_text(d->r, t, note), NOTE_COLUMNS);
}

/* The steps that were played. */
static void put_steps_played(struct drawing *d)
{
	const struct verdict *v = d->r->verdict;

	if (v->kind == VERDICT_PASS)
		put_steps_until(d, d->r->scenario->step_count);
	else if (v->step >= 0)
		put_steps_until(d, (size_t)v->step + 1);
}

/* The steps up to the segment's own, then the segment. */
static void put_row(struct drawing *d, const struct trace *t)
{
	const struct verdict *v = d->r->verdict;
	int step = t->wrong && v->step >= 0 ? v->step : t->step;

	put_sightings_until(d, t);
	if (step < 0 && is_after_verdict(v, t))
		put_steps_played(d);
	if (step >= 0 && (size_t)step >= d->next_step)
		put_steps_until(d, (size_t)step + 1);
	put_segment(d, t);
}

/* What is not drawn moves the states all the same. */
static void skip_row(struct drawing *d, const struct trace *t)
{
	if (!t->ignored)
		states_after(&d->states, &t->segment, t->passage == PASSED_OUT, t->lost);
	d->before_ns = t->time_ns;
	if (t->step >= 0 && (size_t)t->step >= d->next_step)
		d->next_step = (size_t)t->step; /* is said with the next that is drawn */
}

/* --- the whole --- */

static void put_left_out(struct drawing *d, size_t count, const char *what)
{
	char text[64];

	if (!count)
		return;
	d->y += BAND;
	snprintf(text, sizeof text, "%zu %s more are not shown", count, what);
	if (d->m)
		svg_text(d->m, "dim", LEFT, d->y - 6, "start", text);
}

static void put_rows(struct drawing *d)
{
	const struct verdict *v = d->r->verdict;

	size_t skipped = 0;

	d->y = HEAD;
	for (size_t i = 0; i < v->trace_count; i++) {
		if (is_left_out(v, i)) {
			skip_row(d, &v->trace[i]);
			skipped++;
			continue;
		}
		put_left_out(d, skipped, "segments");
		skipped = 0;
		put_row(d, &v->trace[i]);
	}
	put_sightings_until(d, NULL);
	put_steps_played(d);
	put_left_out(d, v->trace_left_out, "segments");
	put_left_out(d, v->sightings_left_out, "observed states");
}

static void put_ends(struct drawing *d, int height)
{
	char ours[ENDPOINT_TEXT_BYTES], peer[ENDPOINT_TEXT_BYTES];
	bool told = d->r->verdict->sighting_count;

	svg_line(d->m, "life", LEFT, HEAD - 4, LEFT, height);
	svg_line(d->m, "life", RIGHT, HEAD - 4, RIGHT, height);
	svg_text(d->m, "end", LEFT, 16, "middle", "fourwave");
	svg_text(d->m, "end", RIGHT, 16, "middle", "peer");
	svg_text(d->m, "dim", (LEFT + RIGHT) / 2, 16, "middle",
	         told ? "(STATE) inferred, \xe2\x97\x8f STATE observed" : "(STATE) inferred");
	if (!ends_text(d->r, ours, peer))
		return;
	svg_text(d->m, "dim", LEFT, 33, "middle", ours);
	svg_text(d->m, "dim", RIGHT, 33, "middle", peer);
}

void svg_ladder(struct markup *m, const struct result *given)
{
	struct trace *sorted = evidence_in_order(given->verdict);
	struct verdict in_order = *given->verdict;
	struct result r = *given;
	const struct verdict *v = r.verdict = &in_order;
	struct drawing measured = {.r = &r}, d = {.m = m, .r = &r, .start_ns = v->started_ns};
	char label[128];
	int height;

	if (sorted)
		in_order.trace = sorted;
	if (v->trace_count && (d.start_ns == 0 || v->trace[0].time_ns < d.start_ns))
		d.start_ns = v->trace[0].time_ns;
	put_rows(&measured);
	height = measured.y + 10;
	snprintf(label, sizeof label, "Sequence diagram of %zu segments over %s", v->trace_count,
	         family_name(r.family));
	svg_begin(m, "ladder", WIDTH, height, label);
	put_ends(&d, height);
	put_rows(&d);
	markup_end(m);
	markup_raw(m, "\n");
	free(sorted);
}
