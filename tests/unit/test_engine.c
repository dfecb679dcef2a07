/* The engine on a fake wire: steps in order, what is lost, what is strict,
 * and how a run ends. The close's numbers cross 2^32 in every test. */
#include "engine_rig.h"
#include "suite.h"


#define PASSIVE "role passive"
#define ACTIVE "role active"

static struct rig r;

static void teardown(void)
{
	rig_free(&r);
}

static void setup(const char *header, const char *steps)
{
	rig_init(&r, header, steps);
}

/* --- open --- */

START_TEST(handshake_then_pass_and_tidy)
{
	setup(ACTIVE, "open");
	rig_open(&r);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_out(&r, "R", 1, 0, 0);
	rig_nothing(&r);
	ck_assert(engine_done(r.engine));
}
END_TEST

START_TEST(syn_is_sent_three_times)
{
	setup(ACTIVE, "open");
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
	setup(ACTIVE, "open");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_in(&r, 1, "R.", 0, 1, 0);
	rig_verdict(&r, VERDICT_ERROR, "is the port open");
	rig_nothing(&r);
}
END_TEST

START_TEST(synack_with_wrong_ack_fails)
{
	setup(ACTIVE, "open");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_in(&r, 1, "S.", 0, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "its ack is 2, expected 1");
	rig_field(&r, "ack");
}
END_TEST

START_TEST(synack_again_is_answered)
{
	setup(ACTIVE, "open\nexpect F. seq rcv.nxt ack snd.nxt within 5s");
	rig_open(&r);
	rig_in(&r, 1001, "S.", 0, 1, 0);
	rig_out(&r, ".", 1, 1, 0);
	rig_in(&r, 1005, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(listen_answers_a_syn)
{
	setup("role passive listen", "open\nexpect F. seq rcv.nxt ack snd.nxt within 1s");
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
	setup("role passive listen", "open\nexpect P. seq rcv.nxt len 5 within 1s");
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
	setup(ACTIVE, "open\nsend F. lost as f\nfence\nsend F. seq f\nexpect . seq rcv.nxt ack snd.nxt");
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
	setup(PASSIVE, "open\nexpect F. seq rcv.nxt lost\nsend . ack rcv.nxt\nexpect F. seq rcv.nxt within 1s");
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
	setup(PASSIVE, "open\nexpect F. seq rcv.nxt ack snd.nxt within 1s");
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
	setup(PASSIVE, "allow . len 0\nopen\nexpect F. seq rcv.nxt within 1s");
	rig_open(&r);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_in(&r, 3, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(allowed_after_the_last_step)
{
	setup(PASSIVE, "allow . len 0\nopen\nexpect F. seq rcv.nxt within 1s");
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
	setup(PASSIVE, "allow . len 0\nopen\nallow nothing\nexpect F. seq rcv.nxt within 1s");
	rig_open(&r);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "flags");
}
END_TEST

START_TEST(silence_is_broken)
{
	setup(PASSIVE, "open\nsilence 1s");
	rig_open(&r);
	rig_in(&r, 500, ".", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "into a silence of 1.000 s");
	rig_field(&r, "segment");
}
END_TEST

START_TEST(silence_excepts_and_ends)
{
	setup(PASSIVE, "open\nsilence 1s except . len 0\nexpect F. within 1s");
	rig_open(&r);
	rig_in(&r, 500, ".", 1, 1, 0);
	rig_in(&r, 1002, "F.", 1, 1, 0); /* after its end: the next step's */
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(segment_before_a_deadline_counts_however_late_it_is_delivered)
{
	setup(PASSIVE, "open\nexpect F. within 500ms\nexpect R within 1s");
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
	setup(PASSIVE, "open\nexpect F. within 500ms");
	rig_open(&r);
	rig_in(&r, 502, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "no such segment came within 0.500 s");
	rig_field(&r, "segment");
}
END_TEST

START_TEST(segment_too_early_fails)
{
	setup(PASSIVE, "open\nexpect F. after 200ms within 500ms");
	rig_open(&r);
	rig_in(&r, 100, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "not before 0.200 s");
	rig_field(&r, "time");
}
END_TEST

/* A wait ends when it is over; a silence waits for what may be in the ring still. */
START_TEST(a_wait_ends_on_time)
{
	setup(ACTIVE, "open\nallow *\nsilence 10ms\nsend F.\nallow nothing\nsilence 10ms");
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
	setup(ACTIVE, "open\nsend F.\nexpect one of {\nR. seq rcv.nxt\n. ack snd.nxt+1\n"
	              "F. seq rcv.nxt+1 ack snd.nxt win 7\n} within 1s");
	rig_open(&r);
	rig_in(&r, 5, "F.", 1, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "its seq is 1, expected 2; its win is 65535, expected 7");
	rig_field(&r, "seq");
	ck_assert_uint_eq(engine_verdict(r.engine)->also_count, 1);
	ck_assert_str_eq(engine_verdict(r.engine)->also[0].field, "win");
	ck_assert_str_eq(engine_verdict(r.engine)->also[0].expected, "7");
}
END_TEST

START_TEST(one_of_several)
{
	setup(ACTIVE, "open\nsend F.\nexpect one of {\nF. seq rcv.nxt ack snd.nxt\n. seq rcv.nxt ack snd.nxt\n} within 1s");
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 2, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(simultaneous_close)
{
	setup("role simultaneous", "open\nprovoke close\nexpect F. seq rcv.nxt ack snd.nxt lost as f\n"
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
	setup(PASSIVE, "open\nexpect F. seq rcv.nxt lost within 1s");
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
	setup(PASSIVE, "open\nexpect F. seq rcv.nxt lost within 1s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_out(&r, "R", 1, 0, 0);
	rig_in(&r, 3, ".", 5, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(leave_sends_no_rst)
{
	setup(PASSIVE, "open\nleave");
	rig_open(&r);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_nothing(&r);
}
END_TEST

/* --- fence --- */

START_TEST(fence_proves_silence)
{
	setup(ACTIVE, "open\nsend F.\nexpect . ack snd.nxt lost\nfence");
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 2, ".", 1, 2, 0);
	rig_out(&r, ".", 1, 1, 1); /* the FIN's octet: it was acknowledged on the wire */
	rig_in(&r, 3, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_uint_eq(engine_connection(r.engine)->snd_una - RIG_ISS, 1);
}
END_TEST

START_TEST(fence_catches_what_comes_before_the_answer)
{
	setup(ACTIVE, "open\nsend F.\nexpect . ack snd.nxt lost\nfence");
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 2, ".", 1, 2, 0);
	rig_in(&r, 3, "F.", 1, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "the peer was not silent");
}
END_TEST

START_TEST(fence_unanswered)
{
	setup(ACTIVE, "open\nfence within 1s");
	rig_open(&r);
	rig_out(&r, ".", 0, 1, 1);
	rig_tick(&r, 1100);
	rig_verdict(&r, VERDICT_FAIL, "did not answer the fence");
	rig_field(&r, "segment");
}
END_TEST

/* --- interval --- */

START_TEST(interval_waits_for_our_segment_to_be_seen)
{
	setup(ACTIVE, "open\nsend F. as f\nexpect . ack f.end as a\ninterval f a within 10ms");
	rig_open(&r);
	r.confirm = false;
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 8, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_NONE, NULL);
	engine_sent(r.engine, r.last_id, 1000000000000LL + 3000000);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_double_eq_tol(rig_measure(&r, "f..a", 0), 0.005, 1e-6);
}
END_TEST

START_TEST(interval_too_long)
{
	setup(ACTIVE, "open\nsend F. as f\nexpect . ack f.end as a\ninterval f a within 10ms");
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 40, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "from f to a it took");
	rig_field(&r, "interval");
}
END_TEST

/* --- state --- */

START_TEST(state_is_polled_until_right)
{
	setup(PASSIVE, "open\nstate FIN-WAIT-2 within 1s");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_FIN_WAIT_1, -1);
	rig_nothing(&r);
	rig_tick(&r, 50);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 51, STATE_FIN_WAIT_2, -1);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(reset_before_the_probe_is_no_answer)
{
	setup(PASSIVE, "open\nstate CLOSED within 1s\nsend . ack 2\nexpect R seq 2 within 1s");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_in(&r, 2, "R", 2, 0, 0); /* waits for its step */
	rig_state(&r, 3, STATE_CLOSED, -1);
	rig_out(&r, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "R 2:2(0) came");
}
END_TEST

START_TEST(state_that_stays_wrong_fails)
{
	setup(PASSIVE, "open\nstate FIN-WAIT-2 within 100ms");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 102, STATE_ESTABLISHED, -1);
	rig_verdict(&r, VERDICT_FAIL, "the peer is in ESTABLISHED, expected FIN-WAIT-2");
	rig_field(&r, "state");
}
END_TEST

START_TEST(state_timer_is_checked)
{
	setup(PASSIVE, "open\nstate TIME-WAIT timer 55s..61s within 100ms");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 102, STATE_TIME_WAIT, 3000);
	rig_verdict(&r, VERDICT_FAIL, "timer is 3.000 s");
	rig_field(&r, "timer");
}
END_TEST

START_TEST(state_on_a_bare_target_is_reported)
{
	setup(PASSIVE, "open\nstate TIME-WAIT");
	r.config.state_observable = false;
	rig_open(&r);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_double_eq(rig_measure(&r, "states_not_observable", 0), 4);
}
END_TEST

START_TEST(closed_on_a_bare_target_is_probed)
{
	setup(PASSIVE, "open\nstate CLOSED within 100ms");
	r.config.state_observable = false;
	rig_open(&r);
	rig_nothing(&r);
	rig_tick(&r, 130);
	rig_out(&r, ".", 1, 1, 0);
	rig_in(&r, 131, "R", 1, 0, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(not_closed_on_a_bare_target)
{
	setup(PASSIVE, "open\nstate CLOSED within 100ms");
	r.config.state_observable = false;
	rig_open(&r);
	rig_tick(&r, 130);
	rig_out(&r, ".", 1, 1, 0);
	rig_in(&r, 131, ".", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "not CLOSED");
}
END_TEST

/* --- a plain server --- */

static void plain(const char *steps)
{
	static const uint8_t request[] = "GET";

	setup(PASSIVE, steps);
	r.config.plain_server = true;
	r.config.state_observable = false;
	r.config.inband[PROVOKE_CLOSE] = (struct inband){ request, 3 };
}

START_TEST(plain_server_answers_in_band)
{
	plain("open\nprovoke close\nexpect F. seq rcv.nxt ack snd.nxt lost within 1s");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_in(&r, 2, ".", 1, 4, 0);
	rig_in(&r, 3, "P.", 1, 4, 100);
	rig_out(&r, ".", 4, 101, 0);
	rig_in(&r, 4, "F.", 101, 4, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

/* Its ACK of the request is taken; of our FIN, which the scenario lost, a
 * second one is a fault. */
START_TEST(plain_server_repeats_its_ack)
{
	plain("open\nprovoke close\nsend F. as fin\nexpect . ack fin.end lost\nsilence 1s");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_out(&r, "F.", 4, 1, 0);
	rig_in(&r, 2, ".", 1, 4, 0);
	rig_in(&r, 3, ".", 1, 5, 0);
	rig_in(&r, 300, ".", 1, 5, 0);
	rig_verdict(&r, VERDICT_FAIL, "into a silence");
	rig_field(&r, "segment");
}
END_TEST

/* A resend that passed our ACK on the way is allowed still, and no answer to
 * the probe that comes later. */
START_TEST(plain_server_resends_before_the_probe)
{
	plain("open\nexpect F. lost as fin\nallow F. seq fin.seq\nsend . ack fin.end\nstate CLOSED within 1s");
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_out(&r, ".", 1, 2, 0);
	rig_in(&r, 3, "F.", 1, 1, 0);
	rig_tick(&r, 1100);
	rig_out(&r, ".", 1, 2, 0);
	rig_in(&r, 1101, "R", 1, 0, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(plain_server_can_not_be_asked)
{
	plain("open\nprovoke crash\nexpect F.");
	rig_open(&r);
	rig_verdict(&r, VERDICT_SKIP, "can't be asked to crash");
}
END_TEST

START_TEST(plain_server_speaks_first)
{
	plain("open\nsend F.\nexpect . ack snd.nxt");
	r.config.speaks_first = true;
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	rig_in(&r, 1, "S.", 0, 1, 0);
	rig_out(&r, ".", 1, 1, 0);
	rig_nothing(&r);
	rig_in(&r, 5, "P.", 1, 1, 20);
	rig_out(&r, ".", 1, 21, 0);
	rig_out(&r, "F.", 1, 21, 0);
	rig_in(&r, 6, ".", 21, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

/* --- ending from outside --- */

START_TEST(abort_tidies_exactly)
{
	setup(ACTIVE, "open\nsend P. data 10\nexpect . ack snd.nxt within 1s");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 10);
	engine_abort(r.engine, 1000000000000LL, VERDICT_ERROR, "interrupted");
	rig_verdict(&r, VERDICT_ERROR, "interrupted");
	rig_out(&r, "R", 1, 0, 0);  /* what the peer acknowledged */
	rig_out(&r, "R", 11, 0, 0); /* what it may have by now */
}
END_TEST

START_TEST(error_overrules_a_failure_and_a_pass)
{
	setup(PASSIVE, "open");
	rig_open(&r);
	rig_verdict(&r, VERDICT_PASS, NULL);
	engine_abort(r.engine, 1000000000000LL, VERDICT_ERROR, "the capture lost packets");
	rig_verdict(&r, VERDICT_ERROR, "lost packets");
	engine_abort(r.engine, 1000000000000LL, VERDICT_ERROR, "another");
	rig_verdict(&r, VERDICT_ERROR, "lost packets");
}
END_TEST

START_TEST(zero_window_stays_advertised)
{
	setup(PASSIVE, "open\nsend . win 0\nsend .\nsend . win 100");
	rig_open(&r);
	for (int i = 0; i < 3; i++) {
		struct action a;

		ck_assert(engine_action(r.engine, &a));
		ck_assert_uint_eq(a.segment.wnd, i == 2 ? 100 : 0);
	}
}
END_TEST

START_TEST(timestamps_count_on_from_our_syn)
{
	struct tcp_option ts;
	struct action a;
	struct segment synack = { .flags = TCP_SYN | TCP_ACK, .seq = RIG_IRS, .ack = RIG_ISS + 1u };

	setup(ACTIVE, "open <mss 1460,nop,nop,TS val 1000 ecr 0>\nsilence 250ms\nsend .");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	ts = (struct tcp_option){ .kind = OPT_TIMESTAMPS, .ts_val = 77, .ts_ecr = 1000 };
	options_append(synack.options, &synack.options_len, &ts);
	options_pad(synack.options, &synack.options_len);
	synack.time_ns = 1000000000000LL + 1000000;
	engine_receive(r.engine, &synack);
	rig_out(&r, ".", 1, 1, 0);
	rig_tick(&r, 300);
	ck_assert(engine_action(r.engine, &a));
	ck_assert(options_find(a.segment.options, a.segment.options_len, OPT_TIMESTAMPS, &ts));
	ck_assert_uint_eq(ts.ts_val, 1300);
	ck_assert_uint_eq(ts.ts_ecr, 77);
}
END_TEST

START_TEST(slow_stretches_our_deadlines_only)
{
	setup(PASSIVE, "open\nexpect F. within 500ms\nsilence 100ms");
	r.config.slow = 4;
	rig_open(&r);
	rig_in(&r, 1900, "F.", 1, 1, 0);
	rig_tick(&r, 2030);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(ignored_segments_are_evidence_only)
{
	struct segment fin = { .flags = TCP_FIN | TCP_ACK, .seq = RIG_IRS + 1, .ack = RIG_ISS + 1 };
	const struct verdict *v;

	setup(PASSIVE, "open\nexpect F. within 1s as fin");
	rig_open(&r);
	engine_ignore(r.engine, &fin, "bad checksum: ignored");
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_in(&r, 5, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	v = engine_verdict(r.engine);
	ck_assert(v->trace[3].ignored && !v->trace[4].ignored);
	ck_assert_str_eq(v->trace[3].note, "bad checksum: ignored");
	ck_assert_int_eq(v->trace[3].step, -1);
}
END_TEST

/* --- crooked segments of ours --- */

static struct segment next_sent(void)
{
	struct action a;

	ck_assert(engine_action(r.engine, &a));
	ck_assert_int_eq(a.kind, ACTION_SEND);
	engine_sent(r.engine, a.id, a.segment.time_ns + 1000);
	return a.segment;
}

static const struct trace *last_out(const char *note)
{
	const struct verdict *v = engine_verdict(r.engine);
	size_t i = v->trace_count;

	while (i-- > 0)
		if (v->trace[i].passage == PASSED_OUT && strcmp(v->trace[i].note, note) == 0)
			return &v->trace[i];
	ck_abort_msg("nothing that we sent is noted as \"%s\"", note);
}

START_TEST(void_segments_move_no_number)
{
	struct segment s;

	setup(ACTIVE, "open\nsend F. offset 4 win 7 as short\nsend FP. data 9 otherport\nsend F. badsum\n"
	              "send P. data 5 <opt 254 len 0>\nsilence 1s");
	r.config.other_port = 61001;
	rig_open(&r);
	s = next_sent();
	ck_assert(s.false_offset && s.offset == 4 && s.sport == 61000);
	ck_assert_uint_eq(s.seq - RIG_ISS, 1);
	s = next_sent();
	ck_assert(s.other_port && s.sport == 61001 && !s.false_offset);
	ck_assert_uint_eq(s.seq - RIG_ISS, 1);
	s = next_sent();
	ck_assert(s.bad_checksum);
	s = next_sent();
	ck_assert(!segment_is_void(&s));
	ck_assert_uint_eq(s.seq - RIG_ISS, 1);
	ck_assert_uint_eq(s.wnd, 65535); /* the void one's window is not ours */
	ck_assert_uint_eq(engine_connection(r.engine)->snd_nxt - RIG_ISS, 6);
	last_out("offset 4");
	last_out("from port 61001");
	last_out("wrong checksum");
	last_out("option length lies");
}
END_TEST

START_TEST(fragments_move_the_numbers)
{
	struct segment s;

	setup(ACTIVE, "open\nsend FP. data 9 fragment 8 as last\nsend . offset 3 fragment 16\nsilence 1s");
	rig_open(&r);
	s = next_sent();
	ck_assert_uint_eq(s.fragment, 8);
	ck_assert_uint_eq(engine_connection(r.engine)->snd_nxt - RIG_ISS, 11);
	last_out("in 4 fragments");
	s = next_sent();
	ck_assert_uint_eq(s.seq - RIG_ISS, 11);
	last_out("offset 3, in 2 fragments");
}
END_TEST

/* What would be no lie proves nothing: an error that names the line. */
START_TEST(no_lie_is_an_error)
{
	static const char *const steps[][2] = {
		{ "open\nsend F. offset 5", "offset 5 is the true one" },
		{ "open\nsend F. <nop,nop,nop,nop> offset 6", "this header has 6 words" },
		{ "open\nsend F. fragment 24", "has 20 bytes" },
		{ "open\nsend F. otherport", "no other port" },
	};

	setup(ACTIVE, steps[_i][0]);
	rig_open(&r);
	rig_verdict(&r, VERDICT_ERROR, steps[_i][1]);
}
END_TEST

/* Runs share no identification, so that a peer mixes no fragments of two. */
START_TEST(identifications_begin_anywhere)
{
	struct segment s;

	setup(ACTIVE, "open");
	r.config.iss = 0x12340011;
	rig_start(&r);
	s = next_sent();
	ck_assert_uint_eq(s.ip_id, (0x1234 ^ 0x0011) + 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("engine");
	TCase *c = tcase_create("engine");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, handshake_then_pass_and_tidy);
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
	tcase_add_test(c, segment_too_early_fails);
	tcase_add_test(c, one_of_several);
	tcase_add_test(c, a_wait_ends_on_time);
	tcase_add_test(c, the_nearest_alternative_is_named);
	tcase_add_test(c, simultaneous_close);
	tcase_add_test(c, late_resend_is_no_news_but_another_segment_is);
	tcase_add_test(c, after_the_rst_was_seen_nothing_is_judged);
	tcase_add_test(c, leave_sends_no_rst);
	tcase_add_test(c, fence_proves_silence);
	tcase_add_test(c, fence_catches_what_comes_before_the_answer);
	tcase_add_test(c, fence_unanswered);
	tcase_add_test(c, interval_waits_for_our_segment_to_be_seen);
	tcase_add_test(c, interval_too_long);
	tcase_add_test(c, state_is_polled_until_right);
	tcase_add_test(c, reset_before_the_probe_is_no_answer);
	tcase_add_test(c, state_that_stays_wrong_fails);
	tcase_add_test(c, state_timer_is_checked);
	tcase_add_test(c, state_on_a_bare_target_is_reported);
	tcase_add_test(c, closed_on_a_bare_target_is_probed);
	tcase_add_test(c, not_closed_on_a_bare_target);
	tcase_add_test(c, plain_server_answers_in_band);
	tcase_add_test(c, plain_server_repeats_its_ack);
	tcase_add_test(c, plain_server_resends_before_the_probe);
	tcase_add_test(c, plain_server_can_not_be_asked);
	tcase_add_test(c, plain_server_speaks_first);
	tcase_add_test(c, abort_tidies_exactly);
	tcase_add_test(c, error_overrules_a_failure_and_a_pass);
	tcase_add_test(c, zero_window_stays_advertised);
	tcase_add_test(c, timestamps_count_on_from_our_syn);
	tcase_add_test(c, slow_stretches_our_deadlines_only);
	tcase_add_test(c, ignored_segments_are_evidence_only);
	tcase_add_test(c, void_segments_move_no_number);
	tcase_add_test(c, fragments_move_the_numbers);
	tcase_add_loop_test(c, no_lie_is_an_error, 0, 4);
	tcase_add_test(c, identifications_begin_anywhere);
	suite_add_tcase(s, c);
	return s;
}

int main(void)
{
	return suite_run(suite());
}
