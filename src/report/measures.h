/* What was measured, in words, the same in every report. */
#ifndef FW_MEASURES_H
#define FW_MEASURES_H

#include "base/duration.h"
#include "report/result.h"

/* "gave-up" and "s": a measure's kind as JSON has it, and what its values are: "s", "count", "state" or
 * "line". */
const char *measure_name(enum measure_kind kind);
const char *measure_unit(enum measure_kind kind);

/* The names of the segments that it was measured of: the one that was resent, an interval's both; else
 * NULL. */
struct measured_segments {
	const char *segment, *to;
};
struct measured_segments measured_segments(const struct scenario *s, const struct measure *m);

/* "4 resends, gaps 0.206 0.416 0.840 1.67 s, gave up after 6.52 s". digits: significant ones. brief
 * shortens long lists. The handshake's time is left to JSON. "" where there is nothing to say. Cut where size
 * is too small; returns buf. */
const char *measures_text(const struct result *r, int digits, bool brief, char *buf, size_t size);

#endif
