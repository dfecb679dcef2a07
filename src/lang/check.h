/* The check's own state and helpers: from a tree to a scenario. For the check and load.c alone. */
#ifndef FW_CHECK_H
#define FW_CHECK_H

#include "base/duration.h"
#include "lang/load.h"
#include "lang/messages.h"
#include "lang/tree.h"

enum {
	STEPS_MAX = 100000,       /* after expansion */
	WORK_MAX = 5 * STEPS_MAX, /* see struct check */
	EXPAND_DEPTH_MAX = 32,    /* blocks and repeats within each other */
	EXPECT_PAYLOAD_MAX = 65000,
	TERM_MAX = 256,      /* nodes of an expression, arguments put in */
	REPORTED_MAX = 200,  /* errors, the same one in a repeat counted each time */
	PARAMETERS_MAX = 32, /* of a block */
	SYSCTLS_MAX = 256,
	RFC_MAX = 99999
};

/* An expression with its names resolved. absolute: a connection's or a
 * segment's number is in it, or abs(): it does not count from an ISN. */
struct term {
	const struct expr *expr;
	bool absolute;
	unsigned size;
};

/* What a block's parameter stands for. */
struct value {
	enum { IS_LITERAL, IS_TERM, IS_SEGMENT, IS_RANGE } kind;
	struct span span;       /* of the argument */
	struct literal literal; /* IS_RANGE: its low end */
	int64_t high_ns;        /* IS_RANGE: of durations, a profile's */
	struct term term;
	const char *name; /* IS_SEGMENT: bound or yet to be bound */
};

struct param {
	struct span span;
	struct literal literal;
};

/* A name given to a segment. */
struct binding {
	const char *name;
	int slot;
	struct span span;
	const struct tree_statement *by;
	bool ours;
	bool lost;    /* ours, and never on the wire: it has no time */
	bool certain; /* not in some of several alternatives only */
};

/* A block that is being played. */
struct frame {
	const struct tree_statement *block;
	const struct value *values; /* one for each parameter */
	struct span call;
	const struct frame *caller;
};

struct check {
	struct arena *arena;
	struct messages *messages;
	const struct lang_options *options;
	struct scenario *out;
	/* Syntax errors were reported: what is missing may stand in a line that
	 * could not be read, so that is not reported. */
	bool broken;

	struct symbol *params, *blocks, *bindings; /* of struct param, tree_statement, binding */
	const char **names;                        /* by slot */
	size_t name_room;
	const struct frame *frame;
	unsigned depth;

	const struct tree_statement *statement; /* being checked */
	const struct tree_statement *first_step;
	struct span open_span;
	bool opened, abandoned, too_early;

	struct step *steps;
	size_t step_count, step_room;
	int64_t takes_ns; /* the least that they take */
	struct clause *clauses;
	struct sysctl_setting *sysctls;
	struct used_value *values;
	size_t clause_room, sysctl_room, value_room;
	size_t work;       /* statements expanded and segments checked, made steps or not */
	unsigned reported; /* errors, the same ones again too */
	uint8_t *fill;     /* what "data N" sends */
	bool stopped;
};

/* --- check.c --- */

/* An error, with a note for each block that is being played. missing: of a thing that is missing or
 * unknown, which is not reported after syntax errors. Always false, so that a check may end in it. */
bool check_report(struct check *c, bool missing, const struct span *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
#define check_error(c, at, ...) check_report((c), false, (at), __VA_ARGS__)
#define check_missing(c, at, ...) check_report((c), true, (at), __VA_ARGS__)

/* files[0] is the scenario, the others are what it includes. */
bool check_run(struct check *c, const struct tree_file *const *files, size_t count);

/* --- check_header.c --- */

/* A kind of line of the header. */
struct header_rule {
	const char *word, *form;
	unsigned flags;
	/* out: the member of the scenario that it sets, where it is one */
	bool (*check)(struct check *c, const struct tree_statement *s, void *out);
	size_t member; /* its offset */
};
enum {
	HEADER_OFTEN = 1,    /* may be given more than once */
	HEADER_INCLUDED = 2, /* may stand in an included file */
	HEADER_FIRST = 4     /* may precede the title */
};
extern const struct header_rule header_rules[];

/* The clause that stands there, with its level (or NULL). */
struct clause clause_of(const struct tree_value *v, const char *level);
void check_header(struct check *c, const struct tree_file *const *files, size_t count);
/* Params and blocks of all files, and -D. */
void check_declare(struct check *c, const struct tree_file *const *files, size_t count);

/* --- values.c --- */

/* Things by name, in a uthash table; names and items are borrowed. An empty table is NULL. */
struct symbol;

/* NULL where there is none. */
void *symbols_get(const struct symbol *table, const char *name);
/* The name must be new. */
void symbols_put(struct check *c, struct symbol **table, const char *name, void *item);
void symbols_offer(const struct symbol *table, struct suggest *suggest);
void symbols_free(struct check *c);

/* What follows is false after its error. */
bool value_resolve(struct check *c, const struct tree_value *v, struct value *out);
bool value_number(struct check *c, const struct tree_value *v, const char *what, uint32_t *out);
bool value_duration(struct check *c, const struct tree_value *v, int64_t *out);
bool value_fraction(struct check *c, const struct tree_value *v, double *out);
bool value_decimal(struct check *c, const struct tree_value *v, const char *what, double *out);
bool value_string(struct check *c, const struct tree_value *v, const struct literal **out);
/* A range of a profile's: low..high. */
bool value_range(struct check *c, const struct tree_value *v, int64_t *low, int64_t *high);
/* The profile's value of that name, or an end of it ("time_wait.high"): a literal or a range. False where
 * there is none; nothing is said. */
bool value_of_profile(struct check *c, const char *name, struct value *out);
/* "choice NAME [= WORD]": where the profile does not give that value, or another word, the step binds nobody.
 */
bool value_choice(struct check *c, const struct tree_attr *a, struct basis *out);
/* "choice NAME = WORD": is it the profile's? */
bool value_word(struct check *c, const struct tree_attr *a, struct pattern *out);
/* The parameter of the block that is being played, or NULL. */
const struct value *value_parameter(const struct check *c, const char *name);
/* Tells that a name is unknown, and which may be meant; what it should have been. Always false. */
bool value_unknown(struct check *c, const struct span *at, const char *name, const char *what);
/* -D puts other values into params. */
void value_overrides(struct check *c, const struct tree_file *file);

const struct binding *binding_find(struct check *c, const struct span *at, const char *name);
/* Gives a slot; for a name of an earlier statement an error, -1. */
int binding_make(struct check *c, const struct span *at, const char *name, bool ours, bool lost,
                 bool certain);

/* --- check_expr.c --- */
/* "snd.nxt"; of a segment's "seq"; " + " */
const char *expr_word(enum expr_op op);
bool expr_check(struct check *c, const struct tree_expr *e, struct term *out);
/* counted: numbers count from an ISN (seq, ack). max: the largest constant. ranges: "*" and A..B may stand.
 */
struct field_rule {
	const char *what;
	bool counted, ranges;
	uint32_t max;
};
bool field_check(struct check *c, const struct tree_field *f, const struct field_rule *rule,
                 struct field *out);
bool field_from_expr(struct check *c, const struct tree_expr *e, const struct field_rule *rule,
                     struct field *out);
bool field_constant(const struct field *f, uint32_t *out);

/* --- check_options.c --- */
bool options_check(struct check *c, const struct tree_attr *attr, bool sent, struct pattern *out);

/* --- check_segment.c --- */
enum use { USE_SEND, USE_EXPECT, USE_ALTERNATIVE, USE_ALLOW, USE_EXCEPT, USE_OPEN };
/* Binds no name: out->slot is -1. */
bool segment_check(struct check *c, const struct tree_segment *s, enum use use, struct pattern *out);
bool attrs_check(struct check *c, const struct tree_attr *attrs, enum use use, struct pattern *out);
/* The attribute of a kind, or NULL. */
const struct tree_attr *attr_find(const struct tree_attr *attrs, enum tree_attr_kind kind);
/* Each once, and each in allowed (bits 1 << kind); where names the place. */
bool attrs_allowed(struct check *c, const struct tree_attr *attrs, uint32_t allowed, const char *where);

#define ATTR_BIT(name) (UINT32_C(1) << ATTR_##name)

/* --- check_times.c --- */
enum { TIMES = 1 << ATTR_WITHIN | 1 << ATTR_AFTER | 1 << ATTR_BETWEEN | 1 << ATTR_OF };
#define JUDGED (TIMES | ATTR_BIT(LEVEL))
bool timing_check(struct check *c, const struct tree_attr *attrs, struct timing *out);
/* What the step rests on: as it says, else as the scenario does. */
bool basis_check(struct check *c, const struct tree_attr *attrs, struct basis *out);
/* low..high */
bool duration_range(struct check *c, const struct tree_attr *attr, int64_t *low, int64_t *high);
bool check_retransmit(struct check *c, const struct tree_statement *s, struct step *step);
/* The least that a step with such times takes; a series of resends. */
int64_t takes_after(const struct step *step);
int64_t takes_series(const struct step *step);

/* --- check_steps.c --- */

/* A kind of step. out comes at its resting values. */
struct step_rule {
	const char *word, *form;
	bool (*check)(struct check *c, const struct tree_statement *s, struct step *out);
	enum step_kind kind;
	int64_t (*takes)(const struct step *step); /* NULL: no time to speak of */
};
extern const struct step_rule step_rules[];

bool step_check(struct check *c, const struct tree_statement *s, struct step *out);

/* --- explain_header.c --- */
void explain_header(const struct scenario *s, UT_string *out);

#endif
