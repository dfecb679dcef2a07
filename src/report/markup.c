/* Writes XML and HTML by libxml2's writer. Knows the rules of the two for text, and no document. */
#include "report/markup.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clean.h"
#include "report/pen.h"

enum { FORMATTED_BYTES = 1024 };

/* libxml2 says with a negative number that it could not. */
static void check(struct markup *m, int result)
{
	if (result < 0)
		m->failed = true;
}

void markup_start(struct markup *m, enum markup_kind kind)
{
	*m = (struct markup){.kind = kind};
	m->buffer = xmlBufferCreate();
	m->writer = m->buffer ? xmlNewTextWriterMemory(m->buffer, 0) : NULL;
	if (!m->writer) {
		m->failed = true;
		return;
	}
	if (kind == MARKUP_HTML) {
		markup_raw(m, "<!DOCTYPE html>\n");
	} else {
		check(m, xmlTextWriterSetIndent(m->writer, 1));
		check(m, xmlTextWriterStartDocument(m->writer, NULL, "UTF-8", NULL));
	}
}

void markup_begin(struct markup *m, const char *element)
{
	if (!m->failed)
		check(m, xmlTextWriterStartElement(m->writer, (const xmlChar *)element));
}

void markup_void(struct markup *m)
{
	if (!m->failed)
		check(m, xmlTextWriterEndElement(m->writer));
}

void markup_end(struct markup *m)
{
	if (m->failed)
		return;
	/* HTML takes <td/> for a beginning. */
	if (m->kind == MARKUP_HTML)
		check(m, xmlTextWriterFullEndElement(m->writer));
	else
		check(m, xmlTextWriterEndElement(m->writer));
}

/* The text as it may be shown, for the caller to free; NULL: out of memory. */
static char *cleaned(const char *text, bool lines)
{
	char *copy = malloc(strlen(text) * CLEAN_BYTES + 1);
	char *to = copy;

	while (copy && *text) {
		if (lines && *text == '\n') {
			*to++ = *text++;
			continue;
		}
		clean_char(&text, true, to);
		to += strlen(to);
	}
	if (copy)
		*to = '\0';
	return copy;
}

static void put_text(struct markup *m, const char *text, bool lines)
{
	char *copy = m->failed ? NULL : cleaned(text, lines);

	check(m, copy ? xmlTextWriterWriteString(m->writer, (const xmlChar *)copy) : -1);
	free(copy);
}

void markup_attribute(struct markup *m, const char *name, const char *text)
{
	char *copy;

	if (!text || m->failed)
		return;
	copy = cleaned(text, false);
	check(m, copy ? xmlTextWriterWriteAttribute(m->writer, (const xmlChar *)name, (const xmlChar *)copy)
	              : -1);
	free(copy);
}

void markup_attributef(struct markup *m, const char *name, const char *fmt, ...)
{
	char text[FORMATTED_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	markup_attribute(m, name, text);
}

void markup_text(struct markup *m, const char *text) { put_text(m, text, false); }

void markup_textf(struct markup *m, const char *fmt, ...)
{
	char text[FORMATTED_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	markup_text(m, text);
}

void markup_lines(struct markup *m, const char *text) { put_text(m, text, true); }

void markup_element(struct markup *m, const char *element, const char *class, const char *text)
{
	markup_begin(m, element);
	markup_attribute(m, "class", class);
	markup_text(m, text);
	markup_end(m);
}

void markup_raw(struct markup *m, const char *text)
{
	if (!m->failed)
		check(m, xmlTextWriterWriteRaw(m->writer, (const xmlChar *)text));
}

bool markup_write(struct markup *m, FILE *out, struct diag *d)
{
	const xmlChar *text;
	int error = 0;

	if (!m->failed)
		check(m, xmlTextWriterEndDocument(m->writer));
	if (!m->failed)
		check(m, xmlTextWriterFlush(m->writer));
	if (m->failed)
		return diag_set(d, "cannot write the report: out of memory");
	text = xmlBufferContent(m->buffer);
	errno = 0;
	if (fputs((const char *)text, out) == EOF)
		error = errno ? errno : EIO;
	return report_flush(out, error, d);
}

void markup_free(struct markup *m)
{
	if (m->writer)
		xmlFreeTextWriter(m->writer);
	if (m->buffer)
		xmlBufferFree(m->buffer);
	*m = (struct markup){0};
}
