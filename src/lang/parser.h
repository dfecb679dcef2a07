/* From a source's text to a tree; what the lexer, the grammar and the messages of syntax errors share. */
#ifndef FW_PARSER_H
#define FW_PARSER_H

#include "lang/messages.h"
#include "lang/tree.h"

struct parser {
	struct arena *arena;
	struct messages *messages;
	struct source *source;
	struct tree_statement *statements; /* the result */

	/* the lexer's */
	int line, column;
	size_t offset;
	bool at_start;         /* of a statement: here its first word may stand */
	bool in_angles;        /* between < and > */
	int last;              /* the token before */
	const char *last_text; /* its text and place, where it is a name */
	struct span last_span;
	const char *before; /* the name that stood before the last token, or NULL */
	struct span before_span;
	int error_line; /* one error of the lexer's for each line */
	bool has_pending;
	int pending; /* a token that waits, because a line end was put before it */
	struct span pending_span;

	/* for messages: the statement's first word, and a bare word among its
	 * attributes, which is more likely the mistake than what follows it */
	const char *statement;
	struct span bare_span;
	const char *bare; /* or NULL */
	bool failed;      /* a syntax error was reported */
};

/* Parses source into out. False where there were errors (they are in
 * messages); the statements that were whole are there all the same. */
bool parser_run(struct arena *a, struct messages *m, struct source *source, struct tree_file *out);

/* The token of a word of the language, 0 where it is none. A word that begins a statement is
 * one only there; each other is reserved, and so cannot be a param's name. */
int parser_keyword(const char *word, bool at_start);

/* --- syntax.c --- */

/* right is NULL for TREE_ABS. An expression of too many parts is an error and stays as left. */
struct tree_expr *tree_binary(struct parser *p, enum tree_expr_kind kind, const struct span *at,
                              struct tree_expr *left, struct tree_expr *right);
/* Of a block. A number or a name alone may be more than part of an expression. */
struct tree_value *tree_argument(struct parser *p, const struct tree_expr *e);
enum tree_attr_kind tree_field_kind(const char *word); /* ATTR_SEQ for "seq" */
void tree_option_value(struct tree_option *o, const char *word, const struct tree_field *value);

enum { SYNTAX_EXPECTED_MAX = 100 };

/* A token came that cannot stand there. token is its name in the grammar, or
 * NULL; expected are the names of those that could. */
void syntax_report(struct parser *p, const struct span *at, const char *token, const char *const *expected,
                   size_t count);

/* The token of a word of the TCP options, which stand in their own table; 0. */
int syntax_option_word(const char *word);

/* The empty place behind a token. */
struct span syntax_empty(const struct span *before);

/* Words that may stand where an attribute or a time may. */
void parser_offer_attributes(struct suggest *s);

#endif
