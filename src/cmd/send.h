/* fourwave send: one crafted segment, or a few of the same, told by flags. The segment is written in the
 * scenario language and played as a scenario of one step, so that all of the language's numbers can be used.
 */
#ifndef FW_SEND_CMD_H
#define FW_SEND_CMD_H

#include "base/text.h"
#include "core/segment.h"
#include "run/options.h"
#include "run/world.h"

struct send_options {
	char target[sizeof(struct target)]; /* HOST:PORT */
	uint16_t dest_port;                 /* -p; 0: not said */
	struct options world;               /* target, families, interface, addresses: as for run */
	bool open, leave;
	uint16_t flags; /* TCP_ bits of --flags and of the letters */
	bool flags_given;
	const char *seq, *ack, *win, *ttl, *urg; /* expressions of the language, or NULL */
	const char *tcp_options;                 /* "mss 1460,sackOK", or NULL */
	const char *text, *hex;                  /* payload, or NULL */
	unsigned length;                         /* or so many octets; 0: not said */
	bool badsum, otherport;
	const char *offset, *fragment; /* numbers, or NULL */
	unsigned count;
	int64_t interval_ns, wait_ns;
	const char *write; /* a capture file, or NULL */
};

/* Where a flag's value stands in the scenario's text. */
struct send_place {
	const char *flag, *value; /* value NULL: a payload, too long to be told */
	size_t from, to;          /* octets of the text */
};

enum { SEND_PLACES_MAX = 12 };

/* The values in the step that sends first, in their order. */
struct send_places {
	struct send_place list[SEND_PLACES_MAX];
	size_t count;
	int line; /* of that step, from 1 */
	size_t line_at;
};

/* The scenario's text. False with d: a value that would be more than a value. */
bool send_scenario(const struct send_options *o, UT_string *out, struct send_places *places, struct diag *d);

/* Plays it, prints what passes. Returns the exit status. */
int send_play(const struct send_options *o);

#endif
