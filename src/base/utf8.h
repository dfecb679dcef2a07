/* UTF-8 (RFC 3629): what is a character, how many there are, and how wide. libunistring knows. */
#ifndef FW_UTF8_H
#define FW_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at s, of which left are there; 0 where it is none. code may be NULL. */
size_t utf8_char(const char *s, size_t left, uint32_t *code);

/* How many of the len bytes are valid characters: len where all are. */
size_t utf8_valid(const char *s, size_t len);

/* Characters in len bytes; what is no character counts by byte. */
size_t utf8_count(const char *s, size_t len);

#endif
