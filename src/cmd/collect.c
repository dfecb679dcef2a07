/* Finding scenario files and loading them. Sends nothing. */
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lang/load.h"
#include "cmd/collect.h"
#include "wire/filter.h"

static bool add_file(struct collection *c, const char *path, struct diag *d)
{
	char **files = realloc(c->files, (c->file_count + 1) * sizeof *files);

	if (!files)
		return diag_set(d, "out of memory");
	c->files = files;
	files[c->file_count] = strdup(path);
	if (!files[c->file_count])
		return diag_set(d, "out of memory");
	c->file_count++;
	return true;
}

static bool is_wave(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && name[0] != '.' && strcmp(name + len - 5, ".wave") == 0;
}

/* As the reports name them: "crash" before "crash-unread", which ".wave" would turn round. */
static int by_name(const FTSENT **a, const FTSENT **b)
{
	const char *x = (*a)->fts_name, *y = (*b)->fts_name;
	size_t x_len = strlen(x) - (is_wave(x) ? 5 : 0), y_len = strlen(y) - (is_wave(y) ? 5 : 0);
	int order = memcmp(x, y, x_len < y_len ? x_len : y_len);

	if (order == 0 && x_len != y_len)
		order = x_len < y_len ? -1 : 1;
	return order != 0 ? order : strcmp(x, y);
}

/* A directory below the one that was named. */
static bool passed_over(const FTSENT *e)
{
	return e->fts_level > 0 && (e->fts_name[0] == '.' || strcmp(e->fts_name, "lib") == 0);
}

static bool take_entry(struct collection *c, FTS *fts, FTSENT *e, struct diag *d)
{
	switch (e->fts_info) {
	case FTS_D:
		if (passed_over(e))
			fts_set(fts, e, FTS_SKIP);
		return true;
	case FTS_F: return !is_wave(e->fts_name) || add_file(c, e->fts_path, d);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS: return diag_set(d, "%s: %s", e->fts_path, strerror(e->fts_errno));
	case FTS_DC: return diag_set(d, "%s: the directory contains itself", e->fts_path);
	}
	return true;
}

static bool add_directory(struct collection *c, const char *path, struct diag *d)
{
	char *root = strdup(path);
	char *roots[] = {root, NULL};
	size_t before = c->file_count;
	bool ok = true;
	FTSENT *e;

	FTS *fts = root ? fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name) : NULL;
	if (!fts) {
		free(root);
		return diag_set(d, "%s: %s", path, strerror(errno));
	}
	while (ok && (e = fts_read(fts)))
		ok = take_entry(c, fts, e, d);
	fts_close(fts);
	free(root);
	if (ok && c->file_count == before)
		return diag_set(d, "%s: there is no scenario (*.wave) in this directory", path);
	return ok;
}

static bool add_path(struct collection *c, const char *path, struct diag *d)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return diag_set(d, "%s: %s", path, strerror(errno));
	return S_ISDIR(st.st_mode) ? add_directory(c, path, d) : add_file(c, path, d);
}

bool collection_find(struct collection *c, const char *const *paths, size_t count, struct diag *d)
{
	memset(c, 0, sizeof *c);
	for (size_t i = 0; i < count; i++) {
		if (add_path(c, paths[i], d))
			continue;
		if (count == 1)
			return false;
		fprintf(stderr, "fourwave: %s\n", d->text);
		c->bad++;
	}
	return true;
}

/* --- loading --- */

static bool load_one(struct collection *c, size_t i, const struct lang_options *lang)
{
	struct messages *m = messages_new();
	UT_string text;

	utstring_init(&text);
	c->scenarios[i] = scenario_load(c->files[i], lang, m);
	messages_text(m, &text);
	fputs(utstring_body(&text), stderr);
	utstring_done(&text);
	messages_free(m);
	return c->scenarios[i];
}

/* NAME=VALUE, taken apart; copies holds the memory. */
static struct lang_define *make_defines(const struct strings *list, char **copies)
{
	struct lang_define *defines = calloc(list->count + 1, sizeof *defines);
	size_t size = 1;

	for (size_t i = 0; i < list->count; i++)
		size += strlen(list->items[i]) + 1;
	char *at = *copies = malloc(size);
	for (size_t i = 0; defines && at && i < list->count; i++) {
		strcpy(at, list->items[i]);
		char *equals = strchr(at, '=');
		*equals = '\0';
		defines[i] = (struct lang_define){at, equals + 1};
		at = equals + 1 + strlen(equals + 1) + 1;
	}
	return at ? defines : NULL;
}

/* -I in order, then the program's own. */
static const char **make_includes(const struct strings *list, const char *own)
{
	const char **dirs = calloc(list->count + 1, sizeof *dirs);

	for (size_t i = 0; dirs && i < list->count; i++)
		dirs[i] = list->items[i];
	if (dirs)
		dirs[list->count] = own;
	return dirs;
}

/* With several files a -D is for those that have such a param; one must, but for
 * those that the user did not give here. */
static bool all_used(const struct lang_options *lang, size_t strict)
{
	bool ok = true;

	for (size_t i = 0; lang->define_used && i < strict; i++) {
		if (lang->define_used[i])
			continue;
		fprintf(stderr, "fourwave: -D %s=%s: none of the scenarios has such a param\n",
		        lang->defines[i].name, lang->defines[i].value);
		ok = false;
	}
	return ok;
}

bool collection_load(struct collection *c, const struct options *o)
{
	char *copies = NULL, *own = scenarios_path("lib");
	struct lang_define *defines = make_defines(&o->defines, &copies);
	const char **dirs = make_includes(&o->includes, own);
	bool *used = calloc(o->defines.count + 1, sizeof *used);
	struct lang_options lang = {.defines = defines,
	                            .define_count = o->defines.count,
	                            .define_used = c->file_count > 1 || o->loose_defines > 0 ? used : NULL,
	                            .include_dirs = dirs,
	                            .include_count = o->includes.count + 1,
	                            .filter_check = filter_check};

	c->scenarios = calloc(c->file_count + 1, sizeof(struct scenario *));
	bool memory = own && defines && dirs && used && c->scenarios;
	for (size_t i = 0; memory && i < c->file_count; i++)
		c->bad += !load_one(c, i, &lang);
	if (!memory)
		fprintf(stderr, "fourwave: out of memory\n");
	if (memory && c->bad == 0 && !all_used(&lang, o->defines.count - o->loose_defines))
		c->bad = 1;
	free(used);
	free(own);
	free(copies);
	free(defines);
	free(dirs);
	return memory && c->bad == 0;
}

void collection_free(struct collection *c)
{
	for (size_t i = 0; i < c->file_count; i++) {
		if (c->scenarios)
			scenario_free(c->scenarios[i]);
		free(c->files[i]);
	}
	free(c->scenarios);
	free(c->files);
	memset(c, 0, sizeof *c);
}
