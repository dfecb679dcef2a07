/* Messages for syntax errors: what came, what could have, what was meant. */
#ifndef FW_SYNTAX_H
#define FW_SYNTAX_H

#include "lang/parser.h"

enum { SYNTAX_EXPECTED_MAX = 100 };

/* A token came that cannot stand there. token is its name in the grammar, or
 * NULL; expected are the names of those that could. */
void syntax_report(struct parser *p, const struct span *at, const char *token, const char *const *expected,
                   size_t count);

/* The empty place behind a token. */
struct span syntax_empty(const struct span *before);

#endif
