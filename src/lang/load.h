/* From a scenario file to a scenario, or to messages that say why not. */
#ifndef FW_LOAD_H
#define FW_LOAD_H

#include "core/profile.h"
#include "core/scenario.h"
#include "lang/messages.h"
#include "base/text.h"

/* The longest payload that a scenario may send: no path cuts it into fragments. */
enum { SEND_PAYLOAD_MAX = 1400 };

struct lang_options {
	const char *const *defines; /* NAME=VALUE each, as -D has them */
	size_t define_count;
	/* By define, set to true where the scenario has such a param; one that it
	 * lacks is then no error. NULL: each define must fit. */
	bool *define_used;
	const char *const *include_dirs; /* searched after the including file's own directory */
	size_t include_count;
	/* Where the values come from that a scenario may name; with -D put into it by profile_define(). NULL:
	 * what holds where none is given. */
	const struct profile *profile;
	/* There is no 'open', and none is wanted: the steps begin on no connection. */
	bool no_open;
	/* Is it a pcap-filter(7) expression? False with why. NULL: not checked. */
	bool (*filter_check)(const char *expression, struct diag *d);
};

/* Reads, parses and checks a file with all that it includes. NULL where there is an error: messages say
 * which. options may be NULL. The caller frees the scenario with scenario_free(). */
struct scenario *scenario_load(const char *path, const struct lang_options *options, struct messages *m);

/* The same for a text in memory; name stands in the messages, and what the
 * text includes is looked for in name's directory. */
struct scenario *scenario_parse(const char *name, const char *text, size_t len,
                                const struct lang_options *options, struct messages *m);

/* Appends a scenario in plain words, with the pcap filter of each segment that a step checks. The filters
 * are for 192.0.2.1:61000 -> 192.0.2.2:80, and 2001:db8::1 -> ::2, with both initial sequence numbers 0, so
 * that numbers are the relative ones that tcpdump prints. Each stands on a line of its own that begins with
 * "    ipv4: " or "    ipv6: ". To know the numbers of each step the connection is walked through: what is
 * sent counts as sent, and what is expected comes in its simplest form. */
void scenario_explain(const struct scenario *s, UT_string *out);

#endif
