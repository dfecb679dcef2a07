/* TAP version 14, or 13 (testanything.org). */
#ifndef FW_TAP_H
#define FW_TAP_H

#include <stdio.h>

#include "report/result.h"

enum { TAP_VERSION_NEWEST = 14, TAP_VERSION_OLDEST = 13 };

/* The version and the plan. What is written is the same for both versions; some readers stop at a version
 * that they do not know. All write and flush; false where that fails. */
bool tap_begin(FILE *out, unsigned version, size_t planned, struct diag *d);

/* The test point of number (from 1): "ok 3 - row1-x (IPv4)". A skip carries
 * its reason as the directive, a failure and an error a YAML block. */
bool tap_result(FILE *out, size_t number, const struct result *r, struct diag *d);

/* "Bail out!": the run ends early. */
bool tap_bail(FILE *out, const char *reason, struct diag *d);

#endif
