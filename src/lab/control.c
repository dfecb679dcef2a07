/* The tester's end of the control channel: lines out, replies in. Knows
 * nothing of scenarios or of the agent's workings. */
#include "lab/control.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/memory.h"

static const int64_t ADOPT_TIMEOUT_NS = 5 * NS_PER_S;

struct control {
	struct lines lines;
	unsigned last_id;
	uint16_t data_port;
	char stack[PROTOCOL_NAME_BYTES]; /* "": it does not say */
	uint32_t cannot;                 /* bits 1 << enum provoke */
	struct diag end;                 /* why nothing is read any more; "": it still is */
};

static uint32_t provokes(char *words)
{
	uint32_t bits = 0;
	enum provoke kind;
	const char *word;

	while ((word = strsep(&words, ",")))
		if (provoke_parse(word, &kind))
			bits |= 1u << kind;
	return bits;
}

/* Words and values; what is not known is of a later version. */
static void take_pairs(struct control *c, char *rest)
{
	const char *word;

	while ((word = strsep(&rest, " ")) && rest) {
		char *value = strsep(&rest, " ");

		if (strcmp(word, "stack") == 0)
			snprintf(c->stack, sizeof c->stack, "%s", value);
		else if (strcmp(word, "cannot") == 0)
			c->cannot = provokes(value);
	}
}

/* The agent speaks first: waits for that line. */
static bool await_hello(struct control *c, int64_t deadline_ns, bool *refused, struct diag *d)
{
	static const char no[] = PROTOCOL_HELLO "no ", yes[] = PROTOCOL_HELLO "data-port ";
	char line[PROTOCOL_LINE_BYTES], *rest;
	uint64_t port;
	int got;

	while ((got = lines_take(&c->lines, line)) == 0) {
		struct pollfd p = {.fd = c->lines.fd, .events = POLLIN};
		int64_t remaining_ns = deadline_ns - clock_mono_ns();

		if (remaining_ns <= 0)
			return diag_set(
			    d, "it accepts the connection, but sends no greeting: not a fourwave peer");
		if (c->lines.gone)
			return diag_set(d, "the agent ended the control channel at once");
		if (poll(&p, 1, (int)(remaining_ns / NS_PER_MS) + 1) > 0)
			lines_read(&c->lines);
	}
	*refused = got > 0 && strncmp(line, no, strlen(no)) == 0;
	if (*refused)
		return diag_set(d, "fourwave peer is there, but takes nobody now: %s", line + strlen(no));
	rest = got > 0 && strncmp(line, yes, strlen(yes)) == 0 ? line + strlen(yes) : NULL;
	if (!rest || !protocol_number(strsep(&rest, " "), UINT16_MAX, &port))
		return diag_set(d, "what answers there is not a fourwave peer of this version");
	c->data_port = (uint16_t)port;
	take_pairs(c, rest);
	return true;
}

/* Takes over fd. */
static struct control *begin(int fd, int64_t deadline_ns, bool *refused, struct diag *d)
{
	struct control *c = memory_new(1, sizeof *c);

	c->lines.fd = fd;
	if (await_hello(c, deadline_ns, refused, d))
		return c;
	control_free(c);
	return NULL;
}

struct control *control_adopt(int fd, struct diag *d)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	bool refused;

	if (own >= 0)
		return begin(own, clock_mono_ns() + ADOPT_TIMEOUT_NS, &refused, d);
	diag_set(d, "cannot take the control channel: %s", strerror(errno));
	return NULL;
}

/* Connects a non-blocking socket, and waits for that, timeout_ms at most. 0, or errno's value. */
static int connect_within(int fd, const struct sockaddr_storage *to, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t len = sizeof error;

	if (connect(fd, (const struct sockaddr *)to, sizeof *to) < 0 && errno != EINPROGRESS)
		return errno;
	if (poll(&p, 1, timeout_ms) <= 0)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ? errno : error;
}

struct control *control_connect(const struct control_place *at, int timeout_ms, bool *refused, struct diag *d)
{
	int64_t deadline_ns = clock_mono_ns() + timeout_ms * NS_PER_MS;
	struct sockaddr_storage where;
	char text[ADDR_TEXT_BYTES];
	int fd, error;

	*refused = false;
	address_to_socket(&at->address, at->port, &where);
	address_set_scope(&where, at->scope);
	fd = socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	error = fd < 0 ? errno : connect_within(fd, &where, timeout_ms);
	if (!error)
		return begin(fd, deadline_ns, refused, d);
	if (error == ECONNREFUSED)
		diag_set(d, "no agent listens at %s port %u: start \"fourwave peer\" there",
		         addr_text(&at->address, text), at->port);
	else
		diag_set(d, "no agent at %s port %u: %s", addr_text(&at->address, text), at->port,
		         strerror(error));
	if (fd >= 0)
		close(fd);
	return NULL;
}

void control_free(struct control *c)
{
	if (c)
		lines_free(&c->lines);
	free(c);
}

int control_fd(const struct control *c) { return c->lines.fd; }

bool control_wants_write(const struct control *c) { return c->lines.out_len > 0 && !c->lines.gone; }

uint16_t control_data_port(const struct control *c) { return c->data_port; }

const char *control_stack(const struct control *c) { return *c->stack ? c->stack : NULL; }

uint32_t control_cannot(const struct control *c) { return c->cannot; }

bool control_flush(struct control *c)
{
	lines_flush(&c->lines);
	return !c->lines.gone;
}

static unsigned send_request(struct control *c, struct request *r)
{
	char line[PROTOCOL_LINE_BYTES];

	r->id = ++c->last_id;
	if (r->id == 0)
		r->id = c->last_id = 1;
	lines_put(&c->lines, line, request_format(r, line));
	return control_flush(c) ? r->id : 0;
}

unsigned control_ask(struct control *c, enum verb verb, const struct addr *tester, uint16_t port)
{
	return send_request(c, &(struct request){.verb = verb, .tester = *tester, .port = port});
}

unsigned control_get_sysctl(struct control *c, const char *name)
{
	struct request r = {.verb = VERB_SYSCTL};

	snprintf(r.name, sizeof r.name, "%s", name);
	return send_request(c, &r);
}

unsigned control_provoke(struct control *c, const struct addr *tester, uint16_t port,
                         const struct provocation *p)
{
	struct request r = {.tester = *tester, .port = port};
	bool later = p->kind == PROVOKE_CLOSE && p->on_eof;
	bool known = verb_parse(later ? "close-on-eof" : provoke_name(p->kind), &r.verb);

	assert(known);
	(void)known;
	if (later) {
		r.numbers[0] = (uint64_t)p->delay_ns;
	} else if (p->kind == PROVOKE_WRITE) {
		r.numbers[0] = p->bytes;
	} else if (p->kind == PROVOKE_KEEPALIVE) {
		r.numbers[0] = (uint64_t)p->idle_ns;
		r.numbers[1] = (uint64_t)p->interval_ns;
		r.numbers[2] = p->count;
	}
	return send_request(c, &r);
}

/* A line, or why there is none and never will be. 0: later. */
static int next_reply(struct control *c, struct control_reply *out)
{
	char line[PROTOCOL_LINE_BYTES];
	int got = lines_take(&c->lines, line);

	if (got == 0) {
		lines_read(&c->lines);
		got = lines_take(&c->lines, line);
	}
	if (got == 0 && !c->lines.gone)
		return 0;
	if (got == 0)
		diag_set(&c->end, "the agent's control channel has ended");
	else if (got < 0)
		diag_set(&c->end, "the agent sent a line without an end");
	else if (!reply_parse(line, out) || (out->id == 0 && out->ok))
		diag_set(&c->end, "the agent sent a reply that is not of the protocol");
	else if (out->id == 0)
		diag_set(&c->end, "%s", out->text);
	else
		return 1;
	return -1;
}

int control_read(struct control *c, struct control_reply *out, struct diag *d)
{
	int got = *c->end.text ? -1 : next_reply(c, out);

	if (got < 0)
		diag_set(d, "%s", c->end.text);
	return got;
}

void control_why(struct control *c, struct diag *d)
{
	struct control_reply lost;

	c->lines.gone = true;
	while (control_read(c, &lost, d) > 0)
		;
}
