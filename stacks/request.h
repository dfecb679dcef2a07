/* A line of the agent's protocol: ID VERB ADDR PORT NUMBERS. */
#ifndef FW_STACKS_REQUEST_H
#define FW_STACKS_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

enum { REQUEST_LINE_BYTES = 320, REQUEST_NUMBERS_MAX = 3 };

enum verb {
	CLAIM,
	RELEASE,
	SYSCTL,
	STATE,
	CONNECT,
	/* From here on it is the connection's program that is asked. */
	CLOSE,
	CLOSE_ON_EOF,
	SHUTDOWN,
	HOLD,
	RESET,
	CRASH,
	CRASH_UNREAD,
	WRITE,
	READ,
	NOREAD,
	KEEPALIVE,
};

struct request {
	unsigned long id;
	enum verb verb;
	bool six;                  /* the tester's address is of IPv6; not with SYSCTL, nor the port */
	unsigned char address[16]; /* of IPv4: the first four */
	uint16_t port;
	int64_t
	    numbers[REQUEST_NUMBERS_MAX]; /* a delay (ns), bytes; of KEEPALIVE idle, interval (ns), count */
};

/* Takes a line without its newline; it is cut up. False: it is not of the protocol. */
bool request_parse(char *line, struct request *r);

#endif
