/* Finds out what a report says of the run as a whole. Knows no report. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/formats.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

void shell_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	                            "%+,-./:=@_";

	if (*word && strspn(word, plain) == strlen(word)) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, out);
	fputc('\'', out);
}

void about_fill(struct about *a, int argc, char *const *argv, const char *target)
{
	struct utsname name;
	size_t len;
	FILE *out;

	*a = (struct about){.program = PACKAGE_STRING, .target = target ? target : "lab"};
	out = open_memstream(&a->command_line, &len);
	fputs("fourwave", out);
	for (int i = 0; i < argc; i++) {
		fputc(' ', out);
		shell_word(out, argv[i]);
	}
	fclose(out);
	a->began = time(NULL);
	if (uname(&name) != 0)
		return;
	snprintf(a->system, sizeof a->system, "%s %s %s", name.sysname, name.release, name.machine);
	snprintf(a->host, sizeof a->host, "%s", name.nodename);
}

void about_free(struct about *a)
{
	free(a->command_line);
	a->command_line = NULL;
}

const char *date_text(time_t when, char buf[DATE_TEXT_BYTES])
{
	struct tm tm;

	if (!gmtime_r(&when, &tm) || !strftime(buf, DATE_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &tm))
		snprintf(buf, DATE_TEXT_BYTES, "1970-01-01T00:00:00");
	return buf;
}
