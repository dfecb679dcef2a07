/* What an engine is given, in the order of the times: from the wire and the peer's host as they play, from a
 * capture and its journal when they are judged again. */
#ifndef FW_EVENT_H
#define FW_EVENT_H

#include <stdint.h>

#include "names.h"
#include "reason.h"

enum event_kind {
	EVENT_START,
	EVENT_CAME, /* the peer's segment */
	EVENT_LEFT, /* ours was seen leaving */
	EVENT_PROVOKED,
	EVENT_STATE,
	EVENT_TICK,
	EVENT_ABORT,  /* the run ends from outside: interrupted, polluted, the capture lost packets ... */
	EVENT_IGNORED /* a segment that is none of the peer's answers (damaged, a copy ...): evidence alone */
};

/* The peer's state as seen from its host. */
struct observed_state {
	bool known;
	enum tcp_state state;
	bool has_timer;
	int64_t timer_ns; /* until it expires */
};

struct event {
	enum event_kind kind;
	int64_t time_ns;
	enum provoke provoke; /* provoked: what was asked */
	bool ok;              /* provoked: it was done */
	/* abort: skip or error. An error also overrules a verdict that is there already, unless that is an
	 * error too. */
	enum verdict_kind verdict;
	/* abort: why, and the failure that this overrules where it is not the engine's own; or NULL */
	const struct reason *reason, *overruled;
	const char *text;     /* provoked and not ok: why */
	enum ignored ignored; /* ignored: why */
	struct observed_state state;
};

#endif
