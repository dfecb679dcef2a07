/* A scenario's part of the HTML report: what it proves, and for each family the verdict with its evidence. */
#include "report/page.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/facts.h"
#include "report/link.h"
#include "report/plot.h"
#include "report/svg.h"

/* --- facts --- */

static void put_settings(struct markup *m, const struct scenario *s)
{
	for (size_t i = 0; i < s->sysctl_count; i++)
		page_setting(m, &s->sysctls[i]);
}

/* A file that can be opened from where the page will be. */
static void put_file(const struct page *p, const char *file)
{
	char *reference = link_relative(p->path, file);

	markup_begin(p->m, reference ? "a" : "span");
	markup_attribute(p->m, "class", reference ? "mono" : NULL);
	markup_attribute(p->m, "href", reference);
	markup_text(p->m, file);
	markup_end(p->m);
	free(reference);
}

struct facts_of {
	const struct page *page;
	const struct scenario *scenario;
};

static void put_fact(void *context, const struct fact *f)
{
	static const char *const classes[] = {
	    [FACT_REASON] = "reason", [FACT_CODE] = "mono",          [FACT_PLACE] = "mono",
	    [FACT_GOT] = "mono bad",  [FACT_EXPECTED] = "mono good", [FACT_ALSO] = "mono bad",
	    [FACT_FILE] = NULL};
	const struct facts_of *of = context;
	struct markup *m = of->page->m;

	markup_begin(m, "dt");
	markup_textf(m, "%c%s", toupper((unsigned char)*f->key), f->key + 1);
	markup_end(m);
	markup_begin(m, "dd");
	markup_attribute(m, "class", classes[f->kind]);
	if (f->kind == FACT_FILE)
		put_file(of->page, f->text);
	else if (f->kind == FACT_CLAUSES)
		page_clauses(m, of->scenario);
	else if (f->kind == FACT_SETTINGS)
		put_settings(m, of->scenario);
	else
		markup_text(m, f->text);
	markup_end(m);
}

static void put_facts(const struct page *p, const struct result *r, unsigned which, const char *class)
{
	struct facts_of of = {p, r->scenario};

	markup_begin(p->m, "dl");
	markup_attribute(p->m, "class", class);
	facts_each(r, which, put_fact, &of);
	markup_end(p->m);
}

/* --- a family --- */

static void put_run(const struct page *p, const struct result *r)
{
	struct markup *m = p->m;
	char class[32];

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
	snprintf(class, sizeof class, "outcome %s", verdict_name(r->verdict->kind));
	put_facts(p, r, FACTS_HTML, class);
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
	put_facts(p, any, FACTS_SCENARIO, "facts");
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
