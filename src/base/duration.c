/* Times as text. Reads none. */
#include "base/duration.h"

#include <math.h>
#include <stdio.h>

const char *duration_text(int64_t ns, char buf[DURATION_TEXT_BYTES])
{
	if (ns % NS_PER_S == 0 || ns > NS_PER_S)
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g s", seconds(ns));
	else if (ns % NS_PER_MS == 0 || ns > NS_PER_MS)
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g ms", (double)ns / (double)NS_PER_MS);
	else
		snprintf(buf, DURATION_TEXT_BYTES, "%.10g us", (double)ns / (double)NS_PER_US);
	return buf;
}

int decimals_for(double value, int digits)
{
	int decimals = 0;

	if (value <= 0)
		return 0;
	for (; digits > 1 && value >= 10; value /= 10)
		digits--;
	for (; value < 1 && decimals < 6; value *= 10)
		decimals++;
	decimals += digits - 1;
	return decimals > 6 ? 6 : decimals;
}

const char *seconds_text(double seconds, int digits, char buf[SECONDS_TEXT_BYTES])
{
	const char *sign = seconds < 0 ? "-" : "";
	const char *unit = "s";
	double value = seconds < 0 ? -seconds : seconds;

	/* anything but a finite number is a bug elsewhere; it is still text */
	if (!isfinite(seconds)) {
		snprintf(buf, SECONDS_TEXT_BYTES, "? s");
		return buf;
	}
	if (value < 0.0009995) {
		value *= 1e6;
		unit = "us";
	} else if (value < 0.09995) {
		value *= 1e3;
		unit = "ms";
	}
	snprintf(buf, SECONDS_TEXT_BYTES, "%s%.*f %s", sign, decimals_for(value, digits), value, unit);
	return buf;
}
