/* One line on a terminal while scenarios wait: how many are done, which has the longest way to go, at what
 * step it is. Gone at the end, and before anything else is printed. */
#ifndef FW_PROGRESS_H
#define FW_PROGRESS_H

#include "report/pen.h"
#include "run/play.h"

struct progress {
	bool wanted; /* standard error is a terminal that can redraw a line */
	bool drawn;
	struct style style;
	size_t done, total; /* results given, and all */
};

/* quiet: never draws. total: results that will come. */
void progress_open(struct progress *p, bool quiet, const struct style *style, size_t total);

/* Draws the line anew. */
void progress_draw(struct progress *p, const struct plays *plays, int64_t now_ns);

/* Takes the line away, where there is one: before other output, and at the end. */
void progress_clear(struct progress *p);

#endif
