/* Values as they are written: numbers, durations, percentages, strings and hexadecimal bytes. All that
 * fourwave reads of them, in a scenario or on the command line, is read here. */
#ifndef FW_LITERAL_H
#define FW_LITERAL_H

#include <stdint.h>

#include "base/memory.h"
#include "base/diag.h"

enum literal_kind {
	LITERAL_NUMBER,   /* number: 32 bits */
	LITERAL_DECIMAL,  /* real: 1.5 */
	LITERAL_DURATION, /* ns */
	LITERAL_PERCENT,  /* real: a fraction, 25% is 0.25 */
	LITERAL_STRING    /* text, len bytes and a NUL; may hold NUL */
};

struct literal {
	enum literal_kind kind;
	uint32_t number;
	double real;
	int64_t ns;
	const char *text;
	size_t len;
};

/* "a number", "a duration" ... */
const char *literal_kind_text(enum literal_kind k);

/* Parses what begins with a digit: a number, decimal, duration or percentage.
 * False, with what is wrong, where it is none or too large. */
bool literal_parse(const char *text, size_t len, struct literal *out, struct diag *d);

/* Parses a string's inside (without the quotes), undoing its escapes. False
 * with *at the offset of the wrong escape. */
bool literal_string(struct arena *a, const char *text, size_t len, struct literal *out, size_t *at,
                    struct diag *d);

/* 0 to 15, or -1. */
int literal_hex_digit(char c);

/* Bytes from hexadecimal digits, in pairs; blanks between pairs are allowed. bytes has room for len / 2,
 * or is NULL where they are only to be counted. */
bool literal_hex(const char *text, size_t len, uint8_t *bytes, size_t *count);

/* What stands behind a flag, whole or not at all, within bounds that count as in. False with a sentence
 * that begins with what ("--rate"). The number is decimal; a real one has no exponent, and is no "inf". */
bool literal_number(const char *what, const char *text, uint64_t low, uint64_t high, uint64_t *out,
                    struct diag *d);
bool literal_real(const char *what, const char *text, double low, double high, double *out, struct diag *d);

/* The same for a time: "200ms", and "1.5" is 1.5 s. */
bool literal_time(const char *what, const char *text, int64_t high_ns, int64_t *ns, struct diag *d);

#endif
