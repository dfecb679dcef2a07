/* The states of both ends, inferred from the segments that passed (RFC 9293, 3.3.2, Figure 5), the peer's
 * also as they were told. For drawing only: no verdict rests on it. What an end does without a segment (a
 * timer that runs out) shows when it next sends, or when its state is told. */
#ifndef FW_STATES_H
#define FW_STATES_H

#include "core/verdict.h"

/* One end. Zeroed, it is CLOSED, or LISTENs: which of them, a segment cannot tell. */
struct end_view {
	enum tcp_state state;
	bool fin_sent;
	uint32_t fin_end; /* the number after its FIN */
	bool has_sent;
	uint32_t sent;    /* the end of what it sent */
	bool synced;      /* got the other end's SYN: got means something */
	uint32_t got;     /* next expected from the other end: its RCV.NXT */
	bool fin_waits;   /* a FIN came, and data before it is missing */
	uint32_t waiting; /* the number after that FIN */
};

struct states_view {
	struct end_view ours, peer;
	bool told; /* the peer's state is as it was told, and no segment changed it since */
};

/* A connection whose SYNs were not seen: both ends are taken for ESTABLISHED.
 * s is the first segment that was. */
void states_begin(struct states_view *v, const struct segment *s, bool by_us);

/* One segment more. A lost one moves its sender and not its receiver. */
void states_after(struct states_view *v, const struct segment *s, bool by_us, bool lost);

/* The peer's state was told: it holds from here on, whatever was inferred. */
void states_told(struct states_view *v, enum tcp_state state);

/* "LAST-ACK", inferred "(LAST-ACK)". Returns buf. */
enum { STATE_TEXT_BYTES = 24 };
const char *states_text(enum tcp_state state, bool inferred, char buf[STATE_TEXT_BYTES]);

/* Where what was told stands among the segments: was it told before this one, or by this one? */
bool sighting_precedes(const struct sighting *s, const struct trace *t);
bool sighting_is_segments(const struct sighting *s, const struct trace *t);

/* Is verdict->sightings[i] worth a line? Not where a step's first reading says what
 * is known already and the step read on. */
bool sighting_is_news(const struct states_view *v, const struct verdict *verdict, size_t i);

/* What was told besides the state: "still, timer 0.200 s", or "". Returns buf. */
enum { SIGHTING_TEXT_BYTES = 40 };
const char *sighting_text(const struct sighting *s, char buf[SIGHTING_TEXT_BYTES]);

#endif
