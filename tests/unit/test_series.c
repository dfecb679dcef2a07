/* Retransmission series on a fake clock: schedule, count, budget, giving up.
 * The times are the ones that Linux was measured at. */
#include "engine_rig.h"
#include "suite.h"

#include <stdio.h>

static struct rig r;

static void teardown(void) { rig_free(&r); }

/* Opens, loses the peer's FIN at 2 ms, and then the series begins. */
static void begin(const char *series)
{
	char steps[256];

	snprintf(steps, sizeof steps, "open\nexpect F. seq rcv.nxt lost as fin\nexpect retransmit fin %s",
	         series);
	rig_init(&r, "role passive", steps);
	r.config.state_observable = false;
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
}

static void resends(const double *ms, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		rig_in(&r, 2 + ms[i], "F.", 1, 1, 0);
}

#define RESENDS(...)                                                                                         \
	do {                                                                                                 \
		const double ms_[] = {__VA_ARGS__};                                                          \
		resends(ms_, sizeof ms_ / sizeof *ms_);                                                      \
	} while (0)

START_TEST(linux_retries_3)
{
	begin("lost count 3..5 backoff 2 +15%/-2% gives up budget 3s within 20s");
	RESENDS(206, 620, 1460, 3130);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_tick(&r, 7500);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_double_eq(rig_measure(&r, MEASURE_RESENDS, 0), 4);
	ck_assert_double_eq_tol(rig_measure(&r, MEASURE_GAPS, 1), 0.414, 1e-6);
	ck_assert_double_eq_tol(rig_measure(&r, MEASURE_LAST_RESEND, 0), 3.130, 1e-6);
}
END_TEST

START_TEST(count_alone_ends_at_the_last)
{
	begin("lost count 3 backoff 2 +-25% within 8s");
	RESENDS(206, 620);
	rig_verdict(&r, VERDICT_NONE, NULL);
	RESENDS(1460);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(never_resent)
{
	begin("lost count 3 backoff 2 +-25% within 8s");
	rig_tick(&r, 8100);
	rig_verdict(&r, VERDICT_FAIL, "fin was not resent within 8.000 s");
	rig_field(&r, "count");
}
END_TEST

START_TEST(no_backoff_is_caught_at_the_second)
{
	begin("lost count 4 backoff 2 +15%/-2% within 20s");
	RESENDS(206, 412);
	rig_verdict(&r, VERDICT_FAIL, "resend 2 came after a gap of 0.206 s");
	rig_field(&r, "gap");
}
END_TEST

START_TEST(backoff_of_one_and_a_half_is_caught)
{
	begin("lost count 5 backoff 2 +15%/-2% within 20s");
	RESENDS(206, 206 + 309, 206 + 309 + 463, 206 + 309 + 463 + 695);
	rig_verdict(&r, VERDICT_FAIL, "back-off 2");
}
END_TEST

START_TEST(backoff_of_three_is_caught)
{
	begin("lost count 5 backoff 2 +15%/-2% within 20s");
	RESENDS(206, 206 + 618, 206 + 618 + 1854);
	rig_verdict(&r, VERDICT_FAIL, NULL);
}
END_TEST

/* A peer that resends each 50 ms for ever: what may be late is a part of the gap. */
START_TEST(short_gaps_are_judged_too)
{
	begin("lost count 4 backoff 2 +15%/-2% within 20s");
	RESENDS(50, 100, 150);
	rig_verdict(&r, VERDICT_FAIL, "resend 2 came after a gap of 0.050 s");
	rig_field(&r, "gap");
	ck_assert_int_gt(engine_verdict(r.engine)->reason.fields[0].jitter_ns, 1000000);
	ck_assert_int_lt(engine_verdict(r.engine)->reason.fields[0].jitter_ns, 20 * 1000000);
}
END_TEST

/* --- a clock that ticks --- */

static void begin_ticking(const char *series, int64_t tick_ns)
{
	char steps[256];

	snprintf(steps, sizeof steps, "open\nexpect F. seq rcv.nxt lost as fin\nexpect retransmit fin %s",
	         series);
	rig_init(&r, "role passive", steps);
	r.config.state_observable = false;
	r.config.timer_tick_ns = tick_ns;
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
}

#define HALF_A_SECOND INT64_C(500000000)

/* A time-out of five ticks (lwIP: 2.02 to 2.50, then 5.0, 10.0), and of two, the least of 4.4BSD; the segment
 * is sent at any time between two ticks. */
START_TEST(a_tick_shortens_the_first_gap_alone)
{
	const double rto = _i / 25 == 0 ? 2500 : _i / 25 == 1 ? 1000 : 1500, phase = 20.0 * (_i % 25) - 5;
	const double first = rto - (phase > 0 ? phase : 0);

	begin_ticking("lost count 4 backoff 2 +15%/-2% within 60s", HALF_A_SECOND);
	RESENDS(first, first + 2 * rto, first + 6 * rto, first + 14 * rto);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

/* That is what a clock without ticks never does. */
START_TEST(without_a_tick_such_gaps_are_wrong)
{
	begin_ticking("lost count 3 backoff 2 +15%/-2% within 60s", 0);
	RESENDS(2020, 7020, 17020);
	rig_verdict(&r, VERDICT_FAIL, "resend 2 came after a gap of 5.000 s");
}
END_TEST

START_TEST(a_tick_excuses_no_more_than_itself)
{
	begin_ticking("lost count 2 backoff 2 +15%/-2% within 60s", HALF_A_SECOND);
	RESENDS(2000, 2000 + 6400);
	rig_verdict(&r, VERDICT_FAIL, "resend 2 came after a gap of 6.400 s");
}
END_TEST

/* Whatever the tick, each second again is no back-off, and what grows too slowly or too fast is none of 2. */
START_TEST(no_tick_excuses_a_missing_backoff)
{
	static const double wrong[][4] = {{1000, 2000, 3000, 4000},
	                                  {2500, 5000, 7500, 10000},
	                                  {2500, 6250, 11875, 20312},
	                                  {2500, 10000, 32500, 100000},
	                                  {600, 1200, 1800, 2400}};
	static const int64_t ticks[] = {0, 4000000, 100000000, HALF_A_SECOND, 2 * HALF_A_SECOND};

	for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
		const double *at = wrong[_i];

		begin_ticking("lost count 4 backoff 2 +15%/-2% within 200s", ticks[i]);
		for (int k = 0; k < 4 && engine_verdict(r.engine)->kind == VERDICT_NONE; k++)
			rig_in(&r, 2 + at[k], "F.", 1, 1, 0);
		rig_verdict(&r, VERDICT_FAIL, "came after a gap of");
		rig_free(&r);
	}
	begin_ticking("", 0);
}
END_TEST

/* A gap of 0.2 s was never made by a clock of 0.5 s: such a peer is judged as Linux is. */
START_TEST(who_is_quicker_than_the_tick_has_none)
{
	begin_ticking("lost count 3 backoff 2 +15%/-2% within 20s", HALF_A_SECOND);
	RESENDS(206, 620, 1460);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_free(&r);
	begin_ticking("lost count 3 backoff 2 +15%/-2% within 20s", HALF_A_SECOND);
	RESENDS(206, 206 + 700, 206 + 700 + 1400);
	rig_verdict(&r, VERDICT_FAIL, "resend 2 came after a gap of 0.700 s");
}
END_TEST

/* Where an earlier step took the first resend the gaps that are left lie between ticks. */
START_TEST(after_the_first_resend_no_gap_is_short)
{
	static const struct {
		double gaps[2];
		enum verdict_kind kind;
	} cases[] = {{{5000, 10000}, VERDICT_PASS}, {{4500, 10000}, VERDICT_FAIL}};

	rig_init(&r, "role passive",
	         "open\nexpect F. seq rcv.nxt lost as fin\nsilence 3s except F. seq fin.seq lost\n"
	         "expect retransmit fin lost count 2 backoff 2 +5%/-2%");
	r.config.state_observable = false;
	r.config.timer_tick_ns = HALF_A_SECOND;
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_in(&r, 2102, "F.", 1, 1, 0);
	rig_tick(&r, 3100);
	rig_in(&r, 2102 + cases[_i].gaps[0], "F.", 1, 1, 0);
	rig_in(&r, 2102 + cases[_i].gaps[0] + cases[_i].gaps[1], "F.", 1, 1, 0);
	rig_verdict(&r, cases[_i].kind, NULL);
}
END_TEST

START_TEST(the_first_resend_is_waited_for_as_the_profile_says)
{
	begin("lost count 1");
	rig_tick(&r, 5100);
	rig_verdict(&r, VERDICT_FAIL, "not resent within 5.000 s");
	rig_free(&r);
	rig_init(&r, "role passive",
	         "open\nexpect F. seq rcv.nxt lost as fin\nexpect retransmit fin lost count 1");
	r.config.first_resend_ns = INT64_C(10000000000);
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_tick(&r, 9900);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_in(&r, 9950, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(doubling_is_not_tripling)
{
	begin("lost count 2 backoff 3 +-5% within 20s");
	RESENDS(205, 205 + 440);
	rig_verdict(&r, VERDICT_FAIL, "resend 2 came after a gap of 0.440 s");
}
END_TEST

/* Waited for longer than it may take: that it was late says more than that none came. */
START_TEST(too_late_is_seen_to_be_late)
{
	begin("lost count 3 backoff 2 +15%/-2% within 20s");
	RESENDS(206, 206 + 590);
	rig_verdict(&r, VERDICT_FAIL, "resend 2 came after a gap of 0.590 s");
	rig_field(&r, "gap");
}
END_TEST

START_TEST(late_timers_are_no_fault)
{
	begin("lost count 4 backoff 2 +15%/-2% within 20s");
	RESENDS(246, 246 + 412, 246 + 412 + 860, 246 + 412 + 860 + 1650);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(tail_loss_probe_exempt)
{
	begin("lost count 4 backoff 2 +15%/-2% first exempt within 20s");
	RESENDS(206, 414, 834, 1664);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(goes_on_too_long)
{
	begin("lost count 1..9 backoff 2 +15%/-2% gives up budget 600ms within 20s");
	RESENDS(206, 620, 1460);
	rig_tick(&r, 6000);
	rig_verdict(&r, VERDICT_FAIL, "went on too long");
	rig_field(&r, "budget");
}
END_TEST

START_TEST(gives_up_too_early)
{
	begin("lost count 1..9 backoff 2 +15%/-2% gives up budget 3s within 20s");
	RESENDS(206, 620);
	rig_tick(&r, 6000);
	rig_verdict(&r, VERDICT_FAIL, "gave up too early");
}
END_TEST

START_TEST(one_too_many)
{
	begin("lost count 2 backoff 2 +15%/-2% gives up within 20s");
	RESENDS(206, 620, 1460);
	rig_verdict(&r, VERDICT_FAIL, "resent 3 times, expected 2");
	rig_field(&r, "count");
}
END_TEST

START_TEST(too_few)
{
	begin("lost count 3.. backoff 2 +15%/-2% gives up within 20s");
	RESENDS(206, 620);
	rig_tick(&r, 6000);
	rig_verdict(&r, VERDICT_FAIL, "resent 2 times");
	rig_field(&r, "count");
}
END_TEST

START_TEST(resend_with_a_wrong_number)
{
	begin("lost count 3 backoff 2 +-25% within 8s");
	rig_in(&r, 208, "F.", 2, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "its seq is 2, expected 1");
	rig_field(&r, "seq");
}
END_TEST

/* Our FIN never left: no resend of the peer's can acknowledge it. */
START_TEST(resend_that_acks_what_was_lost)
{
	rig_init(&r, "role passive",
	         "open\nexpect F. seq rcv.nxt lost as fin\nsend F. lost\n"
	         "expect retransmit fin lost count 1 within 8s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_in(&r, 208, "F.", 1, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "its ack is 2, expected 1");
	rig_field(&r, "ack");
}
END_TEST

/* A second handshake by hand lies beyond snd.nxt: the range must not wrap. */
START_TEST(resend_that_acks_something_else)
{
	rig_init(&r, "role passive",
	         "open\nexpect F. seq rcv.nxt ack 1001 lost as fin\n"
	         "expect retransmit fin lost count 1 within 8s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1001, 0);
	rig_in(&r, 208, "F.", 1, 5000, 0);
	rig_verdict(&r, VERDICT_FAIL, "its ack is 5000, expected 1001");
}
END_TEST

START_TEST(rst_instead_of_silence)
{
	begin("lost count 1..9 backoff 2 +15%/-2% gives up budget 600ms within 20s");
	RESENDS(206, 620);
	rig_in(&r, 1480, "R.", 2, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "its flags are R., expected F.; its seq is 2, expected 1");
}
END_TEST

START_TEST(first_gap_has_bounds)
{
	begin("lost count 1 first 150ms..400ms within 8s");
	RESENDS(120);
	rig_verdict(&r, VERDICT_FAIL, "first resend");
	rig_field(&r, "first gap");
}
END_TEST

START_TEST(does_not_give_up_in_time)
{
	begin("lost count 1.. backoff 2 +15%/-2% gives up within 2s");
	RESENDS(206, 620, 1460);
	rig_tick(&r, 2100);
	rig_verdict(&r, VERDICT_FAIL, "not known that the peer gave up");
}
END_TEST

START_TEST(not_lost_moves_the_numbers)
{
	begin("count 1 within 1s\nsend .");
	RESENDS(206);
	rig_out(&r, ".", 1, 2, 0);
}
END_TEST

/* The third resend and the tolerance reach the budget; the end, which was seen, does not. */
START_TEST(an_end_that_is_seen_too_early)
{
	rig_init(&r, "role passive",
	         "open\nexpect F. seq rcv.nxt lost as fin\n"
	         "expect retransmit fin lost count 2..4 backoff 2 +15%/-2% gives up budget 3s within 20s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_in(&r, 208, "F.", 1, 1, 0);
	rig_in(&r, 630, "F.", 1, 1, 0);
	rig_in(&r, 1465, "F.", 1, 1, 0);
	rig_tick(&r, 1500);
	rig_state(&r, 3130, STATE_CLOSED, -1);
	rig_verdict(&r, VERDICT_FAIL, "gone after 2.922 s");
	rig_field(&r, "budget");
}
END_TEST

START_TEST(giving_up_is_seen_by_the_state)
{
	rig_init(&r, "role passive",
	         "open\nexpect F. seq rcv.nxt lost as fin\n"
	         "expect retransmit fin lost count 2..4 backoff 2 +15%/-2% gives up budget 600ms within 20s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	RESENDS(206, 620);
	rig_tick(&r, 680);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 690, STATE_FIN_WAIT_1, -1);
	rig_nothing(&r);
	rig_tick(&r, 1440);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 1441, STATE_FIN_WAIT_1, -1);
	rig_tick(&r, 1491);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 1492, STATE_CLOSED, -1);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_double_eq_tol(rig_measure(&r, MEASURE_GAVE_UP, 0), 1.490, 1e-6);
}
END_TEST

START_TEST(a_resend_has_the_octets_of_the_first)
{
	static const char steps[] =
	    "open\nexpect P. seq rcv.nxt lost as text\nexpect retransmit text lost count 2";

	rig_init(&r, "role passive", steps);
	rig_open(&r);
	rig_in_text(&r, 2, "P.", 1, 1, "hello");
	rig_in_text(&r, 206, "P.", 1, 1, "hello");
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_in_text(&r, 620, "P.", 1, 1, "hellO");
	rig_verdict(&r, VERDICT_FAIL, "resend 2 of text has other octets than the first sending");
	rig_field(&r, "payload");
}
END_TEST

/* Trap 6: what was lost one after the other comes again as one. */
static void two_lost(const char *series)
{
	char steps[256];

	snprintf(steps, sizeof steps,
	         "open\nexpect P. seq rcv.nxt lost as text\nexpect F. seq text.end lost as fin\n"
	         "expect retransmit text and fin %s",
	         series);
	rig_init(&r, "role passive", steps);
	rig_open(&r);
	rig_in_text(&r, 2, "P.", 1, 1, "hello");
	rig_in(&r, 2.1, "F.", 6, 1, 0);
}

START_TEST(two_segments_come_again_as_one)
{
	two_lost("count 2 backoff 2 +15%/-2%");
	rig_in_text(&r, 208, "FP.", 1, 1, "hello");
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_in_text(&r, 622, "F.", 1, 1, "hello");
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_double_eq_tol(rig_measure(&r, MEASURE_GAPS, 0), 0.206, 1e-6);
}
END_TEST

START_TEST(one_of_two_alone_is_not_both)
{
	two_lost("");
	rig_in_text(&r, 208, "P.", 1, 1, "hello");
	rig_verdict(&r, VERDICT_FAIL, "expected");
	rig_field(&r, "flags");
}
END_TEST

START_TEST(both_as_one_have_the_octets_of_the_first)
{
	two_lost("");
	rig_in_text(&r, 208, "FP.", 1, 1, "hullo");
	rig_verdict(&r, VERDICT_FAIL, "other octets");
	rig_field(&r, "payload");
}
END_TEST

/* The second one's octets, too. */
START_TEST(both_as_one_have_the_octets_of_the_second)
{
	rig_init(&r, "role passive",
	         "open\nexpect P. seq rcv.nxt lost as text\nexpect FP. seq text.end lost as more\n"
	         "expect retransmit text and more count 2");
	rig_open(&r);
	rig_in_text(&r, 2, "P.", 1, 1, "hello");
	rig_in_text(&r, 2.1, "FP.", 6, 1, "world");
	rig_in_text(&r, 208, "FP.", 1, 1, "helloworld");
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_in_text(&r, 622, "FP.", 1, 1, "helloworlt");
	rig_verdict(&r, VERDICT_FAIL, "other octets");
}
END_TEST

START_TEST(two_that_do_not_touch_are_no_one)
{
	rig_init(&r, "role passive",
	         "open\nexpect P. lost as text\nexpect F. lost as fin\nexpect retransmit text and fin");
	rig_open(&r);
	rig_in_text(&r, 2, "P.", 1, 1, "hello");
	rig_in(&r, 2.1, "F.", 7, 1, 0);
	rig_verdict(&r, VERDICT_ERROR, "fin does not follow text");
}
END_TEST

/* The gaps count from the last resend that an earlier step took. */
START_TEST(resends_before_the_series)
{
	rig_init(&r, "role passive",
	         "open\nexpect F. seq rcv.nxt lost as fin\nsilence 700ms except F. seq fin.seq lost\n"
	         "expect retransmit fin lost count 2 first 0.8s..0.95s backoff 2 +15%/-2%");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	RESENDS(206, 620);
	rig_tick(&r, 800);
	RESENDS(1460, 3130);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_double_eq_tol(rig_measure(&r, MEASURE_GAPS, 0), 0.840, 1e-6);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("series");
	TCase *c = tcase_create("series");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, linux_retries_3);
	tcase_add_test(c, count_alone_ends_at_the_last);
	tcase_add_test(c, never_resent);
	tcase_add_test(c, no_backoff_is_caught_at_the_second);
	tcase_add_test(c, backoff_of_one_and_a_half_is_caught);
	tcase_add_test(c, backoff_of_three_is_caught);
	tcase_add_test(c, short_gaps_are_judged_too);
	tcase_add_test(c, doubling_is_not_tripling);
	tcase_add_loop_test(c, a_tick_shortens_the_first_gap_alone, 0, 75);
	tcase_add_test(c, a_tick_excuses_no_more_than_itself);
	tcase_add_test(c, without_a_tick_such_gaps_are_wrong);
	tcase_add_loop_test(c, no_tick_excuses_a_missing_backoff, 0, 5);
	tcase_add_test(c, who_is_quicker_than_the_tick_has_none);
	tcase_add_loop_test(c, after_the_first_resend_no_gap_is_short, 0, 2);
	tcase_add_test(c, the_first_resend_is_waited_for_as_the_profile_says);
	tcase_add_test(c, too_late_is_seen_to_be_late);
	tcase_add_test(c, late_timers_are_no_fault);
	tcase_add_test(c, tail_loss_probe_exempt);
	tcase_add_test(c, goes_on_too_long);
	tcase_add_test(c, gives_up_too_early);
	tcase_add_test(c, one_too_many);
	tcase_add_test(c, too_few);
	tcase_add_test(c, resend_with_a_wrong_number);
	tcase_add_test(c, resend_that_acks_what_was_lost);
	tcase_add_test(c, resend_that_acks_something_else);
	tcase_add_test(c, rst_instead_of_silence);
	tcase_add_test(c, first_gap_has_bounds);
	tcase_add_test(c, does_not_give_up_in_time);
	tcase_add_test(c, not_lost_moves_the_numbers);
	tcase_add_test(c, an_end_that_is_seen_too_early);
	tcase_add_test(c, giving_up_is_seen_by_the_state);
	tcase_add_test(c, a_resend_has_the_octets_of_the_first);
	tcase_add_test(c, two_segments_come_again_as_one);
	tcase_add_test(c, one_of_two_alone_is_not_both);
	tcase_add_test(c, both_as_one_have_the_octets_of_the_first);
	tcase_add_test(c, both_as_one_have_the_octets_of_the_second);
	tcase_add_test(c, two_that_do_not_touch_are_no_one);
	tcase_add_test(c, resends_before_the_series);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
