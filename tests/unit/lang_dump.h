/* A scenario, or what is wrong with it, as text, for the golden tests. */
#ifndef FW_LANG_DUMP_H
#define FW_LANG_DUMP_H

#include <stdio.h>

#include "core/scenario.h"
#include "lang/messages.h"

void dump_scenario(const struct scenario *s, FILE *to);
void dump_messages(const struct messages *m, FILE *to);

/* A filter is wrong where it holds "bogus". */
bool dump_filter_check(const char *expression, struct diag *d);

#endif
