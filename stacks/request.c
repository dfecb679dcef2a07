/* Takes lines of the agent's protocol apart. Knows nothing of connections. */
#include "request.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 4 + REQUEST_NUMBERS_MAX };

static const struct {
	const char *word;
	int numbers; /* that follow ADDR PORT */
} verbs[] = {
    [CLAIM] = {"claim", 0},
    [RELEASE] = {"release", 0},
    [SYSCTL] = {"sysctl", 0},
    [STATE] = {"state", 0},
    [CONNECT] = {"connect", 0},
    [CLOSE] = {"close", 0},
    [CLOSE_ON_EOF] = {"close-on-eof", 1},
    [SHUTDOWN] = {"shutdown", 0},
    [HOLD] = {"hold", 0},
    [RESET] = {"reset", 0},
    [CRASH] = {"crash", 0},
    [CRASH_UNREAD] = {"crash-unread", 0},
    [WRITE] = {"write", 1},
    [READ] = {"read", 0},
    [NOREAD] = {"noread", 0},
    [KEEPALIVE] = {"keepalive", 3},
};

enum { VERBS = sizeof verbs / sizeof *verbs };

static bool parse_number(const char *word, int64_t most, int64_t *out)
{
	char *end;

	*out = strtoll(word, &end, 10);
	return *word >= '0' && *word <= '9' && !*end && *out <= most;
}

static bool parse_verb(const char *word, enum verb *out)
{
	for (unsigned v = 0; v < VERBS; v++)
		if (strcmp(word, verbs[v].word) == 0) {
			*out = (enum verb)v;
			return true;
		}
	return false;
}

bool request_parse(char *line, struct request *r)
{
	char *words[WORDS_MAX + 1], *save = NULL, *word = strtok_r(line, " ", &save);
	int64_t id, port;
	int count = 0;

	*r = (struct request){0};
	for (; word && count <= WORDS_MAX; word = strtok_r(NULL, " ", &save))
		words[count++] = word;
	if (count < 3 || !parse_number(words[0], UINT32_MAX, &id) || id == 0 ||
	    !parse_verb(words[1], &r->verb))
		return false;
	r->id = (unsigned long)id;
	if (r->verb == SYSCTL)
		return count == 3;
	if (count != 4 + verbs[r->verb].numbers || !parse_number(words[3], UINT16_MAX, &port) || port == 0)
		return false;
	r->port = (uint16_t)port;
	for (int i = 0; i < verbs[r->verb].numbers; i++)
		if (!parse_number(words[4 + i], INT64_MAX / 2, &r->numbers[i]))
			return false;
	r->six = strchr(words[2], ':');
	return inet_pton(r->six ? AF_INET6 : AF_INET, words[2], r->address) == 1;
}
