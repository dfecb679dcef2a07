/* Results to the reports that were asked for. */
#ifndef FW_OUTPUT_H
#define FW_OUTPUT_H

#include "report/baseline.h"
#include "report/formats.h"
#include "report/save.h"
#include "report/ladder.h"
#include "run/job.h"
#include "report/pen.h"
#include "run/play.h"

struct output {
	const struct options *options;
	FILE *human;                        /* standard output; standard error where a machine reads that */
	FILE *json;                         /* NULL: not asked for */
	struct save late[RUN_REPORT_COUNT]; /* closed: not asked for */
	struct baseline *baseline;          /* NULL: not asked for */
	struct save baseline_save;          /* closed: not asked for */
	struct about about;
	struct text_options text;
	struct tally tally;
	size_t number;    /* of results given so far */
	bool table;       /* one follows at the end, and tells what was skipped */
	bool one_trouble; /* the reason of all was reported already: no line for each */
	bool no_sum;      /* one result needs no summary */
	bool failed;      /* something could not be written; told on standard error */
};

/* Where a command writes what people read, and the JSON (NULL: not asked for). False with d. */
bool output_streams(const struct options *o, FILE **human, FILE **json, struct style *style, struct diag *d);

/* Reads the file of --baseline; opens those of --write-baseline, --json, --junit and --html. False with d;
 * where its text is empty the messages are on standard error. output_close() in any case. */
bool output_open(struct output *out, const struct options *o, struct diag *d);

/* Before the first: the head of TAP, the width of names, what --quick left out. */
void output_begin(struct output *out, const struct jobs *jobs);

/* One result, as it comes. */
void output_result(struct output *out, const struct job *job);

/* A segment of a job, as it passes: "TIME NAME FAMILY SEGMENT". */
void output_segment(struct output *out, const struct job *job, const struct segment *s);

/* A sentence that is every job's reason, told once; does the doctor know more? */
void output_trouble(struct output *out, const char *sentence, bool doctor);

/* After the last: the table where that is wanted, the rules that were broken, what is gone from the
 * baseline, the plan of TAP, the summary, the reports that are written at the end, and the new baseline.
 * interrupted: not all was played. */
void output_end(struct output *out, const struct jobs *jobs, bool interrupted, double seconds);

void output_close(struct output *out);

/* One line on a terminal while scenarios wait: how many are done, which has the longest way to go, at what
 * step it is. Gone at the end, and before anything else is printed. */

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
