/* The ladder, line by line. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/ladder.h"
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
	                 "                     fourwave            (STATE) inferred                  peer\n"
	                 "                     10.203.0.1:20001                           10.203.0.2:4145\n"
	                 "       12: open\n"
	                 "  0.000004           SYN-SENT     |- S 0 win 65535 ----------->|\n"
	                 "  0.000045 +41.0 us  ESTABLISHED  |<---- S. 0 ack 1 win 64240 -| (SYN-RECEIVED)\n"
	                 "  0.000071 +26.0 us               |- . 1 ack 1 win 65535 ----->| (ESTABLISHED)\n"
	                 "       14: provoke close\n"
	                 "       15: expect F. seq rcv.nxt ack snd.nxt lost within 1s as fin\n"
	                 "  0.000900  +829 us               |  X-- F. 1 ack 1 win 64240 -| (FIN-WAIT-1)\n"
	                 "x      16: expect retransmit fin lost count 2 backoff 2 +15%/-2% gives up\n"
	                 "  0.207240 +0.206 s               |  X-- F. 1 ack 1 win 64240 -| resend 1 of fin\n"
	                 "x 0.623360 +0.416 s               |<---- F. 2 ack 1 win 64240 -|\n"
	                 "                                  |          nothing allows it |\n"
	                 "  0.623500  +140 us  CLOSED       |- R 1 win 65535 ----------->| (CLOSED)\n"
	                 "                                  | tidies                     |\n"
	                 "\n"
	                 "  basis     must, RFC 6298 5.5; RFC 9293 3.10.4\n"
	                 "  step      expect retransmit fin lost count 2 backoff 2 +15%/-2% gives up\n"
	                 "  at        scenarios/table/row1-passive-retries1.wave:16\n"
	                 "  field     seq\n"
	                 "  expected  1\n"
	                 "  got       2\n"
	                 "  capture   captures/row1-passive-retries1-ipv4.pcap\n");
	page_free(&p);
}
END_TEST

/* What each ladder draws: s step, S its first row follows, + segment, o observed, . gap, ? not kept. */
START_TEST(rows_are_walked_in_order)
{
	static const char letters[] = "s+o.?";
	char got[40] = "";
	struct sample s;
	struct rows rows;
	struct row row;

	sample_fail(&s);
	sample_observation(&s, 0.7, STATE_CLOSED, -1);
	s.verdict.trace_omitted = 3;
	rows_of_result(&rows, &s.result);
	for (size_t i = 0; rows_next(&rows, &row) && i < sizeof got - 1; i++)
		got[i] = row.kind == ROW_STEP && row.has_row ? 'S' : letters[row.kind];
	ck_assert(!rows_next(&rows, &row));
	rows_end(&rows);
	ck_assert_str_eq(got, "S+++sS+S+++o?");
}
END_TEST

static unsigned times(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

/* Thousands of segments: the begin, the end, and what is around the wrong one. */
START_TEST(long_evidence_is_cut)
{
	enum { COUNT = 1000, WRONG = 500 };
	static struct trace many[COUNT];
	struct sample s;
	struct page p;

	sample_fail(&s);
	for (size_t i = 0; i < COUNT; i++) {
		many[i] = s.trace[i == WRONG ? 5 : i < 4 ? i : 2];
		many[i].time_ns = s.trace[3].time_ns + (int64_t)i * 1000;
	}
	s.verdict.trace = many;
	s.verdict.trace_count = COUNT;
	draw(&p, &plain80, &s);
	ck_assert_uint_eq(times(p.text, "|- . 1 ack 1 win 65535 ----->|"), 57 + 60 + 110);
	ck_assert_uint_eq(times(p.text, "| 410 segments more "), 1);
	ck_assert_uint_eq(times(p.text, "| 359 segments more "), 1);
	ck_assert_uint_eq(times(p.text, "x 0.0014"), 1);
	s.verdict.trace_count = 190;
	many[WRONG] = s.trace[2];
	page_free(&p);
	draw(&p, &plain80, &s);
	ck_assert_uint_eq(times(p.text, "segments more"), 0);
	page_free(&p);
}
END_TEST

/* Ours is in the evidence where it was decided on, and left after the peer's had come. */
START_TEST(rows_are_in_the_order_of_the_wire)
{
	struct sample s;
	struct page p;

	sample_fail(&s);
	s.trace[2].time_ns = s.trace[3].time_ns + 100000;
	draw(&p, &plain80, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "  0.001000  +100 us               |- . 1 ack 1 win 65535"));
	ck_assert(strstr(p.text, "0.000900") < strstr(p.text, "0.001000"));
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
	ck_assert_ptr_nonnull(
	    strstr(p.text, "─┤ (FIN-WAIT-1)         15: expect F. seq rcv.nxt ack snd.nxt\n"));
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

/* Steps that need not be kept are marked, and the run goes on behind them. */
START_TEST(a_warned_step_has_a_mark_of_its_own)
{
	struct sample s;
	struct page p;

	sample_warn(&s);
	draw(&p, &plain80, &s);
	page_is_tidy(&p, 80);
	ck_assert_ptr_nonnull(strstr(p.text, "\n!      16: expect retransmit"));
	ck_assert_ptr_nonnull(strstr(p.text, "\n!      20: expect R within 1s\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "  warned    the peer's timer is 30.000 s"));
	ck_assert_ptr_null(strstr(p.text, "\nx"));
	page_free(&p);
	draw(&p, &fancy140, &s);
	page_is_tidy(&p, 140);
	ck_assert_ptr_nonnull(strstr(p.text, "△ 16: expect retransmit"));
	ck_assert_ptr_nonnull(strstr(p.text, "△ 20: expect R within 1s\n"));
	page_free(&p);
	/* one that ended the run, by a segment */
	s.verdict.whole = false;
	s.verdict.trace_count = 6;
	s.trace[5].wrong = true;
	s.verdict.warning_count = 1;
	draw(&p, &plain80, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "\n! 0.623360"));
	ck_assert_ptr_null(strstr(p.text, "19: send"));
	page_free(&p);
}
END_TEST

START_TEST(who_broke_a_rule_is_marked)
{
	struct sample s;
	struct page p;

	sample_pass(&s);
	sample_breach(&s, RULE_RESERVED, 4, 2);
	s.trace[4].broke = s.trace[5].broke = &rules[RULE_RESERVED];
	draw(&p, &plain80, &s);
	page_is_tidy(&p, 80);
	ck_assert_ptr_nonnull(strstr(p.text, "\nx 0.207240"));
	ck_assert_uint_eq(times(p.text, "reserved bits"), 1);
	ck_assert_uint_eq(times(p.text, "\nx"), 1);
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
	s.verdict.reason.field_count = 0;
	draw(&p, &plain80, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "\nx      15: expect F."));
	ck_assert_ptr_null(strstr(p.text, "16: "));
	page_free(&p);
	s.verdict.trace_count = 0;
	s.verdict.trace_omitted = 7;
	draw(&p, &fancy140, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "15: expect F."));
	ck_assert_ptr_nonnull(strstr(p.text, "7 segments more are not shown\n"));
	page_free(&p);
}
END_TEST

/* Told states stand at their own time, with a mark on the peer's line; what was
 * observed holds for what is inferred after it. */
START_TEST(observed_states_in_ascii)
{
	struct sample s;
	struct page p;
	struct observation *observed;

	sample_pass(&s);
	observed = sample_observation(&s, 0.25, STATE_FIN_WAIT_1, 3);
	observed->has_timer = true;
	observed->timer_ns = 360000000;
	sample_observation(&s, 1.5, STATE_CLOSED, 3);
	s.trace[6].segment.ack = s.verdict.irs + 1; /* would not have closed it */
	draw(&p, &plain80, &s);
	page_is_tidy(&p, 80);
	ck_assert_str_eq(p.text,
	                 "                     fourwave   (STATE) inferred, * STATE observed         peer\n"
	                 "                     10.203.0.1:20001                           10.203.0.2:4145\n"
	                 "       12: open\n"
	                 "  0.000004           SYN-SENT     |- S 0 win 65535 ----------->|\n"
	                 "  0.000045 +41.0 us  ESTABLISHED  |<---- S. 0 ack 1 win 64240 -| (SYN-RECEIVED)\n"
	                 "  0.000071 +26.0 us               |- . 1 ack 1 win 65535 ----->| (ESTABLISHED)\n"
	                 "       14: provoke close\n"
	                 "       15: expect F. seq rcv.nxt ack snd.nxt lost within 1s as fin\n"
	                 "  0.000900  +829 us               |  X-- F. 1 ack 1 win 64240 -| (FIN-WAIT-1)\n"
	                 "       16: expect retransmit fin lost count 2 backoff 2 +15%/-2% gives up\n"
	                 "  0.207240 +0.206 s               |  X-- F. 1 ack 1 win 64240 -| resend 1 of fin\n"
	                 "  0.250000                        |              timer 0.360 s * FIN-WAIT-1\n"
	                 "  0.623360 +0.416 s               |  X-- F. 1 ack 1 win 64240 -| resend 2 of fin\n"
	                 "  1.500000                        |                            * CLOSED\n"
	                 "       19: send . seq snd.nxt ack rcv.nxt+1\n"
	                 "  1.700000  +1.08 s               |- . 1 ack 1 win 65535 ----->|\n"
	                 "       20: expect R within 1s\n"
	                 "  1.700030 +30.0 us               |<----------- R 2 win 64240 -|\n");
	page_free(&p);
}
END_TEST

/* A step that asks has its readings, and no segment, beside it. */
START_TEST(a_failing_reading_is_marked)
{
	struct sample s;
	struct page p;

	sample_fail(&s);
	s.verdict.trace_count = 4;
	s.verdict.ended_ns = s.verdict.started_ns + 350000000;
	sample_observation(&s, 0.3, STATE_ESTABLISHED, 3);
	*sample_observation(&s, 0.35, STATE_ESTABLISHED, 3) =
	    (struct observation){.time_ns = s.verdict.ended_ns,
	                         .state = STATE_ESTABLISHED,
	                         .step = 3,
	                         .still = true,
	                         .wrong = true};
	/* what it made us send has its time as yet */
	s.trace[4] = s.trace[6];
	s.trace[s.verdict.trace_count++].time_ns = s.verdict.ended_ns;
	draw(&p, &fancy140, &s);
	page_is_tidy(&p, 140);
	ck_assert_ptr_nonnull(strstr(p.text, "fourwave          (STATE) inferred, ● STATE observed "));
	ck_assert_ptr_nonnull(strstr(p.text, "● ESTABLISHED          16: expect retransmit fin lost"));
	ck_assert_ptr_nonnull(strstr(p.text, "\n✗ 0.350000                        │ "));
	ck_assert_ptr_nonnull(strstr(p.text, " still ● ESTABLISHED\n"));
	ck_assert_ptr_null(strstr(strstr(p.text, " still ●"), "16: "));
	ck_assert_ptr_nonnull(strstr(strstr(p.text, " still ●"), "tidies"));
	page_free(&p);
}
END_TEST

/* What a step reads first, and is known, is no line of its own where it read on. */
START_TEST(what_is_known_is_not_told_again)
{
	struct sample s;
	struct page p;

	sample_pass(&s);
	sample_observation(&s, 0.24, STATE_FIN_WAIT_1, 2);
	sample_observation(&s, 0.25, STATE_FIN_WAIT_1, 3);
	sample_observation(&s, 0.26, STATE_FIN_WAIT_2, 3);
	sample_observation(&s, 0.27, STATE_FIN_WAIT_2, 4);
	draw(&p, &plain80, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "  0.240000 "));
	ck_assert_ptr_null(strstr(p.text, "  0.250000 "));
	ck_assert_ptr_nonnull(strstr(p.text, "  0.260000 "));
	ck_assert_ptr_nonnull(strstr(p.text, "  0.270000 "));
	page_free(&p);
	/* a segment that may have changed it makes it news */
	s.verdict.observation_count = 0;
	sample_observation(&s, 0.0008, STATE_ESTABLISHED, 1);
	sample_observation(&s, 0.25, STATE_FIN_WAIT_1, 3);
	sample_observation(&s, 0.26, STATE_FIN_WAIT_2, 3);
	draw(&p, &plain80, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "  0.250000 "));
	page_free(&p);
}
END_TEST

/* The answer to a probe is the reading: one line for both. */
START_TEST(a_probe_marks_its_answer)
{
	struct sample s;
	struct page p;

	sample_pass(&s);
	sample_observation(&s, 0, STATE_CLOSED, 5)->by_probe = true;
	s.observations[0].time_ns = s.trace[7].time_ns;
	s.trace[7].note.kind = NOTE_ANSWERS_PROBE;
	draw(&p, &fancy140, &s);
	page_is_tidy(&p, 140);
	ck_assert_ptr_nonnull(strstr(p.text, " R 2 win 64240 ─● CLOSED"));
	ck_assert_ptr_null(strstr(p.text, "(CLOSED)"));
	page_free(&p);
}
END_TEST

/* No end of a foreign connection is known. */
START_TEST(a_picture_has_inferred_states_only)
{
	struct sample s;
	struct page p;
	struct diag d;
	struct picture picture = {.left = "client", .right = "server", .begun = true};

	sample_pass(&s);
	picture.trace = s.trace;
	picture.count = 3;
	picture.left_isn = s.verdict.iss;
	picture.right_isn = s.verdict.irs;
	page_open(&p);
	ck_assert(ladder_draw(p.out, &plain80, &picture, &d));
	page_close(&p);
	page_is_tidy(&p, 80);
	ck_assert_str_eq(p.text,
	                 "                     client              (STATE) inferred                server\n"
	                 "                     10.203.0.1:20001                           10.203.0.2:4145\n"
	                 "  0.000000          (SYN-SENT)    |- S 0 win 65535 ----------->|\n"
	                 "  0.000041 +41.0 us (ESTABLISHED) |<---- S. 0 ack 1 win 64240 -| (SYN-RECEIVED)\n"
	                 "  0.000067 +26.0 us               |- . 1 ack 1 win 65535 ----->| (ESTABLISHED)\n");
	page_free(&p);
}
END_TEST

/* What tidies after a step that failed with no segment stands below it. */
START_TEST(steps_played_come_before_what_tidies)
{
	struct sample s;
	struct page p;

	sample_fail(&s);
	s.trace[5] = s.trace[6];
	s.verdict.trace_count = 6;
	s.verdict.step = 4;
	s.verdict.ended_ns = s.trace[5].time_ns;
	draw(&p, &plain80, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "\nx      19: send"));
	ck_assert_ptr_nonnull(strstr(strstr(p.text, "\nx      19: send"), "tidies"));
	page_free(&p);
}
END_TEST

START_TEST(every_width_is_tidy)
{
	char note[64] = "";
	struct sample s;

	sample_fail(&s);
	s.connection.local = s.connection.remote =
	    (struct addr){6, {0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
	s.connection.local.bytes[15] = 0xaa;
	s.trace[4].segment.payload_len = 1400;
	s.trace[4].segment.flags |= TCP_PSH | TCP_URG;
	memset(note, 'n', sizeof note - 1);
	s.trace[4].note = (struct note){.kind = NOTE_TEXT, .slot = -1, .text = note};
	*sample_observation(&s, 0.3, STATE_SYN_RECEIVED, 3) =
	    (struct observation){.time_ns = s.trace[4].time_ns + 1,
	                         .state = STATE_SYN_RECEIVED,
	                         .has_timer = true,
	                         .timer_ns = INT64_C(7200000000000),
	                         .step = 3,
	                         .still = true,
	                         .wrong = true};
	for (int width = 40; width < 240; width++) {
		struct style style = {.width = width, .unicode = width % 2};
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
	struct diag d = {0};
	FILE *full = fopen("/dev/full", "w");

	sample_pass(&s);
	ck_assert(!ladder_print(full, &plain80, &s.result, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No space left"));
	fclose(full);
}
END_TEST

/* --- states --- */

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
	tcase_add_test(tc, a_warned_step_has_a_mark_of_its_own);
	tcase_add_test(tc, who_broke_a_rule_is_marked);
	tcase_add_test(tc, a_step_may_fail_without_a_segment);
	tcase_add_test(tc, observed_states_in_ascii);
	tcase_add_test(tc, a_failing_reading_is_marked);
	tcase_add_test(tc, what_is_known_is_not_told_again);
	tcase_add_test(tc, a_probe_marks_its_answer);
	tcase_add_test(tc, a_picture_has_inferred_states_only);
	tcase_add_test(tc, steps_played_come_before_what_tidies);
	tcase_add_test(tc, every_width_is_tidy);
	tcase_add_test(tc, numbers_far_from_the_isn_are_absolute);
	tcase_add_test(tc, broken_writing_is_said);
	tcase_add_test(tc, rows_are_walked_in_order);
	tcase_add_test(tc, long_evidence_is_cut);
	tcase_add_test(tc, rows_are_in_the_order_of_the_wire);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
