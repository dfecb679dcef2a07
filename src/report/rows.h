/* The rows of a sequence diagram, one after the other, for whoever draws one: what is shown and what is left
 * out, in which order, where a scenario's steps stand, which states both ends are in. */
#ifndef FW_ROWS_H
#define FW_ROWS_H

#include "core/observer.h"
#include "report/words.h"
#include "report/result.h"

/* Any connection, with no scenario beside it. */
struct picture {
	struct trace *trace; /* in order; left to right is PASSED_OUT; a note may stand beside each */
	size_t count;
	uint32_t left_isn, right_isn;
	const char *left, *right; /* who they are */
	bool begun;               /* SYNs are among the segments; else both ends begin ESTABLISHED */
	bool no_states;           /* one direction only: they are not inferred */
	size_t skip_at, skip;     /* so many from there are counted and not drawn */
};

enum row_kind {
	ROW_STEP,     /* a step of the scenario: step */
	ROW_SEGMENT,  /* segment, with what it did to the states */
	ROW_OBSERVED, /* a state that the peer was seen in, at its own time: observed */
	ROW_GAP,      /* segments that are not drawn: count */
	ROW_MISSING,  /* evidence that was not kept: count, what */
	ROW_END       /* never given */
};

enum { ROWS_MISSING = 2, STATE_TEXT_BYTES = 24 };

/* It broke what need not be kept, or what must be: an expectation of the scenario's, or a rule. */
enum mark { MARK_NONE, MARK_WARN, MARK_WRONG };

struct row {
	enum row_kind kind;
	enum mark mark;

	const struct step *step;
	bool has_row; /* the next row is this step's first */

	const struct trace *segment;
	char note[NOTE_TEXT_BYTES]; /* "" where there is none, or the step says it already; what was observed
	                               besides the state: "still, timer 0.200 s" */
	char since[SECONDS_TEXT_BYTES + 1]; /* the segment before: "+41.0 us"; "" where that is not known */

	char time[SECONDS_TEXT_BYTES];      /* "0.000045"; "" where it is not known */
	const struct observation *observed; /* also of a segment that told the state itself; NULL */
	char ours[STATE_TEXT_BYTES];        /* "LAST-ACK", inferred "(LAST-ACK)"; "" where it is as before */
	char peer[STATE_TEXT_BYTES];        /* the same; what was observed is always there */

	size_t count;
	const char *what; /* "segments" */
};

struct rows {
	const struct result *r;
	struct result own_result; /* of a picture */
	struct verdict own_verdict;
	const struct trace **order; /* as they passed the wire */
	const char *left, *right;   /* who the ends are */
	bool no_states;
	size_t skip_at, skip, skipped;
	size_t next, next_step, next_observation; /* the first of each that was not shown yet */
	enum row_kind due; /* comes after the steps before steps_end; ROW_STEP: to be chosen */
	int due_step;      /* that row's */
	size_t steps_end;
	size_t not_kept[ROWS_MISSING]; /* segments, observed states */
	unsigned missing;              /* the first of these that was not shown yet */
	struct observer seen;          /* infers the states */
	bool confirmed;                /* the peer's is as it was observed, and no segment changed it since */
	int64_t start_ns, before_ns;
};

/* Begins with the first row; rows_end() in any case. What is given lives until then. */
void rows_of_result(struct rows *w, const struct result *r);
void rows_of_picture(struct rows *w, const struct picture *p);

/* The next row; false where there are no more. */
bool rows_next(struct rows *w, struct row *row);

void rows_end(struct rows *w);

/* What the signs of the states mean, where the one of an observed state is seen; "" where there are none. */
enum { LEGEND_BYTES = 80 };
const char *rows_legend(const struct rows *w, const char *seen, char buf[LEGEND_BYTES]);

#endif
