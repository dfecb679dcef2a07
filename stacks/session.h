/* The control channels: who asks, line by line. */
#ifndef FW_STACKS_SESSION_H
#define FW_STACKS_SESSION_H

#include <poll.h>
#include <stdbool.h>

enum { SESSIONS_MAX = 4 };

struct session;

/* Greets on the socket FOURWAVE_CONTROL, or waits for testers at that port of 127.0.0.1. False with a
 * message. */
bool sessions_start(const char *port, const char *greeting);

/* What to wait for: up to SESSIONS_MAX + 1 entries; returns how many. */
unsigned sessions_poll(struct pollfd *fds);

/* Reads what has come, without waiting. False: nobody can ask any more. */
bool sessions_run(void);

/* Answers with a line, without its newline. */
void session_put(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- what sessions_run() calls, in agent.c --- */

/* Takes a line; it is cut up. False: it is not of the protocol. */
bool agent_take(struct session *s, char *line);

/* The session is over: what it had claimed is released. */
void agent_drop(const struct session *s);

#endif
