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
#include <time.h>
#include <unistd.h>

#include "base/address.h"
#include "lab/protocol.h"

enum { ADOPT_TIMEOUT_MS = 5000 };

struct control {
	int fd;
	bool gone;
	unsigned last_id;
	uint16_t data_port;
	char in[8 * PROTOCOL_LINE_BYTES];
	size_t in_len;
	char *out; /* what could not be written yet */
	size_t out_len, out_size;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads what is there. False where the channel has ended. */
static bool fill(struct control *c)
{
	ssize_t got = recv(c->fd, c->in + c->in_len, sizeof c->in - c->in_len, 0);

	if (got > 0)
		c->in_len += (size_t)got;
	return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Takes a whole line out of the buffer. False: there is none. */
static bool take_line(struct control *c, char line[PROTOCOL_LINE_BYTES])
{
	char *end = memchr(c->in, '\n', c->in_len);
	size_t len, copied;

	if (!end)
		return false;
	len = (size_t)(end - c->in) + 1;
	copied = len < PROTOCOL_LINE_BYTES ? len - 1 : PROTOCOL_LINE_BYTES - 1;
	memcpy(line, c->in, copied);
	line[copied] = '\0';
	c->in_len -= len;
	memmove(c->in, end + 1, c->in_len);
	return true;
}

static bool parse_hello(struct control *c, char *line, bool *refused, struct diag *d)
{
	static const char no[] = PROTOCOL_HELLO "no ", yes[] = PROTOCOL_HELLO "data-port ";
	uint64_t port;

	*refused = strncmp(line, no, strlen(no)) == 0;
	if (*refused)
		return diag_set(d, "fourwave peer is there, but takes nobody now: %s", line + strlen(no));
	if (strncmp(line, yes, strlen(yes)) != 0 || !protocol_number(line + strlen(yes), UINT16_MAX, &port))
		return diag_set(d, "what answers there is not a fourwave peer of this version");
	c->data_port = (uint16_t)port;
	return true;
}

/* The agent speaks first: waits for that line. */
static bool await_hello(struct control *c, int64_t deadline_ms, bool *refused, struct diag *d)
{
	char line[PROTOCOL_LINE_BYTES];

	while (!take_line(c, line)) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};
		int64_t left = deadline_ms - now_ms();

		if (left <= 0)
			return diag_set(
			    d, "it accepts the connection, but sends no greeting: not a fourwave peer");
		if (c->in_len >= PROTOCOL_LINE_BYTES)
			return diag_set(d, "what answers there is not a fourwave peer");
		if (poll(&p, 1, (int)left) > 0 && !fill(c))
			return diag_set(d, "the agent ended the control channel at once");
	}
	return parse_hello(c, line, refused, d);
}

/* Takes over fd. */
static struct control *begin(int fd, int64_t deadline_ms, bool *refused, struct diag *d)
{
	struct control *c = calloc(1, sizeof *c);

	if (!c || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		diag_set(d, "no memory for a control channel");
		free(c);
		close(fd);
		return NULL;
	}
	c->fd = fd;
	if (!await_hello(c, deadline_ms, refused, d)) {
		control_free(c);
		return NULL;
	}
	return c;
}

struct control *control_adopt(int fd, struct diag *d)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	bool refused;

	if (own < 0) {
		diag_set(d, "cannot take the control channel: %s", strerror(errno));
		return NULL;
	}
	return begin(own, now_ms() + ADOPT_TIMEOUT_MS, &refused, d);
}

/* Waits for a connect() under way; errno's value, 0 where it is connected. */
static int await_connected(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t len = sizeof error;

	if (poll(&p, 1, timeout_ms) <= 0)
		return ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return errno;
	return error;
}

struct control *control_connect(const struct control_place *at, int timeout_ms, bool *refused, struct diag *d)
{
	int64_t deadline_ms = now_ms() + timeout_ms;
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(&at->address, at->port, &where);
	char text[ADDR_TEXT_BYTES];
	int fd = socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = 0;

	*refused = false;
	address_set_scope(&where, at->scope);
	if (fd < 0 || (connect(fd, (struct sockaddr *)&where, len) < 0 && errno != EINPROGRESS))
		error = errno;
	else
		error = await_connected(fd, timeout_ms);
	if (!error)
		return begin(fd, deadline_ms, refused, d);
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
	if (!c)
		return;
	close(c->fd);
	free(c->out);
	free(c);
}

int control_fd(const struct control *c) { return c->fd; }

bool control_wants_write(const struct control *c) { return c->out_len > 0 && !c->gone; }

uint16_t control_data_port(const struct control *c) { return c->data_port; }

bool control_flush(struct control *c)
{
	while (control_wants_write(c)) {
		ssize_t sent = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return true;
		if (sent < 0) {
			c->gone = true;
			return false;
		}
		c->out_len -= (size_t)sent;
		memmove(c->out, c->out + sent, c->out_len);
	}
	return !c->gone;
}

static unsigned ask(struct control *c, struct request *r)
{
	char line[PROTOCOL_LINE_BYTES];
	size_t len;

	r->id = ++c->last_id;
	if (r->id == 0)
		r->id = c->last_id = 1;
	len = request_format(r, line);
	if (c->out_len + len > c->out_size) {
		size_t size = 2 * c->out_size + sizeof line;
		char *grown = realloc(c->out, size);

		if (!grown)
			return 0;
		c->out = grown;
		c->out_size = size;
	}
	memcpy(c->out + c->out_len, line, len);
	c->out_len += len;
	return control_flush(c) ? r->id : 0;
}

static unsigned ask_about(struct control *c, enum verb verb, const struct addr *tester, uint16_t port)
{
	struct request r = {.verb = verb, .tester = *tester, .port = port};

	return ask(c, &r);
}

unsigned control_claim(struct control *c, const struct addr *tester, uint16_t port)
{
	return ask_about(c, VERB_CLAIM, tester, port);
}

unsigned control_connect_back(struct control *c, const struct addr *tester, uint16_t port)
{
	return ask_about(c, VERB_CONNECT, tester, port);
}

unsigned control_state(struct control *c, const struct addr *tester, uint16_t port)
{
	return ask_about(c, VERB_STATE, tester, port);
}

unsigned control_release(struct control *c, const struct addr *tester, uint16_t port)
{
	return ask_about(c, VERB_RELEASE, tester, port);
}

unsigned control_get_sysctl(struct control *c, const char *name)
{
	struct request r = {.verb = VERB_SYSCTL};

	snprintf(r.name, sizeof r.name, "%s", name);
	return ask(c, &r);
}

unsigned control_provoke(struct control *c, const struct addr *tester, uint16_t port,
                         const struct provocation *p)
{
	static const enum verb verb_of[PROVOKE_COUNT] = {
	    [PROVOKE_CLOSE] = VERB_CLOSE,     [PROVOKE_SHUTDOWN] = VERB_SHUTDOWN,
	    [PROVOKE_HOLD] = VERB_HOLD,       [PROVOKE_RESET] = VERB_RESET,
	    [PROVOKE_CRASH] = VERB_CRASH,     [PROVOKE_CRASH_UNREAD] = VERB_CRASH_UNREAD,
	    [PROVOKE_WRITE] = VERB_WRITE,     [PROVOKE_READ] = VERB_READ,
	    [PROVOKE_NOREAD] = VERB_NOREAD,   [PROVOKE_KEEPALIVE] = VERB_KEEPALIVE,
	    [PROVOKE_CONNECT] = VERB_CONNECT,
	};
	struct request r = {.verb = verb_of[p->kind], .tester = *tester, .port = port};

	assert(p->kind < PROVOKE_COUNT);
	if (p->kind == PROVOKE_CLOSE && p->on_eof) {
		r.verb = VERB_CLOSE_ON_EOF;
		r.numbers[0] = (uint64_t)p->delay_ns;
	} else if (p->kind == PROVOKE_WRITE) {
		r.numbers[0] = p->bytes;
	} else if (p->kind == PROVOKE_KEEPALIVE) {
		r.numbers[0] = (uint64_t)p->idle_ns;
		r.numbers[1] = (uint64_t)p->interval_ns;
		r.numbers[2] = p->count;
	}
	return ask(c, &r);
}

/* After "ok": nothing, or a word and what belongs to it. */
static bool parse_result(char *text, struct control_reply *out)
{
	char *words[PROTOCOL_WORDS_MAX];
	uint64_t number;
	int count;

	if (strncmp(text, "value ", 6) == 0) {
		snprintf(out->text, sizeof out->text, "%s", text + 6);
		return true;
	}
	count = protocol_split(text, words);
	if (count == 2 && strcmp(words[0], "port") == 0 && protocol_number(words[1], UINT16_MAX, &number)) {
		out->port = (uint16_t)number;
		return true;
	}
	if (count < 2 || strcmp(words[0], "state") != 0 || !state_parse(words[1], &out->state.state))
		return count == 0;
	out->state.known = true;
	if (count == 2)
		return true;
	if (count != 4 || strcmp(words[2], "timer") != 0 || !protocol_number(words[3], INT64_MAX, &number))
		return false;
	out->state.has_timer = true;
	out->state.timer_ns = (int64_t)number;
	return true;
}

static bool parse_reply(char *line, struct control_reply *out)
{
	char *rest = line;
	const char *id = strsep(&rest, " ");
	const char *kind = strsep(&rest, " ");
	uint64_t number;

	*out = (struct control_reply){0};
	if (!kind || !protocol_number(id, UINT32_MAX, &number))
		return false;
	out->id = (unsigned)number;
	out->ok = strcmp(kind, "ok") == 0;
	if (out->ok)
		return !rest || parse_result(rest, out);
	snprintf(out->text, sizeof out->text, "%s", rest ? rest : "");
	return strcmp(kind, "no") == 0;
}

int control_read(struct control *c, struct control_reply *out, struct diag *d)
{
	char line[PROTOCOL_LINE_BYTES];

	if (!take_line(c, line)) {
		if (c->in_len == sizeof c->in) {
			diag_set(d, "the agent sent a line without an end");
			return -1;
		}
		if (!fill(c)) {
			c->gone = true;
			diag_set(d, "the agent's control channel has ended");
			return -1;
		}
		if (!take_line(c, line))
			return 0;
	}
	if (parse_reply(line, out))
		return 1;
	diag_set(d, "the agent sent a reply that is not of the protocol");
	return -1;
}
