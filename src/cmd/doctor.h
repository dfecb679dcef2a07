/* What this machine can do: one finding for each thing looked at. Sends nothing
 * to another host and changes nothing. */
#ifndef FW_DOCTOR_H
#define FW_DOCTOR_H

#include <stdbool.h>

enum { FINDINGS_MAX = 40, FINDING_WHAT_BYTES = 40, FINDING_TEXT_BYTES = 512 };

enum finding_kind {
	FINDING_OK,
	FINDING_NOTE, /* it works, or need not; something to know */
	FINDING_NO    /* it does not work; text is the remedy */
};

struct finding {
	enum finding_kind kind;
	char what[FINDING_WHAT_BYTES]; /* "raw sockets" */
	char text[FINDING_TEXT_BYTES]; /* how it is, or why not and what to do */
};

struct findings {
	struct finding list[FINDINGS_MAX];
	unsigned count;
};

void findings_add(struct findings *f, enum finding_kind kind, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* doctor_net.c: privilege, addresses, capture, the shield, ports and the
 * interfaces of this host. Returns whether a real host can be judged from here. */
bool doctor_host(struct findings *f);

/* doctor_lab.c: makes a lab in a forked child, which takes it away again. Returns whether there is one. */
bool doctor_lab(struct findings *f);

#endif
