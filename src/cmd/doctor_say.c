/* The lines of fourwave doctor. Knows nothing of what is looked at. */
#include <stdarg.h>

#include "cmd/doctor.h"

bool doctor_say(struct doctor *f, enum finding kind, const char *what, const char *fmt, ...)
{
	static const enum paint paints[] = {
	    [FINDING_OK] = PAINT_GOOD, [FINDING_NOTE] = PAINT_WARN, [FINDING_NO] = PAINT_BAD};
	char text[1024];
	va_list args;

	f->said[kind]++;
	if (f->quiet && kind != FINDING_NO)
		return true;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	pen_paint(&f->pen, paints[kind]);
	pen_text(&f->pen, f->words[kind]);
	pen_paint(&f->pen, PAINT_NONE);
	pen_to(&f->pen, f->column);
	pen_text(&f->pen, what);
	pen_to(&f->pen, f->text_column);
	if (f->pen.column > f->text_column)
		pen_text(&f->pen, "  ");
	pen_wrap(&f->pen, f->text_column, text);
	pen_line(&f->pen);
	return kind != FINDING_NO;
}
