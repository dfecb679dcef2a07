/* The connection's numbers, each case at ISNs where they wrap. Our ISS and the
 * peer's IRS are so that the handshake, the data or the FIN steps over 0. */
#include "core/connection.h"

#include "suite.h"

#include <string.h>

static const struct {
	uint32_t iss, irs;
} isns[] = {
	{ 1000, 5000 },
	{ 0xffffffff, 0xffffffff },
	{ 0xfffffffe, 0x7fffffff },
	{ 0x7ffffffe, 0xfffffff5 },
	{ 0, 0x80000000 },
};

enum { ISNS = sizeof isns / sizeof *isns };

/* Sequence numbers relative to the ISNs, for the test at hand. */
static uint32_t iss, irs;
static struct connection c;

static struct segment ours(uint32_t seq, uint16_t flags, uint32_t len)
{
	return (struct segment){ .seq = iss + seq, .flags = flags, .payload_len = len };
}

static struct segment theirs(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack)
{
	return (struct segment){
		.seq = irs + seq, .flags = flags, .payload_len = len, .ack = iss + ack, .wnd = 100
	};
}

static void add_wscale(struct segment *s, uint8_t shift)
{
	struct tcp_option opt = { .kind = OPT_WSCALE, .wscale = shift };

	ck_assert(options_append(s->options, &s->options_len, &opt));
}

static void add_timestamps(struct segment *s, uint32_t val)
{
	struct tcp_option opt = { .kind = OPT_TIMESTAMPS, .ts_val = val };

	ck_assert(options_append(s->options, &s->options_len, &opt));
}

static void sent(uint32_t seq, uint16_t flags, uint32_t len)
{
	struct segment s = ours(seq, flags, len);

	connection_sent(&c, &s);
}

static void received(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack)
{
	struct segment s = theirs(seq, flags, len, ack);

	connection_received(&c, &s, false);
}

static void lost(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack)
{
	struct segment s = theirs(seq, flags, len, ack);

	connection_received(&c, &s, true);
}

static void start(int i)
{
	iss = isns[i].iss;
	irs = isns[i].irs;
	connection_init(&c, iss);
}

/* The three-way handshake, actively. */
static void establish(int i)
{
	start(i);
	sent(0, TCP_SYN, 0);
	received(0, TCP_SYN | TCP_ACK, 0, 1);
	sent(1, TCP_ACK, 0);
}

static void assert_snd(uint32_t una, uint32_t nxt)
{
	ck_assert_uint_eq(c.snd_una - iss, una);
	ck_assert_uint_eq(c.snd_nxt - iss, nxt);
}

static void assert_rcv(uint32_t nxt)
{
	ck_assert_uint_eq(c.rcv_nxt - irs, nxt);
}

/* What really passed. */
static void assert_peer(uint32_t end, uint32_t acked)
{
	ck_assert_uint_eq(c.peer_sent - irs, end);
	ck_assert_uint_eq(c.peer_acked - iss, acked);
}

/* --- opening --- */

START_TEST(test_init)
{
	memset(&c, 0xa5, sizeof c);
	start(_i);
	assert_snd(0, 0);
	ck_assert_uint_eq(c.iss, iss);
	ck_assert_uint_eq(c.peer_acked, iss);
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
	assert_peer(1, 1);
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
	assert_peer(1, 0);
	ck_assert_uint_eq(c.snd_wnd, 100);
	sent(0, TCP_SYN | TCP_ACK, 0);
	received(1, TCP_ACK, 0, 1);
	assert_snd(1, 1);
	assert_rcv(1);
	assert_peer(1, 1);
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
	assert_peer(1, 1);
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
	assert_peer(1, 0);
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
	assert_peer(501, 1);
	sent(1, TCP_ACK, 10);
	received(500, TCP_SYN | TCP_ACK, 0, 11); /* nor is its ACK ours */
	assert_snd(1, 11);
	assert_peer(501, 11);
}
END_TEST

START_TEST(test_syn_data)
{
	start(_i);
	sent(0, TCP_SYN, 0);
	received(0, TCP_SYN | TCP_ACK, 10, 1); /* not offered, so not taken */
	assert_rcv(1);
	assert_peer(11, 1);
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
	assert_peer(1, 51);
	received(1, TCP_ACK, 0, 102); /* of what was never sent */
	assert_snd(51, 101);
	assert_peer(1, 102);
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
	assert_peer(1, 1);
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
	assert_peer(31, 1);
	received(16, TCP_ACK, 5, 1); /* fills it; what lay behind is not kept */
	assert_rcv(21);
	received(15, TCP_ACK, 0, 1); /* keep-alive */
	assert_rcv(21);
	received(10, TCP_FIN | TCP_ACK, 11, 1); /* old data, and a FIN that is new */
	assert_rcv(22);
	assert_peer(31, 1);
}
END_TEST

START_TEST(test_received_fin)
{
	establish(_i);
	received(5, TCP_FIN | TCP_ACK, 0, 1); /* out of order */
	assert_rcv(1);
	assert_peer(6, 1);
	received(1, TCP_FIN | TCP_ACK, 4, 1);
	assert_rcv(6);
	received(5, TCP_FIN | TCP_ACK, 0, 1); /* resent */
	assert_rcv(6);
	received(6, TCP_ACK, 0, 1);
	assert_rcv(6);
	assert_peer(6, 1);
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
	assert_peer(9, 2);
	before.peer_sent = c.peer_sent;
	before.peer_acked = c.peer_acked;
	ck_assert_mem_eq(&c, &before, sizeof c);
	/* The peer goes on from the end of what we lost. */
	received(9, TCP_ACK, 0, 2);
	assert_snd(2, 2);
	assert_rcv(1);
	/* And the resend arrives. */
	received(1, TCP_FIN | TCP_ACK, 7, 2);
	assert_rcv(9);
	assert_peer(9, 2);
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
	assert_peer(1, 11);
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
		ck_assert_uint_le(c.snd_una - b.snd_una, b.snd_nxt - b.snd_una); /* never back, never beyond */
		ck_assert_uint_le(c.snd_wscale, 14);
		if (!b.have_irs)
			continue;
		if (b.rcv_nxt != b.irs) /* but for a new first SYN */
			ck_assert_uint_le(c.rcv_nxt - b.rcv_nxt, segment_len(&s));
		if (is_lost)
			ck_assert(c.snd_una == b.snd_una && c.snd_wnd == b.snd_wnd && c.ts_recent == b.ts_recent);
	}
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
	Suite *suite = suite_create("connection");

	suite_add_tcase(suite, open_case());
	suite_add_tcase(suite, numbers_case());
	return suite_run(suite);
}
