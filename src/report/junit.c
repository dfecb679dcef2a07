/* Results as JUnit XML. Knows its elements; the words are the other reports'. */
#include "report/formats.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "core/rules.h"
#include "report/facts.h"
#include "report/words.h"
#include "report/ladder.h"
#include "report/markup.h"

enum { NAME_BYTES = 512, TEXT_BYTES = 4096, LADDER_COLUMNS = 120 };

/* Its results are those from first on with the same name. */
struct suite {
	char name[NAME_BYTES];
	char class_name[NAME_BYTES]; /* "fourwave.row1": CI tools fold it at the dot */
	struct tally tally;
	double seconds;
};

/* By its row, or its directory. */
static void name_suite(const struct result *r, struct suite *s)
{
	const char *slash = strrchr(r->scenario->file, '/');
	int row = r->scenario->row;
	char dir[NAME_BYTES], *base;

	*s = (struct suite){.seconds = 0};
	if (row) {
		snprintf(s->name, sizeof s->name, "Row %d: %s", row, row_title(row));
		snprintf(s->class_name, sizeof s->class_name, "fourwave.row%d", row);
		return;
	}
	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - r->scenario->file) : 1,
	         slash ? r->scenario->file : ".");
	snprintf(s->name, sizeof s->name, "%s", dir);
	base = basename(dir);
	for (char *c = base; *c; c++)
		if (*c == '.')
			*c = '_';
	snprintf(s->class_name, sizeof s->class_name, "fourwave.%.400s",
	         strcmp(base, "_") == 0 ? "here" : base);
}

static bool is_in(const struct suite *s, const struct result *r)
{
	struct suite own;

	name_suite(r, &own);
	return strcmp(own.name, s->name) == 0;
}

/* --- a case --- */

static void put_property(struct markup *m, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	markup_begin(m, "property", "name", name, "value", value, NULL);
	markup_void(m);
}

/* What differs, for who sees nothing but the message. */
static void put_fact(void *context, const struct fact *f)
{
	struct markup *m = context;

	markup_textf(m, "%s: ", f->key);
	markup_text(m, f->text);
	markup_lines(m, "\n");
}

/* A skip, which is all that JUnit has for what does not count. */
static void put_known(struct markup *m, const char *outcome, const char *known)
{
	markup_begin(m, "skipped", NULL);
	markup_attributef(m, "message", "known: %s (%s)", known_reason(known), outcome);
	markup_end(m);
}

/* Is it to be taken for a pass? */
static bool is_pass(const struct run_report *run, enum verdict_kind kind)
{
	return kind == VERDICT_PASS || (kind == VERDICT_WARN && !run->strict);
}

/* Why it is no pass; of a skip the reason is all. */
static void put_verdict(struct markup *m, const struct run_report *run, const struct result *r)
{
	static const char *const elements[] = {[VERDICT_NONE] = "error",
	                                       [VERDICT_WARN] = "failure",
	                                       [VERDICT_FAIL] = "failure",
	                                       [VERDICT_SKIP] = "skipped",
	                                       [VERDICT_ERROR] = "error"};
	enum verdict_kind kind = r->verdict->kind;
	char reason[REASON_BYTES];

	outcome_text(r, reason, sizeof reason);
	if (r->known)
		put_known(m, reason, r->known);
	if (r->known || is_pass(run, kind))
		return;
	markup_begin(m, elements[kind], "message", reason, NULL);
	if (kind != VERDICT_SKIP) {
		markup_attribute(
		    m, "type", r->verdict->reason.code ? code_name(r->verdict->reason.code) : elements[kind]);
		facts_each(r, FACTS_JUNIT, put_fact, m);
	}
	markup_end(m);
}

static void put_warnings(struct markup *m, const struct result *r)
{
	char text[REASON_BYTES];

	for (size_t i = 0; i < r->verdict->warning_count; i++) {
		markup_text(m, "warning: ");
		markup_text(m, warning_text(r, &r->verdict->warnings[i], text, sizeof text));
		markup_lines(m, "\n");
	}
}

/* Warnings and what was measured, or for what is no pass the ladder; in ASCII, for a CI tool's page may have
 * any font. */
static void put_output(struct markup *m, const struct run_report *run, const struct result *r)
{
	const struct style style = {.width = LADDER_COLUMNS};
	bool passed = !r->known && is_pass(run, r->verdict->kind);
	char measured[TEXT_BYTES], *ladder = NULL;
	struct diag d;
	size_t len;
	FILE *out;

	measures_text(r, 3, false, measured, sizeof measured);
	if (passed ? !*measured && !r->verdict->warning_count : !r->verdict->trace_count)
		return;
	markup_begin(m, "system-out", NULL);
	if (passed) {
		put_warnings(m, r);
		markup_text(m, measured);
	} else {
		out = open_memstream(&ladder, &len);
		ladder_print(out, &style, r, &d);
		fclose(out);
		markup_lines(m, ladder);
		free(ladder);
	}
	markup_end(m);
}

static void put_case(struct markup *m, const struct run_report *run, const struct suite *s,
                     const struct result *r)
{
	char name[NAME_BYTES];

	result_name(r, name, sizeof name);
	markup_begin(m, "testcase", "name", markup_words("%s (%s)", name, family_name(r->family)).text,
	             "classname", s->class_name, NULL);
	markup_attributef(m, "time", "%.3f", r->seconds);
	put_verdict(m, run, r);
	put_output(m, run, r);
	markup_end(m);
}

/* A rule that was broken. */
static void put_rule(struct markup *m, const struct run_report *run, const struct rule_result *rule)
{
	const char *id = rules[rule->rule].id;
	char text[TEXT_BYTES];

	markup_begin(m, "testcase", "name", id, "classname", "fourwave.rules", "time", "0.000", NULL);
	rule_text(rule, text, sizeof text);
	if (rule->known)
		put_known(m, text, rule->known);
	if (rule->known || is_pass(run, rule->kind))
		markup_begin(m, "system-out", NULL);
	else
		markup_begin(m, "failure", "message", text, "type", id, NULL);
	rule_facts_each(rule, FACTS_JUNIT, put_fact, m);
	markup_end(m);
	markup_end(m);
}

/* --- the whole --- */

static void put_tally(struct markup *m, const struct run_report *run, const struct tally *t, double seconds)
{
	unsigned tests = t->passed + t->warned + t->failed + t->skipped + t->errors + t->known + t->gone;

	markup_attributef(m, "tests", "%u", tests);
	markup_attributef(m, "failures", "%u", t->failed + (run->strict ? t->warned + t->gone : 0));
	markup_attributef(m, "errors", "%u", t->errors);
	markup_attributef(m, "skipped", "%u", t->skipped + t->known);
	markup_attributef(m, "time", "%.3f", seconds);
}

static void begin_suite(struct markup *m, const struct run_report *run, const struct suite *s)
{
	const struct about *about = run->about;
	char date[DATE_TEXT_BYTES];

	markup_begin(m, "testsuite", "name", s->name, NULL);
	put_tally(m, run, &s->tally, s->seconds);
	markup_attribute(m, "timestamp", date_text(about->began, date));
	markup_attribute(m, "hostname", *about->host ? about->host : "localhost");
	markup_begin(m, "properties", NULL);
	put_property(m, "program", about->program);
	put_property(m, "command line", about->command_line);
	put_property(m, "target", about->target);
	if (about->profile)
		put_property(m, "profile", about->profile);
	put_property(m, "system", about->system);
	markup_end(m);
}

/* The suite of the result at first, and where that is not the first of it, nothing. */
static void put_suite(struct markup *m, const struct run_report *run, size_t first)
{
	struct suite s;

	name_suite(&run->results[first], &s);
	for (size_t i = 0; i < run->count; i++) {
		if (!is_in(&s, &run->results[i]))
			continue;
		if (i < first)
			return;
		s.seconds += run->results[i].seconds;
		tally_add(&s.tally, &run->results[i]);
	}
	begin_suite(m, run, &s);
	for (size_t i = first; i < run->count; i++)
		if (is_in(&s, &run->results[i]))
			put_case(m, run, &s, &run->results[i]);
	markup_end(m);
}

static void put_rules(struct markup *m, const struct run_report *run)
{
	struct suite s = {.name = "Rules"};

	if (!run->rules || !run->rules->count)
		return;
	tally_add_rules(&s.tally, run->rules);
	begin_suite(m, run, &s);
	for (size_t i = 0; i < run->rules->count; i++)
		put_rule(m, run, &run->rules->list[i]);
	markup_end(m);
}

/* What did not come of the baseline: passes, unless it counts. */
static void put_gone(struct markup *m, const struct run_report *run)
{
	struct suite s = {.name = "Baseline"};
	char text[TEXT_BYTES];

	if (!run->gone || !run->gone->count)
		return;
	s.tally.gone = (unsigned)run->gone->count;
	begin_suite(m, run, &s);
	for (size_t i = 0; i < run->gone->count; i++) {
		const struct gone *g = &run->gone->list[i];

		markup_begin(m, "testcase", "name", markup_words("line %d: %s", g->where.line, g->name).text,
		             "classname", "fourwave.baseline", "time", "0.000", NULL);
		gone_text(g, text, sizeof text);
		if (run->strict)
			markup_begin(m, "failure", "message", text, "type", "gone", NULL);
		else
			markup_begin(m, "system-out", NULL);
		markup_textf(m, "%.3000s:%d: ", g->where.file, g->where.line);
		markup_text(m, text);
		markup_end(m);
		markup_end(m);
	}
	markup_end(m);
}

bool junit_print(FILE *out, const struct run_report *run, struct diag *d)
{
	struct tally tally = {0};
	struct markup m;

	for (size_t i = 0; i < run->count; i++)
		tally_add(&tally, &run->results[i]);
	if (run->rules)
		tally_add_rules(&tally, run->rules);
	if (run->gone)
		tally.gone = (unsigned)run->gone->count;
	markup_start(&m, MARKUP_XML);
	markup_begin(&m, "testsuites", "name", "fourwave", NULL);
	put_tally(&m, run, &tally, run->about->seconds);
	for (size_t i = 0; i < run->count; i++)
		put_suite(&m, run, i);
	put_rules(&m, run);
	put_gone(&m, run);
	markup_end(&m);
	return markup_write(&m, out, d);
}
