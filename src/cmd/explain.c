/* fourwave explain: a scenario in plain words. Sends nothing. */
#include "lang/explain.h"
#include "cmd/collect.h"
#include "cmd/options.h"

static void print(const struct scenario *s)
{
	UT_string text;

	utstring_init(&text);
	scenario_explain(s, &text);
	fwrite(utstring_body(&text), 1, utstring_len(&text), stdout);
	utstring_done(&text);
}

static int explain(const struct command *command, const struct options *o)
{
	struct collection c = {0};
	int status = collection_open(&c, command, o) ? STATUS_OK : STATUS_USAGE;

	for (size_t i = 0; c.scenarios && i < c.file_count; i++) {
		if (!c.scenarios[i])
			continue;
		if (i > 0)
			putchar('\n');
		print(c.scenarios[i]);
	}
	collection_free(&c);
	return status;
}

static const struct flag flags[] = {OPTIONS_SCENARIO, {0}};

const struct command command_explain = {
    .name = "explain",
    .brief = "say in plain words what a scenario does",
    .synopsis = "[-D NAME=VALUE] [-I DIR] FILE...",
    .summary = "Says in plain words what each step of a scenario does, and the pcap filter it\n"
               "becomes, for IPv4 and for IPv6.",
    .examples = "fourwave explain first.wave\tits steps in words, with the filters they become\n",
    .flags = flags,
    .operands = OPERANDS_SCENARIOS,
    .run = options_play,
    .play = explain,
};
