/* The one policy for memory that ends. */
#include "base/memory.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void memory_ended(void)
{
	fputs("fourwave: out of memory\n", stderr);
	abort();
}

static void *there(void *memory)
{
	if (!memory)
		memory_ended();
	return memory;
}

void *memory_new(size_t count, size_t size) { return there(calloc(count ? count : 1, size ? size : 1)); }

char *memory_text(const char *text) { return there(strdup(text)); }

void *memory_resize(void *old, size_t count, size_t size)
{
	return there(reallocarray(old, count ? count : 1, size ? size : 1));
}

void *memory_room(void *old, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return old;
	*room = *room ? *room * 2 : 16;
	return memory_resize(old, *room, size);
}

/* --- arenas: pieces in a list, freed together --- */

struct piece {
	struct piece *next;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct piece *pieces; /* the newest first */
};

struct arena *arena_new(void) { return memory_new(1, sizeof(struct arena)); }

void arena_free(struct arena *a)
{
	while (a && a->pieces) {
		struct piece *next = a->pieces->next;

		free(a->pieces);
		a->pieces = next;
	}
	free(a);
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct piece *p = memory_new(1, sizeof *p + size);

	p->next = a->pieces;
	a->pieces = p;
	return p->bytes;
}

void *arena_copy(struct arena *a, const void *from, size_t len)
{
	return memcpy(arena_alloc(a, len + 1), from, len);
}

void *arena_room(struct arena *a, void *old, size_t count, size_t *room, size_t size)
{
	void *more;

	if (count < *room)
		return old;
	*room = *room ? *room * 2 : 16;
	more = arena_alloc(a, *room * size);
	if (old)
		memcpy(more, old, count * size);
	return more;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text = arena_alloc(a, len < 0 ? 1 : (size_t)len + 1);
	vsnprintf(text, len < 0 ? 1 : (size_t)len + 1, fmt, again);
	va_end(again);
	return text;
}
