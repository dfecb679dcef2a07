/* Steps through UTF-8. Knows no terminal. */
#include "base/utf8.h"

#include <unistr.h>

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
