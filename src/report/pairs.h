/* The two families' results of each scenario put together, in the order of the exception table. */
#ifndef FW_PAIRS_H
#define FW_PAIRS_H

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

#endif
