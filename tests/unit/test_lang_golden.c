/* Each scenario of tests/golden/bad and good against what is to come of it: messages, or the scenario dumped.
 * FW_GOLDEN_UPDATE=1 in the environment writes what comes; read the difference before you commit it. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lang/load.h"
#include "lang_dump.h"

enum { PATH_BYTES = 512, FILES_MAX = 300 };

static char *read_whole(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	ssize_t got;

	if (!f)
		return NULL;
	got = getdelim(&text, &size, EOF, f);
	fclose(f);
	if (got < 0) {
		free(text);
		return strdup("");
	}
	return text;
}

/* Runs from within the golden directory, so that names are the same anywhere. */
static char *outcome(const char *name, bool *loaded)
{
	static const char *const define = "overridden=3s";
	static const char *const dirs[] = {"lib"};
	struct lang_options options = {
	    .include_dirs = dirs, .include_count = 1, .filter_check = dump_filter_check};
	struct messages *m = messages_new();
	struct scenario *s;
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	if (strstr(name, "define")) {
		options.defines = &define;
		options.define_count = 1;
	}
	s = scenario_load(name, &options, m);
	*loaded = s;
	if (s)
		dump_scenario(s, to);
	dump_messages(m, to);
	fclose(to);
	scenario_free(s);
	messages_free(m);
	return text;
}

static bool check_one(const char *name, bool wanted)
{
	char path[PATH_BYTES];
	bool loaded, ok;
	char *got = outcome(name, &loaded), *expected;
	FILE *f;

	snprintf(path, sizeof path, "%.*s.expected", (int)(strlen(name) - strlen(".wave")), name);
	if (getenv("FW_GOLDEN_UPDATE") && (f = fopen(path, "w"))) {
		fputs(got, f);
		fclose(f);
	}
	expected = read_whole(path);
	ok = expected && strcmp(expected, got) == 0 && loaded == wanted;
	if (!ok)
		printf("%s: %s\n--- expected\n%s\n--- got\n%s\n", name,
		       loaded == wanted ? "differs" : "wrong outcome",
		       expected ? expected : "(no .expected file)", got);
	free(expected);
	free(got);
	return ok;
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int check_directory(const char *dir, bool wanted, unsigned least)
{
	char *names[FILES_MAX];
	unsigned count = 0, wrong = 0;
	struct dirent *entry;
	DIR *d;

	if (chdir(dir) < 0 || !(d = opendir(".")))
		return 1;
	while ((entry = readdir(d)) && count < FILES_MAX)
		if (strlen(entry->d_name) > 5 && !strcmp(entry->d_name + strlen(entry->d_name) - 5, ".wave"))
			names[count++] = strdup(entry->d_name);
	closedir(d);
	qsort(names, count, sizeof *names, compare);
	for (unsigned i = 0; i < count; i++) {
		wrong += !check_one(names[i], wanted);
		free(names[i]);
	}
	printf("%s: %u scenarios, %u wrong\n", dir, count, wrong);
	return chdir("..") < 0 || wrong > 0 || count < least;
}

int main(void)
{
	const char *top = getenv("srcdir");
	char path[PATH_BYTES];
	int wrong;

	snprintf(path, sizeof path, "%s/tests/golden", top ? top : ".");
	if (chdir(path) < 0) {
		perror(path);
		return 1;
	}
	wrong = check_directory("good", true, 5);
	return check_directory("bad", false, 30) | wrong;
}
