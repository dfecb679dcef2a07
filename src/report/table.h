/* The exception table: by row and by who closes first, each scenario's
 * verdicts for IPv4 and IPv6, what was measured, the control and the clauses. */
#ifndef FW_TABLE_H
#define FW_TABLE_H

#include <stdio.h>

#include "report/result.h"
#include "report/style.h"

/* Results in any order: the two families of a scenario are found by the scenario's file and put on one
 * line; rows go up, row 0 last, within a row the peer's close before ours, then in the order given. False
 * where writing fails or memory has run out. */
bool table_print(FILE *out, const struct style *style, const struct result *results, size_t count,
                 struct diag *d);

#endif
