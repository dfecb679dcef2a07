/* The report as one HTML page that needs nothing else: the exception table on top, then each scenario with
 * its ladder and its resends, then where and with what it was run. */
#ifndef FW_HTML_H
#define FW_HTML_H

#include <stdio.h>

#include "report/about.h"
#include "report/result.h"

/* path: where the page will be, so that captures can be linked from there.
 * False where writing fails. */
bool html_print(FILE *out, const char *path, const struct about *about, const struct result *results,
                size_t count, struct diag *d);

/* From a page to a file beside it, as a relative reference (RFC 3986, 4.2); both paths are as they are opened
 * from here. The caller frees it; NULL where one of them cannot be found. */
char *html_reference(const char *page, const char *file);

#endif
