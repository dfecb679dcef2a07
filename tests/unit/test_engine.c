/* The engine on a fake wire: how it opens, what is lost, and what is strict. The close's numbers
 * cross 2^32 in every test. */
#include "engine_rig.h"
#include "suite.h"

static struct rig r;

static void teardown(void) { rig_free(&r); }

/* --- open --- */

START_TEST(handshake_then_pass_and_tidy)
{
	rig_init(&r, ACTIVE, "open");
	rig_open(&r);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_out(&r, "R", 1, 0, 0);
	rig_nothing(&r);
	ck_assert(engine_done(r.engine));
}
END_TEST

/* Two RSTs tidy where our FIN is not acknowledged. What answers the first is another scenario's matter. */
START_TEST(a_reset_to_what_tidies)
{
	rig_init(&r, ACTIVE, "open\nsend F.");
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	r.confirm = false;
	rig_out(&r, "R", 1, 0, 0);
	if (_i)
		rig_left(&r, r.last_id, 5 * 1000000LL + 1000000000000LL);
	rig_out(&r, "R", 2, 0, 0);
	rig_in(&r, 6, "R.", 7, 2, 0);
	rig_verdict(&r, _i ? VERDICT_PASS : VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(syn_is_sent_three_times)
{
	rig_init(&r, ACTIVE, "open");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_tick(&r, 1025);
	rig_out(&r, "S", 0, 0, 0);
	rig_tick(&r, 3060);
	rig_out(&r, "S", 0, 0, 0);
	rig_tick(&r, 6900);
	rig_nothing(&r);
	rig_tick(&r, 7200);
	rig_verdict(&r, VERDICT_ERROR, "no answer from 192.0.2.2 port 80");
}
END_TEST

START_TEST(refused_is_an_error)
{
	rig_init(&r, ACTIVE, "open");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_in(&r, 1, "R.", 0, 1, 0);
	rig_verdict(&r, VERDICT_ERROR, "is the port open");
	rig_nothing(&r);
}
END_TEST

START_TEST(synack_with_wrong_ack_fails)
{
	rig_init(&r, ACTIVE, "open");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_in(&r, 1, "S.", 0, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "its ack is 2, expected 1");
	rig_field(&r, "ack");
}
END_TEST

START_TEST(synack_again_is_answered)
{
	rig_init(&r, ACTIVE, "open\nexpect F. seq rcv.nxt ack snd.nxt within 5s");
	rig_open(&r);
	rig_in(&r, 1001, "S.", 0, 1, 0);
	rig_out(&r, ".", 1, 1, 0);
	rig_in(&r, 1005, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(listen_answers_a_syn)
{
	rig_init(&r, "role passive listen", "open\nexpect F. seq rcv.nxt ack snd.nxt within 1s");
	r.config.remote_port = 0;
	rig_start(&r);
	ck_assert_int_eq(rig_asks(&r, ACTION_PROVOKE).kind, PROVOKE_CONNECT);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_in(&r, 3, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_uint_eq(engine_connection(r.engine)->remote_port, 80);
}
END_TEST

START_TEST(listen_takes_data_in_the_last_ack)
{
	rig_init(&r, "role passive listen", "open\nexpect P. seq rcv.nxt len 5 within 1s");
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, "P.", 1, 1, 5);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

/* --- lost --- */

START_TEST(lost_fin_of_ours_counts_as_sent)
{
	rig_init(&r, ACTIVE,
	         "open\nsend F. lost as f\nfence\nsend F. seq f\nexpect . seq rcv.nxt ack snd.nxt");
	rig_open(&r);
	rig_out(&r, ".", 0, 1, 1); /* the fence: the SYN's octet, for the FIN never left */
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 3, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_out(&r, "R", 2, 0, 0);
}
END_TEST

START_TEST(lost_fin_of_the_peers_leaves_rcv_nxt)
{
	rig_init(&r, PASSIVE,
	         "open\nexpect F. seq rcv.nxt lost\nsend . ack rcv.nxt\nexpect F. seq rcv.nxt within 1s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_out(&r, ".", 1, 1, 0);
	rig_in(&r, 3, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_uint_eq(engine_connection(r.engine)->rcv_nxt - RIG_IRS, 2);
}
END_TEST

/* --- strictness --- */

START_TEST(unexpected_segment_names_step_and_field)
{
	rig_init(&r, PASSIVE, "open\nexpect F. seq rcv.nxt ack snd.nxt within 1s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 2, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "F. 2:2(0) ack 1 came; its seq is 2, expected 1");
	rig_field(&r, "seq");
	ck_assert_int_eq(engine_verdict(r.engine)->step, 1);
	ck_assert_int_eq(engine_verdict(r.engine)->where.line, 4);
}
END_TEST

START_TEST(allowed_segment_passes_by)
{
	rig_init(&r, PASSIVE, "allow . len 0\nopen\nexpect F. seq rcv.nxt within 1s");
	rig_open(&r);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_in(&r, 3, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(allowed_after_the_last_step)
{
	rig_init(&r, PASSIVE, "allow . len 0\nopen\nexpect F. seq rcv.nxt within 1s");
	r.confirm = false;
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_in(&r, 3, ".", 2, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_in(&r, 4, "P.", 2, 1, 1);
	rig_verdict(&r, VERDICT_FAIL, "after the last step");
}
END_TEST

START_TEST(allow_nothing_takes_it_back)
{
	rig_init(&r, PASSIVE, "allow . len 0\nopen\nallow nothing\nexpect F. seq rcv.nxt within 1s");
	rig_open(&r);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "flags");
}
END_TEST

START_TEST(silence_is_broken)
{
	rig_init(&r, PASSIVE, "open\nsilence 1s");
	rig_open(&r);
	rig_in(&r, 500, ".", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "into a silence of 1.000 s");
	rig_field(&r, "segment");
}
END_TEST

START_TEST(silence_excepts_and_ends)
{
	rig_init(&r, PASSIVE, "open\nsilence 1s except . len 0\nexpect F. within 1s");
	rig_open(&r);
	rig_in(&r, 500, ".", 1, 1, 0);
	rig_in(&r, 1002, "F.", 1, 1, 0); /* after its end: the next step's */
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(segment_before_a_deadline_counts_however_late_it_is_delivered)
{
	rig_init(&r, PASSIVE, "open\nexpect F. within 500ms\nexpect R within 1s");
	rig_open(&r);
	rig_tick(&r, 510); /* within the grace: not yet */
	rig_in(&r, 499, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_in(&r, 1498, "R", 2, 0, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(segment_after_a_deadline_fails)
{
	rig_init(&r, PASSIVE, "open\nexpect F. within 500ms");
	rig_open(&r);
	rig_in(&r, 502, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "no such segment came within 0.500 s");
	rig_field(&r, "segment");
}
END_TEST

/* The answer to our SYN took 600 ms: so long is any answer under way. */
static void open_far(const char *steps)
{
	rig_init(&r, PASSIVE, steps);
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_in(&r, 600, "S.", 0, 1, 0);
	rig_out(&r, ".", 1, 1, 0);
}

START_TEST(an_answer_from_afar_is_waited_for)
{
	open_far("open\nexpect F. within 500ms\nsilence 100ms except . ack 1");
	rig_in(&r, 1690, "F.", 1, 1, 0);
	rig_in(&r, 2380, ".", 2, 1, 0); /* 690 ms into the silence */
	rig_tick(&r, 2450);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_free(&r);
	open_far("open\nexpect F. within 500ms");
	rig_in(&r, 1702, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "no such segment came within 1.100 s");
}
END_TEST

START_TEST(segment_too_early_fails)
{
	rig_init(&r, PASSIVE, "open\nexpect F. after 200ms within 500ms");
	rig_open(&r);
	rig_in(&r, 100, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "not before 0.200 s");
	rig_field(&r, "time");
}
END_TEST

/* A wait ends when it is over; a silence waits for what may be in the ring still. */
START_TEST(a_wait_ends_on_time)
{
	rig_init(&r, ACTIVE, "open\nallow *\nsilence 10ms\nsend F.\nallow nothing\nsilence 10ms");
	rig_open(&r);
	rig_nothing(&r);
	rig_tick(&r, 10.9);
	rig_nothing(&r);
	rig_tick(&r, 11);
	rig_out(&r, "F.", 1, 1, 0);
	rig_tick(&r, 25); /* its end, 21 ms, and a moment for what passed before */
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_tick(&r, 42);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

/* Of several alternatives the one is named that the segment is nearest to, with each field. */
START_TEST(the_nearest_alternative_is_named)
{
	rig_init(&r, ACTIVE,
	         "open\nsend F.\nexpect one of {\nR. seq rcv.nxt\n. ack snd.nxt+1\n"
	         "F. seq rcv.nxt+1 ack snd.nxt win 7\n} within 1s");
	rig_open(&r);
	rig_in(&r, 5, "F.", 1, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "its seq is 1, expected 2; its win is 65535, expected 7");
	rig_field(&r, "seq");
	ck_assert_uint_eq(engine_verdict(r.engine)->reason.field_count, 2);
	ck_assert_int_eq(engine_verdict(r.engine)->reason.fields[1].field, DIFFERS_WIN);
	ck_assert_int_eq(engine_verdict(r.engine)->reason.fields[1].expected.n[0], 7);
}
END_TEST

START_TEST(one_of_several)
{
	rig_init(&r, ACTIVE,
	         "open\nsend F.\nexpect one of {\nF. seq rcv.nxt ack snd.nxt\n. seq rcv.nxt ack snd.nxt\n} "
	         "within 1s");
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 2, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(simultaneous_close)
{
	rig_init(&r, "role simultaneous",
	         "open\nprovoke close\nexpect F. seq rcv.nxt ack snd.nxt lost as f\n"
	         "send F. ack f.seq\nexpect . seq f.end ack snd.nxt\nsend . ack f.end");
	rig_open(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 2, "F.", 1, 1, 0); /* before the agent's answer: kept */
	rig_nothing(&r);
	rig_provoked(&r, 3);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 4, ".", 2, 2, 0);
	rig_out(&r, ".", 2, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(late_resend_is_no_news_but_another_segment_is)
{
	rig_init(&r, PASSIVE, "open\nexpect F. seq rcv.nxt lost within 1s");
	r.confirm = true;
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_in(&r, 210, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_in(&r, 211, ".", 5, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "after the last step");
}
END_TEST

START_TEST(after_the_rst_was_seen_nothing_is_judged)
{
	rig_init(&r, PASSIVE, "open\nexpect F. seq rcv.nxt lost within 1s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_out(&r, "R", 1, 0, 0);
	rig_in(&r, 3, ".", 5, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(leave_sends_no_rst)
{
	rig_init(&r, PASSIVE, "open\nleave");
	rig_open(&r);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_nothing(&r);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("engine");
	TCase *c = tcase_create("engine");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, handshake_then_pass_and_tidy);
	tcase_add_loop_test(c, a_reset_to_what_tidies, 0, 2);
	tcase_add_test(c, syn_is_sent_three_times);
	tcase_add_test(c, refused_is_an_error);
	tcase_add_test(c, synack_with_wrong_ack_fails);
	tcase_add_test(c, synack_again_is_answered);
	tcase_add_test(c, listen_answers_a_syn);
	tcase_add_test(c, listen_takes_data_in_the_last_ack);
	tcase_add_test(c, lost_fin_of_ours_counts_as_sent);
	tcase_add_test(c, lost_fin_of_the_peers_leaves_rcv_nxt);
	tcase_add_test(c, unexpected_segment_names_step_and_field);
	tcase_add_test(c, allowed_segment_passes_by);
	tcase_add_test(c, allowed_after_the_last_step);
	tcase_add_test(c, allow_nothing_takes_it_back);
	tcase_add_test(c, silence_is_broken);
	tcase_add_test(c, silence_excepts_and_ends);
	tcase_add_test(c, segment_before_a_deadline_counts_however_late_it_is_delivered);
	tcase_add_test(c, segment_after_a_deadline_fails);
	tcase_add_test(c, an_answer_from_afar_is_waited_for);
	tcase_add_test(c, segment_too_early_fails);
	tcase_add_test(c, one_of_several);
	tcase_add_test(c, a_wait_ends_on_time);
	tcase_add_test(c, the_nearest_alternative_is_named);
	tcase_add_test(c, simultaneous_close);
	tcase_add_test(c, late_resend_is_no_news_but_another_segment_is);
	tcase_add_test(c, after_the_rst_was_seen_nothing_is_judged);
	tcase_add_test(c, leave_sends_no_rst);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
