/* What reports say of a result: one list for all of them. A fact is a row in facts.c; a report writes what it
 * is given, each kind in its own way. */
#ifndef FW_FACTS_H
#define FW_FACTS_H

#include "report/result.h"

/* Who asks. */
enum {
	FACTS_TEXT = 1,
	FACTS_TAP = 2,
	FACTS_JUNIT = 4,
	FACTS_HTML = 8,      /* of the run */
	FACTS_SCENARIO = 16, /* HTML too: of the scenario */
	FACTS_JSON = 32
};

enum fact_kind {
	FACT_PLAIN,
	FACT_NUMBER,
	FACT_REASON,
	FACT_CODE, /* of a scenario, or a path */
	FACT_PLACE,
	FACT_EXPECTED, /* of a segment's field */
	FACT_GOT,
	FACT_ALSO,     /* the same of more fields, in one line: verdict->reason.fields after the first */
	FACT_SETTINGS, /* scenario->sysctls */
	FACT_CLAUSES,  /* scenario->clauses */
	FACT_BASIS,    /* basis */
	FACT_FIRST,    /* of a rule: the run in which it was broken first */
	FACT_WARNINGS, /* warnings_besides(verdict), in one line */
	FACT_FILE,     /* can be opened */
	FACT_KINDS
};

struct fact {
	const char *key;
	enum fact_kind kind;
	const char *text;   /* not cleaned */
	struct where where; /* of FACT_PLACE */
	struct basis basis; /* of FACT_BASIS */
};

/* Gives each fact that is for this report and that there is, in their order. */
void facts_each(const struct result *r, unsigned report, void (*put)(void *context, const struct fact *f),
                void *context);

/* --- of a broken rule --- */

void rule_facts_each(const struct rule_result *rule, unsigned report,
                     void (*put)(void *context, const struct fact *f), void *context);

/* "a segment has a window scale, and the SYN had none (stated, RFC 7323, 2.2)" */
const char *rule_text(const struct rule_result *rule, char *buf, size_t size);
struct basis rule_basis(enum rule rule);

/* "in 2 runs, 4 times", and the first of them: "row1-active (IPv4)". */
enum { EXTENT_BYTES = 48 };
const char *extent_text(const struct rule_result *rule, char buf[EXTENT_BYTES]);
const char *first_text(const struct rule_result *rule, char *buf, size_t size);

#endif
