/* Writes XML and HTML by libxml2's writer. Knows the rules of the two for text, and no document. */
#include "report/markup.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/memory.h"
#include "report/pen.h"

/* libxml2 says with a negative number that it could not, which is memory. */
static void check(int result)
{
	if (result < 0)
		memory_ended();
}

void markup_start(struct markup *m, enum markup_kind kind)
{
	*m = (struct markup){.kind = kind, .buffer = xmlBufferCreate()};
	m->writer = m->buffer ? xmlNewTextWriterMemory(m->buffer, 0) : NULL;
	if (!m->writer)
		memory_ended();
	if (kind == MARKUP_HTML) {
		markup_raw(m, "<!DOCTYPE html>\n");
	} else {
		check(xmlTextWriterSetIndent(m->writer, 1));
		check(xmlTextWriterStartDocument(m->writer, NULL, "UTF-8", NULL));
	}
}

void markup_begin(struct markup *m, const char *element, ...)
{
	va_list attributes;
	const char *name;

	check(xmlTextWriterStartElement(m->writer, (const xmlChar *)element));
	va_start(attributes, element);
	while ((name = va_arg(attributes, const char *)))
		markup_attribute(m, name, va_arg(attributes, const char *));
	va_end(attributes);
}

void markup_void(struct markup *m) { check(xmlTextWriterEndElement(m->writer)); }

void markup_end(struct markup *m)
{
	/* HTML takes <td/> for a beginning. */
	if (m->kind == MARKUP_HTML)
		check(xmlTextWriterFullEndElement(m->writer));
	else
		markup_void(m);
}

void markup_end_line(struct markup *m)
{
	markup_end(m);
	markup_raw(m, "\n");
}

/* The text as it may be shown, for the caller to free. */
static xmlChar *cleaned(const char *text, bool lines)
{
	char *copy = memory_new(strlen(text) * CLEAN_BYTES + 1, 1), *to = copy;

	while (*text) {
		if (lines && *text == '\n')
			*to++ = *text++;
		else
			clean_char(&text, true, to);
		to += strlen(to);
	}
	return (xmlChar *)copy;
}

static void put_text(struct markup *m, const char *text, bool lines)
{
	xmlChar *copy = cleaned(text, lines);

	check(xmlTextWriterWriteString(m->writer, copy));
	free(copy);
}

void markup_attribute(struct markup *m, const char *name, const char *text)
{
	xmlChar *copy = text ? cleaned(text, false) : NULL;

	if (copy)
		check(xmlTextWriterWriteAttribute(m->writer, (const xmlChar *)name, copy));
	free(copy);
}

void markup_text(struct markup *m, const char *text) { put_text(m, text, false); }

void markup_lines(struct markup *m, const char *text) { put_text(m, text, true); }

void markup_element(struct markup *m, const char *element, const char *class, const char *text)
{
	markup_begin(m, element, "class", class, NULL);
	markup_text(m, text);
	markup_end(m);
}

struct markup_words markup_words(const char *fmt, ...)
{
	struct markup_words words;
	va_list args;

	va_start(args, fmt);
	vsnprintf(words.text, sizeof words.text, fmt, args);
	va_end(args);
	return words;
}

void markup_raw(struct markup *m, const char *text)
{
	check(xmlTextWriterWriteRaw(m->writer, (const xmlChar *)text));
}

bool markup_write(struct markup *m, FILE *out, struct diag *d)
{
	int error = 0;

	check(xmlTextWriterEndDocument(m->writer));
	xmlFreeTextWriter(m->writer);
	errno = 0;
	if (fputs((const char *)xmlBufferContent(m->buffer), out) == EOF)
		error = errno ? errno : EIO;
	xmlBufferFree(m->buffer);
	return report_flush(out, error, d);
}
