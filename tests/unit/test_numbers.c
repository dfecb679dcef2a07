/* How the numbers of an open connection move: what is sent, received, lost, and the window and timestamps. */
#include "connection_rig.h"
#include "suite.h"

#include <string.h>

/* --- sending --- */

START_TEST(test_sent)
{
	establish(_i);
	sent(1, TCP_PSH | TCP_ACK, 10);
	assert_snd(1, 11);
	sent(1, TCP_PSH | TCP_ACK, 10); /* a resend */
	assert_snd(1, 11);
	sent(6, TCP_ACK, 10); /* half old */
	assert_snd(1, 16);
	sent(20, TCP_ACK, 10); /* beyond a gap */
	assert_snd(1, 16);
	sent(15, TCP_ACK, 0); /* a probe */
	assert_snd(1, 16);
	sent(16, TCP_FIN | TCP_ACK, 0);
	assert_snd(1, 17);
	sent(16, TCP_FIN | TCP_ACK, 0);
	assert_snd(1, 17);
	sent(17, TCP_RST | TCP_ACK, 0);
	assert_snd(1, 17);
	assert_rcv(1);
}
END_TEST

START_TEST(test_ack_range)
{
	establish(_i);
	sent(1, TCP_ACK, 100);
	received(1, TCP_ACK, 0, 51);
	assert_snd(51, 101);
	received(1, TCP_ACK, 0, 51); /* a duplicate */
	assert_snd(51, 101);
	received(1, TCP_ACK, 0, 20); /* an older one, reordered */
	assert_snd(51, 101);
	received(1, TCP_ACK, 0, 102); /* of what was never sent */
	assert_snd(51, 101);
	received(1, TCP_ACK, 0, 101);
	assert_snd(101, 101);
	received(1, 0, 0, 90); /* no ACK bit */
	assert_snd(101, 101);
}
END_TEST

START_TEST(test_ack_without_bit)
{
	establish(_i);
	sent(1, TCP_ACK, 100);
	received(1, TCP_PSH, 0, 51);
	assert_snd(1, 101);
}
END_TEST

/* --- receiving --- */

START_TEST(test_received_order)
{
	establish(_i);
	received(1, TCP_ACK, 10, 1);
	assert_rcv(11);
	received(1, TCP_ACK, 10, 1); /* a duplicate */
	assert_rcv(11);
	received(6, TCP_ACK, 10, 1); /* half old */
	assert_rcv(16);
	received(21, TCP_ACK, 10, 1); /* beyond a gap */
	assert_rcv(16);
	received(16, TCP_ACK, 5, 1); /* fills it; what lay behind is not kept */
	assert_rcv(21);
	received(15, TCP_ACK, 0, 1); /* keep-alive */
	assert_rcv(21);
	received(10, TCP_FIN | TCP_ACK, 11, 1); /* old data, and a FIN that is new */
	assert_rcv(22);
}
END_TEST

START_TEST(test_received_fin)
{
	establish(_i);
	received(5, TCP_FIN | TCP_ACK, 0, 1); /* out of order */
	assert_rcv(1);
	received(1, TCP_FIN | TCP_ACK, 4, 1);
	assert_rcv(6);
	received(5, TCP_FIN | TCP_ACK, 0, 1); /* resent */
	assert_rcv(6);
	received(6, TCP_ACK, 0, 1);
	assert_rcv(6);
}
END_TEST

/* The scenario says what is lost; all else in order counts (connection.h). */
START_TEST(test_received_odd)
{
	establish(_i);
	received(1, TCP_FIN, 0, 1); /* no ACK */
	assert_rcv(2);
	received(2, TCP_ACK, 10, 999); /* an ACK of what was never sent */
	assert_rcv(12);
	assert_snd(1, 1);
	c.rcv_wnd = 0;
	received(12, TCP_ACK, 1, 1); /* beyond a closed window */
	assert_rcv(13);
}
END_TEST

START_TEST(test_received_lost)
{
	struct connection before;

	establish(_i);
	sent(1, TCP_FIN | TCP_ACK, 0);
	before = c;
	lost(1, TCP_FIN | TCP_ACK, 7, 2);
	ck_assert_mem_eq(&c, &before, sizeof c);
	/* The peer goes on from the end of what we lost. */
	received(9, TCP_ACK, 0, 2);
	assert_snd(2, 2);
	assert_rcv(1);
	/* And the resend arrives. */
	received(1, TCP_FIN | TCP_ACK, 7, 2);
	assert_rcv(9);
}
END_TEST

START_TEST(test_received_rst)
{
	struct connection before;

	establish(_i);
	sent(1, TCP_ACK, 10);
	before = c;
	received(1, TCP_RST, 5, 0);
	received(1000, TCP_RST, 0, 0);
	ck_assert_mem_eq(&c, &before, sizeof c);
	received(1, TCP_RST | TCP_ACK, 0, 11);
	assert_snd(1, 11);
	assert_rcv(1);
}
END_TEST

/* --- the window --- */

static void window(uint32_t seq, uint32_t ack, uint16_t wnd)
{
	struct segment s = theirs(seq, TCP_ACK, 0, ack);

	s.wnd = wnd;
	connection_received(&c, &s, false);
}

START_TEST(test_window)
{
	establish(_i);
	sent(1, TCP_ACK, 10);
	window(1, 6, 50);
	ck_assert_uint_eq(c.snd_wnd, 50);
	window(1, 11, 0); /* closed */
	ck_assert_uint_eq(c.snd_wnd, 0);
	window(1, 6, 50); /* an older ACK, reordered: still closed */
	ck_assert_uint_eq(c.snd_wnd, 0);
	window(1, 11, 200); /* opened */
	ck_assert_uint_eq(c.snd_wnd, 200);
	window(1, 12, 999); /* of what was never sent */
	ck_assert_uint_eq(c.snd_wnd, 200);
	received(1, TCP_ACK, 20, 11);
	window(21, 11, 300);
	ck_assert_uint_eq(c.snd_wnd, 300);
	window(20, 11, 1); /* keep-alive, older by its number */
	ck_assert_uint_eq(c.snd_wnd, 300);
	received(21, TCP_RST | TCP_ACK, 0, 11);
	ck_assert_uint_eq(c.snd_wnd, 300);
}
END_TEST

START_TEST(test_window_lost)
{
	struct segment s;

	establish(_i);
	s = theirs(1, TCP_ACK, 0, 1);
	s.wnd = 0;
	connection_received(&c, &s, true);
	ck_assert_uint_eq(c.snd_wnd, 100);
}
END_TEST

/* --- timestamps --- */

static void stamped(uint32_t seq, uint16_t flags, uint32_t len, uint32_t val, bool is_lost)
{
	struct segment s = theirs(seq, flags, len, 1);

	add_timestamps(&s, val);
	connection_received(&c, &s, is_lost);
}

static void establish_stamped(int i, uint32_t val)
{
	struct segment syn;

	start(i);
	syn = ours(0, TCP_SYN, 0);
	add_timestamps(&syn, 1);
	connection_sent(&c, &syn);
	stamped(0, TCP_SYN | TCP_ACK, 0, val, false);
}

START_TEST(test_timestamps)
{
	uint32_t val = _i % 2 ? 0xfffffffe : 100; /* they wrap, too */

	establish_stamped(_i, val);
	ck_assert(c.timestamps);
	ck_assert_uint_eq(c.ts_recent, val);
	stamped(1, TCP_ACK, 10, val + 3, false);
	ck_assert_uint_eq(c.ts_recent, val + 3);
	stamped(21, TCP_ACK, 10, val + 9, false); /* beyond a gap */
	ck_assert_uint_eq(c.ts_recent, val + 3);
	stamped(11, TCP_ACK, 0, val + 2, false); /* older */
	ck_assert_uint_eq(c.ts_recent, val + 3);
	stamped(11, TCP_ACK, 10, val + 4, true); /* lost */
	ck_assert_uint_eq(c.ts_recent, val + 3);
	received(11, TCP_ACK, 10, 1); /* without */
	ck_assert_uint_eq(c.ts_recent, val + 3);
	stamped(21, TCP_FIN | TCP_ACK, 0, val + 5, false);
	ck_assert_uint_eq(c.ts_recent, val + 5);
	stamped(22, TCP_RST, 0, val + 50, false);
	ck_assert_uint_eq(c.ts_recent, val + 5);
}
END_TEST

START_TEST(test_timestamps_not_agreed)
{
	establish(_i);
	stamped(1, TCP_ACK, 10, 77, false);
	ck_assert_uint_eq(c.ts_recent, 0);
	assert_rcv(11);
}
END_TEST

/* --- any segments --- */

static uint32_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

/* A segment near the numbers of the connection, or anywhere. */
static struct segment random_segment(void)
{
	struct segment s = {
	    .flags = (uint16_t)random_below(TCP_FLAGS + 1),
	    .seq = (random_below(2) ? c.rcv_nxt : c.snd_nxt) + random_below(40) - 20,
	    .ack = c.snd_nxt + random_below(40) - 20,
	    .wnd = (uint16_t)random_below(65536),
	    .payload_len = random_below(20),
	    .options_len = (uint8_t)(4 * random_below(11)),
	};

	if (random_below(10) == 0)
		s.seq = random_below(0x1000000) << 8;
	for (int i = 0; i < s.options_len; i++)
		s.options[i] = (uint8_t)random_below(12);
	return s;
}

START_TEST(test_garbage)
{
	random_state = (uint32_t)_i;
	start(_i);
	for (int round = 0; round < 20000; round++) {
		struct connection b = c;
		struct segment s = random_segment();
		bool is_lost = random_below(4) == 0;

		if (random_below(2)) {
			connection_sent(&c, &s);
			ck_assert(c.snd_nxt == b.snd_nxt || c.snd_nxt == segment_end(&s));
			ck_assert_uint_le(c.snd_nxt - b.snd_nxt, segment_len(&s));
			ck_assert(c.rcv_nxt == b.rcv_nxt && c.snd_una == b.snd_una);
			continue;
		}
		connection_received(&c, &s, is_lost);
		ck_assert_uint_eq(c.snd_nxt, b.snd_nxt);
		ck_assert_uint_le(c.snd_una - b.snd_una,
		                  b.snd_nxt - b.snd_una); /* never back, never beyond */
		ck_assert_uint_le(c.snd_wscale, 14);
		if (!b.have_irs)
			continue;
		if (b.rcv_nxt != b.irs) /* but for a new first SYN */
			ck_assert_uint_le(c.rcv_nxt - b.rcv_nxt, segment_len(&s));
		if (is_lost)
			ck_assert(c.snd_una == b.snd_una && c.snd_wnd == b.snd_wnd &&
			          c.ts_recent == b.ts_recent);
	}
}
END_TEST

static TCase *numbers_case(void)
{
	TCase *t = tcase_create("numbers");

	tcase_add_loop_test(t, test_sent, 0, ISNS);
	tcase_add_loop_test(t, test_ack_range, 0, ISNS);
	tcase_add_loop_test(t, test_ack_without_bit, 0, ISNS);
	tcase_add_loop_test(t, test_received_order, 0, ISNS);
	tcase_add_loop_test(t, test_received_fin, 0, ISNS);
	tcase_add_loop_test(t, test_received_odd, 0, ISNS);
	tcase_add_loop_test(t, test_received_lost, 0, ISNS);
	tcase_add_loop_test(t, test_received_rst, 0, ISNS);
	tcase_add_loop_test(t, test_window, 0, ISNS);
	tcase_add_loop_test(t, test_window_lost, 0, ISNS);
	tcase_add_loop_test(t, test_timestamps, 0, ISNS);
	tcase_add_loop_test(t, test_timestamps_not_agreed, 0, ISNS);
	tcase_add_loop_test(t, test_garbage, 0, ISNS);
	return t;
}

int main(void)
{
	Suite *suite = suite_create("numbers");

	suite_add_tcase(suite, numbers_case());
	return suite_run(suite);
}
