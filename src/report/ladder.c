/* Draws a run as a sequence diagram. Knows the trace and the steps, judges nothing. */
#include "report/ladder_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/clean.h"
#include "report/evidence.h"
#include "report/finding.h"
#include "report/measures.h"
#include "report/words.h"

static const struct glyphs unicode_glyphs = {"─", "├", "┤", "►", "◄", "│", "╳", "✗", "●"};
static const struct glyphs ascii_glyphs = {"-", "|", "|", ">", "<", "|", "X", "x", "*"};

static void set_layout(struct ladder *l, const struct style *style)
{
	int inner;

	l->style = *style;
	if (l->style.width < NARROW)
		l->style.width = NARROW;
	if (l->style.width < WIDE) {
		inner = l->style.width - PEER_COLUMNS - 1 - LEFT_AT - 1;
		l->right_at = LEFT_AT + (inner < INNER_MAX ? inner : INNER_MAX);
	} else {
		inner = 38 + (l->style.width - WIDE) / 3;
		l->right_at = LEFT_AT + (inner < INNER_MAX ? inner : INNER_MAX);
		l->steps_at = l->right_at + 2 + 18 + STEP_GAP;
	}
}

/* Text that ends before a column. */
static void put_right(struct ladder *l, int end, const char *text)
{
	pen_to(&l->pen, end - clean_columns(text, l->style.unicode));
	pen_text(&l->pen, text);
}

/* --- segments --- */

void ladder_time(struct ladder *l, int64_t time_ns)
{
	char text[SECONDS_TEXT_BYTES];

	snprintf(text, sizeof text, "%.6f", (double)(time_ns - l->start_ns) / 1e9);
	put_right(l, TIME_END, text);
}

/* When, and how long after the segment before. */
static void put_times(struct ladder *l, const struct trace *t)
{
	char text[SECONDS_TEXT_BYTES];
	char gap[SECONDS_TEXT_BYTES + 1];

	if (t->time_ns == 0)
		return;
	ladder_time(l, t->time_ns);
	if (l->before_ns) {
		int64_t since = t->time_ns - l->before_ns;

		snprintf(gap, sizeof gap, "%s%s", since >= 0 ? "+" : "",
		         seconds_text((double)since / 1e9, 3, text));
		pen_paint(&l->pen, PAINT_DIM);
		put_right(l, GAP_END, gap);
		pen_paint(&l->pen, PAINT_NONE);
	}
	l->before_ns = t->time_ns;
}

static enum paint arrow_paint(const struct trace *t)
{
	if (t->wrong)
		return PAINT_BAD;
	return t->lost ? PAINT_WARN : PAINT_NONE;
}

/* ours: "├─ F. 1 ack 1 ───►│", lost "├─ F. 1 ack 1 ──╳   │". */
static void put_arrow_right(struct ladder *l, const struct trace *t, const char *words, int dashes)
{
	const struct glyphs *g = l->glyphs;

	pen_to(&l->pen, LEFT_AT);
	pen_text(&l->pen, g->left);
	pen_text(&l->pen, g->line);
	pen_text(&l->pen, " ");
	pen_text(&l->pen, words);
	pen_text(&l->pen, " ");
	pen_repeat(&l->pen, g->line, t->lost && dashes > 2 ? 2 : dashes);
	pen_text(&l->pen, t->lost ? g->broken : g->to_right);
	ladder_upright(l, l->right_at);
}

/* the peer's: "│◄─── F. 1 ack 1 ─┤", lost "│   ╳── F. 1 ack 1 ─┤", but for the end. */
static void put_arrow_left(struct ladder *l, const struct trace *t, const char *words, int dashes)
{
	const struct glyphs *g = l->glyphs;
	int shown = t->lost && dashes > 2 ? 2 : dashes;

	ladder_upright(l, LEFT_AT);
	pen_paint(&l->pen, arrow_paint(t));
	pen_to(&l->pen, LEFT_AT + 1 + dashes - shown);
	pen_text(&l->pen, t->lost ? g->broken : g->to_left);
	pen_repeat(&l->pen, g->line, shown);
	pen_text(&l->pen, " ");
	pen_text(&l->pen, words);
	pen_text(&l->pen, " ");
	pen_text(&l->pen, g->line);
}

static void put_arrow(struct ladder *l, const struct trace *t, bool told)
{
	/* a dash, blanks around the words, a dash and the head */
	int room = l->right_at - LEFT_AT - 1 - 5;
	char words[WORDS_BYTES];
	int columns;

	segment_words(t, l->r->verdict, true, words, sizeof words);
	if (clean_columns(words, l->style.unicode) > room)
		segment_words(t, l->r->verdict, false, words, sizeof words);
	columns = clean_columns(words, l->style.unicode);
	if (columns > room) {
		words[room] = '\0'; /* numbers and flags are ASCII */
		columns = room;
	}
	pen_paint(&l->pen, arrow_paint(t));
	if (t->passage == PASSED_OUT)
		put_arrow_right(l, t, words, room - columns + 1);
	else
		put_arrow_left(l, t, words, room - columns + 1);
	if (told)
		ladder_seen(l, t->wrong);
	else if (t->passage == PASSED_IN)
		pen_text(&l->pen, l->glyphs->right);
	if (!told)
		pen_paint(&l->pen, PAINT_NONE);
}

/* The peer's state where it changed or was told, and the note where there is
 * room; else the note is left for a line of its own. */
static bool put_peer(struct ladder *l, const struct trace *t, bool changed, bool told)
{
	int limit = l->steps_at ? l->steps_at - 1 : l->style.width;
	int at = l->right_at + 2;
	char buf[NOTE_TEXT_BYTES];
	const char *note = note_text(l->r, t, buf);

	pen_to(&l->pen, at);
	if (changed || told) {
		at += ladder_state(l, at, l->states.peer.state, !told) + 2;
		pen_paint(&l->pen, PAINT_NONE);
		pen_to(&l->pen, at);
	}
	if (!note_says_more(l->r, t))
		return true;
	if (at + clean_columns(note, l->style.unicode) > limit)
		return false;
	pen_paint(&l->pen, PAINT_DIM);
	pen_text(&l->pen, note);
	pen_paint(&l->pen, PAINT_NONE);
	return true;
}

/* The note on a line of its own, at the side of the sender. */
static void put_note_line(struct ladder *l, const struct trace *t, struct caption *c)
{
	int room = l->right_at - LEFT_AT - 3;
	char buf[NOTE_TEXT_BYTES];
	const char *note = note_text(l->r, t, buf);
	int columns = clean_columns(note, l->style.unicode);
	int at;

	ladder_upright(l, LEFT_AT);
	pen_paint(&l->pen, PAINT_DIM);
	at = t->passage == PASSED_OUT || columns >= room ? LEFT_AT + 2 : l->right_at - 1 - columns;
	pen_to(&l->pen, at);
	pen_cut(&l->pen, note, room);
	pen_paint(&l->pen, PAINT_NONE);
	ladder_upright(l, l->right_at);
	ladder_beside(l, c, false);
	pen_line(&l->pen);
}

static void put_segment(struct ladder *l, const struct trace *t, struct caption *c)
{
	struct states_view before = l->states;
	const struct sighting *told = ladder_probe(l, t);
	bool noted;

	if (!t->ignored && !l->no_states)
		states_after(&l->states, &t->segment, t->passage == PASSED_OUT, t->lost);
	if (told)
		states_told(&l->states, told->state);
	if (t->wrong)
		ladder_mark(l);
	put_times(l, t);
	if (l->states.ours.state != before.ours.state)
		ladder_state(l, OURS_AT - l->ours_inferred, l->states.ours.state, l->ours_inferred);
	put_arrow(l, t, told);
	noted = put_peer(l, t, l->states.peer.state != before.peer.state, told);
	ladder_beside(l, c, true);
	pen_line(&l->pen);
	if (!noted)
		put_note_line(l, t, c);
	ladder_rest(l, c);
}

static void put_steps_played(struct ladder *l)
{
	const struct verdict *v = l->r->verdict;

	if (v->kind == VERDICT_PASS)
		ladder_steps_until(l, l->r->scenario->step_count);
	else if (v->step >= 0)
		ladder_steps_until(l, (size_t)v->step + 1);
}

/* The steps up to the segment's own, then the segment. */
static void put_row(struct ladder *l, const struct trace *t)
{
	const struct verdict *v = l->r->verdict;
	struct caption c;

	ladder_sightings_until(l, t);
	if (t->step < 0 && is_after_verdict(v, t))
		put_steps_played(l);
	c = ladder_next_caption(l, t->wrong && v->step >= 0 ? v->step : t->step);
	put_segment(l, t, &c);
}

/* --- the whole --- */

static void put_heads(struct ladder *l, const char *ours, const char *legend, const char *peer)
{
	int end = l->right_at + 1 + PEER_COLUMNS;

	pen_to(&l->pen, OURS_AT);
	pen_paint(&l->pen, PAINT_BOLD);
	pen_text(&l->pen, ours);
	if (*legend) {
		int columns = clean_columns(legend, l->style.unicode);

		pen_paint(&l->pen, PAINT_DIM);
		put_right(l, (LEFT_AT + l->right_at + 1 + columns) / 2, legend);
		pen_paint(&l->pen, PAINT_BOLD);
	}
	put_right(l, end, peer);
	pen_line(&l->pen);
}

/* How a state that is inferred looks, and one that was told. */
static void put_legend(struct ladder *l)
{
	char legend[80] = "(STATE) inferred";

	if (l->no_states)
		legend[0] = '\0';
	if (l->r->verdict->sighting_count)
		snprintf(legend, sizeof legend, "(STATE) inferred, %s STATE observed", l->glyphs->seen);
	put_heads(l, l->left, legend, l->right);
}

/* The two ends, with their addresses; ours on one side, the peer's on the
 * other, on two lines where they are long. */
static void put_head(struct ladder *l)
{
	char ours[ENDPOINT_TEXT_BYTES], peer[ENDPOINT_TEXT_BYTES];
	int room = l->right_at + 1 + PEER_COLUMNS - OURS_AT;

	put_legend(l);
	if (!ends_text(l->r, ours, peer))
		return;
	if ((int)(strlen(ours) + strlen(peer)) + 2 <= room) {
		put_heads(l, ours, "", peer);
	} else {
		put_heads(l, ours, "", "");
		put_heads(l, "", "", peer);
	}
}

static void put_end(struct ladder *l)
{
	const struct verdict *v = l->r->verdict;

	ladder_sightings_until(l, NULL);
	put_steps_played(l);
	if (v->trace_left_out) {
		pen_to(&l->pen, OURS_AT);
		pen_printf(&l->pen, "%zu segments more are not shown", v->trace_left_out);
		pen_line(&l->pen);
	}
	if (v->sightings_left_out) {
		pen_to(&l->pen, OURS_AT);
		pen_printf(&l->pen, "%zu observed states more are not shown", v->sightings_left_out);
		pen_line(&l->pen);
	}
	if (v->kind != VERDICT_PASS || l->r->capture)
		pen_line(&l->pen);
	finding_print(&l->pen, 2, l->r);
}

/* What is not drawn moves the states all the same. */
static void skip_row(struct ladder *l, const struct trace *t)
{
	if (!t->ignored && !l->no_states)
		states_after(&l->states, &t->segment, t->passage == PASSED_OUT, t->lost);
	l->before_ns = t->time_ns;
	if (t->step >= 0 && (size_t)t->step >= l->next_step)
		l->next_step = (size_t)t->step; /* is said with the next that is drawn */
}

static void put_skipped(struct ladder *l, size_t count)
{
	ladder_upright(l, LEFT_AT);
	pen_paint(&l->pen, PAINT_DIM);
	pen_printf(&l->pen, " %zu segment%s more", count, count == 1 ? "" : "s");
	pen_paint(&l->pen, PAINT_NONE);
	ladder_upright(l, l->right_at);
	pen_line(&l->pen);
}

static void put_rows(struct ladder *l)
{
	const struct verdict *v = l->r->verdict;
	size_t skipped = 0;

	for (size_t i = 0; i < v->trace_count; i++) {
		if (is_left_out(v, i)) {
			skip_row(l, &v->trace[i]);
			skipped++;
			continue;
		}
		if (skipped)
			put_skipped(l, skipped);
		skipped = 0;
		put_row(l, &v->trace[i]);
	}
}

bool ladder_print(FILE *out, const struct style *style, const struct result *given, struct diag *d)
{
	struct trace *sorted = evidence_in_order(given->verdict);
	struct verdict in_order = *given->verdict;
	struct result r = *given;
	const struct verdict *v = r.verdict = &in_order;
	struct ladder l = {.r = &r, .start_ns = v->started_ns, .left = "fourwave", .right = "peer"};

	if (sorted)
		in_order.trace = sorted;
	set_layout(&l, style);
	l.glyphs = style->unicode ? &unicode_glyphs : &ascii_glyphs;
	pen_init(&l.pen, out, &l.style);
	if (v->trace_count && (l.start_ns == 0 || v->trace[0].time_ns < l.start_ns))
		l.start_ns = v->trace[0].time_ns;
	put_head(&l);
	put_rows(&l);
	put_end(&l);
	free(sorted);
	return pen_done(&l.pen, d);
}

/* --- without a scenario --- */

bool ladder_draw(FILE *out, const struct style *style, const struct ladder_picture *picture, struct diag *d)
{
	static const struct scenario none = {.file = "", .title = ""};
	const struct verdict v = {.kind = VERDICT_PASS,
	                          .step = -1,
	                          .iss = picture->left_isn,
	                          .irs = picture->right_isn,
	                          .trace = picture->trace,
	                          .trace_count = picture->count};
	const struct result r = {.scenario = &none, .verdict = &v};
	struct ladder l = {.r = &r, .left = picture->left, .right = picture->right, .ours_inferred = true};

	l.no_states = picture->no_states;
	set_layout(&l, style);
	l.steps_at = 0;
	l.glyphs = style->unicode ? &unicode_glyphs : &ascii_glyphs;
	pen_init(&l.pen, out, &l.style);
	if (picture->count > 0) {
		const struct trace *first = &picture->trace[0];
		l.start_ns = first->time_ns;
		if (!picture->begun && !picture->no_states)
			states_begin(&l.states, &first->segment, first->passage == PASSED_OUT);
	}
	put_head(&l);
	for (size_t i = 0; i < picture->count; i++) {
		if (picture->skip > 0 && i == picture->skip_at)
			put_skipped(&l, picture->skip);
		if (i >= picture->skip_at && i < picture->skip_at + picture->skip)
			skip_row(&l, &picture->trace[i]);
		else
			put_row(&l, &picture->trace[i]);
	}
	return pen_done(&l.pen, d);
}
