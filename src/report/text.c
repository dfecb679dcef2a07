/* A line for each result, its evidence, the summary. Knows verdicts, and the ladder by its name. */
#include "report/ladder.h"

#include "report/facts.h"
#include "report/words.h"

enum { TEXT_BYTES = 4096, NAME_BYTES = 256, NAME_AT = 7, NAME_COLUMNS_MAX = 48, KEY_COLUMNS = 10 };

/* --- what went wrong --- */

struct finding {
	struct pen *pen;
	int indent;
	const struct result *r;
};

static void put_line(const struct finding *f, const char *key, enum paint paint, const char *text)
{
	pen_at(f->pen, f->indent, PAINT_DIM, key);
	pen_to(f->pen, f->indent + KEY_COLUMNS);
	pen_paint(f->pen, paint);
	pen_wrap(f->pen, f->indent + KEY_COLUMNS, text);
	pen_line(f->pen);
}

static void put_fact(void *context, const struct fact *fact)
{
	static const enum paint paints[FACT_KINDS] = {
	    [FACT_CODE] = PAINT_BOLD, [FACT_EXPECTED] = PAINT_GOOD, [FACT_GOT] = PAINT_BAD};
	const struct finding *f = context;
	const struct reason *why = &f->r->verdict->reason;
	struct warnings besides = warnings_besides(f->r->verdict);
	char text[REASON_BYTES];

	if (fact->kind != FACT_ALSO && fact->kind != FACT_WARNINGS)
		put_line(f, fact->key, paints[fact->kind], fact->text);
	for (size_t i = 0; fact->kind == FACT_WARNINGS && i < besides.count; i++)
		put_line(f, "warned", PAINT_WARN, warning_text(f->r, &besides.list[i], text, sizeof text));
	for (size_t i = 1; fact->kind == FACT_ALSO && i < why->field_count; i++) {
		struct mismatch_words words = mismatch_words(&why->fields[i]);

		put_line(f, "field", PAINT_NONE, words.field);
		put_line(f, "expected", PAINT_GOOD, words.expected);
		put_line(f, "got", PAINT_BAD, words.got);
	}
}

void text_finding(struct pen *p, int indent, const struct result *r)
{
	struct finding f = {p, indent, r};

	facts_each(r, FACTS_TEXT, put_fact, &f);
}

/* --- a line for each --- */

/* A sentence on lines of its own, where there is one. */
static void put_below(struct pen *p, int indent, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	pen_line(p);
	pen_to(p, indent);
	pen_wrap(p, indent, key);
	pen_wrap(p, indent, text);
}

/* The reason, other warnings, why that is known, and what was measured until then. */
static void put_outcome(struct pen *p, int indent, const struct result *r)
{
	struct warnings besides = warnings_besides(r->verdict);
	char measured[TEXT_BYTES], reason[REASON_BYTES];

	measures_text(r, 3, false, measured, sizeof measured);
	if (!*outcome_text(r, reason, sizeof reason)) {
		pen_wrap(p, indent, measured);
		return;
	}
	pen_wrap(p, indent, reason);
	for (size_t i = 0; i < besides.count; i++)
		put_below(p, indent, "warned: ", warning_text(r, &besides.list[i], reason, sizeof reason));
	put_below(p, indent, "known: ", known_reason(r->known));
	put_below(p, indent, "measured: ", measured);
}

static void put_result(struct pen *p, const struct text_options *o, const struct result *r)
{
	int columns = o->name_columns < NAME_COLUMNS_MAX ? o->name_columns : NAME_COLUMNS_MAX;
	int family_at = NAME_AT + columns + 2;
	char name[NAME_BYTES], seconds[SECONDS_TEXT_BYTES];
	int outcome_at;

	pen_at(p, 0, outcome_paint(r->verdict->kind, r->known), outcome_name(r->verdict->kind, r->known));
	pen_at(p, NAME_AT, PAINT_NONE, result_name(r, name, sizeof name));
	pen_text(p, "  ");
	pen_to(p, family_at);
	pen_printf(p, "%s  ", family_name(r->family));
	if (r->verdict->kind != VERDICT_SKIP)
		pen_text(p, seconds_text(r->seconds, 2, seconds));
	outcome_at = p->column + 2;
	if (o->name_columns)
		outcome_at = family_at + 6 + 9;
	/* the rest would stand in a narrow strip */
	if (outcome_at > o->style.width / 2 + 8) {
		pen_line(p);
		outcome_at = NAME_AT + 2;
	}
	pen_to(p, outcome_at);
	put_outcome(p, outcome_at, r);
	pen_line(p);
}

bool text_result(FILE *out, const struct text_options *o, const struct result *r, struct diag *d)
{
	enum verdict_kind kind = r->verdict->kind;
	bool went_well =
	    kind == VERDICT_PASS || kind == VERDICT_SKIP || r->known || (kind == VERDICT_WARN && !o->strict);
	struct pen p;

	if (o->quiet && !o->verbose && went_well)
		return true;
	pen_init(&p, out, &o->style);
	put_result(&p, o, r);
	if (went_well && !o->verbose)
		return pen_done(&p, d);
	if (!r->verdict->trace_count) {
		text_finding(&p, NAME_AT, r);
		return pen_done(&p, d);
	}
	if (!pen_done(&p, d) || !ladder_print(out, &o->style, r, d))
		return false;
	pen_line(&p);
	return pen_done(&p, d);
}

bool text_rule(FILE *out, const struct text_options *o, const struct rule_result *rule, struct diag *d)
{
	char text[TEXT_BYTES], extent[EXTENT_BYTES], segment[SEGMENT_WORDS_BYTES], first[NAME_BYTES];
	struct pen p;

	pen_init(&p, out, &o->style);
	if (o->quiet && (rule->known || (rule->kind == VERDICT_WARN && !o->strict)))
		return true;
	breach_segment(rule->first->verdict, rule->rule, segment);
	pen_at(&p, 0, outcome_paint(rule->kind, rule->known), outcome_name(rule->kind, rule->known));
	pen_at(&p, NAME_AT, PAINT_NONE, rules[rule->rule].id);
	pen_text(&p, "  ");
	pen_wrap(&p, NAME_AT + 2, rule_text(rule, text, sizeof text));
	snprintf(text, sizeof text, "%s; first in %s%s%s", extent_text(rule, extent),
	         first_text(rule, first, sizeof first), *segment ? ": " : "", segment);
	pen_line(&p);
	pen_to(&p, NAME_AT + 2);
	pen_wrap(&p, NAME_AT + 2, text);
	put_below(&p, NAME_AT + 2, "known: ", known_reason(rule->known));
	pen_line(&p);
	return pen_done(&p, d);
}

bool text_gone(FILE *out, const struct text_options *o, const struct gone *gone, struct diag *d)
{
	char text[TEXT_BYTES];
	struct pen p;

	if (o->quiet && !o->strict)
		return true;
	pen_init(&p, out, &o->style);
	pen_at(&p, 0, o->strict ? PAINT_BAD : PAINT_WARN, "gone: ");
	pen_text(&p, gone->where.file);
	pen_printf(&p, ":%d: ", gone->where.line);
	pen_text(&p, gone_text(gone, text, sizeof text));
	pen_line(&p);
	return pen_done(&p, d);
}

static void put_count(struct pen *p, unsigned count, const char *what, enum paint paint)
{
	pen_paint(p, count ? paint : PAINT_NONE);
	pen_printf(p, "%u %s", count, what);
	pen_paint(p, PAINT_NONE);
}

bool text_summary(FILE *out, const struct text_options *o, const struct tally *t, double seconds,
                  struct diag *d)
{
	char text[SECONDS_TEXT_BYTES];
	struct pen p;

	pen_init(&p, out, &o->style);
	put_count(&p, t->passed, "passed, ", PAINT_GOOD);
	if (t->warned)
		put_count(&p, t->warned, "warned, ", PAINT_WARN);
	put_count(&p, t->failed, "failed, ", PAINT_BAD);
	if (t->known)
		put_count(&p, t->known, "known, ", PAINT_SKIP);
	if (t->gone)
		put_count(&p, t->gone, "gone, ", o->strict ? PAINT_BAD : PAINT_WARN);
	put_count(&p, t->skipped, "skipped, ", PAINT_SKIP);
	put_count(&p, t->errors, t->errors == 1 ? "error" : "errors", PAINT_TROUBLE);
	pen_printf(&p, " in %s", seconds_text(seconds, 3, text));
	pen_line(&p);
	return pen_done(&p, d);
}
