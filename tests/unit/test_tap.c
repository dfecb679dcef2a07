/* TAP: the exact text, its escapes, and what perl's own parser makes of it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/formats.h"
#include "report_sample.h"

static void write_one(struct page *p, const struct sample *s)
{
	struct diag d;

	page_open(p);
	ck_assert(tap_result(p->out, 3, &s->result, false, &d));
	page_close(p);
}

START_TEST(pass_is_a_line)
{
	struct sample s;
	struct page p;

	sample_pass(&s);
	write_one(&p, &s);
	ck_assert_str_eq(p.text, "ok 3 - row1-passive-retries1 (IPv4)\n");
	page_free(&p);
}
END_TEST

START_TEST(skip_has_its_reason)
{
	struct sample s;
	struct page p;

	sample_pass(&s);
	s.verdict.kind = VERDICT_SKIP;
	s.verdict.reason = reason_text_of(CODE_HOST, "no agent\nat #1");
	write_one(&p, &s);
	ck_assert_str_eq(p.text, "ok 3 - row1-passive-retries1 (IPv4) # SKIP no agent\\nat \\#1\n");
	page_free(&p);
}
END_TEST

START_TEST(failure_has_yaml)
{
	struct sample s;
	struct page p;

	sample_fail(&s);
	s.steps[3].where.file = s.scenario.file = "t/a#b\\c\x1b.wave";
	s.steps[3].text = "expect \"x\" # \\";
	write_one(&p, &s);
	ck_assert_str_eq(p.text, "not ok 3 - a\\#b\\\\c\\x1b (IPv4)\n"
	                         "  ---\n"
	                         "  message: \"F. 2:2(0) ack 1 came; its seq is 2, expected 1\"\n"
	                         "  code: \"wrong-segment\"\n"
	                         "  basis: \"must, RFC 6298 5.5; RFC 9293 3.10.4\"\n"
	                         "  severity: \"fail\"\n"
	                         "  step: \"expect \\\"x\\\" # \\\\\"\n"
	                         "  at:\n"
	                         "    file: \"t/a#b\\\\c\\x1b.wave\"\n"
	                         "    line: 16\n"
	                         "  field: \"seq\"\n"
	                         "  expected: \"1\"\n"
	                         "  got: \"2\"\n"
	                         "  measured: \"1 resend, gaps 0.206 s\"\n"
	                         "  clauses: \"RFC 6298 5.5; RFC 9293 3.10.4\"\n"
	                         "  target: \"lab\"\n"
	                         "  capture: \"captures/row1-passive-retries1-ipv4.pcap\"\n"
	                         "  seconds: 0.620\n"
	                         "  ...\n");
	page_free(&p);
}
END_TEST

START_TEST(error_is_not_ok)
{
	struct sample s;
	struct page p;

	sample_pass(&s);
	s.verdict.kind = VERDICT_ERROR;
	s.verdict.reason = (struct reason){.code = CODE_CAPTURE_LOST, .n = {2}};
	write_one(&p, &s);
	ck_assert(strncmp(p.text, "not ok 3 - ", 11) == 0);
	ck_assert_ptr_nonnull(strstr(p.text, "severity: \"error\""));
	ck_assert_ptr_nonnull(strstr(p.text, "code: \"capture-lost\""));
	page_free(&p);
}
END_TEST

START_TEST(warning_is_ok_unless_strict)
{
	struct sample s;
	struct page p;
	struct diag d;

	sample_warn(&s);
	write_one(&p, &s);
	ck_assert(strncmp(p.text, "ok 3 - row1-warned (IPv4)\n  ---\n", 32) == 0);
	ck_assert_ptr_nonnull(strstr(p.text, "  severity: \"warn\"\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "  basis: \"should, RFC 6298, 2.4\"\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "  warnings:\n    - \"the peer's timer is 30.000 s, expected "
	                                     "59.000 to 60.000 s (the profile linux says time_wait = "
	                                     "59s..60s)\"\n"));
	page_free(&p);
	page_open(&p);
	ck_assert(tap_result(p.out, 4, &s.result, true, &d));
	page_close(&p);
	ck_assert(strncmp(p.text, "not ok 4 - row1-warned", 22) == 0);
	page_free(&p);
}
END_TEST

START_TEST(rule_is_a_point)
{
	struct sample s;
	struct page p;
	struct rule_results broken;
	struct diag d;

	sample_pass(&s);
	sample_breach(&s, RULE_RESERVED, 1, 3);
	broken = rule_results(&s.result, 1);
	ck_assert_uint_eq(broken.count, 1);
	page_open(&p);
	ck_assert(tap_rule(p.out, 7, &broken.list[0], false, &d));
	page_close(&p);
	ck_assert_str_eq(p.text, "not ok 7 - rule rfc9293-3.1-reserved\n"
	                         "  ---\n"
	                         "  message: \"a segment has reserved bits set, and they must be zero\"\n"
	                         "  code: \"rfc9293-3.1-reserved\"\n"
	                         "  severity: \"fail\"\n"
	                         "  basis: \"stated, RFC 9293, 3.1\"\n"
	                         "  broken: \"in 1 run, 3 times\"\n"
	                         "  first: \"row1-passive-retries1 (IPv4)\"\n"
	                         "  segment: \"S. 0 ack 1 win 64240\"\n"
	                         "  target: \"lab\"\n"
	                         "  ...\n");
	page_free(&p);
	broken.list[0].kind = VERDICT_WARN;
	for (int strict = 0; strict < 2; strict++) {
		page_open(&p);
		ck_assert(tap_rule(p.out, 7, &broken.list[0], strict, &d));
		page_close(&p);
		ck_assert_int_eq(strncmp(p.text, "not ok", 6) == 0, strict);
		page_free(&p);
	}
}
END_TEST

START_TEST(perl_reads_it)
{
	static const char check[] =
	    "perl -MTAP::Parser -e 'my $p = TAP::Parser->new({source => $ARGV[0]}); $p->run;"
	    "exit 3 if $p->parse_errors; exit !($p->tests_planned == 6 && $p->passed == 3"
	    " && $p->failed == 3 && $p->skipped == 1)' ";
	enum verdict_kind kinds[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_SKIP, VERDICT_ERROR, VERDICT_WARN};
	struct rule_results broken;
	char path[] = "/tmp/fourwave-tap-XXXXXX";
	char command[512];
	struct sample s;
	struct diag d;
	int fd = mkstemp(path);
	FILE *out;

	if (system("perl -MTAP::Parser -e 1 2>/dev/null") != 0) {
		close(fd);
		unlink(path);
		return;
	}
	out = fdopen(fd, "w");
	ck_assert(tap_begin(out, 13, &d));
	for (size_t i = 0; i < 5; i++) {
		sample_warned_fail(&s);
		s.verdict.kind = kinds[i];
		ck_assert(tap_result(out, i + 1, &s.result, false, &d));
	}
	sample_breach(&s, RULE_RESERVED, 1, 3);
	broken = rule_results(&s.result, 1);
	ck_assert(tap_rule(out, 6, &broken.list[0], false, &d) && tap_plan(out, 6, &d));
	fclose(out);
	/* the parser decides by the name what a file is; perl 5.36's stops at version 13 */
	snprintf(command, sizeof command, "mv %s %s.tap && %s%s.tap; s=$?; rm -f %s.tap; exit $s", path, path,
	         check, path, path);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(bail_and_errors)
{
	struct diag d = {0};
	struct page p;
	FILE *full = fopen("/dev/full", "w");

	page_open(&p);
	ck_assert(tap_begin(p.out, 14, &d));
	ck_assert(tap_bail(p.out, "interrupted\a", &d));
	page_close(&p);
	ck_assert_str_eq(p.text, "TAP version 14\nBail out! interrupted\\x07\n");
	page_free(&p);
	ck_assert(!tap_begin(full, 14, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No space left"));
	fclose(full);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tap");
	TCase *tc = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, pass_is_a_line);
	tcase_add_test(tc, skip_has_its_reason);
	tcase_add_test(tc, failure_has_yaml);
	tcase_add_test(tc, error_is_not_ok);
	tcase_add_test(tc, warning_is_ok_unless_strict);
	tcase_add_test(tc, rule_is_a_point);
	tcase_add_test(tc, perl_reads_it);
	tcase_add_test(tc, bail_and_errors);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
