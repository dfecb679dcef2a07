/* fourwave new: writes a scenario to start from. Overwrites nothing. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/text.h"
#include "lang/messages.h"
#include "report/formats.h"
#include "cmd/command.h"

struct new_options {
	unsigned row; /* 0: not said */
	enum role role;
};

static bool take_role(const struct flag *f, void *member, const char *value, struct diag *d)
{
	struct new_options *o = member;
	struct suggest near = suggest_start(value);

	if (role_parse(value, &o->role))
		return true;
	for (enum role r = ROLE_ACTIVE; r <= ROLE_LISTEN; r++)
		suggest_offer(&near, role_name(r));
	return diag_set(d, "%s: \"%s\" is none of passive, active, simultaneous, listen%s", f->name, value,
	                suggest_text(&near));
}

static const struct flag flags[] = {
    {0, "--row", "N", "the case of the exception table to start from: 1 to 5",
     FLAG_NUMBER(struct new_options, row, 5)},
    {0, "--role", "ROLE",
     "who closes first: passive (the peer; the default), active\n(we); without --row also simultaneous, "
     "listen",
     FLAG_OWN(take_role)},
    {0},
};

static bool create(const char *file, const char *text, struct diag *d)
{
	FILE *f = fopen(file, "wxe");
	bool written;

	if (!f && errno == EEXIST)
		return diag_set(d, "%s is there already; it was left alone", file);
	if (!f)
		return diag_set(d, "%s: %s", file, strerror(errno));
	written = fputs(text, f) != EOF;
	if (fclose(f) == 0 && written)
		return true;
	diag_set(d, "%s: %s", file, strerror(errno));
	unlink(file);
	return false;
}

static bool check_name(int count, char **names, struct diag *d)
{
	const char *slash, *base;

	if (count == 0)
		return diag_set(d, "the scenario's name is missing: fourwave new NAME");
	if (count > 1)
		return diag_set(d, "one name at a time, and %s is the second", names[1]);
	slash = strrchr(names[0], '/');
	base = slash ? slash + 1 : names[0];
	for (const char *c = names[0]; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			return diag_set(d, "there is a control character in the name");
	if (*base == '\0' || strcmp(base, ".wave") == 0)
		return diag_set(d, "\"%s\" names no file", names[0]);
	return true;
}

/* What to type next, as a shell takes it; no name is taken for a flag. */
static void say_next(const char *file)
{
	static const char *const commands[] = {"check", "run -v"};

	shell_word(stdout, file);
	printf(" is written. Next:\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		printf("    fourwave %s %s", commands[i], *file == '-' ? "./" : "");
		shell_word(stdout, file);
		printf("\n");
	}
}

static int run(const struct command *c, int argc, char **argv)
{
	struct new_options o = {.role = ROLE_PASSIVE};
	char path[64], row[24] = "";
	const char *text, *end;
	UT_string file;
	struct diag d;
	int first;
	enum flags_result r = command_parse(c, argc, argv, &o, &first, &d);
	bool made;

	if (r != FLAGS_OK)
		return command_unread(c, r, &d);
	if (!check_name(argc - first, argv + first, &d))
		return command_usage(c, d.text);
	if (o.row != 0)
		snprintf(row, sizeof row, "row%u-", o.row);
	snprintf(path, sizeof path, "templates/%s%s.wave", row, role_name(o.role));
	text = embedded_text(path);
	if (!text) {
		diag_set(&d, "--row %u is played with --role active or passive, not %s", o.row,
		         role_name(o.role));
		return command_usage(c, d.text);
	}
	utstring_init(&file);
	end = strrchr(argv[first], '.');
	utstring_printf(&file, "%s%s", argv[first], end && strcmp(end, ".wave") == 0 ? "" : ".wave");
	made = create(utstring_body(&file), text, &d);
	if (made)
		say_next(utstring_body(&file));
	utstring_done(&file);
	return made ? STATUS_OK : command_usage(c, d.text);
}

const struct command command_new = {
    .name = "new",
    .brief = "write a scenario to start from",
    .synopsis = "[--row N] [--role ROLE] NAME",
    .summary = "Writes NAME.wave, a scenario to start from: it is sound, and plays in the lab.\n"
               "A file that is there already is left alone.",
    .examples = "fourwave new mine\twrites mine.wave: the peer closes, then we do\n"
                "fourwave new --row 2 --role active lost-ack\tour FIN's ACK is lost\n",
    .flags = flags,
    .run = run,
};
