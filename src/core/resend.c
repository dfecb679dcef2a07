/* Segments that come again. Knows no series and no time. */
#include "resend.h"

struct segment resend_whole(const struct segment *first, const struct segment *rest)
{
	struct segment whole = *first;

	whole.payload = NULL;
	whole.payload_captured = 0;
	if (rest) {
		whole.flags |= rest->flags;
		whole.payload_len += rest->payload_len;
	}
	return whole;
}

void resend_pattern(struct resend *r, const struct segment *whole, struct expr newest)
{
	r->seq = (struct expr){.op = EXPR_CONST, .value = whole->seq};
	r->len = (struct expr){.op = EXPR_CONST, .value = whole->payload_len};
	r->ack_low = (struct expr){.op = EXPR_CONST, .value = whole->ack};
	r->ack_high = newest;
	r->pattern = (struct pattern){.flags = whole->flags & (uint16_t)~TCP_PSH,
	                              .flags_mask = TCP_FLAGS & ~TCP_PSH,
	                              .seq = {.kind = FIELD_VALUE, .low = &r->seq},
	                              .len = {.kind = FIELD_VALUE, .low = &r->len},
	                              .ack = {.kind = FIELD_RANGE, .low = &r->ack_low, .high = &r->ack_high},
	                              .slot = -1};
}
