/* The report for people: a line for each result, the evidence under those that failed, a summary. */
#ifndef FW_TEXT_H
#define FW_TEXT_H

#include "report/pen.h"
#include "report/result.h"

struct text_options {
	struct style style;
	int name_columns; /* to align: the longest name; 0 where it is not known */
	bool verbose;     /* the ladder for every result, not only for failures */
	bool quiet;       /* nothing for what passed or was skipped */
};

/* One result. A failure and an error with segments is followed by the ladder.
 * Flushed. False where writing fails. */
bool text_result(FILE *out, const struct text_options *o, const struct result *r, struct diag *d);

/* "21 passed, 1 failed, 2 skipped, 0 errors in 12.3 s". */
bool text_summary(FILE *out, const struct text_options *o, const struct tally *t, double seconds,
                  struct diag *d);

/* What went wrong: the step of a failure or an error with its place, expected against received, where the
 * capture lies; for a pass and a skip the capture alone. Indented by indent columns; ends with a line's end,
 * or writes nothing. */
void text_finding(struct pen *p, int indent, const struct result *r);

#endif
