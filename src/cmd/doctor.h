/* What the files of fourwave doctor share: one line for each thing that was looked at. */
#ifndef FW_DOCTOR_H
#define FW_DOCTOR_H

#include "cmd/command.h"
#include "report/pen.h"

enum finding {
	FINDING_OK,
	FINDING_NOTE, /* it works, or need not; something to know */
	FINDING_NO    /* it does not work; the text is the remedy */
};

struct doctor {
	struct pen pen;
	const char *words[3];    /* of each finding */
	int column, text_column; /* where what, and the text, stand */
	bool quiet;              /* only what does not work is said */
	unsigned said[3];        /* how many of each finding */
};

/* Returns whether it works. */
bool doctor_say(struct doctor *f, enum finding kind, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Plays each command of the agent's protocol (fourwave-agent(7)) against the agent at o->target, with
 * ordinary sockets to it and to its stack, which is the operand where that has another address. An exit
 * status. */
int doctor_agent(const struct command *c, const struct options *o);

#endif
