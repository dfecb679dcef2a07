/* A command's line read by getopt_long, its --help, and its exit status. Knows no flag by itself but -h. */
#include "cmd/command.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lang/messages.h"

/* A flag's number for getopt_long is its place in the table, from here on. */
enum { FLAGS_MAX = 48, FLAG_FIRST = 256, HELP_COLUMN = 30 };

/* The table in getopt_long's two forms. */
struct getopt_form {
	char letters[2 * FLAGS_MAX + 4];
	struct option names[FLAGS_MAX + 2];
};

/* All of its value may be missing, as in "[NAME]"; not so in "[HOST:]PORT". */
static bool takes_word(const struct flag *f)
{
	return f->arg && *f->arg == '[' && strchr(f->arg, ']')[1] == '\0';
}

/* getopt_long sees an optional value only behind "=". What is a word and no file is one too. */
static bool is_word(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	return text && *text && *text != '-' && !text[strspn(text, letters)] && access(text, F_OK) != 0;
}

static void make_form(const struct flag *flags, struct getopt_form *form)
{
	struct cut letters = cut_start(form->letters, sizeof form->letters);
	int i = 0;

	memset(form->names, 0, sizeof form->names);
	cut_add(&letters, ":h"); /* a missing value is ':', not '?' */
	for (const struct flag *f = flags; f->name; f++, i++) {
		assert(i < FLAGS_MAX);
		form->names[i] = (struct option){f->name + strlen("--"),
		                                 takes_word(f) ? optional_argument
		                                 : f->arg      ? required_argument
		                                               : no_argument,
		                                 NULL, FLAG_FIRST + i};
		if (f->letter != '\0')
			cut_add(&letters, "%c%s", f->letter, f->arg ? ":" : "");
	}
	form->names[i] = (struct option){"help", no_argument, NULL, 'h'};
}

/* By getopt_long's number, or the letter. */
static const struct flag *find(const struct flag *flags, int id)
{
	if (id >= FLAG_FIRST)
		return &flags[id - FLAG_FIRST];
	while (flags->name && flags->letter != id)
		flags++;
	return flags->name && id != 0 ? flags : NULL;
}

/* getopt_long said '?': an unknown letter, an unknown or ambiguous name, or a value where none may be.
 * text is what it was looking at. */
static bool refuse(const struct command *c, const char *text, int id, struct diag *d)
{
	const struct flag *f = find(c->flags, id);
	struct suggest near;
	char word[64];

	if (id == 'h' || f)
		return diag_set(d, "%s takes no value", f ? f->name : "--help");
	if (id != 0)
		return diag_set(d, "unknown flag -%c; see fourwave %s --help", id, c->name);
	/* "--targt=x" is not known: is there a name near to it? */
	snprintf(word, sizeof word, "%.*s", (int)strcspn(text + 2, "="), text + 2);
	near = suggest_start(word);
	for (f = c->flags; f->name; f++)
		suggest_offer(&near, f->name + strlen("--"));
	suggest_offer(&near, "help");
	if (!near.nearest)
		return diag_set(d, "unknown flag --%s; see fourwave %s --help", word, c->name);
	return diag_set(d, "unknown flag --%s; did you mean '--%s'?", word, near.nearest);
}

enum flags_result command_parse(const struct command *c, int argc, char **argv, void *options, int *first,
                                struct diag *d)
{
	struct getopt_form form;
	const struct flag *f;
	bool ok = true;
	int id;

	make_form(c->flags, &form);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while (ok && (id = getopt_long(argc, argv, form.letters, form.names, NULL)) != -1) {
		if (id == 'h')
			return FLAGS_HELP;
		f = find(c->flags, id == ':' ? optopt : id);
		if (id == '?')
			ok = refuse(c, argv[optind - 1], optopt, d);
		else if (id == ':')
			ok = diag_set(d, "%s needs a value: %s", argv[optind - 1], f->arg);
		else if (takes_word(f) && !optarg && is_word(argv[optind]))
			ok = f->take(f, (char *)options + f->at, argv[optind++], d);
		else
			ok = f->take(f, (char *)options + f->at, optarg, d);
	}
	*first = optind;
	return ok ? FLAGS_OK : FLAGS_BAD;
}

int command_unread(const struct command *c, enum flags_result r, const struct diag *d)
{
	if (r == FLAGS_BAD)
		return command_usage(c, d->text);
	command_help(c, stdout);
	return STATUS_OK;
}

static void print_flag(const struct flag *f, FILE *out)
{
	char left[80], letter[] = {'-', f->letter, ',', '\0'};

	snprintf(left, sizeof left, "  %3s %s%s%s", f->letter != '\0' ? letter : "", f->name,
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

void command_help(const struct command *c, FILE *out)
{
	fprintf(out, "usage: fourwave %s %s\n\n%s\n\n", c->name, c->synopsis, c->summary);
	for (const struct flag *f = c->flags; f->name; f++)
		print_flag(f, out);
	fprintf(out, "\nexamples:\n");
	/* Each command line, and below it what it does. */
	for (const char *line = c->examples; *line != '\0'; line += strcspn(line, "\n") + 1) {
		int typed = (int)strcspn(line, "\t"), whole = (int)strcspn(line, "\n");
		fprintf(out, "  %.*s\n      %.*s\n", typed, line, whole - typed - 1, line + typed + 1);
	}
	if (c->next)
		fprintf(out, "\n%s\n", c->next);
}

int command_usage(const struct command *c, const char *text)
{
	fprintf(stderr, "fourwave %s: %s\n", c->name, text);
	return STATUS_USAGE;
}

int command_error(const struct command *c, const char *text)
{
	command_usage(c, text);
	return STATUS_ERROR;
}

enum status status_of(const struct tally *t, bool strict, bool unwritten)
{
	if (t->failed > 0 || (strict && t->warned + t->gone > 0))
		return STATUS_FAIL;
	if (t->errors > 0 || unwritten)
		return STATUS_ERROR;
	return t->passed + t->warned + t->known == 0 && t->skipped > 0 ? STATUS_SKIP : STATUS_OK;
}
