/* The list of a run's events. Knows no capture and no file. */
#include "read/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static void *grow(void *list, size_t count, size_t size)
{
	list = realloc(list, count * size);
	if (!list)
		abort();
	return list;
}

struct journal *journal_new(void)
{
	struct journal *j = calloc(1, sizeof *j);

	if (!j || !(j->arena = arena_new()))
		abort();
	j->scenario = j->title = j->target = "";
	return j;
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	arena_free(j->arena);
	free(j->defines);
	free(j->events);
	free(j);
}

void journal_add(struct journal *j, const struct event *event)
{
	if (j->count == j->room) {
		j->room = j->room * 2 + 64;
		j->events = grow(j->events, j->room, sizeof *j->events);
	}
	struct event *e = &j->events[j->count++];
	*e = *event;
	if (event->text)
		e->text = arena_copy(j->arena, event->text, strlen(event->text));
}

void journal_configure(struct journal *j, const struct engine_config *config)
{
	j->config = *config;
	j->config.filter = NULL;
	for (int i = 0; i < PROVOKE_COUNT; i++) {
		const struct inband *from = &config->inband[i];
		if (from->bytes)
			j->config.inband[i].bytes =
			    (const uint8_t *)arena_copy(j->arena, (const char *)from->bytes, from->len);
	}
}

void journal_define(struct journal *j, const char *define)
{
	j->defines = grow(j->defines, j->define_count + 1, sizeof *j->defines);
	j->defines[j->define_count++] = arena_copy(j->arena, define, strlen(define));
}

static void add_text(struct verdict *v, const char *text)
{
	size_t len = strlen(v->reason);

	snprintf(v->reason + len, sizeof v->reason - len, "%s", text);
}

void journal_add_notes(struct verdict *v, const char *note, size_t damaged)
{
	char text[80];

	if (v->kind == VERDICT_ERROR)
		add_text(v, note);
	snprintf(text, sizeof text, " (%zu of the peer's segments had a wrong checksum)", damaged);
	if (damaged > 0 && v->kind != VERDICT_PASS)
		add_text(v, text);
}
