/* within, after, between, of. */
#include "lang/check.h"

static bool check_within(struct check *c, const struct tree_attr *a, struct timing *out)
{
	if (!value_duration(c, a->a, &out->within_ns))
		return false;
	if (out->within_ns > 0)
		return true;
	return check_error(c, &a->span, "nothing can happen within no time");
}

static bool check_between(struct check *c, const struct tree_attr *a, const struct tree_attr *attrs,
                          struct timing *out)
{
	if (attr_find(attrs, ATTR_WITHIN) || attr_find(attrs, ATTR_AFTER))
		return check_error(c, &a->span,
		                   "'between' says both ends: 'within' and 'after' do not go with it");
	return duration_range(c, a, &out->after_ns, &out->within_ns);
}

static bool check_of(struct check *c, const struct tree_attr *a, const struct timing *t, int *ref)
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
	*ref = b->slot;
	return true;
}

bool timing_check(struct check *c, const struct tree_attr *attrs, struct timing *out)
{
	const struct tree_attr *within = attr_find(attrs, ATTR_WITHIN), *after = attr_find(attrs, ATTR_AFTER);
	const struct tree_attr *between = attr_find(attrs, ATTR_BETWEEN), *of = attr_find(attrs, ATTR_OF);

	*out = (struct timing){-1, -1, -1};
	if (between && !check_between(c, between, attrs, out))
		return false;
	if (within && !check_within(c, within, out))
		return false;
	if (after && !value_duration(c, after->a, &out->after_ns))
		return false;
	if (within && after && out->after_ns > out->within_ns)
		return check_error(c, &after->span,
		                   "'after' is later than 'within': nothing can come between");
	return !of || check_of(c, of, out, &out->ref);
}

bool duration_range(struct check *c, const struct tree_attr *attr, int64_t *low, int64_t *high)
{
	if (!value_duration(c, attr->a, low) || !value_duration(c, attr->b, high))
		return false;
	if (*low <= *high)
		return true;
	return check_error(c, &attr->span, "the first time is longer than the second");
}
