/* The run as a sequence diagram: fourwave on the left, the peer on the right,
 * each segment an arrow, lost ones broken, the scenario's steps beside them
 * (or above, where it is narrow), both ends' states as inferred. */
#ifndef FW_LADDER_H
#define FW_LADDER_H

#include <stdio.h>

#include "report/result.h"
#include "report/style.h"

/* Draws verdict->trace; for a failure what was expected and what came, field
 * by field; the step; the capture to open. A run with no segment still gets
 * its steps. Under 80 columns it is drawn for 80. False where writing fails. */
bool ladder_print(FILE *out, const struct style *style, const struct result *r, struct diag *d);

#endif
