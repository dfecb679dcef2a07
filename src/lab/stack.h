/* A program with a stack of its own on the TAP device of a lab host, from the tester's end: when it is ready,
 * and at which of its addresses it answers. */
#ifndef FW_STACK_H
#define FW_STACK_H

#include "base/diag.h"
#include "lab/control.h"
#include "lab/lab.h"

struct stack {
	struct control *agent[2]; /* by family where it was called; NULL: none there. The caller's */
	uint16_t port;            /* of the connections under test */
	bool answers[2];
	struct diag silent[2]; /* why not */
};

/* Waits until the program is ready, as long as it may take: an agent in it greets on the channel that it
 * inherited, or one at its address does, or a connection to its port is answered. Then each wanted family is
 * tried, for 3 s at most. False with d: it ended, is not ready in time, or answers nowhere. */
bool stack_await(const struct lab_host *host, const struct lab_program *program, struct control *keeper,
                 const bool wanted[2], struct stack *out, struct diag *d);

#endif
