/* Whose connection a capture without a journal holds. */
#ifndef FW_REPLAY_FIND_H
#define FW_REPLAY_FIND_H

#include "core/engine.h"
#include "read/file.h"

/* The first connection that begins in the capture: both ends and our ISS, to *config; the place of its
 * SYN among the segments; how many connections begin. False with d: none does. */
bool replay_find(const struct capture_file *f, const struct scenario *scenario, struct engine_config *config,
                 size_t *syn, size_t *connections, struct diag *d);

#endif
