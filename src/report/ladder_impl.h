/* The ladder's inside, shared by ladder*.c and nobody else. */
#ifndef FW_LADDER_IMPL_H
#define FW_LADDER_IMPL_H

#include "report/ladder.h"
#include "report/pen.h"
#include "report/states.h"

enum {
	TIME_END = 10, /* the time is set against this column */
	GAP_END = 19,
	OURS_AT = 21,      /* our state */
	LEFT_AT = 34,      /* our line */
	NARROW = 80,       /* never drawn for less */
	WIDE = 120,        /* from here on steps stand beside */
	PEER_COLUMNS = 15, /* room for the peer's state, narrow */
	INNER_MAX = 60,
	STEP_GAP = 2,
	WORDS_BYTES = 512
};

struct glyphs {
	const char *line, *left, *right, *to_right, *to_left, *upright, *broken, *wrong, *seen;
};

struct ladder {
	struct pen pen;
	struct style style; /* with the width it is drawn for */
	const struct glyphs *glyphs;
	const struct result *r;
	int right_at;         /* the peer's line */
	int steps_at;         /* 0: on lines of their own */
	size_t next_step;     /* the first that was not shown yet */
	size_t next_sighting; /* the same of the states that were told */
	bool ours_inferred;   /* nobody's state is known */
	bool no_states;       /* nor can it be inferred */
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
/* The caption that a row of this step has beside it, where the step was not shown
 * yet; those before it are shown, and where it is narrow so is the step itself. */
struct caption ladder_next_caption(struct ladder *l, int step);

/* ladder.c: the time in its column. */
void ladder_time(struct ladder *l, int64_t time_ns);

/* ladder_states.c */
/* A state; returns its columns. */
int ladder_state(struct ladder *l, int at, enum tcp_state state, bool inferred);
/* The mark on the peer's line; what follows is painted like it. */
void ladder_seen(struct ladder *l, bool wrong);
/* What the segment itself told, which is shown with it; else NULL. */
const struct sighting *ladder_probe(struct ladder *l, const struct trace *t);
/* The states that were told before this segment, or NULL: all that are left, each on a line of its own. */
void ladder_sightings_until(struct ladder *l, const struct trace *t);

#endif
