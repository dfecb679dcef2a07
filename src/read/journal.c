/* The list of a run's events. Knows no capture and no file. */
#include "read/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

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

static const struct reason *copy_reason(struct journal *j, const struct reason *r)
{
	return r ? memcpy(arena_alloc(j->arena, sizeof *r), r, sizeof *r) : NULL;
}

void journal_add(struct journal *j, const struct event *event)
{
	struct event *e = LIST_ADD(j->events, j->count, j->room);

	*e = *event;
	e->reason = copy_reason(j, event->reason);
	e->overruled = copy_reason(j, event->overruled);
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
