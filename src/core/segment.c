/* Segments as values: flags, sequence space, and their text. Knows
 * neither packets (decode.c) nor options (options.c) nor a connection. */
#include "segment.h"

#include <stdio.h>

/* --- sequence space and flags --- */

uint32_t segment_len(const struct segment *s)
{
	return s->payload_len + ((s->flags & TCP_SYN) ? 1 : 0) + ((s->flags & TCP_FIN) ? 1 : 0);
}

uint32_t segment_end(const struct segment *s) { return s->seq + segment_len(s); }

uint32_t segment_bytes(const struct segment *s)
{
	return TCP_HEADER_BYTES + ((s->options_len + 3u) & ~3u) + s->payload_len;
}

const char flags_letters[] = "FSRP.UEWA";

const char *flags_text(uint16_t flags, char buf[FLAGS_TEXT_BYTES])
{
	size_t len = 0;

	for (size_t bit = 0; flags_letters[bit]; bit++)
		if (flags & 1u << bit)
			buf[len++] = flags_letters[bit];
	buf[len] = '\0';
	if (len == 0)
		snprintf(buf, FLAGS_TEXT_BYTES, "none");
	return buf;
}
