/* One agent's control channel, with what was learnt through it. */
#ifndef FW_CHANNEL_H
#define FW_CHANNEL_H

#include "lab/control.h"

struct sysctl_known;

/* Begins zeroed but for control, which it takes over; channel_close() frees it. */
struct channel {
	struct control *control;
	bool gone; /* ended, or spoke nonsense: why says which */
	struct diag why;
	struct sysctl_known *known; /* sysctls asked for so far */
	size_t known_count, known_room;
};

void channel_close(struct channel *c);

enum channel_answer { CHANNEL_YES, CHANNEL_NO, CHANNEL_GONE };

/* Does a sysctl of the agent's host have that value? Blocks, at most some seconds, so only while nothing
 * is being played. CHANNEL_NO: d says what it is instead, or that it can't be read. CHANNEL_GONE: d. */
enum channel_answer channel_sysctl(struct channel *c, const char *name, const char *value, struct diag *d);

#endif
