/* The HTML report but for its scenarios: the summary, the table, the environment. */
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/memory.h"
#include "report/facts.h"
#include "report/page.h"
#include "report/words.h"

enum { NAME_BYTES = 256, COLUMNS = 6, DIGITS = 2, TROUBLES_MAX = 20 };

/* --- the summary --- */

static struct markup_words headline(const struct page *p)
{
	const struct tally *t = &p->tally;

	if (t->failed)
		return markup_words("%u of %zu failed", t->failed, p->count);
	if (t->errors)
		return markup_words("%u of %zu could not be judged", t->errors, p->count);
	if (!p->count)
		return markup_words("Nothing was run");
	if (t->warned)
		return markup_words("%u of %zu warned about", t->warned, p->count);
	if (t->known)
		return markup_words("%u passed, %u known", t->passed, t->known);
	if (!t->passed)
		return markup_words("All %u were skipped", t->skipped);
	if (t->skipped)
		return markup_words("%u passed, %u skipped", t->passed, t->skipped);
	return markup_words(t->passed == 1 ? "It passed" : "All %u passed", t->passed);
}

static void put_head(const struct page *p)
{
	struct markup *m = p->m;

	markup_begin(m, "head", NULL);
	markup_begin(m, "meta", "charset", "utf-8", NULL);
	markup_void(m);
	markup_begin(m, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1", NULL);
	markup_void(m);
	markup_begin(m, "meta", "name", "color-scheme", "content", "light dark", NULL);
	markup_void(m);
	markup_elementf(m, "title", NULL, "%s: fourwave, %.200s", headline(p).text, p->about->target);
	markup_begin(m, "style", NULL);
	markup_raw(m, embedded_text("page.css"));
	markup_end(m);
	markup_end_line(m);
}

/* How many of each, in numbers and as a bar. */
static void put_tally(struct markup *m, const struct tally *t)
{
	const struct {
		const char *class, *word;
		unsigned count;
	} kinds[] = {
	    {"pass", "passed", t->passed},   {"warn", "warned", t->warned},
	    {"fail", "failed", t->failed},   {"known", "known", t->known},
	    {"skip", "skipped", t->skipped}, {"error", t->errors == 1 ? "error" : "errors", t->errors}};
	enum { KNOWN = 3, KINDS = sizeof kinds / sizeof *kinds };

	markup_begin(m, "ul", "class", "tally", NULL);
	for (int i = 0; i < KINDS; i++) {
		if (i == KNOWN && !t->known)
			continue;
		markup_begin(m, "li", "class",
		             markup_words("%s%s", kinds[i].class, kinds[i].count ? "" : " zero").text, NULL);
		markup_elementf(m, "b", NULL, "%u", kinds[i].count);
		markup_textf(m, " %s", kinds[i].word);
		markup_end(m);
	}
	markup_end(m);
	markup_begin(m, "div", "class", "bar", "aria-hidden", "true", NULL);
	for (int i = 0; i < KINDS; i++) {
		if (!kinds[i].count)
			continue;
		markup_begin(m, "span", "class", kinds[i].class, NULL);
		markup_attributef(m, "style", "flex-grow:%u", kinds[i].count);
		markup_end(m);
	}
	markup_end(m);
}

static void put_summary(const struct page *p)
{
	struct markup *m = p->m;
	char date[DATE_TEXT_BYTES];

	date_text(p->about->began, date);
	date[10] = ' ';
	markup_begin(m, "header", NULL);
	markup_element(m, "p", "program", p->about->program);
	markup_element(m, "h1", NULL, headline(p).text);
	markup_elementf(m, "p", "dim", "Target: %.200s%s%.60s \xc2\xb7 %s UTC \xc2\xb7 %.3g s%s",
	                p->about->target, p->about->profile ? " \xc2\xb7 judged by the profile " : "",
	                p->about->profile ? p->about->profile : "", date, p->about->seconds,
	                p->about->interrupted ? " \xc2\xb7 interrupted: not all was played" : "");
	put_tally(m, &p->tally);
	markup_end_line(m);
}

/* --- what went wrong, in short --- */

/* Lists of their own. */
enum trouble { TROUBLE_BAD, TROUBLE_WARNED, TROUBLE_KNOWN };

static bool is_trouble(enum verdict_kind kind, const char *known, enum trouble which)
{
	if (known)
		return which == TROUBLE_KNOWN;
	return kind == VERDICT_WARN ? which == TROUBLE_WARNED
	                            : which == TROUBLE_BAD && kind != VERDICT_PASS && kind != VERDICT_SKIP;
}

/* And why it does not count. */
static void put_known(struct markup *m, const char *known)
{
	if (!known)
		return;
	markup_text(m, "; known: ");
	markup_text(m, known_reason(known));
}

static void put_trouble(const struct page *p, size_t pair, const struct result *r)
{
	char name[NAME_BYTES], reason[REASON_BYTES];

	markup_begin(p->m, "li", NULL);
	page_badge(p->m, r);
	markup_text(p->m, " ");
	page_begin_link(p->m, pair, NULL);
	markup_textf(p->m, "%s (%s)", result_name(r, name, sizeof name), family_name(r->family));
	markup_end(p->m);
	markup_text(p->m, ": ");
	markup_text(p->m, outcome_brief(r, reason, sizeof reason));
	put_known(p->m, r->known);
	markup_end_line(p->m);
}

static void put_broken(const struct page *p, const struct rule_result *rule)
{
	char text[REASON_BYTES];

	markup_begin(p->m, "li", NULL);
	page_verdict(p->m, rule->kind, rule->known);
	markup_text(p->m, " ");
	markup_begin(p->m, "a", "href", markup_words("#%s", rules[rule->rule].id).text, NULL);
	markup_text(p->m, rules[rule->rule].id);
	markup_end(p->m);
	markup_text(p->m, ": ");
	markup_text(p->m, rule_text(rule, text, sizeof text));
	put_known(p->m, rule->known);
	markup_end_line(p->m);
}

/* What failed and could not be judged, and apart from that what is warned about, or known. */
static void put_troubles(const struct page *p, enum trouble which)
{
	static const char *const classes[] = {[TROUBLE_BAD] = "troubles",
	                                      [TROUBLE_WARNED] = "troubles warn",
	                                      [TROUBLE_KNOWN] = "troubles known"};
	const unsigned counts[] = {[TROUBLE_BAD] = p->tally.failed + p->tally.errors,
	                           [TROUBLE_WARNED] = p->tally.warned,
	                           [TROUBLE_KNOWN] = p->tally.known};
	unsigned shown = 0, all = counts[which];

	if (!all)
		return;
	markup_begin(p->m, "ul", "class", classes[which], NULL);
	for (size_t i = 0; i < p->rules->count; i++)
		if (is_trouble(p->rules->list[i].kind, p->rules->list[i].known, which)) {
			put_broken(p, &p->rules->list[i]);
			shown++;
		}
	for (size_t i = 0; i < p->pair_count && shown < TROUBLES_MAX; i++)
		for (int family = 0; family < 2; family++) {
			const struct result *r = p->pairs[i].results[family];

			if (!r || !is_trouble(r->verdict->kind, r->known, which))
				continue;
			put_trouble(p, i, r);
			shown++;
		}
	if (shown < all)
		markup_elementf(p->m, "li", NULL, "and %u more: see the table", all - shown);
	markup_end(p->m);
}

/* What the baseline still has, and did not come. */
static void put_gone(const struct page *p, const struct gone_list *gone)
{
	char text[REASON_BYTES];

	if (!gone || !gone->count)
		return;
	markup_begin(p->m, "ul", "class", "troubles gone", NULL);
	for (size_t i = 0; i < gone->count; i++) {
		markup_begin(p->m, "li", NULL);
		markup_element(p->m, "span", "badge gone", "gone");
		markup_textf(p->m, " %.800s:%d: ", gone->list[i].where.file, gone->list[i].where.line);
		markup_text(p->m, gone_text(&gone->list[i], text, sizeof text));
		markup_end_line(p->m);
	}
	markup_end(p->m);
}

/* --- the table --- */

static void put_pair(const struct page *p, size_t index)
{
	const struct pair *pair = &p->pairs[index];
	const struct scenario *s = pair_any(pair)->scenario;
	char name[NAME_BYTES], outcomes[2][OUTCOME_BYTES];
	struct markup *m = p->m;

	markup_begin(m, "tr", NULL);
	for (int i = 0; i < 2; i++) {
		markup_begin(m, "td", NULL);
		page_badge(m, pair->results[i]);
		markup_end(m);
	}
	markup_begin(m, "td", NULL);
	page_begin_link(m, index, s->title);
	markup_text(m, result_name(pair_any(pair), name, sizeof name));
	markup_end(m);
	markup_element(m, "div", "dim", role_title(s->role));
	markup_end(m);
	pair_outcomes(pair, DIGITS, outcomes);
	markup_begin(m, "td", NULL);
	for (int i = 0; i < 2; i++)
		if (*outcomes[i])
			markup_element(m, "div", "outcome", outcomes[i]);
	markup_end(m);
	markup_element(m, "td", "control", s->control ? s->control : "");
	markup_begin(m, "td", NULL);
	page_clauses(m, s);
	markup_end(m);
	markup_end_line(m);
}

static void put_table(const struct page *p, const struct gone_list *gone)
{
	static const char *const names[COLUMNS] = {"IPv4",     "IPv6",    "Scenario",
	                                           "Measured", "Control", "Clauses"};
	struct markup *m = p->m;

	markup_begin(m, "section", "id", "table", NULL);
	markup_element(m, "h2", NULL, "Exception table");
	put_troubles(p, TROUBLE_BAD);
	put_troubles(p, TROUBLE_WARNED);
	put_troubles(p, TROUBLE_KNOWN);
	put_gone(p, gone);
	markup_begin(m, "div", "class", "wide", NULL);
	markup_begin(m, "table", NULL);
	markup_begin(m, "thead", NULL);
	markup_begin(m, "tr", NULL);
	for (int i = 0; i < COLUMNS; i++) {
		markup_begin(m, "th", "scope", "col", NULL);
		markup_text(m, names[i]);
		markup_end(m);
	}
	markup_end(m);
	for (size_t i = 0; i < p->pair_count; i++) {
		int row = pair_any(&p->pairs[i])->scenario->row;

		if (!i || row != pair_any(&p->pairs[i - 1])->scenario->row) {
			markup_end(m);
			markup_begin(m, "tbody", NULL);
			markup_begin(m, "tr", "class", "row", NULL);
			markup_begin(m, "th", "colspan", markup_words("%d", COLUMNS).text, "scope",
			             "colgroup", NULL);
			if (row)
				markup_textf(m, "%d  ", row);
			markup_text(m, row_title(row));
			markup_end(m);
			markup_end_line(m);
		}
		put_pair(p, i);
	}
	markup_end(m);
	markup_end(m);
	markup_end(m);
	markup_end_line(m);
}

/* --- where, when and with what it was run --- */

static void put_fact(struct markup *m, const char *name, const char *class, const char *text)
{
	if (!text || !*text)
		return;
	markup_element(m, "dt", NULL, name);
	markup_element(m, "dd", class, text);
}

/* All that the scenarios want of the peer's host, each once. */
static void put_sysctls(const struct page *p)
{
	const struct sysctl_setting **seen = NULL;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < p->pair_count; i++) {
		const struct scenario *s = pair_any(&p->pairs[i])->scenario;

		for (size_t j = 0; j < s->sysctl_count; j++) {
			const struct sysctl_setting *own = &s->sysctls[j];
			size_t k = 0;

			while (k < count && (strcmp(seen[k]->name, own->name) != 0 ||
			                     strcmp(seen[k]->value, own->value) != 0))
				k++;
			if (k == count)
				*LIST_ADD(seen, count, room) = own;
		}
	}
	if (count) {
		markup_element(p->m, "dt", NULL, "Sysctls wanted");
		markup_begin(p->m, "dd", NULL);
		for (size_t k = 0; k < count; k++)
			page_setting(p->m, seen[k]);
		markup_end(p->m);
	}
	free(seen);
}

static void put_about(const struct page *p)
{
	const struct about *a = p->about;
	bool lab = strcmp(a->target, "lab") == 0;
	char date[DATE_TEXT_BYTES];

	markup_begin(p->m, "section", "id", "environment", NULL);
	markup_element(p->m, "h2", NULL, "Environment");
	markup_begin(p->m, "dl", "class", "facts", NULL);
	put_fact(p->m, "Command", "mono", a->command_line);
	put_fact(p->m, "Program", NULL, a->program);
	put_fact(p->m, "Target", NULL,
	         lab ? "lab: network namespaces of this host, its kernel as the peer" : a->target);
	put_fact(p->m, "This host", NULL, a->host);
	put_fact(p->m, "Kernel here", NULL, a->system);
	put_sysctls(p);
	put_fact(p->m, "Began", NULL, markup_words("%s UTC", date_text(a->began, date)).text);
	put_fact(p->m, "Took", NULL,
	         markup_words("%.3g s%s", a->seconds, a->interrupted ? ", interrupted" : "").text);
	markup_end(p->m);
	markup_end_line(p->m);
}

/* --- the whole --- */

bool html_print(FILE *out, const struct run_report *run, struct diag *d)
{
	struct markup m;
	const struct rule_results none = {.count = 0};
	struct page p = {.m = &m, .path = run->path, .about = run->about, .count = run->count};
	struct pair *pairs = pairs_make(run->results, run->count, &p.pair_count);
	bool ok;

	for (size_t i = 0; i < run->count; i++)
		tally_add(&p.tally, &run->results[i]);
	p.rules = run->rules ? run->rules : &none;
	tally_add_rules(&p.tally, p.rules);
	p.count += p.rules->count;
	p.pairs = pairs;
	markup_start(&m, MARKUP_HTML);
	markup_begin(&m, "html", "lang", "en", NULL);
	put_head(&p);
	markup_begin(&m, "body", NULL);
	put_summary(&p);
	markup_begin(&m, "main", NULL);
	put_table(&p, run->gone);
	page_rules(&p);
	markup_begin(&m, "section", NULL);
	markup_element(&m, "h2", NULL, "Scenarios");
	for (size_t i = 0; i < p.pair_count; i++)
		page_scenario(&p, i);
	markup_end(&m);
	put_about(&p);
	markup_end(&m);
	markup_end(&m);
	markup_end_line(&m);
	ok = markup_write(&m, out, d);
	free(pairs);
	return ok;
}
