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
	FACT_FILE,     /* can be opened */
	FACT_KINDS
};

struct fact {
	const char *key;
	enum fact_kind kind;
	const char *text;   /* not cleaned */
	struct where where; /* of FACT_PLACE */
};

/* Gives each fact that is for this report and that there is, in their order. */
void facts_each(const struct result *r, unsigned report, void (*put)(void *context, const struct fact *f),
                void *context);

#endif
