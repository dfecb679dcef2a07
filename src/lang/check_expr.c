/* Expressions and the fields that hold them: names looked up, constants
 * worked out, and whether a number counts from an ISN. */
#include <string.h>

#include "lang/check.h"

static const char *const words[] = {
    [EXPR_CONST] = "",          [EXPR_ISS] = "iss",         [EXPR_IRS] = "irs",
    [EXPR_SND_NXT] = "snd.nxt", [EXPR_SND_UNA] = "snd.una", [EXPR_SND_WND] = "snd.wnd",
    [EXPR_RCV_NXT] = "rcv.nxt", [EXPR_RCV_WND] = "rcv.wnd", [EXPR_SEG_SEQ] = "seq",
    [EXPR_SEG_END] = "end",     [EXPR_SEG_ACK] = "ack",     [EXPR_SEG_LEN] = "len",
    [EXPR_SEG_WND] = "win",     [EXPR_ADD] = " + ",         [EXPR_SUB] = " - ",
    [EXPR_MUL] = " * ",
};

const char *expr_word(enum expr_op op) { return words[op]; }

/* What a connection's number, or a segment's, is called; EXPR_CONST where it is none. */
static enum expr_op find(const char *name, enum expr_op first, enum expr_op last)
{
	for (enum expr_op op = first; op <= last; op++)
		if (strcmp(words[op], name) == 0)
			return op;
	return EXPR_CONST;
}

static enum expr_op find_variable(const char *name) { return find(name, EXPR_ISS, EXPR_RCV_WND); }

static void offer_variables(struct suggest *s)
{
	for (enum expr_op op = EXPR_ISS; op <= EXPR_RCV_WND; op++)
		suggest_offer(s, words[op]);
}

static bool leaf(struct check *c, enum expr_op op, uint32_t value, int slot, struct term *out)
{
	struct expr *e = arena_alloc(c->arena, sizeof *e);

	*e = (struct expr){.op = op, .value = value, .slot = slot};
	*out = (struct term){.expr = e, .absolute = op != EXPR_CONST, .size = 1};
	return true;
}

static bool check_member(struct check *c, const struct span *at, const char *segment, enum expr_op op,
                         struct term *out)
{
	const struct binding *b = binding_find(c, at, segment);

	return b && leaf(c, op, 0, b->slot, out);
}

static bool from_value(struct check *c, const struct span *at, const char *name, const struct value *v,
                       struct term *out)
{
	switch (v->kind) {
	case IS_TERM: *out = v->term; return true;
	case IS_SEGMENT: return check_member(c, at, name, EXPR_SEG_SEQ, out);
	case IS_RANGE: return check_error(c, at, "'%s' is a range: only numbers can be reckoned with", name);
	case IS_LITERAL: break;
	}
	if (v->literal.kind == LITERAL_NUMBER)
		return leaf(c, EXPR_CONST, v->literal.number, -1, out);
	return check_error(c, at, "'%s' is %s: only numbers can be reckoned with", name,
	                   literal_kind_text(v->literal.kind));
}

static bool check_name(struct check *c, const struct tree_expr *e, struct term *out)
{
	const struct value *argument = value_parameter(c, e->name);
	const struct param *param = symbols_get(c->params, e->name);
	enum expr_op variable = find_variable(e->name);
	struct suggest s = suggest_start(e->name);
	struct value value;

	if (argument)
		return from_value(c, &e->span, e->name, argument, out);
	if (variable)
		return leaf(c, variable, 0, -1, out);
	if (param)
		return from_value(c, &e->span, e->name,
		                  &(struct value){.kind = IS_LITERAL, .literal = param->literal}, out);
	if (symbols_get(c->bindings, e->name))
		return check_member(c, &e->span, e->name, EXPR_SEG_SEQ, out);
	if (value_of_profile(c, e->name, &value))
		return from_value(c, &e->span, e->name, &value, out);
	symbols_offer(c->params, &s);
	symbols_offer(c->bindings, &s);
	offer_variables(&s);
	return check_missing(c, &e->span, "unknown name '%s'%s", e->name, suggest_text(&s));
}

static bool check_dotted(struct check *c, const struct tree_expr *e, struct term *out)
{
	const char *dot = strchr(e->name, '.'), *segment;
	enum expr_op variable = find_variable(e->name), member = find(dot + 1, EXPR_SEG_SEQ, EXPR_SEG_WND);
	struct suggest s = suggest_start(e->name);

	if (variable)
		return leaf(c, variable, 0, -1, out);
	segment = arena_copy(c->arena, e->name, (size_t)(dot - e->name));
	offer_variables(&s);
	/* "snd.seq" is a slip of the pen, unless there is a segment of that name. */
	if (member && (!s.nearest || symbols_get(c->bindings, segment)))
		return check_member(c, &e->span, segment, member, out);
	if (s.nearest)
		return check_error(c, &e->span, "unknown number '%s'%s", e->name, suggest_text(&s));
	return check_error(c, &e->span, "unknown number '%s': a segment has seq, end, ack, len and win",
	                   e->name);
}

static bool check_binary(struct check *c, const struct tree_expr *e, enum expr_op op, struct term *out)
{
	struct term left, right;
	struct expr *both;
	uint32_t a, b;

	if (!expr_check(c, e->left, &left) || !expr_check(c, e->right, &right))
		return false;
	if (left.size + right.size >= TERM_MAX)
		return check_error(c, &e->span, "expression of more than %d parts, with its arguments put in",
		                   TERM_MAX);
	if (left.expr->op == EXPR_CONST && right.expr->op == EXPR_CONST) {
		a = left.expr->value;
		b = right.expr->value;
		leaf(c, EXPR_CONST, op == EXPR_ADD ? a + b : op == EXPR_SUB ? a - b : a * b, -1, out);
		out->absolute = left.absolute || right.absolute;
		return true;
	}
	both = arena_alloc(c->arena, sizeof *both);
	*both = (struct expr){.op = op, .slot = -1, .left = left.expr, .right = right.expr};
	*out = (struct term){both, left.absolute || right.absolute, left.size + right.size + 1};
	return true;
}

bool expr_check(struct check *c, const struct tree_expr *e, struct term *out)
{
	switch (e->kind) {
	case TREE_NUMBER: return leaf(c, EXPR_CONST, e->number, -1, out);
	case TREE_NAME: return check_name(c, e, out);
	case TREE_DOTTED: return check_dotted(c, e, out);
	case TREE_ABS:
		if (!expr_check(c, e->left, out))
			return false;
		out->absolute = true;
		return true;
	case TREE_ADD: return check_binary(c, e, EXPR_ADD, out);
	case TREE_SUB: return check_binary(c, e, EXPR_SUB, out);
	case TREE_MUL: return check_binary(c, e, EXPR_MUL, out);
	}
	return false;
}

bool field_from_expr(struct check *c, const struct tree_expr *e, const struct field_rule *rule,
                     struct field *out)
{
	struct term t;

	if (!expr_check(c, e, &t))
		return false;
	if (t.expr->op == EXPR_CONST && t.expr->value > rule->max)
		return check_error(c, &e->span, "%s %u is too large: at most %u", rule->what, t.expr->value,
		                   rule->max);
	*out = (struct field){FIELD_VALUE, rule->counted && !t.absolute, t.expr, t.expr};
	return true;
}

static bool check_range(struct check *c, const struct tree_field *f, const struct field_rule *rule,
                        struct field *out)
{
	struct field low, high;

	if (!field_from_expr(c, f->low, rule, &low) || !field_from_expr(c, f->high, rule, &high))
		return false;
	if (low.relative != high.relative)
		return check_error(
		    c, &f->span, "one end of this range counts from the initial number, the other does not");
	if (!rule->counted && low.low->op == EXPR_CONST && high.low->op == EXPR_CONST &&
	    low.low->value > high.low->value)
		return check_error(c, &f->span, "this range runs backwards");
	*out = (struct field){FIELD_RANGE, low.relative, low.low, high.low};
	return true;
}

bool field_check(struct check *c, const struct tree_field *f, const struct field_rule *rule,
                 struct field *out)
{
	if (f->kind != TREE_FIELD_VALUE && !rule->ranges)
		return check_error(c, &f->span, "%s is sent: it needs one value, not %s", rule->what,
		                   f->kind == TREE_FIELD_ANY ? "'*'" : "a range");
	switch (f->kind) {
	case TREE_FIELD_ANY: *out = (struct field){.kind = FIELD_ANY}; return true;
	case TREE_FIELD_VALUE: return field_from_expr(c, f->low, rule, out);
	case TREE_FIELD_RANGE: return check_range(c, f, rule, out);
	}
	return false;
}

bool field_constant(const struct field *f, uint32_t *out)
{
	if (f->kind != FIELD_VALUE || f->low->op != EXPR_CONST)
		return false;
	*out = f->low->value;
	return true;
}
