/* The clocks. Times of segments and engines are clock_real_ns()'s. */
#ifndef FW_CLOCK_H
#define FW_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_read_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The capture's axis: nanoseconds since 1970. It can be stepped. */
static inline int64_t clock_real_ns(void) { return clock_read_ns(CLOCK_REALTIME); }

/* Never stepped, and stands still while the machine sleeps. */
static inline int64_t clock_mono_ns(void) { return clock_read_ns(CLOCK_MONOTONIC); }

#endif
