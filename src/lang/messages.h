/* What is wrong with a scenario: a list, because several mistakes are told
 * at once. Nothing here prints; message_text() makes what to print. */
#ifndef FW_MESSAGES_H
#define FW_MESSAGES_H

#include "base/diag.h"
#include "lang/source.h"

enum severity { SEVERITY_ERROR, SEVERITY_NOTE };

enum { MESSAGES_MAX_ERRORS = 20 };

struct message {
	struct diag diag; /* where.line 0: the whole file; where.file NULL: no file */
	enum severity severity;
	const char *line; /* the source line, or NULL */
	int width;        /* characters from where.column that are meant, at least 1 */
};

struct messages;

/* NULL where memory has run out. */
struct messages *messages_new(void);
void messages_free(struct messages *m);

/* Errors and notes, in the order they were found. */
size_t messages_count(const struct messages *m);
const struct message *messages_at(const struct messages *m, size_t i);

size_t messages_errors(const struct messages *m);

/* MESSAGES_MAX_ERRORS are there: no more is taken, and checking may stop. */
bool messages_full(const struct messages *m);

/* Adds one; span may be NULL. The same error at the same place is taken once (a block is checked each time
 * it is played), and a note only goes with the error that was just taken. */
void messages_error(struct messages *m, const struct span *span, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void messages_note(struct messages *m, const struct span *span, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The error that would come now is not told, nor are its notes. */
void messages_untaken(struct messages *m);

/* Orders them by place: files as they were first told of, then lines. */
void messages_sort(struct messages *m);

/* An error of a file as a whole. */
void messages_file_error(struct messages *m, const char *file, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes message i as a compiler does: "file:line:column: error: text", then the line and below it a
 * caret, each with a newline before but not after it. Tabs stay, other control bytes are escaped, a long
 * line is cut to a window about the caret. Cut to size, always ends with NUL (size > 0); returns the
 * length that it would have in full. */
size_t message_text(const struct messages *m, size_t i, char *buf, size_t size);

#endif
