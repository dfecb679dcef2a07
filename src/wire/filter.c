/* Compiled expressions. Knows raw IP packets alone, no link layer and no capture. */
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/memory.h"
#include "wire/filter.h"

enum { FILTER_SNAPLEN = 65535 };

struct filter {
	UT_hash_handle hh; /* uthash keeps the order of insertion: the first is the oldest */
	struct bpf_program program;
	char expression[];
};

struct filter_cache {
	pcap_t *dead; /* what pcap_compile() wants: link type and snaplen */
	struct filter *all;
};

struct filter_cache *filter_cache_new(void)
{
	struct filter_cache *cache = memory_new(1, sizeof(*cache));

	cache->dead = pcap_open_dead(DLT_RAW, FILTER_SNAPLEN);
	if (!cache->dead)
		memory_ended();
	return cache;
}

static void forget(struct filter_cache *cache, struct filter *f)
{
	HASH_DEL(cache->all, f);
	pcap_freecode(&f->program);
	free(f);
}

void filter_cache_free(struct filter_cache *cache)
{
	if (!cache)
		return;
	while (cache->all)
		forget(cache, cache->all);
	pcap_close(cache->dead);
	free(cache);
}

size_t filter_cache_count(const struct filter_cache *cache) { return HASH_COUNT(cache->all); }

/* Not optimised: libpcap 1.10's optimiser changes the meaning of some
 * expressions (tests/unit/test_lower.c), and compiling is quicker without. */
static struct filter *add(struct filter_cache *cache, const char *expression, size_t len, struct diag *d)
{
	struct filter *f = memory_new(1, sizeof(*f) + len + 1);

	memcpy(f->expression, expression, len);
	if (pcap_compile(cache->dead, &f->program, expression, 0, PCAP_NETMASK_UNKNOWN) != 0) {
		diag_set(d, "the filter \"%.200s\" is refused: %s", expression, pcap_geterr(cache->dead));
		free(f);
		return NULL;
	}
	if (HASH_COUNT(cache->all) >= FILTER_CACHE_ENTRIES)
		forget(cache, cache->all);
	HASH_ADD_KEYPTR(hh, cache->all, f->expression, len, f);
	return f;
}

int filter_ask(void *cache, const char *expression, const struct segment *s, struct diag *d)
{
	struct filter_cache *filters = cache;
	size_t len = strlen(expression);
	struct pcap_pkthdr header = {.caplen = s->packet_captured};
	struct filter *f;

	HASH_FIND(hh, filters->all, expression, len, f);
	if (!f && !(f = add(filters, expression, len, d)))
		return -1;
	header.len = s->tcp_offset + TCP_HEADER_BYTES + s->options_len + s->payload_len;
	if (header.caplen > header.len)
		header.caplen = header.len;
	return pcap_offline_filter(&f->program, &header, s->packet) != 0;
}

bool filter_check(const char *expression, struct diag *d)
{
	struct filter_cache *cache = filter_cache_new();
	bool ok = add(cache, expression, strlen(expression), d);

	filter_cache_free(cache);
	return ok;
}
