/* How a connection opens: its numbers and what the SYNs agree on. */
#include "connection_rig.h"
#include "suite.h"

#include <string.h>

/* --- opening --- */

START_TEST(test_init)
{
	memset(&c, 0xa5, sizeof c);
	start(_i);
	assert_snd(0, 0);
	ck_assert_uint_eq(c.iss, iss);
	ck_assert(!c.have_irs && !c.synchronised && !c.timestamps);
	ck_assert_uint_eq(c.snd_wnd, 0);
	ck_assert_uint_eq(c.snd_wscale, 0);
}
END_TEST

START_TEST(test_open_active)
{
	start(_i);
	sent(0, TCP_SYN, 0);
	assert_snd(0, 1);
	received(0, TCP_SYN | TCP_ACK, 0, 1);
	ck_assert(c.have_irs && !c.synchronised);
	ck_assert_uint_eq(c.irs, irs);
	assert_snd(1, 1);
	assert_rcv(1);
	ck_assert_uint_eq(c.snd_wnd, 100);
	received(0, TCP_SYN | TCP_ACK, 0, 1); /* again */
	assert_snd(1, 1);
	assert_rcv(1);
}
END_TEST

START_TEST(test_open_passive)
{
	start(_i);
	received(0, TCP_SYN, 0, 0x4321); /* its ACK field means nothing */
	assert_snd(0, 0);
	assert_rcv(1);
	ck_assert_uint_eq(c.snd_wnd, 100);
	sent(0, TCP_SYN | TCP_ACK, 0);
	received(1, TCP_ACK, 0, 1);
	assert_snd(1, 1);
	assert_rcv(1);
}
END_TEST

/* RFC 9293, Figure 8: SYNs cross, and then comes a SYN-ACK with the same seq. */
START_TEST(test_open_simultaneous)
{
	start(_i);
	sent(0, TCP_SYN, 0);
	received(0, TCP_SYN, 0, 0);
	assert_snd(0, 1);
	assert_rcv(1);
	sent(0, TCP_SYN | TCP_ACK, 0);
	assert_snd(0, 1);
	received(0, TCP_SYN | TCP_ACK, 0, 1);
	assert_snd(1, 1);
	assert_rcv(1);
}
END_TEST

START_TEST(test_open_lost)
{
	start(_i);
	sent(0, TCP_SYN, 0);
	lost(0, TCP_SYN | TCP_ACK, 0, 1);
	ck_assert(c.have_irs);
	ck_assert_uint_eq(c.irs, irs);
	assert_rcv(0);
	assert_snd(0, 1);
	ck_assert_uint_eq(c.snd_wnd, 0);
	received(0, TCP_SYN | TCP_ACK, 0, 1); /* its resend */
	assert_rcv(1);
	assert_snd(1, 1);
	/* Lost, and then with a new number: the lost one never was. */
	start(_i);
	lost(0, TCP_SYN, 0, 0);
	irs += 0x90000000;
	received(0, TCP_SYN, 0, 0);
	ck_assert_uint_eq(c.irs, irs);
	assert_rcv(1);
}
END_TEST

/* What comes before any SYN: an old connection's segments, a RST. */
START_TEST(test_open_nothing_before_syn)
{
	struct connection before;

	start(_i);
	sent(0, TCP_SYN, 0);
	before = c;
	received(77, TCP_ACK, 10, 1);
	received(77, TCP_FIN | TCP_ACK, 0, 0x1234);
	received(0, TCP_RST | TCP_ACK, 0, 1);
	received(0, TCP_SYN | TCP_RST, 0, 1);
	lost(77, TCP_ACK, 0, 1);
	ck_assert_mem_eq(&c, &before, sizeof c);
}
END_TEST

/* Once a SYN was taken another is no new beginning: it moves no RCV.NXT. */
START_TEST(test_second_syn)
{
	establish(_i);
	received(500, TCP_SYN, 0, 0);
	received(1, TCP_SYN | TCP_ACK, 0, 1);
	received(1, TCP_SYN, 10, 0);
	ck_assert_uint_eq(c.irs, irs);
	assert_rcv(1);
	assert_snd(1, 1);
	sent(1, TCP_ACK, 10);
	received(500, TCP_SYN | TCP_ACK, 0, 11); /* nor is its ACK ours */
	assert_snd(1, 11);
}
END_TEST

START_TEST(test_syn_data)
{
	start(_i);
	sent(0, TCP_SYN, 0);
	received(0, TCP_SYN | TCP_ACK, 10, 1); /* not offered, so not taken */
	assert_rcv(1);
	received(0, TCP_SYN | TCP_ACK, 10, 1);
	assert_rcv(1);
	received(1, TCP_ACK, 10, 1);
	assert_rcv(11);
}
END_TEST

/* --- options of the SYNs --- */

static void exchange_syns(bool we_first, struct segment *mine, struct segment *peers)
{
	if (we_first)
		connection_sent(&c, mine);
	connection_received(&c, peers, false);
	if (!we_first)
		connection_sent(&c, mine);
}

START_TEST(test_offers)
{
	for (int bits = 0; bits < 32; bits++) {
		bool we_first = bits & 1, our_ws = bits & 2, peer_ws = bits & 4;
		bool our_ts = bits & 8, peer_ts = bits & 16;
		struct segment mine, peers;

		start(_i);
		mine = ours(0, TCP_SYN, 0);
		peers = theirs(0, TCP_SYN | (we_first ? TCP_ACK : 0), 0, 1);
		if (our_ws)
			add_wscale(&mine, 3);
		if (peer_ws)
			add_wscale(&peers, 7);
		if (our_ts)
			add_timestamps(&mine, 11);
		if (peer_ts)
			add_timestamps(&peers, 0xfffffff0);
		exchange_syns(we_first, &mine, &peers);
		ck_assert_uint_eq(c.snd_wscale, our_ws && peer_ws ? 7 : 0);
		ck_assert_int_eq(c.timestamps, our_ts && peer_ts);
		ck_assert_uint_eq(c.ts_recent, peer_ts ? 0xfffffff0 : 0);
		ck_assert_uint_eq(c.snd_wnd, 100); /* a SYN's window is not scaled */
		received(1, TCP_ACK, 0, 1);
		ck_assert_uint_eq(c.snd_wnd, our_ws && peer_ws ? 100 << 7 : 100);
	}
}
END_TEST

START_TEST(test_wscale_limit)
{
	struct segment mine, peers;

	start(_i);
	mine = ours(0, TCP_SYN, 0);
	peers = theirs(0, TCP_SYN | TCP_ACK, 0, 1);
	add_wscale(&mine, 0);
	add_wscale(&peers, 255);
	exchange_syns(true, &mine, &peers);
	ck_assert_uint_eq(c.snd_wscale, 14); /* RFC 7323, 2.3 */
	peers = theirs(1, TCP_ACK, 0, 1);
	peers.wnd = 65535;
	connection_received(&c, &peers, false);
	ck_assert_uint_eq(c.snd_wnd, 65535u << 14);
}
END_TEST

START_TEST(test_offer_of_lost_syn)
{
	struct segment mine, peers;

	start(_i);
	mine = ours(0, TCP_SYN, 0);
	add_wscale(&mine, 3);
	add_timestamps(&mine, 1);
	connection_sent(&c, &mine);
	peers = theirs(0, TCP_SYN | TCP_ACK, 0, 1);
	add_wscale(&peers, 7);
	add_timestamps(&peers, 5);
	connection_received(&c, &peers, true);
	ck_assert(!c.timestamps && c.snd_wscale == 0 && c.ts_recent == 0);
	peers = theirs(0, TCP_SYN | TCP_ACK, 0, 1); /* resent with fewer options */
	add_wscale(&peers, 2);
	connection_received(&c, &peers, false);
	ck_assert(!c.timestamps && c.snd_wscale == 2);
	/* Our SYN again, without options: the latest counts. */
	mine = ours(0, TCP_SYN, 0);
	connection_sent(&c, &mine);
	ck_assert_uint_eq(c.snd_wscale, 0);
}
END_TEST

static TCase *open_case(void)
{
	TCase *t = tcase_create("open");

	tcase_add_loop_test(t, test_init, 0, ISNS);
	tcase_add_loop_test(t, test_open_active, 0, ISNS);
	tcase_add_loop_test(t, test_open_passive, 0, ISNS);
	tcase_add_loop_test(t, test_open_simultaneous, 0, ISNS);
	tcase_add_loop_test(t, test_open_lost, 0, ISNS);
	tcase_add_loop_test(t, test_open_nothing_before_syn, 0, ISNS);
	tcase_add_loop_test(t, test_second_syn, 0, ISNS);
	tcase_add_loop_test(t, test_syn_data, 0, ISNS);
	tcase_add_loop_test(t, test_offers, 0, ISNS);
	tcase_add_loop_test(t, test_wscale_limit, 0, ISNS);
	tcase_add_loop_test(t, test_offer_of_lost_syn, 0, ISNS);
	return t;
}

int main(void)
{
	Suite *suite = suite_create("connection");

	suite_add_tcase(suite, open_case());
	return suite_run(suite);
}
