/* The shared names, one table for each enum. */
#include "names.h"

#include <ctype.h>

static const char *const states[STATE_COUNT] = {
    [STATE_CLOSED] = "CLOSED",           [STATE_LISTEN] = "LISTEN",
    [STATE_SYN_SENT] = "SYN-SENT",       [STATE_SYN_RECEIVED] = "SYN-RECEIVED",
    [STATE_ESTABLISHED] = "ESTABLISHED", [STATE_FIN_WAIT_1] = "FIN-WAIT-1",
    [STATE_FIN_WAIT_2] = "FIN-WAIT-2",   [STATE_CLOSE_WAIT] = "CLOSE-WAIT",
    [STATE_CLOSING] = "CLOSING",         [STATE_LAST_ACK] = "LAST-ACK",
    [STATE_TIME_WAIT] = "TIME-WAIT",
};

static const char *const roles[] = {
    [ROLE_NONE] = "none",       [ROLE_ACTIVE] = "active",
    [ROLE_PASSIVE] = "passive", [ROLE_SIMULTANEOUS] = "simultaneous",
    [ROLE_LISTEN] = "listen",
};

static const char *const provokes[PROVOKE_COUNT] = {
    [PROVOKE_CLOSE] = "close",     [PROVOKE_SHUTDOWN] = "shutdown",
    [PROVOKE_HOLD] = "hold",       [PROVOKE_RESET] = "reset",
    [PROVOKE_CRASH] = "crash",     [PROVOKE_CRASH_UNREAD] = "crash-unread",
    [PROVOKE_WRITE] = "write",     [PROVOKE_READ] = "read",
    [PROVOKE_NOREAD] = "noread",   [PROVOKE_KEEPALIVE] = "keepalive",
    [PROVOKE_CONNECT] = "connect",
};

static const char *const verdicts[] = {
    [VERDICT_NONE] = "none", [VERDICT_PASS] = "pass",   [VERDICT_FAIL] = "fail",
    [VERDICT_SKIP] = "skip", [VERDICT_ERROR] = "error", [VERDICT_WARN] = "warn",
};

static const char *const levels[LEVEL_COUNT] = {
    [LEVEL_MUST] = "must",     [LEVEL_STATED] = "stated", [LEVEL_SHOULD] = "should",
    [LEVEL_CHOICE] = "choice", [LEVEL_MAY] = "may",
};

static const char *const ignored[IGNORED_COUNT] = {
    [IGNORED_NOT] = "not ignored",
    [IGNORED_CHECKSUM] = "bad checksum",
    [IGNORED_STRANGER] = "another host or port",
    [IGNORED_SOURCE_MAC] = "another link address",
    [IGNORED_FRAGMENT] = "fragment",
    [IGNORED_MALFORMED] = "malformed",
    [IGNORED_COPY] = "copy made on the path",
    [IGNORED_OTHER_PORT] = "to our other port",
};

int name_find(const char *const *table, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		const char *a = table[i], *b = text;

		while (*a && (*a == '_' ? '-' : tolower((unsigned char)*a)) ==
		                 (*b == '_' ? '-' : tolower((unsigned char)*b))) {
			a++;
			b++;
		}
		if (*a == *b)
			return (int)i;
	}
	return -1;
}

const char *state_name(enum tcp_state s) { return states[s]; }
const char *role_name(enum role r) { return roles[r]; }
const char *provoke_name(enum provoke p) { return provokes[p]; }
const char *verdict_name(enum verdict_kind v) { return verdicts[v]; }
const char *level_name(enum level l) { return levels[l]; }

enum verdict_kind level_verdict(enum level l)
{
	switch (l) {
	case LEVEL_SHOULD:
	case LEVEL_CHOICE: return VERDICT_WARN;
	case LEVEL_MAY: return VERDICT_PASS;
	case LEVEL_MUST:
	case LEVEL_STATED:
	case LEVEL_COUNT: break;
	}
	return VERDICT_FAIL;
}

const char *ignored_name(enum ignored why) { return ignored[why]; }

NAME_PARSE(state_parse, enum tcp_state, states, 0)
NAME_PARSE(role_parse, enum role, roles, 1)
NAME_PARSE(provoke_parse, enum provoke, provokes, 0)
NAME_PARSE(level_parse, enum level, levels, 0)
NAME_PARSE(ignored_parse, enum ignored, ignored, 0)
