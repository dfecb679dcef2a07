/* The peer's states as evidence: what its host or a probe told, when, and which of many readings are kept. */
#include "engine_rig.h"
#include "suite.h"

static struct rig r;

static void setup(const char *steps) { rig_init(&r, "role passive", steps); }

static void teardown(void) { rig_free(&r); }

static double ms_of(int64_t time_ns)
{
	return (double)(time_ns - engine_verdict(r.engine)->started_ns) / 1e6;
}

static const struct observation *observation(size_t i, double ms, enum tcp_state state, int step)
{
	const struct verdict *v = engine_verdict(r.engine);
	const struct observation *s = &v->observations[i];

	ck_assert_uint_lt(i, v->observation_count);
	ck_assert_double_eq_tol(ms_of(s->time_ns), ms, 1e-6);
	ck_assert_msg(s->state == state, "%zu is %s", i, state_name(s->state));
	ck_assert_int_eq(s->step, step);
	return s;
}

static void count_is(size_t count) { ck_assert_uint_eq(engine_verdict(r.engine)->observation_count, count); }

/* Asked at a deadline, answered. */
static void poll(double ms, enum tcp_state state)
{
	rig_tick(&r, ms - 1);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, ms, state, -1);
}

START_TEST(a_reading_has_its_time_timer_and_step)
{
	const struct observation *s;

	setup("open\nstate TIME-WAIT timer 55s..61s\nstate TIME-WAIT");
	rig_open(&r);
	count_is(0);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_TIME_WAIT, 60000);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 3, STATE_TIME_WAIT, -1);
	rig_verdict(&r, VERDICT_PASS, NULL);
	count_is(2);
	s = observation(0, 2, STATE_TIME_WAIT, 1);
	ck_assert(s->has_timer);
	ck_assert_int_eq(s->timer_ns, 60000000000LL);
	ck_assert(!s->by_probe && !s->wrong && !s->still);
	/* another step's reading is no repetition */
	s = observation(1, 3, STATE_TIME_WAIT, 2);
	ck_assert(!s->has_timer && !s->still);
}
END_TEST

START_TEST(of_many_readings_the_changes_stay)
{
	setup("open\nstate FIN-WAIT-2 within 1s");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_ESTABLISHED, -1);
	poll(50, STATE_ESTABLISHED);
	poll(100, STATE_ESTABLISHED);
	count_is(2);
	ck_assert(observation(1, 100, STATE_ESTABLISHED, 1)->still);
	poll(150, STATE_FIN_WAIT_1);
	poll(200, STATE_FIN_WAIT_1);
	poll(250, STATE_FIN_WAIT_2);
	rig_verdict(&r, VERDICT_PASS, NULL);
	count_is(3);
	observation(0, 2, STATE_ESTABLISHED, 1);
	ck_assert(!observation(1, 150, STATE_FIN_WAIT_1, 1)->still);
	ck_assert(!observation(2, 250, STATE_FIN_WAIT_2, 1)->wrong);
}
END_TEST

START_TEST(the_reading_that_failed_is_marked)
{
	const struct observation *last;

	setup("open\nstate FIN-WAIT-2 within 100ms");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_ESTABLISHED, -1);
	poll(60, STATE_ESTABLISHED);
	poll(140, STATE_ESTABLISHED);
	rig_verdict(&r, VERDICT_FAIL, "the peer is in ESTABLISHED");
	count_is(2);
	ck_assert(!observation(0, 2, STATE_ESTABLISHED, 1)->wrong);
	last = observation(1, 140, STATE_ESTABLISHED, 1);
	ck_assert(last->wrong && last->still);
}
END_TEST

START_TEST(a_state_too_early_is_marked)
{
	setup("open\nstate CLOSED after 500ms within 1s");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_CLOSED, -1);
	rig_verdict(&r, VERDICT_FAIL, "already");
	ck_assert(observation(0, 2, STATE_CLOSED, 1)->wrong);
}
END_TEST

START_TEST(a_series_tells_too)
{
	setup("open\nexpect F. seq rcv.nxt lost as fin\n"
	      "expect retransmit fin lost count 1..4 backoff 2 +15%/-2% gives up budget 3s within 20s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_in(&r, 208, "F.", 1, 1, 0);
	poll(280, STATE_FIN_WAIT_1);
	poll(340, STATE_FIN_WAIT_1);
	rig_in(&r, 630, "F.", 1, 1, 0);
	poll(700, STATE_FIN_WAIT_1);
	poll(1300, STATE_CLOSED);
	rig_verdict(&r, VERDICT_FAIL, "gave up too early");
	count_is(2);
	ck_assert(!observation(0, 280, STATE_FIN_WAIT_1, 2)->wrong);
	ck_assert(observation(1, 1300, STATE_CLOSED, 2)->wrong);
}
END_TEST

START_TEST(a_probe_tells_closed)
{
	const struct trace *t;

	setup("open\nstate CLOSED within 100ms");
	r.config.state_observable = false;
	rig_open(&r);
	rig_tick(&r, 130);
	rig_out(&r, ".", 1, 1, 0);
	count_is(0);
	rig_in(&r, 131, "R", 1, 0, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	count_is(1);
	ck_assert(observation(0, 131, STATE_CLOSED, 1)->by_probe);
	/* and the trace holds the answer, of the same time and step */
	t = &engine_verdict(r.engine)->trace[4];
	ck_assert_int_eq(t->note.kind, NOTE_ANSWERS_PROBE);
	ck_assert_double_eq_tol(ms_of(t->time_ns), 131, 1e-6);
	ck_assert_int_eq(t->step, 1);
}
END_TEST

/* What nobody knows is no reading, and an answer may come after the verdict. */
START_TEST(only_what_is_known_and_late_answers_too)
{
	setup("open\nstate CLOSED");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_abort(&r, 5, CODE_INTERRUPTED);
	rig_give(&r, &(struct event){.kind = EVENT_STATE, .time_ns = 1000000000000LL + 6000000});
	count_is(0);
	rig_state(&r, 7, STATE_ESTABLISHED, -1);
	count_is(1);
	observation(0, 7, STATE_ESTABLISHED, -1);
	rig_verdict(&r, VERDICT_ERROR, "interrupted");
}
END_TEST

START_TEST(they_are_bounded_and_the_newest_is_there)
{
	setup("open\nstate CLOSED within 100s");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_ESTABLISHED, -1);
	for (int i = 1; i < 1100; i++)
		poll(2 + i * 50, i % 2 ? STATE_CLOSE_WAIT : STATE_ESTABLISHED);
	poll(60000, STATE_CLOSED);
	rig_verdict(&r, VERDICT_PASS, NULL);
	count_is(1024);
	ck_assert_uint_eq(engine_verdict(r.engine)->observations_omitted, 1101 - 1024);
	observation(1023, 60000, STATE_CLOSED, 1);
}
END_TEST

/* What came before a failing reading came before the verdict. */
START_TEST(segments_before_a_failing_reading)
{
	const struct verdict *v;

	setup("open\nstate FIN-WAIT-2 within 100ms");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_in(&r, 60, "P.", 1, 1, 5);
	rig_state(&r, 61, STATE_ESTABLISHED, -1);
	rig_tick(&r, 130);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 140, STATE_ESTABLISHED, -1);
	rig_in(&r, 141, "P.", 1, 1, 5);
	rig_verdict(&r, VERDICT_FAIL, "the peer is in ESTABLISHED");
	v = engine_verdict(r.engine);
	ck_assert_int_eq(v->trace[3].note.kind, NOTE_UNTAKEN);
	ck_assert_int_eq(v->trace[3].step, -1);
	ck_assert_int_eq(v->trace[v->trace_count - 1].note.kind, NOTE_AFTER_VERDICT);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("observations");
	TCase *c = tcase_create("observations");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, a_reading_has_its_time_timer_and_step);
	tcase_add_test(c, of_many_readings_the_changes_stay);
	tcase_add_test(c, the_reading_that_failed_is_marked);
	tcase_add_test(c, a_state_too_early_is_marked);
	tcase_add_test(c, a_series_tells_too);
	tcase_add_test(c, a_probe_tells_closed);
	tcase_add_test(c, only_what_is_known_and_late_answers_too);
	tcase_add_test(c, they_are_bounded_and_the_newest_is_there);
	tcase_add_test(c, segments_before_a_failing_reading);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
