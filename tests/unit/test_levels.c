/* What a step that need not be kept comes to: a warning with which the run goes on, an end that is no
 * failure, or nothing at all; and how strict a step is that does not say. */
#include "engine_rig.h"
#include "suite.h"

static struct rig r;

static void teardown(void) { rig_free(&r); }

static void opened(const char *header, const char *steps)
{
	rig_init(&r, header, steps);
	rig_open(&r);
}

START_TEST(what_does_not_come_is_a_warning)
{
	const struct verdict *v;

	opened(PASSIVE, "open\nexpect . within 200ms should 6298 \"2.4\"\nexpect F. within 1s");
	rig_tick(&r, 250);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_in(&r, 300, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_WARN, "within 0.200 s");
	rig_warned(&r, 1, "no-segment", 1);
	v = engine_verdict(r.engine);
	ck_assert_int_eq(v->step, 1);
	ck_assert_int_eq(v->basis.level, LEVEL_SHOULD);
	ck_assert_uint_eq(v->basis.clause.rfc, 6298);
	ck_assert_str_eq(v->basis.clause.section, "2.4");
}
END_TEST

START_TEST(a_failure_behind_it_is_a_failure)
{
	opened(PASSIVE, "open\nexpect . within 200ms should\nexpect F. within 1s");
	rig_tick(&r, 250);
	rig_tick(&r, 2000);
	rig_verdict(&r, VERDICT_FAIL, NULL);
	rig_warned(&r, 1, "no-segment", 1);
	ck_assert_int_eq(engine_verdict(r.engine)->step, 2);
}
END_TEST

START_TEST(without_the_segment_that_it_names_the_run_ends)
{
	opened(PASSIVE, "open\nexpect F. within 200ms as fin should\nsend . ack fin.end");
	rig_tick(&r, 250);
	rig_verdict(&r, VERDICT_WARN, NULL);
	rig_warned(&r, 1, "no-segment", 1);
	rig_out(&r, "R", 1, 0, 0);
}
END_TEST

START_TEST(another_segment_ends_the_run)
{
	opened(PASSIVE, "open\nexpect . within 200ms should\nexpect F. within 1s");
	rig_in(&r, 50, "R.", 1, 1, 0);
	rig_verdict(&r, VERDICT_WARN, "R. 1:1(0) ack 1 came");
	rig_warned(&r, 1, "wrong-segment", 1);
	ck_assert(engine_verdict(r.engine)->trace[engine_verdict(r.engine)->trace_count - 1].wrong);
}
END_TEST

START_TEST(too_early_is_taken_all_the_same)
{
	opened(PASSIVE, "open\nexpect F. after 100ms as fin choice rto_min\nsend . ack fin.end\nsilence 1s");
	rig_in(&r, 50, "F.", 1, 1, 0);
	rig_out(&r, ".", 1, 2, 0);
	rig_tick(&r, 1200);
	rig_verdict(&r, VERDICT_WARN, NULL);
	rig_warned(&r, 1, "too-early", 1);
	ck_assert_str_eq(engine_verdict(r.engine)->basis.choice, "rto_min");
}
END_TEST

START_TEST(gaps_are_told_once)
{
	opened(PASSIVE, "open\nexpect F. as fin lost\n"
	                "expect retransmit fin count 4 backoff 2 +15%/-2% within 20s should\nsilence 100ms");
	for (int i = 0; i < 5; i++)
		rig_in(&r, 100 + 1000 * i, "F.", 1, 1, 0);
	rig_tick(&r, 5000);
	rig_verdict(&r, VERDICT_WARN, NULL);
	rig_warned(&r, 1, "gap", 2);
}
END_TEST

START_TEST(that_a_time_out_doubles_is_a_clause_of_its_own)
{
	opened(PASSIVE, "open\nexpect F. as fin lost\n"
	                "expect retransmit fin count 4 backoff 2 +15%/-2% within 20s must 9293 \"3.8.1\"");
	for (int i = 0; i < 4; i++)
		rig_in(&r, 100 + 1000 * i, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, NULL);
	ck_assert_uint_eq(engine_verdict(r.engine)->basis.clause.rfc, 6298);
	rig_free(&r);
	opened(PASSIVE, "open\nexpect F. as fin lost\n"
	                "expect retransmit fin count 1 backoff 2 +15%/-2% within 1s must 9293 \"3.8.1\"");
	rig_in(&r, 100, "F.", 1, 1, 0);
	rig_tick(&r, 2000);
	rig_verdict(&r, VERDICT_FAIL, NULL);
	ck_assert_uint_eq(engine_verdict(r.engine)->basis.clause.rfc, 9293);
}
END_TEST

START_TEST(a_state_that_it_need_not_be_in)
{
	rig_init(&r, PASSIVE, "open\nstate CLOSE-WAIT within 20ms should\nsilence 100ms");
	r.config.state_observable = true;
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_ESTABLISHED, -1);
	rig_tick(&r, 40);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 41, STATE_ESTABLISHED, -1);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_tick(&r, 500);
	rig_verdict(&r, VERDICT_WARN, NULL);
	rig_warned(&r, 1, "state", 1);
}
END_TEST

START_TEST(what_it_may_do)
{
	opened(PASSIVE, "open\nexpect . within 200ms may\nexpect F. within 1s");
	rig_tick(&r, 250);
	rig_in(&r, 300, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_uint_eq(engine_verdict(r.engine)->warning_count, 0);
}
END_TEST

/* Each of several is what one stack sends: that the profile is another's is a warning, and no end. */
static const struct {
	const char *profile, *flags;
	enum verdict_kind kind;
} choices[] = {
    {"fin_again = ack", ".", VERDICT_PASS},  {"fin_again = ack", "F.", VERDICT_WARN},
    {"fin_again = fin", ".", VERDICT_WARN},  {"fin_again = fin", "F.", VERDICT_PASS},
    {"msl = 1s", ".", VERDICT_PASS},         {"msl = 1s", "F.", VERDICT_PASS},
    {"fin_again = ack", "R.", VERDICT_FAIL}, {"msl = 1s", "R", VERDICT_FAIL},
};

START_TEST(which_of_several_a_stack_sends)
{
	rig_init_by(&r, choices[_i].profile, PASSIVE,
	            "open\nexpect one of { . choice fin_again = ack; F. choice fin_again = fin } within 1s\n"
	            "silence 1s");
	rig_open(&r);
	rig_in(&r, 50, choices[_i].flags, 1, 1, 0);
	rig_tick(&r, 1200);
	rig_verdict(&r, choices[_i].kind, NULL);
	if (choices[_i].kind != VERDICT_WARN)
		return;
	rig_warned(&r, 1, "other-choice", 1);
	rig_verdict(&r, VERDICT_WARN,
	            choices[_i].flags[0] == 'F' ? "F. 1:1(0) ack 1 came, which is fin_again = fin"
	                                        : "which is fin_again = ack");
	rig_field(&r, "profile");
	ck_assert_int_eq(engine_verdict(r.engine)->basis.level, LEVEL_CHOICE);
	ck_assert_str_eq(engine_verdict(r.engine)->basis.choice, "fin_again");
}
END_TEST

/* One segment that only some stacks send: it need not come where the profile says another word, or none. */
START_TEST(what_one_stack_sends_need_not_come_of_another)
{
	static const struct {
		const char *profile;
		bool comes;
		enum verdict_kind kind;
	} cases[] = {
	    {"merged_fin = merged", true, VERDICT_PASS},
	    {"merged_fin = merged", false, VERDICT_WARN},
	    {"merged_fin = apart", true, VERDICT_WARN},
	    {"merged_fin = apart", false, VERDICT_PASS},
	    {"msl = 1s", true, VERDICT_PASS},
	    {"msl = 1s", false, VERDICT_PASS},
	};

	rig_init_by(&r, cases[_i].profile, PASSIVE,
	            "open\nexpect F. within 200ms choice merged_fin = merged\nsilence 300ms");
	rig_open(&r);
	if (cases[_i].comes)
		rig_in(&r, 50, "F.", 1, 1, 0);
	rig_tick(&r, 250);
	rig_tick(&r, 600);
	rig_verdict(&r, cases[_i].kind, NULL);
}
END_TEST

START_TEST(as_strict_as_the_strictest_clause)
{
	opened("role passive\nrfc 6298 \"2.4\" should, 7323 \"3.2\" may", "open\nexpect F. within 200ms");
	rig_tick(&r, 300);
	rig_verdict(&r, VERDICT_WARN, NULL);
	rig_free(&r);
	opened("role passive\nrfc 6298 \"2.4\" should, 9293 \"3.6\"", "open\nexpect F. within 200ms");
	rig_tick(&r, 300);
	rig_verdict(&r, VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(an_error_overrules_it)
{
	opened(PASSIVE, "open\nsilence 100ms should\nexpect F.");
	rig_in(&r, 50, "R.", 1, 1, 0);
	rig_verdict(&r, VERDICT_WARN, NULL);
	rig_abort(&r, 60, CODE_CAPTURE_LOST);
	rig_verdict(&r, VERDICT_ERROR, NULL);
	ck_assert_int_eq(engine_verdict(r.engine)->overruled.code, CODE_NOT_SILENT);
}
END_TEST

START_TEST(behind_the_last_step_nothing_is_open)
{
	opened("role passive\nrfc 6298 \"2.4\" should", "open\nexpect F. within 1s");
	rig_in(&r, 50, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_in(&r, 51, "S.", 900, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, NULL);
	ck_assert_int_eq(engine_verdict(r.engine)->step, -1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("levels");
	TCase *c = tcase_create("levels");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, what_does_not_come_is_a_warning);
	tcase_add_test(c, a_failure_behind_it_is_a_failure);
	tcase_add_test(c, without_the_segment_that_it_names_the_run_ends);
	tcase_add_test(c, another_segment_ends_the_run);
	tcase_add_test(c, too_early_is_taken_all_the_same);
	tcase_add_test(c, gaps_are_told_once);
	tcase_add_test(c, that_a_time_out_doubles_is_a_clause_of_its_own);
	tcase_add_test(c, a_state_that_it_need_not_be_in);
	tcase_add_test(c, what_it_may_do);
	tcase_add_loop_test(c, which_of_several_a_stack_sends, 0, sizeof choices / sizeof *choices);
	tcase_add_loop_test(c, what_one_stack_sends_need_not_come_of_another, 0, 6);
	tcase_add_test(c, as_strict_as_the_strictest_clause);
	tcase_add_test(c, an_error_overrules_it);
	tcase_add_test(c, behind_the_last_step_nothing_is_open);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
