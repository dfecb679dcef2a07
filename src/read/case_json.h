/* A connection's case as a line of JSON. */
#ifndef FW_CASE_JSON_H
#define FW_CASE_JSON_H

#include "read/close_case.h"
#include "read/flows.h"

enum { CASE_SCHEMA_VERSION = 1 };

/* Members, always all of them, as schema/fourwave-draw-1.schema.json has them.
 * Returns the line to be freed. */
char *case_json(const char *capture, size_t number, const struct flow *flow, const struct close_case *c,
                const struct case_mark *marks);

#endif
