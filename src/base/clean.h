/* Text of unknown origin made fit to be shown: from scenarios, paths, hosts. Control characters, those
 * that turn the writing direction, and bytes that are no UTF-8 never pass as they are. */
#ifndef FW_CLEAN_H
#define FW_CLEAN_H

#include <stdbool.h>

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
