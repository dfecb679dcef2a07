/* Allocates the tree's nodes in the parser's arena and links them. Judges
 * nothing but the size of an expression. */
#include "lang/build.h"

#include <string.h>

#define APPEND(list, node)                                                                                   \
	do {                                                                                                 \
		if ((list)->last)                                                                            \
			(list)->last->next = (node);                                                         \
		else                                                                                         \
			(list)->first = (node);                                                              \
		(list)->last = (node);                                                                       \
	} while (0)

void build_append_value(struct value_list *l, struct tree_value *v) { APPEND(l, v); }

void build_append_pair(struct parser *p, struct pair_list *l, const struct tree_expr *left,
                       const struct tree_expr *right)
{
	struct tree_pair *pair = arena_alloc(p->arena, sizeof *pair);

	pair->left = left;
	pair->right = right;
	APPEND(l, pair);
}

void build_append_option(struct option_list *l, struct tree_option *o) { APPEND(l, o); }

void build_append_attr(struct attr_list *l, struct tree_attr *a) { APPEND(l, a); }

void build_append_segment(struct segment_list *l, struct tree_segment *s) { APPEND(l, s); }

void build_append_statement(struct statement_list *l, struct tree_statement *s) { APPEND(l, s); }

static struct tree_expr *new_expr(struct parser *p, enum tree_expr_kind kind, const struct span *at)
{
	struct tree_expr *e = arena_alloc(p->arena, sizeof *e);

	e->kind = kind;
	e->span = *at;
	e->size = 1;
	return e;
}

struct tree_expr *build_number(struct parser *p, const struct span *at, const struct literal *l)
{
	struct tree_expr *e = new_expr(p, TREE_NUMBER, at);

	e->number = l->number;
	return e;
}

struct tree_expr *build_operand(struct parser *p, enum tree_expr_kind kind, const struct span *at,
                                const char *name)
{
	struct tree_expr *e = new_expr(p, kind, at);

	e->name = name;
	return e;
}

struct tree_expr *build_binary(struct parser *p, enum tree_expr_kind kind, const struct span *at,
                               struct tree_expr *left, struct tree_expr *right)
{
	unsigned size = left->size + (right ? right->size : 0) + 1;
	struct tree_expr *e;

	if (size > TREE_EXPR_MAX) {
		messages_error(p->messages, at, "expression of more than %d parts", TREE_EXPR_MAX);
		p->failed = true;
		return left;
	}
	e = new_expr(p, kind, at);
	e->left = left;
	e->right = right;
	e->size = size;
	return e;
}

static struct tree_value *new_value(struct parser *p, enum tree_value_kind kind, const struct span *at)
{
	struct tree_value *v = arena_alloc(p->arena, sizeof *v);

	v->kind = kind;
	v->span = *at;
	return v;
}

struct tree_value *build_literal(struct parser *p, const struct span *at, const struct literal *l)
{
	struct tree_value *v = new_value(p, VALUE_LITERAL, at);

	v->literal = *l;
	return v;
}

struct tree_value *build_word(struct parser *p, const struct span *at, const char *word)
{
	struct tree_value *v = new_value(p, VALUE_NAME, at);

	v->name = word;
	return v;
}

struct tree_value *build_argument(struct parser *p, const struct tree_expr *e)
{
	struct tree_value *v = new_value(p, VALUE_EXPR, &e->span);

	if (e->kind == TREE_NAME) {
		v->kind = VALUE_NAME;
		v->name = e->name;
	} else if (e->kind == TREE_NUMBER) {
		v->kind = VALUE_LITERAL;
		v->literal = (struct literal){.kind = LITERAL_NUMBER, .number = e->number};
	}
	v->expr = e;
	return v;
}

struct tree_value *build_clause(struct parser *p, const struct span *at, const struct literal *rfc,
                                const struct literal *section)
{
	struct tree_value *v = build_literal(p, at, rfc);

	v->name = section->text;
	return v;
}

struct tree_value *build_two_names(struct parser *p, const struct span *at, const char *first,
                                   const struct span *second_at, const char *second)
{
	struct tree_value *v = build_word(p, at, first);

	v->next = build_word(p, second_at, second);
	return v;
}

struct tree_option *build_option(struct parser *p, const struct span *at, const char *name)
{
	struct tree_option *o = arena_alloc(p->arena, sizeof *o);

	o->span = *at;
	o->name = name;
	return o;
}

void build_option_value(struct tree_option *o, const char *word, const struct tree_field *value)
{
	if (o->count < OPTION_FIELDS_MAX) {
		o->words[o->count] = word;
		o->values[o->count] = *value;
	}
	o->count++;
}

struct tree_attr *build_attr(struct parser *p, enum tree_attr_kind kind, const struct span *at,
                             const struct tree_value *a, const struct tree_value *b)
{
	struct tree_attr *attr = arena_alloc(p->arena, sizeof *attr);

	attr->kind = kind;
	attr->span = *at;
	attr->a = a;
	attr->b = b;
	return attr;
}

struct tree_attr *build_field_attr(struct parser *p, const char *word, const struct span *at,
                                   const struct tree_field *field)
{
	enum tree_attr_kind kind = ATTR_SEQ;
	struct tree_attr *attr;

	while (kind != ATTR_DATA && strcmp(tree_attr_word(kind), word) != 0)
		kind++;
	attr = build_attr(p, kind, at, NULL, NULL);
	attr->field = *field;
	return attr;
}

struct tree_attr *build_span_attr(struct parser *p, const struct span *at, const struct tree_expr *begin,
                                  const struct tree_expr *end, const struct tree_expr *length)
{
	struct tree_attr *attr = build_attr(p, ATTR_SPAN, at, NULL, NULL);

	attr->begin = begin;
	attr->end = end;
	attr->length = length;
	return attr;
}

struct tree_attr *build_backoff(struct parser *p, const struct span *at, const struct tree_value *factor,
                                const struct tree_value *plus, const struct tree_value *minus)
{
	struct tree_attr *attr = build_attr(p, ATTR_BACKOFF, at, factor, plus);

	attr->c = minus;
	return attr;
}

struct tree_segment *build_segment(struct parser *p, const struct span *at, const struct span *flags_at,
                                   const char *flags, const struct attr_list *attrs)
{
	struct tree_segment *s = arena_alloc(p->arena, sizeof *s);

	s->span = *at;
	s->form = flags ? TREE_FLAGS_LETTERS : TREE_FLAGS_ANY;
	s->flags = flags;
	s->flags_span = *flags_at;
	s->attrs = attrs->first;
	return s;
}

struct tree_segment *build_filter_segment(struct parser *p, const struct span *at, const struct span *word,
                                          const struct span *string, const struct literal *expression,
                                          const struct attr_list *attrs)
{
	struct tree_segment *s = build_segment(p, at, word, NULL, attrs);
	struct span both = span_join(word, string);
	struct tree_attr *filter =
	    build_attr(p, ATTR_FILTER, &both, build_literal(p, string, expression), NULL);

	filter->next = attrs->first;
	s->attrs = filter;
	return s;
}

struct tree_statement *build_statement(struct parser *p, enum tree_kind kind, const struct value_list *values)
{
	struct tree_statement *s = arena_alloc(p->arena, sizeof *s);

	s->kind = kind;
	s->values = values->first;
	return s;
}

struct tree_statement *build_one(struct parser *p, enum tree_kind kind, const struct tree_value *value)
{
	struct tree_statement *s = arena_alloc(p->arena, sizeof *s);

	s->kind = kind;
	s->values = value;
	return s;
}

struct tree_statement *build_step(struct parser *p, enum tree_kind kind, const struct segment_list *segments,
                                  const struct attr_list *attrs)
{
	struct tree_statement *s = build_one(p, kind, NULL);

	s->segments = segments ? segments->first : NULL;
	s->attrs = attrs ? attrs->first : NULL;
	return s;
}

struct tree_statement *build_send(struct parser *p, const struct tree_segment *segment)
{
	struct tree_statement *s = build_one(p, TREE_SEND, NULL);

	s->segments = segment;
	return s;
}

struct tree_statement *build_expect(struct parser *p, const struct tree_segment *segment)
{
	struct tree_statement *s = build_one(p, TREE_EXPECT, NULL);

	s->segments = segment;
	s->attrs = segment->attrs; /* its times stand among the segment's attributes */
	return s;
}

void build_name(struct tree_statement *s, const char *name, const struct span *at)
{
	s->name = name;
	s->name_span = *at;
}
