/* Segments as values: flags, sequence space, and their text. Knows
 * neither packets (decode.c) nor options (options.c) nor a connection. */
#include "segment.h"

#include <stdio.h>
#include <string.h>

/* --- sequence space and flags --- */

uint32_t segment_len(const struct segment *s)
{
	return s->payload_len + ((s->flags & TCP_SYN) ? 1 : 0) + ((s->flags & TCP_FIN) ? 1 : 0);
}

uint32_t segment_end(const struct segment *s) { return s->seq + segment_len(s); }

/* --- what is crooked --- */

uint32_t segment_bytes(const struct segment *s)
{
	return TCP_HEADER_BYTES + ((s->options_len + 3u) & ~3u) + s->payload_len;
}

bool segment_is_void(const struct segment *s) { return s->bad_checksum || s->false_offset || s->other_port; }

bool segment_lies_same(const struct segment *sent, const struct segment *seen)
{
	return sent->offset == seen->offset && segment_bytes(sent) == segment_bytes(seen);
}

/* Does an option say that it ends before it begins, or beyond the header? */
static bool options_lie(const struct segment *s)
{
	struct tcp_option o;
	size_t at = 0;
	int more;

	while ((more = options_next(s->options, s->options_len, &at, &o)) == 1)
		;
	return more < 0;
}

const char *crooked_text(const struct segment *s, char buf[CROOKED_TEXT_BYTES])
{
	char parts[5][24] = {""};
	size_t used = 0;

	if (s->false_offset)
		snprintf(parts[0], sizeof parts[0], "offset %u", s->offset);
	if (s->fragment)
		snprintf(parts[1], sizeof parts[1], "in %u fragments",
		         (segment_bytes(s) + s->fragment - 1) / s->fragment);
	if (s->other_port)
		snprintf(parts[2], sizeof parts[2], "from port %u", s->sport);
	if (s->bad_checksum)
		snprintf(parts[3], sizeof parts[3], "wrong checksum");
	if (options_lie(s))
		snprintf(parts[4], sizeof parts[4], "option length lies");
	buf[0] = '\0';
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t len = strlen(parts[i]), comma = used > 0 ? 2 : 0;

		if (len == 0 || used + comma + len >= CROOKED_TEXT_BYTES)
			continue; /* no room: all of them at once nobody sends */
		memcpy(buf + used, ", ", comma);
		memcpy(buf + used + comma, parts[i], len + 1);
		used += comma + len;
	}
	return buf;
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
