/* The engine plays one scenario: events come in with their times, actions go out. It knows no socket,
 * clock, file or output; time is an argument.
 *
 * Times are nanoseconds on one axis, the capture's. A segment's own time is when it passed the wire; an
 * event may be delivered later than it happened, but segments must come in the order of their times, and
 * a tick must come only when every segment that passed before its time has been delivered. So a
 * slow machine delays a verdict and does not change it. */
#ifndef FW_ENGINE_H
#define FW_ENGINE_H

#include "scenario.h"
#include "verdict.h"

struct engine;

/* Whoever decides a pcap filter: 1 matches, 0 does not, -1 the expression is
 * refused (d says why). s->packet holds the bytes. */
struct filter_ops {
	int (*ask)(void *context, const char *expression, const struct segment *s, struct diag *d);
	void *context;
};

/* Bytes that make a plain server do something, in the connection itself. */
struct inband {
	const uint8_t *bytes; /* NULL: this provocation has no bytes */
	size_t len;           /* 0: it needs none, the server does it by itself */
};

struct engine_config {
	struct addr local, remote;
	uint16_t local_port, remote_port; /* remote_port 0: learnt from the SYN (listen) */
	uint16_t other_port;              /* ours, for what is sent from another port; 0: none */
	uint32_t iss;                     /* unless the scenario says its own */
	double slow;                      /* stretches our deadlines; 1.0 */
	int64_t timer_tick_ns;            /* the granularity of the peer's clock; 0: exact */
	int64_t first_resend_ns;          /* the longest that a first resend is waited for; 0: 5 s */
	const struct filter_ops *filter;  /* NULL: the fields alone decide (unit tests) */
	bool state_observable;            /* else STATE steps are reported, not judged */
	bool no_timers;                   /* observable: a state without a timer may have one all the same */
	bool no_probe;      /* not observable: nor is CLOSED asked for by a probe, for the run is over */
	bool peer_connects; /* to us, whatever the role of the scenario: our "open" answers its SYN */
	bool plain_server;  /* the peer's program talks by itself: its data is taken and ACKed */
	bool speaks_first;  /* plain_server: open waits for its greeting */
	bool closes_on_eof; /* plain_server: "provoke close on eof" is what it does anyway */
	uint32_t asked;     /* plain_server: bits 1 << enum provoke that its host is asked for all the same */
	uint32_t stops;     /* of these, what stops its program: it does nothing then */
	struct inband inband[PROVOKE_COUNT];
};

/* What an engine is given, in the order of the times: from the wire and the peer's host as they play, from a
 * capture and its journal when they are judged again. */
enum event_kind {
	EVENT_START,
	EVENT_CAME, /* the peer's segment */
	EVENT_SENT, /* ours was seen leaving */
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
	bool held;        /* a program has it open; not known of a host that doesn't say so */
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

enum action_kind {
	ACTION_SEND,    /* this segment, now; segment.payload lives until the next call */
	ACTION_PROVOKE, /* answer with EVENT_PROVOKED */
	ACTION_STATE,   /* answer with EVENT_STATE */
};

struct action {
	enum action_kind kind;
	unsigned id;    /* ACTION_SEND: for EVENT_SENT */
	int64_t due_ns; /* when it was wanted: at what the scenario counts from, or behind a deadline */
	struct segment segment;
	struct provocation provocation;
};

/* A new engine for one run. The scenario and the filter outlive it. */
struct engine *engine_new(const struct scenario *s, const struct engine_config *config);
void engine_free(struct engine *e);

/* Gives it an event: came and ignored need the segment, left the id of what was sent. After the verdict is
 * settled events only add to the evidence. */
void engine_give(struct engine *e, const struct event *event, const struct segment *s, unsigned id);

/* Takes the next action, in order. False: none is waiting. */
bool engine_action(struct engine *e, struct action *out);

/* When an EVENT_TICK is wanted; INT64_MAX: not at all. */
int64_t engine_deadline(const struct engine *e);

/* The scenario is over and the connection is tidied (the RST is among the
 * actions): nothing more will be asked. */
bool engine_done(const struct engine *e);

/* Valid at any time and until engine_free(); kind is VERDICT_NONE while it runs. */
const struct verdict *engine_verdict(struct engine *e);

/* So late we were, in what we did to the peer or asked of its host, where that may be why the run failed or
 * warned, or would be why it passed (an error already): an error of ours, and worth being played again. 0: it
 * is not. */
int64_t engine_late_ns(const struct engine *e);

/* The step at which it is, for progress and for messages. */
size_t engine_step(const struct engine *e);

const struct connection *engine_connection(const struct engine *e);

#endif
