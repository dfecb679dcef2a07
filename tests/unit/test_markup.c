/* Elements and text, and the references between files. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/formats.h"
#include "report/markup.h"
#include "report_sample.h"

static void start(struct markup *m, enum markup_kind kind)
{
	markup_start(m, kind);
	markup_begin(m, "a", NULL);
}

/* What stands between the tags of a. */
static void ends_as(struct markup *m, const char *wanted)
{
	struct page p;
	struct diag d;

	page_open(&p);
	ck_assert_msg(markup_write(m, p.out, &d), "%s", d.text);
	page_close(&p);
	ck_assert_msg(strstr(p.text, wanted), "%s is not in %s", wanted, p.text);
	page_free(&p);
}

START_TEST(text_cannot_be_markup)
{
	struct markup m;

	start(&m, MARKUP_HTML);
	markup_text(&m, "</a><script>&amp;");
	ends_as(&m, "<a>&lt;/a&gt;&lt;script&gt;&amp;amp;</a>");
	start(&m, MARKUP_XML);
	markup_attribute(&m, "b", "\"'<>&");
	ends_as(&m, "<a b=\"&quot;'&lt;&gt;&amp;\"/>");
}
END_TEST

START_TEST(controls_never_pass)
{
	struct markup m;

	start(&m, MARKUP_XML);
	markup_text(&m, "\x01\x1b[2J\n\xff\xed\xa0\x80\xef\xbf\xbf\xe2\x80\xae");
	ends_as(&m, "<a>\\x01\\x1b[2J\\n\\xff\\xed\\xa0\\x80\\uffff\\u202e</a>");
	start(&m, MARKUP_XML);
	markup_lines(&m, "one\ntwo\r\x7f");
	ends_as(&m, "<a>one\ntwo\\r\\x7f</a>");
	start(&m, MARKUP_XML);
	markup_attribute(&m, "b", "one\ntwo");
	ends_as(&m, "<a b=\"one\\ntwo\"/>");
}
END_TEST

START_TEST(html_ends_what_is_empty)
{
	struct markup m;

	start(&m, MARKUP_HTML);
	markup_begin(&m, "td", NULL);
	markup_end(&m);
	markup_begin(&m, "br", NULL);
	markup_void(&m);
	ends_as(&m, "<a><td></td><br/></a>");
}
END_TEST

START_TEST(full_disk_is_said)
{
	FILE *full = fopen("/dev/full", "w");
	struct markup m;
	struct diag d;

	start(&m, MARKUP_HTML);
	ck_assert(!markup_write(&m, full, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No space left"));
	fclose(full);
}
END_TEST

static void links(const char *page, const char *file, const char *wanted)
{
	char *text = html_reference(page, file);

	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(references)
{
	char dir[] = "/tmp/fourwave-link.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(mkdir("out", 0777) | mkdir("caps", 0777), 0);
	ck_assert_int_eq(mkdir("out/caps", 0777) | mkdir("outer", 0777), 0);
	links("page.html", "caps/a.pcap", "caps/a.pcap");
	links("page.html", "a.pcap", "a.pcap");
	links("out/page.html", "caps/a.pcap", "../caps/a.pcap");
	links("out/page.html", "out/caps/a.pcap", "caps/a.pcap");
	links("out/page.html", "outer/a.pcap", "../outer/a.pcap");
	links("out/caps/page.html", "a.pcap", "../../a.pcap");
	links("/page.html", "/tmp/a.pcap", "tmp/a.pcap");
	links("/tmp/page.html", "/a.pcap", "../a.pcap");
	links("page.html", "java:x\"\xff?#%.pcap", "java%3Ax%22%FF%3F%23%25.pcap");
	ck_assert_ptr_null(html_reference("page.html", "nowhere/a.pcap"));
	ck_assert_int_eq(rmdir("outer") | rmdir("out/caps") | rmdir("caps") | rmdir("out"), 0);
	ck_assert_int_eq(chdir("/") | rmdir(dir), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("markup");
	TCase *tc = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, text_cannot_be_markup);
	tcase_add_test(tc, controls_never_pass);
	tcase_add_test(tc, html_ends_what_is_empty);
	tcase_add_test(tc, full_disk_is_said);
	tcase_add_test(tc, references);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
