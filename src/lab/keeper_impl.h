/* The keeper's inside: its programs' lives (keeper_programs.c), and what it is asked (keeper.c). */
#ifndef FW_KEEPER_IMPL_H
#define FW_KEEPER_IMPL_H

#include "lab/keeper.h"
#include "lab/program.h"
#include "lab/protocol.h"

enum {
	LOOK_MS = 5,           /* how often we look for what nobody tells */
	SETTLED_MS = 100,      /* it listens at the same places for so long: it has come up */
	GOODBYE_MS = 2000,     /* after SIGTERM */
	KILLED_MS = 2000,      /* after SIGKILL */
	CONNECTION_WAITS_S = 4 /* for a connection to be accepted, as an agent's */
};

/* A request that waits for its connection. */
struct question {
	struct request request;
	int64_t deadline_ns;
	bool signalled; /* what waits is only whether it has arrived */
	struct question *next;
};

/* A program, and of a client the connection that it was begun for. */
struct kept_program {
	struct program program;
	struct addr tester;
	uint16_t port, own_port; /* its own is 0 until that was seen answered */
	uint16_t tried_port;     /* the first that it was seen to try, or 0 */
	int64_t tried_ns;        /* since when */
	struct kept_program *next;
};

struct keeper {
	const struct keeper_options *options;
	const struct lab_program *what;
	struct lines lines;
	int signals;
	struct listening where;
	struct listener seen[LISTENERS_MAX]; /* listening when it was looked last, since when */
	size_t seen_count;
	int64_t seen_since_ns;
	struct kept_program *programs; /* of a server one */
	struct question *questions;
	bool over;
};

/* One more, not begun. */
struct kept_program *keeper_new_program(struct keeper *k);

/* Takes what ended, orphans too. False: nothing is left at all. */
bool keeper_reap(struct keeper *k);

/* Waits until all in the namespace are gone, or so long. */
void keeper_await_gone(struct keeper *k, int most_ms);

/* It ended, and not as programs do that have done their work. */
bool keeper_ended_badly(const struct program *p);

/* Begins the server, again too, and waits until it listens, or, where it has a stack of its own, for nothing.
 */
bool keeper_start_server(struct keeper *k, struct diag *d);

/* --- keeper_clients.c --- */

/* The server, or the client that was begun last for that place; NULL: none was. */
struct kept_program *keeper_program_of(const struct keeper *k, const struct request *r);

/* The state of its connection, as state_lookup() has it. */
bool keeper_look_up(const struct keeper *k, const struct request *r, struct observed_state *state,
                    struct socket_facts *facts, struct diag *d);

/* Its connection is there, as far as one is to be waited for. */
bool keeper_has_connected(const struct kept_program *p);

/* Begins a client, and tells it where to connect to. */
bool keeper_start_client(struct keeper *k, const struct request *r, struct diag *d);

/* Kills those that were begun for that place. */
void keeper_end_clients(struct keeper *k, const struct request *r);

#endif
