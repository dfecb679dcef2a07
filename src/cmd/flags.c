/* Flags from a table, for any command: getopt_long and --help. Knows no flag by itself but -h. */
#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "lang/suggest.h"
#include "cmd/examples.h"
#include "cmd/flags.h"

enum { FLAGS_MAX = 48, HELP_COLUMN = 30 };

/* The table in getopt_long's two forms. */
struct getopt_form {
	char letters[2 * FLAGS_MAX + 4];
	struct option names[FLAGS_MAX + 2];
};

static void make_form(const struct flag_table *table, struct getopt_form *form)
{
	size_t at = 0;

	assert(table->count <= FLAGS_MAX);
	memset(form, 0, sizeof *form);
	form->letters[at++] = ':'; /* a missing value is ':', not '?' */
	form->letters[at++] = 'h';
	for (size_t i = 0; i < table->count; i++) {
		const struct flag *f = &table->flags[i];
		form->names[i] =
		    (struct option){f->name, f->arg ? required_argument : no_argument, NULL, f->id};
		if (f->id >= FLAG_LONG_ONLY)
			continue;
		form->letters[at++] = (char)f->id;
		if (f->arg)
			form->letters[at++] = ':';
	}
	form->names[table->count] = (struct option){"help", no_argument, NULL, 'h'};
}

static const struct flag *find(const struct flag_table *table, int id)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->flags[i].id == id)
			return &table->flags[i];
	return NULL;
}

const char *flags_name(const struct flag_table *table, int id)
{
	const struct flag *f = find(table, id);
	return f ? f->name : "?";
}

/* "--targt=x" is not known: is there a name near to it? */
static bool unknown_name(const struct flag_table *table, const char *text, struct diag *d)
{
	char word[64];
	struct suggest near;

	snprintf(word, sizeof word, "%.*s", (int)strcspn(text, "="), text);
	near = suggest_start(word);
	for (size_t i = 0; i < table->count; i++)
		suggest_offer(&near, table->flags[i].name);
	suggest_offer(&near, "help");
	if (!near.nearest)
		return diag_set(d, "unknown flag --%s; see fourwave %s --help", word, table->command);
	return diag_set(d, "unknown flag --%s; did you mean '--%s'?", word, near.nearest);
}

/* getopt_long said '?': an unknown letter, an unknown or ambiguous name, or a
 * value where none may be. argv_text is what it was looking at. */
static bool refuse(const struct flag_table *table, const char *argv_text, int opt, struct diag *d)
{
	const struct flag *f = find(table, opt);

	if (opt == 'h' || f)
		return diag_set(d, "--%s takes no value", f ? f->name : "help");
	if (opt != 0)
		return diag_set(d, "unknown flag -%c; see fourwave %s --help", opt, table->command);
	return unknown_name(table, argv_text + 2, d);
}

enum flags_result flags_parse(const struct flag_table *table, int argc, char **argv, flag_take *take,
                              void *context, int *first_operand, struct diag *d)
{
	struct getopt_form form;
	int id;

	make_form(table, &form);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while ((id = getopt_long(argc, argv, form.letters, form.names, NULL)) != -1) {
		if (id == 'h')
			return FLAGS_HELP;
		if (id == ':') {
			diag_set(d, "%s needs a value: %s", argv[optind - 1], find(table, optopt)->arg);
			return FLAGS_BAD;
		}
		if (id == '?') {
			refuse(table, argv[optind - 1], optopt, d);
			return FLAGS_BAD;
		}
		if (!take(context, id, optarg, d))
			return FLAGS_BAD;
	}
	*first_operand = optind;
	return FLAGS_OK;
}

static void print_flag(const struct flag *f, FILE *out)
{
	char left[80];

	snprintf(left, sizeof left, "  %c%c%c --%s%s%s", f->id < FLAG_LONG_ONLY ? '-' : ' ',
	         f->id < FLAG_LONG_ONLY ? f->id : ' ', f->id < FLAG_LONG_ONLY ? ',' : ' ', f->name,
	         f->arg ? " " : "", f->arg ? f->arg : "");
	if (strlen(left) >= HELP_COLUMN)
		fprintf(out, "%s\n%*s", left, HELP_COLUMN, "");
	else
		fprintf(out, "%-*s", HELP_COLUMN, left);
	for (const char *c = f->help; *c != '\0'; c++) {
		putc(*c, out);
		if (*c == '\n')
			fprintf(out, "%*s", HELP_COLUMN, "");
	}
	putc('\n', out);
}

/* Each command line, and below it what it does. */
static void print_examples(const char *command, FILE *out)
{
	const char *line = examples_of(command), *next = examples_next(command);

	if (line)
		fprintf(out, "\nexamples:\n");
	while (line && *line != '\0') {
		size_t typed = strcspn(line, "\t"), whole = strcspn(line, "\n");
		fprintf(out, "  %.*s\n      %.*s\n", (int)typed, line, (int)(whole - typed - 1),
		        line + typed + 1);
		line += whole + 1;
	}
	if (next)
		fprintf(out, "\n%s\n", next);
}

void flags_help(const struct flag_table *table, FILE *out)
{
	fprintf(out, "usage: fourwave %s %s\n\n%s\n", table->command, table->synopsis, table->summary);
	if (table->count > 0)
		fprintf(out, "\n");
	for (size_t i = 0; i < table->count; i++)
		print_flag(&table->flags[i], out);
	print_examples(table->command, out);
}
