/* Decoding what cannot be, fragments, and IPv6 extension headers. */
#include "decode_rig.h"
#include "suite.h"

#include <string.h>

/* --- what cannot be --- */

START_TEST(test_not_ip)
{
	for (unsigned version = 0; version < 16; version++) {
		struct segment want = packet_segment(4);
		struct packet p;

		packet_build(&p, &want);
		p.bytes[0] = (uint8_t)(version << 4 | 5);
		if (version != 4 && version != 6)
			ck_assert_int_eq(result(&p), DECODE_NOT_IP);
	}
}
END_TEST

START_TEST(test_ipv4_header_length)
{
	struct segment want = packet_segment(4);
	struct packet p;

	packet_build(&p, &want);
	for (unsigned words = 0; words < 5; words++) {
		p.bytes[0] = (uint8_t)(0x40 | words);
		ck_assert_int_eq(result(&p), DECODE_MALFORMED);
	}
	p.bytes[0] = 0x4b; /* 44 bytes of header, in a packet of 40 */
	ck_assert_int_eq(result(&p), DECODE_MALFORMED);
}
END_TEST

START_TEST(test_data_offset)
{
	struct segment want = packet_segment(families[_i]);
	struct packet p;

	packet_build(&p, &want);
	for (unsigned words = 0; words < 16; words++) {
		p.bytes[p.tcp + 12] = (uint8_t)(words << 4);
		packet_seal(&p);
		ck_assert_int_eq(result(&p), words == 5 ? DECODE_OK : DECODE_MALFORMED);
	}
}
END_TEST

/* Only where the offset is all that is wrong. */
START_TEST(test_false_offset)
{
	struct segment want = packet_segment(families[_i]), got;
	struct packet p;

	want.payload = (const uint8_t *)"hello, world";
	want.payload_len = want.payload_captured = 12; /* the segment's end is at 8 words */
	packet_build(&p, &want);
	for (unsigned words = 0; words < 16; words++) {
		bool lies = words < 5 || words > 8;

		p.bytes[p.tcp + 12] = (uint8_t)(words << 4);
		packet_seal(&p);
		ck_assert_int_eq(result(&p), lies ? DECODE_MALFORMED : DECODE_OK);
		ck_assert_int_eq(decode_malformed(p.bytes, p.len, p.len, 42, &got), lies);
		if (!lies)
			continue;
		ck_assert(got.malformed.has_offset);
		ck_assert_uint_eq(got.malformed.offset, words);
		ck_assert_uint_eq(got.options_len, 0);
		ck_assert_uint_eq(got.payload_len, 12);
		ck_assert_uint_eq(got.seq, want.seq);
		ck_assert_uint_eq(got.sport, want.sport);
		ck_assert_int_eq(got.time_ns, 42);
		ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
		for (size_t have = 0; have < p.tcp + TCP_HEADER_BYTES; have++) /* cut by the capture */
			ck_assert(!decode_malformed(p.bytes, have, p.len, 42, &got));
		p.bytes[families[_i] == 4 ? 9 : 6] = 17; /* UDP has no such thing */
		packet_seal(&p);
		ck_assert(!decode_malformed(p.bytes, p.len, p.len, 42, &got));
		p.bytes[families[_i] == 4 ? 9 : 6] = 6;
	}
}
END_TEST

START_TEST(test_protocols)
{
	for (unsigned proto = 0; proto < 256; proto++) {
		struct segment want = packet_segment(families[_i]);
		bool extension = proto == 0 || proto == 43 || proto == 44 || proto == 51 || proto == 60;
		struct packet p;

		if (proto == 6 || (families[_i] == 6 && extension))
			continue;
		packet_build(&p, &want);
		p.bytes[families[_i] == 4 ? 9 : 6] = (uint8_t)proto; /* ESP (50) and none (59) too */
		packet_seal(&p);
		ck_assert_int_eq(result(&p), DECODE_NOT_TCP);
	}
}
END_TEST

/* Whose a packet is that is no segment. */
START_TEST(test_ends)
{
	struct segment want = with_payload(families[_i]), ends;
	size_t header = families[_i] == 4 ? 20 : 40;
	struct packet p;

	packet_build(&p, &want);
	p.bytes[header + 12] = 0xf0; /* a header of 60 bytes */
	for (size_t captured = 0; captured <= p.len; captured++) {
		uint8_t *copy = malloc(captured ? captured : 1);

		memcpy(copy, p.bytes, captured);
		ck_assert_int_eq(decode_ends(copy, captured, &ends), captured >= header);
		free(copy);
		if (captured < header)
			continue;
		ck_assert(addr_equal(&ends.src, &want.src) && addr_equal(&ends.dst, &want.dst));
		ck_assert_uint_eq(ends.sport, captured >= header + 4 ? want.sport : 0);
		ck_assert_uint_eq(ends.dport, captured >= header + 4 ? want.dport : 0);
	}
	if (families[_i] == 4) {
		p.bytes[7] = 1; /* a later fragment has no ports */
		ck_assert(decode_ends(p.bytes, p.len, &ends));
		ck_assert_uint_eq(ends.dport, 0);
		p.bytes[9] = 17;
		ck_assert(!decode_ends(p.bytes, p.len, &ends));
	}
}
END_TEST

START_TEST(test_ipv4_fragments)
{
	static const struct {
		uint8_t high, low;
		enum decode_result result;
	} cases[] = {
	    {0x00, 0x00, DECODE_OK},       {0x40, 0x00, DECODE_OK}, /* don't fragment */
	    {0x80, 0x00, DECODE_OK},                                /* reserved */
	    {0x20, 0x00, DECODE_FRAGMENT}, {0x60, 0x00, DECODE_FRAGMENT}, {0x00, 0x01, DECODE_FRAGMENT},
	    {0x1f, 0xff, DECODE_FRAGMENT}, {0x20, 0x10, DECODE_FRAGMENT},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct segment want = with_payload(4);
		struct packet p;

		packet_build(&p, &want);
		p.bytes[6] = cases[i].high;
		p.bytes[7] = cases[i].low;
		packet_seal(&p);
		ck_assert_int_eq(result(&p), cases[i].result);
		p.bytes[9] = 17; /* a fragment of UDP is no affair of ours */
		p.tcp = 0;
		packet_seal(&p);
		ck_assert_int_eq(result(&p), DECODE_NOT_TCP);
	}
}
END_TEST

/* --- IPv6 extension headers --- */

/* One extension header between IPv6 and TCP; body[0] is its length field. */
static enum decode_result decode_extension(uint8_t kind, const uint8_t *body, size_t len, struct packet *p,
                                           struct segment *got)
{
	struct segment want = with_payload(6);

	packet_ip(p, &want, NULL, 0);
	packet_extension(p, kind, body, len);
	packet_tcp(p, &want);
	return decode(p, got);
}

START_TEST(test_extension_lengths)
{
	static const uint8_t kinds[] = {0, 43, 60, 51};
	uint8_t body[1023] = {0};

	for (size_t k = 0; k < sizeof kinds; k++) {
		for (unsigned n = kinds[k] == 51 ? 1 : 0; n < 128; n++) {
			size_t len = kinds[k] == 51 ? 4u * (n + 2) : 8u * (n + 1);
			struct segment got;
			struct packet p;

			body[0] = (uint8_t)n;
			ck_assert_int_eq(decode_extension(kinds[k], body, len - 1, &p, &got), DECODE_OK);
			ck_assert_uint_eq(got.tcp_offset, 40 + len);
			ck_assert_uint_eq(got.payload_len, 12);
			ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
		}
	}
}
END_TEST

START_TEST(test_extension_too_long)
{
	static const uint8_t kinds[] = {0, 43, 60, 51};
	uint8_t body[7] = {255};

	for (size_t k = 0; k < sizeof kinds; k++) {
		struct segment got;
		struct packet p;

		ck_assert_int_eq(decode_extension(kinds[k], body, 7, &p, &got), DECODE_MALFORMED);
	}
}
END_TEST

START_TEST(test_extension_short_ah)
{
	uint8_t body[7] = {0};
	struct segment got;
	struct packet p;

	ck_assert_int_eq(decode_extension(51, body, 7, &p, &got), DECODE_MALFORMED);
}
END_TEST

/* Hop-by-hop, destination, routing, an atomic fragment, AH, destination. */
static void build_chain(struct packet *p)
{
	static const uint8_t zeros[15] = {0}, routing[15] = {1}, ah[11] = {1};
	struct segment want = with_payload(6);

	packet_ip(p, &want, NULL, 0);
	packet_extension(p, 0, zeros, 7);
	packet_extension(p, 60, zeros, 7);
	packet_extension(p, 43, routing, 15);
	packet_extension(p, 44, zeros, 7);
	packet_extension(p, 51, ah, 11);
	packet_extension(p, 60, zeros, 7);
	packet_tcp(p, &want);
}

START_TEST(test_extension_chain)
{
	struct segment got;
	struct packet p;

	build_chain(&p);
	ck_assert_int_eq(decode(&p, &got), DECODE_OK);
	ck_assert_uint_eq(got.tcp_offset, 40 + 5 * 8 + 16 + 4);
	ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
	ck_assert_mem_eq(got.payload, "hello, world", 12);
	for (size_t captured = 0; captured < p.len - 12; captured++)
		ck_assert_int_eq(decode_part(&p, captured, p.len, &got), DECODE_TRUNCATED);
}
END_TEST

START_TEST(test_extension_misplaced)
{
	static const uint8_t zeros[7] = {0};
	struct segment want = with_payload(6);
	struct packet p;

	packet_ip(&p, &want, NULL, 0);
	packet_extension(&p, 60, zeros, 7);
	packet_extension(&p, 0, zeros, 7); /* hop-by-hop, and not the first */
	packet_tcp(&p, &want);
	ck_assert_int_eq(result(&p), DECODE_MALFORMED);
}
END_TEST

START_TEST(test_extension_no_next)
{
	static const uint8_t zeros[7] = {0};
	static const uint8_t ends[] = {59, 50, 17, 58, 135};
	struct segment want = with_payload(6);
	struct packet p;

	for (size_t i = 0; i < sizeof ends; i++) {
		packet_ip(&p, &want, NULL, 0);
		packet_extension(&p, 60, zeros, 7);
		packet_tcp(&p, &want);
		p.bytes[p.next] = ends[i];
		ck_assert_int_eq(result(&p), DECODE_NOT_TCP);
	}
}
END_TEST

START_TEST(test_ipv6_fragments)
{
	static const struct {
		uint8_t high, low, next;
		enum decode_result result;
	} cases[] = {
	    {0x00, 0x00, 6, DECODE_OK},                                          /* atomic: RFC 6946 */
	    {0x00, 0x06, 6, DECODE_OK},                                          /* reserved bits */
	    {0x00, 0x01, 6, DECODE_FRAGMENT},                                    /* the first */
	    {0x00, 0x08, 6, DECODE_FRAGMENT},                                    /* the last */
	    {0xff, 0xf9, 6, DECODE_FRAGMENT}, {0x00, 0x01, 60, DECODE_FRAGMENT}, /* TCP may follow */
	    {0x00, 0x01, 17, DECODE_NOT_TCP},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t body[7] = {99, cases[i].high, cases[i].low, 1, 2, 3, 4}; /* 99: reserved, no length */
		struct segment got;
		struct packet p;

		decode_extension(44, body, 7, &p, &got);
		p.bytes[p.next] = cases[i].next;
		ck_assert_int_eq(result(&p), cases[i].result);
	}
}
END_TEST

/* The pseudo-header has the last destination, which is not yet in dst. */
START_TEST(test_source_route)
{
	uint8_t body[23] = {2, 4, 1};
	struct segment got;
	struct packet p;

	ck_assert_int_eq(decode_extension(43, body, 23, &p, &got), DECODE_OK);
	ck_assert_int_eq(got.checksum, CHECKSUM_UNKNOWN);
	body[2] = 0;
	ck_assert_int_eq(decode_extension(43, body, 23, &p, &got), DECODE_OK);
	ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
}
END_TEST

/* A jumbogram's hop-by-hop option (RFC 2675), as big segments on IPv6 have it. */
START_TEST(test_jumbo)
{
	uint8_t body[7] = {0, 0xc2, 4, 0, 1, 0x86, 0xa0};
	struct segment got;
	struct packet p;

	ck_assert_int_eq(decode_extension(0, body, 7, &p, &got), DECODE_OK);
	memset(p.bytes + 4, 0, 2);
	ck_assert_int_eq(decode_part(&p, p.len, 40 + 100000, &got), DECODE_OK);
	ck_assert_uint_eq(got.payload_len, 100000 - 8 - 32);
	ck_assert_uint_eq(got.payload_captured, 12);
}
END_TEST

/* --- the rest --- */

START_TEST(test_huge_wire_length)
{
	struct segment want = packet_segment(4), got;
	struct packet p;

	packet_build(&p, &want);
	ck_assert_int_eq(decode_part(&p, p.len, SIZE_MAX, &got), DECODE_MALFORMED);
	ck_assert_int_eq(decode_part(&p, p.len, UINT32_MAX, &got), DECODE_OK);
}
END_TEST

START_TEST(test_untouched)
{
	struct segment want = packet_segment(4), got;
	struct packet p;

	packet_build(&p, &want);
	p.bytes[p.tcp + 12] = 0;
	memset(&got, 0x5a, sizeof got);
	ck_assert_int_eq(decode(&p, &got), DECODE_MALFORMED);
	for (size_t i = 0; i < sizeof got; i++)
		ck_assert_uint_eq(((const uint8_t *)&got)[i], 0x5a);
}
END_TEST

static TCase *wrong_case(void)
{
	TCase *c = tcase_create("wrong");

	tcase_add_test(c, test_not_ip);
	tcase_add_test(c, test_ipv4_header_length);
	tcase_add_loop_test(c, test_data_offset, 0, 2);
	tcase_add_loop_test(c, test_false_offset, 0, 2);
	tcase_add_loop_test(c, test_protocols, 0, 2);
	tcase_add_loop_test(c, test_ends, 0, 2);
	tcase_add_test(c, test_ipv4_fragments);
	tcase_add_test(c, test_huge_wire_length);
	tcase_add_test(c, test_untouched);
	return c;
}

static TCase *extension_case(void)
{
	TCase *c = tcase_create("extension headers");

	tcase_add_test(c, test_extension_lengths);
	tcase_add_test(c, test_extension_too_long);
	tcase_add_test(c, test_extension_short_ah);
	tcase_add_test(c, test_extension_chain);
	tcase_add_test(c, test_extension_misplaced);
	tcase_add_test(c, test_extension_no_next);
	tcase_add_test(c, test_ipv6_fragments);
	tcase_add_test(c, test_source_route);
	tcase_add_test(c, test_jumbo);
	return c;
}

int main(void)
{
	Suite *suite = suite_create("malformed");

	suite_add_tcase(suite, wrong_case());
	suite_add_tcase(suite, extension_case());
	return suite_run(suite);
}
