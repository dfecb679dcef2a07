/* The agent's inside: sessions (who asks) and claims (about which
 * connection). One process, one poll loop, no blocking but where said. */
#ifndef FW_AGENT_IMPL_H
#define FW_AGENT_IMPL_H

#include <sys/types.h>

#include "lab/agent.h"
#include "lab/protocol.h"
#include "lab/states.h"
#include "lab/worker.h"

enum {
	SESSION_OUT_BYTES = 65536, /* of answers that nobody reads: then it is ended */
	CLAIM_QUEUE_MAX = 16,
	STRANGERS_MAX = 64, /* of connections that nobody claimed: the last so many are remembered */
};

/* A control channel. Its lines are gone where it is to be ended: it hung up, or did not keep to the protocol.
 */
struct session {
	struct lines lines;  /* fd -1: a free place */
	struct addr address; /* where it comes from; family 0: inherited */
	unsigned scope;      /* of a link-local address: the interface */
	int64_t last_asked_ns;
};

/* A request about a connection that has not been answered yet. */
struct question {
	unsigned id;
	struct worker_command command;
	bool sent;           /* the worker has it */
	bool killing;        /* a crash: the worker's end will be the answer */
	int64_t deadline_ns; /* not sent: when to give up waiting for the connection */
};

/* A connection under test: the tester's end, and once there is one our end and its worker. */
struct claim {
	struct session *session; /* NULL: a free place */
	struct addr tester;
	uint16_t port;
	struct addr local; /* family 0: there was no connection yet */
	uint16_t local_port;
	bool seen;        /* this host's kernel, or its program, had a connection from there */
	int64_t since_ns; /* it is claimed */
	pid_t worker;     /* 0: none, or no more */
	int link;         /* to the worker, or -1 */
	struct question queue[CLAIM_QUEUE_MAX]; /* the sent ones first, in the order of their answers */
	unsigned queued;
};

/* A connection that nobody had claimed. */
struct stranger {
	struct addr from;
	uint16_t port;
	int64_t came_ns;
};

struct agent {
	struct agent_options options;
	struct stranger strangers[STRANGERS_MAX]; /* a ring */
	size_t stranger_count;                    /* of all that came */
	int signals;
	int control[2], data[2]; /* listening, or below 0 */
	uint16_t control_port, data_port;
	bool all_accepted; /* no connection waits */
	struct session *sessions;
	unsigned session_places;
	struct claim *claims;
	unsigned claim_places; /* the first so many have been in use */
	struct pollfd *polled;
};

/* --- session.c --- */

/* Takes over fd. Where there is no place for it, it is told so and closed. */
void session_begin(struct agent *a, int fd, const struct addr *address, unsigned scope);

/* Reads and does what is asked. */
void session_read(struct agent *a, struct session *s);

/* Is there room for answers, so that more may be asked? */
bool session_may_ask(const struct session *s);

/* Has a request come that can be done now? */
bool session_has_line(const struct session *s);

/* Says why it ends, as far as that can be written now; session_end() is still to come. */
void session_farewell(struct session *s, const char *why);

/* Releases its claims and closes it. */
void session_end(struct agent *a, struct session *s);

/* Answers a request: with a result, done, not done. */
void session_reply(struct session *s, const struct control_reply *reply);
void session_done(struct session *s, unsigned id);
void session_no(struct session *s, unsigned id, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* --- request.c --- */

/* Does one request, or queues it; it is answered now or later. */
void request_do(struct agent *a, struct session *s, const struct request *r);

/* --- claim.c --- */

struct claim *claim_find(struct agent *a, const struct addr *tester, uint16_t port);

/* NULL where there are too many. */
struct claim *claim_new(struct agent *a, struct session *s, const struct addr *tester, uint16_t port);

/* Kills its worker, answers what is open, frees the place. */
void claim_release(struct claim *c);

/* Gives the claim a connection (non-blocking; taken over) and a worker for it. The one before, if it still
 * has one, is killed. False with d where there can be no process for it: the connection is reset and what
 * waits for it answered. */
bool claim_attach(struct claim *c, int connection, struct diag *d);

/* The newest connection that nobody claimed, since the claim; from the same port where there is one: what a
 * NAT between makes of the claim's own. NULL: none came. */
const struct stranger *claim_stranger(const struct agent *a, const struct claim *c);

/* Closes a connection with a reset. */
void connection_reset(int connection);

/* Queues a request for the worker. */
void claim_ask(struct claim *c, const struct request *r);

/* Passes the worker's answers on. */
void claim_hear(struct claim *c);

/* The process is gone: if it was a claim's worker, what is open is answered. */
void claims_reaped(struct agent *a, pid_t pid);

/* Answers what has waited too long for a connection; returns when to look again (INT64_MAX: no need). */
int64_t claim_expire(struct claim *c, int64_t now_ns);

#endif
