/* Located messages. Knows only how to fill one in. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

bool diag_at(struct diag *d, struct where where, const char *fmt, ...)
{
	va_list args;

	if (!d)
		return false;
	d->where = where;
	va_start(args, fmt);
	vsnprintf(d->text, sizeof d->text, fmt, args);
	va_end(args);
	return false;
}
