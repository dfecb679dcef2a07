/* How many runs go on side by side: up to what -j says, and fewer where runs come late. As TCP does with what
 * it has in flight: many more while nothing is late, half where something is, then a few more again. Reads no
 * clock. */
#ifndef FW_PACE_H
#define FW_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pace {
	unsigned most;    /* never more */
	unsigned allowed; /* now; at least 1 */
	bool steep;       /* nothing was late so far */
	int64_t late_ns;  /* the latest that something was in this span of time, */
	bool full;        /* and whether as many ran as were allowed, */
	bool cut;         /* and whether it began with a cut, */
	int64_t until_ns; /* which ends then */
};

void pace_init(struct pace *pace, unsigned most, int64_t now_ns);

/* So late was something in a run that is under way. */
void pace_late(struct pace *pace, int64_t late_ns);

/* To be called in each turn: so many runs are under way. */
void pace_turn(struct pace *pace, size_t running, int64_t now_ns);

/* When it may allow more than now, where no event comes before. */
int64_t pace_next_ns(const struct pace *pace);

#endif
