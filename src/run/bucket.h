/* A token bucket: so many a second, with a tenth of a second's worth (at
 * least 10) at once. Reads no clock. */
#ifndef FW_BUCKET_H
#define FW_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
	double rate, most, tokens; /* a second, at most, now */
	int64_t filled_ns;
};

void bucket_init(struct bucket *b, unsigned rate, int64_t now_ns);

/* Takes one; false where there is none yet. */
bool bucket_take(struct bucket *b, int64_t now_ns);

/* When the next one will be there: now or later. */
int64_t bucket_next_ns(const struct bucket *b, int64_t now_ns);

#endif
