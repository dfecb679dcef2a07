/* What went wrong, in words. Knows the verdict, and not the ladder. */
#include "report/finding.h"

#include "report/reason.h"

enum { KEY_COLUMNS = 10 };

enum paint verdict_paint(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_PASS: return PAINT_GOOD;
	case VERDICT_FAIL: return PAINT_BAD;
	case VERDICT_SKIP: return PAINT_WARN;
	case VERDICT_NONE:
	case VERDICT_ERROR: return PAINT_TROUBLE;
	}
	return PAINT_NONE;
}

const struct step *finding_step(const struct result *r)
{
	int step = r->verdict->step;

	if (step < 0 || (size_t)step >= r->scenario->step_count)
		return NULL;
	return &r->scenario->steps[step];
}

static void put_key(struct pen *p, int indent, const char *key)
{
	pen_to(p, indent);
	pen_paint(p, PAINT_DIM);
	pen_text(p, key);
	pen_paint(p, PAINT_NONE);
	pen_to(p, indent + KEY_COLUMNS);
}

static void put_line(struct pen *p, int indent, const char *key, enum paint paint, const char *text)
{
	put_key(p, indent, key);
	pen_paint(p, paint);
	pen_wrap(p, indent + KEY_COLUMNS, text);
	pen_line(p);
}

static void put_step(struct pen *p, int indent, const struct step *step)
{
	put_line(p, indent, "step", PAINT_BOLD, step->text);
	if (!step->where.file)
		return;
	put_key(p, indent, "at");
	pen_text(p, step->where.file);
	pen_printf(p, ":%d", step->where.line);
	pen_line(p);
}

static void put_mismatch(struct pen *p, int indent, const struct mismatch *m)
{
	struct mismatch_words words = mismatch_words(m);

	put_line(p, indent, "field", PAINT_NONE, words.field);
	put_line(p, indent, "expected", PAINT_GOOD, words.expected);
	put_line(p, indent, "got", PAINT_BAD, words.got);
}

void finding_print(struct pen *p, int indent, const struct result *r)
{
	const struct verdict *v = r->verdict;
	const struct step *step = finding_step(r);

	if (v->kind == VERDICT_FAIL || v->kind == VERDICT_ERROR) {
		if (step)
			put_step(p, indent, step);
		for (size_t i = 0; i < v->reason.field_count; i++)
			put_mismatch(p, indent, &v->reason.fields[i]);
	}
	if (r->capture)
		put_line(p, indent, "capture", PAINT_NONE, r->capture);
}
