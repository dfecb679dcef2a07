/* Params, block parameters and literals: what a value is, and whether it is
 * of the type that its place wants. */
#include <string.h>

#include "lang/check.h"

enum { TAIL_BYTES = 64 };

const struct value *value_parameter(const struct check *c, const char *name)
{
	size_t i = 0;

	if (!c->frame)
		return NULL;
	for (const struct tree_value *p = c->frame->block->values; p; p = p->next, i++)
		if (strcmp(p->name, name) == 0)
			return &c->frame->values[i];
	return NULL;
}

void value_unknown(struct check *c, const struct span *at, const char *name, const char *what)
{
	struct suggest s = suggest_start(name);
	char tail[TAIL_BYTES];

	symbols_offer(c->params, &s);
	symbols_offer(c->bindings, &s);
	if (c->frame)
		for (const struct tree_value *p = c->frame->block->values; p; p = p->next)
			suggest_offer(&s, p->name);
	check_missing(c, at, "unknown name '%s': it is no %s%s", name, what,
	              suggest_text(&s, tail, sizeof tail));
}

bool value_resolve(struct check *c, const struct tree_value *v, struct value *out)
{
	const struct value *argument;
	const struct param *param;

	*out = (struct value){.kind = IS_LITERAL, .span = v->span};
	switch (v->kind) {
	case VALUE_LITERAL: out->literal = v->literal; return true;
	case VALUE_EXPR: out->kind = IS_TERM; return expr_check(c, v->expr, &out->term);
	case VALUE_NAME: break;
	}
	argument = value_parameter(c, v->name);
	if (argument) {
		*out = *argument;
		return true;
	}
	param = symbols_get(c->params, v->name);
	if (param) {
		out->literal = param->literal;
		return true;
	}
	out->kind = IS_SEGMENT;
	out->name = v->name;
	return true;
}

static const char *type_of(const struct value *v)
{
	switch (v->kind) {
	case IS_LITERAL: return literal_kind_text(v->literal.kind);
	case IS_TERM: return "an expression";
	case IS_SEGMENT: break;
	}
	return "a segment";
}

/* A literal of a kind, or an error. */
static bool resolve_as(struct check *c, const struct tree_value *v, enum literal_kind kind, const char *what,
                       struct value *out)
{
	if (!value_resolve(c, v, out))
		return false;
	if (out->kind == IS_TERM && out->term.expr->op == EXPR_CONST && !out->term.absolute &&
	    kind == LITERAL_NUMBER) {
		out->literal = (struct literal){.kind = LITERAL_NUMBER, .number = out->term.expr->value};
		out->kind = IS_LITERAL;
	}
	if (out->kind == IS_LITERAL && out->literal.kind == kind)
		return true;
	if (out->kind == IS_SEGMENT && !symbols_get(c->bindings, out->name))
		value_unknown(c, &out->span, out->name, "param");
	else if (kind == LITERAL_DURATION && out->kind == IS_LITERAL && out->literal.kind == LITERAL_NUMBER)
		check_error(c, &v->span, "a duration needs its unit: us, ms, s or min");
	else
		check_error(c, &v->span, "%s must be %s, not %s", what, literal_kind_text(kind),
		            type_of(out));
	return false;
}

bool value_number(struct check *c, const struct tree_value *v, const char *what, uint32_t *out)
{
	struct value value;

	if (!resolve_as(c, v, LITERAL_NUMBER, what, &value))
		return false;
	*out = value.literal.number;
	return true;
}

bool value_duration(struct check *c, const struct tree_value *v, int64_t *out)
{
	struct value value;

	if (!resolve_as(c, v, LITERAL_DURATION, "this", &value))
		return false;
	*out = value.literal.ns;
	return true;
}

bool value_fraction(struct check *c, const struct tree_value *v, double *out)
{
	struct value value;

	if (!resolve_as(c, v, LITERAL_PERCENT, "a tolerance", &value))
		return false;
	*out = value.literal.real;
	return true;
}

bool value_decimal(struct check *c, const struct tree_value *v, const char *what, double *out)
{
	struct value value;

	if (!value_resolve(c, v, &value))
		return false;
	if (value.kind == IS_LITERAL && value.literal.kind == LITERAL_DECIMAL) {
		*out = value.literal.real;
		return true;
	}
	if (!resolve_as(c, v, LITERAL_NUMBER, what, &value))
		return false;
	*out = value.literal.number;
	return true;
}

bool value_string(struct check *c, const struct tree_value *v, const struct literal **out)
{
	struct value *value = arena_alloc(c->arena, sizeof *value);

	if (!resolve_as(c, v, LITERAL_STRING, "this", value))
		return false;
	*out = &value->literal;
	return true;
}

/* The define's text as a value of the param's type. */
static bool parse_define(const char *text, enum literal_kind kind, struct literal *out, struct diag *d)
{
	if (kind == LITERAL_STRING) {
		*out = (struct literal){.kind = kind, .text = text, .len = strlen(text)};
		return true;
	}
	if (!literal_parse(text, strlen(text), out, d))
		return false;
	if (kind == LITERAL_DECIMAL && out->kind == LITERAL_NUMBER) {
		out->kind = LITERAL_DECIMAL;
		out->real = out->number;
	}
	if (out->kind != kind)
		return diag_set(d, "must be %s as in the scenario, not %s", literal_kind_text(kind),
		                literal_kind_text(out->kind));
	return true;
}

void value_overrides(struct check *c, const struct tree_file *file)
{
	for (size_t i = 0; c->options && i < c->options->define_count; i++) {
		const struct lang_define *define = &c->options->defines[i];
		struct param *param = symbols_get(c->params, define->name);
		struct suggest s = suggest_start(define->name);
		char tail[TAIL_BYTES];
		struct diag d;

		if (param && c->options->define_used)
			c->options->define_used[i] = true;
		if (!param && !c->broken && !c->options->define_used) {
			symbols_offer(c->params, &s);
			messages_file_error(c->messages, file->source->name,
			                    "-D %s=%s: the scenario has no such param%s", define->name,
			                    define->value, suggest_text(&s, tail, sizeof tail));
		}
		if (!param)
			continue;
		if (!parse_define(define->value, param->literal.kind, &param->literal, &d))
			messages_file_error(c->messages, file->source->name, "-D %s=%s: %s", define->name,
			                    define->value, d.text);
		else if (param->literal.kind == LITERAL_STRING)
			param->literal.text = arena_copy(c->arena, define->value, param->literal.len);
	}
}
