/* Lengths of time: nanoseconds, and how they are written. base/literal.h reads them. */
#ifndef FW_DURATION_H
#define FW_DURATION_H

#include <stdint.h>

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)

static inline double seconds(int64_t ns) { return (double)ns / (double)NS_PER_S; }

enum { DURATION_TEXT_BYTES = 40 };

/* As it was said, exact: "1.5 s", "250 ms", "40 us"; returns buf. */
const char *duration_text(int64_t ns, char buf[DURATION_TEXT_BYTES]);

/* As it was measured, to so many digits: "0.206 s", "41.2 ms", "17.0 us". Returns buf. */
enum { SECONDS_TEXT_BYTES = 32 };
const char *seconds_text(double seconds, int digits, char buf[SECONDS_TEXT_BYTES]);

/* Decimals that give a value so many significant digits. */
int decimals_for(double value, int digits);

#endif
