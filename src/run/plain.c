/* The bytes that make a plain server, or client, act. Sends nothing itself. */
#include "run/plain.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/literal.h"
#include "base/memory.h"

enum { PORTS_MAX = 10 };

static const struct protocol {
	const char *name, *close, *answer;
	bool speaks_first, closes_on_eof;
	uint16_t ports[PORTS_MAX];
} protocols[] = {
#define PROTOCOL(name, close, answer, speaks_first, closes_on_eof, ...)                                      \
	{#name, close, answer, speaks_first, closes_on_eof, {__VA_ARGS__}},
    PLAIN_PROTOCOLS(PROTOCOL)};

enum { PROTOCOL_COUNT = sizeof protocols / sizeof *protocols };

/* *text is after the backslash. */
static bool escape(const char **text, uint8_t *out, struct diag *d)
{
	static const char letters[] = "nrtabfv\\\"'", bytes[] = "\n\r\t\a\b\f\v\\\"'";
	unsigned value = 0;
	const char *at;
	char c;

	if (**text >= '0' && **text <= '7') { /* \0 to \377 */
		for (int i = 0; i < 3 && **text >= '0' && **text <= '7'; i++)
			value = value * 8 + (unsigned)(*(*text)++ - '0');
		*out = (uint8_t)value;
		return value <= UINT8_MAX || diag_set(d, "--provoke: \\%o is over a byte", value);
	}
	if (**text == '\0')
		return diag_set(d, "--provoke: a backslash at the end says nothing");
	c = *(*text)++;
	if (c == 'x') { /* one or two digits */
		if (literal_hex_digit(**text) < 0)
			return diag_set(d, "--provoke: after \\x a hexadecimal digit must follow");
		for (int i = 0; i < 2 && literal_hex_digit(**text) >= 0; i++)
			value = value * 16 + (unsigned)literal_hex_digit(*(*text)++);
		*out = (uint8_t)value;
		return true;
	}
	at = strchr(letters, c);
	if (!at)
		return diag_set(d, "--provoke: unknown escape \\%c", c);
	*out = (uint8_t)bytes[at - letters];
	return true;
}

uint8_t *plain_unescape(const char *text, size_t *len, struct diag *d)
{
	uint8_t *out = memory_new(strlen(text) + 1, 1);

	*len = 0;
	while (*text != '\0') {
		char c = *text++;
		if (c != '\\') {
			out[(*len)++] = (uint8_t)c;
		} else if (!escape(&text, &out[(*len)++], d)) {
			free(out);
			return NULL;
		}
	}
	return out;
}

/* least: 0 where it may do it by itself. */
static bool set_bytes(struct plain_bytes *out, const char *text, size_t least, struct diag *d)
{
	size_t len;
	uint8_t *bytes = plain_unescape(text, &len, d);

	if (!bytes)
		return false;
	if (len < least || len > PLAIN_BYTES_MAX) {
		free(bytes);
		return diag_set(d, "--provoke: %zu bytes; 1 to %d must leave in one segment", len,
		                PLAIN_BYTES_MAX);
	}
	free(out->bytes);
	*out = (struct plain_bytes){bytes, len};
	return true;
}

static void clear_bytes(struct plain_bytes *b)
{
	free(b->bytes);
	*b = (struct plain_bytes){0};
}

static bool set_protocol(struct plain *plain, const struct protocol *p, const char *host, struct diag *d)
{
	char text[512], quoted[300];

	plain->speaks_first |= p->speaks_first;
	plain->closes_on_eof |= p->closes_on_eof;
	plain->client_speaks |= p->close && !p->speaks_first;
	if (!p->close)
		return true;
	plain->signals[PROVOKE_CLOSE] = 0;
	clear_bytes(&plain->answer);
	if (p->answer && !set_bytes(&plain->answer, p->answer, 1, d))
		return false;
	/* An IPv6 address stands in brackets (RFC 3986, 3.2.2). */
	snprintf(quoted, sizeof quoted, strchr(host, ':') ? "[%s]" : "%s", host);
	snprintf(text, sizeof text, p->close, quoted);
	return set_bytes(&plain->inband[PROVOKE_CLOSE], text, 1, d);
}

/* The user's own words, for whichever it is. */
static bool set_own(struct plain *plain, enum provoke kind, const char *text, size_t least, struct diag *d)
{
	plain->signals[kind] = 0;
	return set_bytes(&plain->inband[kind], text, least, d) &&
	       (kind != PROVOKE_CLOSE || set_bytes(&plain->answer, text, least, d));
}

/* "SIGTERM", or 0. */
static int signal_named(const char *text)
{
	const char *name;

	for (int i = 1; i < NSIG && strncmp(text, "SIG", 3) == 0; i++) {
		name = sigabbrev_np(i);
		if (name && strcmp(text + 3, name) == 0)
			return i;
	}
	return 0;
}

static bool take(struct plain *plain, const char *value, const char *host, struct diag *d)
{
	size_t len = strcspn(value, "=");
	enum provoke kind;
	char word[32];

	plain->given = true;
	if (strcmp(value, "none") == 0) {
		plain_free(plain);
		return true;
	}
	for (int i = 0; i < PROTOCOL_COUNT; i++)
		if (strcmp(value, protocols[i].name) == 0)
			return set_protocol(plain, &protocols[i], host, d);
	/* KIND=BYTES; what stands before the first "=" must be a kind, else all of it is bytes. */
	snprintf(word, sizeof word, "%.*s", (int)len, value);
	if (value[len] != '=' || len >= sizeof word || !provoke_parse(word, &kind))
		return set_own(plain, PROVOKE_CLOSE, value, 1, d);
	if (kind == PROVOKE_CONNECT || kind == PROVOKE_KEEPALIVE)
		return diag_set(d, "--provoke: no bytes make a plain server do \"%s\"", word);
	if (!signal_named(value + len + 1))
		return set_own(plain, kind, value + len + 1, 0, d);
	plain->signals[kind] = signal_named(value + len + 1);
	clear_bytes(&plain->inband[kind]);
	if (kind == PROVOKE_CLOSE)
		clear_bytes(&plain->answer);
	return true;
}

bool plain_parse(const struct strings *values, const char *host, struct plain *plain, struct diag *d)
{
	memset(plain, 0, sizeof *plain);
	for (size_t i = 0; i < values->count; i++)
		if (!take(plain, values->items[i], host, d))
			return false;
	return true;
}

struct plain_bytes plain_bytes(const struct plain *plain, enum provoke kind, bool client)
{
	return client && kind == PROVOKE_CLOSE ? plain->answer : plain->inband[kind];
}

const char *plain_guess(uint16_t port)
{
	for (int i = 0; i < PROTOCOL_COUNT; i++)
		for (int n = 0; n < PORTS_MAX && protocols[i].ports[n] != 0; n++)
			if (protocols[i].ports[n] == port)
				return protocols[i].name;
	return "eof";
}

void plain_free(struct plain *plain)
{
	for (int i = 0; i < PROVOKE_COUNT; i++)
		free(plain->inband[i].bytes);
	free(plain->answer.bytes);
	memset(plain, 0, sizeof *plain);
}
