/* The states that are inferred from segments alone. */
#include "report/states.h"
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
	struct states_view v = {0};

	for (size_t i = 0; i < count; i++) {
		bool ours = moves[i].what[0] == '>';
		bool lost = moves[i].what[1] == '!';
		struct segment s = {
		    .flags = flags_of(moves[i].what),
		    .seq = isn[!ours] + moves[i].seq,
		    .ack = isn[ours] + moves[i].ack,
		};

		states_after(&v, &s, ours, lost);
		ck_assert_msg(v.ours.state == moves[i].ours, "move %zu: we are %s", i,
		              state_name(v.ours.state));
		ck_assert_msg(v.peer.state == moves[i].peer, "move %zu: the peer is %s", i,
		              state_name(v.peer.state));
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
START_TEST(told_closed_it_stays_closed)
{
	struct states_view v = {0};
	struct segment fin = {.flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 1};
	struct segment ack = {.flags = TCP_ACK, .seq = 1, .ack = 2};

	states_begin(&v, &fin, false);
	states_after(&v, &fin, false, true);
	ck_assert_int_eq(v.peer.state, STATE_FIN_WAIT_1);
	states_told(&v, STATE_CLOSED);
	states_after(&v, &ack, true, false);
	ck_assert_int_eq(v.peer.state, STATE_CLOSED);
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

int main(void)
{
	Suite *suite = suite_create("states");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, states_of_the_normal_close);
	tcase_add_test(tc, states_where_the_first_fin_is_lost);
	tcase_add_test(tc, told_closed_it_stays_closed);
	tcase_add_test(tc, states_of_others);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
