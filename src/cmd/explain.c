/* fourwave explain: a scenario in plain words. Sends nothing. */
#include "lang/explain.h"
#include "cmd/collect.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/status.h"

static void print(const struct scenario *s)
{
	UT_string text;

	utstring_init(&text);
	scenario_explain(s, 0, &text);
	fwrite(utstring_body(&text), 1, utstring_len(&text), stdout);
	utstring_done(&text);
}

static int explain(const struct options *o)
{
	struct collection c;
	struct diag d;
	int status = STATUS_OK;

	if (!collection_find(&c, (const char *const *)o->paths, o->path_count, &d))
		status = command_usage(&flags_of_explain, d.text);
	else if (!collection_load(&c, o))
		status = STATUS_USAGE;
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

int explain_command(int argc, char **argv)
{
	struct options o;
	struct diag d;
	int status = STATUS_OK;

	switch (options_parse(&flags_of_explain, argc, argv, &o, &d)) {
	case FLAGS_HELP: flags_help(&flags_of_explain, stdout); break;
	case FLAGS_BAD: status = command_usage(&flags_of_explain, d.text); break;
	case FLAGS_OK: status = explain(&o); break;
	}
	options_free(&o);
	return status;
}
