/* The agent's protocol, version 1 (fourwave-agent(7)), for a program that has a TCP of its own linked in.
 *
 * A tester says over a control channel, an ordinary socket of the kernel's, what the program shall do with
 * which connection. agent.c reads that, finds the connection, keeps what any program knows (does it read, has
 * end-of-file come, what is still to be written), and calls the stack for the rest (struct agent_stack). The
 * stack's file calls back when something has come (agent_came() and those below it).
 *
 * One thread and one poll loop, which is the stack's. No other source of fourwave is needed: the files
 * of this directory can be copied. */
#ifndef FW_STACKS_AGENT_H
#define FW_STACKS_AGENT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { AGENT_DATA_PORT = 4145, AGENT_FDS = 5 };

struct session;

/* A connection that a tester has claimed: it is named by the tester's end. */
struct agent_connection {
	struct agent_connection *next;
	bool six;                  /* the address is of IPv6 */
	unsigned char address[16]; /* of IPv4: the first four */
	uint16_t port;
	uint16_t local_port; /* ours: AGENT_DATA_PORT, or that which connect chose */
	void *socket;        /* the stack's; NULL: the program has none yet, or no more */
	bool reading;        /* the program reads, and discards; else it leaves unread what comes */
	/* agent.c's own: */
	struct session *session;
	bool seen;  /* the stack had a connection from there */
	bool ended; /* end-of-file has come */
	bool closes_on_eof;
	int64_t close_delay_ns, close_at_ns;
	uint64_t to_write, written;
};

/* What the stack does with a connection whose socket is not NULL. Each returns NULL when it has been done, or
 * why not, a sentence; AGENT_LATER: not yet, ask again. One that is NULL can never be done: the greeting says
 * so, and scenarios that need it are skipped. */
struct agent_stack {
	const char *name; /* of the profile */

	const char *(*close)(struct agent_connection *c);    /* both ways; sets socket to NULL */
	const char *(*shutdown)(struct agent_connection *c); /* our way */
	const char *(*reset)(struct agent_connection *c);    /* with a RST; sets socket to NULL */
	/* Takes what it can of the octets now, and returns how many; agent_writable() when it takes more.
	 * Below 0: it never will. */
	ssize_t (*write)(struct agent_connection *c, const char *bytes, size_t len);
	const char *(*read)(struct agent_connection *c); /* c->reading has changed */

	/* The state's name as in RFC 9293 ("FIN-WAIT-2"), also when socket is NULL; "CLOSED" where the stack
	 * knows of no such connection. *timer_ns, if the stack knows it: until the state's timer runs out. */
	const char *(*state)(const struct agent_connection *c, int64_t *timer_ns);

	/* These may be NULL. */
	const char *(*connect)(struct agent_connection *c); /* to the tester; sets socket and local_port */
	const char *(*crash)(struct agent_connection *c);   /* the program dies; sets socket to NULL */
	const char *(*crash_unread)(struct agent_connection *c); /* the same, as soon as data is unread */
	const char *(*keepalive)(struct agent_connection *c, int64_t idle_ns, int64_t interval_ns,
	                         unsigned count);
};

extern const char AGENT_LATER[];

/* To be called when the stack listens on AGENT_DATA_PORT. The control channel is the socket that fourwave has
 * handed down (FOURWAVE_CONTROL), or is waited for at this port of 127.0.0.1. False: neither, with a message.
 */
bool agent_start(const struct agent_stack *stack, const char *port);

/* What to wait for: sets up to AGENT_FDS entries and returns how many; how long at most, -1 for ever. */
unsigned agent_poll(struct pollfd *fds);
int agent_timeout_ms(void);

/* Does what there is to do, without waiting. False: the tester has hung up, and no other can come. */
bool agent_run(void);

/* All claimed connections. */
struct agent_connection *agent_connections(void);

/* --- what the stack tells --- */

/* A connection from there was accepted: the stack sets its socket, which is not NULL if the program still had
 * one of the same four numbers. NULL: nobody has claimed it, so it is to be reset. */
struct agent_connection *agent_came(bool six, const void *address, uint16_t port);

/* End-of-file has come; the program may close the connection in this call. */
void agent_eof(struct agent_connection *c);

/* The connection was reset or timed out, the socket is no more. */
void agent_gone(struct agent_connection *c);

/* The stack takes bytes again. */
void agent_writable(struct agent_connection *c);

#endif
