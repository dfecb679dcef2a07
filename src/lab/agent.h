/* The agent: the program at the peer whose connections are under test. It is `fourwave peer` on a host,
 * and the same code runs in each host of the lab. Ordinary sockets, no privilege.
 *
 * A tester tells it over a control channel (protocol.h) what to do with which connection; the connections
 * under test carry none of it. A process of its own, the worker (worker.h), has the only descriptor of
 * each connection, so that a crash is a real one: SIGKILL, and the kernel does what it does. */
#ifndef FW_AGENT_H
#define FW_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "core/segment.h"

enum { AGENT_CONTROL_PORT = 4144, AGENT_DATA_PORT = 4145 };

struct agent_options {
	struct addr listen[2];    /* addresses to listen on, of either family; family 0: none */
	uint16_t control_port;    /* 0: the kernel chooses. Not used with an inherited channel */
	uint16_t data_port;       /* 0: the kernel chooses */
	bool remote_allowed;      /* listen may hold addresses that other hosts reach */
	unsigned max_connections; /* claimed at one time, by all sessions */
	unsigned max_sessions;    /* control sessions at one time; one more is told so and closed */
	uint32_t max_write_bytes; /* of one write command */
	int64_t idle_ns;          /* a session that asks nothing for so long is ended; 0: never */
	int inherited_control;    /* a socket that is the only session (no control port), or -1 */
	/* Told once, when everything listens; control_port is 0 with an
	 * inherited channel. NULL: nobody is told. The agent itself prints nothing. */
	void (*ready)(void *context, uint16_t control_port, uint16_t data_port);
	void *context;
};

/* Loopback only, the ports above, limits that suit a host with strangers:
 * 256 connections, 16 sessions, 1 MiB a write, 10 minutes idle, no ready. */
void agent_defaults(struct agent_options *options);

/* Serves until SIGINT, SIGTERM or SIGHUP, or, with an inherited channel, until that ends (signals are then
 * ignored, so that Ctrl-C reaches only the tester, which tidies first). True after such an end; every
 * worker is gone by then. False with d where it could not begin: an address that is not this host's, a
 * port in use, an address that others reach without remote_allowed.
 *
 * A family whose loopback address does not exist here is left out, as long as the other one listens.
 *
 * Takes over the process: its signal mask, SIGPIPE ignored, its children. So it is called from main, or in
 * a child made for it. */
bool agent_serve(const struct agent_options *options, struct diag *d);

#endif
