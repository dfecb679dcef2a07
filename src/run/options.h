/* What the user asks for: the command line of a run, as values. cmd/options.c fills it in. */
#ifndef FW_RUN_OPTIONS_H
#define FW_RUN_OPTIONS_H

#include <stdint.h>

#include "base/address.h"
#include "report/formats.h"
#include "report/pen.h"

/* A list of values that one flag gave, in order. The strings are argv's. */
struct strings {
	const char **items;
	size_t count, room;
};

struct options {
	const char *target;     /* HOST[:PORT] as written, or NULL: the lab */
	const char *serve;      /* a command that listens, in the lab, or NULL */
	const char *client;     /* a command that connects to us, in the lab, or NULL */
	uint16_t port;          /* where serve listens; 0: where it is seen to */
	const char *device;     /* the TAP device of serve's own stack, or NULL */
	bool ipv4, ipv6;        /* -4, -6: only this one; both false: both */
	const char *interface;  /* or NULL */
	struct addr source;     /* -S; family 0: not said */
	uint16_t source_port;   /* -p; 0: chosen */
	unsigned jobs;          /* 0: not said */
	struct strings defines; /* NAME=VALUE each */
	size_t loose_defines;   /* the last so many of them may be for no scenario */
	struct strings includes;
	const char *profile; /* NAME or FILE, or NULL: what is known of the peer decides */
	bool quick;
	unsigned confirm; /* play what failed so many times more; 0: not said */
	bool no_confirm;
	unsigned repeat;         /* >= 1 */
	unsigned buffer_kib;     /* of the capture; 0: not said */
	double slow;             /* >= 1 */
	unsigned rate;           /* segments a second; 0: not said */
	struct strings provokes; /* plain.h reads them */
	const char *agent;       /* [HOST:]PORT, or NULL */
	bool no_agent;
	struct strings assumes; /* NAME=VALUE each */
	bool no_shield, spare;
	const char *json; /* path, "-", or NULL */
#define OPTIONS_RUN_REPORT(name, option, help) const char *name;
	RUN_REPORTS(OPTIONS_RUN_REPORT)        /* paths, or NULL */
	bool tap;                              /* Test Anything Protocol */
	bool strict;                           /* a warning counts as a failure */
	const char *baseline, *write_baseline; /* paths, or NULL */
	const char *write_dir;                 /* or NULL */
	struct strings reads;                  /* the captures of judge, the capture of draw */
	unsigned connection;                   /* of a capture to be judged, from 1; 0: not said */
	enum color_mode color;
	bool ascii, quiet;
	unsigned verbose; /* how often -v */
	int argc;         /* all of it, for the reports */
	char **argv;
	const char *const *paths; /* argv's operands */
	size_t path_count;
};

#endif
