/* One step at a time: what stands in it, and whether it may stand here. */
#include <string.h>

#include "lang/check.h"

#define BIT(kind) (UINT32_C(1) << (kind))

static bool bind_one(struct check *c, const struct tree_segment *s, bool ours, bool certain,
                     struct pattern *p)
{
	const struct tree_attr *as = attr_find(s->attrs, ATTR_AS);

	if (!as)
		return true;
	p->slot = binding_make(c, &as->span, as->name, ours, ours && p->lost, certain);
	return p->slot >= 0;
}

/* Is the name of this alternative given in each of the others too? */
static bool in_all(const struct tree_segment *list, const char *name)
{
	for (; list; list = list->next) {
		const struct tree_attr *as = attr_find(list->attrs, ATTR_AS);

		if (!as || strcmp(as->name, name) != 0)
			return false;
	}
	return true;
}

/* Names are bound when all patterns are made, so none refers to itself. */
static bool bind_all(struct check *c, const struct tree_statement *s, struct step *out)
{
	struct pattern *p = out->patterns;
	bool ok = true;

	for (const struct tree_segment *seg = s->segments; seg; seg = seg->next, p++) {
		const struct tree_attr *as = attr_find(seg->attrs, ATTR_AS);

		if (as)
			ok = bind_one(c, seg, s->kind == TREE_SEND, in_all(s->segments, as->name), p) && ok;
	}
	return ok;
}

static bool check_segments(struct check *c, const struct tree_statement *s, enum use use, struct step *out)
{
	bool ok = true;
	size_t count = 0;

	for (const struct tree_segment *seg = s->segments; seg; seg = seg->next)
		count++;
	c->work += count;
	out->patterns = arena_alloc(c->arena, (count > 0 ? count : 1) * sizeof *out->patterns);
	out->pattern_count = count;
	count = 0;
	for (const struct tree_segment *seg = s->segments; seg; seg = seg->next)
		ok = segment_check(c, seg, use, &out->patterns[count++]) && ok;
	return ok;
}

static bool check_send(struct check *c, const struct tree_statement *s, struct step *out)
{
	bool ok;

	out->kind = STEP_SEND;
	ok = check_segments(c, s, USE_SEND, out);
	/* The name counts as known even where the rest is wrong: one mistake, one message. */
	return bind_all(c, s, out) && ok;
}

static bool check_expect(struct check *c, const struct tree_statement *s, struct step *out)
{
	bool single = s->kind == TREE_EXPECT, ok;

	out->kind = STEP_EXPECT;
	if (!s->segments)
		return check_missing(c, &s->span, "'one of' without an alternative");
	ok = check_segments(c, s, single ? USE_EXPECT : USE_ALTERNATIVE, out);
	ok = bind_all(c, s, out) && ok;
	if (!single)
		ok = attrs_allowed(c, s->attrs, TIMES, "expect one of") && ok;
	return timing_check(c, s->attrs, &out->timing) && ok;
}

static bool check_silence(struct check *c, const struct tree_statement *s, struct step *out)
{
	out->kind = STEP_SILENCE;
	if (!value_duration(c, s->values, &out->duration_ns))
		return false;
	if (out->duration_ns == 0)
		return check_error(c, &s->values->span, "a silence of no time proves nothing");
	return check_segments(c, s, USE_EXCEPT, out);
}

static bool check_interval(struct check *c, const struct tree_statement *s, struct step *out)
{
	const struct tree_value *from = s->values, *to = from->next;
	const struct binding *a = binding_find(c, &from->span, from->name);
	const struct binding *b = binding_find(c, &to->span, to->name);

	out->kind = STEP_INTERVAL;
	if (!attrs_allowed(c, s->attrs, TIMES & ~BIT(ATTR_OF), "interval") || !a || !b)
		return false;
	if (a->lost || b->lost)
		return check_error(c, a->lost ? &from->span : &to->span,
		                   "'%s' was lost on our side: it never passed the wire, so it has no time",
		                   a->lost ? from->name : to->name);
	if (a == b)
		return check_error(c, &to->span, "an interval needs two segments");
	if (!s->attrs)
		return check_error(c, &s->span, "an interval needs a time: within, after or between");
	out->from = a->slot;
	out->to = b->slot;
	return timing_check(c, s->attrs, &out->timing);
}

static bool check_open(struct check *c, const struct tree_statement *s, struct step *out)
{
	const struct tree_attr *iss = attr_find(s->attrs, ATTR_ISS);
	const struct field_rule rule = {"iss", false, false, UINT32_MAX};
	struct field field;
	uint32_t value;

	out->kind = STEP_OPEN;
	out->handshake.syn.where = out->where;
	out->handshake.syn.slot = -1;
	if (!attrs_check(c, s->attrs, USE_OPEN, &out->handshake.syn) ||
	    !timing_check(c, s->attrs, &out->timing))
		return false;
	if (!iss)
		return true;
	if (!field_check(c, &iss->field, &rule, &field))
		return false;
	if (!field_constant(&field, &value))
		return check_error(c, &iss->field.span,
		                   "our initial number must be a plain number: there is no connection yet");
	out->handshake.has_iss = true;
	out->handshake.iss = field.low;
	return true;
}

static bool check_place(struct check *c, const struct tree_statement *s)
{
	if (c->left)
		return check_missing(c, &s->span, "step after 'leave': it ends the scenario");
	if (s->kind == TREE_OPEN && c->opened) {
		check_missing(c, &s->span, "second 'open': a scenario has one connection");
		return messages_note(c->messages, &c->open_span, "it is opened here");
	}
	if (s->kind == TREE_OPEN) {
		c->opened = true;
		c->open_span = s->span;
	} else if (!c->opened && !c->too_early && s->kind != TREE_ALLOW) {
		check_missing(c, &s->span, "'%s' before 'open': only 'allow' may precede it",
		              tree_kind_word(s->kind));
		c->too_early = true; /* told once */
	}
	c->left = s->kind == TREE_LEAVE;
	return true;
}

static bool dispatch(struct check *c, const struct tree_statement *s, struct step *out)
{
	switch (s->kind) {
	case TREE_OPEN: return check_open(c, s, out);
	case TREE_SEND: return check_send(c, s, out);
	case TREE_EXPECT:
	case TREE_ONE_OF: return check_expect(c, s, out);
	case TREE_RETRANSMIT: out->kind = STEP_RETRANSMIT; return series_check(c, s, out);
	case TREE_SILENCE: return check_silence(c, s, out);
	case TREE_ALLOW: out->kind = STEP_ALLOW; return check_segments(c, s, USE_ALLOW, out);
	case TREE_FENCE:
		out->kind = STEP_FENCE;
		return attrs_allowed(c, s->attrs, BIT(ATTR_WITHIN), "fence") &&
		       timing_check(c, s->attrs, &out->timing);
	case TREE_INTERVAL: return check_interval(c, s, out);
	case TREE_PROVOKE: out->kind = STEP_PROVOKE; return provoke_check(c, s, &out->provocation);
	case TREE_STATE: return state_check_run(c, s, out);
	case TREE_LEAVE: out->kind = STEP_LEAVE; return true;
	case TREE_SCENARIO:
	case TREE_ROW:
	case TREE_ROLE:
	case TREE_RFC:
	case TREE_CLAIM:
	case TREE_CONTROL:
	case TREE_SYSCTL:
	case TREE_PARAM:
	case TREE_FAMILY:
	case TREE_TAKES:
	case TREE_INCLUDE:
	case TREE_BLOCK:
	case TREE_REPEAT:
	case TREE_PLAY: break;
	}
	return false;
}

bool step_check(struct check *c, const struct tree_statement *s, struct step *out)
{
	bool placed = check_place(c, s);

	*out = (struct step){
	    .where = span_where(&s->span),
	    .timing = {-1, -1, -1},
	    .from = -1,
	    .to = -1,
	    .series = {.slot = -1, .with = -1, .first_min_ns = -1, .first_max_ns = -1, .budget_ns = -1},
	};
	out->handshake.syn.slot = -1;
	out->text = source_excerpt(c->arena, &s->span);
	c->statement = s;
	return dispatch(c, s, out) && placed;
}
