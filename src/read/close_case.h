/* What became of one connection's close, named from its segments alone: who closed first, what was lost, how
 * it ended, and what is unusual against the rules of core/rules.h. Pure: no file, no output, no clock. It
 * includes the core and nothing else.
 *
 * What was lost is inferred. A FIN that comes again with no ACK in between counts as lost (it or its ACK was:
 * a capture at one end cannot tell). Where an ACK was seen in between, that ACK counts as lost. Where a SACK
 * block says that the FIN is there and data before it is not, nothing of the close was lost. */
#ifndef FW_CLOSE_CASE_H
#define FW_CLOSE_CASE_H

#include "core/rules.h"

enum close_kind {
	CLOSE_OPEN,         /* no FIN and no RST */
	CLOSE_NORMAL,       /* FIN, ACK, FIN, ACK */
	CLOSE_THREE,        /* the second FIN carried the first ACK */
	CLOSE_SIMULTANEOUS, /* the FINs crossed (RFC 9293, 3.6, case 3) */
	CLOSE_HALF,         /* one end closed and the other did not */
	CLOSE_UNANSWERED,   /* a FIN was never acknowledged */
	CLOSE_RESET,        /* a RST ended it before the close was over */
	CLOSE_REFUSED,      /* a RST answered the SYN */
	CLOSE_NEVER_OPENED, /* the SYN was not answered, or its answer not taken */
	CLOSE_ONE_WAY       /* what one end sent is not in the capture: nobody can know */
};

/* "normal", "three-segment" ... */
const char *close_kind_name(enum close_kind kind);

enum {
	CASE_TEXT_BYTES = 512,
	CASE_NOTE_BYTES = 64,
	CASE_CLAUSES_MAX = 10,
	CASE_CLAUSE_BYTES = 160,
	CASE_UNUSUAL_MAX = 16,
	FIN_GAPS_MAX = 8
};

/* What became of an end's FIN. Segments are named by their places in the list. */
struct close_fin {
	unsigned copies;    /* how often it was sent; 0: never */
	size_t first, last; /* of these */
	unsigned lost;
	unsigned ack_lost;             /* ACKs of it */
	bool answered;                 /* an ACK came after the last copy: */
	size_t first_ack, ack;         /* the first of these, and the last */
	bool acked;                    /* and that was not lost */
	bool held;                     /* a SACK block covered it: only data before it is missing */
	int64_t gaps_ns[FIN_GAPS_MAX]; /* between its copies */
	unsigned gap_count;
	uint64_t after;   /* bytes that the other end sent after it, */
	int64_t after_ns; /* the last of them then */
};

/* A rule that was broken. */
struct unusual {
	enum rule rule;
	size_t segment;
	char text[CASE_CLAUSE_BYTES];
};

/* What to write beside a segment. */
struct case_mark {
	int from; /* the end that sent it */
	bool lost;
	bool unusual;
	char note[CASE_NOTE_BYTES];
};

struct close_case {
	enum close_kind kind;
	bool began; /* a SYN is there */
	int first;  /* the end that closed, or reset, first; -1: none, or not known */
	/* The ends: 0 sent the SYN, or where that is not there, the first segment. Their states are as the
	 * segments left them, where those that count as lost did not arrive. */
	struct observer seen;
	struct close_fin fins[2];
	int64_t seconds_ns; /* from the first FIN to the end of the close, or -1 */
	size_t close_at;    /* the first FIN or RST; the number of segments where there is none */
	char clauses[CASE_CLAUSES_MAX][CASE_CLAUSE_BYTES];
	unsigned clause_count;
	struct unusual unusual[CASE_UNUSUAL_MAX];
	unsigned unusual_count, unusual_more; /* more: what there was no room for */
};

/* Names the case of a connection's segments, in the order of their times, from both ends. end_ns is when
 * the capture ends. marks has count members and is filled in; it may be NULL. */
void close_case_name(const struct segment *const *list, size_t count, int64_t end_ns, struct close_case *out,
                     struct case_mark *marks);

/* The clauses as one sentence, "; " between them. Returns buf. */
const char *close_case_text(const struct close_case *c, char buf[CASE_TEXT_BYTES]);

/* "the client", "the server"; where the SYN is not there, "A" and "B". */
const char *close_end_name(const struct close_case *c, int end);

/* The case of a flow as a line of JSON, to be freed. Members, always all of them, as
 * schema/fourwave-draw-1.schema.json has them. */
struct flow;
char *case_json(const char *capture, size_t number, const struct flow *flow, const struct close_case *c,
                const struct case_mark *marks);

#endif
