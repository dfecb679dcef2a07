/* The token bucket behind --rate. */
#include "run/bucket.h"

void bucket_init(struct bucket *b, unsigned rate, int64_t now_ns)
{
	b->rate = rate;
	b->most = rate / 10 > 10 ? rate / 10 : 10;
	b->tokens = b->most;
	b->filled_ns = now_ns;
}

bool bucket_take(struct bucket *b, int64_t now_ns)
{
	/* A clock that went back fills nothing. */
	if (now_ns > b->filled_ns)
		b->tokens += (double)(now_ns - b->filled_ns) * 1e-9 * b->rate;
	if (b->tokens > b->most)
		b->tokens = b->most;
	b->filled_ns = now_ns;
	if (b->tokens < 1)
		return false;
	b->tokens -= 1;
	return true;
}

int64_t bucket_next_ns(const struct bucket *b, int64_t now_ns)
{
	if (b->tokens >= 1)
		return now_ns;
	return b->filled_ns + (int64_t)((1 - b->tokens) / b->rate * 1e9) + 1;
}
