/* fourwave check: lints scenarios. */
#include <stdio.h>

#include "lab/sysctl.h"
#include "cmd/collect.h"
#include "cmd/options.h"

/* A name that no kernel knows would only be told by a run. Another machine's kernel may know
 * it, so this is no error; and without a /proc/sys nothing can be said. */
static void check_one(const struct options *o, const struct collection *c, size_t file)
{
	const struct scenario *s = c->scenarios[file];
	char meant[SYSCTL_MEANT_BYTES];

	for (size_t i = 0; i < s->sysctl_count && sysctl_exists("net.ipv4.tcp_retries2"); i++) {
		const struct sysctl_setting *set = &s->sysctls[i];
		if (!sysctl_exists(set->name))
			fprintf(stderr, "%s:%d:%d: warning: this machine's kernel has no sysctl '%s'%s\n",
			        set->where.file, set->where.line, set->where.column, set->name,
			        sysctl_meant(set->name, meant, sizeof meant));
	}
	if (!o->quiet)
		printf("%s: ok\n", c->files[file]);
}

static int check(const struct command *command, const struct options *o)
{
	return collection_each(command, o, check_one);
}

static const struct flag flags[] = {
    OPTIONS_SCENARIO, OPTION_QUIET("say nothing of files that are sound"), {0}};

const struct command command_check = {
    .name = "check",
    .brief = "look for mistakes in scenarios",
    .synopsis = "[-q] [-D NAME=VALUE] [-I DIR] FILE|DIR...",
    .summary = "Looks for mistakes in scenarios. Nothing is sent.",
    .examples =
        "fourwave check first.wave\tone file\n"
        "fourwave check -q scenarios/\tall *.wave below a directory; says nothing where all is sound\n",
    .next = "Sound? fourwave explain says what it does, fourwave run plays it.",
    .flags = flags,
    .operands = OPERANDS_SCENARIOS,
    .run = options_play,
    .play = check,
};
