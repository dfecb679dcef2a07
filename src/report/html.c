/* Puts the HTML report together: its head, the summary and the table. */
#include "report/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "report/page.h"
#include "report/reason.h"
#include "report/words.h"

enum { NAME_BYTES = 256, TEXT_BYTES = 128, COLUMNS = 6, DIGITS = 2, TROUBLES_MAX = 20 };

/* --- the summary --- */

static const char *headline(const struct page *p, char buf[TEXT_BYTES])
{
	const struct tally *t = &p->tally;

	if (t->failed)
		snprintf(buf, TEXT_BYTES, "%u of %zu failed", t->failed, p->count);
	else if (t->errors)
		snprintf(buf, TEXT_BYTES, "%u of %zu could not be judged", t->errors, p->count);
	else if (!p->count)
		snprintf(buf, TEXT_BYTES, "Nothing was run");
	else if (!t->passed)
		snprintf(buf, TEXT_BYTES, "All %u were skipped", t->skipped);
	else if (t->skipped)
		snprintf(buf, TEXT_BYTES, "%u passed, %u skipped", t->passed, t->skipped);
	else
		snprintf(buf, TEXT_BYTES, t->passed == 1 ? "It passed" : "All %u passed", t->passed);
	return buf;
}

static void put_head(const struct page *p)
{
	struct markup *m = p->m;
	char text[TEXT_BYTES];

	markup_begin(m, "head");
	markup_begin(m, "meta");
	markup_attribute(m, "charset", "utf-8");
	markup_void(m);
	markup_begin(m, "meta");
	markup_attribute(m, "name", "viewport");
	markup_attribute(m, "content", "width=device-width, initial-scale=1");
	markup_void(m);
	markup_begin(m, "meta");
	markup_attribute(m, "name", "color-scheme");
	markup_attribute(m, "content", "light dark");
	markup_void(m);
	markup_begin(m, "title");
	markup_textf(m, "%s: fourwave, %.200s", headline(p, text), p->about->target);
	markup_end(m);
	markup_begin(m, "style");
	markup_raw(m, embedded_text("page.css"));
	markup_end(m);
	markup_end(m);
	markup_raw(m, "\n");
}

static void put_count(struct markup *m, const char *class, unsigned count, const char *word)
{
	markup_begin(m, "li");
	markup_attributef(m, "class", "%s%s", class, count ? "" : " zero");
	markup_begin(m, "b");
	markup_textf(m, "%u", count);
	markup_end(m);
	markup_textf(m, " %s", word);
	markup_end(m);
}

static void put_share(struct markup *m, const char *class, unsigned count)
{
	if (!count)
		return;
	markup_begin(m, "span");
	markup_attribute(m, "class", class);
	markup_attributef(m, "style", "flex-grow:%u", count);
	markup_end(m);
}

static void put_tally(struct markup *m, const struct tally *t)
{
	markup_begin(m, "ul");
	markup_attribute(m, "class", "tally");
	put_count(m, "pass", t->passed, "passed");
	put_count(m, "fail", t->failed, "failed");
	put_count(m, "skip", t->skipped, "skipped");
	put_count(m, "error", t->errors, t->errors == 1 ? "error" : "errors");
	markup_end(m);
	markup_begin(m, "div");
	markup_attribute(m, "class", "bar");
	markup_attribute(m, "aria-hidden", "true");
	put_share(m, "pass", t->passed);
	put_share(m, "fail", t->failed);
	put_share(m, "skip", t->skipped);
	put_share(m, "error", t->errors);
	markup_end(m);
}

static void put_summary(const struct page *p)
{
	struct markup *m = p->m;
	char text[TEXT_BYTES], date[DATE_TEXT_BYTES];

	date_text(p->about->began, date);
	date[10] = ' ';
	markup_begin(m, "header");
	markup_element(m, "p", "program", p->about->program);
	markup_element(m, "h1", NULL, headline(p, text));
	markup_begin(m, "p");
	markup_attribute(m, "class", "dim");
	markup_textf(m, "Target: %.200s \xc2\xb7 %s UTC \xc2\xb7 %.3g s%s", p->about->target, date,
	             p->about->seconds,
	             p->about->interrupted ? " \xc2\xb7 interrupted: not all was played" : "");
	markup_end(m);
	put_tally(m, &p->tally);
	markup_end(m);
	markup_raw(m, "\n");
}

/* --- what went wrong, in short --- */

static void put_trouble(const struct page *p, size_t index, const struct result *r)
{
	char name[NAME_BYTES], id[PAGE_ID_BYTES], reason[REASON_BYTES];

	markup_begin(p->m, "li");
	page_badge(p->m, r);
	markup_text(p->m, " ");
	markup_begin(p->m, "a");
	markup_attributef(p->m, "href", "#%s", page_id(index, id));
	markup_textf(p->m, "%s (%s)", result_name(r, name, sizeof name), family_name(r->family));
	markup_end(p->m);
	if (*reason_text(r, reason, sizeof reason)) {
		markup_text(p->m, ": ");
		markup_text(p->m, reason);
	}
	markup_end(p->m);
	markup_raw(p->m, "\n");
}

static bool is_trouble(const struct result *r)
{
	return r && r->verdict->kind != VERDICT_PASS && r->verdict->kind != VERDICT_SKIP;
}

static void put_troubles(const struct page *p)
{
	unsigned shown = 0, all = p->tally.failed + p->tally.errors;

	if (!all)
		return;
	markup_begin(p->m, "ul");
	markup_attribute(p->m, "class", "troubles");
	for (size_t i = 0; i < p->pair_count && shown < TROUBLES_MAX; i++) {
		for (int family = 0; family < 2; family++) {
			if (!is_trouble(p->pairs[i].results[family]))
				continue;
			put_trouble(p, i, p->pairs[i].results[family]);
			shown++;
		}
	}
	if (shown < all) {
		markup_begin(p->m, "li");
		markup_textf(p->m, "and %u more: see the table", all - shown);
		markup_end(p->m);
	}
	markup_end(p->m);
}

/* --- the table --- */

static void put_table_head(struct markup *m)
{
	static const char *const names[COLUMNS] = {"IPv4",     "IPv6",    "Scenario",
	                                           "Measured", "Control", "Clauses"};

	markup_begin(m, "thead");
	markup_begin(m, "tr");
	for (int i = 0; i < COLUMNS; i++) {
		markup_begin(m, "th");
		markup_attribute(m, "scope", "col");
		markup_text(m, names[i]);
		markup_end(m);
	}
	markup_end(m);
	markup_end(m);
}

static void put_row_title(struct markup *m, int row)
{
	markup_begin(m, "tr");
	markup_attribute(m, "class", "row");
	markup_begin(m, "th");
	markup_attributef(m, "colspan", "%d", COLUMNS);
	markup_attribute(m, "scope", "colgroup");
	if (row)
		markup_textf(m, "%d  ", row);
	markup_text(m, row_title(row));
	markup_end(m);
	markup_end(m);
	markup_raw(m, "\n");
}

static void put_verdict_cell(struct markup *m, const struct result *r)
{
	markup_begin(m, "td");
	page_badge(m, r);
	markup_end(m);
}

static void put_outcomes(struct markup *m, const struct pair *pair)
{
	char outcomes[2][OUTCOME_BYTES];

	pair_outcomes(pair, DIGITS, outcomes);
	markup_begin(m, "td");
	for (int i = 0; i < 2; i++)
		if (*outcomes[i])
			markup_element(m, "div", "outcome", outcomes[i]);
	markup_end(m);
}

static void put_pair(const struct page *p, size_t index)
{
	const struct pair *pair = &p->pairs[index];
	const struct scenario *s = pair_any(pair)->scenario;
	char name[NAME_BYTES], id[PAGE_ID_BYTES];
	struct markup *m = p->m;

	markup_begin(m, "tr");
	put_verdict_cell(m, pair->results[0]);
	put_verdict_cell(m, pair->results[1]);
	markup_begin(m, "td");
	markup_begin(m, "a");
	markup_attributef(m, "href", "#%s", page_id(index, id));
	markup_attribute(m, "title", s->title);
	markup_text(m, result_name(pair_any(pair), name, sizeof name));
	markup_end(m);
	markup_element(m, "div", "dim", role_title(s->role));
	markup_end(m);
	put_outcomes(m, pair);
	markup_element(m, "td", "control", s->control ? s->control : "");
	markup_begin(m, "td");
	page_clauses(m, s);
	markup_end(m);
	markup_end(m);
	markup_raw(m, "\n");
}

static void put_table(const struct page *p)
{
	int row = -1;

	markup_begin(p->m, "section");
	markup_attribute(p->m, "id", "table");
	markup_element(p->m, "h2", NULL, "Exception table");
	put_troubles(p);
	markup_begin(p->m, "div");
	markup_attribute(p->m, "class", "wide");
	markup_begin(p->m, "table");
	put_table_head(p->m);
	for (size_t i = 0; i < p->pair_count; i++) {
		int own = pair_any(&p->pairs[i])->scenario->row;

		if (own != row) {
			if (i)
				markup_end(p->m);
			markup_begin(p->m, "tbody");
			put_row_title(p->m, own);
		}
		row = own;
		put_pair(p, i);
	}
	if (p->pair_count)
		markup_end(p->m);
	markup_end(p->m);
	markup_end(p->m);
	markup_end(p->m);
	markup_raw(p->m, "\n");
}

/* --- the whole --- */

static void put_page(const struct page *p)
{
	markup_begin(p->m, "html");
	markup_attribute(p->m, "lang", "en");
	put_head(p);
	markup_begin(p->m, "body");
	put_summary(p);
	markup_begin(p->m, "main");
	put_table(p);
	markup_begin(p->m, "section");
	markup_element(p->m, "h2", NULL, "Scenarios");
	for (size_t i = 0; i < p->pair_count; i++)
		page_scenario(p, i);
	markup_end(p->m);
	page_about(p);
	markup_end(p->m);
	markup_end(p->m);
	markup_end(p->m);
	markup_raw(p->m, "\n");
}

bool html_print(FILE *out, const char *path, const struct about *about, const struct result *results,
                size_t count, struct diag *d)
{
	struct page p = {.path = path, .about = about, .count = count};
	struct pair *pairs = pairs_make(results, count, &p.pair_count);
	struct markup m;
	bool ok;

	if (!pairs)
		return diag_set(d, "cannot write the report: out of memory");
	for (size_t i = 0; i < count; i++)
		tally_add(&p.tally, &results[i]);
	p.pairs = pairs;
	p.m = &m;
	markup_start(&m, MARKUP_HTML);
	put_page(&p);
	ok = markup_write(&m, out, d);
	markup_free(&m);
	free(pairs);
	return ok;
}
