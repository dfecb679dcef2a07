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

#endif
