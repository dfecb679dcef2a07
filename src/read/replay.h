/* A scenario's verdict given again from a capture. The engine gets the events of the run in their order,
 * from the journal in the capture; where there is none (tcpdump's captures), the segments in the order of
 * their times, what is provoked is taken as done at once, and states are not observable. What the engine
 * sends is looked for among our own segments in the capture. */
#ifndef FW_REPLAY_H
#define FW_REPLAY_H

#include "core/engine.h"
#include "read/file.h"
#include "read/journal.h"

struct replay {
	struct engine *engine; /* with the verdict's lists; NULL: never begun */
	struct verdict verdict;
	size_t ignored;
	bool started;
	bool misfit;        /* the capture is not of this scenario; the verdict says where */
	size_t connections; /* with no journal: how many begin in the capture */
	size_t connection;  /* and which of them was played: draw's number of it */
};

/* Which connection of a capture with no journal. */
struct replay_choice {
	size_t connection;     /* draw's number; 0: the first of a thousand that fits, else the one that fits
	                        * longest */
	uint16_t control_port; /* of the agent: such a connection is tried only where there is no other */
	int64_t timer_tick_ns, first_resend_ns; /* as in struct engine_config */
};

/* Plays it. journal may be NULL. The scenario, the file and the filter outlive the replay. False with d
 * where there is nothing to play: no connection is in the capture. A capture that does not fit the
 * scenario is an error in the verdict. replay_free() in any case. */
bool replay_play(struct replay *r, const struct scenario *s, const struct capture_file *file,
                 const struct journal *journal, const struct filter_ops *filter,
                 const struct replay_choice *choice, struct diag *d);

void replay_free(struct replay *r);

/* A connection whose beginning is in a capture without a journal. */
struct beginning {
	size_t syn;    /* the place of its SYN among the file's segments */
	size_t until;  /* the frame at which the same two ends begin another, or SIZE_MAX */
	size_t number; /* of it among all connections, from 1, as file.h has them and draw prints */
};

/* All of them, to be freed; NULL where there are none. */
struct beginning *replay_beginnings(const struct capture_file *f, size_t *count);

/* Both ends and our ISS of the connection with that SYN, to *config. */
void replay_configure(const struct capture_file *f, const struct scenario *scenario, size_t syn,
                      struct engine_config *config);

#endif
