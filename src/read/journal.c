/* The list of a run's events. Knows no capture and no file. */
#include "read/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

struct journal *journal_new(void)
{
	struct journal *j = memory_new(1, sizeof *j);

	j->arena = arena_new();
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
	struct event *e = LIST_ADD(j->events, j->count, j->room);

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
	*LIST_ADD(j->defines, j->define_count, j->define_room) = arena_copy(j->arena, define, strlen(define));
}

void journal_add_notes(struct verdict *v, const char *note, size_t damaged)
{
	struct cut reason = {.buf = v->reason, .size = sizeof v->reason, .len = strlen(v->reason)};

	if (v->kind == VERDICT_ERROR)
		cut_add(&reason, "%s", note);
	if (damaged > 0 && v->kind != VERDICT_PASS)
		cut_add(&reason, " (%zu of the peer's segments had a wrong checksum)", damaged);
}
