/* The engine on a fake wire: what it asks for, of the peer's TCP (fence, interval), of its host (state),
 * and of a plain server. */
#include "engine_rig.h"
#include "suite.h"

static struct rig r;

static void teardown(void) { rig_free(&r); }

/* --- fence --- */

START_TEST(fence_proves_silence)
{
	rig_init(&r, ACTIVE, "open\nsend F.\nexpect . ack snd.nxt lost\nfence");
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
	rig_init(&r, ACTIVE, "open\nsend F.\nexpect . ack snd.nxt lost\nfence");
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 2, ".", 1, 2, 0);
	rig_in(&r, 3, "F.", 1, 2, 0);
	rig_verdict(&r, VERDICT_FAIL, "the peer was not silent");
}
END_TEST

/* A server whose queue is full takes our ACK for none, and asks again. */
START_TEST(fence_and_a_handshake_that_comes_again)
{
	rig_init(&r, ACTIVE, "open\nfence within 1s");
	rig_open(&r);
	rig_out(&r, ".", 0, 1, 1);
	rig_in(&r, 5, "S.", 0, 1, 0);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_out(&r, ".", 1, 1, 0);
	rig_in(&r, 6, ".", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(fence_unanswered)
{
	rig_init(&r, ACTIVE, "open\nfence within 1s");
	rig_open(&r);
	rig_out(&r, ".", 0, 1, 1);
	rig_tick(&r, 1100);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_broke(&r, RULE_OLD_OCTET, 1);
}
END_TEST

/* --- interval --- */

START_TEST(interval_waits_for_our_segment_to_be_seen)
{
	rig_init(&r, ACTIVE, "open\nsend F. as f\nexpect . ack f.end as a\ninterval f a within 10ms");
	rig_open(&r);
	r.confirm = false;
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 8, ".", 1, 2, 0);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_left(&r, r.last_id, 1000000000000LL + 3000000);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_double_eq_tol(rig_measure(&r, MEASURE_INTERVAL, 0), 0.005, 1e-6);
}
END_TEST

START_TEST(interval_too_long)
{
	rig_init(&r, ACTIVE, "open\nsend F. as f\nexpect . ack f.end as a\ninterval f a within 10ms");
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
	rig_init(&r, PASSIVE, "open\nstate FIN-WAIT-2 within 1s");
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
	rig_init(&r, PASSIVE, "open\nstate CLOSED within 1s\nsend . ack 2\nexpect R seq 2 within 1s");
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
	rig_init(&r, PASSIVE, "open\nstate FIN-WAIT-2 within 100ms");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 102, STATE_ESTABLISHED, -1);
	/* That was asked in time: it says nothing of what is after 100 ms. */
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_tick(&r, 140);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 141, STATE_ESTABLISHED, -1);
	rig_verdict(&r, VERDICT_FAIL, "the peer is in ESTABLISHED, expected FIN-WAIT-2");
	rig_field(&r, "state");
}
END_TEST

START_TEST(state_timer_is_checked)
{
	rig_init(&r, PASSIVE, "open\nstate TIME-WAIT timer 55s..61s within 100ms");
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, STATE_TIME_WAIT, 3000);
	rig_tick(&r, 110);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 111, STATE_TIME_WAIT, 3000);
	rig_verdict(&r, VERDICT_FAIL, "timer is 3.000 s");
	rig_field(&r, "timer");
}
END_TEST

/* Where its host tells of no timers at all: the state alone. */
START_TEST(a_host_without_timers_is_not_wrong)
{
	const enum tcp_state is = _i == 3 ? STATE_ESTABLISHED : STATE_TIME_WAIT;
	const double timer_ms = _i == 2 ? 3000 : -1;

	rig_init(&r, PASSIVE, "open\nstate TIME-WAIT timer 55s..61s within 100ms");
	r.config.no_timers = _i > 0;
	rig_open(&r);
	rig_asks(&r, ACTION_STATE);
	rig_state(&r, 2, is, timer_ms);
	if (_i != 1) {
		rig_tick(&r, 110);
		rig_asks(&r, ACTION_STATE);
		rig_state(&r, 111, is, timer_ms);
	}
	rig_verdict(&r, _i == 1 ? VERDICT_PASS : VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(state_on_a_bare_target_is_reported)
{
	rig_init(&r, PASSIVE, "open\nstate TIME-WAIT");
	r.config.state_observable = false;
	rig_open(&r);
	rig_verdict(&r, VERDICT_PASS, NULL);
	ck_assert_double_eq(rig_measure(&r, MEASURE_STATES_NOT_OBSERVABLE, 0), 4);
}
END_TEST

START_TEST(closed_on_a_bare_target_is_probed)
{
	rig_init(&r, PASSIVE, "open\nstate CLOSED within 100ms");
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
	rig_init(&r, PASSIVE, "open\nstate CLOSED within 100ms");
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

	rig_init(&r, PASSIVE, steps);
	r.config.plain_server = true;
	r.config.state_observable = false;
	r.config.inband[PROVOKE_CLOSE] = (struct inband){request, 3};
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

/* Its ACK of the request is taken; of our FIN, which the scenario lost, a second one is a fault. */
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

/* A resend that passed our ACK on the path is allowed still, and no answer to the probe that comes later. */
START_TEST(plain_server_resends_before_the_probe)
{
	plain(
	    "open\nexpect F. lost as fin\nallow F. seq fin.seq\nsend . ack fin.end\nstate CLOSED within 1s");
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

/* It has a clock of its own: nothing is sent. */
START_TEST(plain_server_closes_by_itself)
{
	plain("open\nprovoke close\nexpect F. seq rcv.nxt ack snd.nxt");
	r.config.inband[PROVOKE_CLOSE].len = 0;
	rig_open(&r);
	rig_nothing(&r);
	rig_in(&r, 900, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(plain_server_can_not_be_asked)
{
	plain("open\nprovoke crash\nexpect F.");
	rig_open(&r);
	rig_verdict(&r, VERDICT_SKIP, "needs a peer that can be told to crash");
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

/* dropbear has room for five of a host: the sixth hears nothing. */
START_TEST(plain_server_turns_away)
{
	plain("open\nsend F.\nexpect . ack snd.nxt");
	r.config.speaks_first = true;
	rig_open(&r);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_ERROR, "-j runs fewer");
	ck_assert_int_eq(engine_verdict(r.engine)->reason.code, CODE_TURNED_AWAY);
}
END_TEST

/* sshd says why, and closes while our request is on the path. */
START_TEST(plain_server_turns_away_what_it_did_not_read)
{
	plain("open\nprovoke close\nexpect F. seq rcv.nxt ack snd.nxt");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_ERROR, "-j runs fewer");
}
END_TEST

/* The same, where our FIN was on the path: its own passed before ours left. */
START_TEST(plain_server_turns_away_before_our_fin)
{
	plain("open\nprovoke close on eof\nsend F. as ours\nexpect F. seq rcv.nxt ack ours.end");
	r.config.closes_on_eof = r.config.speaks_first = true;
	rig_open(&r);
	rig_in(&r, 2, "P.", 1, 1, 22);
	rig_out(&r, ".", 1, 23, 0);
	r.confirm = false;
	rig_out(&r, "F.", 1, 23, 0);
	rig_in(&r, 2, "F.", 23, 1, 0);
	rig_verdict(&r, VERDICT_ERROR, "-j runs fewer");
}
END_TEST

/* Our FIN arrived, and its own does not acknowledge it. */
START_TEST(plain_server_that_does_not_ack_fails)
{
	plain("open\nprovoke close on eof\nsend F. as ours\nexpect F. seq rcv.nxt ack ours.end");
	r.config.closes_on_eof = true;
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 2, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, "its ack is");
}
END_TEST

static void asked(void)
{
	plain("open\nprovoke close\nexpect F. seq rcv.nxt ack snd.nxt");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
}

/* With octets unread, or by an ABORT: which of them, nobody outside can tell. */
START_TEST(plain_server_may_reset)
{
	asked();
	rig_in(&r, 2, "R.", 1, 4, 0);
	rig_verdict(&r, VERDICT_ERROR, "bytes of --provoke");

	teardown();
	plain("open\nprovoke close on eof\nsend F. as ours\nexpect F. seq rcv.nxt ack ours.end");
	r.config.closes_on_eof = true;
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 2, "R.", 1, 2, 0);
	rig_verdict(&r, VERDICT_ERROR, "which it may");
}
END_TEST

/* No program makes a TCP send these. */
START_TEST(plain_server_may_not_reset_so)
{
	asked();
	rig_in(&r, 2, "R", 1, 0, 0); /* as if there was no connection */
	rig_verdict(&r, VERDICT_FAIL, "came");

	teardown();
	asked();
	rig_in(&r, 2, "R.", 9, 4, 0); /* a number that is not the next */
	rig_verdict(&r, VERDICT_FAIL, "came");

	teardown();
	asked();
	rig_in(&r, 2, "R.", 1, 9, 0); /* of what we did not send */
	rig_verdict(&r, VERDICT_FAIL, "came");

	teardown();
	plain("open\nprovoke close on eof\nsend F. as ours\nexpect F. seq rcv.nxt ack ours.end\nsilence 1s");
	r.config.closes_on_eof = true;
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_in(&r, 2, "F.", 1, 2, 0);
	rig_in(&r, 3, "R.", 2, 2, 0); /* in LAST-ACK */
	rig_verdict(&r, VERDICT_FAIL, "into a silence");
}
END_TEST

/* Some stay half-open when we have closed, and some do not know our words. */
START_TEST(plain_server_may_stay)
{
	plain("open\nprovoke close\nexpect F. within 1s as fin");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_in(&r, 2, "P.", 1, 4, 10);
	rig_tick(&r, 1100);
	rig_verdict(&r, VERDICT_ERROR, "did not close within 1.000 s");

	/* What it did not even acknowledge is its TCP's matter, and so is what is no close. */
	teardown();
	plain("open\nprovoke close\nexpect F. within 1s as fin");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_tick(&r, 1100);
	rig_verdict(&r, VERDICT_FAIL, "no such segment");

	teardown();
	plain("open\nsend F. as fin\nexpect . ack fin.end within 1s");
	rig_open(&r);
	rig_out(&r, "F.", 1, 1, 0);
	rig_tick(&r, 1100);
	rig_verdict(&r, VERDICT_FAIL, "no such segment");
}
END_TEST

/* Apache and lighttpd shut down and read on. Once our FIN has come nothing keeps the connection. */
START_TEST(plain_server_may_linger)
{
	plain("open\nprovoke close\nexpect F. as fin\nsend . ack fin.end\nsend F. lost\nstate CLOSED within "
	      "1s");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_in(&r, 2, "F.", 1, 4, 0);
	rig_out(&r, ".", 4, 2, 0);
	rig_tick(&r, 1100);
	rig_out(&r, ".", 5, 2, 0);
	rig_tick(&r, 4000);
	rig_verdict(&r, VERDICT_SKIP, "may only shut down");

	teardown();
	plain("open\nprovoke close\nexpect F. as fin\nsend . ack fin.end\nsend F.\nstate CLOSED within 1s");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_in(&r, 2, "F.", 1, 4, 0);
	rig_out(&r, ".", 4, 2, 0);
	rig_out(&r, "F.", 4, 2, 0);
	rig_tick(&r, 1100);
	rig_out(&r, ".", 5, 2, 0);
	rig_tick(&r, 4000);
	rig_verdict(&r, VERDICT_FAIL, "not answered");
}
END_TEST

static void see_held(double ms, enum tcp_state state, bool held)
{
	struct event seen = {.kind = EVENT_STATE, .time_ns = (int64_t)(ms * 1e6)};

	rig_asks(&r, ACTION_STATE);
	seen.state = (struct observed_state){.known = true, .state = state, .held = held};
	rig_give(&r, &seen);
}

/* The same, where its host tells that the program still has the connection. */
static void closes(const char *steps)
{
	char all[256];

	snprintf(all, sizeof all, "open\nprovoke close\nexpect F. seq rcv.nxt as fin\nsend . ack fin.end\n%s",
	         steps);
	teardown();
	plain(all);
	r.config.state_observable = true;
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_in(&r, 2, "F.", 1, 4, 0);
	rig_out(&r, ".", 4, 2, 0);
}

/* A program that has the connection open for a part of the series makes it longer. */
START_TEST(plain_server_held_for_a_while)
{
	teardown();
	plain("open\nprovoke close\nexpect F. seq rcv.nxt lost as fin\n"
	      "expect retransmit fin lost count 1..9 backoff 2 +15%/-2% gives up budget 600ms within 20s");
	r.config.state_observable = true;
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_in(&r, 2, "F.", 1, 4, 0);
	rig_in(&r, 202, "F.", 1, 4, 0);
	rig_tick(&r, 260);
	see_held(261, STATE_FIN_WAIT_1, _i);
	rig_in(&r, 602, "F.", 1, 4, 0);
	rig_in(&r, 1402, "F.", 1, 4, 0);
	rig_tick(&r, 1460);
	see_held(1461, STATE_FIN_WAIT_1, false);
	rig_tick(&r, 1520);
	see_held(1521, STATE_CLOSED, false);
	rig_verdict(&r, _i ? VERDICT_SKIP : VERDICT_FAIL, _i ? "has shut down" : "too long");
}
END_TEST

START_TEST(plain_server_holds)
{
	const bool held = _i;
	const enum verdict_kind comes = held ? VERDICT_SKIP : VERDICT_FAIL;

	closes("state CLOSED within 100ms");
	see_held(3, STATE_FIN_WAIT_2, held);
	rig_tick(&r, 110);
	see_held(111, STATE_FIN_WAIT_2, held);
	rig_verdict(&r, comes, held ? "has shut down" : "FIN-WAIT-2");

	closes("state FIN-WAIT-2 timer 0s..60s within 100ms");
	see_held(3, STATE_FIN_WAIT_2, held);
	rig_tick(&r, 110);
	see_held(111, STATE_FIN_WAIT_2, held);
	rig_verdict(&r, comes, held ? "has shut down" : "timer");

	closes("state FIN-WAIT-2\nsend P. \"late\"\nexpect R seq fin.end within 1s");
	see_held(3, STATE_FIN_WAIT_2, held);
	rig_out(&r, "P.", 4, 2, 4);
	rig_in(&r, 5, ".", 2, 8, 0);
	rig_verdict(&r, comes, NULL);

	/* Where nobody has told. */
	closes("send P. \"late\"\nexpect R seq fin.end within 1s");
	rig_out(&r, "P.", 4, 2, 4);
	rig_in(&r, 5, ".", 2, 8, 0);
	rig_verdict(&r, VERDICT_SKIP, "may only shut down");

	/* What holds the connection does not keep our RST from it. */
	closes("state FIN-WAIT-2\nsend R\nstate CLOSED within 100ms");
	see_held(3, STATE_FIN_WAIT_2, held);
	rig_out(&r, "R", 4, 0, 0);
	see_held(4, STATE_FIN_WAIT_2, held);
	rig_tick(&r, 110);
	see_held(111, STATE_FIN_WAIT_2, held);
	rig_verdict(&r, VERDICT_FAIL, "FIN-WAIT-2");

	/* Another state than those of a program that reads on, and another number, are wrong all the same. */
	closes("state TIME-WAIT within 100ms");
	see_held(3, STATE_FIN_WAIT_2, held);
	rig_tick(&r, 110);
	see_held(111, STATE_FIN_WAIT_2, held);
	rig_verdict(&r, VERDICT_FAIL, NULL);

	closes("state FIN-WAIT-2\nsend P. \"late\"\nexpect . seq fin.end ack snd.nxt within 1s");
	see_held(3, STATE_FIN_WAIT_2, held);
	rig_out(&r, "P.", 4, 2, 4);
	rig_in(&r, 5, ".", 3, 8, 0);
	rig_verdict(&r, VERDICT_FAIL, NULL);
}
END_TEST

/* Across a network nobody tells. But one that can be told to read by itself is no ordinary server. */
START_TEST(plain_server_may_read_on)
{
	const bool obeys = _i;
	char steps[256];

	snprintf(steps, sizeof steps,
	         "open\n%sprovoke close\nexpect F. as fin\nsend . ack fin.end\nsend P. \"late\"\n"
	         "expect R seq fin.end within 1s should 9293 \"3.6.1\"",
	         obeys ? "provoke read\n" : "");
	plain(steps);
	r.config.inband[PROVOKE_READ] = (struct inband){(const uint8_t *)"", 0};
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 3);
	rig_in(&r, 2, "F.", 1, 4, 0);
	rig_out(&r, ".", 4, 2, 0);
	rig_out(&r, "P.", 4, 2, 4);
	rig_in(&r, 5, ".", 2, 8, 0);
	rig_verdict(&r, obeys ? VERDICT_WARN : VERDICT_SKIP, NULL);
}
END_TEST

/* Apache on Linux has no connection before data comes. */
START_TEST(plain_server_defers)
{
	plain("open\nstate ESTABLISHED within 100ms");
	r.config.state_observable = true;
	rig_open(&r);
	see_held(3, _i == 0 ? STATE_SYN_RECEIVED : STATE_CLOSE_WAIT, false);
	rig_tick(&r, 110);
	see_held(111, _i == 0 ? STATE_SYN_RECEIVED : STATE_CLOSE_WAIT, false);
	rig_verdict(&r, _i == 0 ? VERDICT_SKIP : VERDICT_FAIL, _i == 0 ? "before data comes" : "CLOSE-WAIT");

	/* Once data came it has no reason any more; what was lost did not. */
	teardown();
	plain(_i == 0 ? "open\nsend P. \"x\" lost\nstate ESTABLISHED within 100ms"
	              : "open\nsend P. \"x\"\nstate ESTABLISHED within 100ms");
	r.config.state_observable = true;
	rig_open(&r);
	if (_i == 1)
		rig_out(&r, "P.", 1, 1, 1);
	see_held(3, STATE_SYN_RECEIVED, false);
	rig_tick(&r, 110);
	see_held(111, STATE_SYN_RECEIVED, false);
	rig_verdict(&r, _i == 0 ? VERDICT_SKIP : VERDICT_FAIL,
	            _i == 0 ? "before data comes" : "SYN-RECEIVED");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("asks");
	TCase *c = tcase_create("asks");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, fence_proves_silence);
	tcase_add_test(c, fence_catches_what_comes_before_the_answer);
	tcase_add_test(c, fence_and_a_handshake_that_comes_again);
	tcase_add_test(c, fence_unanswered);
	tcase_add_test(c, interval_waits_for_our_segment_to_be_seen);
	tcase_add_test(c, interval_too_long);
	tcase_add_test(c, state_is_polled_until_right);
	tcase_add_test(c, reset_before_the_probe_is_no_answer);
	tcase_add_test(c, state_that_stays_wrong_fails);
	tcase_add_test(c, state_timer_is_checked);
	tcase_add_loop_test(c, a_host_without_timers_is_not_wrong, 0, 4);
	tcase_add_test(c, state_on_a_bare_target_is_reported);
	tcase_add_test(c, closed_on_a_bare_target_is_probed);
	tcase_add_test(c, not_closed_on_a_bare_target);
	tcase_add_test(c, plain_server_answers_in_band);
	tcase_add_test(c, plain_server_repeats_its_ack);
	tcase_add_test(c, plain_server_resends_before_the_probe);
	tcase_add_test(c, plain_server_closes_by_itself);
	tcase_add_test(c, plain_server_can_not_be_asked);
	tcase_add_test(c, plain_server_speaks_first);
	tcase_add_test(c, plain_server_turns_away);
	tcase_add_test(c, plain_server_turns_away_what_it_did_not_read);
	tcase_add_test(c, plain_server_turns_away_before_our_fin);
	tcase_add_test(c, plain_server_that_does_not_ack_fails);
	tcase_add_test(c, plain_server_may_reset);
	tcase_add_test(c, plain_server_may_not_reset_so);
	tcase_add_test(c, plain_server_may_stay);
	tcase_add_test(c, plain_server_may_linger);
	tcase_add_loop_test(c, plain_server_holds, 0, 2);
	tcase_add_loop_test(c, plain_server_held_for_a_while, 0, 2);
	tcase_add_loop_test(c, plain_server_may_read_on, 0, 2);
	tcase_add_loop_test(c, plain_server_defers, 0, 2);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
