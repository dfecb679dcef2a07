/* Parts of the HTML report. html.c puts them together. */
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

/* page_scenario.c: all of one scenario, under the id that page_id() names. */
void page_scenario(const struct page *p, size_t index);

/* page_about.c: where, when, with what. */
void page_about(const struct page *p);

/* page_words.c: small things that several parts have. */

/* "s12": the id of a scenario's part. */
enum { PAGE_ID_BYTES = 32 };
const char *page_id(size_t index, char buf[PAGE_ID_BYTES]);

/* A verdict, in colour, with a sign and its name. NULL: not run. */
void page_badge(struct markup *m, const struct result *r);

/* The clauses, each linked to the RFC. */
void page_clauses(struct markup *m, const struct scenario *s);

/* "name = value". */
void page_setting(struct markup *m, const struct sysctl_setting *s);

/* A name and what it stands for, in a description list. Nothing where text is
 * NULL or empty. class may be NULL. */
void page_fact(struct markup *m, const char *name, const char *class, const char *text);

#endif
