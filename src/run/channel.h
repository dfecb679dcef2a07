/* One agent's control channel, with what was learnt through it. */
#ifndef FW_CHANNEL_H
#define FW_CHANNEL_H

#include "core/reason.h"
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

/* Does a sysctl of the agent's host have that value? Blocks, at most some seconds, so only while nothing
 * is being played. False: why says what it is instead, that it can't be read, or (CODE_AGENT_GONE) that
 * nobody tells. */
bool channel_sysctl(struct channel *c, const char *name, const char *value, struct reason *why);

/* Of a code of sysctls; got may be NULL. */
struct reason sysctl_reason(enum code code, const char *name, const char *wanted, const char *got);

#endif
