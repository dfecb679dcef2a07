/* Puts the two families of each scenario together. Knows the order of the exception table, and no layout. */
#include "report/pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/measures.h"
#include "report/reason.h"

const struct result *pair_any(const struct pair *p) { return p->results[0] ? p->results[0] : p->results[1]; }

static size_t collect(struct pair *pairs, const struct result *results, size_t count)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		const struct scenario *own = results[i].scenario;
		int family = results[i].family == 6;
		size_t at;

		for (at = 0; at < used; at++) {
			const struct scenario *s = pair_any(&pairs[at])->scenario;

			if (!pairs[at].results[family] && strcmp(s->file, own->file) == 0 &&
			    strcmp(s->title, own->title) == 0)
				break;
		}
		if (at == used)
			pairs[used++] = (struct pair){.order = at};
		pairs[at].results[family] = &results[i];
	}
	return used;
}

static int compare(const void *left, const void *right)
{
	static const int roles[] = {[ROLE_PASSIVE] = 0,
	                            [ROLE_ACTIVE] = 1,
	                            [ROLE_SIMULTANEOUS] = 2,
	                            [ROLE_LISTEN] = 3,
	                            [ROLE_NONE] = 4};
	const struct pair *a = left, *b = right;
	const struct scenario *x = pair_any(a)->scenario, *y = pair_any(b)->scenario;

	/* row 0 is the last */
	if (x->row != y->row)
		return !y->row || (x->row && x->row < y->row) ? -1 : 1;
	if (x->role != y->role)
		return roles[x->role] < roles[y->role] ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

struct pair *pairs_make(const struct result *results, size_t count, size_t *pair_count)
{
	struct pair *pairs = memory_new(count, sizeof *pairs);

	*pair_count = collect(pairs, results, count);
	qsort(pairs, *pair_count, sizeof *pairs, compare);
	return pairs;
}

void pair_outcomes(const struct pair *p, int digits, char texts[2][OUTCOME_BYTES])
{
	char each[2][OUTCOME_BYTES - 8] = {"", ""};

	for (int i = 0; i < 2; i++) {
		const struct result *r = p->results[i];

		if (r && r->verdict->kind == VERDICT_PASS)
			measures_text(r, digits, true, each[i], sizeof each[i]);
		else if (r)
			reason_text(r, each[i], sizeof each[i]);
	}
	texts[0][0] = texts[1][0] = '\0';
	if (!p->results[0] || !p->results[1] || strcmp(each[0], each[1]) == 0) {
		snprintf(texts[0], OUTCOME_BYTES, "%s", p->results[0] ? each[0] : each[1]);
		return;
	}
	for (int i = 0; i < 2; i++)
		if (each[i][0])
			snprintf(texts[i], OUTCOME_BYTES, "%s %s", i ? "IPv6:" : "IPv4:", each[i]);
}
