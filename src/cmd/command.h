/* The commands of fourwave: what is said of each, its flags, and the function that it is. */
#ifndef FW_COMMAND_H
#define FW_COMMAND_H

#include <stddef.h>
#include <stdio.h>

#include "base/diag.h"
#include "report/result.h"
#include "run/options.h"

/* Exit statuses; main() alone exits. */
enum status {
	STATUS_OK = 0,    /* all passed, or some were warned about or skipped */
	STATUS_FAIL = 1,  /* a failure */
	STATUS_USAGE = 2, /* bad usage or a bad scenario: nothing was sent */
	STATUS_SKIP = 77, /* all skipped */
	STATUS_ERROR = 99 /* something could not be judged */
};

/* A failure comes before an error, an error before "all skipped". strict: a warning is a failure. unwritten:
 * a report is not whole. */
enum status status_of(const struct tally *t, bool strict, bool unwritten);

/* What getopt_long is given, what --help prints and which member of the command's options a flag sets come
 * from the same line, so they cannot differ. */
struct flag;

/* Reads the value, which is part of argv, into the member. False with d. */
typedef bool flag_take(const struct flag *f, void *member, const char *value, struct diag *d);

struct flag {
	char letter;      /* 0: it has none */
	const char *name; /* "--define" */
	const char
	    *arg; /* "NAME=VALUE", or NULL where it takes none; "[NAME]": a word that is no file's name */
	const char *help; /* one sentence, no full stop; "\n" breaks it */
	flag_take *take;
	size_t at;     /* where the member stands in the options of the command */
	unsigned most; /* of a number, whose least is 1 */
};

/* The last members of a row, by what it sets. The compiler compares the member's type. A table ends with {0}.
 */
#define FLAG_MEMBER(s, member, type) (offsetof(s, member) + 0 * sizeof((type *)0 == &((s *)0)->member))

#define FLAG_ON(s, member) flag_on, FLAG_MEMBER(s, member, bool), 0
#define FLAG_MORE(s, member) flag_more, FLAG_MEMBER(s, member, unsigned), 0
#define FLAG_NUMBER(s, member, most) flag_number, FLAG_MEMBER(s, member, unsigned), most
#define FLAG_REAL(s, member, most) flag_real, FLAG_MEMBER(s, member, double), most
#define FLAG_PORT(s, member) flag_port, FLAG_MEMBER(s, member, uint16_t), UINT16_MAX
#define FLAG_TEXT(s, member) flag_text, FLAG_MEMBER(s, member, const char *), 0    /* not empty */
#define FLAG_ANY(s, member) flag_any, FLAG_MEMBER(s, member, const char *), 0      /* or empty */
#define FLAG_FILE(s, member) flag_file, FLAG_MEMBER(s, member, const char *), 0    /* not "-" */
#define FLAG_LIST(s, member) flag_list, FLAG_MEMBER(s, member, struct strings), 0  /* texts */
#define FLAG_PAIRS(s, member) flag_pair, FLAG_MEMBER(s, member, struct strings), 0 /* NAME=VALUE */
#define FLAG_ADDRESS(s, member) flag_address, FLAG_MEMBER(s, member, struct addr), 0
#define FLAG_COLOR(s, member) flag_color, FLAG_MEMBER(s, member, enum color_mode), 0
/* One that is read by a function of the command's own, which is given all of the options. */
#define FLAG_OWN(take) take, 0, 0

flag_take flag_on, flag_more, flag_number, flag_real, flag_port, flag_text, flag_any, flag_file, flag_list,
    flag_pair, flag_address, flag_color;

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
