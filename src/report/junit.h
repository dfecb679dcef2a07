/* JUnit XML, as Jenkins, GitLab and others read it (tests/project/junit.xsd says what that is). */
#ifndef FW_JUNIT_H
#define FW_JUNIT_H

#include <stdio.h>

#include "report/about.h"
#include "report/result.h"

/* A suite for each row of the exception table, and for other scenarios one for each directory, in the
 * order in which they come. A case for each result; what is no pass has the reason, the field and the
 * ladder. What was never judged is an error. False where writing fails or memory has run out. */
bool junit_print(FILE *out, const struct about *about, const struct result *results, size_t count,
                 struct diag *d);

#endif
