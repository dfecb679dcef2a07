/* Both ends, as their segments show them: states, numbers, what the SYNs offered. */
#include "core/observer.h"
#include "suite.h"

#include <string.h>

/* ">S" we send it, "<S" the peer does; then seq and ack, relative; lost with
 * "!" before the flags. After it both states. */
struct move {
	const char *what;
	uint32_t seq, ack;
	enum tcp_state ours, peer;
};

static uint16_t flags_of(const char *text)
{
	uint16_t flags = 0;

	for (; *text; text++) {
		flags |= *text == 'S' ? TCP_SYN : 0;
		flags |= *text == 'F' ? TCP_FIN : 0;
		flags |= *text == 'R' ? TCP_RST : 0;
		flags |= *text == '.' ? TCP_ACK : 0;
	}
	return flags;
}

static void play(const struct move *moves, size_t count)
{
	const uint32_t isn[] = {0xffffffff, 0x7fffffff};
	struct observer o = {0};

	for (size_t i = 0; i < count; i++) {
		bool ours = moves[i].what[0] == '>';
		bool lost = moves[i].what[1] == '!';
		struct segment s = {
		    .flags = flags_of(moves[i].what),
		    .seq = isn[!ours] + moves[i].seq,
		    .ack = isn[ours] + moves[i].ack,
		};

		observer_see(&o, &s, ours ? END_US : END_PEER, lost);
		ck_assert_msg(o.ends[END_US].state == moves[i].ours, "move %zu: we are %s", i,
		              state_name(o.ends[END_US].state));
		ck_assert_msg(o.ends[END_PEER].state == moves[i].peer, "move %zu: the peer is %s", i,
		              state_name(o.ends[END_PEER].state));
	}
}

#define OPENED                                                                                               \
	{">S", 0, 0, STATE_SYN_SENT, STATE_CLOSED}, /* it may be that nobody LISTENs */                      \
	    {"<S.", 0, 1, STATE_ESTABLISHED, STATE_SYN_RECEIVED},                                            \
	{                                                                                                    \
		">.", 1, 1, STATE_ESTABLISHED, STATE_ESTABLISHED                                             \
	}
#define COUNT(a) (sizeof(a) / sizeof *(a))

START_TEST(states_of_the_normal_close)
{
	static const struct move moves[] = {
	    OPENED,
	    {">F.", 1, 1, STATE_FIN_WAIT_1, STATE_CLOSE_WAIT},
	    {"<.", 1, 2, STATE_FIN_WAIT_2, STATE_CLOSE_WAIT},
	    {"<F.", 1, 2, STATE_TIME_WAIT, STATE_LAST_ACK},
	    {">.", 2, 2, STATE_TIME_WAIT, STATE_CLOSED},
	};

	play(moves, COUNT(moves));
}
END_TEST

START_TEST(states_where_the_first_fin_is_lost)
{
	static const struct move moves[] = {
	    OPENED,
	    {"<!F.", 1, 1, STATE_ESTABLISHED, STATE_FIN_WAIT_1},
	    {"<!F.", 1, 1, STATE_ESTABLISHED, STATE_FIN_WAIT_1},
	    {"<F.", 1, 1, STATE_CLOSE_WAIT, STATE_FIN_WAIT_1},
	    {">!.", 1, 2, STATE_CLOSE_WAIT, STATE_FIN_WAIT_1},
	    {">.", 1, 2, STATE_CLOSE_WAIT, STATE_FIN_WAIT_2},
	    {">!F.", 1, 2, STATE_LAST_ACK, STATE_FIN_WAIT_2},
	    {">F.", 1, 2, STATE_LAST_ACK, STATE_TIME_WAIT},
	    {"<.", 2, 2, STATE_CLOSED, STATE_TIME_WAIT},
	};

	play(moves, COUNT(moves));
}
END_TEST

/* Whatever it is sent. */
START_TEST(seen_closed_it_stays_closed)
{
	struct observer o = {0};
	struct segment fin = {.flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 1};
	struct segment ack = {.flags = TCP_ACK, .seq = 1, .ack = 2};

	observer_begin_open(&o, &fin, END_PEER);
	observer_see(&o, &fin, END_PEER, true);
	ck_assert_int_eq(o.ends[END_PEER].state, STATE_FIN_WAIT_1);
	o.ends[END_PEER].state = STATE_CLOSED;
	observer_see(&o, &ack, END_US, false);
	ck_assert_int_eq(o.ends[END_PEER].state, STATE_CLOSED);
}
END_TEST

START_TEST(states_of_others)
{
	static const struct move simultaneous[] = {
	    OPENED,
	    {"<!F.", 1, 1, STATE_ESTABLISHED, STATE_FIN_WAIT_1},
	    {">F.", 1, 1, STATE_FIN_WAIT_1, STATE_CLOSING},
	    {"<F.", 1, 1, STATE_CLOSING, STATE_CLOSING},
	    {">.", 2, 2, STATE_CLOSING, STATE_TIME_WAIT},
	    {"<.", 2, 2, STATE_TIME_WAIT, STATE_TIME_WAIT},
	};
	static const struct move merged[] = {
	    OPENED,
	    {">F", 1, 0, STATE_ESTABLISHED, STATE_ESTABLISHED}, /* a bare FIN is dropped */
	    {">F.", 1, 1, STATE_FIN_WAIT_1, STATE_CLOSE_WAIT},
	    {"<F.", 1, 2, STATE_TIME_WAIT, STATE_LAST_ACK},
	};
	static const struct move reset[] = {
	    OPENED,
	    {">R", 9, 0, STATE_ESTABLISHED, STATE_ESTABLISHED}, /* not the exact number */
	    {"<R.", 1, 1, STATE_CLOSED, STATE_CLOSED},
	};
	static const struct move listening[] = {
	    {"<S", 0, 0, STATE_CLOSED, STATE_SYN_SENT},
	    {">S.", 0, 1, STATE_SYN_RECEIVED, STATE_ESTABLISHED},
	    {"<.", 1, 1, STATE_ESTABLISHED, STATE_ESTABLISHED},
	    {">R", 1, 0, STATE_CLOSED, STATE_CLOSED},
	};

	/* a FIN that was taken for lost is acknowledged all the same, late; a RST answers */
	static const struct move late[] = {
	    OPENED,
	    {">F.", 1, 1, STATE_FIN_WAIT_1, STATE_CLOSE_WAIT},
	    {"<.", 1, 2, STATE_FIN_WAIT_2, STATE_CLOSE_WAIT},
	    {"<!F.", 1, 2, STATE_FIN_WAIT_2, STATE_LAST_ACK},
	    {">.", 2, 9, STATE_FIN_WAIT_2, STATE_LAST_ACK}, /* never sent: a lie */
	    {">.", 2, 2, STATE_TIME_WAIT, STATE_CLOSED},
	    {"<R", 2, 0, STATE_CLOSED, STATE_CLOSED},
	};

	play(late, COUNT(late));
	play(simultaneous, COUNT(simultaneous));
	play(merged, COUNT(merged));
	play(reset, COUNT(reset));
	play(listening, COUNT(listening));
}
END_TEST

/* --- numbers, near where they wrap --- */

enum { ISS = 0xfffffffe, IRS = 0x7fffffff };

static struct segment ours(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack)
{
	return (struct segment){
	    .flags = flags, .seq = ISS + seq, .ack = IRS + ack, .wnd = 100, .payload_len = len, .time_ns = 5};
}

static struct segment theirs(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack)
{
	return (struct segment){
	    .flags = flags, .seq = IRS + seq, .ack = ISS + ack, .wnd = 100, .payload_len = len, .time_ns = 9};
}

static struct observer n;

static void we(struct segment s) { observer_see(&n, &s, END_US, false); }
static void they(struct segment s) { observer_see(&n, &s, END_PEER, false); }

static void open_it(void)
{
	n = (struct observer){0};
	we(ours(0, TCP_SYN, 0, 0));
	they(theirs(0, TCP_SYN | TCP_ACK, 0, 1));
	we(ours(1, TCP_ACK, 0, 1));
}

static void assert_peer(uint32_t sent, uint32_t acked)
{
	ck_assert_uint_eq(n.ends[END_PEER].sent - IRS, sent);
	ck_assert_uint_eq(observer_acked(&n, END_PEER) - ISS, acked);
}

START_TEST(numbers_go_forward_alone)
{
	struct segment lost = theirs(1, TCP_FIN | TCP_ACK, 7, 3), bad = theirs(1, TCP_ACK, 90, 90);

	n = (struct observer){0};
	we(ours(0, TCP_SYN, 0, 0));
	ck_assert_uint_eq(observer_acked(&n, END_PEER), ISS);
	open_it();
	ck_assert(n.opened);
	assert_peer(1, 1);
	we(ours(1, TCP_ACK, 10, 1));
	/* what is lost on the path was sent all the same */
	observer_see(&n, &lost, END_PEER, true);
	assert_peer(9, 3);
	ck_assert(n.ends[END_PEER].fin);
	ck_assert_uint_eq(n.ends[END_PEER].fin_end - IRS, 9);
	they(theirs(1, TCP_ACK, 2, 2));
	assert_peer(9, 3);
	/* a RST has a number of the other end's, a wrong checksum none */
	they(theirs(50, TCP_RST | TCP_ACK, 0, 11));
	bad.checksum = CHECKSUM_BAD;
	they(bad);
	assert_peer(9, 3);
	ck_assert(n.ends[END_PEER].rst);
}
END_TEST

/* A SYN that nobody acknowledged, and then one with another number: the first never was. */
START_TEST(a_syn_is_given_up)
{
	n = (struct observer){0};
	they(theirs(0x90000000, TCP_SYN, 0, 0));
	they(theirs(0, TCP_SYN, 0, 0));
	ck_assert_uint_eq(n.ends[END_PEER].isn, IRS);
	ck_assert(n.ends[END_PEER].two_isns);
	assert_peer(1, -ISS);
	we(ours(0, TCP_SYN | TCP_ACK, 0, 1));
	they(theirs(500, TCP_SYN, 0, 0)); /* none any more */
	ck_assert_uint_eq(n.ends[END_PEER].isn, IRS);
	assert_peer(501, 0);
}
END_TEST

START_TEST(resends_bring_nothing_new)
{
	struct segment data = theirs(1, TCP_ACK, 10, 1), more = theirs(6, TCP_ACK, 6, 1);
	struct segment ack = theirs(1, TCP_ACK, 0, 1), rst = theirs(1, TCP_RST, 1, 0);

	open_it();
	ck_assert(!observer_resends(&n, &data, END_PEER));
	they(data);
	ck_assert(observer_resends(&n, &data, END_PEER));
	ck_assert(!observer_resends(&n, &more, END_PEER));
	ck_assert(!observer_resends(&n, &ack, END_PEER));
	ck_assert(!observer_resends(&n, &rst, END_PEER));
}
END_TEST

START_TEST(a_window_shuts_and_opens)
{
	struct segment shut = theirs(1, TCP_ACK, 0, 1);

	open_it();
	ck_assert_int_eq(observer_path_ns(&n), 0);
	shut.wnd = 0;
	they(shut);
	ck_assert_int_eq(n.ends[END_PEER].shut_ns, 9);
	they(theirs(1, TCP_ACK, 0, 1));
	ck_assert_int_eq(n.ends[END_PEER].shut_ns, 0);
}
END_TEST

static void add(struct segment *s, struct tcp_option option)
{
	ck_assert(options_append(s->options, &s->options_len, &option));
}

START_TEST(offers_of_all_syns)
{
	struct segment first = ours(0, TCP_SYN, 0, 0), second = first;
	const struct end *us = &n.ends[END_US];

	n = (struct observer){0};
	add(&first, (struct tcp_option){.kind = OPT_WSCALE, .wscale = 200});
	add(&first, (struct tcp_option){.kind = OPT_TIMESTAMPS, .ts_val = 77});
	ck_assert_uint_eq(segment_offer(&first).shift, 14);
	we(first);
	ck_assert(us->offered.wscale && us->offered.timestamps && !us->offered.sack && us->each_timestamps);
	add(&second, (struct tcp_option){.kind = OPT_SACK_PERMITTED});
	we(second);
	ck_assert(us->offered.wscale && us->offered.sack && !us->each_timestamps && !us->two_isns);
	ck_assert(end_sent_tsval(us, 77) && !end_sent_tsval(us, 78));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("observer");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, states_of_the_normal_close);
	tcase_add_test(tc, states_where_the_first_fin_is_lost);
	tcase_add_test(tc, seen_closed_it_stays_closed);
	tcase_add_test(tc, states_of_others);
	tcase_add_test(tc, numbers_go_forward_alone);
	tcase_add_test(tc, a_syn_is_given_up);
	tcase_add_test(tc, resends_bring_nothing_new);
	tcase_add_test(tc, a_window_shuts_and_opens);
	tcase_add_test(tc, offers_of_all_syns);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
