#include "case_lines.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint16_t parse_flags(const char *text, size_t len)
{
	static const char letters[] = "FSRP.";
	uint16_t flags = 0;

	for (size_t i = 0; i < len; i++) {
		const char *at = strchr(letters, text[i]);
		ck_assert_ptr_nonnull(at);
		flags |= (uint16_t)(1 << (at - letters));
	}
	return flags;
}

static void add_option(struct segment *s, const struct tcp_option *option)
{
	ck_assert(options_append(s->options, &s->options_len, option));
}

/* One of "w9", "k3" ..., with right the number that SACK blocks count from. Returns the text after it. */
static const char *parse_more(const char *text, uint32_t right, struct segment *s)
{
	struct tcp_option sack = {.kind = OPT_SACK, .sack_blocks = 1}, stamps = {.kind = OPT_TIMESTAMPS};
	const char *value = text + 1;
	size_t len = strcspn(value, " |");

	switch (*text) {
	case 'w': s->wnd = (uint16_t)strtoul(value, NULL, 10); break;
	case 'k':
		sack.sack[0].right = right + (uint32_t)strtoul(value, NULL, 10);
		sack.sack[0].left = sack.sack[0].right - 1;
		add_option(s, &sack);
		break;
	case 't':
		stamps.ts_val = (uint32_t)strtoul(value, NULL, 10);
		add_option(s, &stamps);
		break;
	case 'o':
		for (size_t i = 0; i + 1 < len; i += 2, s->options_len++)
			ck_assert_int_eq(sscanf(value + i, "%2hhx", &s->options[s->options_len]), 1);
		break;
	case 'r': s->reserved = (uint8_t)strtoul(value, NULL, 16); break;
	case 'b': s->checksum = CHECKSUM_BAD; break;
	case 'd':
		s->payload = (const uint8_t *)value;
		s->payload_captured = s->payload_len;
		ck_assert_uint_eq(len, s->payload_len);
		break;
	default: ck_abort_msg("%s", text);
	}
	return value + len;
}

/* "100>F. 1+5 2 w9 k3": returns the text after it. */
const char *case_segment(const char *text, uint32_t client, uint32_t server, struct segment *s)
{
	const char *at;
	char *end;
	size_t len;
	bool ours;

	memset(s, 0, sizeof *s);
	s->time_ns = strtol(text, &end, 10) * 1000000 + 1700000000000000000;
	if (*end == '=')
		return end + 1;
	ours = *end++ == '>';
	len = strcspn(end, " ");
	s->flags = parse_flags(end, len);
	s->src.family = s->dst.family = 4;
	s->src.bytes[3] = ours ? 1 : 2;
	s->dst.bytes[3] = ours ? 2 : 1;
	s->sport = ours ? 40000 : 80;
	s->dport = ours ? 80 : 40000;
	s->seq = (ours ? client : server) + (uint32_t)strtoul(end + len, &end, 10);
	if (*end == '+')
		s->payload_len = (uint32_t)strtoul(end + 1, &end, 10);
	if (*end == ' ')
		s->ack = (ours ? server : client) + (uint32_t)strtoul(end, &end, 10);
	s->wnd = 1000;
	at = end;
	while (*at == ' ')
		at = parse_more(at + 1, ours ? server : client, s);
	return *at == '|' ? at + 1 : at;
}

static void name_at(const struct named *named, uint32_t client, uint32_t server)
{
	struct segment segments[SEGMENTS_MAX];
	const struct segment *list[SEGMENTS_MAX];
	struct case_mark marks[SEGMENTS_MAX];
	struct close_case c;
	char text[CASE_TEXT_BYTES];
	size_t count = 0;
	int64_t end_ns;

	for (const char *at = named->segments; *at != '\0'; count++) {
		at = case_segment(at, client, server, &segments[count]);
		list[count] = &segments[count];
	}
	end_ns = list[count - 1]->time_ns;
	if (strchr(named->segments, '='))
		count--;
	close_case_name(list, count, end_ns, &c, marks);
	ck_assert_str_eq(close_case_text(&c, text), named->text);
	ck_assert_str_eq(close_kind_name(c.kind), close_kind_name(named->kind));
	if (!named->unusual) {
		ck_assert_msg(c.unusual_count == 0, "%s: unusual: %s", named->segments, c.unusual[0].text);
	} else {
		ck_assert_msg(c.unusual_count > 0, "%s: nothing is unusual", named->segments);
		ck_assert_msg(strncmp(c.unusual[0].text, named->unusual, strlen(named->unusual)) == 0,
		              "%s: unusual: %s", named->segments, c.unusual[0].text);
	}
}

void case_expect(const struct named *named)
{
	name_at(named, 1000, 5000000);
	name_at(named, UINT32_MAX, UINT32_MAX);
	name_at(named, UINT32_MAX - 1, INT32_MAX);
}
