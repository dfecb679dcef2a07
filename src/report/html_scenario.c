/* A scenario's part of the HTML report: what it proves, and for each family the verdict with its evidence. */
#include "report/page.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/facts.h"
#include "report/formats.h"
#include "report/ladder.h"
#include "report/words.h"

/* --- small things that the table has too --- */

void page_verdict(struct markup *m, enum verdict_kind kind, const char *known)
{
	/* before the name, so that no one needs to see the colour: a check mark, a triangle, a ballot x, a
	 * dash; a ring for what is known */
	static const char *const signs[] = {
	    [VERDICT_NONE] = "!",
	    [VERDICT_PASS] = "\xe2\x9c\x93",
	    [VERDICT_WARN] = "\xe2\x96\xb3",
	    [VERDICT_FAIL] = "\xe2\x9c\x97",
	    [VERDICT_SKIP] = "\xe2\x80\x93",
	    [VERDICT_ERROR] = "!",
	};

	markup_elementf(m, "span", markup_words("badge %s", outcome_name(kind, known)).text, "%s %s",
	                known ? "\xe2\x97\x8b" : signs[kind],
	                kind == VERDICT_NONE ? "not judged" : outcome_name(kind, known));
}

void page_badge(struct markup *m, const struct result *r)
{
	if (r)
		page_verdict(m, r->verdict->kind, r->known);
	else
		markup_element(m, "span", "badge none", "not run");
}

void page_clause(struct markup *m, const struct clause *c)
{
	const char *section = c->section ? c->section : "";
	/* rfc-editor.org has an anchor for each section that has a number */
	bool anchor = isdigit((unsigned char)*section) && strspn(section, "0123456789.") == strlen(section);

	markup_begin(m, "a", "class", "clause", NULL);
	markup_attributef(m, "href", "https://www.rfc-editor.org/rfc/rfc%u%s%.40s", c->rfc,
	                  anchor ? "#section-" : "", anchor ? section : "");
	markup_textf(m, "RFC\xc2\xa0%u%s%.80s", c->rfc, *section ? "\xc2\xa0" : "", section);
	markup_end(m);
}

void page_clauses(struct markup *m, const struct scenario *s)
{
	for (size_t i = 0; i < s->clause_count; i++) {
		if (i)
			markup_text(m, ", ");
		page_clause(m, &s->clauses[i]);
	}
}

void page_setting(struct markup *m, const struct sysctl_setting *s)
{
	markup_elementf(m, "code", NULL, "%.100s = %.100s", s->name, s->value);
	markup_text(m, " ");
}

/* --- links --- */

void page_begin_link(struct markup *m, size_t index, const char *title)
{
	markup_begin(m, "a", "href", markup_words("#" PAGE_ID, index + 1).text, "title", title, NULL);
}

/* The directory of a path without its links, and what is behind it. */
static bool split(const char *path, char dir[PATH_MAX], const char **name)
{
	const char *slash = strrchr(path, '/');
	char *part = slash ? strndup(path, (size_t)(slash - path) + 1) : memory_text(".");
	bool ok = realpath(part, dir);

	free(part);
	*name = slash ? slash + 1 : path;
	return ok;
}

/* Bytes that a reference may hold as they are; all others become %XX. */
static void put_encoded(FILE *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

	for (; *text; text++) {
		if (strchr(plain, *text))
			fputc(*text, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*text);
	}
}

char *html_reference(const char *page, const char *file)
{
	char from_dir[PATH_MAX], to_dir[PATH_MAX], *text = NULL;
	const char *name, *from, *to;
	size_t len, at = 0, same = 0;
	FILE *out;

	if (!split(page, from_dir, &name) || !split(file, to_dir, &name))
		return NULL;
	/* how much of the two is the same, whole names only */
	for (; from_dir[at] && from_dir[at] == to_dir[at]; at++)
		if (from_dir[at] == '/')
			same = at;
	if ((!from_dir[at] || from_dir[at] == '/') && (!to_dir[at] || to_dir[at] == '/'))
		same = at;
	out = open_memstream(&text, &len);
	for (from = from_dir + same; *from; from++)
		if (*from == '/' && from[1])
			fputs("../", out);
	to = to_dir + same;
	to += *to == '/';
	put_encoded(out, to);
	if (*to)
		fputc('/', out);
	put_encoded(out, name);
	fclose(out);
	return text;
}

/* --- facts --- */

/* Of a result, or of the one that broke a rule first. */
struct facts_of {
	const struct page *page;
	const struct result *r;
};

static void put_first(const struct facts_of *of, const char *text)
{
	const struct page *p = of->page;
	size_t i = 0;

	while (i < p->pair_count && p->pairs[i].results[0] != of->r && p->pairs[i].results[1] != of->r)
		i++;
	page_begin_link(p->m, i, of->r->scenario->title);
	markup_text(p->m, text);
	markup_end(p->m);
}

/* What it rests on; linked where that is one clause. */
static void put_basis(struct markup *m, const struct scenario *s, const struct basis *b, const char *text)
{
	const struct clause *clause = basis_clause(s, b);

	if (!clause) {
		markup_text(m, text);
		return;
	}
	markup_textf(m, "%s, ", level_name(b->level));
	page_clause(m, clause);
}

static void put_warnings(struct markup *m, const struct result *r)
{
	struct warnings besides = warnings_besides(r->verdict);
	char text[REASON_BYTES];

	for (size_t i = 0; i < besides.count; i++)
		markup_element(m, "div", NULL, warning_text(r, &besides.list[i], text, sizeof text));
}

static void put_fact(void *context, const struct fact *f)
{
	static const char *const classes[FACT_KINDS] = {
	    [FACT_REASON] = "reason",  [FACT_CODE] = "mono",          [FACT_PLACE] = "mono",
	    [FACT_GOT] = "mono bad",   [FACT_EXPECTED] = "mono good", [FACT_ALSO] = "mono bad",
	    [FACT_WARNINGS] = "warned"};
	const struct facts_of *of = context;
	struct markup *m = of->page->m;
	char *reference;

	markup_elementf(m, "dt", NULL, "%c%s", toupper((unsigned char)*f->key), f->key + 1);
	markup_begin(m, "dd", "class", classes[f->kind], NULL);
	if (f->kind == FACT_FILE) {
		/* to be opened from where the page will be */
		reference = html_reference(of->page->path, f->text);
		markup_begin(m, reference ? "a" : "span", "class", reference ? "mono" : NULL, "href",
		             reference, NULL);
		markup_text(m, f->text);
		markup_end(m);
		free(reference);
	} else if (f->kind == FACT_CLAUSES) {
		page_clauses(m, of->r->scenario);
	} else if (f->kind == FACT_BASIS) {
		put_basis(m, of->r->scenario, &f->basis, f->text);
	} else if (f->kind == FACT_FIRST) {
		put_first(of, f->text);
	} else if (f->kind == FACT_WARNINGS) {
		put_warnings(m, of->r);
	} else if (f->kind == FACT_SETTINGS) {
		for (size_t i = 0; i < of->r->scenario->sysctl_count; i++)
			page_setting(m, &of->r->scenario->sysctls[i]);
	} else {
		markup_text(m, f->text);
	}
	markup_end(m);
}

static void put_facts(const struct page *p, const struct result *r, unsigned which, const char *class)
{
	struct facts_of of = {p, r};

	markup_begin(p->m, "dl", "class", class, NULL);
	facts_each(r, which, put_fact, &of);
	markup_end(p->m);
}

/* --- a family --- */

static void put_run(const struct page *p, const struct result *r)
{
	struct markup *m = p->m;

	markup_begin(m, "section", "class", "run", NULL);
	markup_begin(m, "h4", NULL);
	markup_textf(m, "%s ", family_name(r->family));
	page_badge(m, r);
	if (r->verdict->trace_count)
		markup_elementf(m, "span", "dim", " %.3g s", r->seconds);
	markup_end(m);
	put_facts(p, r, FACTS_HTML,
	          markup_words("outcome %s", outcome_name(r->verdict->kind, r->known)).text);
	if (r->verdict->trace_count) {
		markup_begin(m, "figure", NULL);
		svg_ladder(m, r);
		markup_end(m);
		plot_resends(m, r);
	}
	markup_end_line(m);
}

/* --- rules --- */

void page_rules(const struct page *p)
{
	struct markup *m = p->m;

	if (!p->rules->count)
		return;
	markup_begin(m, "section", "id", "rules", NULL);
	markup_element(m, "h2", NULL, "Rules that were broken");
	for (size_t i = 0; i < p->rules->count; i++) {
		const struct rule_result *rule = &p->rules->list[i];
		struct facts_of of = {p, rule->first};

		markup_begin(m, "section", "class", "rule", "id", rules[rule->rule].id, NULL);
		markup_begin(m, "h4", NULL);
		markup_textf(m, "%s ", rules[rule->rule].id);
		page_verdict(m, rule->kind, rule->known);
		markup_end(m);
		markup_begin(m, "dl", "class",
		             markup_words("outcome %s", outcome_name(rule->kind, rule->known)).text, NULL);
		rule_facts_each(rule, FACTS_HTML, put_fact, &of);
		markup_end(m);
		markup_end_line(m);
	}
	markup_end_line(m);
}

/* --- the whole of a scenario --- */

void page_scenario(const struct page *p, size_t index)
{
	const struct pair *pair = &p->pairs[index];
	const struct result *any = pair_any(pair);
	char name[256];

	markup_begin(p->m, "article", "id", markup_words(PAGE_ID, index + 1).text, NULL);
	markup_element(p->m, "h3", NULL, result_name(any, name, sizeof name));
	markup_element(p->m, "p", "proves", any->scenario->title);
	put_facts(p, any, FACTS_SCENARIO, "facts");
	for (int i = 0; i < 2; i++)
		if (pair->results[i])
			put_run(p, pair->results[i]);
	markup_begin(p->m, "p", "class", "back", NULL);
	markup_begin(p->m, "a", "href", "#table", NULL);
	markup_text(p->m, "\xe2\x86\x91 to the table");
	markup_end(p->m);
	markup_end(p->m);
	markup_end_line(p->m);
}
