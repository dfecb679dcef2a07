/* A handful of captured segments, sorted by time. Judges nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/batch.h"

void batch_add(struct batch *b, struct play *play, bool ours, enum ignored ignored, const struct segment *s)
{
	struct batch_entry *e = LIST_ADD(b->entries, b->count, b->room);

	*e = (struct batch_entry){.play = play, .ours = ours, .ignored = ignored, .segment = *s};
	e->packet_at = b->used;
	e->payload_at = s->payload ? b->used + (size_t)(s->payload - s->packet) : 0;
	if (b->used + s->packet_captured > b->bytes_room) {
		b->bytes_room = 2 * (b->used + s->packet_captured);
		b->bytes = memory_resize(b->bytes, b->bytes_room, 1);
	}
	memcpy(b->bytes + b->used, s->packet, s->packet_captured);
	b->used += s->packet_captured;
}

/* By insertion: they are nearly in order. */
void batch_sort(struct batch *b)
{
	for (size_t i = 1; i < b->count; i++) {
		struct batch_entry e = b->entries[i];
		size_t at = i;

		for (; at > 0 && b->entries[at - 1].segment.time_ns > e.segment.time_ns; at--)
			b->entries[at] = b->entries[at - 1];
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
}
