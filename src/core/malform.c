/* What is malformed on purpose. Knows segments, and no connection or scenario. */
#include "malform.h"

#include "base/bytes.h"
#include "base/text.h"
#include "decode.h"

enum { TCP_OFFSET = 12, TCP_SUM = 16 };

/* --- made --- */

/* The data offset that is right, in words. */
static unsigned true_offset(const struct segment *s) { return (TCP_HEADER_BYTES + s->options_len + 3u) / 4u; }

bool malform_make(const struct malformation *m, uint16_t other_port, struct segment *s, struct where where,
                  struct diag *d)
{
	if (m->has_offset && m->offset == true_offset(s))
		return diag_at(d, where, "offset %u is the true one here: this header has %u words",
		               m->offset, true_offset(s));
	if (m->fragment && m->fragment >= segment_bytes(s))
		return diag_at(d, where,
		               "fragment %u: this segment has %u bytes, so one would hold all of it",
		               m->fragment, segment_bytes(s));
	if (m->other_port && !other_port)
		return diag_at(d, where, "there is no other port to send it from");
	for (const struct false_length *l = m->lengths; l; l = l->next)
		s->options[l->at] = l->says;
	s->malformed = *m;
	s->malformed.lengths = NULL;
	if (m->other_port)
		s->sport = other_port;
	return true;
}

void malform_bytes(const struct malformation *m, uint8_t *tcp)
{
	if (m->has_offset)
		checksum_set16(tcp + TCP_OFFSET,
		               (uint16_t)((bytes_get16(tcp + TCP_OFFSET) & 0x0fff) | m->offset << 12),
		               tcp + TCP_SUM);
	/* No value of a sum turns into its equal: 0 and 0xffff alone are equal. */
	if (m->checksum)
		bytes_put16(tcp + TCP_SUM, bytes_get16(tcp + TCP_SUM) ^ 0x5555);
}

/* --- known again --- */

bool malform_decode(struct gather *g, const uint8_t *ip, size_t captured, size_t wire_len, int64_t time_ns,
                    struct segment *out)
{
	uint16_t first = 0;
	bool proper = false;

	if (gather_take(g, ip, captured, wire_len, &ip, &captured, &first)) {
		wire_len = captured;
		proper = decode_ip(ip, captured, wire_len, time_ns, out) == DECODE_OK;
	}
	if (!proper && !decode_malformed(ip, captured, wire_len, time_ns, out))
		return false;
	out->malformed.fragment = first;
	return true;
}

static unsigned said_offset(const struct segment *s)
{
	return s->malformed.has_offset ? s->malformed.offset : true_offset(s);
}

bool malform_same(const struct segment *sent, const struct segment *seen,
                  bool (*same_options)(const struct segment *, const struct segment *))
{
	if (sent->malformed.has_offset)
		return said_offset(sent) == said_offset(seen) && segment_bytes(sent) == segment_bytes(seen);
	return sent->payload_len == seen->payload_len && same_options(sent, seen);
}

/* Connection tracking puts fragments together; nothing else is touched by a host. */
bool malform_mended(const struct segment *sent, const struct segment *seen)
{
	return sent->malformed.fragment != seen->malformed.fragment;
}

bool malform_is_void(const struct segment *s)
{
	return s->malformed.checksum || s->malformed.has_offset || s->malformed.other_port;
}

/* --- words --- */

static const char *comma(const struct cut *text) { return text->len ? ", " : ""; }

const char *malform_text(const struct segment *s, char buf[MALFORM_TEXT_BYTES])
{
	const struct malformation *m = &s->malformed;
	struct cut text = cut_start(buf, MALFORM_TEXT_BYTES);
	struct tcp_option opt;
	size_t at = 0;
	int more;

	if (m->has_offset)
		cut_add(&text, "offset %u", m->offset);
	if (m->fragment)
		cut_add(&text, "%sin %u fragments", comma(&text),
		        (segment_bytes(s) + m->fragment - 1) / m->fragment);
	if (m->other_port)
		cut_add(&text, "%sfrom port %u", comma(&text), s->sport);
	if (m->checksum)
		cut_add(&text, "%swrong checksum", comma(&text));
	while ((more = options_next(s->options, s->options_len, &at, &opt)) == 1)
		;
	if (more < 0)
		cut_add(&text, "%soption length lies", comma(&text));
	return buf;
}

const char *malform_tcpdump(const struct segment *s, char buf[MALFORM_TEXT_BYTES])
{
	struct cut text = cut_start(buf, MALFORM_TEXT_BYTES);

	if (s->malformed.has_offset)
		cut_add(&text, ", bad data offset %u", s->malformed.offset);
	if (s->malformed.fragment)
		cut_add(&text, ", in fragments of %u", s->malformed.fragment);
	return buf;
}

const char *malform_words(const struct malformation *m, char buf[MALFORM_WORDS_BYTES])
{
	struct cut text = cut_start(buf, MALFORM_WORDS_BYTES);

	if (m->checksum)
		cut_add(&text, ", with a wrong checksum");
	if (m->has_offset)
		cut_add(&text, ", with a data offset of %u", m->offset);
	if (m->fragment)
		cut_add(&text, ", in IP fragments of at most %u bytes", m->fragment);
	if (m->other_port)
		cut_add(&text, ", from another port of ours");
	return buf;
}

const struct false_length *malform_length(const struct malformation *m, unsigned at)
{
	const struct false_length *l = m->lengths;

	while (l && l->at != at)
		l = l->next;
	return l;
}
