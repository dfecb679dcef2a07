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

const char *flags_text(uint16_t flags, char buf[FLAGS_TEXT_BYTES])
{
	/* In the order of tcpdump. */
	static const struct {
		uint16_t flag;
		char letter;
	} letters[] = {
	    {TCP_FIN, 'F'}, {TCP_SYN, 'S'}, {TCP_RST, 'R'}, {TCP_PSH, 'P'}, {TCP_ACK, '.'},
	    {TCP_URG, 'U'}, {TCP_ECE, 'E'}, {TCP_CWR, 'W'}, {TCP_AE, 'A'},
	};
	size_t len = 0;

	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (flags & letters[i].flag)
			buf[len++] = letters[i].letter;
	buf[len] = '\0';
	if (len == 0)
		snprintf(buf, FLAGS_TEXT_BYTES, "none");
	return buf;
}
