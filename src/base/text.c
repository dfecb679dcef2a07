/* Text in a buffer of a fixed size, and UTF-8, which libunistring knows. Knows nothing of what it says. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

#include <unistr.h>

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

size_t utf8_char(const char *s, size_t left, uint32_t *code)
{
	ucs4_t c = 0;
	int len = left > 0 ? u8_mbtoucr(&c, (const uint8_t *)s, left) : 0;

	if (code)
		*code = c;
	return len > 0 ? (size_t)len : 0;
}

size_t utf8_valid(const char *s, size_t len)
{
	const uint8_t *wrong = u8_check((const uint8_t *)s, len);

	return wrong ? (size_t)(wrong - (const uint8_t *)s) : len;
}

size_t utf8_count(const char *s, size_t len)
{
	size_t count = 0;

	for (size_t at = 0; at < len; count++) {
		size_t step = utf8_char(s + at, len - at, NULL);

		at += step > 0 ? step : 1;
	}
	return count;
}
