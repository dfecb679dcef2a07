/* Reads profiles: a line each, NAME = VALUE # SOURCE. Knows no scenario. */
#include "lang/profile.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/literal.h"
#include "base/text.h"

static const char suffix[] = ".profile";

/* One file. What it is based on is read into the same profile, before its own values. */
struct reader {
	struct profile *profile;
	struct messages *messages;
	const char *dir;
	struct source *source;
	const char *name;   /* of the profile that this file is */
	const char **title; /* where the title goes; NULL: nobody wants it */
	const struct reader *upper;
	struct span seen[PROFILE_VALUE_COUNT], titled, based; /* line 0: not given here */
	bool any;                                             /* a value was given here */
	size_t line_at;                                       /* where the line begins */
	int line;
	bool ok;
};

/* From here to there in the line at hand. */
static struct span span_at(const struct reader *r, size_t begin, size_t end)
{
	const char *line = r->source->text + r->line_at;

	return (struct span){
	    .source = r->source,
	    .line = r->line,
	    .column = 1 + (int)utf8_count(line, begin - r->line_at),
	    .last_line = r->line,
	    .last_column = 1 + (int)utf8_count(line, end - r->line_at),
	    .begin = begin,
	    .end = end,
	};
}

/* As opposed to a profile of ours by its name. */
static bool is_file(const char *name) { return strpbrk(name, "./"); }

#define wrong(r, at, ...) ((r)->ok = messages_error((r)->messages, (at), __VA_ARGS__))

/* --- values --- */

/* Between blanks. */
static const char *trimmed(struct arena *a, const char *text, size_t len)
{
	while (len > 0 && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	return arena_copy(a, text, len);
}

static bool parse_duration(const char *text, int64_t *out, struct diag *d)
{
	struct literal l;

	if (!literal_parse(text, strlen(text), &l, d))
		return false;
	if (l.kind == LITERAL_NUMBER || l.kind == LITERAL_DECIMAL)
		return diag_set(d, "a duration needs its unit: us, ms, s or min");
	*out = l.ns;
	return l.kind == LITERAL_DURATION || diag_set(d, "'%s' is no duration", text);
}

static bool parse_range(struct arena *a, const char *text, struct profile_value *v, struct diag *d)
{
	const char *dots = strstr(text, ".."), *high;

	if (!dots)
		return diag_set(d, "it is a range of durations: 60s..66s");
	high = trimmed(a, dots + 2, strlen(dots + 2));
	v->high = FOREVER_NS;
	if (!parse_duration(trimmed(a, text, (size_t)(dots - text)), &v->low, d) ||
	    (strcmp(high, "forever") != 0 && !parse_duration(high, &v->high, d)))
		return false;
	return v->low <= v->high || diag_set(d, "the first time is longer than the second");
}

static bool parse_word(struct arena *a, const char *words, const char *text, struct profile_value *v,
                       struct diag *d)
{
	struct suggest s = suggest_start(text);
	const char *all = words;

	while (*words) {
		size_t len = strcspn(words, " ");
		const char *word = arena_copy(a, words, len);

		if (strcmp(word, text) == 0) {
			v->word = word;
			return true;
		}
		suggest_offer(&s, word);
		words += len + (words[len] == ' ');
	}
	return diag_set(d, "'%s' is none of its words (%s)%s", text, all, suggest_text(&s));
}

bool profile_value_parse(struct arena *a, enum profile_id id, const char *text, struct profile_value *v,
                         struct diag *d)
{
	const struct profile_rule *rule = &profile_rules[id];
	struct literal l;

	*v = (struct profile_value){.given = true};
	switch (rule->kind) {
	case PROFILE_DURATION: return parse_duration(text, &v->low, d);
	case PROFILE_RANGE: return parse_range(a, text, v, d);
	case PROFILE_WORD: return parse_word(a, rule->words, text, v, d);
	case PROFILE_PERCENT:
	case PROFILE_COUNT: break;
	}
	if (!literal_parse(text, strlen(text), &l, d))
		return false;
	if (l.kind != (rule->kind == PROFILE_COUNT ? LITERAL_NUMBER : LITERAL_PERCENT))
		return diag_set(d, "it must be %s, not %s", profile_kind_text(rule->kind),
		                literal_kind_text(l.kind));
	v->low = rule->kind == PROFILE_COUNT ? (int64_t)l.number : (int64_t)(l.real * 1e6 + 0.5);
	return true;
}

bool profile_define(struct arena *a, const char *define, enum profile_id *id, struct profile_value *v,
                    struct diag *d)
{
	const char *equals = strchr(define, '=');

	d->text[0] = '\0';
	if (!equals || !profile_id_parse(arena_copy(a, define, (size_t)(equals - define)), id) ||
	    !profile_value_parse(a, *id, equals + 1, v, d))
		return false;
	v->from = "-D";
	return true;
}

/* --- lines --- */

static bool once(struct reader *r, const struct span *at, const char *name, struct span *seen)
{
	if (seen->line == 0) {
		*seen = *at;
		return true;
	}
	wrong(r, at, "'%s' is given twice", name);
	return messages_note(r->messages, seen, "it is given here first");
}

static void take_title(struct reader *r, const struct span *at, const char *text)
{
	size_t len = strlen(text), place;
	struct literal l;
	struct diag d;

	if (len < 2 || text[0] != '"' || text[len - 1] != '"')
		wrong(r, at, "a title stands in quotes: title = \"...\"");
	else if (!literal_string(r->profile->arena, text + 1, len - 2, &l, &place, &d))
		wrong(r, at, "%s", d.text);
	else if (r->title)
		*r->title = l.text;
}

static bool find(struct reader *r, const char *name, const struct span *at);
static bool read_lines(struct reader *r);

/* The other's values, and the profile counts as that stack too. */
static void take_base(struct reader *r, const struct span *at, const char *name)
{
	struct profile *p = r->profile;
	struct reader base = {.profile = p, .messages = r->messages, .dir = r->dir, .upper = r, .ok = true};
	const char *slash = strrchr(r->source->name, '/');

	if (is_file(name) && name[0] != '/' && slash)
		name = arena_printf(p->arena, "%.*s%s", (int)(slash + 1 - r->source->name), r->source->name,
		                    name);
	if (r->any)
		wrong(r, at, "'based_on' stands before the values");
	else if (p->stack_count == PROFILE_STACKS_MAX)
		wrong(r, at, "profiles that are based on each other, more than %d deep", PROFILE_STACKS_MAX);
	else if (!find(&base, name, at))
		r->ok = false;
	else {
		p->stacks[p->stack_count++] = base.name;
		r->ok = read_lines(&base) && r->ok;
	}
}

static void take_value(struct reader *r, const struct span *name_at, const struct span *at, const char *name,
                       const char *text, const char *source)
{
	struct suggest s = suggest_start(name);
	struct profile_value v;
	enum profile_id id;
	struct diag d;

	if (!profile_id_parse(name, &id)) {
		for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++)
			suggest_offer(&s, profile_rules[i].name);
		suggest_offer(&s, "title");
		suggest_offer(&s, "based_on");
		wrong(r, name_at, "unknown value '%s'%s", name, suggest_text(&s));
		return;
	}
	r->any = true;
	if (!once(r, name_at, name, &r->seen[id]))
		return;
	if (!profile_value_parse(r->profile->arena, id, text, &v, &d)) {
		wrong(r, at, "%s: %s", name, d.text);
		return;
	}
	v.source = source;
	v.from = r->name;
	v.where = span_where(name_at);
	r->profile->values[id] = v;
}

/* Where the comment begins, or the line ends: not at a '#' in a string. */
static size_t comment_at(const char *line, size_t len)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < len && (quoted || line[i] != '#'); i++) {
		if (quoted && line[i] == '\\')
			i++;
		else if (line[i] == '"')
			quoted = !quoted;
	}
	return i < len ? i : len;
}

static bool is_name(const char *text)
{
	return isalpha((unsigned char)*text) &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
	                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static void read_line(struct reader *r, const char *line, size_t len)
{
	struct arena *a = r->profile->arena;
	size_t end = comment_at(line, len), equals, first, last, value;
	const char *source = end < len ? trimmed(a, line + end + 1, len - end - 1) : NULL;
	const char *sign = memchr(line, '=', end), *name, *text;
	struct span name_at, at;

	for (first = 0; first < end && isspace((unsigned char)line[first]); first++)
		;
	for (last = end; last > first && isspace((unsigned char)line[last - 1]); last--)
		;
	if (first == last)
		return;
	equals = sign ? (size_t)(sign - line) : last;
	name = trimmed(a, line, equals);
	for (value = sign ? equals + 1 : last; value < last && isspace((unsigned char)line[value]); value++)
		;
	text = arena_copy(a, line + value, last - value);
	name_at = span_at(r, r->line_at + first, r->line_at + first + strlen(name));
	at = span_at(r, r->line_at + value, r->line_at + last);
	if (!sign || !is_name(name) || *text == '\0')
		wrong(r, sign && *text == '\0' ? &at : &name_at,
		      "a line is NAME = VALUE, and behind it # SOURCE");
	else if (strcmp(name, "title") == 0 && once(r, &name_at, name, &r->titled))
		take_title(r, &at, text);
	else if (strcmp(name, "based_on") == 0 && once(r, &name_at, name, &r->based))
		take_base(r, &at, text);
	else if (strcmp(name, "title") != 0 && strcmp(name, "based_on") != 0)
		take_value(r, &name_at, &at, name, text, source && *source ? source : NULL);
}

static bool read_lines(struct reader *r)
{
	const char *text = r->source->text, *end = text + r->source->len;

	while (text < end && !messages_full(r->messages)) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((stop ? stop : end) - text);

		r->line++;
		r->line_at = (size_t)(text - r->source->text);
		read_line(r, text, len);
		text += len + 1;
	}
	return r->ok;
}

/* --- files --- */

/* Those that are in dir: "bsd, linux, lwip". */
static const char *those_there(struct arena *a, const char *dir)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, NULL, alphasort);
	const char *all = "";

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name, *end = strstr(name, suffix);

		if (end && end > name && end[sizeof suffix - 1] == '\0')
			all = arena_printf(a, "%s%s%.*s", all, *all ? ", " : "", (int)(end - name), name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return all;
}

/* The file's name, without directories and ".profile". */
static const char *name_of(struct arena *a, const char *file)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
	size_t len = strlen(base), cut = sizeof suffix - 1;

	return arena_copy(a, base, len > cut && strcmp(base + len - cut, suffix) == 0 ? len - cut : len);
}

/* at: where it is named, or NULL: by the user. */
static bool find(struct reader *r, const char *name, const struct span *at)
{
	struct arena *a = r->profile->arena;
	const char *path = is_file(name) ? name : arena_printf(a, "%s/%s%s", r->dir, name, suffix);
	struct diag d;

	r->name = name_of(a, path);
	if (!is_file(name) && access(path, F_OK) != 0)
		return wrong(r, at ? at : &(struct span){.source = &(struct source){.name = "--profile"}},
		             "there is no profile '%s' in %s: %s; a file's name has a '/' or a '.' in it",
		             name, r->dir, those_there(a, r->dir));
	if (!source_read(a, path, true, &r->source, &d))
		return at ? wrong(r, at, "%s %s", path, d.text)
		          : (r->ok = messages_file_error(r->messages, path, "%s", d.text));
	for (const struct reader *up = r->upper; up; up = up->upper)
		if (source_same_file(up->source, r->source))
			return wrong(r, at, "the profile '%s' is based on itself", r->name);
	return true;
}

/* The profile, or nothing where something was wrong. */
static struct profile *finish(struct reader *r)
{
	struct profile *p = r->profile;

	p->name = p->stacks[0] = r->name;
	p->file = r->source ? r->source->name : NULL;
	if (r->source && read_lines(r))
		return p;
	profile_free(p);
	messages_sort(r->messages);
	return NULL;
}

struct profile *profile_load(const char *name, const char *dir, struct messages *m)
{
	struct reader r = {.profile = profile_new(name), .messages = m, .dir = dir, .ok = true};

	r.title = &r.profile->title;
	find(&r, name, NULL);
	return finish(&r);
}

struct profile *profile_parse(const char *file, const char *text, size_t len, const char *dir,
                              struct messages *m)
{
	struct reader r = {.profile = profile_new(file), .messages = m, .dir = dir, .ok = true};
	struct diag d;

	r.title = &r.profile->title;
	r.name = name_of(r.profile->arena, file);
	if (!source_from_text(r.profile->arena, file, text, len, &r.source, &d))
		messages_file_error(m, file, "%s", d.text);
	return finish(&r);
}
