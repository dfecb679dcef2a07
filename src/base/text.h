/* Text that is put together: in a UT_string of uthash, which grows (utstring_printf, utstring_body,
 * utstring_len, utstring_done), or in a buffer of a fixed size, where it is cut. */
#ifndef FW_BASE_TEXT_H
#define FW_BASE_TEXT_H

#include <stdint.h>

#include "base/memory.h"

#define utstring_oom() memory_ended()
#include <utstring.h>

/* Text that is added to, and cut where there is no room for more. */
struct cut {
	char *buf;
	size_t size, len;
};

/* Begins with no text in buf; size is at least 1. */
struct cut cut_start(char *buf, size_t size);

void cut_add(struct cut *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- UTF-8 (RFC 3629) --- */

/* Bytes of the character at s, of which left are there; 0 where it is none. code may be NULL. */
size_t utf8_char(const char *s, size_t left, uint32_t *code);

/* How many of the len bytes are valid characters: len where all are. */
size_t utf8_valid(const char *s, size_t len);

/* Characters in len bytes; what is no character counts by byte. */
size_t utf8_count(const char *s, size_t len);

#endif
