/* Results as TAP 14, or 13 for readers that know no later one; the lines are
 * the same. Knows its escapes and YAML's. */
#include "report/tap.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clean.h"
#include "report/measures.h"
#include "report/pen.h"
#include "core/rules.h"
#include "report/reason.h"
#include "report/words.h"

/* A description: '#' would begin a directive (TAP 14, "Escaping"). */
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
static void put_yaml(FILE *out, const char *text)
{
	char cleaned[CLEAN_BYTES];

	fputc('"', out);
	while (*text) {
		bool special = *text == '"' || *text == '\\';

		if (special)
			fputc('\\', out);
		clean_char(&text, true, cleaned);
		fputs(cleaned, out);
	}
	fputs("\"\n", out);
}

static void put_key(FILE *out, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	fprintf(out, "  %s: ", key);
	put_yaml(out, text);
}

static void put_step(FILE *out, const struct result *r)
{
	int step = r->verdict->step;

	if (step < 0 || (size_t)step >= r->scenario->step_count)
		return;
	put_key(out, "step", r->scenario->steps[step].text);
	fputs("  at:\n  ", out);
	put_key(out, "file", r->scenario->file);
	fprintf(out, "    line: %d\n", r->scenario->steps[step].where.line);
}

static void put_diagnostics(FILE *out, const struct result *r)
{
	const struct verdict *v = r->verdict;
	char text[2048];

	fputs("  ---\n", out);
	put_key(out, "message", reason_text(r, text, sizeof text));
	put_key(out, "code", reason_code(&v->reason));
	put_key(out, "severity", v->kind == VERDICT_FAIL ? "fail" : "error");
	put_step(out, r);
	if (v->reason.field_count) {
		struct mismatch_words m = mismatch_words(&v->reason.fields[0]);

		put_key(out, "field", m.field);
		put_key(out, "expected", m.expected);
		put_key(out, "got", m.got);
		put_key(out, "also", also_text(v, text, sizeof text));
	}
	put_key(out, "measured", measures_text(r, 3, false, text, sizeof text));
	put_key(out, "clauses", clauses_text(r->scenario, text, sizeof text));
	put_key(out, "target", r->target);
	put_key(out, "capture", r->capture);
	fprintf(out, "  seconds: %.3f\n", r->seconds);
	fputs("  ...\n", out);
}

/* fputs() and its like leave the stream's error flag; errno is of the last. */
static bool finish(FILE *out, struct diag *d)
{
	int error = errno;

	return report_flush(out, ferror(out) ? (error ? error : EIO) : 0, d);
}

bool tap_begin(FILE *out, unsigned version, size_t planned, struct diag *d)
{
	errno = 0;
	fprintf(out, "TAP version %u\n1..%zu\n", version, planned);
	return finish(out, d);
}

bool tap_result(FILE *out, size_t number, const struct result *r, struct diag *d)
{
	enum verdict_kind kind = r->verdict->kind;
	bool ok = kind == VERDICT_PASS || kind == VERDICT_SKIP;
	char name[256], reason[REASON_BYTES];

	errno = 0;
	fprintf(out, "%s %zu - ", ok ? "ok" : "not ok", number);
	put_escaped(out, result_name(r, name, sizeof name), "#\\");
	fprintf(out, " (%s)", family_name(r->family));
	if (kind == VERDICT_SKIP) {
		fputs(" # SKIP ", out);
		put_escaped(out, reason_text(r, reason, sizeof reason), "#\\");
	}
	fputc('\n', out);
	if (!ok)
		put_diagnostics(out, r);
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
