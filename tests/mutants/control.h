/* The agent's end of the control protocol (lab/protocol.h), for the mutant's stack instead of a kernel's. */
#ifndef FW_MUTANT_CONTROL_H
#define FW_MUTANT_CONTROL_H

#include "base/diag.h"
#include "stack.h"

enum { CONTROL_SESSIONS = 4, CONTROL_IN_BYTES = 65536, CONTROL_PORT = 4144, CONTROL_DATA_PORT = 4145 };

struct control_session {
	int fd; /* -1: a free place */
	char in[CONTROL_IN_BYTES];
	size_t in_len;
	int64_t waits_since; /* its first line can't be done yet; 0: it can */
};

struct control_server {
	int listener;
	struct control_session sessions[CONTROL_SESSIONS];
};

/* Listens on loopback in the network namespace that the caller is in. */
bool control_listen(struct control_server *c, struct diag *d);

/* Takes who connects; reads; does what is asked. True: something waits for its connection, so call again
 * soon. */
void control_accept(struct control_server *c);
bool control_serve(struct control_server *c, struct stack *s, int64_t now_ns);

#endif
