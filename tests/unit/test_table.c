/* The exception table: its groups, its order, its two layouts. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/formats.h"
#include "report_sample.h"

enum { RESULTS = 6 };

/* In no good order: row 5, row 1 (we close first), row 1 (the peer does) on
 * both families, one of no row, and row 1 again. */
static void make_results(struct sample *s, struct result *results)
{
	static const double slow_gaps[] = {0.2301, 0.4412};

	for (int i = 0; i < RESULTS; i++)
		sample_pass(&s[i]);
	s[0].scenario.row = 5;
	s[0].scenario.file = "t/row5-passive-crash.wave";
	s[0].scenario.control = NULL;
	s[0].verdict.kind = VERDICT_SKIP;
	s[0].verdict.reason = reason_text_of(CODE_HOST, "the target has no agent");
	s[1].scenario.role = ROLE_ACTIVE;
	s[1].scenario.file = "t/row1-active.wave";
	sample_fail(&s[2]);
	s[2].result.family = 6;
	s[4].scenario.row = 0;
	s[4].scenario.file = "t/normal-close.wave";
	s[4].result.family = 6;
	s[5].scenario.role = ROLE_ACTIVE;
	s[5].scenario.file = "t/row1-active.wave";
	s[5].result.family = 6;
	memcpy(s[5].measures[1].values, slow_gaps, sizeof slow_gaps);
	for (int i = 0; i < RESULTS; i++)
		results[i] = s[i].result;
}

static void print(struct page *p, const struct style *style)
{
	static struct sample samples[RESULTS];
	struct result results[RESULTS];
	struct diag d;

	make_results(samples, results);
	page_open(p);
	ck_assert(table_print(p->out, style, results, RESULTS, &d));
	page_close(p);
}

START_TEST(narrow)
{
	struct page p;

	print(&p, &plain80);
	page_is_tidy(&p, 80);
	ck_assert_str_eq(p.text, "  IPv4   IPv6   scenario\n"
	                         "\n"
	                         "1  The first FIN is lost\n"
	                         "   the peer closes first\n"
	                         "  pass   fail   row1-passive-retries1\n"
	                         "                  IPv4: 2 resends, gaps 0.21 0.42 s, gave up after 1.5 s\n"
	                         "                  IPv6: F. 2:2(0) ack 1 came; its seq is 2, expected 1\n"
	                         "                  tcp_orphan_retries; RFC 6298 5.5; RFC 9293 3.10.4\n"
	                         "   we close first\n"
	                         "  pass   pass   row1-active\n"
	                         "                  IPv4: 2 resends, gaps 0.21 0.42 s, gave up after 1.5 s\n"
	                         "                  IPv6: 2 resends, gaps 0.23 0.44 s, gave up after 1.5 s\n"
	                         "                  tcp_orphan_retries; RFC 6298 5.5; RFC 9293 3.10.4\n"
	                         "\n"
	                         "5  The program crashes\n"
	                         "   the peer closes first\n"
	                         "  skip   -      row5-passive-crash\n"
	                         "                  the target has no agent\n"
	                         "                  RFC 6298 5.5; RFC 9293 3.10.4\n"
	                         "\n"
	                         "Other scenarios\n"
	                         "   the peer closes first\n"
	                         "  -      pass   normal-close\n"
	                         "                  2 resends, gaps 0.21 0.42 s, gave up after 1.5 s\n"
	                         "                  tcp_orphan_retries; RFC 6298 5.5; RFC 9293 3.10.4\n");
	page_free(&p);
}
END_TEST

START_TEST(wide)
{
	struct page p;

	print(&p, &fancy140);
	page_is_tidy(&p, 140);
	ck_assert_ptr_nonnull(
	    strstr(p.text, "\n  pass   fail   row1-passive-retries1  IPv4: 2 resends, gaps 0.21 0.42 s, "
	                   "gave up after 1.5 s"));
	ck_assert_ptr_nonnull(strstr(p.text, "  tcp_orphan_retries  RFC 6298 5.5; RFC 9293\n"));
	ck_assert_ptr_nonnull(strstr(p.text, "clauses\n"));
	page_free(&p);
}
END_TEST

START_TEST(every_width_is_tidy)
{
	for (int width = 64; width < 200; width++) {
		struct style style = {.width = width, .unicode = width % 2};
		struct page p;

		print(&p, &style);
		page_is_tidy(&p, width);
		page_free(&p);
	}
}
END_TEST

START_TEST(nothing_and_no_room)
{
	struct page p;
	struct diag d = {0};
	FILE *full = fopen("/dev/full", "w");

	page_open(&p);
	ck_assert(table_print(p.out, &plain80, NULL, 0, &d));
	page_close(&p);
	ck_assert_str_eq(p.text, "  IPv4   IPv6   scenario\n");
	page_free(&p);
	ck_assert(!table_print(full, &plain80, NULL, 0, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No space left"));
	fclose(full);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *tc = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, narrow);
	tcase_add_test(tc, wide);
	tcase_add_test(tc, every_width_is_tidy);
	tcase_add_test(tc, nothing_and_no_room);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
