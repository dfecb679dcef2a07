/* JSON Lines: one object a result, ASCII only, flushed line by line. */
#ifndef FW_JSON_H
#define FW_JSON_H

#include <stdio.h>

#include "report/result.h"

enum { JSON_SCHEMA_VERSION = 2 };

/* Members, always all of them:
 *   schema_version, scenario (title), name, file, row (1..5 or null), role,
 *   listen, family ("ipv4", "ipv6"), target, verdict, code (core/reason.h; or
 *   null), overruled (the code of the failure that an error overrules, or null), reason ("" for a pass),
 *   seconds, measured [{kind, unit, step (index or null), segment (name or null), to (name or
 *   null), values [number or state]}], observed [{seconds, state, timer (or null), step (index or null), by
 *   ("host", "probe")}], step {index, line, text} or null, mismatch {field, expected,
 *   got} or null, capture (path or null), clauses [{rfc, section or null}],
 *   control (or null), segments, ignored, ignored_why {kind: number; the kinds of
 *   ignored_name()}, late (seconds).
 * False where it cannot be written. */
bool json_result(FILE *out, const struct result *r, struct diag *d);

#endif
