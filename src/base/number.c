/* Numbers from the command line. Knows no flag by itself. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static bool is_digits(const char *text)
{
	return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

bool number_parse(const char *what, const char *text, uint64_t low, uint64_t high, uint64_t *out,
                  struct diag *d)
{
	if (!is_digits(text))
		return diag_set(d, "%s: \"%s\" is not a number", what, text);
	errno = 0;
	unsigned long long value = strtoull(text, NULL, 10);
	if (errno == ERANGE || value > high)
		return diag_set(d, "%s: %s is too large, the most is %" PRIu64, what, text, high);
	if (value < low)
		return diag_set(d, "%s: %s is too small, the least is %" PRIu64, what, text, low);
	*out = value;
	return true;
}

/* Digits with at most one point among them. */
static bool is_real(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	if (text[whole] == '\0')
		return whole > 0;
	if (text[whole] != '.')
		return false;
	return is_digits(text + whole + 1);
}

bool number_parse_real(const char *what, const char *text, double low, double high, double *out,
                       struct diag *d)
{
	if (!is_real(text))
		return diag_set(d, "%s: \"%s\" is not a number", what, text);
	double value = strtod(text, NULL);
	if (value > high)
		return diag_set(d, "%s: %s is too large, the most is %g", what, text, high);
	if (value < low)
		return diag_set(d, "%s: %s is too small, the least is %g", what, text, low);
	*out = value;
	return true;
}
