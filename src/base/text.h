/* Text that is put together: in a UT_string of uthash, which grows (utstring_printf, utstring_body,
 * utstring_len, utstring_done), or in a buffer of a fixed size, where it is cut. */
#ifndef FW_BASE_TEXT_H
#define FW_BASE_TEXT_H

#include <stdint.h>

#include "base/memory.h"

#define utstring_oom() memory_ended()
#include <utstring.h>
#include <stdbool.h>

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

/* Text of unknown origin made fit to be shown: from scenarios, paths, hosts. Control characters, those
 * that turn the writing direction, and bytes that are no UTF-8 never pass as they are. */

/* One character to be shown: as it is, or escaped ("\x1b", "\u202e", "\n"); where unicode is false everything
 * over 7 bits is escaped. Returns its width in columns, 0 for a combining character. out is NUL-terminated.
 */
enum { CLEAN_BYTES = 12 };
int clean_char(const char **text, bool unicode, char out[CLEAN_BYTES]);

/* The columns that text needs. */
int clean_columns(const char *text, bool unicode);

/* A copy in valid UTF-8, for formats that escape by themselves: each bad byte
 * becomes U+FFFD, the rest stays. The caller frees it. */
char *clean_utf8(const char *text);

#endif
