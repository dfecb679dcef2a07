/* Which run a captured packet belongs to. */
#ifndef FW_DEMUX_H
#define FW_DEMUX_H

#include "run/batch.h"
#include "run/play.h"
#include "wire/capture.h"

/* Decodes the packet and finds the run by our address and port, then looks whether it is the run's peer at
 * the other end. A segment of the connection is added to the batch, also where the engine is not to see it
 * (damaged, a copy, from another station). What is not for the engine, a stranger's, a fragment or a
 * malformed packet too, is counted in the job's ignored. All are written to the job's dump. */
void demux_take(struct plays *all, struct batch *batch, const struct captured *captured);

#endif
