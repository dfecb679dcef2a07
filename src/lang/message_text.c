/* The form of a message: place, text, line and caret. Knows terminals only so
 * far that no control byte of a scenario's may reach one. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lang/messages.h"
#include "base/utf8.h"

enum {
	WINDOW = 100, /* characters of a line that are shown */
	BEFORE = 60   /* of them before the caret, where the line is long */
};

struct writer {
	char *buf;
	size_t size, len;
};

static void put(struct writer *w, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++, w->len++)
		if (w->len + 1 < w->size)
			w->buf[w->len] = s[i];
}

static void put_text(struct writer *w, const char *s) { put(w, s, strlen(s)); }

/* A character that must not reach a terminal as it is: C0 but the tab, DEL,
 * C1, and bytes that are no character. */
static bool is_control(const char *s, size_t step)
{
	unsigned char c = (unsigned char)s[0];

	if (step == 2 && c == 0xc2)
		return (unsigned char)s[1] < 0xa0;
	return step == 0 || c == 0x7f || (c < 0x20 && c != '\t');
}

/* Writes one character and returns how many bytes of s it had; *columns is
 * how many characters were written for it. */
static size_t put_char(struct writer *w, const char *s, size_t left, size_t *columns)
{
	size_t step = utf8_char(s, left, NULL);

	*columns = 1;
	if (!is_control(s, step)) {
		put(w, s, step);
		return step;
	}
	*columns = 0;
	step = step > 0 ? step : 1;
	for (size_t i = 0; i < step; i++) {
		char escape[5];

		snprintf(escape, sizeof escape, "\\x%02x", (unsigned)(unsigned char)s[i]);
		put_text(w, escape);
		*columns += 4;
	}
	return step;
}

static void put_escaped(struct writer *w, const char *s)
{
	size_t left = strlen(s), columns;

	while (left > 0) {
		size_t step = put_char(w, s, left, &columns);

		s += step;
		left -= step;
	}
}

/* The characters first up to but not last of the line, and in pad what
 * to write below them to stand under character number under. */
static size_t put_window(struct writer *w, struct writer *pad, const char *line, size_t first, size_t last,
                         size_t under, size_t width)
{
	size_t left = strlen(line), tilde = 0, columns;

	for (size_t at = 0; left > 0 && at < last; at++) {
		size_t step;

		if (at < first) {
			step = utf8_char(line, left, NULL);
			step = step > 0 ? step : 1;
		} else {
			step = put_char(w, line, left, &columns);
			for (size_t i = 0; i < columns && at < under; i++)
				put_text(pad, line[0] == '\t' ? "\t" : " ");
			if (at >= under && at < under + width)
				tilde += columns;
		}
		line += step;
		left -= step;
	}
	return tilde;
}

static void put_line(struct writer *w, const struct message *msg)
{
	char below[WINDOW * 8 + 16];
	struct writer pad = {below, sizeof below, 0};
	size_t count = utf8_count(msg->line, strlen(msg->line)), under = (size_t)msg->diag.where.column - 1;
	size_t first = count > WINDOW && under > BEFORE ? under - BEFORE : 0;
	size_t last = first + WINDOW < count ? first + WINDOW : count;
	size_t tilde;

	put_text(w, "\n  ");
	put_text(&pad, first > 0 ? "     " : "  ");
	if (first > 0)
		put_text(w, "...");
	tilde = put_window(w, &pad, msg->line, first, last, under, (size_t)msg->width);
	if (last < count)
		put_text(w, "...");
	put_text(w, "\n");
	put(w, below, pad.len);
	put_text(w, "^");
	for (size_t i = 1; i < tilde; i++)
		put_text(w, "~");
}

size_t message_text(const struct messages *m, size_t i, char *buf, size_t size)
{
	const struct message *msg = messages_at(m, i);
	const struct where *where = &msg->diag.where;
	struct writer w = {buf, size, 0};
	char place[32];

	if (where->file) {
		put_escaped(&w, where->file);
		snprintf(place, sizeof place, ":%d:%d", where->line, where->column);
		put_text(&w, where->line > 0 ? place : "");
		put_text(&w, ": ");
	}
	put_text(&w, msg->severity == SEVERITY_ERROR ? "error: " : "note: ");
	put_escaped(&w, msg->diag.text);
	if (msg->line && msg->line[0])
		put_line(&w, msg);
	buf[w.len < size ? w.len : size - 1] = '\0';
	return w.len;
}
