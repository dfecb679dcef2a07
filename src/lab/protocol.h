/* The control protocol between tester and agent, version 1, as lines and as values, for both ends. What each
 * request means, who waits how long, and what an agent may leave out is the contract with other people's
 * agents: man/fourwave-agent.7. In short:
 *     fourwave-peer 1 data-port N [stack NAME] [cannot VERB{,VERB}]    the agent, first
 *     fourwave-peer 1 no SENTENCE                                      or this, and it ends
 *     ID VERB ARGUMENTS                                                the tester, any number at a time
 *     ID ok [state NAME [timer NS] [held]] | [port N] | [value TEXT]   the agent, once for each, in any order
 *     ID no SENTENCE | ID no unseen [ADDR PORT]
 *     0 no SENTENCE                                                    the agent, which ends the session
 * ARGUMENTS are NAME of a sysctl, else ADDR PORT, the tester's end of the connection that is meant, and
 * numbers (PROTOCOL_VERBS). Times are nanoseconds. */
#ifndef FW_PROTOCOL_H
#define FW_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/engine.h"
#include "core/names.h"
#include "core/segment.h"

enum {
	PROTOCOL_LINE_BYTES = 320,
	PROTOCOL_NUMBERS_MAX = 3,
	PROTOCOL_NAME_BYTES = 128,
	CONTROL_TEXT_BYTES = 256
};

#define PROTOCOL_OWNS "fourwave.owns."
#define PROTOCOL_HELLO "fourwave-peer 1 "

/* A decimal number of at most `most`; nothing else may follow it. */
bool protocol_number(const char *text, uint64_t most, uint64_t *out);

/* Every verb: its word, and how many numbers follow ADDR PORT (the sysctl's name is its own case). What a
 * scenario provokes has the name that it has there, so the tester's end finds its verb by it. */
#define PROTOCOL_VERBS(VERB)                                                                                 \
	VERB(CLAIM, "claim", 0)                                                                              \
	VERB(RELEASE, "release", 0)                                                                          \
	VERB(STATE, "state", 0)                                                                              \
	VERB(SYSCTL, "sysctl", 0)                                                                            \
	VERB(CONNECT, "connect", 0)                                                                          \
	VERB(CLOSE, "close", 0)                                                                              \
	VERB(CLOSE_ON_EOF, "close-on-eof", 1)                                                                \
	VERB(SHUTDOWN, "shutdown", 0)                                                                        \
	VERB(HOLD, "hold", 0)                                                                                \
	VERB(RESET, "reset", 0)                                                                              \
	VERB(CRASH, "crash", 0)                                                                              \
	VERB(CRASH_UNREAD, "crash-unread", 0)                                                                \
	VERB(WRITE, "write", 1)                                                                              \
	VERB(READ, "read", 0)                                                                                \
	VERB(NOREAD, "noread", 0)                                                                            \
	VERB(KEEPALIVE, "keepalive", 3)

#define PROTOCOL_ENUM(verb, word, numbers) VERB_##verb,
enum verb { PROTOCOL_VERBS(PROTOCOL_ENUM) VERB_COUNT };
#undef PROTOCOL_ENUM

/* False: there is no such word. */
bool verb_parse(const char *word, enum verb *out);

/* One request, whole and checked. */
struct request {
	unsigned id;
	enum verb verb;
	struct addr tester; /* but not VERB_SYSCTL */
	uint16_t port;
	uint64_t numbers[PROTOCOL_NUMBERS_MAX]; /* what follows ADDR PORT */
	char name[PROTOCOL_NAME_BYTES];         /* VERB_SYSCTL */
};

/* Its answer. What is 0 or "" is not said. */
struct control_reply {
	unsigned id; /* the request's */
	bool ok;
	char text[CONTROL_TEXT_BYTES]; /* not ok: a sentence; ok: a sysctl's value, or "" */
	struct observed_state state;   /* known only in a reply to VERB_STATE */
	uint16_t port;                 /* reply to VERB_CONNECT: the peer's port */
	bool unseen;                   /* not ok, to VERB_STATE: no connection from there was ever seen, */
	struct addr other;             /* but one from here, that nobody claimed; family 0: none */
	uint16_t other_port;
};

/* Parses a line without its newline; the line is cut up. False where it is not of the protocol. */
bool request_parse(char *line, struct request *out);
bool reply_parse(char *line, struct control_reply *out);

/* Writes a line with its newline; returns its length. */
size_t request_format(const struct request *r, char line[PROTOCOL_LINE_BYTES]);
size_t reply_format(const struct control_reply *r, char line[PROTOCOL_LINE_BYTES]);

/* --- lines over a stream, both ways, without ever blocking: what both ends do --- */

/* Begins zeroed but for fd, which is a connected socket. lines_free(). */
struct lines {
	int fd;
	bool gone; /* the other end hung up */
	char in[4096];
	size_t in_len;
	char *out; /* what could not be written yet */
	size_t out_len, out_room;
};

/* Reads what has come, as far as there is room. True: something came. */
bool lines_read(struct lines *l);

/* Is a whole line there? */
bool lines_waiting(const struct lines *l);

/* Takes the next line, without its newline: 1, 0 there is none yet, -1 it is longer than any of the protocol.
 */
int lines_take(struct lines *l, char line[PROTOCOL_LINE_BYTES]);

/* Writes what waits, as far as it goes. */
void lines_flush(struct lines *l);

/* Adds to what waits. */
void lines_put(struct lines *l, const char *text, size_t len);

/* Closes fd. */
void lines_free(struct lines *l);

#endif
