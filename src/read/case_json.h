/* A connection's case as a line of JSON. */
#ifndef FW_CASE_JSON_H
#define FW_CASE_JSON_H

#include <stdio.h>

#include "core/names.h"
#include "read/close_case.h"
#include "read/flows.h"

enum { CASE_SCHEMA_VERSION = 1 };

/* Members, always all of them:
 *   schema_version, capture, connection (from 1), client and server {address,
 *   port}, begun (whether the SYN is in the capture; if not, client sent the first
 *   segment), start (seconds since 1970), segments, frames [first, last], kind,
 *   summary, clauses [], first (who closed first: "client", "server" or null),
 *   seconds (of the close, or null), lost {first_fin, first_ack, second_fin, last_ack},
 *   states {client, server}, unusual [{frame, text}].
 * Returns the line to be freed, NULL where memory has run out. */
char *case_json(const char *capture, size_t number, const struct flow *flow, const struct close_case *c,
                const struct case_mark *marks, const enum tcp_state states[2]);

#endif
