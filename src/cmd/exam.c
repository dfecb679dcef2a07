/* A session with an agent that may do anything. Knows the form of the lines, nothing of what they do. */
#include "cmd/exam.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/memory.h"

enum { CONNECT_MS = 5000, GREETING_MS = 5000, STATE_POLL_MS = 10, LINES_MOST = 100000 };

static int64_t ms_until(int64_t deadline_ns)
{
	int64_t left = deadline_ns - clock_mono_ns();

	return left > 0 ? left / NS_PER_MS + 1 : 0;
}

/* --- what a check found --- */

static void found(struct exam *e, enum finding finding, const char *fmt, va_list args)
{
	e->finding = finding;
	vsnprintf(e->text, sizeof e->text, fmt, args);
}

#define FOUND(finding)                                                                                       \
	do {                                                                                                 \
		va_list args;                                                                                \
		va_start(args, fmt);                                                                         \
		found(e, finding, fmt, args);                                                                \
		va_end(args);                                                                                \
	} while (0)

bool exam_wrong(struct exam *e, const char *fmt, ...)
{
	FOUND(FINDING_NO);
	return false;
}

bool exam_missing(struct exam *e, const char *fmt, ...)
{
	FOUND(FINDING_NOTE);
	return false;
}

bool exam_fine(struct exam *e, const char *fmt, ...)
{
	FOUND(FINDING_OK);
	return true;
}

/* --- begin and end --- */

struct exam exam_new(const struct control_place *at, const struct control_place *data)
{
	struct exam e = {.at = *at, .data = *data, .lines.fd = -1, .one.fd = -1, .two.fd = -1};

	exam_took(&e, 0);
	return e;
}

void exam_free(struct exam *e)
{
	exam_end(e);
	free(e->asked);
}

void exam_took(struct exam *e, int64_t ns)
{
	int ms = (int)(ns / NS_PER_MS);

	if (200 + 2 * ms <= e->pause_ms)
		return;
	e->answer_ms = 6000 + 10 * ms;
	e->effect_ms = 3000 + 10 * ms;
	e->pause_ms = 200 + 2 * ms;
}

/* Our address towards where the connections go. Sends nothing. */
static bool find_own(struct exam *e, struct diag *d)
{
	char text[ADDR_TEXT_BYTES];
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(&e->data.address, 9, &where);
	int fd = socket(where.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool found;

	address_set_scope(&where, e->data.scope);
	found = fd >= 0 && connect(fd, (struct sockaddr *)&where, len) == 0 &&
	        (len = sizeof where, getsockname(fd, (struct sockaddr *)&where, &len)) == 0;
	if (!found)
		diag_set(d, "no way to %s: %s", addr_text(&e->data.address, text), strerror(errno));
	address_from_socket(&where, &e->own, NULL);
	if (fd >= 0)
		close(fd);
	return found;
}

static bool connect_to(struct exam *e, struct diag *d)
{
	char text[ADDR_TEXT_BYTES];
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(&e->at.address, e->at.port, &where);
	int fd = socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval wait = {.tv_sec = CONNECT_MS / 1000}, forever = {0};
	int64_t began_ns = clock_mono_ns();

	address_set_scope(&where, e->at.scope);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	if (fd < 0 || connect(fd, (struct sockaddr *)&where, len) < 0) {
		int error = errno == EINPROGRESS ? ETIMEDOUT : errno;

		if (fd >= 0)
			close(fd);
		return diag_set(d, "no agent at %s port %u: %s", addr_text(&e->at.address, text), e->at.port,
		                strerror(error));
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof forever);
	exam_took(e, clock_mono_ns() - began_ns);
	e->lines = (struct lines){.fd = fd};
	e->lines_come = 0;
	return true;
}

static void strange(struct exam *e, const char *line, const char *why)
{
	if (!*e->strange)
		snprintf(e->strange, sizeof e->strange, "came \"%s\", %s", line, why);
}

/* The next line, waiting for it: 1, 0 none, -1 one that is too long. */
static int next_line(struct exam *e, char line[PROTOCOL_LINE_BYTES], int64_t deadline_ns)
{
	struct pollfd p = {.fd = e->lines.fd, .events = POLLIN};
	int got;

	while ((got = lines_take(&e->lines, line)) == 0 && !e->lines.gone) {
		p.events = (short)(POLLIN | (e->lines.out_len > 0 ? POLLOUT : 0));
		if (poll(&p, 1, (int)ms_until(deadline_ns)) <= 0)
			return 0;
		if (p.revents & POLLOUT)
			lines_flush(&e->lines);
		if (p.revents & ~POLLOUT)
			lines_read(&e->lines);
	}
	/* One that never stops would keep us for ever. */
	if (got > 0 && ++e->lines_come > LINES_MOST) {
		strange(e, line, "and very many lines that nobody asked for");
		e->lines.gone = true;
		return 0;
	}
	return got;
}

bool exam_begin(struct exam *e, struct diag *d)
{
	int got;

	e->about = SIZE_MAX;
	exam_end(e);
	e->greeting[0] = '\0';
	if (!find_own(e, d) || !connect_to(e, d))
		return false;
	got = next_line(e, e->greeting, clock_mono_ns() + GREETING_MS * NS_PER_MS);
	if (got > 0)
		return true;
	return diag_set(d, got < 0         ? "what it says first is longer than any line of the protocol"
	                   : e->lines.gone ? "it ends the session before it has greeted"
	                                   : "it takes the connection, but sends no greeting");
}

void exam_end(struct exam *e)
{
	if (e->lines.fd >= 0)
		lines_free(&e->lines);
	e->lines = (struct lines){.fd = -1};
}

static bool take_pair(struct exam *e, const char *word, char *value, struct diag *d)
{
	enum provoke kind;

	if (strcmp(word, "stack") == 0)
		snprintf(e->stack, sizeof e->stack, "%s", value);
	if (strcmp(word, "cannot") != 0)
		return true;
	for (const char *name; (name = strsep(&value, ","));) {
		if (!provoke_parse(name, &kind))
			return diag_set(d, "\"cannot\" names \"%s\", which is none of its words", name);
		e->cannot |= 1U << kind;
	}
	return true;
}

bool exam_greeted(struct exam *e, struct diag *d)
{
	static const char no[] = PROTOCOL_HELLO "no ", yes[] = PROTOCOL_HELLO "data-port ";
	char line[PROTOCOL_LINE_BYTES], *rest = line;
	const char *word;
	uint64_t port;

	e->cannot = 0;
	e->stack[0] = '\0';
	snprintf(line, sizeof line, "%s", e->greeting);
	if (strncmp(line, no, strlen(no)) == 0)
		return diag_set(d, "it takes nobody now");
	if (strncmp(line, yes, strlen(yes)) != 0)
		return diag_set(d, "that is no greeting");
	if (strpbrk(line, "\r\t") || strstr(line, "  ") || line[strlen(line) - 1] == ' ')
		return diag_set(d,
		                "words have one blank between them, and the line ends with a newline alone");
	rest += strlen(yes);
	if (!protocol_number(strsep(&rest, " "), UINT16_MAX, &port) || port == 0)
		return diag_set(d, "the data port is no port");
	e->data.port = (uint16_t)port;
	while ((word = strsep(&rest, " "))) {
		if (!rest)
			return diag_set(d, "\"%s\" has no value behind it", word);
		if (!take_pair(e, word, strsep(&rest, " "), d))
			return false;
	}
	return true;
}

/* --- asking --- */

static size_t put(struct exam *e, struct request *r)
{
	struct question *a = LIST_ADD(e->asked, e->asked_count, e->asked_room);
	size_t len;

	/* The first has the largest id of all. */
	*a = (struct question){.id = e->last_id == 0 ? UINT32_MAX : e->last_id};
	e->last_id++;
	r->id = a->id;
	len = request_format(r, a->line);
	lines_put(&e->lines, a->line, len);
	a->line[len - 1] = '\0';
	return e->about = e->asked_count - 1;
}

size_t exam_ask(struct exam *e, enum verb verb, const struct ours *o, const uint64_t *numbers)
{
	struct request r = {.verb = verb, .tester = e->own, .port = o->port};

	for (int i = 0; numbers && i < PROTOCOL_NUMBERS_MAX; i++)
		r.numbers[i] = numbers[i];
	return put(e, &r);
}

size_t exam_ask_sysctl(struct exam *e, const char *name)
{
	struct request r = {.verb = VERB_SYSCTL};

	snprintf(r.name, sizeof r.name, "%s", name);
	return put(e, &r);
}

void exam_send(struct exam *e, const char *text)
{
	lines_put(&e->lines, text, strlen(text));
	lines_flush(&e->lines);
}

void exam_send_in_two(struct exam *e)
{
	char rest[4];

	e->lines.out_len -= sizeof rest;
	memcpy(rest, e->lines.out + e->lines.out_len, sizeof rest);
	lines_flush(&e->lines);
	poll(NULL, 0, e->pause_ms);
	lines_put(&e->lines, rest, sizeof rest);
	lines_flush(&e->lines);
}

/* --- answers --- */

static void take_answer(struct exam *e, const char *line)
{
	char copy[PROTOCOL_LINE_BYTES];
	struct control_reply reply;
	struct question *a = NULL;

	snprintf(copy, sizeof copy, "%s", line);
	if (!reply_parse(copy, &reply)) {
		strange(e, line, "which is not of the protocol");
		return;
	}
	for (size_t i = 0; i < e->asked_count && !a; i++)
		if (e->asked[i].id == reply.id)
			a = &e->asked[i];
	if (!a) {
		strange(e, line, reply.id == 0 ? "a farewell" : "and nobody asked that");
		return;
	}
	if (a->answers++ > 0) {
		strange(e, line, "which was answered already");
		return;
	}
	snprintf(a->came, sizeof a->came, "%s", line);
	a->reply = reply;
}

bool exam_answered_in(struct exam *e, size_t which, int ms)
{
	int64_t deadline = clock_mono_ns() + ms * NS_PER_MS;
	char line[PROTOCOL_LINE_BYTES];
	int got = 1;

	while (e->asked[which].answers == 0 && (got = next_line(e, line, deadline)) > 0)
		take_answer(e, line);
	if (got < 0) {
		strange(e, line, "a line without an end");
		e->lines.gone = true;
	}
	return e->asked[which].answers > 0;
}

void exam_listen(struct exam *e, int ms)
{
	int64_t deadline = clock_mono_ns() + ms * NS_PER_MS;
	char line[PROTOCOL_LINE_BYTES];

	while (next_line(e, line, deadline) > 0)
		take_answer(e, line);
}

bool exam_answered(struct exam *e, size_t which)
{
	e->about = which;
	if (exam_answered_in(e, which, e->answer_ms))
		return true;
	e->silences++;
	if (e->lines_come > LINES_MOST)
		return exam_wrong(e, "very many other lines, and no answer");
	if (e->lines.gone)
		return exam_wrong(e, "it ended the session");
	return exam_wrong(e, "no answer within %d s", e->answer_ms / 1000);
}

bool exam_do(struct exam *e, enum verb verb, const struct ours *o, const uint64_t *numbers)
{
	size_t which = exam_ask(e, verb, o, numbers);

	if (!exam_answered(e, which))
		return false;
	if (e->asked[which].reply.ok)
		return true;
	e->refused |= 1U << verb;
	if (verb == VERB_CLAIM || verb == VERB_RELEASE || verb == VERB_CLOSE_ON_EOF)
		return exam_wrong(e, "it refuses");
	return exam_wrong(e, "it refuses, and \"cannot\" of its greeting does not name it");
}

bool exam_state(struct exam *e, const struct ours *o, unsigned wanted)
{
	int64_t deadline = clock_mono_ns() + e->effect_ms * NS_PER_MS;

	while (!e->stateless) {
		size_t which = exam_ask(e, VERB_STATE, o, NULL);
		const struct question *a = &e->asked[which];

		if (!exam_answered(e, which))
			return false;
		if (!a->reply.ok)
			return exam_wrong(e, "it has told other states");
		if (!a->reply.state.known)
			return exam_wrong(e, "that is no state");
		if (wanted & 1U << a->reply.state.state)
			return true;
		if (clock_mono_ns() > deadline)
			return exam_wrong(e, "that is another state than it must have by now");
		poll(NULL, 0, STATE_POLL_MS);
	}
	return true;
}

bool exam_ends(struct exam *e, char text[PROTOCOL_LINE_BYTES], int ms)
{
	int64_t deadline = clock_mono_ns() + ms * NS_PER_MS;
	char line[PROTOCOL_LINE_BYTES];
	int got;

	text[0] = '\0';
	while ((got = next_line(e, line, deadline)) > 0)
		snprintf(text, PROTOCOL_LINE_BYTES, "%s", line);
	return got == 0 && e->lines.gone;
}
