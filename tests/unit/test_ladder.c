/* The ladder, line by line, and the states it infers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/ladder.h"
#include "report/states.h"
#include "report_sample.h"

static void draw(struct page *p, const struct style *style, const struct sample *s)
{
	struct diag d;

	page_open(p);
	ck_assert(ladder_print(p->out, style, &s->result, &d));
	page_close(p);
}

START_TEST(failure_in_ascii)
{
	struct sample s;
	struct page p;

	sample_fail(&s);
	draw(&p, &plain80, &s);
	page_is_tidy(&p, 80);
	ck_assert_str_eq(p.text,
	    "                     fourwave                             peer, states inferred\n"
	    "                     10.203.0.1:20001                           10.203.0.2:4145\n"
	    "       12: open\n"
	    "  0.000004           SYN-SENT     |- S 0 win 65535 ----------->| SYN-RECEIVED\n"
	    "  0.000045 +41.0 us  ESTABLISHED  |<---- S. 0 ack 1 win 64240 -|\n"
	    "  0.000071 +26.0 us               |- . 1 ack 1 win 65535 ----->| ESTABLISHED\n"
	    "       14: provoke close\n"
	    "       15: expect F. seq rcv.nxt ack snd.nxt lost within 1s as fin\n"
	    "  0.000900  +829 us               |  X-- F. 1 ack 1 win 64240 -| FIN-WAIT-1\n"
	    "x      16: expect retransmit fin lost count 2 backoff 2 +15%/-2% gives up\n"
	    "  0.207240 +0.206 s               |  X-- F. 1 ack 1 win 64240 -| resend 1 of fin\n"
	    "x 0.623360 +0.416 s               |<---- F. 2 ack 1 win 64240 -|\n"
	    "                                  |          nothing allows it |\n"
	    "  0.623500  +140 us  CLOSED       |- R 1 win 65535 ----------->| CLOSED  tidies\n"
	    "\n"
	    "  step      expect retransmit fin lost count 2 backoff 2 +15%/-2% gives up\n"
	    "  at        scenarios/table/row1-passive-retries1.wave:16\n"
	    "  field     seq\n"
	    "  expected  1\n"
	    "  got       2\n"
	    "  capture   captures/row1-passive-retries1-ipv4.pcap\n");
	page_free(&p);
}
END_TEST

START_TEST(steps_stand_beside_where_it_is_wide)
{
	struct sample s;
	struct page p;

	sample_fail(&s);
	draw(&p, &fancy140, &s);
	page_is_tidy(&p, 140);
	ck_assert_ptr_nonnull(strstr(p.text, "─┤ FIN-WAIT-1           15: expect F. seq rcv.nxt ack snd.nxt\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "│                          lost within 1s as fin\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "│                      14: provoke close\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "✗ 0.623360 +0.416 s               │◄──"));
	page_free(&p);
}
END_TEST

START_TEST(a_pass_shows_all_steps)
{
	struct sample s;
	struct page p;

	sample_pass(&s);
	s.trace[6].lost = true; /* our ACK is lost, so no RST comes */
	s.verdict.trace_count = 7;
	draw(&p, &fancy140, &s);
	page_is_tidy(&p, 140);
	ck_assert_ptr_nonnull(strstr(p.text, "├─ . 1 ack 2 win 65535 ──╳                  │"));
	ck_assert_ptr_nonnull(strstr(p.text, "20: expect R within 1s\n"));
	ck_assert_ptr_null(strstr(p.text, "✗"));
	page_free(&p);
}
END_TEST

/* The step fails by silence: it is marked, those after it are not shown. */
START_TEST(a_step_may_fail_without_a_segment)
{
	struct sample s;
	struct page p;

	sample_fail(&s);
	s.verdict.trace_count = 3;
	s.verdict.step = 2;
	s.verdict.has_mismatch = false;
	draw(&p, &plain80, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "\nx      15: expect F."));
	ck_assert_ptr_null(strstr(p.text, "16: "));
	page_free(&p);
	s.verdict.trace_count = 0;
	s.verdict.trace_left_out = 7;
	draw(&p, &fancy140, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "15: expect F."));
	ck_assert_ptr_nonnull(strstr(p.text, "7 segments more are not shown\n"));
	page_free(&p);
}
END_TEST

START_TEST(every_width_is_tidy)
{
	struct sample s;

	sample_fail(&s);
	s.connection.local = s.connection.remote = (struct addr){ 6, { 0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9 } };
	s.connection.local.bytes[15] = 0xaa;
	s.trace[4].segment.payload_len = 1400;
	s.trace[4].segment.flags |= TCP_PSH | TCP_URG;
	memset(s.trace[4].note, 'n', NOTE_BYTES - 1);
	for (int width = 40; width < 240; width++) {
		struct style style = { .width = width, .unicode = width % 2 };
		struct page p;

		draw(&p, &style, &s);
		page_is_tidy(&p, width < 80 ? 80 : width);
		page_free(&p);
	}
}
END_TEST

START_TEST(numbers_far_from_the_isn_are_absolute)
{
	struct sample s;
	struct page p;

	sample_pass(&s);
	s.trace[7].segment.flags = TCP_RST | TCP_ACK;
	s.trace[7].segment.seq = 0;
	s.trace[7].segment.ack = s.verdict.iss - 3;
	draw(&p, &plain80, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "R. abs(0) ack -3"));
	page_free(&p);
}
END_TEST

START_TEST(broken_writing_is_said)
{
	struct sample s;
	struct diag d = { 0 };
	FILE *full = fopen("/dev/full", "w");

	sample_pass(&s);
	ck_assert(!ladder_print(full, &plain80, &s.result, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No space left"));
	fclose(full);
}
END_TEST

/* --- states --- */

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
	const uint32_t isn[] = { 0xffffffff, 0x7fffffff };
	struct states_view v = { 0 };

	for (size_t i = 0; i < count; i++) {
		bool ours = moves[i].what[0] == '>';
		bool lost = moves[i].what[1] == '!';
		struct segment s = {
			.flags = flags_of(moves[i].what),
			.seq = isn[!ours] + moves[i].seq,
			.ack = isn[ours] + moves[i].ack,
		};

		states_after(&v, &s, ours, lost);
		ck_assert_msg(v.ours.state == moves[i].ours, "move %zu: we are %s", i, state_name(v.ours.state));
		ck_assert_msg(v.peer.state == moves[i].peer, "move %zu: the peer is %s", i,
		              state_name(v.peer.state));
	}
}

#define OPENED \
	{ ">S", 0, 0, STATE_SYN_SENT, STATE_SYN_RECEIVED }, \
	{ "<S.", 0, 1, STATE_ESTABLISHED, STATE_SYN_RECEIVED }, \
	{ ">.", 1, 1, STATE_ESTABLISHED, STATE_ESTABLISHED }
#define COUNT(a) (sizeof(a) / sizeof *(a))

START_TEST(states_of_the_normal_close)
{
	static const struct move moves[] = {
		OPENED,
		{ ">F.", 1, 1, STATE_FIN_WAIT_1, STATE_CLOSE_WAIT },
		{ "<.", 1, 2, STATE_FIN_WAIT_2, STATE_CLOSE_WAIT },
		{ "<F.", 1, 2, STATE_TIME_WAIT, STATE_LAST_ACK },
		{ ">.", 2, 2, STATE_TIME_WAIT, STATE_CLOSED },
	};

	play(moves, COUNT(moves));
}
END_TEST

START_TEST(states_where_the_first_fin_is_lost)
{
	static const struct move moves[] = {
		OPENED,
		{ "<!F.", 1, 1, STATE_ESTABLISHED, STATE_FIN_WAIT_1 },
		{ "<!F.", 1, 1, STATE_ESTABLISHED, STATE_FIN_WAIT_1 },
		{ "<F.", 1, 1, STATE_CLOSE_WAIT, STATE_FIN_WAIT_1 },
		{ ">!.", 1, 2, STATE_CLOSE_WAIT, STATE_FIN_WAIT_1 },
		{ ">.", 1, 2, STATE_CLOSE_WAIT, STATE_FIN_WAIT_2 },
		{ ">!F.", 1, 2, STATE_LAST_ACK, STATE_FIN_WAIT_2 },
		{ ">F.", 1, 2, STATE_LAST_ACK, STATE_TIME_WAIT },
		{ "<.", 2, 2, STATE_CLOSED, STATE_TIME_WAIT },
	};

	play(moves, COUNT(moves));
}
END_TEST

START_TEST(states_of_others)
{
	static const struct move simultaneous[] = {
		OPENED,
		{ "<!F.", 1, 1, STATE_ESTABLISHED, STATE_FIN_WAIT_1 },
		{ ">F.", 1, 1, STATE_FIN_WAIT_1, STATE_CLOSING },
		{ "<F.", 1, 1, STATE_CLOSING, STATE_CLOSING },
		{ ">.", 2, 2, STATE_CLOSING, STATE_TIME_WAIT },
		{ "<.", 2, 2, STATE_TIME_WAIT, STATE_TIME_WAIT },
	};
	static const struct move merged[] = {
		OPENED,
		{ ">F", 1, 0, STATE_ESTABLISHED, STATE_ESTABLISHED }, /* a bare FIN is dropped */
		{ ">F.", 1, 1, STATE_FIN_WAIT_1, STATE_CLOSE_WAIT },
		{ "<F.", 1, 2, STATE_TIME_WAIT, STATE_LAST_ACK },
	};
	static const struct move reset[] = {
		OPENED,
		{ ">R", 9, 0, STATE_ESTABLISHED, STATE_ESTABLISHED }, /* not the exact number */
		{ "<R.", 1, 1, STATE_CLOSED, STATE_CLOSED },
	};
	static const struct move listening[] = {
		{ "<S", 0, 0, STATE_SYN_RECEIVED, STATE_SYN_SENT },
		{ ">S.", 0, 1, STATE_SYN_RECEIVED, STATE_ESTABLISHED },
		{ "<.", 1, 1, STATE_ESTABLISHED, STATE_ESTABLISHED },
		{ ">R", 1, 0, STATE_CLOSED, STATE_CLOSED },
	};

	play(simultaneous, COUNT(simultaneous));
	play(merged, COUNT(merged));
	play(reset, COUNT(reset));
	play(listening, COUNT(listening));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ladder");
	TCase *tc = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, failure_in_ascii);
	tcase_add_test(tc, steps_stand_beside_where_it_is_wide);
	tcase_add_test(tc, a_pass_shows_all_steps);
	tcase_add_test(tc, a_step_may_fail_without_a_segment);
	tcase_add_test(tc, every_width_is_tidy);
	tcase_add_test(tc, numbers_far_from_the_isn_are_absolute);
	tcase_add_test(tc, broken_writing_is_said);
	tcase_add_test(tc, states_of_the_normal_close);
	tcase_add_test(tc, states_where_the_first_fin_is_lost);
	tcase_add_test(tc, states_of_others);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
