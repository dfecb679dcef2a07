/* A scenario's part of the HTML report: what it proves, and for each family the verdict with its evidence. */
#include "report/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/finding.h"
#include "report/link.h"
#include "report/measures.h"
#include "report/plot.h"
#include "report/svg.h"
#include "core/rules.h"
#include "report/reason.h"
#include "report/words.h"

enum { TEXT_BYTES = 4096, DIGITS = 3 };

/* --- what it proves --- */

static void put_sysctls(struct markup *m, const struct scenario *s)
{
	if (!s->sysctl_count)
		return;
	markup_element(m, "dt", NULL, "Sysctls");
	markup_begin(m, "dd");
	for (size_t i = 0; i < s->sysctl_count; i++) {
		markup_begin(m, "code");
		markup_textf(m, "%.100s = %.100s", s->sysctls[i].name, s->sysctls[i].value);
		markup_end(m);
		markup_text(m, " ");
	}
	markup_end(m);
}

static void put_facts(struct markup *m, const struct scenario *s)
{
	markup_begin(m, "dl");
	markup_attribute(m, "class", "facts");
	if (s->row) {
		markup_element(m, "dt", NULL, "Row");
		markup_begin(m, "dd");
		markup_textf(m, "%d: %s", s->row, row_title(s->row));
		markup_end(m);
	}
	page_fact(m, "Close", NULL, role_title(s->role));
	page_fact(m, "Claim", NULL, s->claim);
	if (s->clause_count) {
		markup_element(m, "dt", NULL, "Clauses");
		markup_begin(m, "dd");
		page_clauses(m, s);
		markup_end(m);
	}
	page_fact(m, "Control", NULL, s->control);
	put_sysctls(m, s);
	page_fact(m, "File", "mono", s->file);
	markup_end(m);
}

/* --- a family --- */

static void put_capture(const struct page *p, const struct result *r)
{
	char *reference;

	if (!r->capture)
		return;
	reference = link_relative(p->path, r->capture);
	markup_element(p->m, "dt", NULL, "Capture");
	markup_begin(p->m, "dd");
	if (reference) {
		markup_begin(p->m, "a");
		markup_attribute(p->m, "class", "mono");
		markup_attribute(p->m, "href", reference);
		markup_text(p->m, r->capture);
		markup_end(p->m);
	} else {
		markup_text(p->m, r->capture);
	}
	markup_end(p->m);
	free(reference);
}

static void put_finding(struct markup *m, const struct result *r)
{
	const struct verdict *v = r->verdict;
	const struct step *step = finding_step(r);
	char text[REASON_BYTES];

	if (v->kind == VERDICT_PASS)
		return;
	if (v->kind == VERDICT_NONE)
		page_fact(m, "Reason", "reason", "It was not judged: the run ended before.");
	page_fact(m, "Reason", "reason", reason_text(r, text, sizeof text));
	page_fact(m, "Code", "mono", reason_code(&v->reason));
	if (step) {
		page_fact(m, "Step", "mono", step->text);
		markup_element(m, "dt", NULL, "At");
		markup_begin(m, "dd");
		markup_attribute(m, "class", "mono");
		markup_text(m, step->where.file ? step->where.file : r->scenario->file);
		markup_textf(m, ":%d", step->where.line);
		markup_end(m);
	}
	if (v->reason.field_count) {
		struct mismatch_words words = mismatch_words(&v->reason.fields[0]);

		page_fact(m, "Field", NULL, words.field);
		page_fact(m, "Expected", "mono good", words.expected);
		page_fact(m, "Got", "mono bad", words.got);
		if (v->reason.field_count > 1)
			page_fact(m, "Also", "mono bad", also_text(v, text, sizeof text));
	}
}

/* Segments to our port that were no answers of the peer's, and why. */
static void put_ignored(struct markup *m, const struct result *r)
{
	const char *between = ": ";

	if (!r->ignored)
		return;
	markup_element(m, "dt", NULL, "Ignored");
	markup_begin(m, "dd");
	markup_textf(m, "%zu segment%s", r->ignored, r->ignored == 1 ? "" : "s");
	for (int i = IGNORED_NOT + 1; r->ignored_why && i < IGNORED_COUNT; i++) {
		if (!r->ignored_why[i])
			continue;
		markup_textf(m, "%s%s %zu", between, ignored_name((enum ignored)i), r->ignored_why[i]);
		between = ", ";
	}
	markup_end(m);
}

static void put_outcome(const struct page *p, const struct result *r)
{
	char text[TEXT_BYTES];

	markup_begin(p->m, "dl");
	markup_attributef(p->m, "class", "outcome %s", verdict_name(r->verdict->kind));
	put_finding(p->m, r);
	page_fact(p->m, "Measured", NULL, measures_text(r, DIGITS, false, text, sizeof text));
	put_ignored(p->m, r);
	put_capture(p, r);
	markup_end(p->m);
}

static void put_run(const struct page *p, const struct result *r)
{
	struct markup *m = p->m;

	markup_begin(m, "section");
	markup_attribute(m, "class", "run");
	markup_begin(m, "h4");
	markup_textf(m, "%s ", family_name(r->family));
	page_badge(m, r);
	if (r->verdict->trace_count) {
		markup_begin(m, "span");
		markup_attribute(m, "class", "dim");
		markup_textf(m, " %.3g s", r->seconds);
		markup_end(m);
	}
	markup_end(m);
	put_outcome(p, r);
	if (r->verdict->trace_count) {
		markup_begin(m, "figure");
		svg_ladder(m, r);
		markup_end(m);
		plot_resends(m, r);
	}
	markup_end(m);
	markup_raw(m, "\n");
}

void page_scenario(const struct page *p, size_t index)
{
	const struct pair *pair = &p->pairs[index];
	const struct result *any = pair_any(pair);
	char name[256], id[PAGE_ID_BYTES];

	markup_begin(p->m, "article");
	markup_attribute(p->m, "id", page_id(index, id));
	markup_element(p->m, "h3", NULL, result_name(any, name, sizeof name));
	markup_element(p->m, "p", "proves", any->scenario->title);
	put_facts(p->m, any->scenario);
	for (int i = 0; i < 2; i++)
		if (pair->results[i])
			put_run(p, pair->results[i]);
	markup_begin(p->m, "p");
	markup_attribute(p->m, "class", "back");
	markup_begin(p->m, "a");
	markup_attribute(p->m, "href", "#table");
	markup_text(p->m, "\xe2\x86\x91 to the table");
	markup_end(p->m);
	markup_end(p->m);
	markup_end(p->m);
	markup_raw(p->m, "\n");
}
