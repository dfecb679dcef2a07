/* What was measured, in words, the same in every report. */
#ifndef FW_MEASURES_H
#define FW_MEASURES_H

#include "base/duration.h"
#include "core/verdict.h"

/* "4 resends, gaps 0.206 0.416 0.840 1.67 s, gave up after 6.52 s". digits: significant ones. brief
 * shortens long lists. A measure that is not known is printed with its name; the handshake's time is left
 * to JSON. "" where there is nothing to say. Cut where size is too small; returns buf. */
const char *measures_text(const struct verdict *v, int digits, bool brief, char *buf, size_t size);

#endif
