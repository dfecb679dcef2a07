/* Any bytes into the decoder, and what comes out into the options and the
 * connection. `make check` runs it with standalone.c. With libFuzzer, from the
 * top of the tree:
 *
 *	clang -g -O1 -std=gnu17 -Isrc -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
 *	    tests/fuzz/fuzz_decode.c tests/unit/packet.c \
 *	    src/core/{decode,fragments,malform,segment,options,connection}.c \
 *	    src/base/{text,memory,diag,address}.c -o /tmp/fuzz_decode
 *	/tmp/fuzz_decode -max_len=300
 *
 * The first byte of an input says how many bytes of the packet were not
 * captured; the rest is the packet. */
#include "core/connection.h"
#include "core/decode.h"

#include "../unit/packet.h"
#include "standalone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_decode: not so: %s\n", what);
	abort();
}

static void check_places(const struct segment *s, const uint8_t *bytes, size_t captured, size_t wire_len)
{
	size_t header_end = s->tcp_offset + TCP_HEADER_BYTES + s->options_len;

	require(s->packet == bytes, "the packet is what came");
	require(s->packet_captured <= captured, "no more than was captured");
	require(header_end <= s->packet_captured, "the headers are there");
	require(s->options_len <= TCP_OPTIONS_MAX_BYTES && s->options_len % 4 == 0, "options in words");
	require(s->payload_captured == s->packet_captured - header_end, "payload is what follows");
	require(s->payload_captured <= s->payload_len, "no more payload than there was");
	require(s->payload_len <= wire_len - header_end, "no more payload than passed");
	require(s->payload_captured ? s->payload == bytes + header_end : !s->payload, "payload's place");
	require((s->flags & ~TCP_FLAGS) == 0, "flags and no more");
	require(s->payload_captured == s->payload_len || s->checksum == CHECKSUM_UNKNOWN,
	        "sum over the whole");
	require(!memcmp(s->options, bytes + s->tcp_offset + TCP_HEADER_BYTES, s->options_len),
	        "options copied");
}

static void check_options(const struct segment *s)
{
	struct tcp_option opt;
	char text[64];
	size_t at = 0, before = 0;
	int more;

	while ((more = options_next(s->options, s->options_len, &at, &opt)) == 1) {
		require(at > before && at <= s->options_len, "each option is a step ahead");
		before = at;
	}
	require(more < 0 || at == s->options_len, "the end is the end");
	for (size_t size = 1; size <= sizeof text; size += 7) {
		options_text(s->options, s->options_len, text, size);
		require(memchr(text, '\0', size), "the text ends");
	}
}

static void check_texts(const struct segment *s)
{
	char addr[ADDR_TEXT_BYTES], flags[FLAGS_TEXT_BYTES];

	require(strlen(addr_text(&s->src, addr)) >= 2, "an address has a text");
	require(strlen(flags_text(s->flags, flags)) >= 1, "flags have a text");
}

static void check_connection(const struct segment *s)
{
	struct connection c;

	connection_init(&c, s->ack - 1);
	connection_sent(&c, s);
	for (int i = 0; i < 3; i++) {
		uint32_t rcv_nxt = c.rcv_nxt;
		bool has_syn = c.have_irs && rcv_nxt != c.irs;

		connection_received(&c, s, i == 0);
		require(!has_syn || c.rcv_nxt - rcv_nxt <= segment_len(s), "no further than the segment");
	}
}

/* Pieces of what came before are kept, so that some are put together. */
static void gather_once(const uint8_t *bytes, size_t captured, size_t wire_len)
{
	static struct gather *gather, *other;
	const uint8_t *whole;
	struct segment s;
	uint16_t first;
	size_t len;

	if (!gather) {
		gather = gather_new();
		other = gather_new();
	}
	if (malform_decode(other, bytes, captured, wire_len, 1, &s))
		require(s.malformed.has_offset || s.malformed.fragment, "something is malformed in it");
	if (!gather_take(gather, bytes, captured, wire_len, &whole, &len, &first))
		return;
	require(len <= IP_PACKET_MAX && first <= len, "a packet can be so long");
	require(decode_ip(whole, len, len, 1, &s) != DECODE_FRAGMENT, "it is none any more");
}

static void decode_once(const uint8_t *bytes, size_t captured, size_t wire_len)
{
	enum decode_result r;
	struct segment s;

	gather_once(bytes, captured, wire_len);
	r = decode_ip(bytes, captured, wire_len, 1, &s);
	if (r != DECODE_OK) {
		if (!decode_malformed(bytes, captured, wire_len, 1, &s))
			return;
		require(r == DECODE_MALFORMED && s.malformed.has_offset && s.options_len == 0,
		        "a lie about the offset alone");
	}
	check_places(&s, bytes, captured, wire_len);
	check_options(&s);
	check_texts(&s);
	check_connection(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (size < 1)
		return 0;
	decode_once(data + 1, size - 1, size - 1 + data[0]);
	/* Again with IPv4's header checksum left to the card: else nearly no mutation would pass it. */
	copy = malloc(size);
	if (!copy)
		abort();
	memcpy(copy, data + 1, size - 1);
	if (size - 1 >= 20 && copy[0] >> 4 == 4) {
		memset(copy + 10, 0, 2);
		decode_once(copy, size - 1, size - 1 + data[0]);
	}
	free(copy);
	return 0;
}

/* --- built-in inputs --- */

static void add_options(struct segment *s)
{
	const struct tcp_option options[] = {
	    {.kind = OPT_MSS, .mss = 1460},        {.kind = OPT_SACK_PERMITTED},
	    {.kind = OPT_TIMESTAMPS, .ts_val = 9}, {.kind = OPT_NOP},
	    {.kind = OPT_WSCALE, .wscale = 7},     {.kind = OPT_SACK, .sack_blocks = 2},
	};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		options_append(s->options, &s->options_len, &options[i]);
	options_pad(s->options, &s->options_len);
}

/* n: bit 0 the family, bit 1 TCP options, bit 2 payload, bit 3 IP options or
 * extension headers, bit 4 cut by the capture. */
static void build_seed(unsigned n, struct packet *p)
{
	static const uint8_t zeros[16] = {0}, ip_options[8] = {7, 7, 4}, routing[15] = {1};
	struct segment s = packet_segment(n & 1 ? 6 : 4);

	if (n & 2) {
		s.flags = TCP_SYN | TCP_ACK;
		add_options(&s);
	}
	if (n & 4) {
		s.flags = TCP_FIN | TCP_ACK;
		s.payload = zeros;
		s.payload_len = sizeof zeros;
	}
	packet_ip(p, &s, ip_options, n & 8 ? sizeof ip_options : 0);
	if ((n & 1) && (n & 8)) {
		packet_extension(p, 0, zeros, 7);
		packet_extension(p, 60, zeros, 7);
		packet_extension(p, 43, routing, 15);
		packet_extension(p, 44, zeros, 7);
		packet_extension(p, 51, routing, 11);
	}
	packet_tcp(p, &s);
}

size_t fuzz_seed(unsigned n, uint8_t *buf, size_t size)
{
	struct packet p;
	size_t cut = n & 16 ? 10 : 0;

	if (n >= 32)
		return 0;
	build_seed(n, &p);
	p.len -= cut;
	if (size < p.len + 1)
		return 0;
	buf[0] = (uint8_t)cut;
	memcpy(buf + 1, p.bytes, p.len);
	return p.len + 1;
}
