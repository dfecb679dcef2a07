/* One table of flags for each command: what getopt_long is given and what
 * --help prints come from the same lines, so they cannot differ. */
#ifndef FW_FLAGS_H
#define FW_FLAGS_H

#include <stddef.h>
#include <stdio.h>

#include "base/diag.h"

/* A flag's id is its letter, or where it has none a number from here on. */
enum { FLAG_LONG_ONLY = 256 };

struct flag {
	int id;
	const char *name; /* the long name, without dashes */
	const char *arg;  /* "NAME=VALUE", or NULL where it takes none */
	const char *help; /* one sentence, no full stop; "\n" breaks it */
};

struct flag_table {
	const char *command;  /* "run" */
	const char *synopsis; /* "[-t HOST[:PORT]] [options] FILE|DIR..." */
	const char *summary;  /* what it does, one sentence or a few lines */
	const struct flag *flags;
	size_t count;
};

/* What to do with one flag; value is NULL where it takes none, else part of
 * argv. False with d stops the parsing. */
typedef bool flag_take(void *context, int id, const char *value, struct diag *d);

enum flags_result { FLAGS_OK, FLAGS_HELP, FLAGS_BAD };

/* Reads argv (argv[0] is the command's name), reordering it so that operands
 * come last, from *first_operand on. FLAGS_HELP: -h or --help was there.
 * FLAGS_BAD: d says what, for an unknown flag with the nearest one. */
enum flags_result flags_parse(const struct flag_table *table, int argc, char **argv, flag_take *take,
                              void *context, int *first_operand, struct diag *d);

/* "-t, --target" or "--quick": how messages name a flag. Static text of the
 * table's; buf is for the letter. */
const char *flags_name(const struct flag_table *table, int id);

/* Prints usage, summary, each flag, and the command's examples (examples.h). */
void flags_help(const struct flag_table *table, FILE *out);

#endif
