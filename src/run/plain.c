/* The bytes that make a plain server act. Sends nothing itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/literal.h"
#include "run/plain.h"

/* \xHH: one or two digits. */
static bool hex_escape(const char **text, uint8_t *out, struct diag *d)
{
	int value = literal_hex_digit(**text);

	if (value < 0)
		return diag_set(d, "--provoke: after \\x a hexadecimal digit must follow");
	(*text)++;
	if (literal_hex_digit(**text) >= 0)
		value = value * 16 + literal_hex_digit(*(*text)++);
	*out = (uint8_t)value;
	return true;
}

/* \0 to \377: up to three digits. */
static bool octal_escape(const char **text, uint8_t *out, struct diag *d)
{
	unsigned value = 0;

	for (int i = 0; i < 3 && **text >= '0' && **text <= '7'; i++)
		value = value * 8 + (unsigned)(*(*text)++ - '0');
	if (value > 255)
		return diag_set(d, "--provoke: \\%o is over a byte", value);
	*out = (uint8_t)value;
	return true;
}

/* *text is after the backslash. */
static bool escape(const char **text, uint8_t *out, struct diag *d)
{
	static const char letters[] = "nrtabfv\\\"'", bytes[] = "\n\r\t\a\b\f\v\\\"'";

	if (**text >= '0' && **text <= '7')
		return octal_escape(text, out, d);
	char c = *(*text);
	if (c == '\0')
		return diag_set(d, "--provoke: a backslash at the end says nothing");
	(*text)++;
	if (c == 'x')
		return hex_escape(text, out, d);
	const char *at = strchr(letters, c);
	if (!at)
		return diag_set(d, "--provoke: unknown escape \\%c", c);
	*out = (uint8_t)bytes[at - letters];
	return true;
}

uint8_t *plain_unescape(const char *text, size_t *len, struct diag *d)
{
	uint8_t *out = malloc(strlen(text) + 1);
	size_t n = 0;

	if (!out) {
		diag_set(d, "out of memory");
		return NULL;
	}
	while (*text != '\0') {
		if (*text != '\\') {
			out[n++] = (uint8_t)*text++;
			continue;
		}
		text++;
		if (!escape(&text, &out[n++], d)) {
			free(out);
			return NULL;
		}
	}
	*len = n;
	return out;
}

static bool set_bytes(struct plain *plain, enum provoke kind, const char *text, struct diag *d)
{
	size_t len;
	uint8_t *bytes = plain_unescape(text, &len, d);

	if (!bytes)
		return false;
	if (len == 0 || len > PLAIN_BYTES_MAX) {
		free(bytes);
		return diag_set(d, "--provoke: %zu bytes; 1 to %d must leave in one segment", len,
		                PLAIN_BYTES_MAX);
	}
	free(plain->inband[kind].bytes);
	plain->inband[kind].bytes = bytes;
	plain->inband[kind].len = len;
	return true;
}

static bool set_http(struct plain *plain, const char *host, struct diag *d)
{
	bool colons = strchr(host, ':'); /* an IPv6 address (RFC 3986, 3.2.2) */
	char request[512];

	snprintf(request, sizeof request,
	         "GET / HTTP/1.1\\r\\nHost: %s%s%s\\r\\nUser-Agent: fourwave\\r\\n"
	         "Connection: close\\r\\n\\r\\n",
	         colons ? "[" : "", host, colons ? "]" : "");
	plain->closes_on_eof = true;
	return set_bytes(plain, PROVOKE_CLOSE, request, d);
}

static bool set_banner(struct plain *plain, struct diag *d)
{
	plain->speaks_first = true;
	plain->closes_on_eof = true;
	return set_bytes(plain, PROVOKE_CLOSE, "QUIT\\r\\n", d);
}

/* KIND=BYTES; what stands before the first "=" must be a kind, else all of it is bytes. */
static bool set_kind(struct plain *plain, const char *value, struct diag *d)
{
	const char *equals = strchr(value, '=');
	char word[32];
	enum provoke kind;

	if (!equals || (size_t)(equals - value) >= sizeof word)
		return set_bytes(plain, PROVOKE_CLOSE, value, d);
	snprintf(word, sizeof word, "%.*s", (int)(equals - value), value);
	if (!provoke_parse(word, &kind))
		return set_bytes(plain, PROVOKE_CLOSE, value, d);
	if (kind == PROVOKE_CONNECT || kind == PROVOKE_KEEPALIVE)
		return diag_set(d, "--provoke: no bytes make a plain server do \"%s\"", word);
	return set_bytes(plain, kind, equals + 1, d);
}

bool plain_parse(const struct strings *values, const char *host, struct plain *plain, struct diag *d)
{
	memset(plain, 0, sizeof *plain);
	for (size_t i = 0; i < values->count; i++) {
		const char *value = values->items[i];
		bool ok = true;
		if (strcmp(value, "http") == 0)
			ok = set_http(plain, host, d);
		else if (strcmp(value, "banner") == 0)
			ok = set_banner(plain, d);
		else if (strcmp(value, "eof") == 0)
			plain->closes_on_eof = true;
		else if (strcmp(value, "none") == 0)
			plain_free(plain);
		else
			ok = set_kind(plain, value, d);
		if (!ok)
			return false;
		plain->given = strcmp(value, "none") != 0;
	}
	return true;
}

const char *plain_guess(uint16_t port)
{
	static const struct {
		uint16_t port;
		const char *how;
	} known[] = {{80, "http"},   {8000, "http"}, {8008, "http"},  {8080, "http"},  {21, "banner"},
	             {22, "banner"}, {25, "banner"}, {110, "banner"}, {143, "banner"}, {587, "banner"}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].port == port)
			return known[i].how;
	return NULL;
}

void plain_free(struct plain *plain)
{
	for (int i = 0; i < PROVOKE_COUNT; i++)
		free(plain->inband[i].bytes);
	memset(plain, 0, sizeof *plain);
}
