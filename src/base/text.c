/* Text in a buffer of a fixed size, and UTF-8, which libunistring knows. Knows nothing of what it says. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <unictype.h>
#include <unistr.h>
#include <uniwidth.h>

#include "base/diag.h"

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

/* --- text of unknown origin --- */

/* Steps over one character; over one byte, which is the code then, where there is none. */
static bool next(const char **text, uint32_t *code)
{
	size_t len = utf8_char(*text, strnlen(*text, 4), code);

	if (len == 0)
		*code = (unsigned char)**text;
	*text += len > 0 ? len : 1;
	return len > 0;
}

/* Moves the cursor, turns the direction, or cannot be seen: controls, format and directional marks, line
 * separators, private codes and those that are no characters. */
static bool is_unsafe(uint32_t code)
{
	static const uint32_t unsafe = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs |
	                               UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp;

	return uc_is_general_category_withtable(code, unsafe) || uc_is_property_not_a_character(code) ||
	       code >= 0xe0000;
}

static int escape(uint32_t code, bool valid, char out[CLEAN_BYTES])
{
	if (valid && code == '\n')
		return snprintf(out, CLEAN_BYTES, "\\n");
	if (valid && code == '\r')
		return snprintf(out, CLEAN_BYTES, "\\r");
	if (valid && code == '\t')
		return snprintf(out, CLEAN_BYTES, "\\t");
	if (!valid || code < 0x80)
		return snprintf(out, CLEAN_BYTES, "\\x%02x", code);
	if (code <= 0xffff)
		return snprintf(out, CLEAN_BYTES, "\\u%04x", code);
	return snprintf(out, CLEAN_BYTES, "\\U%08x", code);
}

int clean_char(const char **text, bool unicode, char out[CLEAN_BYTES])
{
	const char *start = *text;
	uint32_t code;
	bool valid = next(text, &code);

	if (!valid || is_unsafe(code) || (!unicode && code > 0x7f))
		return escape(code, valid, out);
	memcpy(out, start, (size_t)(*text - start));
	out[*text - start] = '\0';
	return uc_width(code, "UTF-8");
}

int clean_columns(const char *text, bool unicode)
{
	char out[CLEAN_BYTES];
	int columns = 0;

	while (*text)
		columns += clean_char(&text, unicode, out);
	return columns;
}

char *clean_utf8(const char *text)
{
	/* a bad byte becomes three */
	char *copy = memory_new(strlen(text) * 3 + 1, 1), *to = copy;

	while (*text) {
		const char *start = text;
		uint32_t code;

		to = next(&text, &code) ? stpncpy(to, start, (size_t)(text - start))
		                        : stpcpy(to, "\xef\xbf\xbd");
	}
	return copy;
}

/* --- located messages --- */

bool diag_at(struct diag *d, struct where where, const char *fmt, ...)
{
	va_list args;

	if (!d)
		return false;
	d->where = where;
	va_start(args, fmt);
	vsnprintf(d->text, sizeof d->text, fmt, args);
	va_end(args);
	return false;
}
