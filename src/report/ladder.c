/* Draws a sequence diagram with characters. Knows the rows and how wide things are, and judges nothing. */
#include "report/ladder.h"

#include <string.h>

#include "base/text.h"
#include "report/pen.h"

enum {
	TIME_END = 10, /* the time is set against this column */
	GAP_END = 19,
	OURS_AT = 21,      /* our state */
	LEFT_AT = 34,      /* our line */
	NARROW = 80,       /* never drawn for less */
	WIDE = 120,        /* from here on steps stand beside */
	PEER_COLUMNS = 15, /* room for the peer's state, narrow */
	INNER_MAX = 60,
	STEP_GAP = 2,
	BROKEN_DASHES = 2,
	WORDS_BYTES = 512
};

struct glyphs {
	const char *line, *left, *right, *to_right, *to_left, *upright, *broken, *seen;
	const char *marks[MARK_WRONG + 1];
};

/* What stands in the step's column of a line. */
struct caption {
	const char *text; /* what is left of it, or NULL */
	int line;         /* is said before the first part; 0: was said */
	enum mark mark;
};

struct ladder {
	struct pen pen;
	struct style style; /* with the width it is drawn for */
	const struct glyphs *glyphs;
	struct rows rows;
	int right_at; /* the peer's line */
	int steps_at; /* 0: on lines of their own */
	struct caption caption;
};

static const struct glyphs unicode_glyphs = {"─", "├", "┤", "►", "◄", "│", "╳", "●", {"", "△", "✗"}};
static const struct glyphs ascii_glyphs = {"-", "|", "|", ">", "<", "|", "X", "*", {"", "!", "x"}};

static void begin(struct ladder *l, FILE *out, const struct style *style, bool with_steps)
{
	int inner;

	l->style = *style;
	l->glyphs = style->unicode ? &unicode_glyphs : &ascii_glyphs;
	if (l->style.width < NARROW)
		l->style.width = NARROW;
	if (l->style.width < WIDE)
		inner = l->style.width - PEER_COLUMNS - 1 - LEFT_AT - 1;
	else
		inner = 38 + (l->style.width - WIDE) / 3;
	l->right_at = LEFT_AT + (inner < INNER_MAX ? inner : INNER_MAX);
	if (l->style.width >= WIDE && with_steps)
		l->steps_at = l->right_at + 2 + 18 + STEP_GAP;
	pen_init(&l->pen, out, &l->style);
}

/* --- pieces --- */

static int columns_of(const struct ladder *l, const char *text)
{
	return clean_columns(text, l->style.unicode);
}

/* Text that ends before a column. */
static void put_right(struct ladder *l, int end, enum paint paint, const char *text)
{
	pen_at(&l->pen, end - columns_of(l, text), paint, text);
}

static void put_upright(struct ladder *l, int at) { pen_at(&l->pen, at, PAINT_DIM, l->glyphs->upright); }

static enum paint mark_paint(enum mark mark, enum paint none)
{
	return mark == MARK_WRONG ? PAINT_BAD : mark == MARK_WARN ? PAINT_WARN : none;
}

static void put_mark(struct ladder *l, enum mark mark)
{
	pen_at(&l->pen, 0, mark_paint(mark, PAINT_NONE), l->glyphs->marks[mark]);
}

/* The mark on the peer's line, and the state that it was seen in, painted alike. */
static void put_seen(struct ladder *l, const struct row *row)
{
	pen_to(&l->pen, l->right_at);
	pen_paint(&l->pen, mark_paint(row->mark, PAINT_BOLD));
	pen_text(&l->pen, l->glyphs->seen);
	pen_to(&l->pen, l->right_at + 2);
	pen_text(&l->pen, row->peer);
	pen_paint(&l->pen, PAINT_NONE);
}

/* --- steps --- */

/* As much of the caption as a line of the wide layout takes. */
static void put_beside(struct ladder *l)
{
	struct caption *c = &l->caption;
	int at = l->steps_at + 5;

	if (!c->text || !*c->text)
		return;
	/* no other mark would tell which step it was that the peer need not have kept */
	if (c->line && c->mark == MARK_WARN)
		pen_at(&l->pen, l->steps_at - 1, PAINT_WARN, l->glyphs->marks[MARK_WARN]);
	pen_to(&l->pen, l->steps_at);
	pen_paint(&l->pen, mark_paint(c->mark, PAINT_DIM));
	if (c->line)
		pen_printf(&l->pen, "%3d: ", c->line);
	c->line = 0;
	pen_to(&l->pen, at);
	c->text = pen_part(&l->pen, c->text, l->style.width - at);
	pen_paint(&l->pen, PAINT_NONE);
}

/* Ends a row's line, and adds the lines that its caption needs below. */
static void end_row(struct ladder *l)
{
	put_beside(l);
	pen_line(&l->pen);
	while (l->caption.text && *l->caption.text) {
		put_upright(l, LEFT_AT);
		put_upright(l, l->right_at);
		put_beside(l);
		pen_line(&l->pen);
	}
}

/* Where it is wide a step stands beside its first row, or has a line of its own where it has none; else
 * above. */
static void put_step(struct ladder *l, const struct row *row)
{
	enum paint paint = mark_paint(row->mark, PAINT_DIM);
	char line[24];

	if (l->steps_at)
		l->caption = (struct caption){row->step->text, row->step->where.line, row->mark};
	if (l->steps_at && row->has_row)
		return;
	put_mark(l, row->mark);
	if (l->steps_at) {
		put_upright(l, LEFT_AT);
		put_upright(l, l->right_at);
		end_row(l);
		return;
	}
	snprintf(line, sizeof line, "%d:", row->step->where.line);
	put_right(l, TIME_END, paint, line);
	pen_paint(&l->pen, paint);
	pen_to(&l->pen, TIME_END + 1);
	pen_wrap(&l->pen, TIME_END + 3, row->step->text);
	pen_line(&l->pen);
}

/* --- segments --- */

/* ours: "├─ F. 1 ack 1 ───►│", lost "├─ F. 1 ack 1 ──╳   │"; the peer's: "│◄─── F. 1 ack 1 ─┤", lost
 * "│   ╳── F. 1 ack 1 ─┤", and the mark of a state in place of its end. */
static void put_arrow(struct ladder *l, const struct row *row)
{
	/* a dash, blanks around the words, a dash and the head */
	int room = l->right_at - LEFT_AT - 1 - 5, dashes, shown;
	const struct trace *t = row->segment;
	enum paint paint = mark_paint(row->mark, t->lost ? PAINT_LOST : PAINT_NONE);
	const struct glyphs *g = l->glyphs;
	char words[WORDS_BYTES];

	segment_words(t, l->rows.r->verdict, true, words, sizeof words);
	if (columns_of(l, words) > room)
		segment_words(t, l->rows.r->verdict, false, words, sizeof words);
	if (columns_of(l, words) > room)
		words[room] = '\0'; /* numbers and flags are ASCII */
	dashes = room - columns_of(l, words) + 1;
	shown = t->lost && dashes > BROKEN_DASHES ? BROKEN_DASHES : dashes;
	if (t->passage == PASSED_OUT) {
		pen_paint(&l->pen, paint);
		pen_to(&l->pen, LEFT_AT);
		pen_printf(&l->pen, "%s%s %s ", g->left, g->line, words);
		pen_repeat(&l->pen, g->line, shown);
		pen_text(&l->pen, t->lost ? g->broken : g->to_right);
		put_upright(l, l->right_at);
	} else {
		put_upright(l, LEFT_AT);
		pen_paint(&l->pen, paint);
		pen_to(&l->pen, LEFT_AT + 1 + dashes - shown);
		pen_text(&l->pen, t->lost ? g->broken : g->to_left);
		pen_repeat(&l->pen, g->line, shown);
		pen_printf(&l->pen, " %s %s%s", words, g->line, row->observed ? "" : g->right);
	}
	pen_paint(&l->pen, PAINT_NONE);
}

/* The peer's state where it changed or was observed, and the note where there is
 * room; else the note is left for a line of its own. */
static bool put_peer(struct ladder *l, const struct row *row)
{
	int limit = l->steps_at ? l->steps_at - 1 : l->style.width;
	int at = l->right_at + 2;

	if (row->observed)
		put_seen(l, row);
	else
		pen_at(&l->pen, at, PAINT_NONE, row->peer);
	if (*row->peer)
		at += (int)strlen(row->peer) + 2;
	if (!*row->note)
		return true;
	if (at + columns_of(l, row->note) > limit)
		return false;
	pen_at(&l->pen, at, PAINT_DIM, row->note);
	return true;
}

static void put_segment(struct ladder *l, const struct row *row)
{
	int room = l->right_at - LEFT_AT - 3, columns = columns_of(l, row->note);
	bool left = row->segment->passage == PASSED_OUT || columns >= room;

	put_mark(l, row->mark);
	put_right(l, TIME_END, PAINT_NONE, row->time);
	put_right(l, GAP_END, PAINT_DIM, row->since);
	pen_at(&l->pen, OURS_AT - (*row->ours == '('), PAINT_NONE, row->ours);
	put_arrow(l, row);
	if (!put_peer(l, row)) {
		put_beside(l);
		pen_line(&l->pen);
		/* at the side of the sender */
		put_upright(l, LEFT_AT);
		pen_paint(&l->pen, PAINT_DIM);
		pen_to(&l->pen, left ? LEFT_AT + 2 : l->right_at - 1 - columns);
		pen_cut(&l->pen, row->note, room);
		pen_paint(&l->pen, PAINT_NONE);
		put_upright(l, l->right_at);
	}
	end_row(l);
}

static void put_row(struct ladder *l, const struct row *row)
{
	switch (row->kind) {
	case ROW_STEP: put_step(l, row); break;
	case ROW_SEGMENT: put_segment(l, row); break;
	case ROW_OBSERVED:
		/* what else was observed stands between the lines and against the peer's */
		put_mark(l, row->mark);
		put_right(l, TIME_END, PAINT_NONE, row->time);
		put_upright(l, LEFT_AT);
		put_right(l, l->right_at - 1, PAINT_DIM, row->note);
		put_seen(l, row);
		end_row(l);
		break;
	case ROW_GAP:
		put_upright(l, LEFT_AT);
		pen_paint(&l->pen, PAINT_DIM);
		pen_printf(&l->pen, " %zu segment%s more", row->count, row->count == 1 ? "" : "s");
		pen_paint(&l->pen, PAINT_NONE);
		put_upright(l, l->right_at);
		pen_line(&l->pen);
		break;
	case ROW_MISSING:
		pen_to(&l->pen, OURS_AT);
		pen_printf(&l->pen, "%zu %s more are not shown", row->count, row->what);
		pen_line(&l->pen);
		break;
	case ROW_END: break;
	}
}

/* --- the whole --- */

static void put_heads(struct ladder *l, const char *ours, const char *legend, const char *peer)
{
	int middle = (LEFT_AT + l->right_at + 1 + columns_of(l, legend)) / 2;

	pen_at(&l->pen, OURS_AT, PAINT_BOLD, ours);
	put_right(l, middle, PAINT_DIM, legend);
	put_right(l, l->right_at + 1 + PEER_COLUMNS, PAINT_BOLD, peer);
	pen_line(&l->pen);
}

/* The two ends, with their addresses, on two lines where they are long; then the rows, until there are no
 * more. */
static void put_rows(struct ladder *l)
{
	char ours[ENDPOINT_TEXT_BYTES], peer[ENDPOINT_TEXT_BYTES], legend[LEGEND_BYTES];
	size_t room = (size_t)(l->right_at + 1 + PEER_COLUMNS - OURS_AT);
	struct row row;

	put_heads(l, l->rows.left, rows_legend(&l->rows, l->glyphs->seen, legend), l->rows.right);
	if (ends_text(l->rows.r, ours, peer)) {
		bool fit = strlen(ours) + strlen(peer) + 2 <= room;

		put_heads(l, ours, "", fit ? peer : "");
		if (!fit)
			put_heads(l, "", "", peer);
	}
	while (rows_next(&l->rows, &row))
		put_row(l, &row);
	rows_end(&l->rows);
}

bool ladder_print(FILE *out, const struct style *style, const struct result *r, struct diag *d)
{
	struct ladder l = {.steps_at = 0};

	begin(&l, out, style, true);
	rows_of_result(&l.rows, r);
	put_rows(&l);
	if (r->verdict->kind != VERDICT_PASS || r->capture)
		pen_line(&l.pen);
	text_finding(&l.pen, 2, r);
	return pen_done(&l.pen, d);
}

bool ladder_draw(FILE *out, const struct style *style, const struct picture *picture, struct diag *d)
{
	struct ladder l = {.steps_at = 0};

	begin(&l, out, style, false);
	rows_of_picture(&l.rows, picture);
	put_rows(&l);
	return pen_done(&l.pen, d);
}
