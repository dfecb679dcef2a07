/* What is wrong with a scenario: a list, because several mistakes are reported
 * at once. Nothing here prints; messages_text() makes what to print. */
#ifndef FW_MESSAGES_H
#define FW_MESSAGES_H

#include <stdarg.h>

#include "base/diag.h"
#include "base/text.h"
#include "lang/source.h"

enum severity { SEVERITY_ERROR, SEVERITY_NOTE };

enum { MESSAGES_MAX_ERRORS = 20 };

struct message {
	struct diag diag; /* where.line 0: the whole file; where.file NULL: no file */
	enum severity severity;
	const char *line; /* the source line, or NULL */
	int width;        /* characters from where.column that are meant, at least 1 */

	/* for messages_sort(): the error's place, the rank of its file, and when it came */
	struct where place;
	size_t file, order;
};

struct messages;

struct messages *messages_new(void);
void messages_free(struct messages *m);

/* Errors and notes, in the order they were found. */
size_t messages_count(const struct messages *m);
const struct message *messages_at(const struct messages *m, size_t i);

size_t messages_errors(const struct messages *m);

/* MESSAGES_MAX_ERRORS are there: no more is taken, and checking may stop. */
bool messages_full(const struct messages *m);

/* Adds one; span may be NULL. Always false, so that what finds an error may end in it. The same error at the
 * same place is taken once (a block is checked each time it is played), and a note only goes with the error
 * that was just taken. */
bool messages_add(struct messages *m, enum severity severity, const struct span *span, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool messages_list(struct messages *m, enum severity severity, const struct span *span, const char *fmt,
                   va_list args);
#define messages_error(m, span, ...) messages_add((m), SEVERITY_ERROR, (span), __VA_ARGS__)
#define messages_note(m, span, ...) messages_add((m), SEVERITY_NOTE, (span), __VA_ARGS__)
/* An error of a file as a whole. */
#define messages_file_error(m, file, ...)                                                                    \
	messages_error((m), (&(struct span){.source = &(struct source){.name = (file)}}), __VA_ARGS__)

/* The error that would come now is not reported, nor are its notes. */
void messages_untaken(struct messages *m);

/* Orders them by place: files as they were first reported, then lines. */
void messages_sort(struct messages *m);

/* Adds all of them to out, as a compiler writes them: "file:line:column: error: text", then the line and
 * below it a caret, each on a line of its own. Tabs stay, what a terminal would act on is escaped, a long
 * line is cut to a window about the caret. */
void messages_text(const struct messages *m, UT_string *out);

enum { SUGGEST_WORD_MAX = 40, SUGGEST_TEXT_BYTES = SUGGEST_WORD_MAX + 24 };

/* The word that was meant: the nearest of those that could stand there. */
struct suggest {
	const char *word;    /* what was written */
	const char *nearest; /* NULL: none near enough */
	unsigned distance;
	char text[SUGGEST_TEXT_BYTES];
};

/* Start with the word, offer each candidate; the nearest stays. */
struct suggest suggest_start(const char *word);
void suggest_offer(struct suggest *s, const char *candidate);

/* Steps from a to b: a letter put in, left out, changed, or two neighbours swapped; case counts half
 * (rounded up to one for a whole word). Words longer than SUGGEST_WORD_MAX are as far as can be. */
unsigned suggest_distance(const char *a, const char *b);

/* "; did you mean 'x'?", or "" where there is none; it lives in s. */
const char *suggest_text(struct suggest *s);

#endif
