/* within, after, between, of; and expect retransmit: how often, how far apart, and when it gives up. */
#include <limits.h>

#include "lang/check.h"

bool duration_range(struct check *c, const struct tree_attr *attr, int64_t *low, int64_t *high)
{
	if (!attr->b)
		return value_range(c, attr->a, low, high);
	if (!value_duration(c, attr->a, low) || !value_duration(c, attr->b, high))
		return false;
	return *low <= *high || check_error(c, &attr->span, "the first time is longer than the second");
}

static bool check_of(struct check *c, const struct tree_attr *a, struct timing *t)
{
	const struct binding *b = binding_find(c, &a->span, a->name);

	if (!b)
		return false;
	if (b->lost)
		return check_error(c, &a->span,
		                   "'%s' was lost on our side: it never passed the wire, so it has no time",
		                   a->name);
	if (t->within_ns < 0 && t->after_ns < 0)
		return check_error(
		    c, &a->span, "'of %s' without a time: write within, after or between before it", a->name);
	t->ref = b->slot;
	return true;
}

/* What no profile bounds is waited for so long, and no longer: longer than twice the MSL of RFC 9293. */
#define UNBOUND_NS (300 * NS_PER_S)

/* The times that are written; where a profile's range has no end, nothing is too early or too late. */
static bool read_times(struct check *c, const struct tree_attr *within, const struct tree_attr *after,
                       const struct tree_attr *between, struct timing *out)
{
	if ((between && !duration_range(c, between, &out->after_ns, &out->within_ns)) ||
	    (within && !value_duration(c, within->a, &out->within_ns)) ||
	    (after && !value_duration(c, after->a, &out->after_ns)))
		return false;
	if (out->within_ns == FOREVER_NS)
		out->within_ns = UNBOUND_NS;
	if (out->after_ns == FOREVER_NS)
		out->after_ns = -1;
	return true;
}

bool timing_check(struct check *c, const struct tree_attr *attrs, struct timing *out)
{
	const struct tree_attr *within = attr_find(attrs, ATTR_WITHIN), *after = attr_find(attrs, ATTR_AFTER);
	const struct tree_attr *between = attr_find(attrs, ATTR_BETWEEN), *of = attr_find(attrs, ATTR_OF);

	*out = (struct timing){-1, -1, -1};
	if (between && (within || after))
		return check_error(c, &between->span,
		                   "'between' says both ends: 'within' and 'after' do not go with it");
	if (!read_times(c, within, after, between, out))
		return false;
	if (within && out->within_ns == 0)
		return check_error(c, &within->span, "nothing can happen within no time");
	if (within && after && out->after_ns > out->within_ns)
		return check_error(c, &after->span,
		                   "'after' is later than 'within': nothing can come between");
	return !of || check_of(c, of, out);
}

bool basis_check(struct check *c, const struct tree_attr *attrs, struct basis *out)
{
	const struct tree_attr *a = attr_find(attrs, ATTR_LEVEL);

	*out = (struct basis){.level = c->out->level};
	if (!a)
		return true;
	level_parse(a->name, &out->level);
	if (out->level == LEVEL_CHOICE)
		return value_choice(c, a, out);
	if (a->a)
		out->clause = clause_of(a->a, a->name);
	return !a->a || (out->clause.rfc > 0 && out->clause.rfc <= RFC_MAX) ||
	       check_error(c, &a->a->span, "there is no RFC %u", out->clause.rfc);
}

int64_t takes_after(const struct step *step) { return step->timing.after_ns > 0 ? step->timing.after_ns : 0; }

/* --- expect retransmit --- */

static bool check_count(struct check *c, const struct tree_attr *a, struct series *out)
{
	uint32_t low, high;

	if (!value_number(c, a->a, "a count", &low))
		return false;
	high = a->open ? UINT_MAX : low;
	if (a->b && !value_number(c, a->b, "a count", &high))
		return false;
	if (high == 0 || (low == 0 && !a->b && !a->open))
		return check_error(c, &a->span, "count 0: write 'silence D' where nothing may come");
	if (low > high)
		return check_error(c, &a->span, "the least count is greater than the most");
	if (low > STEPS_MAX)
		return check_error(c, &a->span, "count %u is too large: at most %d", low, STEPS_MAX);
	out->min = low;
	out->max = high;
	return true;
}

static bool check_backoff(struct check *c, const struct tree_attr *a, struct series *out)
{
	if (!value_decimal(c, a->a, "a back-off", &out->factor) || !value_fraction(c, a->b, &out->plus) ||
	    !value_fraction(c, a->c, &out->minus))
		return false;
	if (out->factor <= 1)
		return check_error(c, &a->a->span, "a back-off factor must be more than 1");
	if (out->minus >= 1)
		return check_error(c, &a->c->span, "a tolerance downwards must be less than 100%%");
	out->has_backoff = true;
	return true;
}

/* The slot of a segment of the peer's. */
static bool check_again(struct check *c, const struct span *at, const char *name, int *slot)
{
	const struct binding *b = binding_find(c, at, name);

	if (!b)
		return false;
	if (b->ours) {
		check_error(c, at, "'%s' is a segment of ours: only the peer's can be expected again", name);
		return messages_note(c->messages, &b->span, "it is sent here");
	}
	*slot = b->slot;
	return true;
}

static bool check_names(struct check *c, const struct tree_statement *s, struct series *out)
{
	const struct tree_value *with = s->values;

	if (!check_again(c, &s->name_span, s->name, &out->slot))
		return false;
	if (with && !check_again(c, &with->span, with->name, &out->with))
		return false;
	if (out->with == out->slot)
		return check_error(c, &with->span,
		                   "a resend of two segments in one needs two: '%s' is the first one",
		                   with->name);
	return true;
}

/* One attribute of a series; those of time are timing_check()'s. */
static bool check_one(struct check *c, const struct tree_attr *a, const struct tree_attr *attrs,
                      struct series *out)
{
	if (a->kind == ATTR_COUNT)
		return check_count(c, a, out);
	if (a->kind == ATTR_BACKOFF)
		return check_backoff(c, a, out);
	if (a->kind == ATTR_FIRST && !a->exempt) {
		if (!duration_range(c, a, &out->first_min_ns, &out->first_max_ns))
			return false;
		if (out->first_max_ns == FOREVER_NS)
			out->first_max_ns = out->first_min_ns = -1;
		return true;
	}
	if (a->kind == ATTR_FIRST && !attr_find(attrs, ATTR_BACKOFF))
		return check_error(c, &a->span,
		                   "'first exempt' without 'backoff': there is nothing to be exempt from");
	if (a->kind == ATTR_BUDGET) {
		if (!value_duration(c, a->a, &out->budget_ns))
			return false;
		if (!out->gives_up)
			return check_error(c, &a->span,
			                   "'budget' without 'gives up': it says when the peer does");
		if (out->budget_ns == 0)
			return check_error(c, &a->span, "a budget must be more than nothing");
	}
	return true;
}

bool check_retransmit(struct check *c, const struct tree_statement *s, struct step *step)
{
	const uint32_t allowed = ATTR_BIT(LOST) | ATTR_BIT(COUNT) | ATTR_BIT(BACKOFF) | ATTR_BIT(FIRST) |
	                         ATTR_BIT(GIVES_UP) | ATTR_BIT(BUDGET) | JUDGED;
	const struct tree_attr *first = attr_find(s->attrs, ATTR_FIRST);
	struct series *out = &step->series;
	bool ok;

	out->lost = attr_find(s->attrs, ATTR_LOST);
	out->gives_up = attr_find(s->attrs, ATTR_GIVES_UP);
	out->first_exempt = first && first->exempt;
	out->min = 1;
	out->max = out->gives_up ? UINT_MAX : 1;
	ok = attrs_allowed(c, s->attrs, allowed, "expect retransmit");
	ok = check_names(c, s, out) && ok;
	for (const struct tree_attr *a = s->attrs; a; a = a->next)
		ok = check_one(c, a, s->attrs, out) && ok;
	return timing_check(c, s->attrs, &step->timing) && ok;
}

/* first + first x factor + ...: count gaps. */
int64_t takes_series(const struct step *step)
{
	const int64_t rto_min_ns = 200 * NS_PER_MS; /* where nothing says when the first resend comes */
	const struct series *s = &step->series;
	double gap = (double)(s->first_min_ns >= 0 ? s->first_min_ns : rto_min_ns), sum = 0;
	double factor = s->has_backoff ? s->factor * (1 - s->minus) : 1;
	const double day = 24 * 3600e9;

	if (s->budget_ns >= 0)
		return s->budget_ns;
	for (unsigned i = 0; i < s->min + (s->gives_up ? 1 : 0) && sum < day; i++) {
		sum += gap;
		if (!(i == 0 && s->first_exempt))
			gap *= factor;
	}
	return (int64_t)(sum < day ? sum : day);
}
