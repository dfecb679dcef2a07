/* Facts as JSON. */
#ifndef FW_VALUES_H
#define FW_VALUES_H

#include <jansson.h>

#include "base/diag.h"
#include "report/result.h"

/* NULL, and what is no number, become null. */
json_t *text_value(const char *text);
json_t *real_value(double value);

/* {"rfc", "section"}; null where there is none. */
json_t *clause_value(const struct clause *c);
json_t *clauses_value(const struct scenario *s);

/* A reason's stable identifier, and the fields that differed; null where there is none. */
json_t *code_value(const struct reason *why);
json_t *mismatch_value(const struct reason *why);

/* {"index", "line", "text"}; null where it is none. */
json_t *step_value(const struct scenario *s, int step);

json_t *warnings_value(const struct result *r);
/* Of which rules the run's segments broke. */
json_t *breaches_value(const struct verdict *v);

json_t *measured_value(const struct result *r);
/* The peer's states that were observed, at seconds since the run began. */
json_t *observed_value(const struct verdict *v);
json_t *ignored_why_value(const struct result *r);
/* NULL: there are none. */
json_t *malformed_value(const struct result *r);

/* Where the scenario sent a segment that is no proper one: what it is, and its line; else NULL. */
const char *malformed_at(const struct result *r, size_t i, int *line, char buf[MALFORM_TEXT_BYTES]);

/* Writes it as a line of its own, and takes it. False where writing fails. */
bool json_write(FILE *out, json_t *object, struct diag *d);

#endif
