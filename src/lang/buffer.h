/* Text that grows. */
#ifndef FW_BUFFER_H
#define FW_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* Starts as { 0 }; text is NULL or ends with NUL. */
struct buffer {
	char *text;
	size_t len, size;
	bool failed; /* memory ran out: what was added since is missing */
};

void buffer_add(struct buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Frees the text and starts anew. */
void buffer_free(struct buffer *b);

#endif
