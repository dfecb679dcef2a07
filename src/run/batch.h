/* Captured segments put into the order of their times. The ring holds them in the order they were put in,
 * and on several processors one that passed earlier may be put in a moment later. */
#ifndef FW_BATCH_H
#define FW_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/segment.h"
#include "report/result.h"

struct play;

struct batch_entry {
	struct play *play;
	bool ours;                    /* it left; else it came */
	enum ignored ignored;         /* why the engine is not to see it */
	struct segment segment;       /* packet and payload are set by batch_segment() */
	size_t packet_at, payload_at; /* places in bytes */
};

struct batch {
	struct batch_entry *entries;
	size_t count, room;
	uint8_t *bytes;
	size_t used, bytes_room;
};

/* Copies a decoded segment and its packet. */
void batch_add(struct batch *b, struct play *play, bool ours, enum ignored ignored, const struct segment *s);

/* Puts them in order; equal times keep theirs. */
void batch_sort(struct batch *b);

/* The segment of an entry, whole, until the next batch_add(). */
const struct segment *batch_segment(struct batch *b, size_t i);

/* Empties it, and keeps the room. */
void batch_clear(struct batch *b);

void batch_free(struct batch *b);

#endif
