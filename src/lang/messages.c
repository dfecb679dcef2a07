/* Keeps the list of messages. Their form is message_text.c's. */
#include "lang/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/utf8.h"

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

size_t messages_count(const struct messages *m)
{
	return m->count;
}

const struct message *messages_at(const struct messages *m, size_t i)
{
	return &m->list[i];
}

size_t messages_errors(const struct messages *m)
{
	return m->errors;
}

bool messages_full(const struct messages *m)
{
	return m->errors >= MESSAGES_MAX_ERRORS;
}

static bool known(const struct messages *m, const struct message *new)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct message *old = &m->list[i];

		if (old->severity == SEVERITY_ERROR && old->diag.where.line == new->diag.where.line &&
		    old->diag.where.column == new->diag.where.column &&
		    strcmp(old->diag.text, new->diag.text) == 0 && old->diag.where.file &&
		    new->diag.where.file && strcmp(old->diag.where.file, new->diag.where.file) == 0)
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
	if (msg->severity != SEVERITY_ERROR || ++m->errors < MESSAGES_MAX_ERRORS || m->count == MESSAGES_MAX)
		return;
	m->list[m->count] = (struct message){ .severity = SEVERITY_NOTE };
	diag_set(&m->list[m->count++].diag, "too many errors: the rest is left out");
}

static void take_error(struct messages *m, struct message *msg)
{
	m->taking = !messages_full(m) && !known(m, msg);
	if (m->taking)
		add(m, msg);
	m->taking = m->taking && !messages_full(m);
}

void messages_error(struct messages *m, const struct span *span, const char *fmt, ...)
{
	struct message msg = { .severity = SEVERITY_ERROR, .width = 1 };
	va_list args;

	va_start(args, fmt);
	vsnprintf(msg.diag.text, sizeof msg.diag.text, fmt, args);
	va_end(args);
	if (span)
		copy_place(m, &msg, span);
	take_error(m, &msg);
}

void messages_note(struct messages *m, const struct span *span, const char *fmt, ...)
{
	struct message msg = { .severity = SEVERITY_NOTE, .width = 1 };
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
	struct message msg = { .severity = SEVERITY_ERROR, .width = 1 };
	va_list args;

	va_start(args, fmt);
	vsnprintf(msg.diag.text, sizeof msg.diag.text, fmt, args);
	va_end(args);
	msg.diag.where.file = arena_printf(m->arena, "%s", file);
	take_error(m, &msg);
}
