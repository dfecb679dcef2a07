/* Text in a buffer of a fixed size. Knows nothing of what it says. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

void cut_add(struct cut *c, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(c->buf + c->len, c->size - c->len, fmt, args);
	va_end(args);
	if (n > 0)
		c->len += (size_t)n < c->size - c->len ? (size_t)n : c->size - c->len - 1;
}

struct cut cut_start(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct cut){.buf = buf, .size = size};
}
