/* The commands of fourwave: what is said of each, its flags, and the function that it is. */
#ifndef FW_COMMAND_H
#define FW_COMMAND_H

#include <stdio.h>

#include "cmd/flags.h"
#include "report/result.h"

/* Exit statuses; main() alone exits. */
enum status {
	STATUS_OK = 0,    /* all passed, or some skipped */
	STATUS_FAIL = 1,  /* a failure */
	STATUS_USAGE = 2, /* bad usage or a bad scenario: nothing was sent */
	STATUS_SKIP = 77, /* all skipped */
	STATUS_ERROR = 99 /* something could not be judged */
};

/* A failure comes before an error, an error before "all skipped". unwritten: a report is not whole. */
enum status status_of(const struct tally *t, bool unwritten);

/* What may stand after the flags. */
enum operands {
	OPERANDS_OWN,       /* the command looks itself */
	OPERANDS_SCENARIOS, /* one at least */
	OPERANDS_CAPTURES   /* they are added to those of -r */
};

struct command {
	const char *name;     /* "run" */
	const char *brief;    /* what it does, in half a line */
	const char *synopsis; /* "[-t HOST[:PORT]] [options] FILE|DIR..." */
	const char *summary;  /* what it does, one sentence or a few lines */
	const char *examples; /* lines, each "COMMAND LINE\tWHAT IT DOES\n" */
	const char *next;     /* one sentence on what to do after it, or NULL */
	const struct flag *flags;
	enum operands operands;
	/* argv[0] is its name. Prints, and returns an exit status. */
	int (*run)(const struct command *c, int argc, char **argv);
	/* For options_play(), which then is its run(). */
	int (*play)(const struct command *c, const struct options *o);
};

/* All of them, in the order of fourwave --help: each is command_NAME in a file of its own. */
#define COMMANDS(X) X(run) X(table) X(check) X(explain) X(judge) X(draw) X(new) X(send) X(peer) X(doctor)

#define COMMAND_DECLARE(name) extern const struct command command_##name;
COMMANDS(COMMAND_DECLARE)

enum flags_result { FLAGS_OK, FLAGS_HELP, FLAGS_BAD };

/* Reads argv into options, the struct that the command's flags are of, and reorders it so that operands come
 * last, from *first on. FLAGS_HELP: -h or --help was there. FLAGS_BAD: d says what is wrong. */
enum flags_result command_parse(const struct command *c, int argc, char **argv, void *options, int *first,
                                struct diag *d);

/* What a command does where its line was not FLAGS_OK: prints the help, or what is wrong. Returns its status.
 */
int command_unread(const struct command *c, enum flags_result r, const struct diag *d);

/* Prints usage, summary, each flag, and the examples. */
void command_help(const struct command *c, FILE *out);

/* "fourwave run: TEXT" to standard error; returns STATUS_USAGE, or STATUS_ERROR. */
int command_usage(const struct command *c, const char *text);
int command_error(const struct command *c, const char *text);

#endif
