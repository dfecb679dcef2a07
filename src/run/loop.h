/* Plays all jobs side by side: the one event loop. */
#ifndef FW_LOOP_H
#define FW_LOOP_H

#include "run/job.h"

struct plays;

/* Who looks on. Each may be NULL. */
struct loop_watch {
	/* A job's verdict is settled. */
	void (*report)(void *context, struct job *job);
	/* A segment of its connection has passed, ours or the peer's. */
	void (*segment)(void *context, const struct job *job, const struct segment *s);
	/* How far all are; at most once in LOOP_DRAW_NS. */
	void (*draw)(void *context, const struct plays *plays, int64_t now_ns);
	void *context;
};

#define LOOP_DRAW_NS INT64_C(200000000)

/* Plays what is not finished of the jobs, at most `most` at a time, longest first. SIGINT, SIGTERM, SIGHUP
 * and SIGQUIT end it early: every run is tidied and gets an error. *interrupted tells. False with d where
 * the loop itself could not go on; the jobs that were not played are settled as errors with that reason,
 * and reported, in any case. */
bool loop_play(struct world *w, struct jobs *jobs, unsigned most, const struct loop_watch *watch,
               bool *interrupted, struct diag *d);

#endif
