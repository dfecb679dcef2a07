/* UTF-8 (RFC 3629), as much as text files and carets need. */
#ifndef FW_UTF8_H
#define FW_UTF8_H

#include <stddef.h>

/* Bytes of the character at s, of which left are there; 0 where it is none. */
size_t utf8_char(const char *s, size_t left);

/* How many of the len bytes are valid characters: len where all are. */
size_t utf8_valid(const char *s, size_t len);

/* Characters in len bytes; what is no character counts by byte. */
size_t utf8_count(const char *s, size_t len);

#endif
