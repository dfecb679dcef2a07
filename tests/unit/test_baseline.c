/* Baselines: the reader and its messages, what of a run is known, what is gone, the file written anew, and
 * how the reports have it. */
#include "report/baseline.h"

#include <stdio.h>
#include <string.h>

#include "report/formats.h"
#include "report/ladder.h"
#include "report/words.h"
#include "report_sample.h"
#include "suite.h"

enum { RESULTS = 6, FAMILIES = FAMILY_IPV4 | FAMILY_IPV6 };

/* A run: results made of samples. */
static struct sample samples[RESULTS];
static struct result results[RESULTS];
static size_t count;
static struct rule_results broken;

static struct messages *messages;
static struct baseline *baseline;

static void setup(void)
{
	messages = messages_new();
	baseline = NULL;
	count = 0;
	broken.count = 0;
}

static void teardown(void)
{
	baseline_free(baseline);
	messages_free(messages);
}

static void read_good(const char *text)
{
	baseline_free(baseline);
	baseline = baseline_parse("known", text, strlen(text), messages);
	ck_assert_msg(baseline, "%s",
	              messages_count(messages) ? messages_at(messages, 0)->diag.text : "no message");
}

/* The next result is so, of that family. */
static struct sample *add(void (*make)(struct sample *), int family, const char *file)
{
	struct sample *s = &samples[count++];

	make(s);
	s->result.family = family;
	s->scenario.file = file;
	return s;
}

/* What came of the run. */
static void play(void)
{
	for (size_t i = 0; i < count; i++)
		results[i] = samples[i].result;
	broken = rule_results(results, count);
	for (size_t i = 0; i < count; i++)
		results[i].known = baseline_knows(baseline, &results[i]);
	for (size_t i = 0; i < broken.count; i++)
		broken.list[i].known = baseline_knows_rule(baseline, &broken.list[i]);
}

static void is_gone(const char *wanted)
{
	struct gone_list gone;
	char all[2048] = "", text[512];

	play();
	gone = baseline_gone(baseline, results, count, &broken);
	for (size_t i = 0; i < gone.count; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%d %s\n", gone.list[i].where.line,
		         gone_text(&gone.list[i], text, sizeof text));
	free(gone.list);
	ck_assert_str_eq(all, wanted);
}

static void is_written(const char *wanted)
{
	struct page p;
	struct diag d;

	play();
	page_open(&p);
	ck_assert(baseline_write(p.out, baseline, results, count, &broken, &d));
	page_close(&p);
	ck_assert_str_eq(p.text, wanted);
	page_free(&p);
}

/* --- the reader --- */

static const struct {
	const char *text, *said;
	int line, column;
} mistakes[] = {
    {"a ipv4 gap", "a line is SCENARIO FAMILY CODE CLAUSE, and behind it # REASON", 1, 10},
    {"a\n", "a line is SCENARIO FAMILY CODE CLAUSE, and behind it # REASON", 1, 1},
    {"a ipv4 gap - more # why", "a line is SCENARIO FAMILY CODE CLAUSE, and behind it # REASON", 1, 14},
    {"\n\xc3\xa4 ip4 gap -", "'ip4' is no family: ipv4, ipv6 or both; did you mean 'ipv4'?", 2, 3},
    {"a both gpa -", "unknown code 'gpa' (fourwave(1) lists them under CODES); did you mean 'gap'?", 1, 8},
    {"a both no-answer -",
     "'no-answer' is a code of what was skipped or could not be judged; only what failed or was warned about "
     "can be known",
     1, 8},
    {"a both gap rfc",
     "'rfc' is no clause: rfc9293-3.10.7.4, choice-NAME (a profile's value), or - where it "
     "is not one alone",
     1, 12},
    {"a both gap rfc9293-",
     "'rfc9293-' is no clause: rfc9293-3.10.7.4, choice-NAME (a profile's value), or - "
     "where it is not one alone",
     1, 12},
    {"a both gap choice-time_weit", "no profile has a value 'time_weit'; did you mean 'time_wait'?", 1, 12},
    {"rule:rfc9293-3.2-msss both - rfc9293-3.2",
     "there is no rule 'rfc9293-3.2-msss' (fourwave(1) lists them under RULES); did you mean "
     "'rfc9293-3.2-mss'?",
     1, 1},
    {"rule:rfc9293-3.2-mss both - rfc9293-3.1", "the clause of that rule is rfc9293-3.2", 1, 29},
    {"a ipv6 gap - # x\n# c\n  a both gap - # x", "this is known already", 3, 3},
    {"rule:rfc9293-3.2-mss ipv4 - rfc9293-3.2\nrule:rfc9293-3.2-mss ipv4 a rfc9293-3.2",
     "this is known already", 2, 1},
    {"a ipv4 gap \xff", "is no text: binary (not UTF-8)", 0, 0},
};

START_TEST(mistakes_have_their_place)
{
	const char *text = mistakes[_i].text;
	const struct message *m;

	ck_assert_ptr_null(baseline_parse("known", text, strlen(text), messages));
	ck_assert_uint_eq(messages_errors(messages), 1);
	m = messages_at(messages, 0);
	ck_assert_str_eq(m->diag.text, mistakes[_i].said);
	ck_assert_str_eq(m->diag.where.file, "known");
	ck_assert_int_eq(m->diag.where.line, mistakes[_i].line);
	ck_assert_int_eq(m->diag.where.column, mistakes[_i].column);
}
END_TEST

START_TEST(what_is_right_is_taken)
{
	read_good("");
	read_good("# a comment\n\n \t\n  a\tboth  gap  -\r\n"
	          "a ipv4 gap rfc1\na ipv6 gap rfc1#x\nb ipv4 gap -\na both gap rfc1-Appendix\\x20A\n"
	          "a both gap choice-time_wait # a # b\nrule:rfc9293-3.2-mss ipv4 - rfc9293-3.2");
	read_good("rule:rfc9293-3.2-mss ipv4 - rfc9293-3.2\nrule:rfc9293-3.2-mss ipv6 a rfc9293-3.2\n");
	ck_assert_uint_eq(messages_count(messages), 0);
}
END_TEST

/* --- what is known --- */

static const char *known(const char *text, const struct sample *s)
{
	read_good(text);
	return baseline_knows(baseline, &s->result);
}

START_TEST(an_entry_is_of_its_family_code_and_clause)
{
	struct sample *s = add(sample_fail, 4, "dir/x.wave");

	ck_assert_str_eq(known("x ipv4 wrong-segment - # why\n", s), "why");
	ck_assert_str_eq(known("x both wrong-segment - #why  \n", s), "why");
	ck_assert_str_eq(known("x both wrong-segment -\n", s), "");
	ck_assert_str_eq(known("x both wrong-segment - # TODO: why\n", s), "");
	ck_assert_ptr_null(known("x ipv6 wrong-segment - # why\n", s));
	ck_assert_ptr_null(known("y ipv4 wrong-segment - # why\n", s));
	ck_assert_ptr_null(known("x ipv4 gap - # why\n", s));
	ck_assert_ptr_null(known("x ipv4 wrong-segment rfc6298-5.5 # why\n", s));
	ck_assert_ptr_null(baseline_knows(NULL, &s->result));
	s->verdict.basis.clause = (struct clause){.rfc = 6298, .section = "5.5"};
	ck_assert_str_eq(known("x ipv4 wrong-segment rfc6298-5.5 # why\n", s), "why");
	ck_assert_ptr_null(known("x ipv4 wrong-segment - # why\n", s));
	s->result.family = 6;
	ck_assert_ptr_null(known("x ipv4 wrong-segment rfc6298-5.5 # why\n", s));
	/* where it is the only one of its scenario */
	s->verdict.basis.clause.rfc = 0;
	s->scenario.clause_count = 1;
	ck_assert_str_eq(known("x both wrong-segment rfc6298-5.5 # why\n", s), "why");
	s->scenario.file = "an odd:name#.wave";
	ck_assert_str_eq(known("an\\x20odd\\x3aname\\x23 both wrong-segment rfc6298-5.5 # why\n", s), "why");
}
END_TEST

#define GAP "x both first-gap rfc6298-2.4 # the gap\n"
#define TIMER "x both state-timer choice-time_wait # the timer\n"

START_TEST(all_of_a_verdict_must_be_known)
{
	struct sample *s = add(sample_warn, 4, "x.wave"), *failed = add(sample_warned_fail, 4, "x.wave");

	ck_assert_str_eq(known(GAP TIMER, s), "the gap; the timer");
	ck_assert_str_eq(known("x both first-gap rfc6298-2.4 # issue 12\n"
	                       "x both state-timer choice-time_wait # issue 12\n",
	                       s),
	                 "issue 12");
	ck_assert_str_eq(known("x both first-gap rfc6298-2.4 # issue 12\n"
	                       "x both state-timer choice-time_wait # issue 1\n",
	                       s),
	                 "issue 12; issue 1");
	ck_assert_str_eq(known("x both first-gap rfc6298-2.4 # an issue\n"
	                       "x both state-timer choice-time_wait # issue\n",
	                       s),
	                 "an issue; issue");
	ck_assert_ptr_null(known(GAP, s));
	ck_assert_ptr_null(known(TIMER, s));
	ck_assert_str_eq(known("x ipv4 wrong-segment rfc9293-3.10.7.4 # it\n" GAP, failed), "it; the gap");
	ck_assert_ptr_null(known("x ipv4 wrong-segment rfc9293-3.10.7.4 # it\n", failed));
	ck_assert_ptr_null(known(GAP, failed));
}
END_TEST

START_TEST(what_is_no_deviation_is_not_known)
{
	struct sample *s = add(sample_fail, 4, "x.wave");
	static const enum verdict_kind kinds[] = {VERDICT_NONE, VERDICT_PASS, VERDICT_SKIP, VERDICT_ERROR};

	read_good("x both wrong-segment - # why\n");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		s->verdict.kind = kinds[i];
		ck_assert_ptr_null(baseline_knows(baseline, &s->result));
	}
}
END_TEST

START_TEST(a_rule_is_known_in_each_family_that_broke_it)
{
	sample_breach(add(sample_pass, 4, "x.wave"), RULE_MSS, 4, 1);
	sample_breach(add(sample_pass, 6, "y.wave"), RULE_MSS, 4, 1);
	read_good("rule:rfc9293-3.2-mss both - rfc9293-3.2 # old\n");
	play();
	ck_assert_uint_eq(broken.count, 1);
	ck_assert_uint_eq(broken.list[0].families, FAMILIES);
	ck_assert_str_eq(broken.list[0].known, "old");
	read_good("rule:rfc9293-3.2-mss ipv4 - rfc9293-3.2 # old\n");
	play();
	ck_assert_ptr_null(broken.list[0].known);
	samples[1].verdict.kind = VERDICT_ERROR;
	play();
	ck_assert_str_eq(broken.list[0].known, "old");
	read_good("rule:rfc9293-3.1-reserved both - rfc9293-3.1 # old\n");
	play();
	ck_assert_ptr_null(broken.list[0].known);
}
END_TEST

START_TEST(known_is_counted_apart)
{
	struct tally t = {0};

	add(sample_pass, 4, "x.wave");
	sample_breach(add(sample_fail, 4, "y.wave"), RULE_MSS, 4, 1);
	add(sample_fail, 6, "y.wave");
	read_good("y ipv4 wrong-segment -\nrule:rfc9293-3.2-mss both - rfc9293-3.2\n");
	play();
	for (size_t i = 0; i < count; i++)
		tally_add(&t, &results[i]);
	tally_add_rules(&t, &broken);
	ck_assert_uint_eq(t.passed, 1);
	ck_assert_uint_eq(t.failed, 1);
	ck_assert_uint_eq(t.known, 2);
}
END_TEST

/* --- what is gone --- */

#define FAIL_X "x both wrong-segment - # why\n"

START_TEST(what_was_played_and_did_not_come_is_gone)
{
	add(sample_pass, 4, "x.wave");
	add(sample_pass, 6, "other.wave");
	read_good("# c\n" FAIL_X "z both gap -\n");
	is_gone("2 x (IPv4): wrong-segment does not come any more\n");
	add(sample_pass, 6, "x.wave");
	is_gone("2 x (IPv4, IPv6): wrong-segment does not come any more\n");
	read_good("x ipv6 gap rfc6298-5.5\n");
	is_gone("1 x (IPv6): gap, rfc6298-5.5, does not come any more\n");
}
END_TEST

START_TEST(what_was_not_judged_is_not_gone)
{
	static const enum verdict_kind kinds[] = {VERDICT_NONE, VERDICT_SKIP, VERDICT_ERROR};
	struct sample *s = add(sample_pass, 4, "x.wave");

	read_good(FAIL_X);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		s->verdict.kind = kinds[i];
		is_gone("");
	}
	/* of several plays, too */
	add(sample_pass, 4, "x.wave");
	is_gone("");
	s->verdict.kind = VERDICT_PASS;
	is_gone("1 x (IPv4): wrong-segment does not come any more\n");
}
END_TEST

START_TEST(with_repeat_it_may_come_in_any_play)
{
	add(sample_pass, 4, "x.wave");
	add(sample_fail, 4, "x.wave");
	add(sample_pass, 4, "x.wave");
	read_good(FAIL_X);
	is_gone("");
	ck_assert_ptr_nonnull(results[1].known);
}
END_TEST

START_TEST(what_is_behind_something_new_is_not_gone)
{
	struct sample *s = add(sample_fail, 4, "x.wave");

	read_good("x ipv4 gap - # behind it\n");
	is_gone("");
	/* what is known ends the same play: nothing new keeps it from coming */
	read_good("x ipv4 gap - # before it\n" FAIL_X);
	is_gone("1 x (IPv4): gap does not come any more\n");
	/* all steps were played */
	s->verdict.whole = true;
	read_good("x ipv4 gap - # before it\n");
	is_gone("1 x (IPv4): gap does not come any more\n");
}
END_TEST

START_TEST(a_choice_that_the_profile_leaves_open_is_not_gone)
{
	static const struct used_value open = {"time_wait", "0s..forever", NULL};
	struct sample *s = add(sample_pass, 4, "x.wave");

	read_good(TIMER);
	is_gone("1 x (IPv4): state-timer, choice-time_wait, does not come any more\n");
	s->scenario.values = &open;
	is_gone("");
}
END_TEST

START_TEST(a_rule_is_gone_with_its_scenario)
{
	struct sample *s = add(sample_pass, 4, "x.wave");

	read_good("rule:rfc9293-3.2-mss both y rfc9293-3.2\nrule:rfc9293-3.1-reserved both - rfc9293-3.1\n");
	is_gone("");
	s->scenario.file = "y.wave";
	is_gone("1 rule:rfc9293-3.2-mss (IPv4): not broken any more\n");
	/* another run breaks it */
	sample_breach(add(sample_pass, 4, "z.wave"), RULE_MSS, 4, 1);
	is_gone("");
	add(sample_pass, 6, "y.wave");
	is_gone("1 rule:rfc9293-3.2-mss (IPv6): not broken any more\n");
}
END_TEST

/* --- the file written anew --- */

#define HEAD                                                                                                 \
	"# What is known of this peer, and does not count: fourwave(1), BASELINE.\n"                         \
	"# SCENARIO FAMILY CODE CLAUSE  # REASON\n"
#define NEW_X "x both wrong-segment -  # TODO: why\n"

START_TEST(a_first_file_has_all)
{
	add(sample_pass, 4, "passes.wave");
	add(sample_fail, 4, "x.wave");
	sample_breach(add(sample_warn, 4, "warned.wave"), RULE_MSS, 4, 1);
	add(sample_fail, 6, "x.wave");
	sample_breach(add(sample_warned_fail, 6, "an odd one.wave"), RULE_MSS, 4, 1);
	add(sample_fail, 6, "error.wave")->verdict.kind = VERDICT_ERROR;
	is_written(HEAD "x                    both wrong-segment -                 # TODO: why\n"
	                "warned               ipv4 first-gap     rfc6298-2.4       # TODO: why\n"
	                "warned               ipv4 state-timer   choice-time_wait  # TODO: why\n"
	                "an\\x20odd\\x20one     ipv6 wrong-segment rfc9293-3.10.7.4  # TODO: why\n"
	                "an\\x20odd\\x20one     ipv6 first-gap     rfc6298-2.4       # TODO: why\n"
	                "rule:rfc9293-3.2-mss both warned        rfc9293-3.2       # TODO: why\n");
}
END_TEST

/* Written, read, and played again: all is known, nothing is gone, and it is written as it is. */
START_TEST(what_was_written_is_read)
{
	struct page p;
	struct diag d;

	sample_breach(add(sample_fail, 4, "x y#z:\\.wave"), RULE_MSS, 4, 1);
	add(sample_warned_fail, 6, "\xc3\xa4\xff.wave");
	add(sample_warn, 4, "w.wave");
	samples[2].warnings[0].basis.clause = (struct clause){.rfc = 793, .section = "p. 37 # 1"};
	play();
	page_open(&p);
	ck_assert(baseline_write(p.out, NULL, results, count, &broken, &d));
	page_close(&p);
	read_good(p.text);
	is_gone("");
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(results[i].known, "");
	ck_assert_str_eq(broken.list[0].known, "");
	is_written(p.text);
	page_free(&p);
}
END_TEST

START_TEST(an_older_file_keeps_what_stays)
{
	add(sample_fail, 4, "x.wave");
	add(sample_fail, 6, "x.wave");
	add(sample_pass, 4, "y.wave");
	add(sample_fail, 4, "e.wave")->verdict.kind = VERDICT_ERROR;
	read_good("# ours\n"
	          "x   ipv4   wrong-segment - # issue 12\n"
	          "y both gap - # half of it\n"
	          "\n"
	          "y ipv4 gap rfc1 # gone\n"
	          "e both gap rfc1\n"
	          "never both gap rfc1 # not played");
	is_written("# ours\n"
	           "x   ipv4   wrong-segment - # issue 12\n"
	           "y ipv6 gap -  # half of it\n"
	           "\n"
	           "e both gap rfc1  # TODO: why\n"
	           "never both gap rfc1 # not played\n"
	           "x ipv6 wrong-segment -  # TODO: why\n");
}
END_TEST

START_TEST(something_new_takes_the_place_of_the_old)
{
	add(sample_fail, 4, "x.wave");
	read_good("x ipv4 gap - # behind it\n");
	is_written("x ipv4 wrong-segment -  # TODO: why\n");
}
END_TEST

/* --- reports --- */

static void is_told(struct page *p, const char *wanted)
{
	page_close(p);
	ck_assert_str_eq(p->text, wanted);
	page_free(p);
	page_open(p);
}

START_TEST(people_read_that_it_is_known)
{
	struct text_options o = {.style = plain80, .strict = true};
	struct gone gone = {{"dir/known", 3, 1}, "x", "gap", "-", FAMILY_IPV6};
	struct tally t = {.passed = 1, .known = 2, .gone = 1, .skipped = 3};
	struct page p;
	struct diag d;

	sample_breach(add(sample_fail, 4, "x.wave"), RULE_MSS, 4, 1);
	read_good("x both wrong-segment - # issue 12\nrule:rfc9293-3.2-mss both - rfc9293-3.2\n");
	play();
	page_open(&p);
	ck_assert(text_result(p.out, &o, &results[0], &d));
	is_told(&p, "known  x  IPv4  0.62 s  F. 2:2(0) ack 1 came; its seq is 2, expected 1\n"
	            "                        known: issue 12\n"
	            "                        measured: 1 resend, gaps 0.206 s\n");
	ck_assert(text_rule(p.out, &o, &broken.list[0], &d));
	is_told(&p, "known  rfc9293-3.2-mss  a segment has an MSS, which belongs into a SYN alone\n"
	            "         (must, RFC 9293, 3.2)\n"
	            "         in 1 run, 1 time; first in x (IPv4): F. 1 ack 1 win 64240\n"
	            "         known: in the baseline, which does not say why\n");
	ck_assert(text_gone(p.out, &o, &gone, &d));
	is_told(&p, "gone: dir/known:3: x (IPv6): gap does not come any more\n");
	ck_assert(text_summary(p.out, &o, &t, 1, &d));
	is_told(&p, "1 passed, 0 failed, 2 known, 1 gone, 3 skipped, 0 errors in 1.00 s\n");
	o.quiet = true;
	ck_assert(text_result(p.out, &o, &results[0], &d));
	ck_assert(text_rule(p.out, &o, &broken.list[0], &d));
	is_told(&p, "");
	ck_assert(text_gone(p.out, &o, &gone, &d));
	is_told(&p, "gone: dir/known:3: x (IPv6): gap does not come any more\n");
	o.strict = false;
	ck_assert(text_gone(p.out, &o, &gone, &d));
	is_told(&p, "");
	o.quiet = false;
	o.verbose = true;
	ck_assert(text_result(p.out, &o, &results[0], &d));
	page_close(&p);
	ck_assert_ptr_nonnull(strstr(p.text, "expect retransmit"));
	page_free(&p);
}
END_TEST

START_TEST(tap_has_a_todo)
{
	struct gone gone = {{"k#n", 3, 1}, "x", "gap", "-", FAMILY_IPV6};
	struct page p;
	struct diag d;

	sample_breach(add(sample_warn, 4, "x.wave"), RULE_MSS, 4, 1);
	read_good(GAP TIMER "rule:rfc9293-3.2-mss both - rfc9293-3.2 # see #3\n");
	play();
	page_open(&p);
	ck_assert(tap_result(p.out, 1, &results[0], false, &d));
	ck_assert(tap_rule(p.out, 2, &broken.list[0], true, &d));
	page_close(&p);
	ck_assert(strncmp(p.text, "not ok 1 - x (IPv4) # TODO the gap; the timer\n  ---\n", 51) == 0);
	ck_assert_ptr_nonnull(strstr(p.text, "  known: \"the gap; the timer\"\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "\nnot ok 2 - rule rfc9293-3.2-mss # TODO see \\#3\n  ---\n"));
	page_free(&p);
	page_open(&p);
	ck_assert(tap_gone(p.out, 3, &gone, false, &d));
	ck_assert(tap_gone(p.out, 3, &gone, true, &d));
	is_told(&p, "# gone: k\\#n:3: x (IPv6): gap does not come any more\n"
	            "not ok 3 - gone: k\\#n:3: x (IPv6): gap does not come any more\n");
	page_close(&p);
	page_free(&p);
}
END_TEST

START_TEST(the_table_says_known)
{
	struct page p;
	struct diag d;

	add(sample_fail, 4, "x.wave");
	add(sample_pass, 6, "x.wave");
	read_good(FAIL_X);
	play();
	page_open(&p);
	ck_assert(table_print(p.out, &plain80, results, count, &d));
	page_close(&p);
	ck_assert_ptr_nonnull(strstr(p.text, "\n  known  pass   x\n"));
	page_free(&p);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("baseline");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, mistakes_have_their_place, 0, sizeof mistakes / sizeof *mistakes);
	tcase_add_test(tc, what_is_right_is_taken);
	tcase_add_test(tc, an_entry_is_of_its_family_code_and_clause);
	tcase_add_test(tc, all_of_a_verdict_must_be_known);
	tcase_add_test(tc, what_is_no_deviation_is_not_known);
	tcase_add_test(tc, a_rule_is_known_in_each_family_that_broke_it);
	tcase_add_test(tc, known_is_counted_apart);
	tcase_add_test(tc, what_was_played_and_did_not_come_is_gone);
	tcase_add_test(tc, what_was_not_judged_is_not_gone);
	tcase_add_test(tc, with_repeat_it_may_come_in_any_play);
	tcase_add_test(tc, what_is_behind_something_new_is_not_gone);
	tcase_add_test(tc, a_choice_that_the_profile_leaves_open_is_not_gone);
	tcase_add_test(tc, a_rule_is_gone_with_its_scenario);
	tcase_add_test(tc, a_first_file_has_all);
	tcase_add_test(tc, what_was_written_is_read);
	tcase_add_test(tc, an_older_file_keeps_what_stays);
	tcase_add_test(tc, something_new_takes_the_place_of_the_old);
	tcase_add_test(tc, people_read_that_it_is_known);
	tcase_add_test(tc, tap_has_a_todo);
	tcase_add_test(tc, the_table_says_known);
	suite_add_tcase(s, tc);
	return s;
}

int main(void) { return suite_run(suite()); }
