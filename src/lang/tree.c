/* Statements' words, from the check's tables; and the nodes of which the grammar cannot say by itself what is
 * in them. */
#include <string.h>

#include "lang/check.h"
#include "lang/parser.h"

const char *tree_kind_word(enum tree_kind k)
{
	return tree_is_header(k) ? header_rules[k].word : step_rules[k].word;
}

const char *tree_form(const char *word)
{
	for (enum tree_kind k = 0; k < TREE_COUNT; k++)
		if (strcmp(tree_kind_word(k), word) == 0)
			return tree_is_header(k) ? header_rules[k].form : step_rules[k].form;
	return NULL;
}

bool tree_is_header(enum tree_kind k) { return k < TREE_OPEN; }

struct tree_expr *tree_binary(struct parser *p, enum tree_expr_kind kind, const struct span *at,
                              struct tree_expr *left, struct tree_expr *right)
{
	unsigned size = left->size + (right ? right->size : 0) + 1;
	struct tree_expr *e;

	if (size > TREE_EXPR_MAX) {
		messages_error(p->messages, at, "expression of more than %d parts", TREE_EXPR_MAX);
		p->failed = true;
		return left;
	}
	e = arena_alloc(p->arena, sizeof *e);
	*e = (struct tree_expr){.kind = kind, .span = *at, .left = left, .right = right, .size = size};
	return e;
}

struct tree_value *tree_argument(struct parser *p, const struct tree_expr *e)
{
	struct tree_value *v = arena_alloc(p->arena, sizeof *v);

	*v = (struct tree_value){.kind = VALUE_EXPR, .span = e->span, .expr = e, .name = e->name};
	v->literal.number = e->number;
	if (e->kind == TREE_NAME)
		v->kind = VALUE_NAME;
	else if (e->kind == TREE_NUMBER)
		v->kind = VALUE_LITERAL;
	return v;
}

enum tree_attr_kind tree_field_kind(const char *word)
{
	enum tree_attr_kind kind = ATTR_SEQ;

	while (kind != ATTR_DATA && strcmp(tree_attr_word(kind), word) != 0)
		kind++;
	return kind;
}

void tree_option_value(struct tree_option *o, const char *word, const struct tree_field *value)
{
	if (o->count < OPTION_FIELDS_MAX) {
		o->words[o->count] = word;
		o->values[o->count] = *value;
	}
	o->count++; /* too many is the check's to report */
}
