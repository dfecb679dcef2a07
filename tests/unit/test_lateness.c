/* The engine on a fake wire: which failures our own lateness explains, and which it does not, however late.
 */
#include "engine_rig.h"
#include "suite.h"

static struct rig r;

static void teardown(void) { rig_free(&r); }

/* The peer's data comes at 10 ms. Its ACK is due when a silence of 100 ms is over, at 130 ms with what the
 * ring is given, and leaves when the test says so. */
static void data_waits(const char *rest)
{
	char steps[512];

	snprintf(steps, sizeof steps, "open\nexpect P. as d\nsilence 100ms\nsend . ack d.end\n%s", rest);
	rig_init(&r, PASSIVE, steps);
	rig_open(&r);
	rig_in(&r, 10, "P.", 1, 1, 5);
	r.confirm = false;
}

/* Our ACK leaves so long after it was due. */
static void acked(double late_ms)
{
	rig_tick(&r, 130 + late_ms);
	rig_out(&r, ".", 1, 6, 0);
	rig_left(&r, r.last_id, (int64_t)((130 + late_ms) * 1e6) + 1000000000000LL);
}

static void fails(double late_ms)
{
	const struct verdict *v = engine_verdict(r.engine);

	rig_verdict(&r, VERDICT_FAIL, NULL);
	ck_assert_double_eq_tol((double)v->late_ns / 1e6, late_ms, 0.01);
}

/* --- what the peer sent by itself --- */

START_TEST(a_resend_while_we_woke_late)
{
	data_waits("silence 1s");
	rig_in(&r, 210, "P.", 1, 1, 5);
	fails(80);
}
END_TEST

/* The peer's SYN had no ACK, and our numbers are in the upper half: 0 is no ACK of its. */
START_TEST(a_resend_to_a_listener_that_woke_late)
{
	rig_init(&r, "role passive listen",
	         "open\nexpect F. as fin\nsilence 100ms\nsend . ack fin.end\nsilence 1s");
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_in(&r, 10, "F.", 1, 1, 0);
	r.confirm = false;
	rig_in(&r, 210, "F.", 1, 1, 0);
	fails(80);
}
END_TEST

START_TEST(a_resend_in_the_silence)
{
	data_waits("silence 1s");
	rig_in(&r, 109, "P.", 1, 1, 5);
	fails(0);
}
END_TEST

START_TEST(what_comes_sooner_than_any_timer)
{
	data_waits("silence 1s");
	rig_in(&r, 131, "P.", 1, 1, 5);
	fails(0);
}
END_TEST

START_TEST(a_resend_after_our_late_ack)
{
	data_waits("silence 1s");
	acked(300);
	rig_in(&r, 440, "P.", 1, 1, 5);
	fails(0);
}
END_TEST

START_TEST(what_crossed_our_late_ack)
{
	rig_init(&r, PASSIVE, "open\nexpect P. as d\nsilence 100ms\nsend . ack d.end\nsilence 1s");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_in(&r, 60, "S.", 0, 1, 0);
	rig_out(&r, ".", 1, 1, 0);
	rig_in(&r, 70, "P.", 1, 1, 5);
	r.confirm = false;
	rig_tick(&r, 310); /* the silence is longer by the path */
	rig_out(&r, ".", 1, 6, 0);
	rig_left(&r, r.last_id, 310 * 1000000LL + 1000000000000LL);
	rig_in(&r, 360, "P.", 1, 1, 5); /* sent before the ACK was there */
	fails(60);
}
END_TEST

/* Its timer began before we were late with something else. */
START_TEST(a_resend_that_we_would_have_prevented)
{
	rig_init(&r, PASSIVE,
	         "open\nexpect P. as d\nsilence 100ms\nprovoke close\nexpect F. as f\nsilence 200ms\nsend . "
	         "ack f.end");
	rig_open(&r);
	rig_in(&r, 10, "P.", 1, 1, 5);
	rig_tick(&r, 330);
	rig_asks(&r, ACTION_PROVOKE);
	rig_provoked(&r, 330);
	rig_in(&r, 410, "F.", 6, 1, 0);
	rig_in(&r, 411, "FP.", 1, 1, 5);
	fails(199);
}
END_TEST

START_TEST(an_answer_whose_place_was_taken)
{
	rig_init(&r, PASSIVE,
	         "open\nexpect F. as f lost\nsilence 100ms\nsend . seq snd.nxt-1 ack f.seq\n"
	         "expect one of {\nF. seq f.seq\n. seq f.end\n}\nsilence 1s");
	rig_open(&r);
	rig_in(&r, 10, "F.", 1, 1, 0);
	r.confirm = false;
	rig_in(&r, 210, "F.", 1, 1, 0); /* by itself */
	rig_out(&r, ".", 0, 1, 0);
	rig_left(&r, r.last_id, 300 * 1000000LL + 1000000000000LL);
	rig_in(&r, 301, ".", 2, 1, 0);
	fails(170);
}
END_TEST

START_TEST(data_and_a_fin_of_its_program)
{
	data_waits("expect . within 1s");
	rig_in(&r, 210, "F.", 6, 1, 0);
	fails(80);
}
END_TEST

START_TEST(no_timer_makes_that)
{
	static const struct {
		const char *flags;
		uint32_t seq, ack, len;
	} wrong[] = {
	    {"P.U", 1, 1, 5}, /* a flag */
	    {"P.", 1, 3, 5},  /* an ACK of what we never sent */
	    {"P.", 9, 1, 5},  /* a gap */
	    {".", 6, 1, 0},   /* nothing new */
	    {"R", 6, 0, 0},   /* it never began to close */
	    {"R.", 6, 1, 0},
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		data_waits("silence 1s");
		rig_in(&r, 210, wrong[i].flags, wrong[i].seq, wrong[i].ack, wrong[i].len);
		fails(0);
		if (i + 1 < sizeof wrong / sizeof *wrong)
			rig_free(&r);
	}
}
END_TEST

START_TEST(a_wrong_answer_to_what_was_late)
{
	data_waits("send P. data 3 as ours\nexpect . ack ours.end within 1s");
	acked(300);
	rig_out(&r, "P.", 1, 6, 3);
	rig_left(&r, r.last_id, 430 * 1000000LL + 1000000000000LL);
	rig_in(&r, 432, "F.", 6, 4, 0);
	fails(0);
}
END_TEST

/* --- an end that a timer brings --- */

static void closing(double reset_ms)
{
	rig_init(&r, PASSIVE,
	         "open\nexpect F. as fin\nsend . ack fin.end\nsilence 1s\nsend F. ack fin.end\nexpect .");
	rig_open(&r);
	rig_in(&r, 10, "F.", 1, 1, 0);
	rig_out(&r, ".", 1, 2, 0);
	r.confirm = false;
	rig_tick(&r, reset_ms - 1);
	rig_out(&r, "F.", 1, 2, 0);
	rig_left(&r, r.last_id, (int64_t)((reset_ms - 1) * 1e6) + 1000000000000LL);
	rig_in(&r, reset_ms, "R", 1, 0, 0);
}

START_TEST(a_state_that_was_over_when_we_came)
{
	closing(1031 + 300);
	fails(300);
}
END_TEST

START_TEST(a_state_that_a_little_does_not_end)
{
	closing(1031 + 50);
	fails(0);
}
END_TEST

START_TEST(a_state_that_went_on)
{
	rig_init(&r, PASSIVE,
	         "open\nexpect F. as fin\nsend . ack fin.end\nsilence 1s\nstate FIN-WAIT-2 within 20ms");
	rig_open(&r);
	rig_in(&r, 10, "F.", 1, 1, 0);
	rig_out(&r, ".", 1, 2, 0);
	rig_tick(&r, 1330);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 1331, STATE_CLOSED, -1);
	fails(301 - 1); /* the path takes 1 ms */
}
END_TEST

/* The agent is slow each time that it is asked. It was CLOSED when it was asked first, and in time. */
START_TEST(a_state_that_was_asked_for_often)
{
	rig_init(&r, PASSIVE,
	         "open\nexpect F. as fin\nsend . ack fin.end\nsilence 1s\nstate FIN-WAIT-2 within 2s");
	rig_open(&r);
	rig_in(&r, 10, "F.", 1, 1, 0);
	rig_out(&r, ".", 1, 2, 0);
	for (double ms = 1031; ms < 3060; ms += 50) {
		rig_tick(&r, ms);
		rig_asks(&r, ACTION_STATE);
		rig_state(&r, ms + 19, STATE_CLOSED, -1);
	}
	fails(0);
}
END_TEST

/* --- times, and what never came --- */

START_TEST(a_time_by_less_than_we_were_late)
{
	data_waits("expect P. as e\ninterval d e within 200ms");
	acked(80);
	rig_in(&r, 270, "P.", 6, 1, 5);
	fails(80);
}
END_TEST

START_TEST(a_time_by_more)
{
	data_waits("expect P. as e\ninterval d e within 200ms");
	acked(40);
	rig_in(&r, 270, "P.", 6, 1, 5);
	fails(0);
}
END_TEST

START_TEST(a_time_out_that_grew_with_our_ack)
{
	rig_init(&r, PASSIVE, "open\nexpect P. as d lost\nexpect retransmit d count 1 first 150ms..250ms");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_in(&r, 1, "S.", 0, 1, 0);
	r.confirm = false;
	rig_out(&r, ".", 1, 1, 0);
	rig_left(&r, r.last_id, 121 * 1000000LL + 1000000000000LL);
	rig_in(&r, 130, "P.", 1, 1, 5);
	rig_in(&r, 130 + 500, "P.", 1, 1, 5);
	fails(120);
}
END_TEST

/* Nobody but we waited for the answers in between. */
/* FIN-WAIT-2 lasts as many time-outs. */
START_TEST(a_timer_that_grew_with_our_ack)
{
	static const double late_ms[] = {200, 20};

	for (size_t i = 0; i < 2; i++) {
		data_waits("state FIN-WAIT-2 timer 0s..1200ms");
		acked(late_ms[i]);
		rig_asks(&r, ACTION_STATE);
		for (int n = 0; n < 200 && engine_verdict(r.engine)->kind == VERDICT_NONE; n++) {
			double ms = 131 + late_ms[i] + n * 50;

			rig_state(&r, ms, STATE_FIN_WAIT_2, 3000);
			rig_tick(&r, ms + 40);
			if (engine_verdict(r.engine)->kind == VERDICT_NONE)
				rig_asks(&r, ACTION_STATE);
		}
		rig_verdict(&r, VERDICT_FAIL, "timer is 3.000 s");
		ck_assert_int_eq(engine_verdict(r.engine)->late_ns > 0, i == 0);
		if (i == 0)
			rig_free(&r);
	}
}
END_TEST

START_TEST(a_series_that_was_looked_at_late)
{
	rig_init(&r, PASSIVE, "open\nexpect F. as f lost\nexpect retransmit f lost count 1 gives up");
	rig_open(&r);
	rig_in(&r, 10, "F.", 1, 1, 0);
	rig_in(&r, 210, "F.", 1, 1, 0);
	rig_tick(&r, 600);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 601, STATE_FIN_WAIT_1, -1);
	rig_in(&r, 610, "F.", 1, 1, 0);
	fails(0);
}
END_TEST

START_TEST(nothing_came_of_what_never_waited)
{
	data_waits("expect P. within 2s");
	acked(20);
	rig_tick(&r, 3000);
	fails(0);
}
END_TEST

START_TEST(nothing_came_of_a_late_agent)
{
	rig_init(&r, PASSIVE, "open\nprovoke close\nexpect F. within 100ms");
	rig_open(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_provoked(&r, 301);
	rig_in(&r, 302, "F.", 1, 1, 0);
	fails(299);
}
END_TEST

/* --- what is right only because we looked late --- */

START_TEST(an_end_that_may_have_been_too_early)
{
	rig_init(&r, PASSIVE,
	         "open\nexpect F. as f lost\nexpect retransmit f lost count 1..3 gives up budget 600ms");
	rig_open(&r);
	rig_in(&r, 10, "F.", 1, 1, 0);
	rig_in(&r, 210, "F.", 1, 1, 0);
	rig_in(&r, 620, "F.", 1, 1, 0);
	rig_tick(&r, 680);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 681, STATE_FIN_WAIT_1, -1);
	rig_tick(&r, 1490);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 1491, STATE_CLOSED, -1);
	rig_verdict(&r, VERDICT_ERROR, "ms late");
	ck_assert_int_gt(engine_late_ns(r.engine), 0);
}
END_TEST

START_TEST(a_state_that_may_have_come_too_early)
{
	rig_init(&r, PASSIVE, "open\nstate CLOSED after 500ms within 2s");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_ESTABLISHED, -1);
	rig_tick(&r, 600);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 601, STATE_CLOSED, -1);
	rig_verdict(&r, VERDICT_ERROR, "ms late");
}
END_TEST

START_TEST(a_state_that_came_when_it_should)
{
	rig_init(&r, PASSIVE, "open\nstate CLOSED after 500ms within 2s");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_ESTABLISHED, -1);
	rig_tick(&r, 590);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 591, STATE_ESTABLISHED, -1);
	rig_tick(&r, 625);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 626, STATE_CLOSED, -1);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(a_warning_too)
{
	const struct verdict *v;

	data_waits("expect P. as e\ninterval d e within 200ms should");
	acked(80);
	rig_in(&r, 270, "P.", 6, 1, 5);
	v = engine_verdict(r.engine);
	rig_verdict(&r, VERDICT_WARN, NULL);
	ck_assert_uint_eq(v->warning_count, 1);
	ck_assert_int_eq(v->warnings[0].late_ns, 80000000);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("lateness");
	TCase *c = tcase_create("lateness");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, a_resend_while_we_woke_late);
	tcase_add_test(c, a_resend_to_a_listener_that_woke_late);
	tcase_add_test(c, a_resend_in_the_silence);
	tcase_add_test(c, what_comes_sooner_than_any_timer);
	tcase_add_test(c, a_resend_after_our_late_ack);
	tcase_add_test(c, what_crossed_our_late_ack);
	tcase_add_test(c, a_resend_that_we_would_have_prevented);
	tcase_add_test(c, an_answer_whose_place_was_taken);
	tcase_add_test(c, data_and_a_fin_of_its_program);
	tcase_add_test(c, no_timer_makes_that);
	tcase_add_test(c, a_wrong_answer_to_what_was_late);
	tcase_add_test(c, a_state_that_was_over_when_we_came);
	tcase_add_test(c, a_state_that_a_little_does_not_end);
	tcase_add_test(c, a_state_that_went_on);
	tcase_add_test(c, a_state_that_was_asked_for_often);
	tcase_add_test(c, a_time_by_less_than_we_were_late);
	tcase_add_test(c, a_time_by_more);
	tcase_add_test(c, a_time_out_that_grew_with_our_ack);
	tcase_add_test(c, a_timer_that_grew_with_our_ack);
	tcase_add_test(c, a_series_that_was_looked_at_late);
	tcase_add_test(c, nothing_came_of_what_never_waited);
	tcase_add_test(c, nothing_came_of_a_late_agent);
	tcase_add_test(c, an_end_that_may_have_been_too_early);
	tcase_add_test(c, a_state_that_may_have_come_too_early);
	tcase_add_test(c, a_state_that_came_when_it_should);
	tcase_add_test(c, a_warning_too);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
