/* From characters to values, every overflow checked. Knows no file. */
#include "base/literal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t DAY_NS = 24 * 3600 * INT64_C(1000000000);

static const struct unit {
	const char *name;
	int64_t ns;
} units[] = {
    {"us", 1000},
    {"ms", 1000000},
    {"s", 1000000000},
    {"min", INT64_C(60000000000)},
};

const char *literal_kind_text(enum literal_kind k)
{
	static const char *const texts[] = {
	    [LITERAL_NUMBER] = "a number",     [LITERAL_DECIMAL] = "a decimal number",
	    [LITERAL_DURATION] = "a duration", [LITERAL_PERCENT] = "a percentage",
	    [LITERAL_STRING] = "a string",
	};

	return texts[k];
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool parse_digits(const char *text, size_t len, unsigned base, uint32_t *out, struct diag *d)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return diag_set(d, "'%c' is not a digit here", text[i]);
		value = value * base + (unsigned)digit;
		if (value > UINT32_MAX)
			return diag_set(d, "number too large: the largest is 4294967295");
	}
	if (len == 0)
		return diag_set(d, "no digits after 0x");
	*out = (uint32_t)value;
	return true;
}

/* number: digits with at most one dot, and how far it reaches. */
static size_t scan_number(const char *text, size_t len, bool *has_dot)
{
	size_t i = 0;

	while (i < len && is_digit(text[i]))
		i++;
	*has_dot = i + 1 < len && text[i] == '.' && is_digit(text[i + 1]);
	if (!*has_dot)
		return i;
	for (i++; i < len && is_digit(text[i]); i++)
		;
	return i;
}

static bool parse_duration(double count, const char *unit, size_t len, struct literal *out, struct diag *d)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		double ns = count * (double)units[i].ns;

		if (strlen(units[i].name) != len || memcmp(units[i].name, unit, len) != 0)
			continue;
		if (ns > (double)DAY_NS)
			return diag_set(d, "duration too long: the longest is 24 hours");
		out->kind = LITERAL_DURATION;
		out->ns = (int64_t)(ns + 0.5);
		return true;
	}
	return diag_set(d, "'%.*s' is no unit: write us, ms, s or min", (int)(len < 40 ? len : 40), unit);
}

bool literal_parse(const char *text, size_t len, struct literal *out, struct diag *d)
{
	bool has_dot;
	size_t digits;
	double value;
	char copy[64];

	memset(out, 0, sizeof *out);
	if (len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return parse_digits(text + 2, len - 2, 16, &out->number, d);
	digits = scan_number(text, len, &has_dot);
	if (digits == 0)
		return diag_set(d, "'%.*s' is not a number", (int)(len < 40 ? len : 40), text);
	if (digits == len && !has_dot)
		return parse_digits(text, len, 10, &out->number, d);
	if (digits >= sizeof copy)
		return diag_set(d, "number too long");
	memcpy(copy, text, digits);
	copy[digits] = '\0';
	value = strtod(copy, NULL);
	if (digits == len) {
		if (value > UINT32_MAX)
			return diag_set(d, "number too large: the largest is 4294967295");
		out->kind = LITERAL_DECIMAL;
		out->real = value;
		return true;
	}
	if (digits + 1 < len || text[digits] != '%')
		return parse_duration(value, text + digits, len - digits, out, d);
	if (value > 10000)
		return diag_set(d, "percentage too large: the largest is 10000%%");
	out->kind = LITERAL_PERCENT;
	out->real = value / 100;
	return true;
}

/* One escape at text, of which left bytes are there; returns its length, 0 where it is none. */
static size_t unescape(const char *text, size_t left, char *out)
{
	static const char from[] = "\"\\nrt", to[] = "\"\\\n\r\t";
	const char *p = left > 1 && text[1] ? strchr(from, text[1]) : NULL;

	if (p) {
		*out = to[p - from];
		return 2;
	}
	if (left < 4 || text[1] != 'x' || hex_digit(text[2]) < 0 || hex_digit(text[3]) < 0)
		return 0;
	*out = (char)(hex_digit(text[2]) * 16 + hex_digit(text[3]));
	return 4;
}

bool literal_string(struct arena *a, const char *text, size_t len, struct literal *out, size_t *at,
                    struct diag *d)
{
	char *copy = arena_alloc(a, len + 1);
	size_t to = 0;

	for (size_t i = 0; i < len;) {
		size_t step = 1;

		if (text[i] == '\\')
			step = unescape(text + i, len - i, &copy[to]);
		else
			copy[to] = text[i];
		if (step == 0) {
			*at = i;
			return diag_set(
			    d, "unknown escape in a string: there are \\\" \\\\ \\n \\r \\t and \\xHH");
		}
		i += step;
		to++;
	}
	copy[to] = '\0';
	*out = (struct literal){.kind = LITERAL_STRING, .text = copy, .len = to};
	return true;
}

bool literal_hex(struct arena *a, const char *text, size_t len, const uint8_t **bytes, size_t *count)
{
	uint8_t *out = arena_alloc(a, len / 2 + 1);
	size_t to = 0;

	for (size_t i = 0; i < len;) {
		if (text[i] == ' ') {
			i++;
			continue;
		}
		if (len - i < 2 || hex_digit(text[i]) < 0 || hex_digit(text[i + 1]) < 0)
			return false;
		out[to++] = (uint8_t)(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
		i += 2;
	}
	*bytes = out;
	*count = to;
	return true;
}

const char *duration_text(int64_t ns, char buf[DURATION_TEXT_BYTES])
{
	if (ns % 1000000000 == 0 || ns > INT64_C(1000000000))
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g s", (double)ns / 1e9);
	else if (ns % 1000000 == 0 || ns > 1000000)
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g ms", (double)ns / 1e6);
	else
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g us", (double)ns / 1e3);
	return buf;
}
