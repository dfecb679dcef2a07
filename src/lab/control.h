/* The tester's end of the agent's control channel. Non-blocking and pipelined: a request returns its id at
 * once, the reply with that id comes later, when the peer's system call has returned. Replies to requests
 * about different connections may overtake each other.
 *
 * A connection is named by the tester's end of it, address and port. */
#ifndef FW_CONTROL_H
#define FW_CONTROL_H

#include "base/diag.h"
#include "core/scenario.h"
#include "lab/protocol.h"

struct control;

/* Takes a duplicate of a connected socket (a lab host's control) and waits
 * for the agent's hello, 5 s at most. NULL with d. */
struct control *control_adopt(int fd, struct diag *d);

/* Where an agent may listen; scope is the interface's index for a link-local address, else 0. */
struct control_place {
	struct addr address;
	unsigned scope;
	uint16_t port;
};

/* Connects to an agent and waits for its hello. Blocks, timeout_ms at most. NULL with d: nobody listens
 * there, no answer, not an agent, or, with *refused, an agent that is there and has no room. */
struct control *control_connect(const struct control_place *at, int timeout_ms, bool *refused,
                                struct diag *d);

/* Ends the session: the agent forgets its claims and kills its workers. NULL is allowed. */
void control_free(struct control *c);

/* For poll: always readable interest, and writable while control_wants_write(). */
int control_fd(const struct control *c);
bool control_wants_write(const struct control *c);

/* Writes what waits. Requests try that by themselves. False where the channel is gone. */
bool control_flush(struct control *c);

/* Where the agent listens for connections under test, from its hello. */
uint16_t control_data_port(const struct control *c);

/* What it runs on, a profile's name, from its hello; NULL where it does not say. */
const char *control_stack(const struct control *c);

/* What its programs can never do, bits 1 << enum provoke, from its hello. */
uint32_t control_cannot(const struct control *c);

/* Requests. Each returns its id, never 0; 0 where the channel is gone: control_why() says why.
 *
 * VERB_CLAIM: from now on a connection from there to the data port is ours; the agent resets every other
 * one. Wait for its reply before the SYN leaves.
 *
 * VERB_CONNECT: the agent's program connects to the tester there (claimed or not; it is afterwards). ok
 * comes when its SYN is sent, with reply.port, its port. Only to the address that the control session
 * comes from, but in the lab to any.
 *
 * VERB_STATE: reply.state. Works for a connection that is not accepted yet, and after its program is gone,
 * until release.
 *
 * VERB_RELEASE: forget the claim and kill its worker. Whoever reuses a port waits for the reply. Ending the
 * session releases everything. */
unsigned control_ask(struct control *c, enum verb verb, const struct addr *tester, uint16_t port);

/* ok comes when it has been done: the system call has returned, the killed process is gone. A connection
 * that the agent's program has not accepted yet is waited for, 4 s. PROVOKE_CONNECT is VERB_CONNECT. Not ok:
 * reply.text says why. */
unsigned control_provoke(struct control *c, const struct addr *tester, uint16_t port,
                         const struct provocation *p);

/* name as in a scenario; reply.text is the value, blanks between numbers are single spaces. Not ok: the
 * kernel there does not have it. */
unsigned control_get_sysctl(struct control *c, const char *name);

/* Takes the next reply: 1, 0 none now, -1 the channel has ended, or what comes is not the protocol (d,
 * which may be NULL, says which; where the agent said why it ends, that is its sentence). Never blocks. Call
 * it until it is not 1. After -1 it is -1 again, for the same reason. */
int control_read(struct control *c, struct control_reply *out, struct diag *d);

/* Why the channel is gone, after a request that returned 0. Replies that still came are lost with it. */
void control_why(struct control *c, struct diag *d);

#endif
