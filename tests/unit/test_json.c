/* JSON Lines: what is written is read again. */
#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/formats.h"
#include "report_sample.h"

static json_t *write_and_read(const struct sample *s, struct page *p)
{
	struct diag d;
	json_error_t error;
	json_t *object;

	page_open(p);
	ck_assert_msg(json_result(p->out, &s->result, &d), "%s", d.text);
	page_close(p);
	ck_assert_uint_eq(strcspn(p->text, "\n"), p->len - 1);
	for (size_t i = 0; i < p->len; i++)
		ck_assert_int_lt((unsigned char)p->text[i], 0x7f);
	object = json_loads(p->text, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(object, "%s", error.text);
	return object;
}

static const char *text_of(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	ck_assert_msg(text, "%s is no text", key);
	return text;
}

/* The values of the first measure of that kind. */
static json_t *measured_of(const json_t *object, const char *kind, const char *unit)
{
	json_t *list = json_object_get(object, "measured");

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);

		if (strcmp(text_of(one, "kind"), kind) != 0)
			continue;
		ck_assert_str_eq(text_of(one, "unit"), unit);
		return json_object_get(one, "values");
	}
	ck_abort_msg("nothing measured is of the kind %s", kind);
	return NULL;
}

START_TEST(pass_has_everything)
{
	struct sample s;
	struct page p;
	json_t *object, *measured, *clause, *why;
	const size_t ignored[IGNORED_COUNT] = {[IGNORED_CHECKSUM] = 2, [IGNORED_FRAGMENT] = 1};

	sample_pass(&s);
	s.result.ignored = 3;
	s.result.ignored_why = ignored;
	s.result.late = 0.0125;
	object = write_and_read(&s, &p);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "schema_version")), 3);
	ck_assert_str_eq(text_of(object, "kind"), "run");
	ck_assert_str_eq(text_of(object, "scenario"), s.scenario.title);
	ck_assert_str_eq(text_of(object, "name"), "row1-passive-retries1");
	ck_assert_str_eq(text_of(object, "file"), s.scenario.file);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "row")), 1);
	ck_assert_str_eq(text_of(object, "role"), "passive");
	ck_assert(json_is_false(json_object_get(object, "listen")));
	ck_assert_str_eq(text_of(object, "family"), "ipv4");
	ck_assert_str_eq(text_of(object, "target"), "lab");
	ck_assert_str_eq(text_of(object, "verdict"), "pass");
	ck_assert_str_eq(text_of(object, "reason"), "");
	ck_assert_double_eq_tol(json_real_value(json_object_get(object, "seconds")), 1.7049, 1e-9);
	ck_assert_str_eq(text_of(object, "control"), "tcp_orphan_retries");
	ck_assert_int_eq(json_integer_value(json_object_get(object, "segments")), 8);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "ignored")), 3);
	why = json_object_get(object, "ignored_why");
	ck_assert_uint_eq(json_object_size(why), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(why, "bad checksum")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(why, "fragment")), 1);
	ck_assert_double_eq_tol(json_real_value(json_object_get(object, "late")), 0.0125, 1e-9);
	ck_assert(json_is_null(json_object_get(object, "step")));
	ck_assert(json_is_null(json_object_get(object, "mismatch")));
	ck_assert(json_is_null(json_object_get(object, "capture")));
	ck_assert_uint_eq(json_array_size(json_object_get(object, "observed")), 0);
	for (size_t i = 0; i < 3; i++)
		ck_assert(json_is_null(
		    json_object_get(object, (const char *const[]){"level", "clause", "choice"}[i])));
	ck_assert_uint_eq(json_array_size(json_object_get(object, "warnings")), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(object, "breaches")), 0);
	ck_assert(json_is_null(json_object_get(object, "known")));
	ck_assert_uint_eq(json_object_size(object), 34);
	ck_assert(json_is_true(json_object_get(object, "whole")));
	clause = json_array_get(json_object_get(object, "clauses"), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(clause, "rfc")), 9293);
	ck_assert_str_eq(text_of(clause, "section"), "3.10.4");
	measured = measured_of(object, "resends", "count");
	ck_assert_int_eq(json_integer_value(json_array_get(measured, 0)), 2);
	ck_assert_uint_eq(json_array_size(measured_of(object, "gaps", "s")), 2);
	measured = measured_of(object, "gave-up", "s");
	ck_assert_double_eq_tol(json_real_value(json_array_get(measured, 0)), 1.4801, 1e-9);
	json_decref(object);
	page_free(&p);
}
END_TEST

START_TEST(failure_has_its_evidence)
{
	struct sample s;
	struct page p;
	json_t *object, *step, *mismatch;

	sample_fail(&s);
	s.verdict.trace_omitted = 5;
	s.result.family = 6;
	object = write_and_read(&s, &p);
	step = json_object_get(object, "step");
	mismatch = json_object_get(object, "mismatch");
	ck_assert_str_eq(text_of(object, "verdict"), "fail");
	ck_assert_str_eq(text_of(object, "family"), "ipv6");
	ck_assert_str_eq(text_of(object, "reason"), "F. 2:2(0) ack 1 came; its seq is 2, expected 1");
	ck_assert_str_eq(text_of(object, "code"), "wrong-segment");
	ck_assert(json_is_null(json_object_get(object, "overruled")));
	ck_assert_str_eq(text_of(object, "capture"), s.result.capture);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "segments")), 12);
	ck_assert_int_eq(json_integer_value(json_object_get(step, "index")), 3);
	ck_assert_int_eq(json_integer_value(json_object_get(step, "line")), 16);
	ck_assert_str_eq(text_of(step, "text"), s.steps[3].text);
	ck_assert_str_eq(text_of(mismatch, "field"), "seq");
	ck_assert_str_eq(text_of(mismatch, "expected"), "1");
	ck_assert_str_eq(text_of(mismatch, "got"), "2");
	json_decref(object);
	page_free(&p);
}
END_TEST

START_TEST(warning_says_what_it_rests_on)
{
	struct sample s;
	struct page p;
	json_t *object, *list, *one;

	sample_warn(&s);
	object = write_and_read(&s, &p);
	ck_assert_str_eq(text_of(object, "verdict"), "warn");
	ck_assert_str_eq(text_of(object, "code"), "first-gap");
	ck_assert_str_eq(text_of(object, "level"), "should");
	ck_assert_str_eq(text_of(object, "reason"),
	                 "the first resend came after 0.206 s, expected at least 1.000 s");
	ck_assert_str_eq(text_of(json_object_get(object, "clause"), "section"), "2.4");
	ck_assert(json_is_null(json_object_get(object, "choice")));
	list = json_object_get(object, "warnings");
	ck_assert_uint_eq(json_array_size(list), 2);
	one = json_array_get(list, 0);
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(one, "clause"), "rfc")), 6298);
	one = json_array_get(list, 1);
	ck_assert_str_eq(text_of(one, "code"), "state-timer");
	ck_assert_str_eq(text_of(one, "level"), "choice");
	ck_assert_str_eq(text_of(one, "choice"), "time_wait");
	ck_assert(json_is_null(json_object_get(one, "clause")));
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(one, "step"), "line")), 20);
	ck_assert_str_eq(text_of(json_object_get(one, "mismatch"), "got"), "30.000 s");
	json_decref(object);
	page_free(&p);
}
END_TEST

START_TEST(failure_keeps_its_warnings)
{
	struct sample s;
	struct page p;
	json_t *object;

	sample_warned_fail(&s);
	object = write_and_read(&s, &p);
	ck_assert_str_eq(text_of(object, "verdict"), "fail");
	ck_assert_str_eq(text_of(object, "level"), "must");
	ck_assert_str_eq(text_of(json_object_get(object, "clause"), "section"), "3.10.7.4");
	ck_assert_str_eq(text_of(json_array_get(json_object_get(object, "warnings"), 0), "code"),
	                 "first-gap");
	json_decref(object);
	page_free(&p);
}
END_TEST

START_TEST(rule_is_a_line)
{
	struct sample s[2];
	struct result results[2];
	struct rule_results broken;
	struct page p;
	struct diag d;
	json_t *object, *first;

	sample_pass(&s[0]);
	sample_pass(&s[1]);
	s[1].result.family = 6;
	sample_breach(&s[0], RULE_RESERVED, SIZE_MAX, 2);
	sample_breach(&s[1], RULE_RESERVED, 1, 3);
	object = write_and_read(&s[0], &p);
	first = json_array_get(json_object_get(object, "breaches"), 0);
	ck_assert_str_eq(text_of(object, "verdict"), "pass");
	ck_assert_str_eq(text_of(first, "rule"), "rfc9293-3.1-reserved");
	ck_assert_int_eq(json_integer_value(json_object_get(first, "times")), 2);
	json_decref(object);
	page_free(&p);
	results[0] = s[1].result;
	results[1] = s[0].result;
	broken = rule_results(results, 2);
	ck_assert_uint_eq(broken.count, 1);
	page_open(&p);
	ck_assert(json_rule(p.out, &broken.list[0], &d));
	page_close(&p);
	object = json_loads(p.text, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_str_eq(text_of(object, "kind"), "rule");
	ck_assert_str_eq(text_of(object, "rule"), "rfc9293-3.1-reserved");
	ck_assert_str_eq(text_of(object, "verdict"), "fail");
	ck_assert_str_eq(text_of(object, "level"), "stated");
	ck_assert_int_eq(json_integer_value(json_object_get(object, "runs")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "times")), 5);
	first = json_object_get(object, "first");
	ck_assert_str_eq(text_of(first, "family"), "ipv6");
	ck_assert_str_eq(text_of(first, "segment"), "S. 0 ack 1 win 64240");
	json_decref(object);
	page_free(&p);
}
END_TEST

START_TEST(states_are_names)
{
	static const double states[] = {STATE_FIN_WAIT_2, STATE_CLOSED};
	struct sample s;
	struct page p;
	json_t *object, *list;

	sample_pass(&s);
	sample_measure(&s, MEASURE_STATE, -1, 2, states);
	object = write_and_read(&s, &p);
	list = measured_of(object, "state", "state");
	ck_assert_str_eq(json_string_value(json_array_get(list, 0)), "FIN-WAIT-2");
	ck_assert_str_eq(json_string_value(json_array_get(list, 1)), "CLOSED");
	json_decref(object);
	page_free(&p);
}
END_TEST

START_TEST(observed_states_have_time_timer_and_step)
{
	struct sample s;
	struct page p;
	struct observation *first;
	json_t *object, *list, *observed;

	sample_pass(&s);
	first = sample_observation(&s, 0.25, STATE_FIN_WAIT_1, 3);
	first->has_timer = true;
	first->timer_ns = 360000000;
	sample_observation(&s, 1.7, STATE_CLOSED, -1)->by_probe = true;
	object = write_and_read(&s, &p);
	list = json_object_get(object, "observed");
	ck_assert_uint_eq(json_array_size(list), 2);
	observed = json_array_get(list, 0);
	ck_assert_uint_eq(json_object_size(observed), 5);
	ck_assert_double_eq_tol(json_real_value(json_object_get(observed, "seconds")), 0.25, 1e-9);
	ck_assert_str_eq(text_of(observed, "state"), "FIN-WAIT-1");
	ck_assert_double_eq_tol(json_real_value(json_object_get(observed, "timer")), 0.36, 1e-9);
	ck_assert_int_eq(json_integer_value(json_object_get(observed, "step")), 3);
	ck_assert_str_eq(text_of(observed, "by"), "host");
	observed = json_array_get(list, 1);
	ck_assert_str_eq(text_of(observed, "state"), "CLOSED");
	ck_assert(json_is_null(json_object_get(observed, "timer")));
	ck_assert(json_is_null(json_object_get(observed, "step")));
	ck_assert_str_eq(text_of(observed, "by"), "probe");
	json_decref(object);
	page_free(&p);
}
END_TEST

START_TEST(bad_bytes_and_numbers_stay_valid)
{
	static const double nan_value = NAN;
	struct sample s;
	struct page p;
	json_t *object;

	sample_pass(&s);
	s.scenario.title = "a\xff\xc0\xaf \xed\xa0\x80 \x1b[2J \"q\" \xe6\xb3\xa2";
	s.scenario.file = "dir/\x80name.wave";
	s.scenario.row = 0;
	s.scenario.control = NULL;
	sample_measure(&s, MEASURE_TIMER, -1, 1, &nan_value);
	object = write_and_read(&s, &p);
	ck_assert_str_eq(text_of(object, "scenario"),
	                 "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
	                 "\x1b[2J \"q\" \xe6\xb3\xa2");
	ck_assert_str_eq(text_of(object, "name"), "\xef\xbf\xbdname");
	ck_assert(json_is_null(json_object_get(object, "row")));
	ck_assert(json_is_null(json_object_get(object, "control")));
	ck_assert(json_is_null(json_array_get(measured_of(object, "timer", "s"), 0)));
	json_decref(object);
	page_free(&p);
}
END_TEST

START_TEST(full_disk_is_said)
{
	struct sample s;
	struct diag d = {0};
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(full);
	sample_pass(&s);
	ck_assert(!json_result(full, &s.result, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No space left"));
	fclose(full);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, pass_has_everything);
	tcase_add_test(tc, failure_has_its_evidence);
	tcase_add_test(tc, warning_says_what_it_rests_on);
	tcase_add_test(tc, failure_keeps_its_warnings);
	tcase_add_test(tc, rule_is_a_line);
	tcase_add_test(tc, states_are_names);
	tcase_add_test(tc, observed_states_have_time_timer_and_step);
	tcase_add_test(tc, bad_bytes_and_numbers_stay_valid);
	tcase_add_test(tc, full_disk_is_said);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
