/* The command lines of run, table, check, explain, judge and draw. The other commands have their own. */
#ifndef FW_OPTIONS_H
#define FW_OPTIONS_H

#include "cmd/flags.h"
#include "run/options.h"

extern const struct flag_table flags_of_run, flags_of_table, flags_of_check, flags_of_explain, flags_of_judge,
    flags_of_draw;

/* What holds where nothing is said. */
void options_default(struct options *o);

/* Reads the command line of one of these tables. FLAGS_OK also means that the options agree with each
 * other and that the number of operands is right. options_free() in any case. */
enum flags_result options_parse(const struct flag_table *table, int argc, char **argv, struct options *o,
                                struct diag *d);

void options_free(struct options *o);

#endif
