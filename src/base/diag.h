/* Where something is wrong and what: a bounded, located message.
 *
 * A function that can be given bad input, or that meets a wire that fails, returns false and fills a
 * struct diag; its caller decides whether to print. Nothing here prints, allocates or exits. */
#ifndef FW_DIAG_H
#define FW_DIAG_H

#include <stdbool.h>

/* A place in a scenario file. line and column count from 1; line 0 means that the message belongs to no
 * line. file is borrowed: it lives as long as the scenario (or the string literal) that it names. */
struct where {
	const char *file;
	int line;
	int column;
};

enum { DIAG_TEXT_BYTES = 512 };

struct diag {
	struct where where;
	char text[DIAG_TEXT_BYTES]; /* one sentence, no newline, cut if longer */
};

/* Sets the text, with no place. Always returns false, so that a function may
 * end in `return diag_set(...)`. d may be NULL: then nothing is kept. */
bool diag_set(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same with a place, which is copied. */
bool diag_at(struct diag *d, struct where where, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
