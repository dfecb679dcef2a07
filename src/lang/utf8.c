/* Steps through UTF-8. Knows no width of characters: each counts as one column. */
#include "lang/utf8.h"

#include <stdint.h>

size_t utf8_char(const char *s, size_t left)
{
	const unsigned char *p = (const unsigned char *)s;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t code;
	size_t len;

	if (left == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	len = p[0] >= 0xf0 && p[0] < 0xf8 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] >= 0xf8 || left < len)
		return 0;
	code = p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return len;
}

size_t utf8_valid(const char *s, size_t len)
{
	size_t at = 0, step;

	while (at < len && (step = utf8_char(s + at, len - at)) > 0)
		at += step;
	return at;
}

size_t utf8_count(const char *s, size_t len)
{
	size_t count = 0;

	for (size_t at = 0; at < len; count++) {
		size_t step = utf8_char(s + at, len - at);

		at += step > 0 ? step : 1;
	}
	return count;
}
