/* A handful of captured segments, sorted by time. Judges nothing. */
#include <stdlib.h>
#include <string.h>

#include "run/batch.h"

/* Room for more; without memory for a few packets the program can't go on. */
static void *grow(void *old, size_t need, size_t *room, size_t size)
{
	if (need <= *room)
		return old;
	*room = need * 2 + 16;
	void *p = realloc(old, *room * size);
	if (!p)
		abort();
	return p;
}

void batch_add(struct batch *b, struct play *play, bool ours, enum ignored ignored, const struct segment *s)
{
	b->entries = grow(b->entries, b->count + 1, &b->room, sizeof *b->entries);
	b->bytes = grow(b->bytes, b->used + s->packet_captured, &b->bytes_room, 1);

	struct batch_entry *e = &b->entries[b->count++];
	e->play = play;
	e->ours = ours;
	e->ignored = ignored;
	e->segment = *s;
	e->packet_at = b->used;
	e->payload_at = s->payload ? b->used + (size_t)(s->payload - s->packet) : 0;
	memcpy(b->bytes + b->used, s->packet, s->packet_captured);
	b->used += s->packet_captured;
}

/* By insertion: they are nearly in order. */
void batch_sort(struct batch *b)
{
	for (size_t i = 1; i < b->count; i++) {
		struct batch_entry e = b->entries[i];
		size_t at = i;
		while (at > 0 && b->entries[at - 1].segment.time_ns > e.segment.time_ns) {
			b->entries[at] = b->entries[at - 1];
			at--;
		}
		b->entries[at] = e;
	}
}

const struct segment *batch_segment(struct batch *b, size_t i)
{
	struct batch_entry *e = &b->entries[i];

	e->segment.packet = b->bytes + e->packet_at;
	if (e->segment.payload)
		e->segment.payload = b->bytes + e->payload_at;
	return &e->segment;
}

void batch_clear(struct batch *b) { b->count = b->used = 0; }

void batch_free(struct batch *b)
{
	free(b->entries);
	free(b->bytes);
	memset(b, 0, sizeof *b);
}
