/* Both ends of one connection, followed from the segments that pass: their numbers (RFC 9293, 3.3.1), what
 * their SYNs offered, and the states that all this puts them into (3.3.2, Figure 5). It knows what passed and
 * nothing of why: no scenario, and no rule. What an end does without a segment (a timer that runs out) shows
 * when it next sends. */
#ifndef FW_OBSERVER_H
#define FW_OBSERVER_H

#include "base/duration.h"
#include "names.h"
#include "segment.h"

/* In a capture of others END_US is the end that sent the SYN, or, where that is not there, spoke first. */
enum { END_US, END_PEER };

/* What a SYN offers (RFC 7323, 2.2 and 3.2; RFC 2018, 2). */
struct syn_offer {
	bool wscale, timestamps, sack;
	uint8_t shift; /* at most 14: a larger one counts as that (RFC 7323, 2.3) */
};
struct syn_offer segment_offer(const struct segment *syn);

enum { OBSERVER_TSVALS = 256, WSCALE_MAX = 14 };

/* One end. Zeroed, it is CLOSED, or LISTENs: which of them, a segment cannot tell. */
struct end {
	bool seen;        /* it sent something: isn, sent and wnd mean something. A RST is no such thing: its
	                   * number is often the other end's choice (RFC 9293, 3.10.7.1) */
	bool syn;         /* a SYN among that */
	uint32_t isn;     /* the SYN's number; where there is none, the number before its first segment's */
	uint32_t sent;    /* the end of what it sent */
	bool has_acked;   /* it acknowledged something: */
	uint32_t acked;   /* its highest ACK */
	bool fin;         /* it sent a FIN that counts, with ACK (RFC 9293, 3.10.7.4): */
	uint32_t fin_end; /* the number after it */
	bool rst;
	uint16_t wnd;    /* of its last segment, as in the header */
	int64_t shut_ns; /* since when its window is shut; 0: it is not */

	/* It may send several SYNs, and not the same ones. */
	struct syn_offer offered; /* any of them offered it */
	bool each_timestamps;     /* each of them had timestamps */
	bool asked;               /* one came without ACK */
	bool two_isns;            /* they had several numbers: which one counts is not known */

	uint32_t tsvals[OBSERVER_TSVALS]; /* that it sent, a ring of different ones */
	unsigned tsval_count;             /* of all; more than there is room for: some are forgotten */
	bool has_tsval;                   /* the newest, */
	uint32_t tsval;
	uint32_t tsval_ack; /* the ACK beside it, */
	int64_t tsval_ns;   /* and when it passed */

	enum tcp_state state;
	bool synced;      /* got the other end's SYN: rcv_nxt means something */
	uint32_t rcv_nxt; /* what it next expects, of what was not lost */
	bool fin_waits;   /* a FIN came, and data before it is missing */
	uint32_t waiting; /* the number after that FIN */
};

/* What overtakes another on the path, or is a copy of it, comes within so long. Ours: shorter than any
 * time-out of a peer (RFC 6298 says 1 s, Linux takes 200 ms), longer than the paths of one flow are apart. */
#define OVERTAKE_NS (50 * NS_PER_MS)

/* Begins zeroed. */
struct observer {
	struct end ends[2];
	bool syn_acked; /* a SYN-ACK passed, */
	bool opened;    /* and was acknowledged */
	int64_t syn_ns, opened_ns;
	bool at_our_end; /* all that we sent is known, and what overtook another did so within OVERTAKE_NS */
};

/* A connection whose SYNs were not seen: both ends are taken for ESTABLISHED. s is the first segment that
 * was; it is yet to be seen. */
void observer_begin_open(struct observer *o, const struct segment *s, int from);

/* One segment more, in the order of their times. One that is lost moves its sender and not its receiver. What
 * nobody takes for what it says (a wrong checksum, a false offset, another port) moves nothing, but its
 * TSvals may be echoed. */
void observer_see(struct observer *o, const struct segment *s, int from, bool lost);

/* The highest number that an end acknowledged; where it did none, the other end's ISN. */
uint32_t observer_acked(const struct observer *o, int end);

/* Would s, not seen yet, bring nothing that its end did not send before? False for what takes no number. */
bool observer_resends(const struct observer *o, const struct segment *s, int from);

/* Was this TSval sent, as far as is remembered? */
bool end_sent_tsval(const struct end *e, uint32_t tsval);

/* What the path takes there and back, from the handshake; where none was seen, more than any path of this
 * world. */
int64_t observer_path_ns(const struct observer *o);

#endif
