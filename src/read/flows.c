/* Which segment belongs to which connection. Names no case. */
#include "read/flows.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

/* Two ends, in an order that does not depend on the direction. Zeroed before
 * it is filled in. */
struct flow_key {
	struct addr addr[2];
	uint16_t port[2];
};

/* The connection that two ends have now. */
struct current {
	struct flow_key key;
	size_t flow;
	bool used; /* a FIN, a RST or data passed: a new SYN begins another */
	uint32_t syn;
	UT_hash_handle hh;
};

struct finder {
	struct flows *flows;
	struct current *by_key;
	size_t *room; /* of each flow's lists */
};

static void *grow(void *list, size_t need, size_t *room, size_t size)
{
	if (need <= *room)
		return list;
	*room = need * 2;
	list = realloc(list, *room * size);
	if (list == NULL)
		abort();
	return list;
}

static void make_key(const struct segment *s, struct flow_key *key)
{
	int order = memcmp(s->src.bytes, s->dst.bytes, sizeof s->src.bytes);
	int first = order > 0 || (order == 0 && s->sport > s->dport);

	memset(key, 0, sizeof *key);
	key->addr[first] = s->src;
	key->addr[!first] = s->dst;
	key->port[first] = s->sport;
	key->port[!first] = s->dport;
}

static bool begins_another(const struct current *c, const struct segment *s)
{
	return (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN && c->used && s->seq != c->syn;
}

static void note_use(struct current *c, const struct segment *s)
{
	if ((s->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		c->syn = s->seq;
	if ((s->flags & (TCP_FIN | TCP_RST)) || s->payload_len > 0)
		c->used = true;
}

static size_t add_flow(struct finder *f)
{
	struct flows *flows = f->flows;
	size_t room = flows->room;

	flows->list = grow(flows->list, flows->count + 1, &flows->room, sizeof *flows->list);
	if (flows->room != room) {
		f->room = realloc(f->room, flows->room * sizeof *f->room);
		if (f->room == NULL)
			abort();
	}
	memset(&flows->list[flows->count], 0, sizeof *flows->list);
	f->room[flows->count] = 0;
	return flows->count++;
}

static struct current *find(struct finder *f, const struct segment *s)
{
	struct flow_key key;
	struct current *c;

	make_key(s, &key);
	HASH_FIND(hh, f->by_key, &key, sizeof key, c);
	if (c == NULL) {
		c = calloc(1, sizeof *c);
		if (c == NULL)
			abort();
		c->key = key;
		c->flow = add_flow(f);
		HASH_ADD(hh, f->by_key, key, sizeof key, c);
	} else if (begins_another(c, s)) {
		c->flow = add_flow(f);
		c->used = false;
	}
	note_use(c, s);
	return c;
}

static void add_segment(struct finder *f, size_t flow, const struct segment *s, size_t frame)
{
	struct flow *to = &f->flows->list[flow];
	size_t room = f->room[flow];

	to->list = grow(to->list, to->count + 1, &f->room[flow], sizeof(const struct segment *));
	to->frames = grow(to->frames, to->count + 1, &room, sizeof *to->frames);
	/* By insertion: captures are nearly in order. */
	size_t at = to->count++;
	for (; at > 0 && to->list[at - 1]->time_ns > s->time_ns; at--) {
		to->list[at] = to->list[at - 1];
		to->frames[at] = to->frames[at - 1];
	}
	to->list[at] = s;
	to->frames[at] = frame;
}

void flows_find(struct flows *flows, const struct capture_file *file)
{
	struct finder f = {.flows = flows};
	struct current *c, *next;

	memset(flows, 0, sizeof *flows);
	for (size_t i = 0; i < file->count; i++) {
		const struct file_segment *s = &file->segments[i];
		add_segment(&f, find(&f, &s->segment)->flow, &s->segment, s->frame);
	}
	HASH_ITER(hh, f.by_key, c, next)
	{
		HASH_DEL(f.by_key, c);
		free(c);
	}
	free(f.room);
}

void flows_free(struct flows *flows)
{
	for (size_t i = 0; i < flows->count; i++) {
		free(flows->list[i].list);
		free(flows->list[i].frames);
	}
	free(flows->list);
	memset(flows, 0, sizeof *flows);
}
