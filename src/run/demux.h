/* Which run a captured packet belongs to. */
#ifndef FW_DEMUX_H
#define FW_DEMUX_H

#include "run/play.h"
#include "wire/capture.h"

/* Captured segments put into the order of their times. The ring holds them in the order they were put in,
 * and on several processors one that passed earlier may be put in a moment later. It is emptied, and keeps
 * its room, by setting count and used to 0. */
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

/* Puts them in order; equal times keep theirs. */
void batch_sort(struct batch *b);

/* The segment of an entry, whole, until the next demux_take(). */
const struct segment *batch_segment(struct batch *b, size_t i);

void batch_free(struct batch *b);

/* Decodes the packet and finds the run by our address and port, then looks whether it is the run's peer at
 * the other end. A segment of the connection is added to the batch, also where the engine is not to see it
 * (damaged, a copy, from another station). What is not for the engine, a stranger's, a fragment or a
 * malformed packet too, is counted in the job's ignored. All are written to the job's dump. */
void demux_take(struct plays *all, struct batch *batch, const struct captured *captured);

#endif
