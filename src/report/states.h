/* The states of both ends, inferred from the segments that passed (RFC 9293,
 * 3.3.2, Figure 5). For drawing only: no verdict rests on it. What an end
 * does without a segment (a timer that runs out) shows when it next sends. */
#ifndef FW_STATES_H
#define FW_STATES_H

#include "core/names.h"
#include "core/segment.h"

/* One end. Zeroed, it is CLOSED, or LISTENs: which of them, a segment cannot tell. */
struct end_view {
	enum tcp_state state;
	bool fin_sent;
	uint32_t fin_end; /* the number after its FIN */
	bool has_sent;
	uint32_t sent; /* the end of what it sent */
	bool synced;      /* got the other end's SYN: got means something */
	uint32_t got;     /* next expected from the other end: its RCV.NXT */
	bool fin_waits;   /* a FIN came, and data before it is missing */
	uint32_t waiting; /* the number after that FIN */
};

struct states_view {
	struct end_view ours, peer;
};

/* A connection whose SYNs were not seen: both ends are taken for ESTABLISHED.
 * s is the first segment that was. */
void states_begin(struct states_view *v, const struct segment *s, bool by_us);

/* One segment more. A lost one moves its sender and not its receiver. */
void states_after(struct states_view *v, const struct segment *s, bool by_us, bool lost);

#endif
