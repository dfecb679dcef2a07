/* The command lines of run, table, check, explain, judge and draw. peer has its own (peer_cmd.c). */
#ifndef FW_OPTIONS_H
#define FW_OPTIONS_H

#include <stdint.h>

#include "report/style.h"
#include "run/flags.h"

/* A list of values that one flag gave, in order. The strings are argv's. */
struct strings {
	const char **items;
	size_t count;
};

struct options {
	const char *target;     /* HOST[:PORT] as written, or NULL: the lab */
	bool ipv4, ipv6;        /* -4, -6: only this one; both false: both */
	const char *interface;  /* or NULL */
	const char *source;     /* -S, or NULL */
	uint16_t source_port;   /* -p; 0: chosen */
	unsigned jobs;          /* 0: not said */
	struct strings defines; /* NAME=VALUE each */
	size_t loose_defines;   /* the last so many of them may be for no scenario */
	struct strings includes;
	bool quick;
	bool confirm;            /* play what failed a second time */
	unsigned repeat;         /* >= 1 */
	unsigned buffer_kib;     /* of the capture; 0: not said */
	double slow;             /* >= 1 */
	unsigned rate;           /* segments a second; 0: not said */
	struct strings provokes; /* plain.h reads them */
	const char *agent;       /* [HOST:]PORT, or NULL */
	bool no_agent;
	struct strings assumes; /* NAME=VALUE each */
	bool no_shield, spare;
	const char *json;  /* path, "-", or NULL */
	const char *junit; /* path, or NULL */
	const char *html;  /* the same */
	bool tap;
	const char *write_dir; /* or NULL */
	struct strings reads;  /* the captures of judge, the capture of draw */
	unsigned connection;   /* of a capture to be judged, from 1; 0: not said */
	enum color_mode color;
	bool ascii, quiet;
	unsigned verbose; /* how often -v */
	int argc;         /* all of it, for the reports */
	char **argv;
	char **paths; /* argv's operands */
	size_t path_count;
};

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
