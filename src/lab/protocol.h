/* The control protocol between tester and agent, version 1. Text, a line
 * each, over a stream.
 *
 * The agent speaks first:
 *     fourwave-peer 1 data-port N
 * or, where it has no room, "fourwave-peer 1 no SENTENCE", and ends. Then the
 * tester asks, any number of requests at a time, each with an id of its own
 * choice (1 ... 4294967295):
 *     ID VERB ARGUMENTS
 * and each is answered once, in any order:
 *     ID ok [state NAME [timer NS]] | [port N] | [value TEXT]
 *     ID no SENTENCE
 * ADDR PORT is the tester's end of the connection that is meant. Times are
 * nanoseconds.
 *     claim ADDR PORT                    a connection from there is this session's
 *     release ADDR PORT                  forget it, kill its worker
 *     connect ADDR PORT                  connect to there -> port N
 *     state ADDR PORT                    -> state NAME [timer NS]
 *     sysctl NAME                        -> value TEXT
 *     close | shutdown | hold | reset | crash | crash-unread | read | noread ADDR PORT
 *     close-on-eof ADDR PORT DELAY
 *     write ADDR PORT BYTES
 *     keepalive ADDR PORT IDLE INTERVAL COUNT
 * A line that is not of this form ends the session. */
#ifndef FW_PROTOCOL_H
#define FW_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/names.h"
#include "core/segment.h"

enum { PROTOCOL_LINE_BYTES = 320, PROTOCOL_WORDS_MAX = 12 };

#define PROTOCOL_HELLO "fourwave-peer 1 "

/* Splits a line in place at its blanks; returns the number of words, or -1
 * where there are more than PROTOCOL_WORDS_MAX. */
int protocol_split(char *line, char *words[PROTOCOL_WORDS_MAX]);

/* A decimal number of at most `most`; nothing else may follow it. */
bool protocol_number(const char *text, uint64_t most, uint64_t *out);

enum verb {
	VERB_CLAIM,
	VERB_RELEASE,
	VERB_STATE,
	VERB_SYSCTL,
	VERB_CONNECT,
	VERB_CLOSE,
	VERB_CLOSE_ON_EOF,
	VERB_SHUTDOWN,
	VERB_HOLD,
	VERB_RESET,
	VERB_CRASH,
	VERB_CRASH_UNREAD,
	VERB_WRITE,
	VERB_READ,
	VERB_NOREAD,
	VERB_KEEPALIVE,
	VERB_COUNT
};

const char *verb_name(enum verb v);

/* One request, whole and checked. */
struct request {
	unsigned id;
	enum verb verb;
	struct addr tester; /* but not VERB_SYSCTL */
	uint16_t port;
	uint64_t numbers[3]; /* what follows ADDR PORT */
	char name[128];      /* VERB_SYSCTL */
};

/* Parses a line without its newline; the line is cut up. False where it is not of the protocol. */
bool request_parse(char *line, struct request *out);

/* Writes a request as a line with its newline; returns its length. */
size_t request_format(const struct request *r, char line[PROTOCOL_LINE_BYTES]);

#endif
