/* What the reader of baselines shares with what finds in them and writes them. */
#ifndef FW_BASELINE_IMPL_H
#define FW_BASELINE_IMPL_H

#include "lang/source.h"
#include "report/baseline.h"

#define RULE_PREFIX "rule:"
#define CHOICE_PREFIX "choice-"
#define BASELINE_TODO "TODO: why" /* in place of a reason, until an author writes one */
enum {
	RULE_PREFIX_BYTES = sizeof RULE_PREFIX - 1,
	CHOICE_PREFIX_BYTES = sizeof CHOICE_PREFIX - 1,
	FIELDS = 4,
	WORD_BYTES = 1088
};

/* A line of the file. */
struct entry {
	const char *name;   /* a result's, as a word of the file; or of a rule, RULE_PREFIX and its id */
	unsigned families;  /* FAMILY_IPV4 | FAMILY_IPV6 */
	const char *code;   /* of a rule: the scenario in which it was broken, or "-" */
	const char *clause; /* "rfc9293-3.10.7.4", "choice-time_wait", "-" */
	const char *reason; /* "": none */
	bool asked;         /* BASELINE_TODO stands there */
	const struct rule_row *rule; /* or NULL */
	int line;
	struct span at; /* its first word */
};

/* All of it lives in the arena. */
struct baseline {
	struct arena *arena;
	struct source *source;
	struct entry *entries;
	size_t count, room;
};

/* Is it that deviation, in whatever family? */
bool entry_is(const struct entry *e, const char *name, const char *code, const char *clause);

/* What it rests on, as a word of the file. Returns buf. */
const char *baseline_clause(const struct scenario *s, const struct basis *basis, char buf[WORD_BYTES]);

#endif
