/* The inside of close_case.h, shared by close_*.c and nobody else. */
#ifndef FW_CLOSE_IMPL_H
#define FW_CLOSE_IMPL_H

#include "read/close_case.h"

/* A FIN's way so far. */
struct fin_way {
	size_t first, last; /* its copies */
	bool answered;      /* an ACK came after the last copy */
	bool held;          /* a SACK block covered it: only data before it is missing */
	size_t ack;         /* the last of these */
	size_t first_ack;
	int64_t gaps_ns[8]; /* between its copies */
	unsigned gap_count;
};

/* A RST, the first that counts. */
struct rst_facts {
	bool seen;
	int from;
	size_t at;
	bool answers; /* its number is the ACK of a segment just before, answered */
	size_t answered;
	bool answers_data; /* and that carried data */
	bool gave_up;      /* its own FIN, resent, had got no answer before */
	bool was_closed;   /* both FINs were acknowledged */
	bool fin_before[2];
};

/* What close_unusual.c and close_options.c remember of an end. */
struct end_memory {
	unsigned syn_options; /* a bit for each kind below 32 in its SYN */
	unsigned told;        /* what was said of its options: enum fault */
	bool has_ts;
	uint32_t ts_val; /* the newest that it sent */
	int64_t shut_ns; /* since when its window is shut; 0: it is not */
	bool shut_told;
	uint16_t wnd; /* in its last segment */
};

struct naming {
	const struct segment *const *list;
	size_t count;
	int64_t end_ns; /* of the capture */
	struct close_case *out;
	struct case_mark *marks;     /* never NULL */
	const struct segment *guide; /* tells who is who */
	bool turned;                 /* it came from end 1 */
	struct fin_way way[2];
	struct rst_facts rst;
	bool merged, crossed; /* of the second FIN */
	unsigned syn_copies;
	bool syn_acked, opened;
	bool spoke_after_rst[2];
	struct end_memory memory[2];
	int64_t syn_ns;  /* of the first SYN, 0: none */
	int64_t path_ns; /* there and back, from the handshake; a second where it is not known */
	int only;        /* the end whose segments alone are in the capture, or -1 */
};

void naming_unusual(struct naming *n, size_t segment, const char *note, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void naming_note(struct naming *n, size_t segment, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The segment that a RST at i answers: one just before from the other end, whose ACK is its
 * number (RFC 9293, 3.10.7.1). i itself where there is none. */
size_t naming_answered(const struct naming *n, size_t i, int from);

/* close_options.c: the same, for a segment's options. */
void options_look(struct naming *n, size_t i, int from);

/* close_unusual.c: looks at a segment before the numbers are moved. */
void unusual_look(struct naming *n, size_t i, int from);
/* What is seen of the whole only. */
void unusual_end(struct naming *n);

/* close_words.c: settles the kind and writes the clauses. */
void words_settle(struct naming *n);

#endif
