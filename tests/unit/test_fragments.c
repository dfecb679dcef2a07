/* IP fragments: cut as a router or a host would read them, gathered again, and what
 * strangers may send instead. */
#include <string.h>

#include "base/bytes.h"
#include "core/decode.h"
#include "packet.h"
#include "suite.h"

enum { PIECES_MAX = 256, LINK_BYTES = 14 };

static const int families[] = {4, 6};

struct piece {
	uint8_t bytes[PACKET_BYTES];
	size_t len;
};

static struct piece pieces[PIECES_MAX];
static struct packet whole;
static struct gather *gather;

static void setup(void)
{
	gather = gather_new();
	ck_assert_ptr_nonnull(gather);
}

static void teardown(void) { gather_free(gather); }

/* Cuts a segment with so much payload; returns the number of pieces. */
static size_t cut(int family, uint32_t payload_len, size_t most, uint32_t id)
{
	static uint8_t payload[1400];
	struct segment s = packet_segment(family);
	struct cutter c = {.most = most, .id = id};
	size_t n = 0;

	for (size_t i = 0; i < sizeof payload; i++)
		payload[i] = (uint8_t)(i * 7);
	s.payload = payload;
	s.payload_len = s.payload_captured = payload_len;
	s.ip_id = (uint16_t)(family == 4 ? id : 0);
	packet_build(&whole, &s);
	c.packet = whole.bytes;
	c.len = whole.len;
	while ((pieces[n].len = fragments_cut(&c, pieces[n].bytes)) > 0)
		n++;
	return n;
}

static bool give(const struct piece *p, struct segment *s, uint16_t *first)
{
	const uint8_t *ip;
	size_t len;

	if (!gather_take(gather, p->bytes, p->len, p->len, &ip, &len, first))
		return false;
	ck_assert_uint_eq(len, whole.len);
	ck_assert_int_eq(decode_ip(ip, len, len, 1, s), DECODE_OK);
	return true;
}

START_TEST(test_cut_and_gathered)
{
	struct segment s;
	uint16_t first = 0;

	for (size_t most = 8; most <= 64; most += 8) {
		for (uint32_t len = 0; len < 200; len += 13) {
			size_t n = cut(families[_i], len, most, 77);

			ck_assert_uint_eq(n, (TCP_HEADER_BYTES + len + most - 1) / most);
			for (size_t i = 0; n > 1 && i < n; i++) {
				struct segment none;

				ck_assert_int_eq(
				    decode_ip(pieces[i].bytes, pieces[i].len, pieces[i].len, 1, &none),
				    DECODE_FRAGMENT);
				ck_assert_int_eq(give(&pieces[i], &s, &first), i + 1 == n);
			}
			if (n == 1)
				continue;
			ck_assert_int_eq(s.checksum, CHECKSUM_GOOD);
			ck_assert_uint_eq(s.payload_len, len);
			ck_assert_uint_eq(first, most);
			ck_assert_uint_eq(s.ip_id, families[_i] == 4 ? 77 : 0);
		}
	}
}
END_TEST

/* As the wire has them: RFC 791, 3.1, and RFC 8200, 4.5. */
START_TEST(test_headers)
{
	ck_assert_uint_eq(cut(4, 30, 24, 0xbeef), 3);
	ck_assert_uint_eq(pieces[0].len, 20 + 24);
	ck_assert_uint_eq(bytes_get16(pieces[0].bytes + 2), 44);
	ck_assert_uint_eq(bytes_get16(pieces[0].bytes + 4), 0xbeef);
	ck_assert_uint_eq(bytes_get16(pieces[0].bytes + 6), 0x2000);
	ck_assert_uint_eq(bytes_get16(pieces[1].bytes + 6), 0x2003);
	ck_assert_uint_eq(bytes_get16(pieces[2].bytes + 6), 0x0006);
	ck_assert_uint_eq(pieces[2].len, 20 + 2);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(checksum_fold(checksum_add(0, pieces[i].bytes, 20)), 0);
	ck_assert_uint_eq(cut(6, 30, 24, 0x12345678), 3);
	ck_assert_uint_eq(pieces[1].bytes[6], 44);
	ck_assert_uint_eq(bytes_get16(pieces[1].bytes + 4), 8 + 24);
	ck_assert_uint_eq(pieces[1].bytes[40], 6);
	ck_assert_uint_eq(bytes_get16(pieces[0].bytes + 42), 0x0001);
	ck_assert_uint_eq(bytes_get16(pieces[1].bytes + 42), 0x0019);
	ck_assert_uint_eq(bytes_get16(pieces[2].bytes + 42), 0x0030);
	ck_assert_uint_eq(bytes_get32(pieces[2].bytes + 44), 0x12345678);
}
END_TEST

/* Behind a link header, which each gets. */
START_TEST(test_link)
{
	uint8_t frame[PACKET_BYTES], buf[PACKET_BYTES];
	struct cutter c = {.packet = frame, .link_bytes = LINK_BYTES, .most = 16};
	size_t n = 0, len;

	cut(families[_i], 0, 24, 1);
	memset(frame, 0xee, LINK_BYTES);
	memcpy(frame + LINK_BYTES, whole.bytes, whole.len);
	c.len = LINK_BYTES + whole.len;
	while ((len = fragments_cut(&c, buf)) > 0) {
		ck_assert_mem_eq(buf, frame, LINK_BYTES);
		ck_assert_uint_eq(len, LINK_BYTES + (families[_i] == 4 ? 20u : 48u) + (n == 0 ? 16u : 4u));
		n++;
	}
	ck_assert_uint_eq(n, 2);
}
END_TEST

/* Two packets at a time; and one that begins anew. */
START_TEST(test_several)
{
	static struct piece other[PIECES_MAX];
	struct segment s;
	uint16_t first;

	ck_assert_uint_eq(cut(families[_i], 20, 24, 5), 2);
	memcpy(other, pieces, 2 * sizeof *pieces);
	ck_assert_uint_eq(cut(families[_i], 20, 24, 6), 2);
	ck_assert(!give(&other[0], &s, &first));
	ck_assert(!give(&pieces[0], &s, &first));
	ck_assert(!give(&other[0], &s, &first));
	ck_assert(give(&other[1], &s, &first));
	ck_assert(give(&pieces[1], &s, &first));
	ck_assert(!give(&pieces[1], &s, &first)); /* it is done with */
}
END_TEST

/* A gap, an overlap, an odd length in the middle, another's fragment, one cut by the capture. */
START_TEST(test_refused)
{
	const uint8_t *ip;
	struct segment s;
	uint16_t first;
	size_t len;

	ck_assert_uint_eq(cut(families[_i], 40, 24, 9), 3);
	ck_assert(!give(&pieces[0], &s, &first));
	ck_assert(!give(&pieces[2], &s, &first)); /* a gap: all of it is dropped */
	ck_assert(!give(&pieces[1], &s, &first));
	ck_assert(!give(&pieces[2], &s, &first));
	ck_assert(!give(&pieces[0], &s, &first));
	ck_assert(!give(&pieces[1], &s, &first));
	ck_assert(!give(&pieces[1], &s, &first)); /* an overlap */
	ck_assert(!give(&pieces[2], &s, &first));
	for (size_t have = 0; have < pieces[0].len; have++)
		ck_assert(!gather_take(gather, pieces[0].bytes, have, pieces[0].len, &ip, &len, &first));
	ck_assert(!give(&pieces[1], &s, &first)); /* nothing was begun */
	ck_assert(!give(&pieces[0], &s, &first));
	pieces[1].bytes[families[_i] == 4 ? 13 : 9] ^= 1; /* from another host */
	if (families[_i] == 4)
		bytes_put16(pieces[1].bytes + 10, 0);
	ck_assert(!give(&pieces[1], &s, &first));
	ck_assert(!give(&pieces[2], &s, &first));
	ck_assert(!gather_take(gather, whole.bytes, whole.len, whole.len, &ip, &len, &first));
}
END_TEST

/* No more than an IP packet can hold. */
START_TEST(test_too_long)
{
	const uint8_t *ip;
	uint16_t first;
	size_t len;

	cut(4, 1300, 1280, 3);
	for (unsigned at = 0; at < 0x2000; at += 160) { /* 51 of them fit, and the last does not */
		bytes_put16(pieces[0].bytes + 6, (uint16_t)(at | (at < 8160 ? 0x2000 : 0)));
		bytes_put16(pieces[0].bytes + 10, 0);
		bytes_put16(pieces[0].bytes + 10, checksum_fold(checksum_add(0, pieces[0].bytes, 20)));
		ck_assert(
		    !gather_take(gather, pieces[0].bytes, pieces[0].len, pieces[0].len, &ip, &len, &first));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fragments");
	TCase *c = tcase_create("fragments");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, test_cut_and_gathered, 0, 2);
	tcase_add_test(c, test_headers);
	tcase_add_loop_test(c, test_link, 0, 2);
	tcase_add_loop_test(c, test_several, 0, 2);
	tcase_add_loop_test(c, test_refused, 0, 2);
	tcase_add_test(c, test_too_long);
	suite_add_tcase(suite, c);
	return suite_run(suite);
}
