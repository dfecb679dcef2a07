/* From files to a scenario: reads, follows includes, runs the parser and the check. */
#include "lang/load.h"

#include <string.h>
#include <unistd.h>

#include "lang/check.h"
#include "lang/parser.h"

enum { INCLUDE_DEPTH_MAX = 16, FILES_MAX = 256 };

struct loader {
	struct arena *arena;
	struct messages *messages;
	const struct lang_options *options;
	const struct tree_file *files[FILES_MAX]; /* [0] is the scenario */
	size_t count;
};

static bool load_file(struct loader *l, struct source *source);

/* Where an include is: beside the file that includes it, or in one of the directories that are searched. */
static const char *find_include(struct loader *l, const struct source *from, const char *name)
{
	const char *slash = strrchr(from->name, '/');
	const char *beside =
	    slash && name[0] != '/'
	        ? arena_printf(l->arena, "%.*s%s", (int)(slash + 1 - from->name), from->name, name)
	        : name;

	if (name[0] == '/' || access(beside, F_OK) == 0)
		return beside;
	for (size_t i = 0; l->options && i < l->options->include_count; i++) {
		const char *path = arena_printf(l->arena, "%s/%s", l->options->include_dirs[i], name);

		if (access(path, F_OK) == 0)
			return path;
	}
	return beside;
}

static bool include(struct loader *l, struct source *from, const struct tree_statement *s)
{
	const struct literal *name = &s->values->literal;
	const struct span *at = &s->values->span;
	struct source *source;
	unsigned depth = 0;
	struct diag d;

	if (name->len == 0 || strlen(name->text) != name->len)
		return messages_error(l->messages, at, "this is no file's name");
	if (!source_read(l->arena, find_include(l, from, name->text), true, &source, &d))
		return messages_error(l->messages, at, "include \"%s\" %s", name->text, d.text);
	for (const struct source *up = from; up; up = up->parent, depth++)
		if (source_same_file(up, source)) {
			const char *chain = source->name; /* "a.wave -> b.wave -> a.wave" */

			for (const struct source *file = from; file != up->parent; file = file->parent)
				chain = arena_printf(l->arena, "%s -> %s", file->name, chain);
			return messages_error(l->messages, at, "include loop: %s", chain);
		}
	for (size_t i = 0; i < l->count; i++)
		if (source_same_file(l->files[i]->source, source))
			return true; /* it is there already */
	if (depth > INCLUDE_DEPTH_MAX)
		return messages_error(l->messages, at, "includes more than %d deep", INCLUDE_DEPTH_MAX);
	if (l->count == FILES_MAX)
		return messages_error(l->messages, at, "more than %d files", FILES_MAX);
	source->parent = from;
	return load_file(l, source);
}

static bool load_file(struct loader *l, struct source *source)
{
	struct tree_file *file = arena_alloc(l->arena, sizeof *file);
	bool ok = parser_run(l->arena, l->messages, source, file);

	l->files[l->count++] = file;
	for (const struct tree_statement *s = file->statements; s; s = s->next)
		if (s->kind == TREE_INCLUDE && !include(l, source, s))
			ok = false;
	return ok;
}

/* source NULL: it could not be read. */
static struct scenario *load(struct loader *l, struct source *source)
{
	struct scenario *out = arena_alloc(l->arena, sizeof *out);
	struct check c = {.arena = l->arena, .messages = l->messages, .options = l->options, .out = out};

	out->arena = l->arena;
	if (source) {
		out->file = source->name;
		c.broken = !load_file(l, source);
		if (check_run(&c, l->files, l->count) && !c.broken)
			return out;
	}
	arena_free(l->arena);
	messages_sort(l->messages);
	return NULL;
}

struct scenario *scenario_load(const char *path, const struct lang_options *options, struct messages *m)
{
	struct loader l = {.arena = arena_new(), .messages = m, .options = options};
	struct source *source = NULL;
	/* A pipe or a terminal that a shell gave us by that name ("<(...)"). Another one could keep
	 * us waiting for ever, and a device has no end. */
	bool given = strcmp(path, "/dev/stdin") == 0 || strncmp(path, "/dev/fd/", 8) == 0 ||
	             strncmp(path, "/proc/self/fd/", 14) == 0;
	struct diag d;

	if (!source_read(l.arena, path, !given, &source, &d))
		messages_file_error(m, path, "%s", d.text);
	return load(&l, source);
}

struct scenario *scenario_parse(const char *name, const char *text, size_t len,
                                const struct lang_options *options, struct messages *m)
{
	struct loader l = {.arena = arena_new(), .messages = m, .options = options};
	struct source *source = NULL;
	struct diag d;

	if (!source_from_text(l.arena, name, text, len, &source, &d))
		messages_file_error(m, name, "%s", d.text);
	return load(&l, source);
}
