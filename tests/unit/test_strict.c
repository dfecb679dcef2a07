/* The rules that hold whatever a step waits for, in a run: when they are asked, that a breach is counted and
 * ends nothing, and what a scenario that expects the contrary changes. */
#include "engine_rig.h"
#include "suite.h"

#include <string.h>

static struct rig r;

static void teardown(void) { rig_free(&r); }

static void opened(const char *steps)
{
	rig_init(&r, "role passive", steps);
	rig_open(&r);
}

/* A segment of the peer's with an MSS, which only a SYN may have, or a reserved bit. */
static void come(double ms, uint16_t flags, uint32_t seq, uint32_t ack, bool mss, uint8_t reserved)
{
	struct segment s = {.flags = flags,
	                    .seq = RIG_IRS + seq,
	                    .ack = RIG_ISS + ack,
	                    .wnd = 65535,
	                    .reserved = reserved,
	                    .time_ns = 1000000000000LL + (int64_t)(ms * 1e6)};
	struct tcp_option opt = {.kind = OPT_MSS, .mss = 1000};

	if (mss)
		ck_assert(options_append(s.options, &s.options_len, &opt));
	rig_come(&r, &s);
}

static void wrong_fin(double ms) { come(ms, TCP_FIN | TCP_ACK, 1, 1, true, 0); }

START_TEST(what_a_step_would_take)
{
	const struct verdict *v;

	opened("open\nexpect F. within 1s\nsend .\nsilence 1s");
	wrong_fin(5);
	rig_out(&r, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_NONE, NULL);
	come(300, TCP_FIN | TCP_ACK, 1, 1, true, 0);
	rig_verdict(&r, VERDICT_FAIL, "came 0.295 s into a silence");
	rig_broke(&r, RULE_MSS, 2);
	v = engine_verdict(r.engine);
	ck_assert_ptr_eq(v->trace[v->breaches[RULE_MSS].trace].broke, &rules[RULE_MSS]);
	ck_assert_int_eq(v->trace[v->breaches[RULE_MSS].trace].step, 1);
}
END_TEST

START_TEST(what_it_would_refuse)
{
	opened("open\nsilence 1s");
	wrong_fin(5);
	rig_verdict(&r, VERDICT_FAIL, "silence");
	rig_broke(&r, RULE_MSS, 1);
}
END_TEST

START_TEST(what_is_allowed)
{
	opened("open\nallow F.\nsilence 1s");
	wrong_fin(5);
	rig_tick(&r, 1100);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_MSS, 1);
}
END_TEST

START_TEST(the_handshakes_answer)
{
	rig_init(&r, "role passive", "open\nsilence 1s");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	come(1, TCP_SYN | TCP_ACK, 0, 1, true, 0x2);
	rig_out(&r, ".", 1, 1, 0);
	rig_tick(&r, 1100);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_RESERVED, 1);
}
END_TEST

START_TEST(what_waits_for_an_answer_of_the_host)
{
	opened("open\nprovoke close\nexpect F. within 1s");
	rig_asks(&r, ACTION_PROVOKE);
	wrong_fin(5);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_provoked(&r, 6);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_MSS, 1);
}
END_TEST

START_TEST(after_the_last_step)
{
	opened("open\nexpect F. within 1s as fin");
	rig_in(&r, 5, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	wrong_fin(6);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_MSS, 1);
}
END_TEST

START_TEST(but_not_once_it_is_tidied)
{
	opened("open\nexpect F. within 1s as fin");
	rig_in(&r, 5, "F.", 1, 1, 0);
	rig_out(&r, "R", 1, 0, 0);
	wrong_fin(6);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_MSS, 0);
}
END_TEST

START_TEST(the_scenario_expects_it)
{
	opened("open\nexpect F. <mss 1000> within 1s lost as fin\nexpect F. within 1s");
	wrong_fin(5);
	rig_verdict(&r, VERDICT_NONE, NULL);
	wrong_fin(205); /* and its resends, whether they say so again or not */
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_MSS, 0);
}
END_TEST

START_TEST(the_scenario_takes_any_options)
{
	opened("open\nexpect F. <*> within 1s");
	wrong_fin(5);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_MSS, 0);
}
END_TEST

START_TEST(the_scenario_expects_other_options)
{
	opened("open\nexpect F. <mss 1001> within 1s");
	wrong_fin(5);
	rig_verdict(&r, VERDICT_FAIL, "its options are <mss 1000>, expected <mss 1001>");
	rig_broke(&r, RULE_MSS, 1);
}
END_TEST

START_TEST(after_a_state_that_was_asked_for)
{
	rig_init(&r, "role passive", "open\nstate ESTABLISHED\nexpect F. <mss 1000> within 1s");
	r.config.state_observable = true;
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	wrong_fin(5);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_state(&r, 6, STATE_ESTABLISHED, -1);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_MSS, 0);
}
END_TEST

START_TEST(reserved_bits_are_in_no_pattern)
{
	opened("open\nexpect F. <*> within 1s");
	come(5, TCP_FIN | TCP_ACK, 1, 1, false, 0x8);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_RESERVED, 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("strict");
	TCase *c = tcase_create("strict");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, what_a_step_would_take);
	tcase_add_test(c, what_it_would_refuse);
	tcase_add_test(c, what_is_allowed);
	tcase_add_test(c, the_handshakes_answer);
	tcase_add_test(c, what_waits_for_an_answer_of_the_host);
	tcase_add_test(c, after_the_last_step);
	tcase_add_test(c, but_not_once_it_is_tidied);
	tcase_add_test(c, the_scenario_expects_it);
	tcase_add_test(c, the_scenario_takes_any_options);
	tcase_add_test(c, the_scenario_expects_other_options);
	tcase_add_test(c, after_a_state_that_was_asked_for);
	tcase_add_test(c, reserved_bits_are_in_no_pattern);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
