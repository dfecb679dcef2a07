/* Numbers, durations, percentages and strings as they are written, in a scenario or on the command line. */
#ifndef FW_LITERAL_H
#define FW_LITERAL_H

#include <stdint.h>

#include "base/arena.h"
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

/* Bytes from hexadecimal digits, in pairs; blanks between pairs are allowed. */
bool literal_hex(struct arena *a, const char *text, size_t len, const uint8_t **bytes, size_t *count);

/* "1.5 s", "250 ms", "40 us" and the like; returns buf. */
enum { DURATION_TEXT_BYTES = 40 };
const char *duration_text(int64_t ns, char buf[DURATION_TEXT_BYTES]);

#endif
