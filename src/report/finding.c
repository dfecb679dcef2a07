/* What went wrong, in words. Knows the verdict, and not the ladder. */
#include "report/finding.h"

#include "report/facts.h"
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

static void put_key(struct pen *p, int indent, const char *key)
{
	pen_at(p, indent, PAINT_DIM, key);
	pen_to(p, indent + KEY_COLUMNS);
}

static void put_line(struct pen *p, int indent, const char *key, enum paint paint, const char *text)
{
	put_key(p, indent, key);
	pen_paint(p, paint);
	pen_wrap(p, indent + KEY_COLUMNS, text);
	pen_line(p);
}

struct finding {
	struct pen *pen;
	int indent;
	const struct verdict *verdict;
};

static void put_also(const struct finding *f, const struct mismatch *m)
{
	struct mismatch_words words = mismatch_words(m);

	put_line(f->pen, f->indent, "field", PAINT_NONE, words.field);
	put_line(f->pen, f->indent, "expected", PAINT_GOOD, words.expected);
	put_line(f->pen, f->indent, "got", PAINT_BAD, words.got);
}

static void put_fact(void *context, const struct fact *fact)
{
	static const enum paint paints[] = {
	    [FACT_CODE] = PAINT_BOLD,
	    [FACT_EXPECTED] = PAINT_GOOD,
	    [FACT_GOT] = PAINT_BAD,
	    [FACT_FILE] = PAINT_NONE,
	};
	const struct finding *f = context;

	if (fact->kind == FACT_ALSO) {
		for (size_t i = 1; i < f->verdict->reason.field_count; i++)
			put_also(f, &f->verdict->reason.fields[i]);
	} else if (fact->kind == FACT_PLACE) {
		put_key(f->pen, f->indent, fact->key);
		pen_text(f->pen, fact->text);
		pen_line(f->pen);
	} else {
		put_line(f->pen, f->indent, fact->key, paints[fact->kind], fact->text);
	}
}

void finding_print(struct pen *p, int indent, const struct result *r)
{
	struct finding f = {p, indent, r->verdict};

	facts_each(r, FACTS_TEXT, put_fact, &f);
}
