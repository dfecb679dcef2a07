/* What the two SYNs of a connection agreed on, and whether a segment of the peer's
 * keeps to it. Judged is what an RFC forbids without an "if" or a "should", and what
 * holds whatever the network did on the way; TRUST.md lists what is left out. */
#ifndef FW_AGREEMENT_H
#define FW_AGREEMENT_H

#include "pattern.h"

/* The rules. One that a scenario breaks on purpose, by expecting the options that it
 * forbids, is judged no more in that run: so they have numbers. */
enum rule {
	/* Of each segment. */
	RULE_RESERVED, /* RFC 9293, 3.1: the reserved bits are zero */
	RULE_LENGTHS,  /* RFC 9293, 3.1 and 3.2: each option has its kind's length, in the header */
	RULE_PADDING,  /* RFC 9293, 3.1, MUST-69: zeros behind the end of the options */
	/* Options that a segment without SYN has not. */
	RULE_MSS,            /* RFC 9293, 3.2, MUST-67 */
	RULE_WSCALE,         /* RFC 7323, 2.1 */
	RULE_SACK_PERMITTED, /* RFC 2018, 2 */
	/* Of a SYN. */
	RULE_SHIFT,          /* RFC 7323, 2.3: at most 14 */
	RULE_WSCALE_UNASKED, /* RFC 7323, 2.2: in a SYN-ACK, and the SYN had none */
	RULE_TS_UNASKED,     /* RFC 7323, 3.2: the same */
	/* Of all others; a RST needs no timestamps, and what it has is not judged. */
	RULE_TS_NOT_OFFERED,   /* RFC 7323, 3.2: no SYN of ours had them */
	RULE_TS_MISSING,       /* RFC 7323, 3.2: both SYNs had them, so each segment has */
	RULE_TS_ECHO,          /* RFC 7323, 3.2: TSecr is a TSval that we sent */
	RULE_TS_BACK,          /* RFC 7323, 5.2: TSval never falls */
	RULE_SACK_NOT_OFFERED, /* RFC 2018, 4: no SYN of ours permitted it */
	RULE_SACK_BLOCK,       /* RFC 2018, 3: octets that we have sent, one at least */
	RULE_COUNT
};

/* What overtakes another on the way does so within so long (as in run/way.h): a TSval
 * that falls is judged from then on. */
#define AGREEMENT_WAY_NS INT64_C(50000000)

enum { AGREEMENT_TSVALS = 256 };

/* What the SYNs of one end had. It may have sent several, and not the same ones. */
struct offers {
	bool seen;
	bool other;                    /* of several sequence numbers: which one counts is not known */
	uint32_t seq;                  /* of the first */
	bool wscale, timestamps, sack; /* any had it */
	bool all_timestamps;           /* each had them */
};

/* Begins zeroed. */
struct agreement {
	struct offers ours, peers;
	bool peer_asked;                   /* the peer's SYN came without ACK */
	uint32_t sent_end;                 /* the number after the last that left us */
	uint32_t tsvals[AGREEMENT_TSVALS]; /* that we sent, a ring of different ones */
	unsigned tsval_count;              /* of all; more than there is room for: some are forgotten */
	bool has_tsval;                    /* the peer's newest, */
	uint32_t tsval;
	uint32_t tsval_ack; /* the ACK beside it, */
	int64_t tsval_ns;   /* and when it passed */
};

/* A rule that was broken. */
struct breach {
	enum rule rule;
	struct mismatch why;
	char words[MISMATCH_TEXT_BYTES]; /* to come after the segment: "has ... (RFC n, section)" */
};

/* s left us. Not for what the scenario lost. */
void agreement_sent(struct agreement *a, const struct segment *s);

/* s came from the peer, whether the scenario lost it or not. Once more for the same segment does no harm. */
void agreement_came(struct agreement *a, const struct segment *s);

/* Does s, that came now, break a rule that is not excused (an array of RULE_COUNT)?
 * Fills *out for the first such rule. Before agreement_came(). */
bool agreement_broken(const struct agreement *a, const struct segment *s, const bool *excused,
                      struct breach *out);

#endif
