/* Lengths of time: nanoseconds, and how they are read and written. */
#ifndef FW_DURATION_H
#define FW_DURATION_H

#include <stdint.h>

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)

static inline double seconds(int64_t ns) { return (double)ns / (double)NS_PER_S; }

#endif
