/* Located messages. Knows only how to fill one in. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

static void fill(struct diag *d, struct where where, const char *fmt, va_list args)
{
	if (!d)
		return;
	d->where = where;
	vsnprintf(d->text, sizeof d->text, fmt, args);
}

bool diag_set(struct diag *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(d, (struct where){0}, fmt, args);
	va_end(args);
	return false;
}

bool diag_at(struct diag *d, struct where where, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(d, where, fmt, args);
	va_end(args);
	return false;
}
