/* The inside of close_case.h, shared by close_*.c and nobody else. */
#ifndef FW_CLOSE_IMPL_H
#define FW_CLOSE_IMPL_H

#include "read/close_case.h"

/* How far back the first copy of a resend is looked for: more than a window's segments. */
enum { LOOK_BACK = 10000 };

/* A RST, the first that counts. */
struct rst_facts {
	bool seen;
	int from;
	size_t at;
	bool answers; /* its number is the ACK of a segment just before, answered */
	size_t answered;
	bool answers_data; /* and that carried data */
	bool after_fin;    /* of its own end */
	bool gave_up;      /* that FIN, resent, had got no answer before */
	bool was_closed;   /* both FINs were acknowledged */
};

struct naming {
	const struct segment *const *list;
	size_t count;
	int64_t end_ns; /* of the capture */
	struct close_case *out;
	struct case_mark *marks;     /* never NULL */
	const struct segment *guide; /* tells who is who */
	bool turned;                 /* it came from end 1 */
	struct rst_facts rst;
	bool merged, crossed; /* of the second FIN */
	unsigned syn_copies;
	bool found[2][RULE_COUNT]; /* what each end broke */
	int only;                  /* the end whose segments alone are in the capture, or -1 */
};

void naming_note(struct naming *n, size_t segment, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The segment that a RST at i answers: one just before from the other end, whose ACK is its
 * number (RFC 9293, 3.10.7.1). i itself where there is none. */
size_t naming_answered(const struct naming *n, size_t i, int from);

/* close_unusual.c: what a segment breaks, before the observer sees it; and what is seen of the whole only. */
void unusual_look(struct naming *n, size_t i, int from);
void unusual_end(struct naming *n);

/* close_words.c: settles the kind and writes the clauses. */
void words_settle(struct naming *n);

#endif
