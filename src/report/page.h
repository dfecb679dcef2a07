/* The HTML report's two parts: html.c has the summary, the table and the environment, and html_scenario.c has
 * each scenario. */
#ifndef FW_PAGE_H
#define FW_PAGE_H

#include "report/about.h"
#include "report/markup.h"
#include "report/pairs.h"

struct page {
	struct markup *m;
	const char *path; /* where it will be */
	const struct about *about;
	const struct pair *pairs;
	size_t pair_count;
	struct tally tally;
	size_t count; /* of results */
};

/* "s12": the id of a scenario's part. */
enum { PAGE_ID_BYTES = 32 };
const char *page_id(size_t index, char buf[PAGE_ID_BYTES]);

/* All of one scenario, under that id. */
void page_scenario(const struct page *p, size_t index);

/* A verdict, in colour, with a sign and its name. NULL: not run. */
void page_badge(struct markup *m, const struct result *r);

/* The clauses, each linked to the RFC. */
void page_clauses(struct markup *m, const struct scenario *s);

/* "name = value". */
void page_setting(struct markup *m, const struct sysctl_setting *s);

#endif
