/* The names that a scenario, a report and the agent's protocol share: states,
 * roles, provocations, verdicts, what is ignored. One table each, looked up both ways. */
#ifndef FW_NAMES_H
#define FW_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* The place in a table, or -1. Case does not count, and '_' is '-'. */
int name_find(const char *const *table, size_t count, const char *text);

/* Defines a function that finds the value of a name which the table has at first or behind it. */
#define NAME_PARSE(parse, type, table, first)                                                                \
	bool parse(const char *text, type *out)                                                              \
	{                                                                                                    \
		int i = name_find(table, sizeof table / sizeof *table, text);                                \
                                                                                                             \
		if (i >= first)                                                                              \
			*out = (type)i;                                                                      \
		return i >= first;                                                                           \
	}

/* RFC 9293, 3.3.2. The order is ours. */
enum tcp_state {
	STATE_CLOSED,
	STATE_LISTEN,
	STATE_SYN_SENT,
	STATE_SYN_RECEIVED,
	STATE_ESTABLISHED,
	STATE_FIN_WAIT_1,
	STATE_FIN_WAIT_2,
	STATE_CLOSE_WAIT,
	STATE_CLOSING,
	STATE_LAST_ACK,
	STATE_TIME_WAIT,
	STATE_COUNT
};

/* "FIN-WAIT-2", as RFC 9293 writes it. */
const char *state_name(enum tcp_state s);
/* False where unknown. */
bool state_parse(const char *text, enum tcp_state *out);

enum role {
	ROLE_NONE,
	ROLE_ACTIVE,       /* we close first */
	ROLE_PASSIVE,      /* the peer closes first */
	ROLE_SIMULTANEOUS, /* both FINs cross (RFC 9293, Figure 13) */
	ROLE_LISTEN        /* the peer connects to us */
};

const char *role_name(enum role r);
bool role_parse(const char *text, enum role *out);

/* What a peer's program can be asked to do. */
enum provoke {
	PROVOKE_CLOSE,        /* close(); with on_eof: as soon as it reads end-of-file, after delay */
	PROVOKE_SHUTDOWN,     /* shutdown(SHUT_WR), and stay alive */
	PROVOKE_HOLD,         /* keep the connection, whatever comes */
	PROVOKE_RESET,        /* SO_LINGER 0, then close() */
	PROVOKE_CRASH,        /* the process is killed (SIGKILL) */
	PROVOKE_CRASH_UNREAD, /* the same, once data waits unread in its socket */
	PROVOKE_WRITE,        /* write N bytes */
	PROVOKE_READ,         /* read and discard (as it does from the start) */
	PROVOKE_NOREAD,       /* stop reading */
	PROVOKE_KEEPALIVE,    /* SO_KEEPALIVE with idle, interval, count */
	PROVOKE_CONNECT,      /* connect back to us; implied by open in role listen */
	PROVOKE_COUNT
};

const char *provoke_name(enum provoke p);
bool provoke_parse(const char *text, enum provoke *out);

enum verdict_kind {
	VERDICT_NONE, /* not yet */
	VERDICT_PASS,
	VERDICT_WARN, /* the peer broke what it should keep (SHOULD), or chose otherwise than its profile says
	               */
	VERDICT_FAIL, /* the peer broke what it must keep */
	VERDICT_SKIP, /* the target can't be asked this */
	VERDICT_ERROR /* we could not judge */
};

const char *verdict_name(enum verdict_kind v);

/* How an expectation binds: as its RFC puts it (RFC 2119; much of TCP stands there without a keyword), or as
 * a stack's own choice within what RFCs leave open. */
enum level { LEVEL_MUST, LEVEL_STATED, LEVEL_SHOULD, LEVEL_CHOICE, LEVEL_MAY, LEVEL_COUNT };

/* "must", "stated", "should", "choice", "may" */
const char *level_name(enum level l);
bool level_parse(const char *text, enum level *out);

/* What a run comes to that breaks it: fail, warn, or (MAY) pass. */
enum verdict_kind level_verdict(enum level l);

/* Why a segment to our port was kept from the engine. */
enum ignored {
	IGNORED_NOT,        /* it was not */
	IGNORED_CHECKSUM,   /* its TCP checksum, or the IPv4 header's, is wrong */
	IGNORED_STRANGER,   /* from another host or another port */
	IGNORED_SOURCE_MAC, /* from another link-layer address than the peer's handshake */
	IGNORED_FRAGMENT,   /* a piece of a packet, between these two hosts */
	IGNORED_MALFORMED,  /* a length in its headers cannot be */
	IGNORED_COPY,       /* a copy of the packet before it, made on the path */
	IGNORED_OTHER_PORT, /* the peer's answer to what we sent from another port */
	IGNORED_COUNT
};

/* "bad checksum", "another host or port" ... */
const char *ignored_name(enum ignored why);
bool ignored_parse(const char *text, enum ignored *out);

#endif
