/* The text of a scenario file, and places in it. */
#ifndef FW_SOURCE_H
#define FW_SOURCE_H

#include <sys/types.h>

#include "base/memory.h"
#include "base/diag.h"

enum { SOURCE_MAX_BYTES = 1024 * 1024 };

struct source {
	const char *name; /* as the messages print it */
	const char *text; /* len bytes and a NUL; UTF-8, no NUL within */
	size_t len;
	bool on_disk; /* device and inode say which file it is */
	dev_t device;
	ino_t inode;
	const struct source *parent; /* the file that includes it, or NULL */
};

/* From the first byte of something to behind its last. Lines and columns count from 1, columns in
 * characters; begin and end are byte offsets. line 0: no place in the file. */
struct span {
	const struct source *source;
	int line, column;
	int last_line, last_column; /* of the character behind it */
	size_t begin, end;
};

struct where span_where(const struct span *span);

/* Both ends together. */
struct span span_join(const struct span *first, const struct span *last);

/* Reads a file. False, with the reason, where it is missing, a directory, unreadable, too large or not
 * text. Pieces live in the arena. regular: refuse what is not a regular file. */
bool source_read(struct arena *a, const char *path, bool regular, struct source **out, struct diag *d);

/* The same from memory; the text is copied. */
bool source_from_text(struct arena *a, const char *name, const char *text, size_t len, struct source **out,
                      struct diag *d);

bool source_same_file(const struct source *a, const struct source *b);

/* The text of a line without its end; *len is 0 where there is no such line. */
const char *source_line(const struct source *source, int line, size_t *len);

/* What a span holds as one line: comments and line ends cut off, " ..." for
 * what stood in further lines, or makes it very long. */
const char *source_excerpt(struct arena *a, const struct span *span);

#endif
