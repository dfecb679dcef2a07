/* The lines of the control protocol, and how they pass: both ends use it. Knows nothing of what is asked. */
#include "lab/protocol.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/literal.h"
#include "base/memory.h"
#include "base/text.h"

enum { WORDS_MAX = 4 + PROTOCOL_NUMBERS_MAX };

#define PROTOCOL_ROW(verb, word, numbers) {word, numbers},
static const struct {
	const char *word;
	int numbers;
} verbs[] = {PROTOCOL_VERBS(PROTOCOL_ROW)};

bool verb_parse(const char *word, enum verb *out)
{
	for (unsigned v = 0; v < VERB_COUNT; v++)
		if (strcmp(verbs[v].word, word) == 0) {
			*out = (enum verb)v;
			return true;
		}
	return false;
}

/* Splits a line in place at its blanks; returns the number of words, -1 where there are too many. */
static int split(char *line, char *words[WORDS_MAX])
{
	int count = 0;
	char *word;

	while ((word = strsep(&line, " "))) {
		if (!*word)
			continue;
		if (count == WORDS_MAX)
			return -1;
		words[count++] = word;
	}
	return count;
}

bool protocol_number(const char *text, uint64_t most, uint64_t *out)
{
	return literal_number("", text, 0, most, out, NULL);
}

bool request_parse(char *line, struct request *out)
{
	char *words[WORDS_MAX];
	int count = split(line, words);
	uint64_t id, port;

	*out = (struct request){0};
	if (count < 3 || !protocol_number(words[0], UINT32_MAX, &id) || id == 0 ||
	    !verb_parse(words[1], &out->verb))
		return false;
	out->id = (unsigned)id;
	if (out->verb == VERB_SYSCTL) {
		struct cut name = cut_start(out->name, sizeof out->name);

		cut_add(&name, "%s", words[2]);
		return count == 3 && name.len == strlen(words[2]);
	}
	if (count != 4 + verbs[out->verb].numbers || !address_parse(words[2], &out->tester) ||
	    !protocol_number(words[3], UINT16_MAX, &port) || port == 0)
		return false;
	out->port = (uint16_t)port;
	for (int i = 0; i < verbs[out->verb].numbers; i++)
		if (!protocol_number(words[4 + i], INT64_MAX, &out->numbers[i]))
			return false;
	return true;
}

size_t request_format(const struct request *r, char line[PROTOCOL_LINE_BYTES])
{
	struct cut to = cut_start(line, PROTOCOL_LINE_BYTES);
	char text[ADDR_TEXT_BYTES];

	cut_add(&to, "%u %s", r->id, verbs[r->verb].word);
	if (r->verb == VERB_SYSCTL)
		cut_add(&to, " %s", r->name);
	else
		cut_add(&to, " %s %u", addr_text(&r->tester, text), r->port);
	for (int i = 0; i < verbs[r->verb].numbers; i++)
		cut_add(&to, " %" PRIu64, r->numbers[i]);
	cut_add(&to, "\n");
	return to.len;
}

/* After "ok": nothing, or a word and what belongs to it. */
static bool parse_result(char *text, struct control_reply *out)
{
	char *words[WORDS_MAX];
	uint64_t number;
	int count;

	if (strncmp(text, "value ", 6) == 0) {
		strncpy(out->text, text + 6, sizeof out->text - 1);
		return true;
	}
	count = split(text, words);
	if (count == 2 && strcmp(words[0], "port") == 0 && protocol_number(words[1], UINT16_MAX, &number)) {
		out->port = (uint16_t)number;
		return true;
	}
	if (count < 2 || strcmp(words[0], "state") != 0 || !state_parse(words[1], &out->state.state))
		return count == 0;
	out->state.known = true;
	out->state.held = count > 2 && strcmp(words[count - 1], "held") == 0;
	count -= out->state.held;
	if (count == 2)
		return true;
	if (count != 4 || strcmp(words[2], "timer") != 0 || !protocol_number(words[3], INT64_MAX, &number))
		return false;
	out->state.has_timer = true;
	out->state.timer_ns = (int64_t)number;
	return true;
}

/* "unseen", or "unseen ADDR PORT". All else is a sentence. */
static void parse_unseen(const char *text, struct control_reply *out)
{
	char copy[CONTROL_TEXT_BYTES], *words[WORDS_MAX];
	uint64_t port;
	int count;

	snprintf(copy, sizeof copy, "%s", text);
	count = split(copy, words);
	out->unseen = count > 0 && strcmp(words[0], "unseen") == 0 &&
	              (count == 1 || (count == 3 && address_parse(words[1], &out->other) &&
	                              protocol_number(words[2], UINT16_MAX, &port)));
	if (!out->unseen)
		out->other = (struct addr){0};
	else if (count == 3)
		out->other_port = (uint16_t)port;
	if (out->unseen)
		out->text[0] = '\0';
}

bool reply_parse(char *line, struct control_reply *out)
{
	const char *id = strsep(&line, " "), *kind = strsep(&line, " ");
	uint64_t number;

	*out = (struct control_reply){0};
	if (!kind || !protocol_number(id, UINT32_MAX, &number))
		return false;
	out->id = (unsigned)number;
	out->ok = strcmp(kind, "ok") == 0;
	if (out->ok)
		return !line || parse_result(line, out);
	strncpy(out->text, line ? line : "", sizeof out->text - 1);
	if (out->id != 0)
		parse_unseen(out->text, out);
	return strcmp(kind, "no") == 0;
}

size_t reply_format(const struct control_reply *r, char line[PROTOCOL_LINE_BYTES])
{
	struct cut to = cut_start(line, PROTOCOL_LINE_BYTES);
	char text[ADDR_TEXT_BYTES];

	cut_add(&to, "%u %s", r->id, r->ok ? "ok" : "no");
	if (r->unseen)
		cut_add(&to, " unseen");
	if (r->unseen && r->other.family)
		cut_add(&to, " %s %u", addr_text(&r->other, text), r->other_port);
	if (r->state.known)
		cut_add(&to, " state %s", state_name(r->state.state));
	if (r->state.has_timer)
		cut_add(&to, " timer %" PRId64, r->state.timer_ns);
	if (r->state.held)
		cut_add(&to, " held");
	if (r->port)
		cut_add(&to, " port %u", r->port);
	if (*r->text)
		cut_add(&to, r->ok ? " value %s" : " %s", r->text);
	cut_add(&to, "\n");
	return to.len;
}

/* --- over a stream --- */

static bool comes_later(void) { return errno == EAGAIN || errno == EINTR; }

bool lines_read(struct lines *l)
{
	size_t room = sizeof l->in - l->in_len;
	ssize_t got = room > 0 ? recv(l->fd, l->in + l->in_len, room, MSG_DONTWAIT) : 0;

	if (room > 0 && (got == 0 || (got < 0 && !comes_later())))
		l->gone = true;
	l->in_len += got > 0 ? (size_t)got : 0;
	return got > 0;
}

bool lines_waiting(const struct lines *l) { return memchr(l->in, '\n', l->in_len); }

int lines_take(struct lines *l, char line[PROTOCOL_LINE_BYTES])
{
	const char *end = memchr(l->in, '\n', l->in_len);
	size_t len = end ? (size_t)(end - l->in) : l->in_len;

	if (len >= PROTOCOL_LINE_BYTES)
		return -1;
	if (!end)
		return 0;
	memcpy(line, l->in, len);
	line[len] = '\0';
	l->in_len -= len + 1;
	memmove(l->in, end + 1, l->in_len);
	return 1;
}

void lines_flush(struct lines *l)
{
	while (l->out_len > 0 && !l->gone) {
		ssize_t sent = send(l->fd, l->out, l->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && !comes_later())
			l->gone = true;
		if (sent <= 0)
			return;
		l->out_len -= (size_t)sent;
		memmove(l->out, l->out + sent, l->out_len);
	}
}

void lines_put(struct lines *l, const char *text, size_t len)
{
	if (l->out_len + len > l->out_room) {
		l->out_room = 2 * l->out_room + PROTOCOL_LINE_BYTES;
		l->out = memory_resize(l->out, l->out_room, 1);
	}
	memcpy(l->out + l->out_len, text, len);
	l->out_len += len;
}

void lines_free(struct lines *l)
{
	close(l->fd);
	free(l->out);
}
