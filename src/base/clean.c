/* Makes text fit to be shown. Knows no terminal and no format; libunistring knows the characters. */
#include "base/clean.h"

#include <stdio.h>
#include <string.h>

#include <unictype.h>
#include <uniwidth.h>

#include "base/text.h"

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
