/* One capture before fourwave judge: read, its scenario found among those that were named, and judged. */
#ifndef FW_HEARING_H
#define FW_HEARING_H

#include "read/replay.h"
#include "cmd/collect.h"
#include "run/job.h"

struct hearing {
	const char *path; /* of the capture; borrowed */
	struct capture_file file;
	struct journal *journal;    /* or NULL: not one of fourwave's captures */
	struct collection scenario; /* the one that it is judged by */
	struct replay replay;
	struct site site;
};

/* Reads the capture. False with d, which names it. hearing_free() in any case. */
bool hearing_read(struct hearing *h, const char *path, struct diag *d);

/* Loads the scenario: the only one of found's files, else the one that the capture was
 * made of. The run's own -D hold but for those that the options give again. False
 * with d; where d is empty the messages are on standard error. */
bool hearing_prepare(struct hearing *h, const struct collection *found, const struct options *o,
                     struct diag *d);

/* Judges; where the capture has no journal, its connection of that number, or with 0 the one
 * that fits. False with d where nothing is there to be judged. */
bool hearing_judge(struct hearing *h, const struct filter_ops *filter, unsigned connection, struct diag *d);

/* The result, as the reports want it. Borrows from h; not for jobs_free(). */
void hearing_job(struct hearing *h, struct job *job);

/* Says on standard error what the verdict's reader should know of the capture: that it holds more
 * than one connection, or that it is of something else. */
void hearing_remark(const struct hearing *h);

void hearing_free(struct hearing *h);

#endif
