/* The lines for people, and the words and characters below them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "report/words.h"
#include "report/pen.h"
#include "report/ladder.h"
#include "report_sample.h"

static void write_one(struct page *p, const struct text_options *o, const struct sample *s)
{
	struct diag d;

	page_open(p);
	ck_assert(text_result(p->out, o, &s->result, &d));
	page_close(p);
}

START_TEST(pass_is_a_line)
{
	struct text_options o = {.style = {.width = 120}, .name_columns = 21};
	struct sample s;
	struct page p;

	sample_pass(&s);
	write_one(&p, &o, &s);
	ck_assert_str_eq(p.text, "pass   row1-passive-retries1  IPv4  1.7 s    "
	                         "2 resends, gaps 0.206 0.416 s, gave up after 1.48 s\n");
	page_free(&p);
	o.quiet = true;
	write_one(&p, &o, &s);
	ck_assert_str_eq(p.text, "");
	page_free(&p);
}
END_TEST

START_TEST(failure_shows_its_evidence)
{
	struct text_options o = {.style = plain80, .name_columns = 21, .quiet = true};
	struct sample s;
	struct page p;

	sample_fail(&s);
	write_one(&p, &o, &s);
	page_is_tidy(&p, 80);
	ck_assert(strncmp(p.text, "fail   row1", 11) == 0);
	ck_assert_ptr_nonnull(strstr(p.text, "F. 2:2(0) ack 1 came; its"));
	ck_assert_ptr_nonnull(strstr(p.text, "measured: 1 resend"));
	ck_assert_ptr_nonnull(strstr(p.text, "<---- F. 2 ack 1"));
	ck_assert_ptr_nonnull(strstr(p.text, "  capture   captures/"));
	page_free(&p);
}
END_TEST

START_TEST(warning_is_a_line)
{
	struct text_options o = {.style = {.width = 200}, .name_columns = 11};
	struct sample s;
	struct page p;

	sample_warn(&s);
	write_one(&p, &o, &s);
	ck_assert_str_eq(p.text,
	                 "warn   row1-warned  IPv4  1.7 s    the first resend came after 0.206 s, expected "
	                 "at least 1.000 s (should, RFC 6298, 2.4)\n"
	                 "                                   warned: the peer's timer is 30.000 s, expected "
	                 "59.000 to 60.000 s (the profile linux says time_wait = 59s..60s)\n"
	                 "                                   measured: 2 resends, gaps 0.206 0.416 s, gave "
	                 "up after 1.48 s\n");
	page_free(&p);
	/* one that a segment ended */
	s.verdict.whole = false;
	write_one(&p, &o, &s);
	ck_assert_ptr_nonnull(
	    strstr(p.text, "(should, RFC 6298, 2.4); the steps behind it were not judged\n"));
	page_free(&p);
	s.verdict.whole = true;
	o.quiet = true;
	write_one(&p, &o, &s);
	ck_assert_str_eq(p.text, "");
	page_free(&p);
	/* where it counts as a failure its evidence is shown, with a mark of its own */
	o.strict = true;
	o.style.width = 100;
	write_one(&p, &o, &s);
	page_is_tidy(&p, 100);
	ck_assert_ptr_nonnull(strstr(p.text, "\n! "));
	ck_assert_ptr_null(strstr(p.text, "\nx "));
	ck_assert_ptr_nonnull(strstr(p.text, "  basis     should, RFC 6298, 2.4\n"));
	page_free(&p);
}
END_TEST

START_TEST(failure_tells_its_clause_and_its_warnings)
{
	struct text_options o = {.style = {.width = 100}};
	struct sample s;
	struct page p;

	sample_warned_fail(&s);
	write_one(&p, &o, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "its seq is 2, expected 1 (must, "));
	ck_assert_ptr_nonnull(strstr(p.text, "\n  warned    the first resend came after"));
	ck_assert_ptr_nonnull(strstr(p.text, "\n!"));
	ck_assert_ptr_nonnull(strstr(p.text, "\nx"));
	page_free(&p);
}
END_TEST

/* A step that names no clause rests on those of its scenario that come to the same. */
START_TEST(failure_rests_on_the_scenarios_clause)
{
	struct sample s;
	char text[256];
	struct basis b = {.level = LEVEL_MUST};

	sample_fail(&s);
	ck_assert_str_eq(basis_text(&s.scenario, &b, text, sizeof text),
	                 "must, RFC 6298 5.5; RFC 9293 3.10.4");
	ck_assert_ptr_null(basis_clause(&s.scenario, &b));
	s.clauses[0].level = LEVEL_SHOULD;
	s.clauses[1].level = LEVEL_STATED;
	ck_assert_str_eq(basis_text(&s.scenario, &b, text, sizeof text), "must, RFC 9293, 3.10.4");
	ck_assert_ptr_eq(basis_clause(&s.scenario, &b), &s.clauses[1]);
	ck_assert_str_eq(outcome_text(&s.result, text, sizeof text),
	                 "F. 2:2(0) ack 1 came; its seq is 2, expected 1 (must, RFC 9293, 3.10.4)");
	b.level = LEVEL_SHOULD;
	ck_assert_ptr_eq(basis_clause(&s.scenario, &b), &s.clauses[0]);
	s.scenario.clause_count = 0;
	ck_assert_str_eq(basis_text(&s.scenario, &b, text, sizeof text), "should");
	b = (struct basis){.level = LEVEL_CHOICE, .choice = "msl"};
	ck_assert_str_eq(basis_text(&s.scenario, &b, text, sizeof text), "the profile's msl");
	ck_assert_ptr_null(basis_clause(&s.scenario, &b));
}
END_TEST

START_TEST(what_could_not_be_judged_accuses_nobody)
{
	struct sample s;

	sample_pass(&s);
	sample_breach(&s, RULE_RESERVED, 1, 3);
	ck_assert_uint_eq(rule_results(&s.result, 1).count, 1);
	s.verdict.kind = VERDICT_ERROR;
	ck_assert_uint_eq(rule_results(&s.result, 1).count, 0);
}
END_TEST

START_TEST(rule_is_a_row)
{
	struct text_options o = {.style = {.width = 120}, .verbose = true};
	struct rule_results broken;
	struct sample s;
	struct page p;
	struct diag d;

	sample_pass(&s);
	sample_breach(&s, RULE_RESERVED, 1, 3);
	write_one(&p, &o, &s);
	ck_assert(strncmp(p.text, "pass   row1", 11) == 0);
	ck_assert_ptr_nonnull(strstr(p.text, "\nx 0.000045"));
	ck_assert_ptr_nonnull(strstr(p.text, "reserved bits"));
	page_free(&p);
	broken = rule_results(&s.result, 1);
	ck_assert_uint_eq(broken.count, 1);
	page_open(&p);
	ck_assert(text_rule(p.out, &o, &broken.list[0], &d));
	page_close(&p);
	ck_assert_str_eq(p.text,
	                 "fail   rfc9293-3.1-reserved  a segment has reserved bits set, and they must be "
	                 "zero (stated, RFC 9293, 3.1)\n"
	                 "         in 1 run, 3 times; first in row1-passive-retries1 (IPv4): "
	                 "S. 0 ack 1 win 64240\n");
	page_free(&p);
}
END_TEST

START_TEST(skip_and_error_say_why)
{
	struct text_options o = {.style = plain80};
	struct sample s;
	struct page p;

	sample_pass(&s);
	s.verdict.measure_count = 0;
	s.verdict.trace_count = 0;
	s.verdict.kind = VERDICT_SKIP;
	s.verdict.reason = reason_text_of(CODE_HOST, "no agent");
	write_one(&p, &o, &s);
	ck_assert_str_eq(p.text, "skip   row1-passive-retries1  IPv4  no agent\n");
	page_free(&p);
	s.verdict.kind = VERDICT_ERROR;
	s.verdict.reason = reason_text_of(CODE_HOST, "our own kernel sent RST: polluted");
	s.result.capture = "x.pcap";
	write_one(&p, &o, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "error"));
	ck_assert_ptr_nonnull(strstr(p.text, "polluted\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "capture   x.pcap\n"));
	page_free(&p);
}
END_TEST

START_TEST(summary_counts)
{
	struct text_options o = {.style = plain80};
	struct tally t = {0};
	struct rule_results broken;
	struct sample s;
	struct page p;
	struct diag d;

	sample_pass(&s);
	tally_add(&t, &s.result);
	tally_add(&t, &s.result);
	s.verdict.kind = VERDICT_NONE;
	tally_add(&t, &s.result);
	sample_fail(&s);
	tally_add(&t, &s.result);
	page_open(&p);
	ck_assert(text_summary(p.out, &o, &t, 12.345, &d));
	page_close(&p);
	ck_assert_str_eq(p.text, "2 passed, 1 failed, 0 skipped, 1 error in 12.3 s\n");
	page_free(&p);
	sample_warn(&s);
	tally_add(&t, &s.result);
	sample_breach(&s, RULE_RESERVED, 1, 3);
	broken = rule_results(&s.result, 1);
	tally_add_rules(&t, &broken);
	page_open(&p);
	ck_assert(text_summary(p.out, &o, &t, 12.345, &d));
	page_close(&p);
	ck_assert_str_eq(p.text, "2 passed, 1 warned, 2 failed, 0 skipped, 1 error in 12.3 s\n");
	page_free(&p);
}
END_TEST

START_TEST(nothing_reaches_a_terminal_unescaped)
{
	struct text_options o = {.style = plain80, .verbose = true};
	struct sample s;
	struct page p;

	sample_fail(&s);
	s.scenario.file = "d/\x1b]0;x\x07.wave";
	s.steps[3].where.file = s.scenario.file;
	s.steps[3].text = "expect \xe2\x80\xae \xc2\x9b \xff";
	strcpy(s.verdict.reason.text, "\x1b[2J\r");
	s.trace[5].note = (struct note){.kind = NOTE_TEXT, .slot = -1, .text = "\b\b\x7f"};
	s.verdict.reason.fields[0].got = datum_notation("\x1b[31m");
	s.result.capture = "a\nb";
	write_one(&p, &o, &s);
	page_is_tidy(&p, 200);
	ck_assert_ptr_nonnull(strstr(p.text, "\\x1b]0;x\\x07"));
	ck_assert_ptr_nonnull(strstr(p.text, "expect \\u202e \\u009b \\xff"));
	ck_assert_ptr_nonnull(strstr(p.text, "\\x1b[2J\\r"));
	ck_assert_ptr_nonnull(strstr(p.text, "a\\nb"));
	page_free(&p);
	/* nor where Unicode is welcome */
	o.style = fancy140;
	write_one(&p, &o, &s);
	page_is_tidy(&p, 200);
	ck_assert_ptr_null(strstr(p.text, "\xe2\x80\xae"));
	ck_assert_ptr_null(strstr(p.text, "\xc2\x9b"));
	page_free(&p);
}
END_TEST

START_TEST(broken_writing_is_said)
{
	struct text_options o = {.style = plain80};
	struct sample s;
	struct diag d = {0};
	FILE *full = fopen("/dev/full", "w");

	sample_fail(&s);
	ck_assert(!text_result(full, &o, &s.result, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No space left"));
	fclose(full);
}
END_TEST

static void two_series(struct sample *s)
{
	s->steps[4] = (struct step){.kind = STEP_RETRANSMIT, .text = "", .series = {.slot = 1, .with = -1}};
}

START_TEST(measures_in_words)
{
	static const struct {
		enum measure_kind kind;
		int step;
		unsigned count;
		double values[8];
		const char *text, *brief;
	} cases[] = {
	    {MEASURE_RESENDS, 3, 1, {1}, "1 resend", "1 resend"},
	    {MEASURE_RESENDS, 3, 1, {4}, "4 resends", "4 resends"},
	    {MEASURE_GAPS,
	     3,
	     4,
	     {.206, .416, .84, 1.666},
	     "gaps 0.206 0.416 0.840 1.67 s",
	     "gaps 0.21 0.42 0.84 1.7 s"},
	    {MEASURE_GAPS,
	     3,
	     8,
	     {.206, .416, .84, 1.666, 3.3, 6.6, 13, 26.5},
	     "gaps 0.206 0.416 0.840 1.67 3.30 6.60 13.0 26.5 s",
	     "gaps 0.21 0.42 0.84 1.7 .. 26 s"},
	    {MEASURE_GAVE_UP, 3, 1, {106.54}, "gave up after 107 s", "gave up after 107 s"},
	    {MEASURE_STATE,
	     -1,
	     2,
	     {STATE_FIN_WAIT_2, STATE_CLOSED},
	     "state FIN-WAIT-2, CLOSED",
	     "state FIN-WAIT-2, CLOSED"},
	    {MEASURE_ANSWER, -1, 1, {.0412}, "answered after 41.2 ms", "answered within 41 ms"},
	    {MEASURE_TIMER, -1, 1, {59.7}, "timer 59.7 s", "timer 60 s"},
	    {MEASURE_ANSWER, -1, 2, {.0412, .0029}, "answered after 41.2 2.90 ms", "answered within 41 ms"},
	    {MEASURE_ANSWER,
	     -1,
	     5,
	     {.000041, .000029, .00003, .00004, .00005},
	     "5 answers, after 29.0 to 50.0 us",
	     "answered at once"},
	    {MEASURE_CLOSED_AFTER, -1, 1, {3.14}, "CLOSED after 3.14 s", "CLOSED after 3.1 s"},
	    {MEASURE_STATES_NOT_OBSERVABLE,
	     -1,
	     2,
	     {12, 14},
	     "state not observable (line 12 14)",
	     "state not observable (line 12 14)"},
	    {MEASURE_GAPS, 4, 1, {.206}, "gaps 0.206 s (fin2)", "gaps 0.21 s (fin2)"},
	    {MEASURE_INTERVAL, 5, 1, {.000041}, "fin to ack2 41.0 us", "fin to ack2 41 us"},
	    {MEASURE_GAPS, 3, 0, {0}, "gaps none", "gaps none"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sample s;
		char text[256];

		sample_pass(&s);
		s.verdict.measure_count = 0;
		two_series(&s);
		s.steps[5] = (struct step){.kind = STEP_INTERVAL, .text = "", .from = 0, .to = 2};
		sample_measure(&s, cases[i].kind, cases[i].step, cases[i].count, cases[i].values);
		ck_assert_str_eq(measures_text(&s.result, 3, false, text, sizeof text), cases[i].text);
		ck_assert_str_eq(measures_text(&s.result, 2, true, text, sizeof text), cases[i].brief);
		/* a small buffer cuts */
		ck_assert_uint_eq(strlen(measures_text(&s.result, 3, false, text, 6)), 5);
	}
}
END_TEST

/* As the engine takes them: the gaps first, then how it ended. */
START_TEST(a_series_is_said_in_order)
{
	static const double gaps[] = {.206, .416}, two = 2, three = 3, up = 1.48, last = .62, quick = .00004;
	struct sample s;
	char text[256];

	sample_pass(&s);
	two_series(&s);
	s.verdict.measure_count = 0;
	sample_measure(&s, MEASURE_HANDSHAKE, -1, 1, &quick);
	sample_measure(&s, MEASURE_GAPS, 3, 2, gaps);
	sample_measure(&s, MEASURE_GAVE_UP, 3, 1, &up);
	sample_measure(&s, MEASURE_RESENDS, 3, 1, &two);
	sample_measure(&s, MEASURE_LAST_RESEND, 3, 1, &last);
	sample_measure(&s, MEASURE_GAPS, 4, 2, gaps);
	sample_measure(&s, MEASURE_RESENDS, 4, 1, &three);
	sample_measure(&s, MEASURE_LAST_RESEND, 4, 1, &last);
	ck_assert_str_eq(measures_text(&s.result, 2, true, text, sizeof text),
	                 "2 resends, gaps 0.21 0.42 s, gave up after 1.5 s, "
	                 "3 resends (fin2), gaps 0.21 0.42 s, the last after 0.62 s");
}
END_TEST

START_TEST(utf8_is_checked)
{
	static const struct {
		const char *text;
		int columns;
		const char *clean;
	} cases[] = {
	    {"plain", 5, "plain"},
	    {"\xe6\xb3\xa2", 2, "\xe6\xb3\xa2"},
	    {"e\xcc\x81", 1, "e\xcc\x81"},
	    {"\xc0\x80", 8, "\\xc0\\x80"},
	    {"\xed\xa0\x80", 12, "\\xed\\xa0\\x80"},
	    {"\xf4\x90\x80\x80", 16, "\\xf4\\x90\\x80\\x80"},
	    {"\xe6\xb3", 8, "\\xe6\\xb3"},
	    {"\xe2\x80\x8b", 6, "\\u200b"},
	    {"\xf3\xa0\x80\x81", 10, "\\U000e0001"},
	    {"\t", 2, "\\t"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *at = cases[i].text;
		char all[64] = "", out[CLEAN_BYTES];

		ck_assert_int_eq(clean_columns(at, true), cases[i].columns);
		while (*at) {
			clean_char(&at, true, out);
			strcat(all, out);
		}
		ck_assert_str_eq(all, cases[i].clean);
	}
	ck_assert_int_eq(clean_columns("\xe6\xb3\xa2", false), 6);
}
END_TEST

START_TEST(pen_cuts_and_wraps)
{
	struct style style = {.width = 10};
	struct page page;
	struct pen p;
	struct diag d;

	page_open(&page);
	pen_init(&p, page.out, &style);
	pen_to(&p, 2);
	pen_wrap(&p, 4, "one two three aLongWordThatIsLeft x ");
	pen_line(&p);
	pen_cut(&p, "abcdefgh", 5);
	pen_to(&p, 9);
	pen_line(&p);
	ck_assert(pen_done(&p, &d));
	page_close(&page);
	ck_assert_str_eq(page.text, "  one two\n    three\n    aLongWordThatIsLeft\n    x\nabc..\n");
	page_free(&page);
	ck_assert_uint_eq(pen_fit("one two", 5, false), 3);
	ck_assert_uint_eq(pen_fit("one two", 7, false), 7);
	ck_assert_uint_eq(pen_fit("onetwo", 4, false), 4);
	ck_assert_uint_eq(pen_fit("\x1b", 1, false), 1);
}
END_TEST

START_TEST(style_follows_the_environment)
{
	int pipes[2];

	ck_assert_int_eq(pipe(pipes), 0);
	setenv("LC_ALL", "C", 1);
	unsetenv("COLUMNS");
	ck_assert(!style_detect(pipes[1], COLOR_AUTO, false).unicode);
	ck_assert_int_eq(style_detect(pipes[1], COLOR_AUTO, false).width, 80);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("COLUMNS", "132", 1);
	ck_assert(style_detect(pipes[1], COLOR_AUTO, false).unicode);
	ck_assert(!style_detect(pipes[1], COLOR_AUTO, true).unicode);
	ck_assert(!style_detect(pipes[1], COLOR_AUTO, false).color);
	ck_assert(style_detect(pipes[1], COLOR_ALWAYS, false).color);
	ck_assert(!style_detect(pipes[1], COLOR_NEVER, false).color);
	ck_assert_int_eq(style_detect(pipes[1], COLOR_AUTO, false).width, 132);
	setenv("COLUMNS", "7", 1);
	ck_assert_int_eq(style_detect(pipes[1], COLOR_AUTO, false).width, STYLE_WIDTH_MIN);
	close(pipes[0]);
	close(pipes[1]);
}
END_TEST

START_TEST(colours_end_with_their_line)
{
	struct text_options o = {.style = {.width = 80, .color = true}};
	struct sample s;
	struct page p;
	const char *at;

	sample_fail(&s);
	write_one(&p, &o, &s);
	ck_assert_ptr_nonnull(strstr(p.text, "\033[1;31mfail\033[0m"));
	for (at = p.text; (at = strchr(at, '\n')); at++) {
		const char *on = at, *reset;

		while (on > p.text && on[-1] != '\n' && *on != '\033')
			on--;
		reset = *on == '\033' ? on : NULL;
		ck_assert(!reset || strncmp(reset, "\033[0m", 4) == 0);
	}
	page_free(&p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tc = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, pass_is_a_line);
	tcase_add_test(tc, failure_shows_its_evidence);
	tcase_add_test(tc, warning_is_a_line);
	tcase_add_test(tc, failure_tells_its_clause_and_its_warnings);
	tcase_add_test(tc, failure_rests_on_the_scenarios_clause);
	tcase_add_test(tc, what_could_not_be_judged_accuses_nobody);
	tcase_add_test(tc, rule_is_a_row);
	tcase_add_test(tc, skip_and_error_say_why);
	tcase_add_test(tc, summary_counts);
	tcase_add_test(tc, nothing_reaches_a_terminal_unescaped);
	tcase_add_test(tc, broken_writing_is_said);
	tcase_add_test(tc, measures_in_words);
	tcase_add_test(tc, a_series_is_said_in_order);
	tcase_add_test(tc, utf8_is_checked);
	tcase_add_test(tc, pen_cuts_and_wraps);
	tcase_add_test(tc, style_follows_the_environment);
	tcase_add_test(tc, colours_end_with_their_line);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
