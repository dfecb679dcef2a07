/* Elements, attributes and text to a stream, as XML or as HTML written so that
 * it is XML too. All text is cleaned (base/text.h) and escaped: what comes from
 * files and from the network cannot end an element or begin one. */
#ifndef FW_MARKUP_H
#define FW_MARKUP_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"

enum markup_kind { MARKUP_XML, MARKUP_HTML };

/* The document grows in memory, so that only a whole one is ever written. */
struct markup {
	enum markup_kind kind;
	struct _xmlTextWriter *writer; /* libxml2's */
	struct _xmlBuffer *buffer;
};

/* Begins a document; markup_write() ends it. */
void markup_start(struct markup *m, enum markup_kind kind);

/* An element, with attributes: names and values, and a NULL at the end. A NULL value leaves its attribute
 * out. All until its end is in it. */
void markup_begin(struct markup *m, const char *element, ...) __attribute__((sentinel));
void markup_end(struct markup *m);
void markup_end_line(struct markup *m); /* and a newline */

/* The end of an element that HTML gives no end tag (meta, br), and of an empty one of SVG. */
void markup_void(struct markup *m);

/* Of the element begun last, before anything is put into it. A NULL text leaves the attribute out. */
void markup_attribute(struct markup *m, const char *name, const char *text);

/* Text on one line: a newline in it is escaped as any control character. */
void markup_text(struct markup *m, const char *text);

/* Text of many lines. */
void markup_lines(struct markup *m, const char *text);

/* An element with a text and an optional class attribute. */
void markup_element(struct markup *m, const char *element, const char *class, const char *text);

/* A formatted text, as a value: for any of these, in the call itself. Cut where it is too long. */
struct markup_words {
	char text[1024];
};
struct markup_words markup_words(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define markup_attributef(m, name, ...) markup_attribute(m, name, markup_words(__VA_ARGS__).text)
#define markup_textf(m, ...) markup_text(m, markup_words(__VA_ARGS__).text)
#define markup_elementf(m, element, class, ...)                                                              \
	markup_element(m, element, class, markup_words(__VA_ARGS__).text)

/* Our own text as it is: a style sheet, a newline between elements. Never anything that came from outside. */
void markup_raw(struct markup *m, const char *text);

/* Ends all that is open, writes the document to out and frees it. False where writing fails. */
bool markup_write(struct markup *m, FILE *out, struct diag *d);

#endif
