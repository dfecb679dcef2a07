/* Plays all jobs side by side: the one event loop. */
#ifndef FW_LOOP_H
#define FW_LOOP_H

#include "run/job.h"

/* Called for each job when its verdict is settled, in that order. */
typedef void loop_report(void *context, struct job *job);

/* Plays what is not finished of the jobs, at most `most` at a time, longest
 * first. SIGINT, SIGTERM and SIGHUP end it early: every run is tidied and
 * gets an error. *interrupted tells. False with d where the loop itself could
 * not go on; the jobs that were not played are settled as errors with that
 * reason, and reported, in any case. */
bool loop_play(struct world *w, struct jobs *jobs, unsigned most, loop_report *report, void *context,
               bool *interrupted, struct diag *d);

#endif
