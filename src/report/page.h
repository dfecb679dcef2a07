/* The HTML report's two parts: html.c has the summary, the table and the environment, and html_scenario.c has
 * each scenario. */
#ifndef FW_PAGE_H
#define FW_PAGE_H

#include "report/formats.h"
#include "report/markup.h"
#include "report/result.h"

/* One scenario, both families. */
struct pair {
	const struct result *results[2]; /* IPv4, IPv6; NULL: not run */
	size_t order;
};

/* Results in any order: the two families of a scenario are found by the scenario's file; rows go up, row 0
 * last, within a row the peer's close before ours, then in the order given. The results are borrowed. The
 * caller frees the list. */
struct pair *pairs_make(const struct result *results, size_t count, size_t *pair_count);

/* One of its results, for what both have. */
const struct result *pair_any(const struct pair *p);

/* What was measured, or why it is no pass, with so many digits: one text where both families say the same,
 * else one each, the family before it. "" where there is nothing to say. */
enum { OUTCOME_BYTES = 2048 };
void pair_outcomes(const struct pair *p, int digits, char texts[2][OUTCOME_BYTES]);

struct page {
	struct markup *m;
	const char *path; /* where it will be */
	const struct about *about;
	const struct pair *pairs;
	size_t pair_count;
	const struct rule_results *rules; /* that were broken; never NULL */
	struct tally tally;
	size_t count; /* of results, rules counted in */
};

/* "s12": the id of a scenario's part, by its number from 1. */
#define PAGE_ID "s%zu"

/* A link to it. */
void page_begin_link(struct markup *m, size_t index, const char *title);

/* The rules that were broken, each under its own id; nothing where there are none. */
void page_rules(const struct page *p);

/* All of one scenario, under that id. */
void page_scenario(const struct page *p, size_t index);

/* A verdict, or that it is known, in colour, with a sign and its name; of a result, where NULL is "not run".
 */
void page_verdict(struct markup *m, enum verdict_kind kind, const char *known);
void page_badge(struct markup *m, const struct result *r);

/* A clause, and all of a scenario, each linked to the RFC. */
void page_clause(struct markup *m, const struct clause *c);
void page_clauses(struct markup *m, const struct scenario *s);

/* "name = value". */
void page_setting(struct markup *m, const struct sysctl_setting *s);

#endif
