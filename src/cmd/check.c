/* fourwave check: lints scenarios. */
#include <stdio.h>

#include "lab/sysctl.h"
#include "cmd/collect.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/status.h"

static void print_good(const struct collection *c)
{
	for (size_t i = 0; i < c->file_count; i++)
		if (c->scenarios[i])
			printf("%s: ok\n", c->files[i]);
}

/* A name that no kernel knows would only be told by a run. Another machine's kernel may know
 * it, so this is no error; and without a /proc/sys nothing can be said. */
static void warn_of_sysctls(const struct scenario *s)
{
	char meant[SYSCTL_MEANT_BYTES];

	for (size_t i = 0; i < s->sysctl_count && sysctl_exists("net.ipv4.tcp_retries2"); i++) {
		const struct sysctl_setting *set = &s->sysctls[i];
		if (!sysctl_exists(set->name))
			fprintf(stderr, "%s:%d:%d: warning: this machine's kernel has no sysctl '%s'%s\n",
			        set->where.file, set->where.line, set->where.column, set->name,
			        sysctl_meant(set->name, meant, sizeof meant));
	}
}

static void warn(const struct collection *c)
{
	for (size_t i = 0; i < c->file_count; i++)
		if (c->scenarios[i])
			warn_of_sysctls(c->scenarios[i]);
}

static int check(const struct options *o)
{
	struct collection c;
	struct diag d;
	int status = STATUS_OK;

	if (!collection_find(&c, (const char *const *)o->paths, o->path_count, &d))
		status = command_usage(&flags_of_check, d.text);
	else if (!collection_load(&c, o))
		status = STATUS_USAGE;
	if (c.scenarios)
		warn(&c);
	if (c.scenarios && !o->quiet)
		print_good(&c);
	collection_free(&c);
	return status;
}

int check_command(int argc, char **argv)
{
	struct options o;
	struct diag d;
	int status = STATUS_OK;

	switch (options_parse(&flags_of_check, argc, argv, &o, &d)) {
	case FLAGS_HELP: flags_help(&flags_of_check, stdout); break;
	case FLAGS_BAD: status = command_usage(&flags_of_check, d.text); break;
	case FLAGS_OK: status = check(&o); break;
	}
	options_free(&o);
	return status;
}
