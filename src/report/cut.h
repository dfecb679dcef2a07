/* Text that grows in a buffer of a fixed size and is cut at its end. */
#ifndef FW_CUT_H
#define FW_CUT_H

#include <stddef.h>

struct cut {
	char *buf;
	size_t size, len;
};

/* An empty text in buf; size is 1 or more. */
struct cut cut_start(char *buf, size_t size);

void cut_add(struct cut *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
