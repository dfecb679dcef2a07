/* Where the scenarios are that come with the program. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/collect.h"

/* Is this the program that the build tree made, where it made it? */
static bool in_build_tree(void)
{
	char exe[PATH_MAX], built[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

	if (n < 0 || !realpath(ABS_TOP_BUILDDIR "/src", built))
		return false;
	exe[n] = '\0';
	char *slash = strrchr(exe, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return strcmp(exe, built) == 0;
}

char *scenarios_path(const char *below)
{
	const char *dir = getenv("FOURWAVE_SCENARIOS");

	if (!dir || *dir == '\0')
		dir = in_build_tree() ? ABS_TOP_SRCDIR "/scenarios" : PKGDATADIR "/scenarios";
	size_t size = strlen(dir) + 1 + strlen(below) + 1;
	char *path = malloc(size);
	if (path)
		snprintf(path, size, "%s/%s", dir, below);
	return path;
}
