/* Makes text fit to be shown. Knows UTF-8 and the widths of characters; knows no terminal and no format. */
#include "report/clean.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct span {
	uint32_t low, high;
};

static bool in_spans(uint32_t code, const struct span *spans, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (code >= spans[i].low && code <= spans[i].high)
			return true;
	return false;
}

/* The bytes that a lead byte announces, and the least code of that length. */
static int sequence_len(unsigned char lead, uint32_t *least, uint32_t *bits)
{
	if (lead < 0x80) {
		*least = 0;
		*bits = lead;
		return 1;
	}
	if (lead >= 0xc2 && lead <= 0xdf) {
		*least = 0x80;
		*bits = lead & 0x1f;
		return 2;
	}
	if (lead >= 0xe0 && lead <= 0xef) {
		*least = 0x800;
		*bits = lead & 0x0f;
		return 3;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		*least = 0x10000;
		*bits = lead & 0x07;
		return 4;
	}
	return 0;
}

bool clean_next(const char **text, uint32_t *code)
{
	const unsigned char *s = (const unsigned char *)*text;
	uint32_t least, bits;
	int len = sequence_len(s[0], &least, &bits);

	for (int i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			len = 0;
			break;
		}
		bits = bits << 6 | (s[i] & 0x3f);
	}
	if (len == 0 || bits < least || bits > 0x10ffff || (bits >= 0xd800 && bits <= 0xdfff)) {
		*code = s[0];
		*text += 1;
		return false;
	}
	*code = bits;
	*text += len;
	return true;
}

/* Moves the cursor, turns the direction, or cannot be seen: C0 and DEL, C1, soft hyphen, the zero-width
 * and directional marks, line separators, BOM, private and unassigned tags. */
static bool is_unsafe(uint32_t code)
{
	static const struct span unsafe[] = {
	    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},        {0x61c, 0x61c},
	    {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},    {0xfeff, 0xfeff},
	    {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0x10ffff},
	};

	return in_spans(code, unsafe, sizeof unsafe / sizeof *unsafe);
}

/* East Asian wide characters take two columns, combining ones none. */
static int columns_of(uint32_t code)
{
	static const struct span none[] = {
	    {0x300, 0x36f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
	    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
	};
	static const struct span wide[] = {
	    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
	    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
	    {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
	};

	if (in_spans(code, none, sizeof none / sizeof *none))
		return 0;
	return in_spans(code, wide, sizeof wide / sizeof *wide) ? 2 : 1;
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
	bool valid = clean_next(text, &code);

	if (!valid || is_unsafe(code) || (!unicode && code > 0x7f))
		return escape(code, valid, out);
	memcpy(out, start, (size_t)(*text - start));
	out[*text - start] = '\0';
	return columns_of(code);
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
	char *copy = malloc(strlen(text) * 3 + 1);
	char *to = copy;

	if (!copy)
		return NULL;
	while (*text) {
		const char *start = text;
		uint32_t code;

		if (clean_next(&text, &code)) {
			memcpy(to, start, (size_t)(text - start));
			to += text - start;
		} else {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
		}
	}
	*to = '\0';
	return copy;
}
