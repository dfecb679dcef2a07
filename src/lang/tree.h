/* A scenario file as it was written: statements with their places, names not yet looked up. The parser makes
 * it, the check reads it. All in one arena; the lists are those of <utlist.h>. */
#ifndef FW_TREE_H
#define FW_TREE_H

#include "base/literal.h"
#include "core/options.h"
#include "lang/source.h"

/* --- expressions --- */

enum tree_expr_kind { TREE_NUMBER, TREE_NAME, TREE_DOTTED, TREE_ABS, TREE_ADD, TREE_SUB, TREE_MUL };

enum { TREE_EXPR_MAX = 200 }; /* nodes in one expression, so that walking it is safe */

struct tree_expr {
	enum tree_expr_kind kind;
	struct span span;
	uint32_t number;
	const char *name; /* TREE_NAME; TREE_DOTTED: with its dots */
	const struct tree_expr *left, *right;
	unsigned size;
};

/* --- values: literals, names of params, and arguments --- */

enum tree_value_kind { VALUE_LITERAL, VALUE_NAME, VALUE_EXPR };

struct tree_value {
	enum tree_value_kind kind;
	struct span span;
	struct literal literal;
	const char *name;
	const char *word; /* a clause's level, or NULL */
	const struct tree_expr *expr;
	struct tree_value *prev, *next;
};

/* --- segments --- */

enum tree_field_kind { TREE_FIELD_ANY, TREE_FIELD_VALUE, TREE_FIELD_RANGE };

struct tree_field {
	enum tree_field_kind kind;
	struct span span;
	const struct tree_expr *low, *high;
};

struct tree_pair { /* a block of an option */
	const struct tree_expr *left, *right;
	struct tree_pair *prev, *next;
};

struct tree_option {
	const char *name; /* of the table of options; NULL: "opt" or "*" */
	bool rest;        /* "*" */
	struct span span;
	struct tree_field values[OPTION_FIELDS_MAX]; /* those of the count that there is room for */
	const char *words[OPTION_FIELDS_MAX];        /* before each, or NULL */
	unsigned count;
	const struct tree_pair *pairs;                  /* { } */
	const struct tree_value *number, *length, *hex; /* "opt": the last two may be NULL */
	struct tree_option *prev, *next;
};

/* What follows the head of a step, in any order. */
enum tree_attr_kind {
	ATTR_SEQ,
	ATTR_ACK,
	ATTR_WIN,
	ATTR_LEN,
	ATTR_TTL,
	ATTR_URG,
	ATTR_OFFSET,
	ATTR_FRAGMENT,
	ATTR_ISS,
	ATTR_SPAN, /* A:B(L) */
	ATTR_OPTIONS,
	ATTR_PAYLOAD, /* a string, or the name of one */
	ATTR_DATA,
	ATTR_LOST,
	ATTR_AS,
	ATTR_BADSUM,
	ATTR_OTHERPORT,
	ATTR_FILTER,
	ATTR_WITHIN,
	ATTR_AFTER,
	ATTR_BETWEEN,
	ATTR_OF,
	ATTR_COUNT,
	ATTR_BACKOFF,
	ATTR_FIRST,
	ATTR_GIVES_UP,
	ATTR_BUDGET,
	ATTR_TIMER,
	ATTR_LEVEL, /* must, stated, should, may [with a clause as its value]; choice, with a name */
	ATTR_COUNT_OF_KINDS
};

struct tree_attr {
	enum tree_attr_kind kind;
	struct span span;
	struct tree_field field;                      /* SEQ ... ISS, DATA */
	const struct tree_expr *begin, *end, *length; /* SPAN */
	const struct tree_option *options;
	const struct tree_value *a, *b, *c; /* the values, in the order they are written */
	bool open;                          /* COUNT: "N.." */
	bool exempt;                        /* FIRST */
	const char *name;                   /* AS, OF; LEVEL: the level's */
	struct tree_attr *prev, *next;
};

enum tree_flags { TREE_FLAGS_LETTERS, TREE_FLAGS_NONE, TREE_FLAGS_ANY };

struct tree_segment {
	struct span span;
	enum tree_flags form;
	const char *flags; /* TREE_FLAGS_LETTERS */
	struct span flags_span;
	const struct tree_attr *attrs;
	struct tree_segment *prev, *next;
};

/* --- statements --- */

/* Those of the header first, as tree_is_header() has it. */
enum tree_kind {
	TREE_SCENARIO,
	TREE_ROW,
	TREE_ROLE,
	TREE_RFC,
	TREE_CLAIM,
	TREE_CONTROL,
	TREE_SYSCTL,
	TREE_PARAM,
	TREE_FAMILY,
	TREE_TAKES,
	TREE_STACK,
	TREE_INCLUDE,
	TREE_BLOCK,
	TREE_OPEN,
	TREE_SEND,
	TREE_EXPECT, /* one segment */
	TREE_ONE_OF,
	TREE_RETRANSMIT,
	TREE_SILENCE,
	TREE_ALLOW,
	TREE_FENCE,
	TREE_INTERVAL,
	TREE_PROVOKE,
	TREE_STATE,
	TREE_LEAVE,
	TREE_REPEAT,
	TREE_PLAY,
	TREE_COUNT
};

struct tree_file;

struct tree_statement {
	enum tree_kind kind;
	struct span span;
	const char *name; /* BLOCK, PARAM, PLAY, SYSCTL; RETRANSMIT: the segment */
	struct span name_span;
	const struct tree_value *values; /* header's values; names; arguments; parameters of a block;
	                                  * RETRANSMIT: the second segment, or NULL */
	const struct tree_segment *segments;
	const struct tree_attr *attrs;
	const struct tree_statement *body; /* BLOCK, REPEAT */
	struct tree_statement *prev, *next;
};

struct tree_file {
	struct source *source;
	struct tree_statement *statements;
};

/* The word with which a statement begins: "expect". */
const char *tree_kind_word(enum tree_kind k);
/* The form of a statement: "silence DURATION [except SEGMENT, ...]". NULL for an unknown word. */
const char *tree_form(const char *word);
/* "seq", "within", "A:B(L)" ... */
const char *tree_attr_word(enum tree_attr_kind k);
/* A header statement, as opposed to a step. */
static inline bool tree_is_header(enum tree_kind k) { return k < TREE_OPEN; }

#endif
