/* Segments as values: addresses, flags, sequence space, and their text. Knows
 * neither packets (decode.c) nor options (options.c) nor a connection. */
#include "segment.h"

#include <stdio.h>
#include <string.h>

/* --- addresses --- */

bool addr_equal(const struct addr *a, const struct addr *b)
{
	size_t len = a->family == 4 ? 4 : sizeof a->bytes;

	if (a->family != b->family)
		return false;
	return a->family == 0 || memcmp(a->bytes, b->bytes, len) == 0;
}

enum { GROUPS = 8 };

/* A run of zero groups in an IPv6 address. */
struct run {
	int start, len;
};

/* The run to be written as "::": the longest, the first of equals, and at
 * least two groups (RFC 5952, 4.2). len 0: there is none. */
static struct run longest_zeros(const uint16_t groups[GROUPS])
{
	struct run best = {0, 0}, here = {0, 0};

	for (int i = 0; i < GROUPS; i++) {
		if (groups[i]) {
			here.len = 0;
			continue;
		}
		if (here.len++ == 0)
			here.start = i;
		if (here.len > best.len)
			best = here;
	}
	return best.len >= 2 ? best : (struct run){0, 0};
}

static void ipv4_text(const uint8_t *b, char *buf, size_t size)
{
	snprintf(buf, size, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
}

static void ipv6_text(const uint8_t *b, char *buf, size_t size)
{
	uint16_t groups[GROUPS];
	struct run zeros;
	size_t used = 0;

	for (int i = 0; i < GROUPS; i++)
		groups[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
	zeros = longest_zeros(groups);
	if (zeros.start == 0 && zeros.len == 5 && groups[5] == 0xffff) { /* RFC 5952, 5 */
		used = (size_t)snprintf(buf, size, "::ffff:");
		ipv4_text(b + 12, buf + used, size - used);
		return;
	}
	for (int i = 0; i < GROUPS; i++) {
		if (zeros.len && i == zeros.start) {
			used += (size_t)snprintf(buf + used, size - used, "::");
			i += zeros.len - 1;
			continue;
		}
		/* No ':' at the start, nor after "::". */
		used += (size_t)snprintf(buf + used, size - used, "%s%x",
		                         i == 0 || (zeros.len && i == zeros.start + zeros.len) ? "" : ":",
		                         groups[i]);
	}
}

const char *addr_text(const struct addr *a, char buf[ADDR_TEXT_BYTES])
{
	if (a->family == 4)
		ipv4_text(a->bytes, buf, ADDR_TEXT_BYTES);
	else if (a->family == 6)
		ipv6_text(a->bytes, buf, ADDR_TEXT_BYTES);
	else
		snprintf(buf, ADDR_TEXT_BYTES, "none");
	return buf;
}

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
