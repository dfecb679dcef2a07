/* Makes relative references. Knows paths, and looks at nothing but where the directories are. */
#include "report/link.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The directory of a path without its links, and what is behind it. */
static bool split(const char *path, char dir[PATH_MAX], const char **name)
{
	const char *slash = strrchr(path, '/');
	char *part = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	bool ok = part && realpath(part, dir);

	free(part);
	*name = slash ? slash + 1 : path;
	return ok;
}

/* Bytes that a reference may hold as they are; all others become %XX. */
static void put_encoded(FILE *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

	for (; *text; text++) {
		if (strchr(plain, *text))
			fputc(*text, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*text);
	}
}

/* How much of the two directories is the same, whole names only. */
static size_t common(const char *a, const char *b)
{
	size_t at = 0, last = 0;

	for (; a[at] && a[at] == b[at]; at++)
		if (a[at] == '/')
			last = at;
	if ((!a[at] || a[at] == '/') && (!b[at] || b[at] == '/'))
		last = at;
	return last;
}

static void put_reference(FILE *out, const char *from, const char *to, const char *name)
{
	size_t same = common(from, to);

	for (const char *s = from + same; *s; s++)
		if (*s == '/' && s[1])
			fputs("../", out);
	to += same;
	to += *to == '/';
	put_encoded(out, to);
	if (*to)
		fputc('/', out);
	put_encoded(out, name);
}

char *link_relative(const char *page, const char *file)
{
	char from[PATH_MAX], to[PATH_MAX];
	const char *page_name, *name;
	char *text = NULL;
	size_t len;
	FILE *out;

	if (!split(page, from, &page_name) || !split(file, to, &name))
		return NULL;
	out = open_memstream(&text, &len);
	if (!out)
		return NULL;
	put_reference(out, from, to, name);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
