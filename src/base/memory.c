/* The one policy for memory that ends. */
#include "base/memory.h"

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
