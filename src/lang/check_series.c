/* expect retransmit: how often, how far apart, and when it gives up. */
#include <limits.h>

#include "lang/check.h"

#define BIT(kind) (UINT32_C(1) << (kind))

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

static bool check_first(struct check *c, const struct tree_attr *a, const struct tree_statement *s,
                        struct series *out)
{
	out->first_exempt = a->exempt;
	if (!a->exempt)
		return duration_range(c, a, &out->first_min_ns, &out->first_max_ns);
	if (attr_find(s->attrs, ATTR_BACKOFF))
		return true;
	return check_error(c, &a->span,
	                   "'first exempt' without 'backoff': there is nothing to be exempt from");
}

static bool check_budget(struct check *c, const struct tree_attr *a, const struct tree_statement *s,
                         struct series *out)
{
	if (!value_duration(c, a->a, &out->budget_ns))
		return false;
	if (!attr_find(s->attrs, ATTR_GIVES_UP))
		return check_error(c, &a->span, "'budget' without 'gives up': it says when the peer does");
	if (out->budget_ns > 0)
		return true;
	return check_error(c, &a->span, "a budget must be more than nothing");
}

static bool check_name(struct check *c, const struct span *at, const char *name, int *slot)
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

	if (!check_name(c, &s->name_span, s->name, &out->slot))
		return false;
	if (!with)
		return true;
	if (!check_name(c, &with->span, with->name, &out->with))
		return false;
	if (out->with != out->slot)
		return true;
	return check_error(c, &with->span, "a resend of two segments in one needs two: '%s' is the first one",
	                   with->name);
}

bool series_check(struct check *c, const struct tree_statement *s, struct step *step)
{
	const uint32_t allowed = BIT(ATTR_LOST) | BIT(ATTR_COUNT) | BIT(ATTR_BACKOFF) | BIT(ATTR_FIRST) |
	                         BIT(ATTR_GIVES_UP) | BIT(ATTR_BUDGET) | TIMES;
	const struct tree_attr *count = attr_find(s->attrs, ATTR_COUNT),
	                       *backoff = attr_find(s->attrs, ATTR_BACKOFF);
	const struct tree_attr *first = attr_find(s->attrs, ATTR_FIRST),
	                       *budget = attr_find(s->attrs, ATTR_BUDGET);
	struct series *out = &step->series;
	bool ok;

	*out = (struct series){.slot = -1,
	                       .with = -1,
	                       .min = 1,
	                       .max = 1,
	                       .first_min_ns = -1,
	                       .first_max_ns = -1,
	                       .budget_ns = -1};
	out->lost = attr_find(s->attrs, ATTR_LOST);
	out->gives_up = attr_find(s->attrs, ATTR_GIVES_UP);
	if (out->gives_up && !count)
		out->max = UINT_MAX;
	ok = attrs_allowed(c, s->attrs, allowed, "expect retransmit");
	ok = check_names(c, s, out) && ok;
	if (count)
		ok = check_count(c, count, out) && ok;
	if (backoff)
		ok = check_backoff(c, backoff, out) && ok;
	if (first)
		ok = check_first(c, first, s, out) && ok;
	if (budget)
		ok = check_budget(c, budget, s, out) && ok;
	return timing_check(c, s->attrs, &step->timing) && ok;
}
