/* Memory that ends is no news that a caller could act on: all of fourwave gets it here, and where there is
 * none the program says so and aborts. So nothing here returns NULL, and nobody asks. */
#ifndef FW_MEMORY_H
#define FW_MEMORY_H

#include <stddef.h>

/* Says "fourwave: out of memory" on the standard error output, and aborts. */
_Noreturn void memory_ended(void);

/* count members of size bytes each, zeroed; for free(). */
void *memory_new(size_t count, size_t size);

/* A copy of a text; for free(). */
char *memory_text(const char *text);

/* count members of size bytes, what was at old kept; for free(). */
void *memory_resize(void *old, size_t count, size_t size);

/* Room for one member more than count; *room is what there is room for. */
void *memory_room(void *old, size_t count, size_t *room, size_t size);

/* A list is a pointer, a size_t count and a size_t room, all begun zeroed. Adds a member, not filled in, and
 * is a pointer to it, good until the next. The list is free()d. */
#define LIST_ADD(list, count, room)                                                                          \
	((list) = memory_room((list), (count), &(room), sizeof *(list)), &(list)[(count)++])

/* Memory that lives and dies together: a scenario is many small pieces with
 * one lifetime. There is no free of one piece; arena_free() frees them all. */

struct arena;

struct arena *arena_new(void);

/* Frees every piece, and the arena. NULL is allowed. */
void arena_free(struct arena *a);

/* size bytes, zeroed and aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);

/* A copy of the len bytes at from, aligned for any type, with a NUL after them. */
void *arena_copy(struct arena *a, const void *from, size_t len);

/* Room for one member more than count, of size bytes; *room is what there is room for. What was there before
 * stays behind in the arena, and is all in all no more than the list itself. */
void *arena_room(struct arena *a, void *old, size_t count, size_t *room, size_t size);

/* LIST_ADD of base/memory.h, for a list that lives in an arena. */
#define ARENA_ADD(a, list, count, room)                                                                      \
	((list) = arena_room((a), (list), (count), &(room), sizeof *(list)), &(list)[(count)++])

/* printf into the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3), nonnull(2)));

#endif
