/* An agent in a child process, on loopback and on ports that the kernel chooses, and a control channel to it.
 */
#ifndef FW_AGENT_FIXTURE_H
#define FW_AGENT_FIXTURE_H

#include <sys/types.h>

#include "lab/agent.h"
#include "peer_test.h"

extern const struct addr loopback[2];
extern struct agent_options options;
extern pid_t agent;
extern uint16_t control_port;
extern struct control *control;

/* Defaults, but for the ports. */
void agent_test_defaults(void);

/* Starts one with the options. */
void agent_start(void);

/* A channel to it, over IPv4 (0) or IPv6 (1). */
struct control *agent_control(int family_index);

/* The three together, and the end. */
void agent_setup(void);
void agent_teardown(void);

/* A connection to its program. */
struct ours agent_open_one(int family_index);

#endif
