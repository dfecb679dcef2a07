/* TAP version 13 (testanything.org). */
#ifndef FW_TAP_H
#define FW_TAP_H

#include <stdio.h>

#include "report/result.h"

/* The version and the plan. All write and flush; false where that fails. */
bool tap_begin(FILE *out, size_t planned, struct diag *d);

/* The test point of number (from 1): "ok 3 - row1-x (IPv4)". A skip carries
 * its reason as the directive, a failure and an error a YAML block. */
bool tap_result(FILE *out, size_t number, const struct result *r, struct diag *d);

/* "Bail out!": the run ends early. */
bool tap_bail(FILE *out, const char *reason, struct diag *d);

#endif
