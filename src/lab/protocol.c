/* The lines of the control protocol. No socket here: both ends use it. */
#include "lab/protocol.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"

/* How many numbers follow ADDR PORT; the sysctl's name is its own case. */
static const struct {
	const char *name;
	unsigned numbers;
} verbs[VERB_COUNT] = {
    [VERB_CLAIM] = {"claim", 0},
    [VERB_RELEASE] = {"release", 0},
    [VERB_STATE] = {"state", 0},
    [VERB_SYSCTL] = {"sysctl", 0},
    [VERB_CONNECT] = {"connect", 0},
    [VERB_CLOSE] = {"close", 0},
    [VERB_CLOSE_ON_EOF] = {"close-on-eof", 1},
    [VERB_SHUTDOWN] = {"shutdown", 0},
    [VERB_HOLD] = {"hold", 0},
    [VERB_RESET] = {"reset", 0},
    [VERB_CRASH] = {"crash", 0},
    [VERB_CRASH_UNREAD] = {"crash-unread", 0},
    [VERB_WRITE] = {"write", 1},
    [VERB_READ] = {"read", 0},
    [VERB_NOREAD] = {"noread", 0},
    [VERB_KEEPALIVE] = {"keepalive", 3},
};

const char *verb_name(enum verb v) { return verbs[v].name; }

int protocol_split(char *line, char *words[PROTOCOL_WORDS_MAX])
{
	int count = 0;
	char *rest = line;
	char *word;

	while ((word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		if (count == PROTOCOL_WORDS_MAX)
			return -1;
		words[count++] = word;
	}
	return count;
}

bool protocol_number(const char *text, uint64_t most, uint64_t *out)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned digit = (unsigned char)*text - (unsigned)'0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return value <= most;
}

static bool parse_connection(char **words, struct request *out)
{
	uint64_t port;

	if (!address_parse(words[0], &out->tester) || !protocol_number(words[1], UINT16_MAX, &port) ||
	    port == 0)
		return false;
	out->port = (uint16_t)port;
	for (unsigned i = 0; i < verbs[out->verb].numbers; i++)
		if (!protocol_number(words[2 + i], INT64_MAX, &out->numbers[i]))
			return false;
	return true;
}

bool request_parse(char *line, struct request *out)
{
	char *words[PROTOCOL_WORDS_MAX];
	int count = protocol_split(line, words);
	uint64_t id;
	int verb = 0;

	*out = (struct request){0};
	if (count < 3 || !protocol_number(words[0], UINT32_MAX, &id) || id == 0)
		return false;
	while (verb < VERB_COUNT && strcmp(verbs[verb].name, words[1]) != 0)
		verb++;
	if (verb == VERB_COUNT)
		return false;
	out->id = (unsigned)id;
	out->verb = (enum verb)verb;
	if (out->verb == VERB_SYSCTL)
		return count == 3 &&
		       (size_t)snprintf(out->name, sizeof out->name, "%s", words[2]) < sizeof out->name;
	return count == 4 + (int)verbs[verb].numbers && parse_connection(words + 2, out);
}

size_t request_format(const struct request *r, char line[PROTOCOL_LINE_BYTES])
{
	char text[ADDR_TEXT_BYTES];
	int len;

	if (r->verb == VERB_SYSCTL) {
		len = snprintf(line, PROTOCOL_LINE_BYTES, "%u sysctl %s\n", r->id, r->name);
		return (size_t)len;
	}
	len = snprintf(line, PROTOCOL_LINE_BYTES, "%u %s %s %u", r->id, verbs[r->verb].name,
	               addr_text(&r->tester, text), r->port);
	for (unsigned i = 0; i < verbs[r->verb].numbers; i++)
		len += snprintf(line + len, PROTOCOL_LINE_BYTES - (size_t)len, " %" PRIu64, r->numbers[i]);
	len += snprintf(line + len, PROTOCOL_LINE_BYTES - (size_t)len, "\n");
	return (size_t)len;
}
