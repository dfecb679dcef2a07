/* The numbers of one connection as our end keeps them (RFC 9293, 3.3.1), and how a segment sent or
 * received moves them. "Lost" is here: what a scenario loses on purpose moves less, or nothing. */
#ifndef FW_CONNECTION_H
#define FW_CONNECTION_H

#include "observer.h"

struct connection {
	struct addr local, remote;
	uint16_t local_port, remote_port;

	uint32_t iss;     /* our initial send sequence number */
	uint32_t snd_una; /* oldest unacknowledged, as far as the scenario lets us know */
	uint32_t snd_nxt; /* next to be sent; moves also for a segment that we lost */
	uint32_t snd_wnd; /* bytes, scaled */
	uint32_t
	    snd_wl1;  /* SEG.SEQ of the last window update: an older segment brings back no older window */
	uint32_t irs; /* the peer's initial sequence number */
	uint32_t rcv_nxt; /* next expected; stays where a segment was lost */
	uint16_t rcv_wnd; /* what we put into the window field */

	bool have_irs;      /* a SYN came: irs and rcv_nxt mean something */
	bool synchronised;  /* the handshake is over */
	uint8_t snd_wscale; /* the peer's shift, 0 unless both sides offered one */
	bool timestamps;    /* both SYNs carried them (RFC 7323, 3.2) */
	uint32_t ts_recent; /* the peer's last TSval, to be echoed; from its SYN on */
	uint32_t ts_offset; /* from milliseconds to our TSval: it counts on from our SYN's */

	struct syn_offer our_offer, peer_offer; /* of the latest SYNs: snd_wscale and timestamps follow */
};

/* A connection that is closed, with our ISS chosen. */
void connection_init(struct connection *c, uint32_t iss);

/* We sent s (or, where lost, only counted it as sent). SND.NXT moves to its
 * end where s begins at or before SND.NXT and ends after it: an old segment,
 * or one beyond a gap, moves nothing. A SYN's options are our offer. */
void connection_sent(struct connection *c, const struct segment *s);

/* The peer's s came, with a checksum that is not wrong. Where lost, nothing moves (but a SYN names its IRS:
 * RCV.NXT is then the SYN itself, still to come). Else RCV.NXT moves over what is in order, SND.UNA to an
 * acceptable ACK, SND.WND and ts_recent follow.
 *
 * What is in order counts as received also where RFC 9293 would drop it (no ACK bit, an ACK of what was never
 * sent, beyond our window): the scenario said that it came, and can say that it was lost. A RST moves
 * nothing; a SYN after the first that was taken, no RCV.NXT. Before a SYN came, nothing moves. */
void connection_received(struct connection *c, const struct segment *s, bool lost);

#endif
