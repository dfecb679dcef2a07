/* Lines over a stream, both ways, without ever blocking: what both ends of the control channel do. */
#ifndef FW_LINES_H
#define FW_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "lab/protocol.h"

/* Begins zeroed but for fd, which is a connected socket. lines_free(). */
struct lines {
	int fd;
	bool gone; /* the other end hung up */
	char in[4096];
	size_t in_len;
	char *out; /* what could not be written yet */
	size_t out_len, out_room;
};

/* Reads what has come, as far as there is room. True: something came. */
bool lines_read(struct lines *l);

/* Is a whole line there? */
bool lines_waiting(const struct lines *l);

/* Takes the next line, without its newline: 1, 0 there is none yet, -1 it is longer than any of the protocol.
 */
int lines_take(struct lines *l, char line[PROTOCOL_LINE_BYTES]);

/* Writes what waits, as far as it goes. */
void lines_flush(struct lines *l);

/* Adds to what waits. */
void lines_put(struct lines *l, const char *text, size_t len);

/* Closes fd. */
void lines_free(struct lines *l);

#endif
