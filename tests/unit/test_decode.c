/* Decoding: every field, checksums, every cut, and packets that a kernel made. */
#include "decode_rig.h"
#include "suite.h"

#include <string.h>

/* --- what is right --- */

START_TEST(test_fields)
{
	int family = families[_i];
	struct segment want = with_payload(family), got;
	struct packet p;

	packet_build(&p, &want);
	ck_assert_int_eq(decode(&p, &got), DECODE_OK);
	ck_assert(addr_equal(&got.src, &want.src));
	ck_assert(addr_equal(&got.dst, &want.dst));
	ck_assert_uint_eq(got.sport, want.sport);
	ck_assert_uint_eq(got.dport, want.dport);
	ck_assert_uint_eq(got.seq, want.seq);
	ck_assert_uint_eq(got.ack, want.ack);
	ck_assert_uint_eq(got.flags, want.flags);
	ck_assert_uint_eq(got.wnd, want.wnd);
	ck_assert_uint_eq(got.urg, want.urg);
	ck_assert_uint_eq(got.ip_id, want.ip_id);
	ck_assert_uint_eq(got.ttl, want.ttl);
	ck_assert_uint_eq(got.tos, want.tos);
	ck_assert_uint_eq(got.options_len, want.options_len);
	ck_assert_mem_eq(got.options, want.options, want.options_len);
	ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
	ck_assert_uint_eq(got.payload_len, 12);
	ck_assert_uint_eq(got.payload_captured, 12);
	ck_assert_mem_eq(got.payload, "hello, world", 12);
	ck_assert_ptr_eq(got.packet + got.tcp_offset + 32, got.payload);
	ck_assert_uint_eq(got.packet_captured, p.len);
	ck_assert_uint_eq(got.tcp_offset, family == 4 ? 20 : 40);
	ck_assert_int_eq(got.time_ns, 42);
	ck_assert(!got.malformed.checksum);
}
END_TEST

START_TEST(test_flags)
{
	for (unsigned bits = 0; bits < 0x1000; bits++) { /* with the reserved ones */
		struct segment want = packet_segment(families[_i]), got;
		struct packet p;

		want.flags = (uint16_t)bits;
		packet_build(&p, &want);
		ck_assert_int_eq(decode(&p, &got), DECODE_OK);
		ck_assert_uint_eq(got.flags, bits & TCP_FLAGS);
		ck_assert_uint_eq(got.reserved, bits >> 8 & TCP_RESERVED);
	}
}
END_TEST

START_TEST(test_all_options)
{
	for (uint8_t n = 0; n <= TCP_OPTIONS_MAX_BYTES; n += 4) {
		struct segment want = packet_segment(families[_i]), got;
		struct packet p;

		want.options_len = n;
		memset(want.options, OPT_NOP, n);
		packet_build(&p, &want);
		ck_assert_int_eq(decode(&p, &got), DECODE_OK);
		ck_assert_uint_eq(got.options_len, n);
		ck_assert_mem_eq(got.options, want.options, sizeof want.options);
		ck_assert_uint_eq(got.payload_len, 0);
		ck_assert_ptr_null(got.payload);
		ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
	}
}
END_TEST

START_TEST(test_padding)
{
	struct segment want = packet_segment(families[_i]), got;
	struct packet p;

	packet_build(&p, &want);
	p.bytes[p.len] = 0xff; /* Ethernet's padding need not be zero */
	ck_assert_int_eq(decode_part(&p, p.len + 6, p.len + 6, &got), DECODE_OK);
	ck_assert_uint_eq(got.payload_len, 0);
	ck_assert_uint_eq(got.packet_captured, p.len);
	ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
	/* A capture that claims more than passed. */
	ck_assert_int_eq(decode_part(&p, p.len + 6, p.len, &got), DECODE_OK);
	ck_assert_uint_eq(got.packet_captured, p.len);
}
END_TEST

START_TEST(test_ipv4_options)
{
	for (size_t n = 0; n <= 40; n += 4) {
		struct segment want = with_payload(4), got;
		uint8_t options[40];
		struct packet p;

		memset(options, 1, sizeof options);
		packet_ip(&p, &want, options, n);
		packet_tcp(&p, &want);
		ck_assert_int_eq(decode(&p, &got), DECODE_OK);
		ck_assert_uint_eq(got.tcp_offset, 20 + n);
		ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
		ck_assert_uint_eq(got.payload_len, 12);
	}
}
END_TEST

/* Segmentation offload, and jumbograms: no length in the header. */
START_TEST(test_no_length)
{
	struct segment want = with_payload(families[_i]), got;
	struct packet p;

	packet_build(&p, &want);
	if (families[_i] == 4)
		memset(p.bytes + 10, 0, 2); /* its sum too is left to the card */
	memset(p.bytes + (families[_i] == 4 ? 2 : 4), 0, 2);
	ck_assert_int_eq(decode(&p, &got), DECODE_OK);
	ck_assert_uint_eq(got.payload_len, 12);
	ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
	/* 100,000 bytes of payload, of which 12 were captured. */
	ck_assert_int_eq(decode_part(&p, p.len, p.len - 12 + 100000, &got), DECODE_OK);
	ck_assert_uint_eq(got.payload_len, 100000);
	ck_assert_uint_eq(got.payload_captured, 12);
	ck_assert_int_eq(got.checksum, CHECKSUM_UNKNOWN);
}
END_TEST

/* No length in the header, and less of it on the wire than was captured. */
START_TEST(test_no_length_cut)
{
	struct segment want = packet_segment(families[_i]), got;
	struct packet p;

	packet_build(&p, &want);
	if (families[_i] == 4)
		memset(p.bytes + 10, 0, 2);
	memset(p.bytes + (families[_i] == 4 ? 2 : 4), 0, 2);
	for (size_t wire_len = 0; wire_len < p.len; wire_len++) {
		enum decode_result r = decode_part(&p, p.len, wire_len, &got);

		ck_assert_int_eq(r, DECODE_TRUNCATED);
	}
}
END_TEST

/* Over 64 KiB, all captured: the pseudo-header's length has 32 bits. */
START_TEST(test_big_segment)
{
	enum { MORE = 70000 };
	struct segment want = packet_segment(6), got;
	uint8_t *bytes;
	struct packet p;
	uint32_t sum;

	packet_build(&p, &want);
	memset(p.bytes + 4, 0, 2);
	bytes = calloc(1, p.len + MORE); /* zeros add to the sum by their length alone */
	memcpy(bytes, p.bytes, p.len);
	sum = 0xffffu - (uint32_t)(bytes[p.tcp + 16] << 8 | bytes[p.tcp + 17]);
	sum = 0xffff - (sum + MORE) % 0xffff;
	bytes[p.tcp + 16] = (uint8_t)(sum >> 8);
	bytes[p.tcp + 17] = (uint8_t)sum;
	ck_assert_int_eq(decode_ip(bytes, p.len + MORE, p.len + MORE, 0, &got), DECODE_OK);
	ck_assert_uint_eq(got.payload_len, MORE);
	ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
	free(bytes);
}
END_TEST

/* --- the kernel's own --- */

/* A SYN on loopback, as tcpdump captured it: its checksum is offloaded, and
 * tcpdump names the right one, 0x2e6d. */
static const uint8_t loopback_syn[] = {
    0x45, 0x00, 0x00, 0x3c, 0xbb, 0x7c, 0x40, 0x00, 0x40, 0x06, 0x81, 0x3d, 0x7f, 0x00, 0x00,
    0x01, 0x7f, 0x00, 0x00, 0x01, 0x83, 0x40, 0x13, 0x87, 0xe2, 0xf7, 0x1d, 0xe8, 0x00, 0x00,
    0x00, 0x00, 0xa0, 0x02, 0xff, 0xd7, 0xfe, 0x30, 0x00, 0x00, 0x02, 0x04, 0xff, 0xd7, 0x04,
    0x02, 0x08, 0x0a, 0x6b, 0x62, 0x1e, 0x88, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a,
};

START_TEST(test_kernel_syn)
{
	struct packet p = {.len = sizeof loopback_syn};
	struct segment s;
	char text[100];

	memcpy(p.bytes, loopback_syn, p.len);
	ck_assert_int_eq(decode(&p, &s), DECODE_OK);
	ck_assert_int_eq(s.checksum, CHECKSUM_OFFLOADED);
	ck_assert_uint_eq(s.sport, 33600);
	ck_assert_uint_eq(s.dport, 4999);
	ck_assert_uint_eq(s.seq, 3807845864u);
	ck_assert_uint_eq(s.flags, TCP_SYN);
	ck_assert_uint_eq(s.wnd, 65495);
	ck_assert_uint_eq(s.ip_id, 47996);
	ck_assert_str_eq(options_text(s.options, s.options_len, text, sizeof text),
	                 "mss 65495,sackOK,TS val 1801592456 ecr 0,nop,wscale 10");
	p.bytes[36] = 0x2e;
	p.bytes[37] = 0x6d;
	ck_assert_int_eq(decode(&p, &s), DECODE_OK);
	ck_assert_int_eq(s.checksum, CHECKSUM_GOOD);
	p.bytes[37] = 0x6e;
	ck_assert_int_eq(decode(&p, &s), DECODE_OK);
	ck_assert_int_eq(s.checksum, CHECKSUM_BAD);
}
END_TEST

/* --- checksums --- */

START_TEST(test_rfc1071)
{
	static const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	uint8_t ones[3] = {0xff, 0xff, 0x80};

	ck_assert_uint_eq(checksum_add(0, bytes, sizeof bytes), 0x2ddf0); /* RFC 1071, 3 */
	ck_assert_uint_eq(checksum_fold(0x2ddf0), 0x220d);
	ck_assert_uint_eq(checksum_add(checksum_add(0, bytes, 4), bytes + 4, 4), 0x2ddf0);
	ck_assert_uint_eq(checksum_add(0, bytes, 0), 0);
	ck_assert_uint_eq(checksum_add(0, ones, 3), 0x17fff);
	/* A sum that does not fit comes around. */
	ck_assert_uint_eq(checksum_fold(checksum_add(0xffffffff, ones, 3)), checksum_fold(0x8000));
	ck_assert_uint_eq(checksum_fold(0xffffffff), 0);
	ck_assert_uint_eq(checksum_fold(0), 0xffff);
}
END_TEST

/* Any single bit that flips is seen. */
START_TEST(test_checksum_bits)
{
	struct segment want = with_payload(families[_i]), got;
	struct packet p;

	packet_build(&p, &want);
	for (size_t bit = 8 * p.tcp; bit < 8 * p.len; bit++) {
		p.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (decode(&p, &got) == DECODE_OK)
			ck_assert_int_eq(got.checksum, CHECKSUM_BAD);
		p.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ck_assert_int_eq(decode(&p, &got), DECODE_OK);
	ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
}
END_TEST

START_TEST(test_checksum_offloaded)
{
	for (uint32_t len = 0; len <= 12; len++) { /* odd lengths too */
		struct segment want = with_payload(families[_i]), got;
		struct packet p;

		want.payload_len = len;
		packet_build(&p, &want);
		ck_assert_int_eq(decode(&p, &got), DECODE_OK);
		ck_assert_int_eq(got.checksum, CHECKSUM_GOOD);
		packet_tcp_sum(&p, true);
		ck_assert_int_eq(decode(&p, &got), DECODE_OK);
		ck_assert_int_eq(got.checksum, CHECKSUM_OFFLOADED);
		p.bytes[p.tcp + 17] ^= 1;
		ck_assert_int_eq(decode(&p, &got), DECODE_OK);
		ck_assert_int_eq(got.checksum, CHECKSUM_BAD);
		memset(p.bytes + p.tcp + 16, 0, 2);
		ck_assert_int_eq(decode(&p, &got), DECODE_OK);
		ck_assert_int_eq(got.checksum, CHECKSUM_BAD);
	}
}
END_TEST

START_TEST(test_ip_checksum)
{
	struct segment want = with_payload(4), got;
	struct packet p;

	packet_build(&p, &want);
	for (size_t bit = 8; bit < 8 * 20; bit++) {
		if (bit / 8 >= 2 && bit / 8 < 4)
			continue; /* the length is judged first */
		p.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_int_eq(result(&p), DECODE_BAD_IP_SUM);
		p.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	memset(p.bytes + 10, 0, 2); /* offloaded */
	ck_assert_int_eq(decode(&p, &got), DECODE_OK);
}
END_TEST

/* --- cuts --- */

/* Each shorter capture: truncated in the headers, and in the payload not. */
START_TEST(test_capture_cut)
{
	struct segment want = with_payload(families[_i]), got;
	struct packet p;

	packet_build(&p, &want);
	for (size_t captured = 0; captured < p.len; captured++) {
		enum decode_result r = decode_part(&p, captured, p.len, &got);

		if (captured < p.len - 12) {
			ck_assert_int_eq(r, DECODE_TRUNCATED);
			continue;
		}
		ck_assert_int_eq(r, DECODE_OK);
		ck_assert_uint_eq(got.payload_len, 12);
		ck_assert_uint_eq(got.payload_captured, captured - (p.len - 12));
		ck_assert_int_eq(!got.payload, got.payload_captured == 0);
		ck_assert_uint_eq(got.packet_captured, captured);
		ck_assert_int_eq(got.checksum, CHECKSUM_UNKNOWN);
	}
}
END_TEST

/* Each shorter packet, whole on the wire: less than its own length says. */
START_TEST(test_wire_cut)
{
	struct segment want = with_payload(families[_i]), got;
	struct packet p;

	packet_build(&p, &want);
	for (size_t len = 0; len < p.len; len++)
		ck_assert_int_eq(decode_part(&p, len, len, &got), DECODE_TRUNCATED);
}
END_TEST

/* The packet's own length leaves no room for its headers. */
START_TEST(test_own_length)
{
	struct segment want = packet_segment(families[_i]), got;
	size_t ip = families[_i] == 4 ? 20 : 40;
	struct packet p;

	packet_build(&p, &want);
	for (size_t len = 1; len < ip + TCP_HEADER_BYTES; len++) {
		enum decode_result r;

		if (families[_i] == 4) {
			p.bytes[3] = (uint8_t)len;
			memset(p.bytes + 10, 0, 2);
		} else if (len > ip) {
			p.bytes[5] = (uint8_t)(len - ip);
		} else {
			continue;
		}
		r = decode_part(&p, p.len, p.len, &got);
		ck_assert_int_eq(r, len < ip ? DECODE_MALFORMED : DECODE_TRUNCATED);
	}
}
END_TEST

static TCase *right_case(void)
{
	TCase *c = tcase_create("right");

	tcase_add_loop_test(c, test_fields, 0, 2);
	tcase_add_loop_test(c, test_flags, 0, 2);
	tcase_add_loop_test(c, test_all_options, 0, 2);
	tcase_add_loop_test(c, test_padding, 0, 2);
	tcase_add_test(c, test_ipv4_options);
	tcase_add_loop_test(c, test_no_length, 0, 2);
	tcase_add_loop_test(c, test_no_length_cut, 0, 2);
	tcase_add_test(c, test_big_segment);
	tcase_add_test(c, test_kernel_syn);
	return c;
}

static TCase *checksum_case(void)
{
	TCase *c = tcase_create("checksum");

	tcase_add_test(c, test_rfc1071);
	tcase_add_loop_test(c, test_checksum_bits, 0, 2);
	tcase_add_loop_test(c, test_checksum_offloaded, 0, 2);
	tcase_add_test(c, test_ip_checksum);
	return c;
}

static TCase *cut_case(void)
{
	TCase *c = tcase_create("cuts");

	tcase_add_loop_test(c, test_capture_cut, 0, 2);
	tcase_add_loop_test(c, test_wire_cut, 0, 2);
	tcase_add_loop_test(c, test_own_length, 0, 2);
	return c;
}

int main(void)
{
	Suite *suite = suite_create("decode");

	suite_add_tcase(suite, right_case());
	suite_add_tcase(suite, checksum_case());
	suite_add_tcase(suite, cut_case());
	return suite_run(suite);
}
