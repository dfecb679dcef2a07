/* The base: values read from text and written as text, UTF-8, what is fit to be shown, lists and cut text. */
#include "suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/duration.h"
#include "base/literal.h"

/* --- values from text --- */

START_TEST(literals)
{
	static const struct {
		const char *text;
		int64_t ns;
	} durations[] = {{"1s", 1000000000},         {"250ms", 250000000},
	                 {"1.5s", 1500000000},       {"40us", 40000},
	                 {"2min", 120000000000},     {"0s", 0},
	                 {"1440min", 86400000000000}};
	static const char *const wrong[] = {"",   "s",   "1h",         "1.s",     "1..2s", "1e9",
	                                    "0x", "0xg", "4294967296", "1441min", "5%%",   "99999999999%",
	                                    "1 s"};
	struct literal l;
	struct diag d;

	for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
		ck_assert(literal_parse(durations[i].text, strlen(durations[i].text), &l, &d));
		ck_assert_int_eq(l.kind, LITERAL_DURATION);
		ck_assert_int_eq(l.ns, durations[i].ns);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(!literal_parse(wrong[i], strlen(wrong[i]), &l, &d), "%s", wrong[i]);
}
END_TEST

START_TEST(numbers)
{
	struct diag d;
	uint64_t n;

	ck_assert(literal_number("x", "0", 0, 10, &n, &d) && n == 0);
	ck_assert(literal_number("x", "18446744073709551615", 0, UINT64_MAX, &n, &d) && n == UINT64_MAX);
	ck_assert(!literal_number("x", "18446744073709551616", 0, UINT64_MAX, &n, &d));
	ck_assert(!literal_number("x", "", 0, 10, &n, &d));
	ck_assert(!literal_number("x", " 1", 0, 10, &n, &d));
	ck_assert(!literal_number("x", "+1", 0, 10, &n, &d));
	ck_assert(!literal_number("x", "0x10", 0, 100, &n, &d));
}
END_TEST

START_TEST(reals)
{
	static const char *const wrong[] = {"", ".5", "1.", "1e3", "inf", "-1", "1 ", "11"};
	struct diag d;
	double x;

	ck_assert(literal_real("x", "2.5", 1, 10, &x, &d) && x == 2.5);
	ck_assert(literal_real("x", "10", 1, 10, &x, &d) && x == 10);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(!literal_real("x", wrong[i], 1, 10, &x, &d), "%s", wrong[i]);
	ck_assert_str_eq(d.text, "x: 11 is too large, the most is 10");
}
END_TEST

START_TEST(times)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {{"200ms", 200000000},
	            {"1.5s", 1500000000},
	            {"2", 2000000000},
	            {"0.25", 250000000},
	            {"1min", 60000000000}};
	static const char *const wrong[] = {"", "soon", "5%", "1h", "61s", "61"};
	struct diag d;
	int64_t ns;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		ck_assert(literal_time("--wait", good[i].text, 60 * NS_PER_S, &ns, &d));
		ck_assert_int_eq(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(!literal_time("--wait", wrong[i], 60 * NS_PER_S, &ns, &d), "%s", wrong[i]);
	ck_assert_str_eq(d.text, "--wait: 61 is too long, the most is 60 s");
}
END_TEST

START_TEST(hexadecimal)
{
	static const char *const wrong[] = {"0", "0g", "0a f", "0 a", "x"};
	uint8_t bytes[8];
	size_t count;

	ck_assert(literal_hex("0a FF 10", 8, bytes, &count) && count == 3);
	ck_assert_mem_eq(bytes, "\x0a\xff\x10", 3);
	ck_assert(literal_hex("0a0b", 4, NULL, &count) && count == 2);
	ck_assert(literal_hex("", 0, bytes, &count) && count == 0);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(!literal_hex(wrong[i], strlen(wrong[i]), bytes, &count), "%s", wrong[i]);
}
END_TEST

START_TEST(escapes)
{
	static const char *const wrong[] = {"a\\q", "a\\x0", "a\\xg0", "a\\"};
	struct arena *a = arena_new();
	struct literal l;
	struct diag d;
	size_t at;

	ck_assert(literal_string(a, "\\\"\\\\\\n\\x00z", 11, &l, &at, &d));
	ck_assert_uint_eq(l.len, 5);
	ck_assert_mem_eq(l.text, "\"\\\n\0z", 6);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		ck_assert_msg(!literal_string(a, wrong[i], strlen(wrong[i]), &l, &at, &d), "%s", wrong[i]);
		ck_assert_uint_eq(at, 1);
	}
	arena_free(a);
}
END_TEST

/* --- times as text --- */

START_TEST(durations)
{
	char buf[DURATION_TEXT_BYTES], measured[SECONDS_TEXT_BYTES];

	ck_assert_str_eq(duration_text(0, buf), "0 s");
	ck_assert_str_eq(duration_text(1500 * NS_PER_MS, buf), "1.5 s");
	ck_assert_str_eq(duration_text(250 * NS_PER_MS, buf), "250 ms");
	ck_assert_str_eq(duration_text(40 * NS_PER_US, buf), "40 us");
	ck_assert_str_eq(seconds_text(0.2064, 3, measured), "0.206 s");
	ck_assert_str_eq(seconds_text(-0.0412, 3, measured), "-41.2 ms");
	ck_assert_str_eq(seconds_text(0.000017, 3, measured), "17.0 us");
	ck_assert_str_eq(seconds_text((double)INFINITY, 3, measured), "? s");
}
END_TEST

/* --- text --- */

START_TEST(utf8)
{
	static const char *const wrong[] = {"\x80",
	                                    "\xc0\x80",
	                                    "\xc1\xbf",
	                                    "\xe0\x80\x80",
	                                    "\xed\xa0\x80",
	                                    "\xf4\x90\x80\x80",
	                                    "\xf8\x88\x80\x80\x80",
	                                    "\xc3",
	                                    "\xe2\x82",
	                                    "\xf0\x9f\x98",
	                                    "\xff"};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_uint_eq(utf8_valid(wrong[i], strlen(wrong[i])), 0);
	ck_assert_uint_eq(utf8_valid("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10), 10);
	ck_assert_uint_eq(utf8_count("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10), 4);
}
END_TEST

START_TEST(fit_to_be_shown)
{
	static const struct {
		const char *text, *shown;
		int columns;
		bool unicode;
	} cases[] = {
	    {"a", "a", 1, true},
	    {"\xe4\xb8\xad", "\xe4\xb8\xad", 2, true}, /* a wide one */
	    {"\xcc\x81", "\xcc\x81", 0, true},         /* a combining one */
	    {"\xc3\xa4", "\\u00e4", 6, false},
	    {"\x1b", "\\x1b", 4, true},
	    {"\xe2\x80\xae", "\\u202e", 6, true}, /* turns the direction */
	    {"\xff", "\\xff", 4, true},
	    {"\n", "\\n", 2, true},
	};
	char out[CLEAN_BYTES], *copy;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *at = cases[i].text;

		ck_assert_int_eq(clean_char(&at, cases[i].unicode, out), cases[i].columns);
		ck_assert_str_eq(out, cases[i].shown);
		ck_assert_int_eq(*at, '\0');
		ck_assert_int_eq(clean_columns(cases[i].text, cases[i].unicode), cases[i].columns);
	}
	copy = clean_utf8("a\xff\x1b");
	ck_assert_str_eq(copy, "a\xef\xbf\xbd\x1b");
	free(copy);
}
END_TEST

START_TEST(text_that_is_cut)
{
	char buf[8];
	struct cut c = cut_start(buf, sizeof buf);

	cut_add(&c, "%s", "abc");
	cut_add(&c, "%d", 12345);
	ck_assert_str_eq(buf, "abc1234");
	cut_add(&c, "more");
	ck_assert_str_eq(buf, "abc1234");
	ck_assert_uint_eq(c.len, 7);
}
END_TEST

START_TEST(lists_grow)
{
	struct {
		int *list;
		size_t count, room;
	} l = {0};

	for (int i = 0; i < 1000; i++)
		*LIST_ADD(l.list, l.count, l.room) = i;
	ck_assert_uint_eq(l.count, 1000);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(l.list[i], i);
	free(l.list);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base");
	TCase *tc = tcase_create("base");

	tcase_add_test(tc, literals);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, reals);
	tcase_add_test(tc, times);
	tcase_add_test(tc, hexadecimal);
	tcase_add_test(tc, escapes);
	tcase_add_test(tc, durations);
	tcase_add_test(tc, utf8);
	tcase_add_test(tc, fit_to_be_shown);
	tcase_add_test(tc, text_that_is_cut);
	tcase_add_test(tc, lists_grow);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
