/* Makes the pieces of a tree: what the grammar's actions call. */
#ifndef FW_BUILD_H
#define FW_BUILD_H

#include "lang/parser.h"

/* Lists while they grow, in the order of the text. */
struct value_list {
	struct tree_value *first, *last;
};
struct pair_list {
	struct tree_pair *first, *last;
};
struct option_list {
	struct tree_option *first, *last;
};
struct attr_list {
	struct tree_attr *first, *last;
};
struct segment_list {
	struct tree_segment *first, *last;
};
struct statement_list {
	struct tree_statement *first, *last;
};

void build_append_value(struct value_list *l, struct tree_value *v);
void build_append_pair(struct parser *p, struct pair_list *l, const struct tree_expr *left,
                       const struct tree_expr *right);
void build_append_option(struct option_list *l, struct tree_option *o);
void build_append_attr(struct attr_list *l, struct tree_attr *a);
void build_append_segment(struct segment_list *l, struct tree_segment *s);
void build_append_statement(struct statement_list *l, struct tree_statement *s);

struct tree_expr *build_number(struct parser *p, const struct span *at, const struct literal *l);
struct tree_expr *build_operand(struct parser *p, enum tree_expr_kind kind, const struct span *at,
                                const char *name);
/* right is NULL for TREE_ABS. An expression of too many parts is an error and stays as left. */
struct tree_expr *build_binary(struct parser *p, enum tree_expr_kind kind, const struct span *at,
                               struct tree_expr *left, struct tree_expr *right);

struct tree_value *build_literal(struct parser *p, const struct span *at, const struct literal *l);
struct tree_value *build_word(struct parser *p, const struct span *at, const char *word);
struct tree_value *build_argument(struct parser *p, const struct tree_expr *e);
/* An RFC's number with a section as its name. */
struct tree_value *build_clause(struct parser *p, const struct span *at, const struct literal *rfc,
                                const struct literal *section);
struct tree_value *build_two_names(struct parser *p, const struct span *at, const char *first,
                                   const struct span *second_at, const char *second);

struct tree_option *build_option(struct parser *p, const struct span *at, const char *name);
void build_option_value(struct tree_option *o, const char *word, const struct tree_field *value);
struct tree_attr *build_attr(struct parser *p, enum tree_attr_kind kind, const struct span *at,
                             const struct tree_value *a, const struct tree_value *b);
struct tree_attr *build_field_attr(struct parser *p, const char *word, const struct span *at,
                                   const struct tree_field *field);
struct tree_attr *build_span_attr(struct parser *p, const struct span *at, const struct tree_expr *begin,
                                  const struct tree_expr *end, const struct tree_expr *length);
struct tree_attr *build_backoff(struct parser *p, const struct span *at, const struct tree_value *factor,
                                const struct tree_value *plus, const struct tree_value *minus);

/* flags NULL: "*". */
struct tree_segment *build_segment(struct parser *p, const struct span *at, const struct span *flags_at,
                                   const char *flags, const struct attr_list *attrs);
struct tree_segment *build_filter_segment(struct parser *p, const struct span *at, const struct span *word,
                                          const struct span *string, const struct literal *expression,
                                          const struct attr_list *attrs);

struct tree_statement *build_statement(struct parser *p, enum tree_kind kind,
                                       const struct value_list *values);
struct tree_statement *build_one(struct parser *p, enum tree_kind kind, const struct tree_value *value);
/* segments and attrs may be NULL. */
struct tree_statement *build_step(struct parser *p, enum tree_kind kind, const struct segment_list *segments,
                                  const struct attr_list *attrs);
struct tree_statement *build_send(struct parser *p, const struct tree_segment *segment);
struct tree_statement *build_expect(struct parser *p, const struct tree_segment *segment);
void build_name(struct tree_statement *s, const char *name, const struct span *at);

#endif
