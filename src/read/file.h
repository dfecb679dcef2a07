/* A capture file read whole: the TCP segments in it, in the order of the file, and the note that fourwave
 * may have put at its end. pcap in both byte orders, pcapng, micro- and nanoseconds: what libpcap reads.
 * Every byte is untrusted. */
#ifndef FW_READ_FILE_H
#define FW_READ_FILE_H

#include "base/diag.h"
#include "core/segment.h"

struct arena;

struct file_segment {
	struct segment segment; /* with its packet */
	size_t frame;           /* in the file, from 1; of fragments the last one's */
	/* Not to be taken for what it is but where a tester sent it on purpose: its data offset cannot be, or
	 * it came in fragments and could be put together. */
	bool odd;
};

struct capture_file {
	struct arena *arena;
	struct file_segment *segments;
	size_t count, room;
	size_t odd;       /* of these */
	size_t frames;    /* in all */
	size_t fragments; /* of IP */
	size_t gathered;  /* segments that were put together of them */
	size_t damaged;   /* IP or TCP headers that cannot be, or were cut */
	int64_t end_ns;   /* the latest frame's time */
	int linktype;
	const char *note; /* or NULL */
	size_t note_len;
};

/* Reads path; "-" is standard input. False with d: it cannot be opened, is no capture, has a link type
 * that is not known, or is broken or cut at some frame. In the last case what stands before that frame is
 * there, else nothing. capture_file_free() in any case. */
bool capture_file_read(const char *path, struct capture_file *file, struct diag *d);

/* Where all are odd, or there is none: why, and what to do. False. */
bool capture_file_empty(const struct capture_file *file, const char *path, struct diag *d);

void capture_file_free(struct capture_file *file);

/* The TCP connections of a capture file, each with its segments in the order of their times. */

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
 * was captured more than once on the path (tcpdump -i any, a bridge, a router) counts once: the copies have
 * all bytes in common but what a router changes. flows_free(). */
void flows_find(struct flows *flows, const struct capture_file *file);

void flows_free(struct flows *flows);

#endif
