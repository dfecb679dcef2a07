/* fourwave explain: a scenario in plain words. Sends nothing. */
#include "lang/load.h"
#include "cmd/collect.h"
#include "cmd/options.h"

static void explain_one(const struct options *o, const struct collection *c, size_t i)
{
	UT_string text;

	(void)o;
	utstring_init(&text);
	if (i > 0)
		utstring_printf(&text, "\n");
	scenario_explain(c->scenarios[i], &text);
	fwrite(utstring_body(&text), 1, utstring_len(&text), stdout);
	utstring_done(&text);
}

static int explain(const struct command *command, const struct options *o)
{
	return collection_each(command, o, explain_one);
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
