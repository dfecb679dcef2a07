/* Whose connection a capture without a journal holds. */
#ifndef FW_REPLAY_FIND_H
#define FW_REPLAY_FIND_H

#include "core/engine.h"
#include "read/file.h"

/* A connection whose beginning is in a capture. */
struct beginning {
	size_t syn;    /* the place of its SYN among the file's segments */
	size_t until;  /* the frame at which the same two ends begin another, or SIZE_MAX */
	size_t number; /* of it among all connections, from 1, as flows.h has them and draw prints */
};

/* All of them, to be freed; NULL where there are none. */
struct beginning *replay_beginnings(const struct capture_file *f, size_t *count);

/* Both ends and our ISS of the connection with that SYN, to *config. */
void replay_configure(const struct capture_file *f, const struct scenario *scenario, size_t syn,
                      struct engine_config *config);

#endif
