/* The exception table. Knows how to group and to lay out; the words come from words.h. */
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/clean.h"
#include "report/finding.h"
#include "report/measures.h"
#include "report/pairs.h"
#include "report/pen.h"
#include "report/words.h"

enum {
	WIDE = 120, /* from here on each scenario is one line */
	IPV4_AT = 2,
	IPV6_AT = 9,
	NAME_AT = 16,
	GAP = 2,
	NAME_MAX_COLUMNS = 40,
	CONTROL_MAX_COLUMNS = 24,
	CLAUSES_MAX_COLUMNS = 24,
	TEXT_BYTES = 2048,
	DIGITS = 2 /* of what was measured: enough to compare, short enough to read */
};

struct table {
	struct pen pen;
	int name_columns, measured_columns, control_columns, clauses_columns; /* wide */
};

/* --- words --- */

static const char *control_text(const struct scenario *s) { return s->control ? s->control : ""; }

/* --- layout --- */

static int longest(int columns, const char *text, int limit, const struct style *style)
{
	int own = clean_columns(text, style->unicode);

	if (own > limit)
		own = limit;
	return own > columns ? own : columns;
}

static void measure_columns(struct table *t, const struct pair *entries, size_t count)
{
	const struct style *style = t->pen.style;
	char text[TEXT_BYTES];

	t->name_columns = 8;
	t->control_columns = 7;
	t->clauses_columns = 7;
	for (size_t i = 0; i < count; i++) {
		const struct result *r = pair_any(&entries[i]);

		t->name_columns =
		    longest(t->name_columns, result_name(r, text, sizeof text), NAME_MAX_COLUMNS, style);
		t->control_columns =
		    longest(t->control_columns, control_text(r->scenario), CONTROL_MAX_COLUMNS, style);
		t->clauses_columns = longest(t->clauses_columns, clauses_text(r->scenario, text, sizeof text),
		                             CLAUSES_MAX_COLUMNS, style);
	}
	t->measured_columns =
	    style->width - NAME_AT - t->name_columns - t->control_columns - t->clauses_columns - 3 * GAP;
}

static void put_verdict(struct pen *p, int at, const struct result *r)
{
	pen_to(p, at);
	pen_paint(p, r ? verdict_paint(r->verdict->kind) : PAINT_DIM);
	pen_text(p, r ? verdict_name(r->verdict->kind) : "-");
	pen_paint(p, PAINT_NONE);
}

/* A column of the wide layout: up to two paragraphs, broken into lines. */
struct cell {
	int at, columns;
	const char *texts[2];
};

/* The cell's next line; false where it is used up. */
static bool put_cell(struct pen *p, struct cell *c)
{
	const char **text = c->texts[0] && *c->texts[0] ? &c->texts[0] : &c->texts[1];
	size_t fits;
	char *part;

	if (!*text || !**text)
		return false;
	fits = pen_fit(*text, c->columns, p->style->unicode);
	part = strndup(*text, fits);
	pen_to(p, c->at);
	if (part)
		pen_text(p, part);
	free(part);
	*text += fits;
	*text += strspn(*text, " ");
	return true;
}

static bool is_left(const struct cell *c)
{
	return (c->texts[0] && *c->texts[0]) || (c->texts[1] && *c->texts[1]);
}

static void put_wide(struct table *t, const struct pair *e)
{
	enum { CELLS = 4 };
	const struct result *r = pair_any(e);
	char name[TEXT_BYTES], outcomes[2][OUTCOME_BYTES], clauses[TEXT_BYTES];
	int measured_at = NAME_AT + t->name_columns + GAP;
	int control_at = measured_at + t->measured_columns + GAP;
	int clauses_at = control_at + t->control_columns + GAP;
	struct cell cells[CELLS] = {
	    {NAME_AT, t->name_columns, {name, NULL}},
	    {measured_at, t->measured_columns, {outcomes[0], outcomes[1]}},
	    {control_at, t->control_columns, {control_text(r->scenario), NULL}},
	    {clauses_at, t->clauses_columns, {clauses, NULL}},
	};
	bool more = true;

	result_name(r, name, sizeof name);
	clauses_text(r->scenario, clauses, sizeof clauses);
	pair_outcomes(e, DIGITS, outcomes);
	put_verdict(&t->pen, IPV4_AT, e->results[0]);
	put_verdict(&t->pen, IPV6_AT, e->results[1]);
	while (more) {
		more = false;
		for (int i = 0; i < CELLS; i++) {
			put_cell(&t->pen, &cells[i]);
			more = more || is_left(&cells[i]);
		}
		pen_line(&t->pen);
	}
}

static void put_below(struct pen *p, const char *text, enum paint paint)
{
	if (!*text)
		return;
	pen_to(p, NAME_AT + 2);
	pen_paint(p, paint);
	pen_wrap(p, NAME_AT + 2, text);
	pen_line(p);
}

static void put_narrow(struct table *t, const struct pair *e)
{
	const struct result *r = pair_any(e);
	const char *control = control_text(r->scenario);
	char outcomes[2][OUTCOME_BYTES], clauses[TEXT_BYTES], last[2 * TEXT_BYTES];
	char name[TEXT_BYTES];

	put_verdict(&t->pen, IPV4_AT, e->results[0]);
	put_verdict(&t->pen, IPV6_AT, e->results[1]);
	pen_to(&t->pen, NAME_AT);
	pen_text(&t->pen, result_name(r, name, sizeof name));
	pen_line(&t->pen);
	pair_outcomes(e, DIGITS, outcomes);
	put_below(&t->pen, outcomes[0], PAINT_NONE);
	put_below(&t->pen, outcomes[1], PAINT_NONE);
	clauses_text(r->scenario, clauses, sizeof clauses);
	snprintf(last, sizeof last, "%s%s%s", control, *control && *clauses ? "; " : "", clauses);
	put_below(&t->pen, last, PAINT_DIM);
}

static void put_header(struct table *t, bool wide)
{
	int at = NAME_AT;
	struct pen *p = &t->pen;

	pen_paint(p, PAINT_DIM);
	pen_to(p, IPV4_AT);
	pen_text(p, "IPv4");
	pen_to(p, IPV6_AT);
	pen_text(p, "IPv6");
	pen_to(p, at);
	pen_text(p, "scenario");
	if (wide) {
		pen_to(p, at += t->name_columns + GAP);
		pen_text(p, "measured");
		pen_to(p, at += t->measured_columns + GAP);
		pen_text(p, "control");
		pen_to(p, at += t->control_columns + GAP);
		pen_text(p, "clauses");
	}
	pen_line(p);
}

/* The headings where the row or the role changes. */
static void put_headings(struct table *t, const struct pair *e, const struct pair *before)
{
	const struct scenario *s = pair_any(e)->scenario;
	const struct scenario *last = before ? pair_any(before)->scenario : NULL;
	bool new_row = !last || last->row != s->row;

	if (new_row) {
		pen_line(&t->pen);
		pen_paint(&t->pen, PAINT_BOLD);
		if (s->row)
			pen_printf(&t->pen, "%d  ", s->row);
		pen_text(&t->pen, row_title(s->row));
		pen_line(&t->pen);
	}
	if (new_row || last->role != s->role) {
		pen_to(&t->pen, IPV4_AT + 1);
		pen_text(&t->pen, role_title(s->role));
		pen_line(&t->pen);
	}
}

bool table_print(FILE *out, const struct style *style, const struct result *results, size_t count,
                 struct diag *d)
{
	bool wide = style->width >= WIDE;
	size_t used;
	struct pair *entries = pairs_make(results, count, &used);
	struct table t;

	if (!entries)
		return diag_set(d, "cannot write the table: out of memory");
	pen_init(&t.pen, out, style);
	measure_columns(&t, entries, used);
	put_header(&t, wide);
	for (size_t i = 0; i < used; i++) {
		put_headings(&t, &entries[i], i ? &entries[i - 1] : NULL);
		if (wide)
			put_wide(&t, &entries[i]);
		else
			put_narrow(&t, &entries[i]);
	}
	free(entries);
	return pen_done(&t.pen, d);
}
