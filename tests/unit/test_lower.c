/* The property that verdicts rest on: for any segment, the lowered pcap filter and the field-by-field
 * comparison give the same answer, on IPv4 and on IPv6, with and without extension headers, near sequence
 * wrap too. Patterns and segments are generated; a segment is mostly made to fit its pattern and then
 * changed in one place or in none, so that both answers occur. */
#include "core/decode.h"
#include "core/pattern.h"

#include "suite.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 6000, PACKET_MAX = 512 };

static uint32_t random_state;

static uint32_t rnd(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

static bool one_in(uint32_t n) { return rnd() % n == 0; }

/* --- from a segment to bytes, written apart from libnet --- */

static void put16(uint8_t *at, uint32_t n)
{
	at[0] = (uint8_t)(n >> 8);
	at[1] = (uint8_t)n;
}

static void put32(uint8_t *at, uint32_t n)
{
	put16(at, n >> 16);
	put16(at + 2, n);
}

static size_t put_ip(const struct segment *s, unsigned extension, size_t tcp_bytes, uint8_t *out)
{
	if (s->src.family == 4) {
		memset(out, 0, 24);
		out[0] = extension ? 0x46 : 0x45; /* one word of IP options: NOPs */
		put16(out + 2, (uint32_t)((extension ? 24 : 20) + tcp_bytes));
		out[8] = s->ttl;
		out[9] = 6;
		memcpy(out + 12, s->src.bytes, 4);
		memcpy(out + 16, s->dst.bytes, 4);
		memset(out + 20, 1, 4);
		put16(out + 10, checksum_fold(checksum_add(0, out, extension ? 24 : 20)));
		return extension ? 24 : 20;
	}
	memset(out, 0, 48);
	out[0] = 0x60;
	put16(out + 4, (uint32_t)((extension ? 8 : 0) + tcp_bytes));
	out[6] = extension ? 60 : 6; /* destination options, padded */
	out[7] = s->ttl;
	memcpy(out + 8, s->src.bytes, 16);
	memcpy(out + 24, s->dst.bytes, 16);
	if (extension) {
		out[40] = 6;
		out[42] = 1;
		out[43] = 4;
	}
	return extension ? 48 : 40;
}

static size_t encode(const struct segment *s, unsigned extension, uint8_t *out)
{
	size_t header = TCP_HEADER_BYTES + s->options_len, at;
	uint8_t *tcp;

	at = put_ip(s, extension, header + s->payload_len, out);
	tcp = out + at;
	memset(tcp, 0, TCP_HEADER_BYTES);
	put16(tcp, s->sport);
	put16(tcp + 2, s->dport);
	put32(tcp + 4, s->seq);
	put32(tcp + 8, s->ack);
	put16(tcp + 12, (uint32_t)(header / 4) << 12 | s->flags);
	put16(tcp + 14, s->wnd);
	put16(tcp + 18, s->urg);
	memcpy(tcp + TCP_HEADER_BYTES, s->options, s->options_len);
	if (s->payload_len)
		memcpy(tcp + header, s->payload, s->payload_len);
	return at + header + s->payload_len;
}

/* --- generated patterns --- */

struct generated {
	struct connection connection;
	struct bound bound[1];
	struct scope scope;
	struct pattern pattern;
	struct expr exprs[64];
	unsigned expr_count;
	struct option_pattern options[6];
	uint8_t payload[16];
	struct segment segment;
	uint8_t segment_payload[16];
};

static const struct expr *constant(struct generated *g, uint32_t value)
{
	struct expr *e = &g->exprs[g->expr_count++];

	ck_assert_uint_lt(g->expr_count, 64);
	*e = (struct expr){.op = EXPR_CONST, .value = value};
	return e;
}

/* A field that holds for value (mostly), as a value or as a range around it. */
static struct field around(struct generated *g, uint32_t value, uint32_t max)
{
	struct field f = {.kind = FIELD_VALUE};
	uint32_t below = rnd() % 4, above = rnd() % 4;

	switch (rnd() % 4) {
	case 0: return (struct field){.kind = FIELD_ABSENT};
	case 1: f.low = constant(g, value); return f;
	case 2: return (struct field){.kind = FIELD_ANY};
	}
	f.kind = FIELD_RANGE;
	if (max != UINT32_MAX && value < below)
		below = value;
	f.low = constant(g, value - below);
	f.high = constant(g, max - value < above && max != UINT32_MAX ? max : value + above);
	return f;
}

static uint32_t near_wrap(void) { return one_in(2) ? (uint32_t)(rnd() % 8) - 4 : rnd(); }

static void generate_options(struct generated *g)
{
	struct pattern *p = &g->pattern;
	struct segment *s = &g->segment;
	unsigned count = rnd() % 5;
	size_t rows = 0;

	while (option_row(rows))
		rows++;
	p->has_options = !one_in(3);
	p->options_open = one_in(3);
	p->options = g->options;
	for (unsigned i = 0; i < count; i++) {
		const struct option_rule *rule = option_row(rnd() % (rows + 1)); /* behind the table: raw */
		struct tcp_option o = {.kind = rule ? rule->kind : 254, .unknown = !rule, .sack_blocks = 1};
		struct option_pattern *op = &g->options[i];

		if (o.kind == OPT_EOL)
			continue;
		o.data = (const uint8_t *)"\x01\x02\x03";
		o.data_len = o.unknown ? (uint8_t)(rnd() % 4) : 0;
		*op = (struct option_pattern){.kind = o.kind,
		                              .raw = o.unknown,
		                              .data_len = o.data_len,
		                              .data = o.data,
		                              .sack_blocks = 1};
		for (unsigned k = 0, at; rule && k < option_values(rule, 1); k++) {
			uint32_t most = UINT32_MAX >> (32 - 8 * option_field(rule, k, &at)->width);

			o.values[k] = near_wrap() & most;
			op->values[k] = around(g, o.values[k], most);
		}
		if (!options_append(s->options, &s->options_len, &o))
			break;
		p->options_count++;
	}
	options_pad(s->options, &s->options_len);
}

static void generate(struct generated *g)
{
	struct segment *s = &g->segment;
	struct pattern *p = &g->pattern;
	uint8_t family = one_in(2) ? 4 : 6;

	memset(g, 0, sizeof *g);
	g->scope = (struct scope){.connection = &g->connection, .bound = g->bound};
	s->src.family = s->dst.family = family;
	memcpy(s->src.bytes, (uint8_t[]){198, 18, 0, 2}, 4);
	memcpy(s->dst.bytes, (uint8_t[]){198, 18, 0, 1}, 4);
	g->connection = (struct connection){.remote = s->src,
	                                    .local = s->dst,
	                                    .remote_port = 80,
	                                    .local_port = 61000,
	                                    .iss = near_wrap(),
	                                    .irs = near_wrap()};
	s->sport = 80;
	s->dport = 61000;
	s->seq = near_wrap();
	s->ack = near_wrap();
	s->flags = (uint16_t)(rnd() & TCP_FLAGS);
	s->wnd = (uint16_t)rnd();
	s->urg = one_in(2) ? 0 : (uint16_t)rnd();
	s->ttl = (uint8_t)rnd();
	s->payload_len = rnd() % 3 ? rnd() % 13 : 0;
	s->payload = g->segment_payload;
	for (unsigned i = 0; i < sizeof g->payload; i++)
		g->segment_payload[i] = g->payload[i] = (uint8_t)rnd();

	p->flags_mask = one_in(4) ? 0 : one_in(2) ? TCP_FLAGS : TCP_FLAGS & ~TCP_PSH;
	p->flags = s->flags & p->flags_mask;
	p->seq = around(g, s->seq, UINT32_MAX);
	p->end = around(g, s->seq + s->payload_len, UINT32_MAX);
	p->ack = around(g, s->ack, UINT32_MAX);
	p->win = around(g, s->wnd, UINT16_MAX);
	p->len = around(g, s->payload_len, UINT16_MAX);
	p->ttl = around(g, s->ttl, UINT8_MAX);
	p->urg = around(g, s->urg, UINT16_MAX);
	p->has_payload = one_in(3);
	p->payload = g->payload;
	p->payload_len = s->payload_len;
	generate_options(g);
}

/* One change, which the pattern may or may not look at. */
static void disturb(struct generated *g)
{
	struct segment *s = &g->segment;

	switch (rnd() % 12) {
	case 0: s->seq += rnd() % 9 - 4; break;
	case 1: s->ack += rnd() % 9 - 4; break;
	case 2: s->flags ^= (uint16_t)(1u << rnd() % 9); break;
	case 3: s->wnd = (uint16_t)(s->wnd + rnd() % 9 - 4); break;
	case 4: s->urg ^= 1; break;
	case 5: s->ttl = (uint8_t)(s->ttl + rnd() % 9 - 4); break;
	case 6: s->payload_len = rnd() % 13; break;
	case 7: g->segment_payload[rnd() % 13] ^= 1; break;
	case 8:
		if (s->options_len)
			s->options[rnd() % s->options_len] ^= (uint8_t)(1u << rnd() % 8);
		break;
	case 9:
		if (s->options_len)
			s->options_len = (uint8_t)(s->options_len - 4);
		break;
	case 10: s->sport ^= 1; break;
	}
}

/* As fourwave compiles it, and optimised, as tcpdump would. */
static int ask(const char *expression, int optimise, const uint8_t *packet, size_t len, pcap_t *dead)
{
	struct bpf_program program;
	struct pcap_pkthdr header = {.caplen = (bpf_u_int32)len, .len = (bpf_u_int32)len};
	int answer;

	ck_assert_msg(pcap_compile(dead, &program, expression, optimise, PCAP_NETMASK_UNKNOWN) == 0, "%s: %s",
	              pcap_geterr(dead), expression);
	answer = pcap_offline_filter(&program, &header, packet) != 0;
	pcap_freecode(&program);
	return answer;
}

START_TEST(filter_and_fields_agree)
{
	pcap_t *dead = pcap_open_dead(DLT_RAW, 65535);
	unsigned matched = 0, refused = 0;
	UT_string lowered;

	utstring_init(&lowered);
	random_state = 2463534242u + (uint32_t)_i;
	for (unsigned i = 0; i < ROUNDS; i++) {
		static struct generated g;
		uint8_t packet[PACKET_MAX];
		const char *expression;
		struct segment decoded;
		struct mismatch why = {.field = DIFFERS_SEGMENT};
		bool fields;
		size_t len;

		generate(&g);
		if (!one_in(3))
			disturb(&g);
		len = encode(&g.segment, one_in(4), packet);
		ck_assert_int_eq(decode_ip(packet, len, len, 0, &decoded), DECODE_OK);
		utstring_clear(&lowered);
		pattern_lower(&g.pattern, &g.scope, decoded.src.family, decoded.tcp_offset, &lowered);
		expression = utstring_body(&lowered);
		/* Another port is another connection: the filter knows it, the
		 * pattern is only asked about the connection's own. */
		fields = decoded.sport == 80 && pattern_match(&g.pattern, &decoded, &g.scope, &why);
		for (int optimise = 0; optimise <= 1; optimise++)
			ck_assert_msg(ask(expression, optimise, packet, len, dead) == fields,
			              "round %u, optimise %d: fields say %d (%s): %s", i, optimise, fields,
			              field_name(why.field), expression);
		if (fields)
			matched++;
		else
			refused++;
	}
	ck_assert_uint_gt(matched, ROUNDS / 10);
	ck_assert_uint_gt(refused, ROUNDS / 10);
	pcap_close(dead);
	utstring_done(&lowered);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lower");
	TCase *c = tcase_create("lower");

	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, filter_and_fields_agree, 0, 4);
	suite_add_tcase(s, c);
	return suite_run(s);
}
