/* Codes and sentences: each code has one, and stands in the manual and in the schema. */
#include "core/rules.h"
#include "report/words.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_sample.h"
#include "suite.h"

static FILE *open_source(const char *name)
{
	const char *dir = getenv("srcdir");
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir ? dir : ".", name);
	f = fopen(path, "r");
	ck_assert_msg(f, "%s cannot be read", path);
	return f;
}

/* The i-th of the codes, and of the rules that are judged in a run; NULL: there are no more. */
static const char *code_at(size_t i)
{
	return i + CODE_NONE + 1 < CODE_COUNT ? code_name((enum code)(i + CODE_NONE + 1)) : NULL;
}

static const char *rule_at(size_t i)
{
	for (enum rule r = 0; r < RULE_COUNT; r++)
		if (rules[r].judged != JUDGED_IN_CAPTURES && i-- == 0)
			return rules[r].id;
	return NULL;
}

static void check_list(const json_t *schema, const char *name, const char *(*at)(size_t i))
{
	const json_t *list =
	    json_object_get(json_object_get(json_object_get(schema, "definitions"), name), "enum");
	size_t count = 0;

	for (; at(count); count++) {
		const char *listed = json_string_value(json_array_get(list, count));

		ck_assert_msg(listed && strcmp(listed, at(count)) == 0, "%s is not in its place", at(count));
	}
	ck_assert_uint_eq(json_array_size(list), count);
}

START_TEST(the_schema_lists_each_code)
{
	FILE *f = open_source("schema/fourwave-result-3.schema.json");
	json_t *schema = json_loadf(f, 0, NULL);

	fclose(f);
	check_list(schema, "code", code_at);
	check_list(schema, "rule_id", rule_at);
	json_decref(schema);
}
END_TEST

START_TEST(the_manual_lists_each_code)
{
	FILE *f = open_source("man/fourwave.1");
	bool inside = false, listed[CODE_COUNT] = {false};
	char line[256];
	enum code code;

	while (fgets(line, sizeof line, f)) {
		if (strncmp(line, ".Sh ", 4) == 0)
			inside = strcmp(line, ".Sh CODES\n") == 0;
		if (!inside || strncmp(line, ".It Li ", 7) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		ck_assert_msg(code_parse(line + 7, &code) && !listed[code], "%s", line + 7);
		listed[code] = true;
	}
	fclose(f);
	for (int i = CODE_NONE + 1; i < CODE_COUNT; i++)
		ck_assert_msg(listed[i], "%s is not listed", code_name((enum code)i));
}
END_TEST

/* Whatever its numbers are: they may be anybody's journal's. */
START_TEST(each_code_has_its_sentence)
{
	static const int64_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, -1, INT64_MAX, INT64_MIN};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		int64_t n = numbers[i];
		enum code code = (enum code)_i;
		char text[REASON_BYTES], narrow[8];
		struct sample s;

		sample_pass(&s);
		s.verdict.kind = code_fits(code, VERDICT_SKIP)   ? VERDICT_SKIP
		                 : code_fits(code, VERDICT_FAIL) ? VERDICT_FAIL
		                                                 : VERDICT_ERROR;
		s.verdict.reason = (struct reason){.code = code, .n = {n, n, n, n}, .text = "text"};
		reason_text(&s.result, text, sizeof text);
		ck_assert_msg(*text, "%s: %lld", code_name(code), (long long)n);
		reason_text(&s.result, narrow, sizeof narrow);
		ck_assert_uint_eq(strlen(narrow), strlen(text) < 7 ? strlen(text) : 7);
	}
}
END_TEST

START_TEST(each_datum_has_its_words)
{
	struct mismatch m = {.expected = datum_of((enum datum_kind)_i, 1, 2), .got = {.text = "text"}};
	struct mismatch_words words;

	snprintf(m.expected.text, sizeof m.expected.text, "text");
	words = mismatch_words(&m);
	ck_assert(*words.expected && !strpbrk(words.expected, "{}"));
	ck_assert_str_eq(words.got, "none");
}
END_TEST

START_TEST(what_excuses_a_failure_names_it)
{
	struct sample s;
	char text[REASON_BYTES];

	sample_fail(&s);
	s.verdict.overruled = s.verdict.reason;
	s.verdict.kind = VERDICT_ERROR;
	s.verdict.reason = (struct reason){.code = CODE_PATH_HOP_LIMIT, .n = {63, 64}};
	s.verdict.damaged = 2;
	ck_assert_str_eq(
	    reason_text(&s.result, text, sizeof text),
	    "it came with hop limit 63, the peer's handshake with 64: another host may have sent "
	    "it: so this can't be held against the peer: F. 2:2(0) ack 1 came; its seq is 2, "
	    "expected 1 (2 of the peer's segments had a wrong checksum)");
	s.verdict.reason = (struct reason){.code = CODE_CAPTURE_LOST, .n = {5}};
	s.verdict.damaged = 0;
	ck_assert_str_eq(reason_text(&s.result, text, sizeof text),
	                 "the capture lost 5 packets: nothing can be judged from the rest");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("reason");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, the_schema_lists_each_code);
	tcase_add_test(tc, the_manual_lists_each_code);
	tcase_add_loop_test(tc, each_code_has_its_sentence, CODE_NONE + 1, CODE_COUNT);
	tcase_add_loop_test(tc, each_datum_has_its_words, DATUM_NONE, DATUM_KINDS);
	tcase_add_test(tc, what_excuses_a_failure_names_it);
	suite_add_tcase(s, tc);
	return s;
}

int main(void) { return suite_run(suite()); }
