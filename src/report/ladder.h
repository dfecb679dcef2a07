/* The run as a sequence diagram: fourwave on the left, the peer on the right, each segment an arrow, lost
 * ones broken, the scenario's steps beside them (or above, where it is narrow). The peer's states stand
 * beside its line: plain and with a mark on the line where they were told, at their own time; else in
 * parentheses, inferred. */
#ifndef FW_LADDER_H
#define FW_LADDER_H

#include <stdio.h>

#include "report/rows.h"
#include "report/style.h"

/* Draws verdict->trace; for a failure what was expected and what came, field
 * by field; the step; the capture to open. A run with no segment still gets
 * its steps. Under 80 columns it is drawn for 80. False where writing fails. */
bool ladder_print(FILE *out, const struct style *style, const struct result *r, struct diag *d);

/* Draws it; the states of both ends are inferred, but for no_states; the lost ones are those
 * that trace has as lost. False where writing fails. */
bool ladder_draw(FILE *out, const struct style *style, const struct picture *picture, struct diag *d);

#endif
