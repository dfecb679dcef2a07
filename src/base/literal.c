/* From characters to values, every overflow checked. Knows no file, and no flag by itself. */
#include "base/literal.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"

enum { SHOWN_MAX = 40 }; /* of what is wrong */

static const int64_t DAY_NS = 24 * 3600 * NS_PER_S;

static const struct unit {
	const char *name;
	int64_t ns;
} units[] = {{"us", NS_PER_US}, {"ms", NS_PER_MS}, {"s", NS_PER_S}, {"min", 60 * NS_PER_S}};

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

int literal_hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) % 16 : -1;
}

/* Two digits, or -1. */
static int hex_byte(const char *text, size_t rest)
{
	int high = rest < 2 ? -1 : literal_hex_digit(text[0]),
	    low = rest < 2 ? -1 : literal_hex_digit(text[1]);

	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool parse_digits(const char *text, size_t len, unsigned base, uint32_t *out, struct diag *d)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++) {
		int digit = literal_hex_digit(text[i]);

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

/* Digits with at most one dot among them, and how far they reach. */
static size_t scan_number(const char *text, size_t len, bool *has_dot)
{
	size_t i = 0;

	while (i < len && is_digit(text[i]))
		i++;
	*has_dot = i > 0 && i + 1 < len && text[i] == '.' && is_digit(text[i + 1]);
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
	return diag_set(d, "'%.*s' is no unit: write us, ms, s or min",
	                (int)(len < SHOWN_MAX ? len : SHOWN_MAX), unit);
}

bool literal_parse(const char *text, size_t len, struct literal *out, struct diag *d)
{
	bool has_dot;
	size_t digits;
	double value;
	char copy[64];

	*out = (struct literal){.kind = LITERAL_NUMBER};
	if (len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return parse_digits(text + 2, len - 2, 16, &out->number, d);
	digits = scan_number(text, len, &has_dot);
	if (digits == 0)
		return diag_set(d, "'%.*s' is not a number", (int)(len < SHOWN_MAX ? len : SHOWN_MAX), text);
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

/* One escape at text, of which rest bytes are there; returns its length, 0 where it is none. */
static size_t unescape(const char *text, size_t rest, char *out)
{
	static const char from[] = "\"\\nrt", to[] = "\"\\\n\r\t";
	const char *p = rest > 1 && text[1] ? strchr(from, text[1]) : NULL;
	int byte = rest > 2 && text[1] == 'x' ? hex_byte(text + 2, rest - 2) : -1;

	*out = (char)(p ? to[p - from] : byte);
	return p ? 2 : byte >= 0 ? 4 : 0;
}

bool literal_string(struct arena *a, const char *text, size_t len, struct literal *out, size_t *at,
                    struct diag *d)
{
	char *copy = arena_alloc(a, len + 1);
	size_t to = 0, step;

	for (size_t i = 0; i < len; i += step) {
		step = 1;
		copy[to] = text[i];
		if (text[i] == '\\')
			step = unescape(text + i, len - i, &copy[to]);
		if (step == 0) {
			*at = i;
			return diag_set(
			    d, "unknown escape in a string: there are \\\" \\\\ \\n \\r \\t and \\xHH");
		}
		to++;
	}
	copy[to] = '\0';
	*out = (struct literal){.kind = LITERAL_STRING, .text = copy, .len = to};
	return true;
}

bool literal_hex(const char *text, size_t len, uint8_t *bytes, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < len; i++) {
		int byte = hex_byte(text + i, len - i);

		if (text[i] == ' ')
			continue;
		if (byte < 0)
			return false;
		if (bytes)
			bytes[*count] = (uint8_t)byte;
		(*count)++;
		i++; /* its second digit */
	}
	return true;
}

/* --- from the command line --- */

bool literal_number(const char *what, const char *text, uint64_t low, uint64_t high, uint64_t *out,
                    struct diag *d)
{
	unsigned long long value;

	if (*text == '\0' || strspn(text, "0123456789") != strlen(text))
		return diag_set(d, "%s: \"%s\" is not a number", what, text);
	errno = 0;
	value = strtoull(text, NULL, 10);
	if (errno == ERANGE || value > high)
		return diag_set(d, "%s: %s is too large, the most is %" PRIu64, what, text, high);
	if (value < low)
		return diag_set(d, "%s: %s is too small, the least is %" PRIu64, what, text, low);
	*out = value;
	return true;
}

bool literal_real(const char *what, const char *text, double low, double high, double *out, struct diag *d)
{
	bool has_dot;
	size_t len = strlen(text);

	if (len == 0 || scan_number(text, len, &has_dot) != len)
		return diag_set(d, "%s: \"%s\" is not a number", what, text);
	*out = strtod(text, NULL);
	if (*out > high)
		return diag_set(d, "%s: %s is too large, the most is %g", what, text, high);
	if (*out < low)
		return diag_set(d, "%s: %s is too small, the least is %g", what, text, low);
	return true;
}

bool literal_time(const char *what, const char *text, int64_t high_ns, int64_t *ns, struct diag *d)
{
	char most[DURATION_TEXT_BYTES];
	struct literal l;
	double s;

	if (!literal_parse(text, strlen(text), &l, NULL) || l.kind == LITERAL_PERCENT)
		return diag_set(d, "%s: \"%s\" is no time: 200ms, 1.5s, or seconds alone", what, text);
	s = l.kind == LITERAL_DURATION ? seconds(l.ns) : l.kind == LITERAL_DECIMAL ? l.real : l.number;
	if (s > seconds(high_ns))
		return diag_set(d, "%s: %s is too long, the most is %s", what, text,
		                duration_text(high_ns, most));
	*ns = l.kind == LITERAL_DURATION ? l.ns : (int64_t)(s * (double)NS_PER_S);
	return true;
}

/* --- times as text --- */

const char *duration_text(int64_t ns, char buf[DURATION_TEXT_BYTES])
{
	if (ns % NS_PER_S == 0 || ns > NS_PER_S)
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g s", seconds(ns));
	else if (ns % NS_PER_MS == 0 || ns > NS_PER_MS)
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g ms", (double)ns / (double)NS_PER_MS);
	else
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g us", (double)ns / (double)NS_PER_US);
	return buf;
}

int decimals_for(double value, int digits)
{
	int decimals = 0;

	if (value <= 0)
		return 0;
	for (; digits > 1 && value >= 10; value /= 10)
		digits--;
	for (; value < 1 && decimals < 6; value *= 10)
		decimals++;
	decimals += digits - 1;
	return decimals > 6 ? 6 : decimals;
}

const char *seconds_text(double seconds, int digits, char buf[SECONDS_TEXT_BYTES])
{
	const char *sign = seconds < 0 ? "-" : "";
	const char *unit = "s";
	double value = seconds < 0 ? -seconds : seconds;

	/* anything but a finite number is a bug elsewhere; it is still text */
	if (!isfinite(seconds)) {
		snprintf(buf, SECONDS_TEXT_BYTES, "? s");
		return buf;
	}
	if (value < 0.0009995) {
		value *= 1e6;
		unit = "us";
	} else if (value < 0.09995) {
		value *= 1e3;
		unit = "ms";
	}
	snprintf(buf, SECONDS_TEXT_BYTES, "%s%.*f %s", sign, decimals_for(value, digits), value, unit);
	return buf;
}
