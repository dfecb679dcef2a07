/* The TCP connections of a capture file, each with its segments in the order of their times. */
#ifndef FW_FLOWS_H
#define FW_FLOWS_H

#include "read/file.h"

struct flow {
	const struct segment **list; /* of the file's segments, and those put together of fragments */
	size_t *frames;              /* their frames in the file */
	size_t count, room, frames_room;
	size_t next;   /* the flow that the same two ends begin after it, or 0 */
	size_t copies; /* segments that stood in the file twice, left out */
};

struct flows {
	struct flow *list; /* in the order of their first segments */
	size_t count, room;
};

/* Sorts the file's segments, also those that came in fragments of IP, into connections: the
 * same two ends, and no new SYN after a FIN, a RST or data. The file must outlive the flows. A packet that
 * was captured on its way more than once (tcpdump -i any, a bridge, a router) counts once: the copies have
 * all bytes in common but what a router changes. flows_free(). */
void flows_find(struct flows *flows, const struct capture_file *file);

void flows_free(struct flows *flows);

#endif
