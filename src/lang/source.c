/* Reads scenario files and refuses what is no text. Knows nothing of the
 * language but where its comments begin. */
#include "lang/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

enum { EXCERPT_MAX = 240 };

struct where span_where(const struct span *span)
{
	return (struct where){span->source ? span->source->name : NULL, span->line, span->column};
}

struct span span_join(const struct span *first, const struct span *last)
{
	struct span both = *first;

	both.last_line = last->last_line;
	both.last_column = last->last_column;
	both.end = last->end;
	return both;
}

bool source_read(struct arena *a, const char *path, bool regular, struct source **out, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (regular ? O_NONBLOCK : 0));
	char *buf = memory_new(SOURCE_MAX_BYTES + 1, 1);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	struct stat st = {0};
	bool ok = false;
	size_t len;

	if (!f) {
		diag_set(d, "cannot be opened: %s", strerror(errno));
	} else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		diag_set(d, "is a directory, not a file");
	} else if (regular && !S_ISREG(st.st_mode)) {
		diag_set(d, "is not a regular file");
	} else {
		len = fread(buf, 1, SOURCE_MAX_BYTES + 1, f);
		ok = ferror(f) ? diag_set(d, "cannot be read: %s", strerror(errno))
		               : source_from_text(a, path, buf, len, out, d);
	}
	if (ok) {
		(*out)->on_disk = true;
		(*out)->device = st.st_dev;
		(*out)->inode = st.st_ino;
	}
	if (f)
		fclose(f);
	free(buf);
	return ok;
}

bool source_from_text(struct arena *a, const char *name, const char *text, size_t len, struct source **out,
                      struct diag *d)
{
	struct source *s;

	if (len > SOURCE_MAX_BYTES)
		return diag_set(d, "is larger than 1 MiB");
	if (len > 0 && (memchr(text, '\0', len) || utf8_valid(text, len) != len))
		return diag_set(d, "is no text: binary (not UTF-8)");
	s = arena_alloc(a, sizeof *s);
	*s = (struct source){
	    .name = arena_copy(a, name, strlen(name)),
	    .text = arena_copy(a, len > 0 ? text : "", len),
	    .len = len,
	};
	*out = s;
	return true;
}

bool source_same_file(const struct source *a, const struct source *b)
{
	if (a->on_disk && b->on_disk)
		return a->device == b->device && a->inode == b->inode;
	return strcmp(a->name, b->name) == 0;
}

const char *source_line(const struct source *source, int line, size_t *len)
{
	const char *p = source->text;

	for (int i = 1; i < line && p; i++) {
		p = strchr(p, '\n');
		if (p)
			p++;
	}
	*len = 0;
	if (!p || line < 1)
		return source->text;
	*len = strcspn(p, "\n");
	if (*len > 0 && p[*len - 1] == '\r')
		--*len;
	return p;
}

/* The statement's first line, as it was written; what a backslash continues goes on behind one blank. Stops
 * at a line's end or a comment, or where out is full: how much of text was read. */
static size_t first_line(const char *text, size_t len, char out[EXCERPT_MAX + 1])
{
	bool quoted = false;
	size_t i = 0, n = 0;

	while (i < len && n < EXCERPT_MAX && text[i] != '\n' && (quoted || text[i] != '#')) {
		if (!quoted && text[i] == '\\') {
			i += strcspn(text + i, "\n") + 1;
			while (i < len && strchr(" \t", text[i]))
				i++;
			while (n > 0 && strchr(" \t", out[n - 1]))
				n--;
			out[n++] = ' ';
			continue;
		}
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted && text[i] == '\\' && n + 1 < EXCERPT_MAX)
			out[n++] = text[i++];
		out[n++] = text[i++];
	}
	out[n] = '\0';
	return i;
}

const char *source_excerpt(struct arena *a, const struct span *span)
{
	const char *text = span->source->text + span->begin;
	size_t len = span->end - span->begin, cut;
	char line[EXCERPT_MAX + 1];
	bool more = first_line(text, len, line) < len;

	cut = utf8_valid(line, strlen(line));
	while (cut > 0 && strchr(" \t\r", line[cut - 1]))
		cut--;
	return arena_printf(a, "%.*s%s", (int)cut, line, more ? " ..." : "");
}
