/* What went wrong, in words: the step, the field, the capture to open. */
#ifndef FW_FINDING_H
#define FW_FINDING_H

#include "report/pen.h"
#include "report/result.h"

/* The step of a failure or an error with its place, expected against received,
 * where the capture lies. For a pass and a skip, the capture alone. Indented
 * by indent columns; ends with a line's end, or writes nothing. */
void finding_print(struct pen *p, int indent, const struct result *r);

/* The colour of a verdict. */
enum paint verdict_paint(enum verdict_kind kind);

#endif
