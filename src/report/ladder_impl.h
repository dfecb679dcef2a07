/* The ladder's inside, shared by ladder*.c and nobody else. */
#ifndef FW_LADDER_IMPL_H
#define FW_LADDER_IMPL_H

#include "report/ladder.h"
#include "report/pen.h"
#include "report/states.h"

enum {
	TIME_END = 10,   /* the time is set against this column */
	GAP_END = 19,
	OURS_AT = 21,    /* our state */
	LEFT_AT = 34,    /* our line */
	NARROW = 80,     /* never drawn for less */
	WIDE = 120,      /* from here on steps stand beside */
	PEER_COLUMNS = 15, /* room for the peer's state, narrow */
	INNER_MAX = 60,
	STEP_GAP = 2,
	WORDS_BYTES = 512
};

struct glyphs {
	const char *line, *left, *right, *to_right, *to_left, *upright, *broken, *wrong;
};

struct ladder {
	struct pen pen;
	struct style style; /* with the width it is drawn for */
	const struct glyphs *glyphs;
	const struct result *r;
	int right_at;     /* the peer's line */
	int steps_at;     /* 0: on lines of their own */
	size_t next_step; /* the first that was not shown yet */
	struct states_view states;
	const char *left, *right; /* who the ends are */
	int64_t start_ns, before_ns;
};

/* What stands in the step's column of a line. */
struct caption {
	const char *text; /* what is left of it, or NULL */
	int line;
	bool wrong;
};

void ladder_upright(struct ladder *l, int at);
void ladder_mark(struct ladder *l);
struct caption ladder_caption(const struct ladder *l, size_t step);
/* Above a segment, where it is narrow. */
void ladder_above(struct ladder *l, const struct caption *c);
/* As much of the caption as a line of the wide layout takes; "12: " before the first. */
void ladder_beside(struct ladder *l, struct caption *c, bool first);
/* The lines that a caption needs below the first. */
void ladder_rest(struct ladder *l, struct caption *c);
/* The steps before this one that were not shown, each on lines of its own. */
void ladder_steps_until(struct ladder *l, size_t end);

#endif
