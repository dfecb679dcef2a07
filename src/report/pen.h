/* Writes lines of cleaned text in the style that suits where they go, and knows the column it is at, so that
 * reports can align, cut and wrap. */
#ifndef FW_PEN_H
#define FW_PEN_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"
#include "core/names.h"

/* --- how a report may look where it is going --- */

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum { STYLE_WIDTH_DEFAULT = 80, STYLE_WIDTH_MIN = 40, STYLE_WIDTH_MAX = 400 };

struct style {
	bool color;
	bool unicode; /* else 7-bit characters only */
	int width;    /* columns */
};

/* Looks at what fd is. Colour, where the mode leaves it open: a terminal, TERM not "dumb", and NO_COLOR
 * unset or empty. Unicode: the environment's locale is UTF-8 and ascii is not asked for. Width: the
 * terminal's, else COLUMNS, else 80. Reads the environment; changes no locale. */
struct style style_detect(int fd, enum color_mode color, bool ascii);

/* "auto", "always", "never". False where it is none of them. */
bool color_mode_parse(const char *text, enum color_mode *out);

/* --- lines --- */

enum paint {
	PAINT_NONE,
	PAINT_GOOD,
	PAINT_BAD,
	PAINT_WARN,
	PAINT_SKIP,
	PAINT_LOST,
	PAINT_TROUBLE,
	PAINT_DIM,
	PAINT_BOLD
};

struct pen {
	FILE *out; /* borrowed */
	const struct style *style;
	int column; /* where the next character goes, from 0 */
	int wanted; /* blanks are written only when something follows them */
	enum paint paint;
	int error; /* the first errno of writing, or 0 */
};

void pen_init(struct pen *p, FILE *out, const struct style *style);

/* The colour from here on, as verdict_paint() has a verdict's. A line's end goes back to none. */
void pen_paint(struct pen *p, enum paint paint);
enum paint verdict_paint(enum verdict_kind kind);
/* The same; known: it is in the baseline. */
enum paint outcome_paint(enum verdict_kind kind, bool known);

/* Text, cleaned; of our own with the numbers in it, at most 255 bytes. */
void pen_text(struct pen *p, const char *text);
void pen_printf(struct pen *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* At most columns of text; what does not fit is cut, with a mark. */
void pen_cut(struct pen *p, const char *text, int columns);

/* Text at a column, painted; then nothing is. Nothing at all where it is empty. */
void pen_at(struct pen *p, int column, enum paint paint, const char *text);

/* As much of text as fits into columns, broken between words where it can be; is what is left of it, without
 * the blanks at its begin. */
const char *pen_part(struct pen *p, const char *text, int columns);

/* The same character n times; blanks up to a column, where it is not past that already. */
void pen_repeat(struct pen *p, const char *character, int n);
void pen_to(struct pen *p, int column);

/* Text broken between words at the style's width; the lines after the first begin at indent. A word that is
 * too long is left whole. */
void pen_wrap(struct pen *p, int indent, const char *text);

/* Ends the line. */
void pen_line(struct pen *p);

/* How many bytes of text fit into columns, broken between words where it can
 * be; never 0 for text that is not empty. */
size_t pen_fit(const char *text, int columns, bool unicode);

/* Flushes. False with a sentence where anything could not be written since
 * pen_init(): a full disk, a reader that went away. */
bool pen_done(struct pen *p, struct diag *d);

/* The same for a report that writes without a pen: error is the first errno, or 0. */
bool report_flush(FILE *out, int error, struct diag *d);

#endif
