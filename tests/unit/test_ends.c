/* The engine on a fake wire: how a run ends from outside, and what it sends that is malformed. */
#include "engine_rig.h"
#include "suite.h"

#include <string.h>

static struct rig r;

static void teardown(void) { rig_free(&r); }

/* --- ending from outside --- */

START_TEST(abort_tidies_exactly)
{
	rig_init(&r, ACTIVE, "open\nsend P. data 10\nexpect . ack snd.nxt within 1s");
	rig_open(&r);
	rig_out(&r, "P.", 1, 1, 10);
	rig_abort(&r, 0, CODE_INTERRUPTED);
	rig_verdict(&r, VERDICT_ERROR, "interrupted");
	rig_out(&r, "R", 1, 0, 0);  /* what the peer acknowledged */
	rig_out(&r, "R", 11, 0, 0); /* what it may have by now */
}
END_TEST

START_TEST(error_overrules_a_failure_and_a_pass)
{
	rig_init(&r, PASSIVE, "open");
	rig_open(&r);
	rig_verdict(&r, VERDICT_PASS, NULL);
	rig_abort(&r, 0, CODE_CAPTURE_LOST);
	rig_verdict(&r, VERDICT_ERROR, "the capture lost 0 packets");
	rig_abort(&r, 0, CODE_CLOCK);
	rig_verdict(&r, VERDICT_ERROR, "the capture lost 0 packets");
}
END_TEST

START_TEST(zero_window_stays_advertised)
{
	rig_init(&r, PASSIVE, "open\nsend . win 0\nsend .\nsend . win 100");
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
	struct segment synack = {.flags = TCP_SYN | TCP_ACK, .seq = RIG_IRS, .ack = RIG_ISS + 1u};

	rig_init(&r, ACTIVE, "open <mss 1460,nop,nop,TS val 1000 ecr 0>\nsilence 250ms\nsend .");
	rig_start(&r);
	rig_out(&r, "S", 0, 0, 0);
	ts = (struct tcp_option){.kind = OPT_TIMESTAMPS, .ts_val = 77, .ts_ecr = 1000};
	options_append(synack.options, &synack.options_len, &ts);
	options_pad(synack.options, &synack.options_len);
	synack.time_ns = 1000000000000LL + 1000000;
	rig_come(&r, &synack);
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
	rig_init(&r, PASSIVE, "open\nexpect F. within 500ms\nsilence 100ms");
	r.config.slow = 4;
	rig_open(&r);
	rig_in(&r, 1900, "F.", 1, 1, 0);
	rig_tick(&r, 2030);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(ignored_segments_are_evidence_only)
{
	struct segment fin = {.flags = TCP_FIN | TCP_ACK, .seq = RIG_IRS + 1, .ack = RIG_ISS + 1};
	const struct verdict *v;

	rig_init(&r, PASSIVE, "open\nexpect F. within 1s as fin");
	rig_open(&r);
	engine_give(r.engine, &(struct event){.kind = EVENT_IGNORED, .ignored = IGNORED_CHECKSUM}, &fin, 0);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_in(&r, 5, "F.", 1, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
	v = engine_verdict(r.engine);
	ck_assert(v->trace[3].ignored && !v->trace[4].ignored);
	ck_assert_int_eq(v->trace[3].note.kind, NOTE_IGNORED);
	ck_assert_int_eq(v->trace[3].note.n, IGNORED_CHECKSUM);
	ck_assert_int_eq(v->trace[3].step, -1);
}
END_TEST

/* --- malformed segments of ours --- */

static struct segment next_sent(void)
{
	struct action a;

	ck_assert(engine_action(r.engine, &a));
	ck_assert_int_eq(a.kind, ACTION_SEND);
	rig_left(&r, a.id, a.segment.time_ns + 1000);
	return a.segment;
}

static const struct trace *last_out(const char *what)
{
	const struct verdict *v = engine_verdict(r.engine);
	size_t i = v->trace_count;
	char text[MALFORM_TEXT_BYTES];

	while (i-- > 0)
		if (v->trace[i].passage == PASSED_OUT &&
		    strcmp(malform_text(&v->trace[i].segment, text), what) == 0)
			return &v->trace[i];
	ck_abort_msg("nothing that we sent is \"%s\"", what);
}

START_TEST(void_segments_move_no_number)
{
	struct segment s;

	rig_init(&r, ACTIVE,
	         "open\nsend F. offset 4 win 7 as short\nsend FP. data 9 otherport\nsend F. badsum\n"
	         "send P. data 5 <opt 254 len 0>\nsilence 1s");
	r.config.other_port = 61001;
	rig_open(&r);
	s = next_sent();
	ck_assert(s.malformed.has_offset && s.malformed.offset == 4 && s.sport == 61000);
	ck_assert_uint_eq(s.seq - RIG_ISS, 1);
	s = next_sent();
	ck_assert(s.malformed.other_port && s.sport == 61001 && !s.malformed.has_offset);
	ck_assert_uint_eq(s.seq - RIG_ISS, 1);
	s = next_sent();
	ck_assert(s.malformed.checksum);
	s = next_sent();
	ck_assert(!malform_is_void(&s));
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

	rig_init(&r, ACTIVE,
	         "open\nsend FP. data 9 fragment 8 as last\nsend . offset 3 fragment 16\nsilence 1s");
	rig_open(&r);
	s = next_sent();
	ck_assert_uint_eq(s.malformed.fragment, 8);
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
	    {"open\nsend F. offset 5", "offset 5 is the true one"},
	    {"open\nsend F. <nop,nop,nop,nop> offset 6", "this header has 6 words"},
	    {"open\nsend F. fragment 24", "has 20 bytes"},
	    {"open\nsend F. otherport", "no other port"},
	};

	rig_init(&r, ACTIVE, steps[_i][0]);
	rig_open(&r);
	rig_verdict(&r, VERDICT_ERROR, steps[_i][1]);
}
END_TEST

/* Runs share no identification, so that a peer mixes no fragments of two. */
START_TEST(identifications_begin_anywhere)
{
	struct segment s;

	rig_init(&r, ACTIVE, "open");
	r.config.iss = 0x12340011;
	rig_start(&r);
	s = next_sent();
	ck_assert_uint_eq(s.ip_id, (0x1234 ^ 0x0011) + 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ends");
	TCase *c = tcase_create("ends");

	tcase_add_checked_fixture(c, NULL, teardown);
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

int main(void) { return suite_run(suite()); }
