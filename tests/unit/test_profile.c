/* Profiles: the reader and its messages, those that come with the program, how scenarios use the values, and
 * which of param, -D and profile wins. */
#include "lang/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"
#include "lang/load.h"
#include "suite.h"

static const char *const shipped[] = {"rfc", "linux", "bsd", "lwip"};

static struct messages *messages;
static char dir[512];

static void setup(void)
{
	const char *srcdir = getenv("srcdir");

	messages = messages_new();
	snprintf(dir, sizeof dir, "%s/profiles", srcdir ? srcdir : ".");
}

static void teardown(void) { messages_free(messages); }

static const char *said(void)
{
	return messages_count(messages) > 0 ? messages_at(messages, 0)->diag.text : "nothing";
}

static struct profile *parse(const char *text)
{
	return profile_parse("my.profile", text, strlen(text), dir, messages);
}

static struct profile *good(const char *text)
{
	struct profile *p = parse(text);

	ck_assert_msg(p, "%s", said());
	ck_assert_uint_eq(messages_count(messages), 0);
	return p;
}

/* The first message, and its place. */
static void bad(const char *text, int line, int column, const char *part)
{
	const struct message *m;

	teardown();
	setup();
	ck_assert_msg(!parse(text), "%s", text);
	m = messages_at(messages, 0);
	ck_assert_msg(strstr(m->diag.text, part), "%s", m->diag.text);
	ck_assert_msg(m->diag.where.line == line && m->diag.where.column == column, "%s: %d:%d", m->diag.text,
	              m->diag.where.line, m->diag.where.column);
}

/* --- the reader --- */

START_TEST(values_of_each_kind)
{
	struct profile *p = good("# of no stack\n"
	                         "title = \"x # y\" # z\n\n"
	                         "time_wait=1min..66s#here\n"
	                         "\tfin_wait_2 = 1500ms .. forever  # there: a, b \r\n"
	                         "timer_tick = 0.5s\nbackoff_late = 12.5%\nresends = 0x10\n"
	                         "fin_again = fin");

	ck_assert_str_eq(p->name, "my");
	ck_assert_str_eq(p->title, "x # y");
	ck_assert_int_eq(p->values[PROFILE_TIME_WAIT].low, 60 * NS_PER_S);
	ck_assert_int_eq(p->values[PROFILE_TIME_WAIT].high, 66 * NS_PER_S);
	ck_assert_str_eq(p->values[PROFILE_TIME_WAIT].source, "here");
	ck_assert_str_eq(p->values[PROFILE_TIME_WAIT].from, "my");
	ck_assert_int_eq(p->values[PROFILE_TIME_WAIT].where.line, 4);
	ck_assert_int_eq(p->values[PROFILE_FIN_WAIT_2].low, 1500 * NS_PER_MS);
	ck_assert(p->values[PROFILE_FIN_WAIT_2].high == FOREVER_NS);
	ck_assert_str_eq(p->values[PROFILE_FIN_WAIT_2].source, "there: a, b");
	ck_assert_int_eq(p->values[PROFILE_TIMER_TICK].low, 500 * NS_PER_MS);
	ck_assert_int_eq(p->values[PROFILE_BACKOFF_LATE].low, 125000);
	ck_assert_int_eq(p->values[PROFILE_RESENDS].low, 16);
	ck_assert_str_eq(p->values[PROFILE_FIN_AGAIN].word, "fin");
	ck_assert(!p->values[PROFILE_MSL].given && !p->values[PROFILE_RESENDS].source);
	profile_free(p);
}
END_TEST

START_TEST(what_is_no_profile)
{
	bad("time_wiat = 60s..66s", 1, 1, "unknown value 'time_wiat'; did you mean 'time_wait'?");
	bad("\n  based_no = linux", 2, 3, "did you mean 'based_on'?");
	bad("msl = 3", 1, 7, "msl: a duration needs its unit");
	bad("msl = 3 s", 1, 7, "");
	bad("msl = soon", 1, 7, "'soon' is not a number");
	bad("msl", 1, 1, "a line is NAME = VALUE");
	bad("msl =  # x", 1, 6, "a line is NAME = VALUE");
	bad(" = 3s", 1, 2, "a line is NAME = VALUE");
	bad("m sl = 3s", 1, 1, "a line is NAME = VALUE");
	bad("time_wait = 60s", 1, 13, "a range of durations");
	bad("time_wait = 66s..60s", 1, 13, "the first time is longer than the second");
	bad("time_wait = 60s..", 1, 13, "");
	bad("resends = 4s", 1, 11, "a number, not a duration");
	bad("resends = 4.5", 1, 11, "a number, not a decimal number");
	bad("backoff_late = 4", 1, 16, "a percentage, not a number");
	bad("fin_again = akc", 1, 13, "'akc' is none of its words (ack fin); did you mean 'ack'?");
	bad("msl = 1s\n# x\nmsl = 2s", 3, 1, "'msl' is given twice");
	ck_assert_str_eq(messages_at(messages, 1)->diag.text, "it is given here first");
	ck_assert_int_eq(messages_at(messages, 1)->diag.where.line, 1);
	bad("title = x", 1, 9, "in quotes");
	bad("title = \"\\q\"", 1, 9, "");
	bad("title = \"a\"\ntitle = \"b\"", 2, 1, "twice");
	bad("based_on = lniux", 1, 12, "there is no profile 'lniux' in ");
	bad("msl = 1s\nbased_on = linux", 2, 12, "before the values");
	bad("based_on = linux\nbased_on = rfc", 2, 1, "twice");
	bad("based_on = ./missing.profile", 1, 12, "cannot be opened");
	bad("msl = 1s\xff", 0, 0, "UTF-8");
	/* All of them, each at its place. */
	bad("x = 1\ny = 2\nmsl = 3\n", 1, 1, "unknown value 'x'");
	ck_assert_uint_eq(messages_errors(messages), 3);
}
END_TEST

/* Whatever a file holds: a profile, or a message. */
START_TEST(damaged_files)
{
	static const char bytes[] = "#=\" \n.\\0s%\t\xc3";
	char text[4096];
	char path[600];
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s.profile", dir, shipped[_i]);
	f = fopen(path, "r");
	ck_assert_msg(f, "%s", path);
	len = fread(text, 1, sizeof text, f);
	fclose(f);
	ck_assert_uint_lt(len, sizeof text);
	for (size_t at = 0; at < len; at++) {
		char was = text[at];
		struct profile *p;

		text[at] = bytes[at % (sizeof bytes - 1)];
		for (int cut = 0; cut < 2; cut++) {
			teardown();
			setup();
			p = profile_parse("my.profile", text, cut ? at : len, dir, messages);
			ck_assert_msg(!p == (messages_errors(messages) > 0), "%zu: %s", at, said());
			profile_free(p);
		}
		text[at] = was;
	}
}
END_TEST

START_TEST(based_on_another)
{
	struct profile *p = good("based_on = linux\nmsl = 7s");

	ck_assert_int_eq(p->values[PROFILE_MSL].low, 7 * NS_PER_S);
	ck_assert_str_eq(p->values[PROFILE_MSL].from, "my");
	ck_assert_int_eq(p->values[PROFILE_TIME_WAIT].low, 60 * NS_PER_S);
	ck_assert_str_eq(p->values[PROFILE_TIME_WAIT].from, "linux");
	ck_assert_str_eq(p->values[PROFILE_DELAYED_ACK].from, "rfc");
	ck_assert(!p->title);
	ck_assert(profile_is(p, "my") && profile_is(p, "linux") && profile_is(p, "rfc"));
	ck_assert(!profile_is(p, "bsd"));
	profile_free(p);
}
END_TEST

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

/* Beside the file that says so; and one that leads back is no endless way. */
START_TEST(files_that_are_based_on_each_other)
{
	static const char *const names[] = {"a", "linux", "c"};
	char where[] = "profile-XXXXXX", path[3][64];
	struct profile *p;

	ck_assert_ptr_nonnull(mkdtemp(where));
	for (int i = 0; i < 3; i++)
		snprintf(path[i], sizeof path[i], "%s/%s.profile", where, names[i]);
	write_file(path[0], "based_on = ./linux.profile\nresends = 9\n");
	write_file(path[1], "based_on = linux\nmsl = 1s\n"); /* ours, by the same name */
	p = profile_load(path[0], dir, messages);
	ck_assert_msg(p, "%s", said());
	ck_assert_str_eq(p->name, "a");
	ck_assert_int_eq(p->values[PROFILE_MSL].low, NS_PER_S);
	ck_assert_int_eq(p->values[PROFILE_RTO_MIN].low, 200 * NS_PER_MS);
	profile_free(p);
	write_file(path[1], "based_on = c.profile\n");
	write_file(path[2], "based_on = a.profile\n");
	ck_assert_ptr_null(profile_load(path[0], dir, messages));
	ck_assert_msg(strstr(said(), "'a' is based on itself"), "%s", said());
	for (int i = 0; i < 3; i++)
		unlink(path[i]);
	rmdir(where);
}
END_TEST

START_TEST(what_the_user_names)
{
	ck_assert_ptr_null(profile_load("linuks", dir, messages));
	ck_assert_msg(strstr(said(), "there is no profile 'linuks' in "), "%s", said());
	ck_assert_msg(strstr(said(), ": bsd, linux, lwip, rfc; a file"), "%s", said());
	teardown();
	setup();
	ck_assert_ptr_null(profile_load("./linux", dir, messages));
	ck_assert_msg(strstr(said(), "cannot be opened"), "%s", said());
}
END_TEST

/* --- those that come with the program --- */

START_TEST(each_of_ours_is_sound)
{
	struct profile *p = profile_load(shipped[_i], dir, messages);

	ck_assert_msg(p, "%s", said());
	ck_assert_str_eq(p->name, shipped[_i]);
	ck_assert_ptr_nonnull(p->title);
	ck_assert(profile_is(p, "rfc"));
	for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++)
		ck_assert_msg(!p->values[i].given || p->values[i].source, "%s has no source",
		              profile_rules[i].name);
	profile_free(p);
}
END_TEST

/* What no RFC bounds is no stranger's to keep. */
START_TEST(rfc_bounds_no_choice)
{
	static const enum profile_id open[] = {
	    PROFILE_TIME_WAIT,   PROFILE_TIME_WAIT_TIMER, PROFILE_FIN_WAIT_2, PROFILE_RTO_MIN,
	    PROFILE_RTO_INITIAL, PROFILE_SYN_GAP,         PROFILE_FIRST_GAP,  PROFILE_FIRST_RESEND,
	    PROFILE_ABORT_RST,   PROFILE_FIN_AGAIN,       PROFILE_MERGED_FIN, PROFILE_ORPHAN_DATA,
	    PROFILE_SHUT_WINDOW,
	};
	struct profile *p = profile_load("rfc", dir, messages);

	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		ck_assert_msg(!p->values[open[i]].given, "%s", profile_rules[open[i]].name);
	ck_assert_int_eq(p->values[PROFILE_DELAYED_ACK].low, 500 * NS_PER_MS);
	profile_free(p);
}
END_TEST

/* What a journal keeps is read as it was. */
START_TEST(the_text_of_a_profile)
{
	struct profile *p = profile_load(shipped[_i], dir, messages), *again;
	const char *text = profile_text(p, p->arena);

	again = profile_parse("x/again", text, strlen(text), "", messages);
	ck_assert_msg(again, "%s", said());
	for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++) {
		const struct profile_value *a = &p->values[i], *b = &again->values[i];

		ck_assert_msg(a->given == b->given && a->low == b->low && a->high == b->high &&
		                  !a->word == !b->word && (!a->word || strcmp(a->word, b->word) == 0),
		              "%s", profile_rules[i].name);
	}
	profile_free(p);
	profile_free(again);
}
END_TEST

START_TEST(the_manual_tells_of_each_value)
{
	const char *srcdir = getenv("srcdir");
	bool listed[PROFILE_VALUE_COUNT] = {false};
	char path[512], line[256], word[64];
	enum profile_id id;
	FILE *f;

	snprintf(path, sizeof path, "%s/man/fourwave-profile.5", srcdir ? srcdir : ".");
	f = fopen(path, "r");
	ck_assert_msg(f, "%s", path);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, ".It Li %63s", word) == 1) {
			ck_assert_msg(profile_id_parse(word, &id), "%s is no value", word);
			listed[id] = true;
		}
	fclose(f);
	for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++)
		ck_assert_msg(listed[i], "%s is not in fourwave-profile(5)", profile_rules[i].name);
}
END_TEST

/* --- scenarios --- */

#define HEAD "scenario \"x\"\nrole passive\n"

static struct scenario *play(const char *profile, const char *const *defines, size_t count, const char *text)
{
	struct profile *p = profile ? profile_load(profile, dir, messages) : NULL;
	struct lang_options options = {.profile = p, .defines = defines, .define_count = count};
	struct scenario *s;
	char all[1024];

	snprintf(all, sizeof all, HEAD "%s\n", text);
	for (size_t i = 0; i < count; i++) {
		struct profile_value v;
		enum profile_id id;
		struct diag d;

		if (p && profile_define(p->arena, defines[i], &id, &v, &d))
			p->values[id] = v;
	}
	s = scenario_parse("x.wave", all, strlen(all), &options, messages);
	profile_free(p);
	return s;
}

static struct scenario *sound(const char *profile, const char *text)
{
	struct scenario *s = play(profile, NULL, 0, text);

	ck_assert_msg(s, "%s", said());
	return s;
}

static void refused(const char *text, const char *part)
{
	teardown();
	setup();
	ck_assert_msg(!play("linux", NULL, 0, text), "%s", text);
	ck_assert_msg(strstr(said(), part), "%s", said());
}

START_TEST(values_stand_where_params_do)
{
	struct scenario *s =
	    sound("linux", "open\nexpect F. within deadline as fin\n"
	                   "expect retransmit fin count resends backoff 2 +backoff_late/-backoff_early "
	                   "first first_gap\n"
	                   "state TIME-WAIT timer time_wait_timer within time_wait.high\n"
	                   "expect . between time_wait\nsilence time_wait.low\n"
	                   "expect retransmit fin first rto_min..time_wait.high");

	ck_assert_int_eq(s->steps[1].timing.within_ns, 5 * NS_PER_S);
	ck_assert_uint_eq(s->steps[2].series.min, 4);
	ck_assert_double_eq(s->steps[2].series.plus, 0.15);
	ck_assert_double_eq(s->steps[2].series.minus, 0.02);
	ck_assert_int_eq(s->steps[2].series.first_min_ns, 190 * NS_PER_MS);
	ck_assert_int_eq(s->steps[2].series.first_max_ns, 400 * NS_PER_MS);
	ck_assert_int_eq(s->steps[3].state.timer_max_ns, 61 * NS_PER_S);
	ck_assert_int_eq(s->steps[3].timing.within_ns, 66 * NS_PER_S);
	ck_assert_int_eq(s->steps[4].timing.after_ns, 60 * NS_PER_S);
	ck_assert_int_eq(s->steps[4].timing.within_ns, 66 * NS_PER_S);
	ck_assert_int_eq(s->steps[5].duration_ns, 60 * NS_PER_S);
	ck_assert_int_eq(s->steps[6].series.first_min_ns, 200 * NS_PER_MS);
	/* Each is named once, with the profile that gives it. */
	ck_assert_uint_eq(s->value_count, 8);
	ck_assert_str_eq(s->values[0].name, "deadline");
	ck_assert_str_eq(s->values[0].text, "5s");
	ck_assert_str_eq(s->values[0].from, "linux");
	scenario_free(s);
}
END_TEST

START_TEST(through_blocks_and_into_expressions)
{
	struct scenario *s =
	    sound("linux", "block b(D, R, N) { silence D; state TIME-WAIT timer R; repeat N { fence } "
	                   "}\nopen\nplay b(time_wait.high, time_wait_timer, resends)\n"
	                   "send . win resends+1");

	ck_assert_int_eq(s->steps[1].duration_ns, 66 * NS_PER_S);
	ck_assert_int_eq(s->steps[2].state.timer_min_ns, 57 * NS_PER_S);
	ck_assert_uint_eq(s->step_count, 1 + 2 + 4 + 1);
	ck_assert_uint_eq(s->steps[7].patterns[0].win.low->value, 5);
	scenario_free(s);
}
END_TEST

/* Nothing is too early or too late, nobody waits for ever, and what is its choice binds nobody. */
START_TEST(what_no_profile_bounds)
{
	struct scenario *s = sound(
	    "rfc",
	    "open\nexpect F. between time_wait as fin choice time_wait\nexpect . as a\n"
	    "expect retransmit fin first first_gap choice first_gap\nstate TIME-WAIT timer time_wait_timer\n"
	    "silence time_wait.high\nsilence time_wait.low\nexpect . within time_wait.high\n"
	    "interval fin a after time_wait.high within 1s\nexpect . within delayed_ack choice delayed_ack");

	ck_assert_int_eq(s->steps[1].timing.after_ns, 0);
	ck_assert_int_eq(s->steps[1].timing.within_ns, 300 * NS_PER_S);
	ck_assert_int_eq(s->steps[1].basis.level, LEVEL_MAY);
	ck_assert_str_eq(s->steps[1].basis.choice, "time_wait");
	ck_assert_int_eq(s->steps[3].series.first_min_ns, -1);
	ck_assert_int_eq(s->steps[3].series.first_max_ns, -1);
	ck_assert(!s->steps[4].state.has_timer);
	ck_assert_int_eq(s->steps[5].duration_ns, 0);
	ck_assert_int_eq(s->steps[6].duration_ns, 0);
	ck_assert_int_eq(s->steps[7].timing.within_ns, 300 * NS_PER_S);
	ck_assert_int_eq(s->steps[8].timing.after_ns, -1);
	ck_assert_int_eq(s->steps[9].basis.level, LEVEL_CHOICE);
	ck_assert_ptr_null(s->values[0].from);
	scenario_free(s);
}
END_TEST

/* A segment of that name is a segment, also one that a block is to bind. */
START_TEST(a_segment_may_have_the_name_of_a_value)
{
	struct scenario *s = sound("linux", "block b(S) { expect F. as S }\nopen\nplay b(fin_again)\n"
	                                    "expect . as resends\nsend . ack resends.end\n"
	                                    "expect retransmit resends");

	ck_assert_int_eq(s->steps[4].series.slot, 1);
	scenario_free(s);
}
END_TEST

START_TEST(where_no_value_can_stand)
{
	refused("open\nexpect F. within time_wait", "this is a range: its ends are 'time_wait.low' and");
	refused("open\nexpect F. within time_wiat.high", "unknown name 'time_wiat.high'");
	refused("open\nexpect F. within dedline", "did you mean 'deadline'?");
	refused("open\nexpect F. within resends", "a duration needs its unit");
	refused("open\nexpect F. within fin_again", "unknown name 'fin_again'");
	refused("open\nexpect F. within time_wait.middle", "unknown name");
	refused("open\nexpect F. as f\nexpect retransmit f first deadline", "a range is two times");
	refused("open\nexpect F. as f\nexpect retransmit f first frist_gap", "did you mean 'first_gap'?");
	refused("open\nsend . win time_wait", "only numbers can be reckoned with");
	refused("open\nexpect F. choice time_wate", "unknown choice 'time_wate'");
}
END_TEST

START_TEST(param_then_define_then_profile)
{
	static const char *const defines[] = {"deadline=9s", "time_wait=1s..2s"};
	struct scenario *s;

	/* The profile's, where nobody says anything else. */
	s = sound("linux", "open\nsilence deadline");
	ck_assert_int_eq(s->steps[1].duration_ns, 5 * NS_PER_S);
	scenario_free(s);
	/* The scenario's own param. */
	s = sound("linux", "param deadline = 3s\nopen\nsilence deadline");
	ck_assert_int_eq(s->steps[1].duration_ns, 3 * NS_PER_S);
	ck_assert_uint_eq(s->value_count, 0);
	scenario_free(s);
	/* -D, of both. */
	s = play("linux", defines, 2, "param deadline = 3s\nopen\nsilence deadline\nsilence time_wait.low");
	ck_assert_msg(s, "%s", said());
	ck_assert_int_eq(s->steps[1].duration_ns, 9 * NS_PER_S);
	ck_assert_int_eq(s->steps[2].duration_ns, NS_PER_S);
	scenario_free(s);
	s = play("linux", defines, 2, "open\nsilence deadline");
	ck_assert_msg(s, "%s", said());
	ck_assert_int_eq(s->steps[1].duration_ns, 9 * NS_PER_S);
	ck_assert_str_eq(s->values[0].from, "-D");
	scenario_free(s);
}
END_TEST

START_TEST(defines_that_are_no_value)
{
	static const char *wrong_kind[] = {"deadline=9"}, *const unknown[] = {"dedline=9s"};

	ck_assert_ptr_null(play("linux", wrong_kind, 1, "open"));
	ck_assert_msg(strstr(said(), "-D deadline=9: a duration needs its unit"), "%s", said());
	teardown();
	setup();
	ck_assert_ptr_null(play("linux", unknown, 1, "open"));
	ck_assert_msg(strstr(said(), "did you mean 'deadline'?"), "%s", said());
	/* A param of that name may be of another kind. */
	teardown();
	setup();
	wrong_kind[0] = "resends=2s";
	scenario_free(play("linux", wrong_kind, 1, "param resends = 1s\nopen\nsilence resends"));
	ck_assert_uint_eq(messages_count(messages), 0);
}
END_TEST

START_TEST(a_scenario_about_one_stack)
{
	struct scenario *s = sound("rfc", "stack linux or bsd\nopen");

	ck_assert_uint_eq(s->stack_count, 2);
	ck_assert_str_eq(s->stacks[1], "bsd");
	scenario_free(s);
	refused("stack\nopen", "");
	refused("stack linux\nstack bsd\nopen", "'stack' is given twice");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("profile");
	TCase *c = tcase_create("all");
	const int last = sizeof shipped / sizeof *shipped;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, values_of_each_kind);
	tcase_add_test(c, what_is_no_profile);
	tcase_add_loop_test(c, damaged_files, 0, last);
	tcase_add_test(c, based_on_another);
	tcase_add_test(c, files_that_are_based_on_each_other);
	tcase_add_test(c, what_the_user_names);
	tcase_add_loop_test(c, each_of_ours_is_sound, 0, last);
	tcase_add_test(c, rfc_bounds_no_choice);
	tcase_add_loop_test(c, the_text_of_a_profile, 0, last);
	tcase_add_test(c, the_manual_tells_of_each_value);
	tcase_add_test(c, values_stand_where_params_do);
	tcase_add_test(c, through_blocks_and_into_expressions);
	tcase_add_test(c, what_no_profile_bounds);
	tcase_add_test(c, a_segment_may_have_the_name_of_a_value);
	tcase_add_test(c, where_no_value_can_stand);
	tcase_add_test(c, param_then_define_then_profile);
	tcase_add_test(c, defines_that_are_no_value);
	tcase_add_test(c, a_scenario_about_one_stack);
	suite_add_tcase(s, c);
	return suite_run(s);
}
