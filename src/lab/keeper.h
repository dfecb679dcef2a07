/* The keeper of a user's program in a lab host: the first process of a PID namespace, so that all that the
 * program begins ends with it. It speaks the agent's protocol (protocol.h), but the connections are the
 * program's own: it says their states, and what it can make the program do is what signals do. */
#ifndef FW_KEEPER_H
#define FW_KEEPER_H

#include "base/diag.h"
#include "core/names.h"
#include "core/segment.h"
#include "lab/listening.h"

/* A program as the peer. */
struct lab_program {
	const char *command;    /* for /bin/sh -c; borrowed */
	bool client;            /* begun for each connection, to connect to us; else it listens, and stays */
	uint16_t port;          /* where it listens; 0: where it is seen to */
	struct listening found; /* where an earlier one came up: as soon as this one is there, it has, too */
	const char *tap;     /* it has a stack of its own, on a TAP device of that name, or NULL; borrowed */
	uint16_t agent;      /* tap: where an agent of its own listens; 0: nowhere */
	int64_t patience_ns; /* until it listens, or its stack is ready */
	int signals[PROVOKE_COUNT]; /* what makes it do that; 0: no signal does */
};

struct keeper_options {
	const struct lab_program *program;
	struct addr own[2]; /* this host's addresses; family 0: none */
	int channel;        /* of the protocol */
	int inherited;      /* what the program has besides; or -1 */
	/* Told once, when it may be connected to. */
	void (*ready)(void *context, const struct listening *where);
	void *context;
};

/* Is the init of its PID namespace until the channel ends; then the program gets SIGTERM, and a moment. Where
 * the program ends unasked, that is said as the protocol has it, and it is over too. False with d where it
 * could not begin. */
bool keeper_run(const struct keeper_options *options, struct diag *d);

#endif
