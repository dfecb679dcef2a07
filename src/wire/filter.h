/* pcap-filter(7) expressions on raw IP packets: compiled once, kept by their text, asked for each segment. */
#ifndef FW_FILTER_H
#define FW_FILTER_H

#include "base/diag.h"
#include "core/segment.h"

struct filter_cache;

/* How many expressions are kept; the oldest goes when there would be more. */
enum { FILTER_CACHE_ENTRIES = 32768 };

struct filter_cache *filter_cache_new(void);

/* NULL is allowed. */
void filter_cache_free(struct filter_cache *cache);

/* How many expressions it holds now. */
size_t filter_cache_count(const struct filter_cache *cache);

/* Does s match? Fits struct filter_ops.ask (core/engine.h): cache is a struct filter_cache. 1 yes, 0 no,
 * -1 with d where the expression is refused. s->packet must hold the packet's bytes. A byte that was not
 * captured makes a test on it false, as in the kernel. */
int filter_ask(void *cache, const char *expression, const struct segment *s, struct diag *d);

/* Would it be accepted? False with libpcap's sentence in d. */
bool filter_check(const char *expression, struct diag *d);

#endif
