/* The command line: what is taken, what is refused and how it is said; and that
 * --help has every flag. Also the token bucket behind --rate. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "run/play.h"
#include "cmd/options.h"
#include "suite.h"

enum { ARGS_MAX = 48 };

/* A command line, words parted by single spaces. */
struct line {
	char text[512];
	char *argv[ARGS_MAX + 1];
	int argc;
	struct options options;
	struct diag d;
	enum flags_result result;
};

static struct line line;

static void parse(const struct command *command, const char *text)
{
	options_free(&line.options);
	memset(&line, 0, sizeof line);
	snprintf(line.text, sizeof line.text, "%s", text);
	for (char *word = strtok(line.text, " "); word; word = strtok(NULL, " ")) {
		ck_assert_int_lt(line.argc, ARGS_MAX);
		line.argv[line.argc++] = word;
	}
	line.result = options_parse(command, line.argc, line.argv, &line.options, &line.d);
}

static void accepts(const struct command *command, const char *text)
{
	parse(command, text);
	ck_assert_msg(line.result == FLAGS_OK, "refused: %s: %s", text, line.d.text);
}

static void teardown(void)
{
	options_free(&line.options);
	memset(&line.options, 0, sizeof line.options);
}

START_TEST(defaults)
{
	accepts(&command_run, "run a.wave");
	ck_assert_ptr_null(line.options.target);
	ck_assert_uint_eq(line.options.jobs, 0);
	ck_assert_uint_eq(line.options.rate, 0);
	ck_assert_double_eq(line.options.slow, 1);
	ck_assert_uint_eq(line.options.source_port, 0);
	ck_assert(!line.options.ipv4 && !line.options.ipv6 && !line.options.tap && !line.options.quick);
	ck_assert_uint_eq(line.options.path_count, 1);
	ck_assert_str_eq(line.options.paths[0], "a.wave");
}
END_TEST

START_TEST(everything)
{
	const struct options *o = &line.options;

	accepts(&command_run, "run -t web1:80 -4 -S 192.0.2.9 -p 20000 -j 4 -D a=1s --define=b=2 -I x "
	                      "--quick --slow 2.5 --rate 50 --provoke http --no-agent dir b.wave");
	ck_assert_str_eq(o->target, "web1:80");
	ck_assert(o->ipv4 && !o->ipv6 && o->quick && o->no_agent);
	ck_assert_uint_eq(o->source.family, 4);
	ck_assert_uint_eq(o->source_port, 20000);
	ck_assert_uint_eq(o->jobs, 4);
	ck_assert_uint_eq(o->defines.count, 2);
	ck_assert_str_eq(o->defines.items[1], "b=2");
	ck_assert_str_eq(o->includes.items[0], "x");
	ck_assert_double_eq(o->slow, 2.5);
	ck_assert_uint_eq(o->rate, 50);
	ck_assert_str_eq(o->provokes.items[0], "http");
	ck_assert_uint_eq(o->path_count, 2);
	accepts(&command_run, "run -t web1 --agent 127.0.0.1:4144 dir");
	ck_assert_str_eq(o->agent, "127.0.0.1:4144");
	ck_assert_uint_eq(o->path_count, 1);
}
END_TEST

/* Flags may stand after operands; "--" ends them. */
START_TEST(order)
{
	accepts(&command_run, "run a.wave -q -- -b.wave");
	ck_assert(line.options.quiet);
	ck_assert_uint_eq(line.options.path_count, 2);
	ck_assert_str_eq(line.options.paths[1], "-b.wave");
}
END_TEST

START_TEST(help)
{
	parse(&command_table, "table --help");
	ck_assert_int_eq(line.result, FLAGS_HELP);
	teardown();
	parse(&command_check, "check -h");
	ck_assert_int_eq(line.result, FLAGS_HELP);
}
END_TEST

static const struct {
	const struct command *command;
	const char *text, *says;
} refused[] = {
    {&command_run, "run", "no scenario is named"},
    {&command_run, "run --targt x a", "unknown flag --targt; did you mean"},
    {&command_run, "run --zzzzzzzz a", "unknown flag --zzzzzzzz; see"},
    {&command_run, "run -Z a", "unknown flag -Z"},
    {&command_run, "run --tap=yes a", "needs --serve"},
    {&command_table, "table --tap fw0", "needs --serve"},
    {&command_run, "run --serve x --client y a", "exclude each other"},
    {&command_run, "run --serve x -t web1:80 a", "give one of them"},
    {&command_run, "run --port 80 a", "--serve"},
    {&command_run, "run --tap fw0 --client x a", "needs --serve"},
    {&command_run, "run a -t", "-t needs a value: HOST[:PORT]"},
    {&command_run, "run a --json", "--json needs a value: FILE"},
    {&command_run, "run -j 0 a", "--jobs: 0 is too small"},
    {&command_run, "run -j x a", "--jobs: \"x\" is not a number"},
    {&command_run, "run -j -1 a", "--jobs: \"-1\" is not a number"},
    {&command_run, "run -p 65536 a", "--source-port: 65536 is too large, the most is 65535"},
    {&command_run, "run --rate 99999999999999999999999 a", "is too large"},
    {&command_run, "run --slow 0.5 a", "--slow: 0.5 is too small"},
    {&command_run, "run --slow inf a", "is not a number"},
    {&command_run, "run --slow 1e3 a", "is not a number"},
    {&command_run, "run -D deadline a", "is not NAME=VALUE"},
    {&command_run, "run -D =1 a", "is not NAME=VALUE"},
    {&command_run, "run --color pink a", "none of auto, always, never"},
    {&command_run, "run -4 -6 a", "-4 and -6 exclude each other"},
    {&command_run, "run -i eth0 a", "--interface makes no sense in the lab"},
    {&command_run, "run --provoke http a", "--provoke makes no sense in the lab"},
    {&command_run, "run -t h --agent 4144 --no-agent a", "exclude each other"},
    {&command_run, "run -t h --agent 4144 --provoke http a", "give one of them"},
    {&command_run, "run -t h --spare a", "--spare needs the spare address"},
    {&command_run, "run -t h --tap --json - a", "both want standard output"},
    {&command_run, "run --tap --json - a", "both want standard output"},
    {&command_run, "run -t h -S web1 a", "--source: \"web1\" is not an address"},
    {&command_run, "run -t h -S 192.0.2 a", "is not an address"},
    {&command_check, "check -j 2 a", "unknown flag -j"},
    {&command_explain, "explain", "no scenario is named"},
};

START_TEST(refuses)
{
	parse(refused[_i].command, refused[_i].text);
	ck_assert_msg(line.result == FLAGS_BAD, "taken: %s", refused[_i].text);
	ck_assert_msg(strstr(line.d.text, refused[_i].says), "%s: says \"%s\"", refused[_i].text,
	              line.d.text);
}
END_TEST

/* Each flag of each table is printed, at the start of a line. */
#define POINTER(name) &command_##name,
static const struct command *const commands[] = {COMMANDS(POINTER)};

START_TEST(help_text)
{
	const struct command *c = commands[_i];
	char *text = NULL, want[64];
	size_t size;
	FILE *f = open_memstream(&text, &size);

	command_help(c, f);
	fclose(f);
	for (const struct flag *flag = c->flags; flag->name; flag++) {
		char letter[] = {'-', flag->letter, ',', '\0'};
		snprintf(want, sizeof want, "\n  %3s %s", flag->letter ? letter : "", flag->name);
		ck_assert_msg(strstr(text, want), "%s --help: no %s", c->name, want);
	}
	for (char *l = strtok(text, "\n"); l; l = strtok(NULL, "\n"))
		ck_assert_msg(strlen(l) <= 100, "too wide: %s", l);
	free(text);
}
END_TEST

START_TEST(bucket)
{
	const int64_t s = 1000000000;
	struct bucket b;
	int64_t next;
	int sent = 0;

	bucket_init(&b, 100, 5 * s);
	for (int i = 0; i < 10; i++)
		ck_assert(bucket_take(&b, 5 * s));
	ck_assert(!bucket_take(&b, 5 * s));
	next = bucket_next_ns(&b, 5 * s);
	ck_assert_int_gt(next, 5 * s);
	ck_assert_int_le(next, 5 * s + s / 100 + 2);
	ck_assert(!bucket_take(&b, 4 * s)); /* the clock went back */
	ck_assert(bucket_take(&b, next + 1 * s));
	/* In a long second no more than the rate and the first handful leave. */
	bucket_init(&b, 100, 0);
	for (int64_t t = 0; t <= s; t += s / 10000)
		sent += bucket_take(&b, t);
	ck_assert_int_ge(sent, 108);
	ck_assert_int_le(sent, 110);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("options");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, defaults);
	tcase_add_test(t, everything);
	tcase_add_test(t, order);
	tcase_add_test(t, help);
	tcase_add_loop_test(t, refuses, 0, sizeof refused / sizeof refused[0]);
	tcase_add_loop_test(t, help_text, 0, sizeof commands / sizeof *commands);
	tcase_add_test(t, bucket);
	suite_add_tcase(s, t);
	return suite_run(s);
}
