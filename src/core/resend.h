/* What a segment of the peer's looks like when it comes again. */
#ifndef FW_RESEND_H
#define FW_RESEND_H

#include "pattern.h"

/* The pattern points into the rest of it: not to be copied. */
struct resend {
	struct expr seq, len, ack_low, ack_high;
	struct pattern pattern;
};

/* first and, where it is not NULL, rest in one segment, as a sender makes it of
 * what lies behind one another in its queue (RFC 9293, 3.8.1): first's numbers,
 * the length and the flags of both; the octets themselves are not kept. */
struct segment resend_whole(const struct segment *first, const struct segment *rest);

/* whole again: the same number, length and flags, but for PSH (RFC 9293, 3.9.1.2);
 * its ACK is whole's or a newer one, up to newest. */
void resend_pattern(struct resend *r, const struct segment *whole, struct expr newest);

#endif
