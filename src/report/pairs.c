/* Puts the two families of each scenario together. Knows the order of the exception table, and no layout. */
#include "report/pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/measures.h"
#include "report/reason.h"

const struct result *pair_any(const struct pair *p) { return p->results[0] ? p->results[0] : p->results[1]; }

static bool same_scenario(const struct pair *p, const struct result *r)
{
	const struct scenario *s = pair_any(p)->scenario;

	if (s == r->scenario)
		return true;
	return strcmp(s->file, r->scenario->file) == 0 && strcmp(s->title, r->scenario->title) == 0;
}

static size_t collect(struct pair *pairs, const struct result *results, size_t count)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		int family = results[i].family == 6;
		size_t at = 0;

		while (at < used && (pairs[at].results[family] || !same_scenario(&pairs[at], &results[i])))
			at++;
		if (at == used)
			pairs[used++] = (struct pair){.order = at};
		pairs[at].results[family] = &results[i];
	}
	return used;
}

static int role_order(enum role role)
{
	static const int orders[] = {[ROLE_PASSIVE] = 0,
	                             [ROLE_ACTIVE] = 1,
	                             [ROLE_SIMULTANEOUS] = 2,
	                             [ROLE_LISTEN] = 3,
	                             [ROLE_NONE] = 4};

	return orders[role];
}

static int row_order(int row) { return row ? row : 1000; }

static int compare(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;
	const struct scenario *x = pair_any(a)->scenario, *y = pair_any(b)->scenario;

	if (x->row != y->row)
		return row_order(x->row) < row_order(y->row) ? -1 : 1;
	if (x->role != y->role)
		return role_order(x->role) < role_order(y->role) ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

struct pair *pairs_make(const struct result *results, size_t count, size_t *pair_count)
{
	struct pair *pairs = memory_new(count, sizeof *pairs);

	*pair_count = collect(pairs, results, count);
	qsort(pairs, *pair_count, sizeof *pairs, compare);
	return pairs;
}

/* A pass: what was measured. Else why it is none. */
static void outcome(const struct result *r, int digits, char *buf, size_t size)
{
	if (!r)
		*buf = '\0';
	else if (r->verdict->kind == VERDICT_PASS)
		measures_text(r, digits, true, buf, size);
	else
		reason_text(r, buf, size);
}

void pair_outcomes(const struct pair *p, int digits, char texts[2][OUTCOME_BYTES])
{
	char each[2][OUTCOME_BYTES - 8];

	for (int i = 0; i < 2; i++)
		outcome(p->results[i], digits, each[i], sizeof each[i]);
	texts[0][0] = texts[1][0] = '\0';
	if (!p->results[0] || !p->results[1] || strcmp(each[0], each[1]) == 0) {
		snprintf(texts[0], OUTCOME_BYTES, "%s", p->results[0] ? each[0] : each[1]);
		return;
	}
	for (int i = 0; i < 2; i++)
		if (each[i][0])
			snprintf(texts[i], OUTCOME_BYTES, "%s %s", i ? "IPv6:" : "IPv4:", each[i]);
}
