/* The language's parts: expressions, params, blocks, repeat, messages. What a
 * whole file becomes is in tests/golden. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "lang/check.h"
#include "lang/load.h"
#include "lang/messages.h"

#define HEAD "scenario \"x\"\nrole active\n"

static struct messages *messages;

static void setup(void) { messages = messages_new(); }

static void teardown(void) { messages_free(messages); }

static struct scenario *parse(const char *text)
{
	return scenario_parse("x.wave", text, strlen(text), NULL, messages);
}

static struct scenario *good(const char *text)
{
	struct scenario *s = parse(text);

	ck_assert_msg(s, "%s", messages_at(messages, 0)->diag.text);
	ck_assert_uint_eq(messages_count(messages), 0);
	return s;
}

static void bad(const char *text, const char *part)
{
	teardown();
	setup();
	ck_assert_ptr_null(parse(text));
	ck_assert_uint_gt(messages_errors(messages), 0);
	ck_assert_msg(strstr(messages_at(messages, 0)->diag.text, part), "%s",
	              messages_at(messages, 0)->diag.text);
}

/* --- expressions --- */

static uint32_t eval(const char *value, bool *relative)
{
	static const struct connection c = {
	    .iss = 0xfffffff0,
	    .irs = 1000,
	    .snd_nxt = 5,
	    .snd_una = 2,
	    .rcv_nxt = 1001,
	    .rcv_wnd = 500,
	    .snd_wnd = 77,
	};
	static const struct bound bound = {
	    .is_set = true, .segment = {.seq = 50, .ack = 60, .wnd = 70, .flags = TCP_FIN, .payload_len = 8}};
	const struct scope scope = {&c, &bound, 0};
	char text[256];
	struct scenario *s;
	uint32_t n;

	snprintf(text, sizeof text, HEAD "param n = 7\nopen\nexpect . as a\nsend . seq %s\n", value);
	s = good(text);
	*relative = s->steps[2].patterns[0].seq.relative;
	n = expr_eval(s->steps[2].patterns[0].seq.low, &scope);
	scenario_free(s);
	return n;
}

static const struct {
	const char *text;
	uint32_t value;
	bool relative;
} expressions[] = {
    {"1", 1, true},
    {"0x10", 16, true},
    {"2+3*4", 14, true},
    {"(2+3)*4", 20, true},
    {"10-3-2", 5, true},
    {"0-1", 0xffffffff, true},
    {"4294967295+2", 1, true},
    {"abs(5)", 5, false},
    {"abs(2)+3", 5, false},
    {"n", 7, true},
    {"n*n", 49, true},
    {"iss+32", 16, false},
    {"irs", 1000, false},
    {"snd.nxt-1", 4, false},
    {"snd.nxt - 6", 0xffffffff, false},
    {"snd.una+snd.wnd", 79, false},
    {"rcv.nxt+rcv.wnd", 1501, false},
    {"a", 50, false},
    {"a.seq+a.len", 58, false},
    {"a.end", 59, false},
    {"a.ack*a.win", 4200, false},
};

START_TEST(expression)
{
	bool relative;

	ck_assert_uint_eq(eval(expressions[_i].text, &relative), expressions[_i].value);
	ck_assert_int_eq(relative, expressions[_i].relative);
}
END_TEST

START_TEST(expression_through_blocks_is_bounded)
{
	char text[4096] = HEAD "block b0(X) { send . seq X }\n";

	/* Each block doubles its argument: 2^20 parts, were it not for the limit. */
	for (int i = 1; i <= 20; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "block b%d(X) { play b%d(X+X) }\n",
		         i, i - 1);
	strcat(text, "open\nplay b20(snd.nxt)\n");
	bad(text, "expression of more than");
}
END_TEST

/* --- params --- */

START_TEST(params_from_outside)
{
	const char *const defines[] = {"d=2min", "n=0x20", "p=5%", "s=any # text", "f=3"};
	const struct lang_options options = {.defines = defines, .define_count = 5};
	const char *text =
	    HEAD "param d = 1s\nparam n = 1\nparam p = 10%\nparam s = \"\"\nparam f = 2.5\nopen\nsilence d\n"
	         "send P. s win n\nexpect . as a\nexpect retransmit a backoff f +-p\n";
	struct scenario *s = scenario_parse("x.wave", text, strlen(text), &options, messages);

	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(s->steps[1].duration_ns, INT64_C(120000000000));
	ck_assert_uint_eq(s->steps[2].patterns[0].win.low->value, 32);
	ck_assert_mem_eq(s->steps[2].patterns[0].payload, "any # text", 10);
	ck_assert_double_eq(s->steps[4].series.plus, 0.05);
	ck_assert_double_eq(s->steps[4].series.factor, 3.0);
	scenario_free(s);
}
END_TEST

START_TEST(wrong_defines)
{
	const char *const defines[] = {"d=2", "n=many", "x=1"};
	const struct lang_options options = {.defines = defines, .define_count = 3};
	const char *text = HEAD "param d = 1s\nparam n = 1\nopen\n";

	ck_assert_ptr_null(scenario_parse("x.wave", text, strlen(text), &options, messages));
	ck_assert_uint_eq(messages_errors(messages), 3);
}
END_TEST

/* --- blocks and repeat --- */

START_TEST(blocks)
{
	struct scenario *s =
	    good(HEAD "block a(X) { send . seq X; play b(X+1) }\nblock b(Y) { send . seq Y }\nopen\n"
	              "repeat 3 { play a(5) }\n");

	ck_assert_uint_eq(s->step_count, 7);
	ck_assert_uint_eq(s->steps[5].patterns[0].seq.low->value, 5);
	ck_assert_uint_eq(s->steps[6].patterns[0].seq.low->value, 6);
	ck_assert_int_eq(s->steps[6].where.line, 4);
	ck_assert_str_eq(s->steps[6].text, "send . seq Y");
	scenario_free(s);
}
END_TEST

START_TEST(names_keep_their_slot_when_repeated)
{
	struct scenario *s =
	    good(HEAD "open\nrepeat 2 { expect . as a; expect retransmit a }\nexpect F. as b\n");

	ck_assert_uint_eq(s->name_count, 2);
	ck_assert_int_eq(s->steps[1].patterns[0].slot, s->steps[3].patterns[0].slot);
	ck_assert_int_eq(s->steps[4].series.slot, s->steps[3].patterns[0].slot);
	ck_assert_str_eq(s->names[s->steps[5].patterns[0].slot], "b");
	scenario_free(s);
}
END_TEST

START_TEST(as_many_steps_as_there_may_be)
{
	struct scenario *s = good(HEAD "open\nrepeat 99999 { send . }\n");

	ck_assert_uint_eq(s->step_count, 100000);
	scenario_free(s);
	bad(HEAD "open\nrepeat 100000 { send . }\n", "more than 100000 steps");
	bad(HEAD "open\nrepeat 4294967295 { }\n", "more than 100000 steps");
}
END_TEST

/* --- messages --- */

START_TEST(places)
{
	bad(HEAD "open\n\tsend \xc3\xa4", "ASCII");
	ck_assert_int_eq(messages_at(messages, 0)->diag.where.line, 4);
	ck_assert_int_eq(messages_at(messages, 0)->diag.where.column, 7);
	ck_assert_str_eq(messages_at(messages, 0)->diag.where.file, "x.wave");
}
END_TEST

START_TEST(columns_are_characters)
{
	bad(HEAD "open\nsend P. \"\xc3\xa4\xc3\xb6\xe2\x82\xac\" sqe 5\n", "did you mean 'seq'");
	ck_assert_int_eq(messages_at(messages, 0)->diag.where.column, 15);
	ck_assert_int_eq(messages_at(messages, 0)->width, 3);
}
END_TEST

/* Wide characters, tabs, and what no terminal may see. */
START_TEST(caret_stands_below)
{
	UT_string out;

	bad(HEAD "open\nsend P. \"\xe4\xb8\xad\t\xc3\xa4\x1b\xe2\x80\xae\" sqe 5\n", "did you mean 'seq'");
	utstring_init(&out);
	messages_text(messages, &out);
	ck_assert_str_eq(utstring_body(&out), "x.wave:4:17: error: unknown word 'sqe'; did you mean 'seq'?\n"
	                                      "  send P. \"\xe4\xb8\xad\t\xc3\xa4\\x1b\\u202e\" sqe 5\n"
	                                      "             \t             ^~~\n");
	utstring_done(&out);
}
END_TEST

START_TEST(large_and_binary)
{
	char *text = malloc(SOURCE_MAX_BYTES + 1);

	memset(text, '\n', SOURCE_MAX_BYTES + 1);
	ck_assert_ptr_null(scenario_parse("x", text, SOURCE_MAX_BYTES + 1, NULL, messages));
	ck_assert_ptr_nonnull(strstr(messages_at(messages, 0)->diag.text, "1 MiB"));
	memcpy(text, HEAD "open\n", sizeof HEAD "open\n" - 1);
	scenario_free(scenario_parse("x", text, SOURCE_MAX_BYTES, NULL, messages));
	ck_assert_uint_eq(messages_errors(messages), 1);
	free(text);
	ck_assert_ptr_null(scenario_parse("x", "a\0b", 3, NULL, messages));
	ck_assert_ptr_nonnull(strstr(messages_at(messages, 1)->diag.text, "binary"));
}
END_TEST

START_TEST(files_that_are_none)
{
	ck_assert_ptr_null(scenario_load("/nothing/here.wave", NULL, messages));
	ck_assert_ptr_nonnull(strstr(messages_at(messages, 0)->diag.text, "No such file"));
	ck_assert_ptr_null(scenario_load("/", NULL, messages));
	ck_assert_ptr_nonnull(strstr(messages_at(messages, 0)->diag.text, "directory"));
	ck_assert_ptr_null(scenario_load("/dev/zero", NULL, messages));
	ck_assert_ptr_null(scenario_load("/dev/null", NULL, messages));
}
END_TEST

START_TEST(at_most_twenty)
{
	char text[8192] = HEAD "open\n";

	for (int i = 0; i < 100; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "send . seq x%d\n", i);
	ck_assert_ptr_null(parse(text));
	ck_assert_uint_eq(messages_errors(messages), MESSAGES_MAX_ERRORS);
	ck_assert_uint_eq(messages_count(messages), MESSAGES_MAX_ERRORS + 1);
	ck_assert_int_eq(messages_at(messages, MESSAGES_MAX_ERRORS)->severity, SEVERITY_NOTE);
}
END_TEST

/* --- small parts --- */

START_TEST(distances)
{
	ck_assert_uint_eq(suggest_distance("exepct", "expect"), 1);
	ck_assert_uint_eq(suggest_distance("abc", "abc"), 0);
	ck_assert_uint_eq(suggest_distance("ABC", "abc"), 1);
	ck_assert_uint_eq(suggest_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(suggest_distance("", "abc"), 3);
}
END_TEST

/* A kind of statement that has no row in its table. */
START_TEST(every_statement_has_a_row)
{
	for (enum tree_kind k = 0; k < TREE_COUNT; k++) {
		bool declared = k == TREE_PARAM || k == TREE_INCLUDE || k == TREE_BLOCK;
		bool put_in = k == TREE_REPEAT || k == TREE_PLAY;

		ck_assert_msg(tree_kind_word(k) && tree_form(tree_kind_word(k)), "kind %d", k);
		ck_assert_msg(declared || put_in ||
		                  (tree_is_header(k) ? !!header_rules[k].check : !!step_rules[k].check),
		              "%s", tree_kind_word(k));
	}
	for (enum tree_attr_kind k = 0; k < ATTR_COUNT_OF_KINDS; k++)
		ck_assert_msg(tree_attr_word(k), "attribute %d", k);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lang");
	TCase *tc = tcase_create("lang");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, expression, 0, sizeof expressions / sizeof *expressions);
	tcase_add_test(tc, expression_through_blocks_is_bounded);
	tcase_add_test(tc, params_from_outside);
	tcase_add_test(tc, wrong_defines);
	tcase_add_test(tc, blocks);
	tcase_add_test(tc, names_keep_their_slot_when_repeated);
	tcase_add_test(tc, as_many_steps_as_there_may_be);
	tcase_add_test(tc, places);
	tcase_add_test(tc, columns_are_characters);
	tcase_add_test(tc, caret_stands_below);
	tcase_add_test(tc, large_and_binary);
	tcase_add_test(tc, files_that_are_none);
	tcase_add_test(tc, at_most_twenty);
	tcase_add_test(tc, distances);
	tcase_add_test(tc, every_statement_has_a_row);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
