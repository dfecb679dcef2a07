/* Keeps the list of messages. Their form is message_text.c's. */
#include "lang/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { MESSAGES_MAX = 4 * MESSAGES_MAX_ERRORS };

struct messages {
	struct arena *arena; /* lines and file names: they outlive a scenario that failed */
	struct message list[MESSAGES_MAX];
	size_t count, errors;
	bool taking; /* the last error was taken, so its notes are */
};

struct messages *messages_new(void)
{
	struct messages *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	m->arena = arena_new();
	if (!m->arena) {
		free(m);
		return NULL;
	}
	return m;
}

void messages_free(struct messages *m)
{
	if (!m)
		return;
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

static bool known(const struct messages *m, const struct message *new)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct message *old = &m->list[i];

		if (old->severity == SEVERITY_ERROR && old->diag.where.line == new->diag.where.line &&
		    old->diag.where.column ==
		        new->diag.where.column &&strcmp(old->diag.text, new->diag.text) == 0 &&
		    old->diag.where.file &&new->diag.where.file &&strcmp(old->diag.where.file,
		                                                         new->diag.where.file) == 0)
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

static void add(struct messages *m, struct message *msg)
{
	if (m->count == MESSAGES_MAX)
		return;
	m->list[m->count++] = *msg;
	m->errors += msg->severity == SEVERITY_ERROR;
}

static void take_error(struct messages *m, struct message *msg)
{
	m->taking = !messages_full(m) && !known(m, msg);
	if (m->taking)
		add(m, msg);
}

void messages_untaken(struct messages *m) { m->taking = false; }

void messages_error(struct messages *m, const struct span *span, const char *fmt, ...)
{
	struct message msg = {.severity = SEVERITY_ERROR, .width = 1};
	va_list args;

	m->taking = !messages_full(m);
	if (!m->taking)
		return;
	va_start(args, fmt);
	vsnprintf(msg.diag.text, sizeof msg.diag.text, fmt, args);
	va_end(args);
	if (span)
		copy_place(m, &msg, span);
	take_error(m, &msg);
}

void messages_note(struct messages *m, const struct span *span, const char *fmt, ...)
{
	struct message msg = {.severity = SEVERITY_NOTE, .width = 1};
	va_list args;

	if (!m->taking)
		return;
	va_start(args, fmt);
	vsnprintf(msg.diag.text, sizeof msg.diag.text, fmt, args);
	va_end(args);
	if (span)
		copy_place(m, &msg, span);
	add(m, &msg);
}

void messages_file_error(struct messages *m, const char *file, const char *fmt, ...)
{
	struct message msg = {.severity = SEVERITY_ERROR, .width = 1};
	va_list args;

	va_start(args, fmt);
	vsnprintf(msg.diag.text, sizeof msg.diag.text, fmt, args);
	va_end(args);
	msg.diag.where.file = arena_printf(m->arena, "%s", file);
	take_error(m, &msg);
}

/* How far down the file of an error stands among those first told of. */
static size_t file_rank(const struct messages *m, const struct message *msg)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->list[i].diag.where.file && msg->diag.where.file &&
		    strcmp(m->list[i].diag.where.file, msg->diag.where.file) == 0)
			return i;
	return 0;
}

struct group { /* an error with its notes */
	size_t first, count, rank;
	struct where where;
};

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->where.line != y->where.line)
		return x->where.line < y->where.line ? -1 : 1;
	if (x->where.column != y->where.column)
		return x->where.column < y->where.column ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

void messages_sort(struct messages *m)
{
	struct message *sorted = arena_alloc(m->arena, sizeof m->list);
	struct group groups[MESSAGES_MAX];
	size_t count = 0, to = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (m->list[i].severity == SEVERITY_ERROR || count == 0)
			groups[count++] =
			    (struct group){i, 1, file_rank(m, &m->list[i]), m->list[i].diag.where};
		else
			groups[count - 1].count++;
	}
	qsort(groups, count, sizeof *groups, compare_groups);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < groups[i].count; k++)
			sorted[to++] = m->list[groups[i].first + k];
	memcpy(m->list, sorted, to * sizeof *sorted);
}
