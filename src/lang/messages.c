/* Keeps the list of messages, and gives them their form. Nothing that a terminal would act on gets out. */
#include "lang/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
	MESSAGES_MAX = 4 * MESSAGES_MAX_ERRORS,
	WINDOW = 100, /* characters of a line that are shown */
	BEFORE = 60   /* of them before the caret, where the line is long */
};

struct messages {
	struct arena *arena; /* lines and file names: they outlive a scenario that failed */
	struct message list[MESSAGES_MAX];
	size_t count, errors;
	bool taking; /* the last error was taken, so its notes are */
};

struct messages *messages_new(void)
{
	struct messages *m = memory_new(1, sizeof *m);

	m->arena = arena_new();
	return m;
}

void messages_free(struct messages *m)
{
	if (m)
		arena_free(m->arena);
	free(m);
}

size_t messages_count(const struct messages *m) { return m->count + messages_full(m); }

const struct message *messages_at(const struct messages *m, size_t i)
{
	static const struct message last = {
	    .diag = {.text = "too many errors: checking stopped"},
	    .severity = SEVERITY_NOTE,
	};

	return i < m->count ? &m->list[i] : &last;
}

size_t messages_errors(const struct messages *m) { return m->errors; }

bool messages_full(const struct messages *m) { return m->errors >= MESSAGES_MAX_ERRORS; }

static bool same_file(const struct where *a, const struct where *b)
{
	return a->file && b->file && strcmp(a->file, b->file) == 0;
}

static bool known(const struct messages *m, const struct message *new)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct diag *old = &m->list[i].diag;

		if (m->list[i].severity == SEVERITY_ERROR && old->where.line == new->diag.where.line &&
		    old->where.column == new->diag.where.column &&strcmp(old->text, new->diag.text) == 0 &&
		    same_file(&old->where, &new->diag.where))
			return true;
	}
	return false;
}

/* The message's copy of the line and the name of the file. */
static void copy_place(struct messages *m, struct message *msg, const struct span *span)
{
	const char *line;
	size_t len;

	msg->diag.where = span_where(span);
	if (!span->source)
		return;
	msg->diag.where.file = arena_printf(m->arena, "%s", span->source->name);
	if (span->line < 1)
		return;
	line = source_line(span->source, span->line, &len);
	msg->line = arena_copy(m->arena, line, len);
	msg->width = span->last_column - span->column;
	if (span->last_line > span->line)
		msg->width = (int)utf8_count(line, len) + 1 - span->column;
	if (msg->width < 1)
		msg->width = 1;
}

bool messages_list(struct messages *m, enum severity severity, const struct span *span, const char *fmt,
                   va_list args)
{
	struct message new = {.severity = severity, .width = 1};
	bool error = severity == SEVERITY_ERROR;

	if (error)
		m->taking = !messages_full(m);
	if (!m->taking || m->count == MESSAGES_MAX)
		return false;
	vsnprintf(new.diag.text, sizeof new.diag.text, fmt, args);
	if (span)
		copy_place(m, &new, span);
	if (error)
		m->taking = !known(m, &new);
	if (!m->taking)
		return false;
	/* A file stands where it was first reported, a note with its error. */
	new.order = m->count;
	new.place = error ? new.diag.where : m->list[m->count - 1].place;
	while (new.file < m->count && !same_file(&m->list[new.file].diag.where, &new.place))
		new.file++;
	m->list[m->count++] = new;
	m->errors += error;
	return false;
}

bool messages_add(struct messages *m, enum severity severity, const struct span *span, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	messages_list(m, severity, span, fmt, args);
	va_end(args);
	return false;
}

void messages_untaken(struct messages *m) { m->taking = false; }

static int compare(const void *a, const void *b)
{
	const struct message *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->place.line != y->place.line)
		return x->place.line - y->place.line;
	if (x->place.column != y->place.column)
		return x->place.column - y->place.column;
	return x->order < y->order ? -1 : 1;
}

void messages_sort(struct messages *m) { qsort(m->list, m->count, sizeof *m->list, compare); }

/* --- their form --- */

/* One character of *s, and the columns that it takes; a tab stays one. */
static int add_char(UT_string *out, const char **s)
{
	char text[CLEAN_BYTES];
	int columns;

	if (**s == '\t') {
		utstring_bincpy(out, (*s)++, 1);
		return 1;
	}
	columns = clean_char(s, true, text);
	utstring_printf(out, "%s", text);
	return columns;
}

static void add_text(UT_string *out, const char *s)
{
	while (*s)
		add_char(out, &s);
}

/* The line, or a window of it about the caret, and the caret below. */
static void add_line(UT_string *out, const struct message *msg)
{
	size_t count = utf8_count(msg->line, strlen(msg->line)), under = (size_t)msg->diag.where.column - 1;
	size_t first = count > WINDOW && under > BEFORE ? under - BEFORE : 0;
	size_t last = first + WINDOW < count ? first + WINDOW : count;
	const char *s = msg->line;
	UT_string below;
	int meant = 0;

	utstring_init(&below);
	utstring_printf(out, "  %s", first > 0 ? "..." : "");
	utstring_printf(&below, "  %s", first > 0 ? "   " : "");
	for (size_t at = 0; *s && at < last; at++) {
		bool tab = *s == '\t';
		char skipped[CLEAN_BYTES];
		int columns = at < first ? clean_char(&s, true, skipped) : add_char(out, &s);

		if (at >= first && at < under)
			utstring_printf(&below, "%*s", columns, tab ? "\t" : "");
		else if (at >= under && at < under + (size_t)msg->width)
			meant += columns;
	}
	utstring_printf(out, "%s\n%s^", last < count ? "..." : "", utstring_body(&below));
	for (int i = 1; i < meant; i++)
		utstring_printf(out, "~");
	utstring_printf(out, "\n");
	utstring_done(&below);
}

void messages_text(const struct messages *m, UT_string *out)
{
	for (size_t i = 0; i < messages_count(m); i++) {
		const struct message *msg = messages_at(m, i);
		const struct where *where = &msg->diag.where;

		if (where->file)
			add_text(out, where->file);
		if (where->file && where->line > 0)
			utstring_printf(out, ":%d:%d", where->line, where->column);
		utstring_printf(out, "%s%s", where->file ? ": " : "",
		                msg->severity == SEVERITY_ERROR ? "error: " : "note: ");
		add_text(out, msg->diag.text);
		utstring_printf(out, "\n");
		if (msg->line && msg->line[0])
			add_line(out, msg);
	}
}
