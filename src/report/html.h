/* The report as one HTML page that needs nothing else: the exception table on top, then each scenario with
 * its ladder and its resends, then where and with what it was run. */
#ifndef FW_HTML_H
#define FW_HTML_H

#include <stdio.h>

#include "report/about.h"
#include "report/result.h"

/* path: where the page will be, so that captures can be linked from there.
 * False where writing fails or memory has run out. */
bool html_print(FILE *out, const char *path, const struct about *about, const struct result *results,
                size_t count, struct diag *d);

#endif
