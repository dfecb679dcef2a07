/* Results as TAP 14, or 13 for readers that know no later one; the lines are
 * the same. Knows its escapes and YAML's. */
#include "report/formats.h"

#include <errno.h>

#include "base/text.h"
#include "report/facts.h"
#include "report/words.h"

/* Cleaned, with a backslash before these two: in a description '#' would begin a directive (TAP 14,
 * "Escaping"). */
static void put_escaped(FILE *out, const char *text, const char *special)
{
	char cleaned[CLEAN_BYTES];

	while (*text) {
		if (*text == special[0] || *text == special[1])
			fputc('\\', out);
		clean_char(&text, true, cleaned);
		fputs(cleaned, out);
	}
}

/* What would move a cursor is escaped here already: YAML's own escapes have
 * the same look, so the backslash of one is not doubled. */
static void put_key(FILE *out, const char *key, const char *text)
{
	fprintf(out, "  %s: \"", key);
	put_escaped(out, text, "\"\\");
	fputs("\"\n", out);
}

/* What a block is of: a result, or NULL. */
struct yaml {
	FILE *out;
	const struct result *r;
};

static void put_warnings(FILE *out, const struct result *r)
{
	struct warnings w = warnings_besides(r->verdict);
	char text[REASON_BYTES];

	fputs("  warnings:\n", out);
	for (size_t i = 0; i < w.count; i++) {
		fputs("    - \"", out);
		put_escaped(out, warning_text(r, &w.list[i], text, sizeof text), "\"\\");
		fputs("\"\n", out);
	}
}

static void put_fact(void *context, const struct fact *f)
{
	const struct yaml *yaml = context;
	FILE *out = yaml->out;

	if (f->kind == FACT_NUMBER) {
		fprintf(out, "  %s: %s\n", f->key, f->text);
	} else if (f->kind == FACT_WARNINGS) {
		put_warnings(out, yaml->r);
	} else if (f->kind == FACT_PLACE) {
		fputs("  at:\n  ", out);
		put_key(out, "file", f->where.file);
		fprintf(out, "    line: %d\n", f->where.line);
	} else {
		put_key(out, f->kind == FACT_REASON ? "message" : f->key, f->text);
	}
}

/* fputs() and its like leave the stream's error flag; errno is of the last. */
static bool finish(FILE *out, struct diag *d)
{
	int error = errno;

	return report_flush(out, ferror(out) ? (error ? error : EIO) : 0, d);
}

bool tap_begin(FILE *out, unsigned version, struct diag *d)
{
	errno = 0;
	fprintf(out, "TAP version %u\n", version);
	return finish(out, d);
}

bool tap_plan(FILE *out, size_t count, struct diag *d)
{
	errno = 0;
	fprintf(out, "1..%zu\n", count);
	return finish(out, d);
}

/* "not ok 3 - " */
static void put_point(FILE *out, size_t number, enum verdict_kind kind, bool strict, bool known)
{
	bool ok = kind == VERDICT_PASS || kind == VERDICT_SKIP || (kind == VERDICT_WARN && !strict && !known);

	fprintf(out, "%s %zu - ", ok ? "ok" : "not ok", number);
}

/* What is known fails, and that is no failure. */
static void put_todo(FILE *out, const char *known)
{
	if (!known)
		return;
	fputs(" # TODO ", out);
	put_escaped(out, known_reason(known), "#\\");
}

bool tap_result(FILE *out, size_t number, const struct result *r, bool strict, struct diag *d)
{
	struct yaml yaml = {out, r};
	enum verdict_kind kind = r->verdict->kind;
	char name[256], reason[REASON_BYTES];

	errno = 0;
	put_point(out, number, kind, strict, r->known);
	put_escaped(out, result_name(r, name, sizeof name), "#\\");
	fprintf(out, " (%s)", family_name(r->family));
	if (kind == VERDICT_SKIP) {
		fputs(" # SKIP ", out);
		put_escaped(out, reason_text(r, reason, sizeof reason), "#\\");
	}
	put_todo(out, r->known);
	fputc('\n', out);
	if (kind != VERDICT_PASS && kind != VERDICT_SKIP) {
		fputs("  ---\n", out);
		facts_each(r, FACTS_TAP, put_fact, &yaml);
		fputs("  ...\n", out);
	}
	return finish(out, d);
}

bool tap_rule(FILE *out, size_t number, const struct rule_result *rule, bool strict, struct diag *d)
{
	struct yaml yaml = {out, NULL};

	errno = 0;
	put_point(out, number, rule->kind, strict, rule->known);
	fprintf(out, "rule %s", rules[rule->rule].id);
	put_todo(out, rule->known);
	fputs("\n  ---\n", out);
	rule_facts_each(rule, FACTS_TAP, put_fact, &yaml);
	fputs("  ...\n", out);
	return finish(out, d);
}

bool tap_gone(FILE *out, size_t number, const struct gone *gone, bool strict, struct diag *d)
{
	char text[REASON_BYTES];

	errno = 0;
	if (strict)
		fprintf(out, "not ok %zu - gone: ", number);
	else
		fputs("# gone: ", out);
	put_escaped(out, gone->where.file, "#\\");
	fprintf(out, ":%d: ", gone->where.line);
	put_escaped(out, gone_text(gone, text, sizeof text), "#\\");
	fputc('\n', out);
	return finish(out, d);
}

bool tap_bail(FILE *out, const char *reason, struct diag *d)
{
	errno = 0;
	fputs("Bail out! ", out);
	put_escaped(out, reason, "#\\");
	fputc('\n', out);
	return finish(out, d);
}
