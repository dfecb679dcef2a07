/* JSON Lines: one object a result, ASCII only, flushed line by line. */
#ifndef FW_JSON_H
#define FW_JSON_H

#include <stdio.h>

#include "report/result.h"

enum { JSON_SCHEMA_VERSION = 2 };

/* The members that facts_json() gives, and schema_version; schema/ says what they are. False where it cannot
 * be written. */
bool json_result(FILE *out, const struct result *r, struct diag *d);

#endif
