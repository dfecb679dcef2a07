/* Writes lines and keeps the column. Every byte that reaches a terminal from
 * a report for people passes here, cleaned. */
#include "report/pen.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

/* --- how a report may look --- */

/* A locale of its own, so that the program's (and with it printf's decimal point) stays as it is. */
static bool locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8 = locale && strcasecmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;

	if (locale)
		freelocale(locale);
	return utf8;
}

static int find_width(int fd)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	long width = 0;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width == 0 && columns)
		width = strtol(columns, NULL, 10);
	if (width <= 0)
		width = STYLE_WIDTH_DEFAULT;
	width = width < STYLE_WIDTH_MIN ? STYLE_WIDTH_MIN : width;
	return (int)(width > STYLE_WIDTH_MAX ? STYLE_WIDTH_MAX : width);
}

struct style style_detect(int fd, enum color_mode color, bool ascii)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	/* no-color.org: any value but the empty one */
	bool suits = isatty(fd) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;

	return (struct style){
	    .color = color == COLOR_ALWAYS || (color == COLOR_AUTO && suits),
	    .width = find_width(fd),
	    .unicode = !ascii && locale_is_utf8(),
	};
}

bool color_mode_parse(const char *text, enum color_mode *out)
{
	static const char *const modes[] = {"auto", "always", "never"};
	int mode = name_find(modes, COLOR_NEVER + 1, text);

	if (mode >= 0)
		*out = (enum color_mode)mode;
	return mode >= 0;
}

/* --- what is written --- */

static const char *const paints[] = {
    [PAINT_NONE] = "0",     [PAINT_GOOD] = "32", [PAINT_BAD] = "1;31",
    [PAINT_WARN] = "1;33",  [PAINT_SKIP] = "36", [PAINT_LOST] = "33",
    [PAINT_TROUBLE] = "35", [PAINT_DIM] = "2",   [PAINT_BOLD] = "1",
};

enum paint verdict_paint(enum verdict_kind kind)
{
	static const enum paint of[] = {
	    [VERDICT_NONE] = PAINT_TROUBLE, [VERDICT_PASS] = PAINT_GOOD, [VERDICT_WARN] = PAINT_WARN,
	    [VERDICT_FAIL] = PAINT_BAD,     [VERDICT_SKIP] = PAINT_SKIP, [VERDICT_ERROR] = PAINT_TROUBLE,
	};

	return of[kind];
}

enum paint outcome_paint(enum verdict_kind kind, bool known)
{
	return known ? PAINT_SKIP : verdict_paint(kind);
}

void pen_init(struct pen *p, FILE *out, const struct style *style)
{
	*p = (struct pen){.out = out, .style = style};
}

static void put(struct pen *p, const char *bytes)
{
	errno = 0;
	if (fputs(bytes, p->out) == EOF && p->error == 0)
		p->error = errno ? errno : EIO;
}

static int position(const struct pen *p) { return p->wanted > p->column ? p->wanted : p->column; }

static void catch_up(struct pen *p)
{
	for (; p->column < p->wanted; p->column++)
		put(p, " ");
}

void pen_paint(struct pen *p, enum paint paint)
{
	if (!p->style->color || paint == p->paint)
		return;
	/* blanks stay unpainted */
	catch_up(p);
	if (p->paint != PAINT_NONE && paint != PAINT_NONE)
		put(p, "\033[0m");
	put(p, "\033[");
	put(p, paints[paint]);
	put(p, "m");
	p->paint = paint;
}

/* One character, cleaned; returns nothing where it would pass the limit. */
static bool put_char(struct pen *p, const char **text, int limit)
{
	char out[CLEAN_BYTES];
	const char *next = *text;
	int columns = clean_char(&next, p->style->unicode, out);

	if (columns > limit)
		return false;
	*text = next;
	if (out[0] == ' ' && out[1] == '\0') {
		/* a blank at a line's end is never written */
		p->wanted = position(p) + 1;
		return true;
	}
	catch_up(p);
	put(p, out);
	p->column += columns;
	p->wanted = p->column;
	return true;
}

void pen_text(struct pen *p, const char *text)
{
	while (*text && put_char(p, &text, CLEAN_BYTES))
		;
}

void pen_printf(struct pen *p, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	pen_text(p, text);
}

void pen_cut(struct pen *p, const char *text, int columns)
{
	const char *mark = p->style->unicode ? "\xe2\x80\xa6" : "..";
	int mark_columns = p->style->unicode ? 1 : 2;
	int end = position(p) + columns;

	if (clean_columns(text, p->style->unicode) <= columns) {
		pen_text(p, text);
		return;
	}
	while (*text && put_char(p, &text, end - mark_columns - position(p)))
		;
	if (columns >= mark_columns)
		pen_text(p, mark);
}

void pen_at(struct pen *p, int column, enum paint paint, const char *text)
{
	if (!*text)
		return;
	pen_to(p, column);
	pen_paint(p, paint);
	pen_text(p, text);
	pen_paint(p, PAINT_NONE);
}

const char *pen_part(struct pen *p, const char *text, int columns)
{
	const char *end = text + pen_fit(text, columns, p->style->unicode);

	while (text < end)
		put_char(p, &text, CLEAN_BYTES);
	return end + strspn(end, " ");
}

void pen_repeat(struct pen *p, const char *character, int n)
{
	for (; n > 0; n--)
		pen_text(p, character);
}

void pen_to(struct pen *p, int column)
{
	if (column > p->wanted)
		p->wanted = column;
}

size_t pen_fit(const char *text, int columns, bool unicode)
{
	const char *at = text;
	const char *blank = NULL;
	char out[CLEAN_BYTES];
	int used = 0;

	while (*at) {
		const char *next = at;

		used += clean_char(&next, unicode, out);
		if (used > columns)
			break;
		if (*at == ' ')
			blank = at;
		at = next;
	}
	if (*at == '\0' || *at == ' ')
		return (size_t)(at - text);
	if (blank && blank > text)
		return (size_t)(blank - text);
	if (at == text)
		clean_char(&at, unicode, out);
	return (size_t)(at - text);
}

void pen_wrap(struct pen *p, int indent, const char *text)
{
	bool fresh = position(p) <= indent;
	enum paint paint = p->paint;
	char out[CLEAN_BYTES];

	while (*text) {
		const char *end = text;
		int columns = 0;

		while (*end && *end != ' ')
			columns += clean_char(&end, p->style->unicode, out);
		if (!fresh && columns && position(p) + columns > p->style->width) {
			pen_line(p);
			pen_to(p, indent);
			pen_paint(p, paint);
		}
		fresh = fresh && end == text;
		while (text < end)
			put_char(p, &text, CLEAN_BYTES);
		for (; *text == ' '; text++)
			pen_to(p, position(p) + 1);
	}
}

void pen_line(struct pen *p)
{
	p->wanted = p->column;
	pen_paint(p, PAINT_NONE);
	put(p, "\n");
	p->column = 0;
	p->wanted = 0;
}

bool pen_done(struct pen *p, struct diag *d) { return report_flush(p->out, p->error, d); }

bool report_flush(FILE *out, int error, struct diag *d)
{
	errno = 0;
	if (fflush(out) == EOF && error == 0)
		error = errno ? errno : EIO;
	if (error == 0 && ferror(out))
		error = EIO;
	return error == 0 || diag_set(d, "cannot write the report: %s", strerror(error));
}
