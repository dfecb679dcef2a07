/* The command lines that are read into struct options: all but those of new, send and peer. */
#ifndef FW_OPTIONS_H
#define FW_OPTIONS_H

#include "cmd/command.h"

/* Rows that several commands have. */
#define OPTIONS_SCENARIO                                                                                     \
	OPTION('D', "--define", "NAME=VALUE", "give a param of the scenarios another value",                 \
	       FLAG_PAIRS(struct options, defines)),                                                         \
	    OPTION('I', "--include", "DIR", "look here too for included files",                              \
	           FLAG_LIST(struct options, includes)),                                                     \
	    OPTION(0, "--profile", "NAME|FILE",                                                              \
	           "what is known of the peer's stack: rfc, linux, bsd, lwip\nor a file of "                 \
	           "fourwave-profile(5)",                                                                    \
	           FLAG_FILE(struct options, profile))
/* Each with its comma. */
#define OPTIONS_REPORT RUN_REPORTS(OPTION_RUN_REPORT)
#define OPTION_TAP OPTION(0, "--tap", NULL, "write TAP to standard output", FLAG_ON(struct options, tap))
#define OPTION_RUN_REPORT(name, option, help)                                                                \
	OPTION(0, option, "FILE", help, FLAG_FILE(struct options, name)),
#define OPTION_JSON(what)                                                                                    \
	OPTION(0, "--json", "FILE", "write a JSON object a line for each " what "; - for\nstandard output",  \
	       FLAG_TEXT(struct options, json))
#define OPTION_STRICT                                                                                        \
	OPTION(0, "--strict", NULL, "what is warned about counts as a failure",                              \
	       FLAG_ON(struct options, strict))
#define OPTIONS_BASELINE                                                                                     \
	OPTION(0, "--baseline", "FILE",                                                                      \
	       "what is known of the peer and does not count; what is\nnew does, and what is gone is told",  \
	       FLAG_TEXT(struct options, baseline)),                                                         \
	    OPTION(0, "--write-baseline", "FILE",                                                            \
	           "write what fails or is warned about now, at the end;\nit may be the file of --baseline", \
	           FLAG_FILE(struct options, write_baseline))
#define OPTION_COLOR OPTION(0, "--color", "WHEN", "auto, always or never", FLAG_COLOR(struct options, color))
#define OPTION_ASCII OPTION(0, "--ascii", NULL, "draw with 7-bit characters", FLAG_ON(struct options, ascii))
#define OPTION_QUIET(what) OPTION('q', "--quiet", NULL, what, FLAG_ON(struct options, quiet))
#define OPTION_VERBOSE(what) OPTION('v', "--verbose", NULL, what, FLAG_MORE(struct options, verbose))
#define OPTION(...)                                                                                          \
	{                                                                                                    \
		__VA_ARGS__                                                                                  \
	}

/* What holds where nothing is said. */
void options_default(struct options *o);

/* Reads the command line. FLAGS_OK also means that the options agree with each other, and that a scenario
 * is named where the command takes some. options_free() in any case. */
enum flags_result options_parse(const struct command *c, int argc, char **argv, struct options *o,
                                struct diag *d);

void options_free(struct options *o);

/* The run() of a command with a play(): reads the command line, and where it is right plays. */
int options_play(const struct command *c, int argc, char **argv);

#endif
