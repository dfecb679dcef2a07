/* The inside of replay.h, shared by replay*.c and nobody else. */
#ifndef FW_REPLAY_IMPL_H
#define FW_REPLAY_IMPL_H

#include "read/replay.h"

/* A segment that the engine sent and that was not found in the capture yet. */
struct awaited {
	struct action action;
	size_t step;
	bool settled; /* sent after the verdict: it only tidies */
};

struct player {
	struct replay *replay;
	struct engine *engine;
	const struct scenario *scenario;
	const struct capture_file *file;
	const struct journal *journal; /* or NULL */
	struct engine_config config;
	bool *taken;  /* of the file's segments */
	size_t first; /* before it all are taken */
	size_t until; /* with no journal: from that frame on the connection is another */
	struct awaited *awaited;
	size_t awaited_count;
	bool asked, state_asked; /* what waits for an answer */
	struct provocation asked_what;
	bool aborted;
	bool misfit;
	size_t misfit_trace; /* how much had passed by then */
	int64_t now_ns;
};

/* replay.c: the capture is not of this scenario: an error, whatever was found so far. The
 * first time counts. s: the segment that is meant, or NULL. */
void replay_misfit(struct player *p, size_t step, enum misfit misfit, int64_t number,
                   const struct segment *s);

/* replay.c: sent by our end? */
bool replay_from_us(const struct player *p, const struct segment *s);

/* replay.c: what the engine wants now. */
void replay_take_actions(struct player *p);

/* replay.c: a segment of ours in the capture: one that the engine sent, or it does not fit. */
void replay_left(struct player *p, const struct event *e, const struct file_segment *f);

/* replay_captured.c: plays it. *damaged counts the peer's segments with a wrong checksum. */
void captured_play(struct player *p, size_t syn, size_t *damaged);

#endif
