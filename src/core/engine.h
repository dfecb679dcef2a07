/* The engine plays one scenario: events come in with their times, actions go out. It knows no socket,
 * clock, file or output; time is an argument.
 *
 * Times are nanoseconds on one axis, the capture's. A segment's own time is when it passed the wire; an
 * event may be delivered later than it happened, but segments must come in the order of their times, and
 * engine_tick(now) must come only when every segment that passed before `now` has been delivered. So a
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
	size_t len;
};

struct engine_config {
	struct addr local, remote;
	uint16_t local_port, remote_port; /* remote_port 0: learnt from the SYN (listen) */
	uint16_t other_port;              /* ours, for what is sent from another port; 0: none */
	uint32_t iss;                     /* unless the scenario says its own */
	double slow;                      /* stretches our deadlines; 1.0 */
	const struct filter_ops *filter;  /* NULL: the fields alone decide (unit tests) */
	bool state_observable;            /* else STATE steps are reported, not judged */
	bool no_probe;      /* not observable: nor is CLOSED asked for by a probe, for the run is over */
	bool plain_server;  /* the peer's program talks by itself: its data is taken and ACKed */
	bool speaks_first;  /* plain_server: open waits for its greeting */
	bool closes_on_eof; /* plain_server: "provoke close on eof" is what it does anyway */
	struct inband inband[PROVOKE_COUNT];
};

enum action_kind {
	ACTION_SEND,    /* this segment, now; segment.payload lives until the next call */
	ACTION_PROVOKE, /* answer with engine_provoked() */
	ACTION_STATE,   /* answer with engine_state() */
};

struct action {
	enum action_kind kind;
	unsigned id; /* ACTION_SEND: for engine_sent() */
	struct segment segment;
	struct provocation provocation;
};

/* The peer's state as seen from its host. */
struct observed_state {
	bool known;
	enum tcp_state state;
	bool has_timer;
	int64_t timer_ns; /* until it expires */
};

/* A new engine for one run. The scenario and the filter outlive it. NULL where memory has run out. */
struct engine *engine_new(const struct scenario *s, const struct engine_config *config);
void engine_free(struct engine *e);

/* Events. After the verdict is settled they only add to the evidence. */
void engine_start(struct engine *e, int64_t now_ns);
void engine_receive(struct engine *e, const struct segment *s);   /* the peer's */
void engine_sent(struct engine *e, unsigned id, int64_t time_ns); /* ours was seen leaving */
void engine_provoked(struct engine *e, int64_t now_ns, bool ok, const char *why);
void engine_state(struct engine *e, int64_t now_ns, const struct observed_state *o);
void engine_tick(struct engine *e, int64_t now_ns);

/* A segment of the connection that is none of the peer's answers (damaged, a copy
 * ...): it becomes evidence and nothing else. */
void engine_ignore(struct engine *e, const struct segment *s, const char *note);

/* Ends the run from outside: interrupted, polluted, capture lost packets ... kind is VERDICT_ERROR or
 * VERDICT_SKIP. An error also overrules a verdict that is there already, unless that is an error too. */
void engine_abort(struct engine *e, int64_t now_ns, enum verdict_kind kind, const char *reason);

/* Takes the next action, in order. False: none is waiting. */
bool engine_action(struct engine *e, struct action *out);

/* When engine_tick() is wanted; INT64_MAX: not at all. */
int64_t engine_deadline(const struct engine *e);

/* The scenario is over and the connection is tidied (the RST is among the
 * actions): nothing more will be asked. */
bool engine_done(const struct engine *e);

/* Valid at any time and until engine_free(); kind is VERDICT_NONE while it runs. */
const struct verdict *engine_verdict(struct engine *e);

/* The step at which it is, for progress and for messages. */
size_t engine_step(const struct engine *e);

const struct connection *engine_connection(const struct engine *e);

#endif
