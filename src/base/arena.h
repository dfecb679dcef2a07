/* Memory that lives and dies together: a scenario is many small pieces with
 * one lifetime. There is no free of one piece; arena_free() frees them all. */
#ifndef FW_ARENA_H
#define FW_ARENA_H

#include <stddef.h>

struct arena;

/* A new arena. */
struct arena *arena_new(void);

/* Frees every piece, and the arena. NULL is allowed. */
void arena_free(struct arena *a);

/* size bytes, zeroed and aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);

/* A copy of the len bytes at from, aligned for any type, with a NUL after them. */
void *arena_copy(struct arena *a, const void *from, size_t len);

/* printf into the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3), nonnull(2)));

#endif
