/* The exception table. Knows how to group and to lay out; the words come from words.h. */
#include "report/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/memory.h"
#include "report/pen.h"
#include "report/words.h"

/* --- two families a row --- */

const struct result *pair_any(const struct pair *p) { return p->results[0] ? p->results[0] : p->results[1]; }

static int compare(const void *left, const void *right)
{
	static const int roles[] = {
	    [ROLE_PASSIVE] = 0, [ROLE_ACTIVE] = 1, [ROLE_SIMULTANEOUS] = 2,
	    [ROLE_LISTEN] = 3,  [ROLE_NONE] = 4,
	};
	const struct pair *a = left, *b = right;
	const struct scenario *x = pair_any(a)->scenario, *y = pair_any(b)->scenario;

	/* row 0 is the last */
	if (x->row != y->row)
		return !y->row || (x->row && x->row < y->row) ? -1 : 1;
	if (x->role != y->role)
		return roles[x->role] < roles[y->role] ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

struct pair *pairs_make(const struct result *results, size_t count, size_t *pair_count)
{
	struct pair *pairs = memory_new(count, sizeof *pairs);
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		const struct scenario *own = results[i].scenario;
		int family = results[i].family == 6;
		size_t at;

		for (at = 0; at < used; at++) {
			const struct scenario *s = pair_any(&pairs[at])->scenario;

			if (!pairs[at].results[family] && strcmp(s->file, own->file) == 0 &&
			    strcmp(s->title, own->title) == 0)
				break;
		}
		if (at == used)
			pairs[used++] = (struct pair){.order = at};
		pairs[at].results[family] = &results[i];
	}
	qsort(pairs, used, sizeof *pairs, compare);
	*pair_count = used;
	return pairs;
}

void pair_outcomes(const struct pair *p, int digits, char texts[2][OUTCOME_BYTES])
{
	char each[2][OUTCOME_BYTES - 8] = {"", ""};

	for (int i = 0; i < 2; i++) {
		const struct result *r = p->results[i];

		if (r && r->verdict->kind == VERDICT_PASS)
			measures_text(r, digits, true, each[i], sizeof each[i]);
		else if (r)
			outcome_brief(r, each[i], sizeof each[i]);
	}
	texts[0][0] = texts[1][0] = '\0';
	if (!p->results[0] || !p->results[1] || strcmp(each[0], each[1]) == 0) {
		snprintf(texts[0], OUTCOME_BYTES, "%s", p->results[0] ? each[0] : each[1]);
		return;
	}
	for (int i = 0; i < 2; i++)
		if (each[i][0])
			snprintf(texts[i], OUTCOME_BYTES, "%s %s", i ? "IPv6:" : "IPv4:", each[i]);
}

/* --- the table --- */

enum {
	WIDE = 120, /* from here on each scenario is one line */
	IPV4_AT = 2,
	IPV6_AT = 9,
	NAME_AT = 16,
	GAP = 2,
	TEXT_BYTES = 2048,
	DIGITS = 2 /* of what was measured: enough to compare, short enough to read */
};

enum cell { CELL_NAME, CELL_MEASURED, CELL_CONTROL, CELL_CLAUSES, CELLS };

/* Their headings, at least so wide, and at most; what is measured has what is left. */
static const struct {
	const char *heading;
	int most;
} cells[CELLS] = {
    [CELL_NAME] = {"scenario", 40},
    [CELL_MEASURED] = {"measured", 0},
    [CELL_CONTROL] = {"control", 24},
    [CELL_CLAUSES] = {"clauses", 24},
};

struct table {
	struct pen pen;
	int columns[CELLS]; /* wide */
};

/* What stands in the cells of a scenario: up to two paragraphs. */
struct entry {
	char name[TEXT_BYTES], outcomes[2][OUTCOME_BYTES], clauses[TEXT_BYTES];
	const char *texts[CELLS][2];
};

static void fill_entry(struct entry *e, const struct pair *pair)
{
	const struct result *r = pair_any(pair);

	pair_outcomes(pair, DIGITS, e->outcomes);
	for (enum cell c = 0; c < CELLS; c++)
		e->texts[c][1] = c == CELL_MEASURED ? e->outcomes[1] : "";
	e->texts[CELL_NAME][0] = result_name(r, e->name, sizeof e->name);
	e->texts[CELL_MEASURED][0] = e->outcomes[0];
	e->texts[CELL_CONTROL][0] = r->scenario->control ? r->scenario->control : "";
	e->texts[CELL_CLAUSES][0] = clauses_text(r->scenario, e->clauses, sizeof e->clauses);
}

static void measure_columns(struct table *t, const struct pair *pairs, size_t count)
{
	int left = t->pen.style->width - NAME_AT - (CELLS - 1) * GAP;
	struct entry e;

	for (enum cell c = 0; c < CELLS; c++)
		t->columns[c] = cells[c].most ? (int)strlen(cells[c].heading) : 0;
	for (size_t i = 0; i < count; i++) {
		fill_entry(&e, &pairs[i]);
		for (enum cell c = 0; c < CELLS; c++) {
			int own = clean_columns(e.texts[c][0], t->pen.style->unicode);

			own = own < cells[c].most ? own : cells[c].most;
			t->columns[c] = own > t->columns[c] ? own : t->columns[c];
		}
	}
	for (enum cell c = 0; c < CELLS; c++)
		left -= t->columns[c];
	t->columns[CELL_MEASURED] = left;
}

/* Each cell's text broken into its lines, beside the others'. */
static void put_wide(struct table *t, struct entry *e)
{
	bool more = true;

	while (more) {
		int at = NAME_AT;

		more = false;
		for (enum cell c = 0; c < CELLS; c++) {
			const char **text = *e->texts[c][0] ? &e->texts[c][0] : &e->texts[c][1];

			pen_to(&t->pen, at);
			*text = pen_part(&t->pen, *text, t->columns[c]);
			more = more || *e->texts[c][0] || *e->texts[c][1];
			at += t->columns[c] + GAP;
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

static void put_narrow(struct table *t, const struct entry *e)
{
	const char *control = e->texts[CELL_CONTROL][0];
	char last[2 * TEXT_BYTES];

	pen_at(&t->pen, NAME_AT, PAINT_NONE, e->name);
	pen_line(&t->pen);
	put_below(&t->pen, e->outcomes[0], PAINT_NONE);
	put_below(&t->pen, e->outcomes[1], PAINT_NONE);
	snprintf(last, sizeof last, "%s%s%s", control, *control && *e->clauses ? "; " : "", e->clauses);
	put_below(&t->pen, last, PAINT_DIM);
}

static void put_header(struct table *t, bool wide)
{
	int at = NAME_AT;

	pen_paint(&t->pen, PAINT_DIM);
	pen_to(&t->pen, IPV4_AT);
	pen_text(&t->pen, "IPv4");
	pen_to(&t->pen, IPV6_AT);
	pen_text(&t->pen, "IPv6");
	for (enum cell c = 0; c < (wide ? CELLS : CELL_MEASURED); c++) {
		pen_to(&t->pen, at);
		pen_text(&t->pen, cells[c].heading);
		at += t->columns[c] + GAP;
	}
	pen_line(&t->pen);
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
		pen_at(&t->pen, IPV4_AT + 1, PAINT_NONE, role_title(s->role));
		pen_line(&t->pen);
	}
}

bool table_print(FILE *out, const struct style *style, const struct result *results, size_t count,
                 struct diag *d)
{
	bool wide = style->width >= WIDE;
	size_t used;
	struct pair *pairs = pairs_make(results, count, &used);
	struct entry e;
	struct table t;

	pen_init(&t.pen, out, style);
	measure_columns(&t, pairs, used);
	put_header(&t, wide);
	for (size_t i = 0; i < used; i++) {
		put_headings(&t, &pairs[i], i ? &pairs[i - 1] : NULL);
		fill_entry(&e, &pairs[i]);
		for (int family = 0; family < 2; family++) {
			const struct result *r = pairs[i].results[family];

			pen_at(&t.pen, family ? IPV6_AT : IPV4_AT,
			       r ? outcome_paint(r->verdict->kind, r->known) : PAINT_DIM,
			       r ? outcome_name(r->verdict->kind, r->known) : "-");
		}
		if (wide)
			put_wide(&t, &e);
		else
			put_narrow(&t, &e);
	}
	free(pairs);
	return pen_done(&t.pen, d);
}
