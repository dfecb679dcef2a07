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

/* Sets the text and its place, which is copied. Always returns false, so that a function may
 * end in `return diag_at(...)`. d may be NULL: then nothing is kept. */
bool diag_at(struct diag *d, struct where where, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same with no place. */
#define diag_set(d, ...) diag_at((d), (struct where){0}, __VA_ARGS__)

#endif
