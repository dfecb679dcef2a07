/* Text that grows by doubling. */
#include "lang/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(struct buffer *b, size_t more)
{
	size_t size = b->size > 0 ? b->size : 256;
	char *text;

	while (size - b->len <= more)
		size *= 2;
	if (size == b->size)
		return true;
	text = realloc(b->text, size);
	if (!text) {
		b->failed = true;
		return false;
	}
	b->text = text;
	b->size = size;
	return true;
}

void buffer_add(struct buffer *b, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0 || b->failed || !make_room(b, (size_t)len))
		return;
	va_start(args, fmt);
	vsnprintf(b->text + b->len, (size_t)len + 1, fmt, args);
	va_end(args);
	b->len += (size_t)len;
}

void buffer_free(struct buffer *b)
{
	free(b->text);
	memset(b, 0, sizeof *b);
}
