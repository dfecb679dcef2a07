/* Which segments are one connection, and which are one packet that was captured twice on the path. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/decode.h"
#include "packet.h"
#include "read/file.h"
#include "suite.h"

enum { SEGMENTS_MAX = 16 };

/* A capture as file.h reads it, made by hand. */
struct made {
	struct packet packets[SEGMENTS_MAX];
	struct file_segment segments[SEGMENTS_MAX];
	struct capture_file file;
};

static struct made made;

static void begin(void)
{
	memset(&made, 0, sizeof made);
	made.file.segments = made.segments;
}

static void take(const struct packet *p, int64_t us)
{
	size_t i = made.file.count++;
	struct file_segment *to = &made.segments[i];

	ck_assert_uint_lt(i, SEGMENTS_MAX);
	made.packets[i] = *p;
	ck_assert_int_eq(decode_ip(made.packets[i].bytes, p->len, p->len, us * 1000, &to->segment),
	                 DECODE_OK);
	to->frame = i + 1;
}

static struct segment make(int family, bool back, uint16_t id, uint16_t flags, uint32_t seq)
{
	struct segment s = packet_segment(family);

	s.ip_id = id;
	s.flags = flags;
	s.seq = seq;
	s.ttl = 64;
	if (back) {
		struct segment turned = s;
		turned.src = s.dst;
		turned.dst = s.src;
		turned.sport = s.dport;
		turned.dport = s.sport;
		return turned;
	}
	return s;
}

static void put(const struct segment *s, int64_t us)
{
	struct packet p;

	packet_build(&p, s);
	take(&p, us);
}

/* The flows are FLOWS many, the first has COUNT segments and COPIES were left out. */
static void expect(size_t flows_wanted, size_t count, size_t copies)
{
	struct flows flows;

	flows_find(&flows, &made.file);
	ck_assert_uint_eq(flows.count, flows_wanted);
	ck_assert_uint_eq(flows.list[0].count, count);
	ck_assert_uint_eq(flows.list[0].copies, copies);
	flows_free(&flows);
}

START_TEST(a_packet_seen_twice_is_one)
{
	struct segment fin = make(4, false, 7, TCP_FIN | TCP_ACK, 100);

	begin();
	put(&fin, 0);
	put(&fin, 9);
	expect(1, 1, 1);
	/* behind a router, and late */
	fin.ttl--;
	put(&fin, 15000);
	expect(1, 1, 2);
	/* too late: a stack that counts so slowly has sent it again */
	put(&fin, 40000);
	expect(1, 2, 2);
}
END_TEST

START_TEST(what_was_sent_again_is_two)
{
	struct segment fin = make(4, false, 7, TCP_FIN | TCP_ACK, 100),
	               back = make(4, true, 8, TCP_FIN | TCP_ACK, 100);

	begin();
	put(&fin, 0);
	fin.ip_id++;
	put(&fin, 9);
	expect(1, 2, 0);
	fin.wnd++;
	put(&fin, 12);
	expect(1, 3, 0);
	/* its answer has the same numbers, and is another's */
	put(&back, 15);
	expect(1, 4, 0);
}
END_TEST

/* IPv6 and many a RST have no identification. */
START_TEST(without_number_only_at_once)
{
	struct segment fin = make(_i, false, 0, TCP_FIN | TCP_ACK, 100), back = make(_i, true, 0, TCP_ACK, 5);

	begin();
	put(&fin, 0);
	put(&fin, 900);
	expect(1, 1, 1);
	put(&fin, 2500);
	expect(1, 2, 1);
	/* the other end spoke in between */
	put(&back, 2510);
	put(&fin, 2520);
	expect(1, 4, 1);
}
END_TEST

/* Before a network card the checksum is not there yet, behind it it is. */
START_TEST(a_checksum_filled_in)
{
	struct segment s = make(4, false, 7, TCP_ACK, 100);
	struct packet p;

	begin();
	packet_build(&p, &s);
	packet_tcp_sum(&p, true);
	take(&p, 0);
	ck_assert_int_eq(made.segments[0].segment.checksum, CHECKSUM_OFFLOADED);
	packet_tcp_sum(&p, false);
	take(&p, 5);
	expect(1, 1, 1);
	/* a byte that is broken is another packet */
	p.bytes[p.tcp + 4] ^= 1;
	take(&p, 6);
	expect(1, 2, 1);
}
END_TEST

START_TEST(ports_again)
{
	struct segment syn = make(4, false, 1, TCP_SYN, 100), fin = make(4, false, 2, TCP_FIN | TCP_ACK, 101),
	               late = make(4, false, 3, TCP_SYN, 9000);
	struct flows flows;

	begin();
	put(&syn, 0);
	syn.ip_id = 9;
	put(&syn, 1000000); /* resent */
	expect(1, 2, 0);
	put(&fin, 1100000);
	put(&late, 1200000);
	expect(2, 3, 0);
	flows_find(&flows, &made.file);
	ck_assert_uint_eq(flows.list[0].next, 1);
	ck_assert_uint_eq(flows.list[1].next, 0);
	flows_free(&flows);
}
END_TEST

/* What was put together of fragments is one of them; what has an impossible offset is not. */
START_TEST(fragments_are_put_in)
{
	struct segment syn = make(4, false, 1, TCP_SYN, 100), fin = make(4, false, 2, TCP_FIN | TCP_ACK, 101),
	               ack = make(4, true, 3, TCP_ACK, 900);
	struct flows flows;

	begin();
	put(&syn, 0);
	put(&fin, 50);
	put(&fin, 50);
	put(&ack, 100);
	made.segments[1].odd = made.segments[2].odd = true;
	made.segments[1].segment.malformed.has_offset = true;
	made.segments[2].segment.malformed.fragment = 24;
	made.file.odd = 2;
	flows_find(&flows, &made.file);
	ck_assert_uint_eq(flows.count, 1);
	ck_assert_uint_eq(flows.list[0].count, 3);
	ck_assert_ptr_eq(flows.list[0].list[1], &made.segments[2].segment);
	ck_assert_uint_eq(flows.list[0].frames[1], 3);
	flows_free(&flows);
	/* nothing else is there */
	made.file.count = 1;
	expect(1, 1, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("flows");
	TCase *tests = tcase_create("flows");

	tcase_add_test(tests, a_packet_seen_twice_is_one);
	tcase_add_test(tests, what_was_sent_again_is_two);
	tcase_add_test(tests, a_checksum_filled_in);
	tcase_add_test(tests, ports_again);
	tcase_add_test(tests, fragments_are_put_in);
	tcase_add_loop_test(tests, without_number_only_at_once, 4, 5);
	tcase_add_loop_test(tests, without_number_only_at_once, 6, 7);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
