/* Finding scenario files and loading them. Sends nothing. */
#include "cmd/collect.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lang/load.h"
#include "lang/profile.h"
#include "wire/filter.h"

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

static bool take_entry(struct collection *c, FTS *fts, FTSENT *e, struct diag *d)
{
	bool named = e->fts_level == 0; /* by the user; else it is below what was */

	switch (e->fts_info) {
	case FTS_D:
		if (!named && (e->fts_name[0] == '.' || strcmp(e->fts_name, "lib") == 0))
			fts_set(fts, e, FTS_SKIP);
		break;
	case FTS_F:
	case FTS_DEFAULT: /* a pipe of the shell's */
		if (named || (e->fts_info == FTS_F && is_wave(e->fts_name)))
			*LIST_ADD(c->files, c->file_count, c->file_room) = memory_text(e->fts_path);
		break;
	case FTS_SLNONE: return !named || diag_set(d, "%s: %s", e->fts_path, strerror(ENOENT));
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS: return diag_set(d, "%s: %s", e->fts_path, strerror(e->fts_errno));
	case FTS_DC: return diag_set(d, "%s: the directory contains itself", e->fts_path);
	}
	return true;
}

static bool add_path(struct collection *c, const char *path, struct diag *d)
{
	/* fts_open() takes no const, and changes nothing. */
	char *const roots[] = {(char *)(uintptr_t)path, NULL};
	FTS *fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	size_t before = c->file_count;
	bool ok = true;
	FTSENT *e;

	if (!fts)
		return diag_set(d, "%s: %s", path, strerror(errno));
	while (ok && (e = fts_read(fts)))
		ok = take_entry(c, fts, e, d);
	fts_close(fts);
	if (ok && c->file_count == before)
		return diag_set(d, "%s: there is no scenario (*.wave) in this directory", path);
	return ok;
}

bool collection_find(struct collection *c, const char *const *paths, size_t count, struct diag *d)
{
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

void tell_messages(struct messages *m)
{
	UT_string text;

	utstring_init(&text);
	messages_text(m, &text);
	fputs(utstring_body(&text), stderr);
	utstring_done(&text);
	messages_free(m);
}

static struct scenario *load_one(const char *file, const struct lang_options *lang)
{
	struct messages *m = messages_new();
	struct scenario *s = scenario_load(file, lang, m);

	tell_messages(m);
	return s;
}

static struct profile *load_profile(const char *name)
{
	struct messages *m = messages_new();
	char *dir = profiles_path("");
	struct profile *p = profile_load(name, dir, m);

	tell_messages(m);
	free(dir);
	return p;
}

bool collection_profile(struct collection *c, const char *file, const char *text)
{
	struct messages *m = messages_new();

	c->profile = profile_parse(file, text, strlen(text), "", m);
	tell_messages(m);
	return c->profile;
}

bool profile_is_there(const char *name)
{
	UT_string path;
	char *dir = profiles_path("");
	bool there;

	utstring_init(&path);
	utstring_printf(&path, "%s%s.profile", dir, name);
	there = !strpbrk(name, "./") && access(utstring_body(&path), F_OK) == 0;
	utstring_done(&path);
	free(dir);
	return there;
}

/* The one of the options, where there is none yet; and what -D says of its values. */
static bool take_profile(struct collection *c, const struct options *o)
{
	if (!c->profile)
		c->profile = load_profile(o->profile ? o->profile : o->target || o->device ? "rfc" : "linux");
	for (size_t i = 0; c->profile && i < o->defines.count; i++) {
		struct profile_value v;
		enum profile_id id;
		struct diag d;

		if (profile_define(c->profile->arena, o->defines.items[i], &id, &v, &d))
			c->profile->values[id] = v;
	}
	return c->profile;
}

static bool load_all(struct collection *c, const struct options *o)
{
	/* With several files a -D is for those that have such a param. */
	bool *used = c->file_count > 1 || o->loose_defines > 0 ? memory_new(o->defines.count, 1) : NULL;
	const char **dirs = memory_new(o->includes.count + 1, sizeof *dirs);
	char *own = scenarios_path("lib");
	struct lang_options lang = {.defines = o->defines.items,
	                            .define_count = o->defines.count,
	                            .define_used = used,
	                            .include_dirs = dirs,
	                            .include_count = o->includes.count + 1,
	                            .profile = c->profile,
	                            .filter_check = filter_check};

	/* -I in order, then the program's own. */
	for (size_t i = 0; i < o->includes.count; i++)
		dirs[i] = o->includes.items[i];
	dirs[o->includes.count] = own;
	c->scenarios = memory_new(c->file_count, sizeof *c->scenarios);
	for (size_t i = 0; i < c->file_count; i++) {
		c->scenarios[i] = load_one(c->files[i], &lang);
		c->bad += !c->scenarios[i];
	}
	/* One must, but for those that the user did not give here. */
	for (size_t i = 0, bad = c->bad; used && bad == 0 && i < o->defines.count - o->loose_defines; i++) {
		if (used[i])
			continue;
		fprintf(stderr, "fourwave: -D %s: none of the scenarios has such a param\n",
		        o->defines.items[i]);
		c->bad++;
	}
	free(own);
	free(dirs);
	free(used);
	return c->bad == 0;
}

bool collection_load(struct collection *c, const struct options *o)
{
	if (take_profile(c, o))
		return load_all(c, o);
	c->bad++;
	return false;
}

static void free_scenarios(struct collection *c)
{
	for (size_t i = 0; c->scenarios && i < c->file_count; i++)
		scenario_free(c->scenarios[i]);
	free(c->scenarios);
	profile_free(c->profile);
	c->scenarios = NULL;
	c->profile = NULL;
}

bool collection_reload(struct collection *c, const struct options *o, const char *profile)
{
	struct options with = *o;

	with.profile = profile;
	free_scenarios(c);
	return collection_load(c, &with);
}

int collection_each(const struct command *command, const struct options *o,
                    void (*what)(const struct options *o, const struct collection *c, size_t i))
{
	struct collection c = {0};
	int status = STATUS_OK;
	struct diag d;

	if (!collection_find(&c, o->paths, o->path_count, &d))
		status = command_usage(command, d.text);
	else if (!collection_load(&c, o))
		status = STATUS_USAGE;
	for (size_t i = 0; c.scenarios && i < c.file_count; i++)
		if (c.scenarios[i])
			what(o, &c, i);
	collection_free(&c);
	return status;
}

void collection_free(struct collection *c)
{
	free_scenarios(c);
	for (size_t i = 0; i < c->file_count; i++)
		free(c->files[i]);
	free(c->files);
}

/* --- our own --- */

/* A directory of the source tree, as this program finds it. */
static char *own_path(const char *variable, const char *source, const char *installed, const char *below)
{
	const char *dir = getenv(variable);
	char exe[PATH_MAX], built[PATH_MAX];
	bool in_build_tree = realpath("/proc/self/exe", exe) &&
	                     realpath(ABS_TOP_BUILDDIR "/src/fourwave", built) && strcmp(exe, built) == 0;
	UT_string path;

	if (!dir || *dir == '\0')
		dir = in_build_tree ? source : installed;
	utstring_init(&path);
	utstring_printf(&path, "%s/%s", dir, below);
	return utstring_body(&path);
}

char *scenarios_path(const char *below)
{
	return own_path("FOURWAVE_SCENARIOS", ABS_TOP_SRCDIR "/scenarios", PKGDATADIR "/scenarios", below);
}

char *profiles_path(const char *below)
{
	return own_path("FOURWAVE_PROFILES", ABS_TOP_SRCDIR "/profiles", PKGDATADIR "/profiles", below);
}
