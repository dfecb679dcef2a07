/* Draws a run as SVG. Knows the trace and the steps, judges nothing. */
#include "report/ladder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/pen.h"
#include "report/rows.h"

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
	SEEN = 28,          /* a state that was observed */
	SLOPE = 7,          /* an arrow takes time to arrive */
	LABEL_COLUMNS = 58, /* between the lines */
	NOTE_COLUMNS = 38,
	STEP_COLUMNS = 116,
	WORDS_BYTES = 512
};

/* Before what is marked, and its colour: a white triangle, a ballot x. */
static const char *const signs[] = {"", "\xe2\x96\xb3 ", "\xe2\x9c\x97 "};
static const char *const paints[] = {"", "warn", "bad"};

static struct markup_words marked(const char *class, enum mark mark)
{
	return markup_words("%s%s%s", class, mark ? " " : "", paints[mark]);
}

struct drawing {
	struct markup *m;
	const struct result *r;
	int y; /* below the row */
};

/* --- pieces --- */

void svg_begin(struct markup *m, const char *class, int width, int height, const char *label)
{
	markup_begin(m, "svg", "xmlns", "http://www.w3.org/2000/svg", "class", class, NULL);
	markup_attributef(m, "viewBox", "0 0 %d %d", width, height);
	markup_attributef(m, "width", "%d", width);
	markup_attributef(m, "height", "%d", height);
	markup_attribute(m, "role", "img");
	markup_attribute(m, "aria-label", label);
}

void svg_shape(struct markup *m, const char *shape, const char *class, const char *names, ...)
{
	va_list numbers;

	markup_begin(m, shape, "class", class, NULL);
	va_start(numbers, names);
	while (*names) {
		size_t len = strcspn(names, " ");
		char name[16];

		snprintf(name, sizeof name, "%.*s", (int)len, names);
		markup_attributef(m, name, "%g", va_arg(numbers, double));
		names += len + (names[len] == ' ');
	}
	va_end(numbers);
	markup_void(m);
}

void svg_line(struct markup *m, const char *class, double x1, double y1, double x2, double y2)
{
	svg_shape(m, "line", class, "x1 y1 x2 y2", x1, y1, x2, y2);
}

/* A text that is not ended yet. */
static void begin_text(struct markup *m, const char *class, double x, double y, const char *anchor)
{
	markup_begin(m, "text", "class", class, NULL);
	markup_attributef(m, "x", "%g", x);
	markup_attributef(m, "y", "%g", y);
	markup_attribute(m, "text-anchor", strcmp(anchor, "start") != 0 ? anchor : NULL);
}

void svg_text(struct markup *m, const char *class, double x, double y, const char *anchor, const char *text)
{
	begin_text(m, class, x, y, anchor);
	markup_text(m, text);
	markup_end(m);
}

/* Text cut at so many columns; the whole shows under the pointer. */
static void put_cut(struct markup *m, const char *class, int x, int y, const char *text, int columns)
{
	bool fits = clean_columns(text, true) <= columns;
	char *part = strndup(text, fits ? strlen(text) : pen_fit(text, columns - 2, true));

	begin_text(m, class, x, y, "start");
	if (!fits)
		markup_element(m, "title", NULL, text);
	markup_textf(m, fits ? "%s" : "%s \xe2\x80\xa6", part);
	markup_end(m);
	free(part);
}

/* --- steps --- */

static void put_step(struct drawing *d, const struct row *row)
{
	const char *paint = row->mark ? paints[row->mark] : "dim";

	svg_shape(d->m, "rect", marked("band", row->mark).text, "x y width height rx", 0.0,
	          (double)(d->y - BAND), (double)WIDTH, BAND - 2.0, 3.0);
	svg_text(d->m, paint, 40, d->y - 8, "end",
	         markup_words("%s%d", signs[row->mark], row->step->where.line).text);
	put_cut(d->m, marked("step", row->mark).text, 52, d->y - 8, row->step->text,
	        row->mark ? STEP_COLUMNS - 14 : STEP_COLUMNS);
	if (row->mark)
		svg_text(d->m, paint, WIDTH - 10, d->y - 8, "end",
		         row->mark == MARK_WARN ? "warned here" : "failed here");
}

/* --- states --- */

static void put_peer_state(struct drawing *d, int y, const struct row *row, enum mark mark)
{
	const char *class = row->observed ? "state" : "state inferred";

	svg_text(d->m, mark ? marked("state", mark).text : class, PEER, y, "start",
	         markup_words("%s%s", signs[mark], row->peer).text);
}

/* On the peer's line, where its state was observed. */
static void put_dot(struct drawing *d, double y, enum mark mark)
{
	svg_shape(d->m, "circle", marked("seen", mark).text, "cx cy r", (double)RIGHT, y, 5.0);
}

/* --- segments --- */

static void put_arrow(struct drawing *d, const struct trace *t, enum mark mark)
{
	bool right = t->passage == PASSED_OUT;
	double from = right ? LEFT : RIGHT, to = right ? RIGHT : LEFT;
	double y = d->y - 14, end = y + SLOPE;
	const char *class = "arrow";

	if (mark)
		class = mark == MARK_WARN ? "arrow warn" : "arrow bad";
	else if (t->ignored)
		class = "arrow other";
	else if (t->lost)
		class = "arrow lost";
	if (t->lost) {
		/* it breaks: a cross, and the word */
		to = from + (to - from) * 0.6;
		end = y + SLOPE * 0.6;
		svg_line(d->m, class, from, y, to, end);
		svg_line(d->m, "cross", to - 5, end - 5, to + 5, end + 5);
		svg_line(d->m, "cross", to - 5, end + 5, to + 5, end - 5);
		svg_text(d->m, "lost", right ? to + 14 : to - 14, end + 4, right ? "start" : "end", "lost");
		return;
	}
	svg_line(d->m, class, from, y, to + (right ? -6 : 6), end);
	markup_begin(d->m, "path", "class", markup_words("head %s", class).text, NULL);
	markup_attributef(d->m, "d", "M%g %g l%d -4.5 v9 z", to, end, right ? -9 : 9);
	markup_void(d->m);
}

/* Options are left out where there is no room for them. */
static void put_label(struct drawing *d, const struct trace *t, enum mark mark)
{
	const char *class = t->lost ? "label lost" : t->ignored ? "dim" : "label";
	char all[WORDS_BYTES], some[WORDS_BYTES];
	bool fits;

	segment_words(t, d->r->verdict, true, all, sizeof all);
	segment_words(t, d->r->verdict, false, some, sizeof some);
	fits = clean_columns(all, true) <= LABEL_COLUMNS;
	begin_text(d->m, mark ? marked("label", mark).text : class, (LEFT + RIGHT) / 2, d->y - 19, "middle");
	markup_element(d->m, "title", NULL, all);
	markup_textf(d->m, "%s%s", signs[mark], fits ? all : some);
	markup_end(d->m);
}

static void put_segment(struct drawing *d, const struct row *row)
{
	if (*row->time)
		svg_text(d->m, "time", TIME_END, d->y - 20, "end", row->time);
	if (*row->since)
		svg_text(d->m, "gap", TIME_END, d->y - 6, "end", row->since);
	if (*row->ours)
		svg_text(d->m, "state", OURS_END, d->y - 12, "end", row->ours);
	put_arrow(d, row->segment, row->mark);
	put_label(d, row->segment, row->mark);
	if (row->observed)
		put_dot(d, d->y - 14, MARK_NONE);
	if (*row->peer)
		put_peer_state(d, d->y - 18, row, MARK_NONE);
	if (*row->note)
		put_cut(d->m, marked("note", row->mark).text, PEER, d->y - (*row->peer ? 4 : 12), row->note,
		        NOTE_COLUMNS);
}

/* --- the whole --- */

static const int row_heights[] = {
    [ROW_STEP] = BAND + 2, [ROW_SEGMENT] = ROW,  [ROW_OBSERVED] = SEEN,
    [ROW_GAP] = BAND,      [ROW_MISSING] = BAND, [ROW_END] = 0,
};

static void put_row(struct drawing *d, const struct row *row)
{
	d->y += row_heights[row->kind];
	switch (row->kind) {
	case ROW_STEP: put_step(d, row); break;
	case ROW_SEGMENT: put_segment(d, row); break;
	case ROW_OBSERVED:
		svg_text(d->m, "time", TIME_END, d->y - 10, "end", row->time);
		svg_text(d->m, "note", RIGHT - 12, d->y - 10, "end", row->note);
		put_dot(d, d->y - 14, row->mark);
		put_peer_state(d, d->y - 10, row, row->mark);
		break;
	case ROW_GAP:
	case ROW_MISSING:
		svg_text(d->m, "dim", LEFT, d->y - 6, "start",
		         markup_words("%zu %s more are not shown", row->count, row->what).text);
		break;
	case ROW_END: break;
	}
}

void svg_ladder(struct markup *m, const struct result *r)
{
	struct drawing d = {.m = m, .r = r, .y = HEAD};
	int height = HEAD + 10;
	struct markup_words label = markup_words("Sequence diagram of %zu segments over %s",
	                                         r->verdict->trace_count, family_name(r->family));
	char ours[ENDPOINT_TEXT_BYTES], peer[ENDPOINT_TEXT_BYTES], legend[LEGEND_BYTES];
	struct rows rows;
	struct row row;

	/* how high it gets stands before all else */
	rows_of_result(&rows, r);
	while (rows_next(&rows, &row))
		height += row_heights[row.kind];
	rows_end(&rows);
	svg_begin(m, "ladder", WIDTH, height, label.text);
	rows_of_result(&rows, r);
	svg_line(m, "life", LEFT, HEAD - 4, LEFT, height);
	svg_line(m, "life", RIGHT, HEAD - 4, RIGHT, height);
	svg_text(m, "end", LEFT, 16, "middle", rows.left);
	svg_text(m, "end", RIGHT, 16, "middle", rows.right);
	svg_text(m, "dim", (LEFT + RIGHT) / 2, 16, "middle", rows_legend(&rows, "\xe2\x97\x8f", legend));
	if (ends_text(r, ours, peer)) {
		svg_text(m, "dim", LEFT, 33, "middle", ours);
		svg_text(m, "dim", RIGHT, 33, "middle", peer);
	}
	while (rows_next(&rows, &row))
		put_row(&d, &row);
	rows_end(&rows);
	markup_end_line(m);
}
