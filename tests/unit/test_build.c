/* What is built is what is decoded: random segments of both families, with all that a
 * scenario may ask for, through libnet and back. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/decode.h"
#include "builder.h"
#include "suite.h"

enum { ROUNDS = 2000, PAYLOAD_MAX = 1400 };

static struct builder *builder;
static uint64_t seed;

static void setup(void)
{
	struct diag d;

	seed = 1;
	builder = builder_new(&d);
	ck_assert_msg(builder, "%s", d.text);
}

static void teardown(void) { builder_free(builder); }

/* SplitMix64: the same numbers in each run. */
static uint32_t any(uint32_t below)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % below);
}

static void fill(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)any(256);
}

static struct segment any_segment(int family, uint8_t *payload)
{
	size_t addr_bytes = family == 4 ? 4 : 16;
	struct segment s = {.src = {.family = (uint8_t)family}, .dst = {.family = (uint8_t)family}};

	fill(s.src.bytes, addr_bytes);
	fill(s.dst.bytes, addr_bytes);
	s.sport = (uint16_t)any(65536);
	s.dport = (uint16_t)any(65536);
	s.seq = any(UINT32_MAX);
	s.ack = any(UINT32_MAX);
	s.flags = (uint16_t)any(TCP_FLAGS + 1);
	s.wnd = (uint16_t)any(65536);
	s.urg = (uint16_t)any(65536);
	s.ip_id = family == 4 ? (uint16_t)any(65536) : 0;
	s.ttl = (uint8_t)any(256);
	s.tos = (uint8_t)any(256);
	s.options_len = (uint8_t)(any(11) * 4);
	fill(s.options, s.options_len);
	s.payload_len = s.payload_captured = any(2) ? any(PAYLOAD_MAX + 1) : 0;
	fill(payload, s.payload_len);
	s.payload = s.payload_len ? payload : NULL;
	return s;
}

static struct segment there_and_back(const struct segment *s, uint8_t *buf, size_t size)
{
	struct segment out;
	struct diag d = {.text = ""};
	size_t len;

	ck_assert_msg(builder_packet(builder, s, buf, size, &len, &d), "%s", d.text);
	ck_assert_uint_eq(len, (s->src.family == 4 ? 20 : 40) + 20u + ((s->options_len + 3u) & ~3u) +
	                           s->payload_len);
	ck_assert_int_eq(decode_ip(buf, len, len, 7, &out), DECODE_OK);
	return out;
}

static void same(const struct segment *a, const struct segment *b)
{
	ck_assert(addr_equal(&a->src, &b->src));
	ck_assert(addr_equal(&a->dst, &b->dst));
	ck_assert_uint_eq(a->sport, b->sport);
	ck_assert_uint_eq(a->dport, b->dport);
	ck_assert_uint_eq(a->seq, b->seq);
	ck_assert_uint_eq(a->ack, b->ack);
	ck_assert_uint_eq(a->flags, b->flags);
	ck_assert_uint_eq(a->wnd, b->wnd);
	ck_assert_uint_eq(a->urg, b->urg);
	ck_assert_uint_eq(a->ip_id, b->ip_id);
	ck_assert_uint_eq(a->ttl, b->ttl);
	ck_assert_uint_eq(a->tos, b->tos);
	ck_assert_uint_eq(a->options_len, b->options_len);
	ck_assert_mem_eq(a->options, b->options, a->options_len);
	ck_assert_uint_eq(a->payload_len, b->payload_len);
	ck_assert_uint_eq(b->payload_captured, b->payload_len);
	if (a->payload_len)
		ck_assert_mem_eq(a->payload, b->payload, a->payload_len);
}

START_TEST(round_trip)
{
	uint8_t payload[PAYLOAD_MAX], buf[2048];

	for (int i = 0; i < ROUNDS; i++) {
		struct segment s = any_segment(_i, payload);
		struct segment back = there_and_back(&s, buf, sizeof(buf));

		same(&s, &back);
		ck_assert_int_eq(back.checksum, CHECKSUM_GOOD);
	}
}
END_TEST

static uint32_t pseudo_sum(const struct segment *s)
{
	size_t addr_bytes = s->src.family == 4 ? 4 : 16;

	return checksum_add(checksum_add(6 + segment_bytes(s), s->src.bytes, addr_bytes), s->dst.bytes,
	                    addr_bytes);
}

START_TEST(wrong_sum_on_purpose)
{
	uint8_t payload[PAYLOAD_MAX], buf[2048];

	for (int i = 0; i < ROUNDS; i++) {
		struct segment s = any_segment(_i, payload), back;

		s.malformed.checksum = true;
		back = there_and_back(&s, buf, sizeof(buf));
		same(&s, &back);
		ck_assert_int_eq(back.checksum, CHECKSUM_BAD);
	}
}
END_TEST

/* A false data offset changes nothing but itself, and the sum is right. */
START_TEST(false_offset_on_purpose)
{
	uint8_t payload[PAYLOAD_MAX], buf[2048], straight[2048];

	for (int i = 0; i < ROUNDS; i++) {
		struct segment s = any_segment(_i, payload), back;
		size_t ip = _i == 4 ? 20 : 40, len, straight_len;
		struct diag d;

		ck_assert(builder_packet(builder, &s, straight, sizeof(straight), &straight_len, &d));
		s.malformed.has_offset = true;
		s.malformed.offset = (uint8_t)any(16);
		ck_assert(builder_packet(builder, &s, buf, sizeof(buf), &len, &d));
		ck_assert_uint_eq(len, straight_len);
		ck_assert_uint_eq(buf[ip + 12] >> 4, s.malformed.offset);
		ck_assert_uint_eq(checksum_fold(checksum_add(pseudo_sum(&s), buf + ip, len - ip)), 0);
		if (decode_malformed(buf, len, len, 7, &back)) {
			ck_assert(s.malformed.offset < 5 || ip + 4u * s.malformed.offset > len);
			ck_assert(malform_same(&s, &back, NULL));
			ck_assert_uint_eq(back.seq, s.seq);
			ck_assert_int_eq(back.checksum, CHECKSUM_GOOD);
		} else {
			ck_assert_int_eq(decode_ip(buf, len, len, 7, &back), DECODE_OK);
			ck_assert(malform_same(&s, &back, NULL));
		}
		buf[ip + 12] = straight[ip + 12];
		memcpy(buf + ip + 16, straight + ip + 16, 2);
		ck_assert_mem_eq(buf, straight, len);
	}
}
END_TEST

START_TEST(options_are_padded)
{
	uint8_t buf[128];
	uint8_t payload[PAYLOAD_MAX];
	struct segment s = any_segment(_i, payload), back;

	s.payload_len = s.payload_captured = 0;
	s.options_len = 3;
	memcpy(s.options, "\3\3\7\xff", 4);
	back = there_and_back(&s, buf, sizeof(buf));
	ck_assert_uint_eq(back.options_len, 4);
	ck_assert_mem_eq(back.options, "\3\3\7\0", 4);
	ck_assert_int_eq(back.checksum, CHECKSUM_GOOD);
}
END_TEST

/* Builds s, which must be refused with a sentence, and then a good one. */
static void refused(struct segment s, size_t size, const char *because)
{
	uint8_t payload[PAYLOAD_MAX], buf[2048];
	struct segment good = any_segment(4, payload), back;
	struct diag d = {.text = ""};
	size_t len;

	ck_assert(!builder_packet(builder, &s, buf, size, &len, &d));
	ck_assert_msg(strstr(d.text, because), "%s", d.text);
	back = there_and_back(&good, buf, sizeof(buf));
	same(&good, &back);
}

START_TEST(what_cannot_be)
{
	uint8_t payload[PAYLOAD_MAX];
	struct segment s = any_segment(4, payload);

	s.payload = payload;
	s.payload_len = s.payload_captured = 100;
	refused(s, 50, "does not fit into 50");
	s.payload_captured = 99;
	refused(s, 2048, "99 of 100");
	s.payload_len = s.payload_captured = 65535;
	refused(s, 2048, "65535 bytes");
	s.payload_len = s.payload_captured = 0;
	s.options_len = 44;
	refused(s, 2048, "44 bytes");
	s.options_len = 0;
	s.dst.family = 6;
	refused(s, 2048, "one family");
	s.dst.family = s.src.family = 0;
	refused(s, 2048, "one family");
}
END_TEST

int main(void)
{
	static const int families[] = {4, 6};
	Suite *suite = suite_create("build");
	TCase *tc = tcase_create("build");

	tcase_add_checked_fixture(tc, setup, teardown);
	for (int i = 0; i < 2; i++) {
		tcase_add_loop_test(tc, round_trip, families[i], families[i] + 1);
		tcase_add_loop_test(tc, wrong_sum_on_purpose, families[i], families[i] + 1);
		tcase_add_loop_test(tc, false_offset_on_purpose, families[i], families[i] + 1);
		tcase_add_loop_test(tc, options_are_padded, families[i], families[i] + 1);
	}
	tcase_add_test(tc, what_cannot_be);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
