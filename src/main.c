/* fourwave: picks the command, and the exit status goes out. All work is in the libraries. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lang/messages.h"
#include "cmd/command.h"

#define COMMAND_POINTER(name) &command_##name,
static const struct command *const commands[] = {COMMANDS(COMMAND_POINTER)};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void print_help(FILE *out)
{
	fprintf(out, "usage: fourwave COMMAND [options]\n\n"
	             "Plays one end of a TCP connection, loses segments of its close on purpose, and\n"
	             "judges how the other end answers.\n\n");
	for (int i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->brief);
	fprintf(out, "  %-10s %s\n\n", "help", "explain a command: fourwave help run");
	fprintf(out, "  -h, --help     print this\n"
	             "  -V, --version  print the version\n\n"
	             "Begin with: fourwave table --quick\n"
	             "Where that is refused: fourwave doctor\n");
}

static const struct command *find(const char *name)
{
	for (int i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int unknown(const char *name)
{
	const char *end = strrchr(name, '.');
	struct suggest near = suggest_start(name);

	for (int i = 0; i < COMMAND_COUNT; i++)
		suggest_offer(&near, commands[i]->name);
	suggest_offer(&near, "help");
	/* "fourwave first.wave": a scenario where a command should be. */
	if (!near.nearest && (access(name, F_OK) == 0 || (end && strcmp(end, ".wave") == 0)))
		fprintf(stderr, "fourwave: '%s' is no command; to play it: fourwave run %s\n", name, name);
	else
		fprintf(stderr, "fourwave: unknown command '%s'%s\n", name,
		        near.nearest ? suggest_text(&near) : "; see fourwave --help");
	return STATUS_USAGE;
}

static int help(int argc, char **argv)
{
	const struct command *c;

	if (argc > 2) {
		fprintf(stderr, "fourwave help: one command is explained at a time, so what is \"%s\"?\n",
		        argv[2]);
		return STATUS_USAGE;
	}
	if (argc < 2 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return STATUS_OK;
	}
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	command_help(c, stdout);
	return STATUS_OK;
}

static int command(int argc, char **argv)
{
	const char *name = argv[1];
	const struct command *c = find(name);

	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return help(argc - 1, argv + 1);
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		printf("%s\n", PACKAGE_STRING);
		return STATUS_OK;
	}
	return c ? c->run(c, argc - 1, argv + 1) : unknown(name);
}

/* A caller may close any of 0 to 2. What we open must not get that number, or reports
 * would go into it: a place that can be neither read nor written stands there instead,
 * so that using it fails as it does with no descriptor. */
static void reserve_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/", O_PATH); /* the lowest that is free */
}

int main(int argc, char **argv)
{
	int status;

	reserve_standard();
	setlocale(LC_CTYPE, "");
	/* A reader that goes away, or a file that may grow no more, must not kill us before
	 * connections are tidied: the write fails, and that is told. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	status = command(argc, argv);
	/* What was not written was not said: the caller must not take it for done. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && (status == STATUS_OK || status == STATUS_SKIP)) {
		fprintf(stderr, "fourwave: standard output can't be written\n");
		status = STATUS_ERROR;
	}
	return status;
}
