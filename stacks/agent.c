/* The agent: what is asked, of which connection, and who answers it. Knows no TCP. */
#include "agent.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "request.h"
#include "session.h"

enum { WAIT_MS = 5 };

static const int64_t SECOND_NS = 1000000000, NEVER = INT64_MAX;

/* How long a request waits for its connection (where the ACK of the handshake was lost, the SYN-ACK comes
 * again after 1 s and after 2 more), and for what its program waits for. */
static const int64_t CONNECTION_NS = 4 * SECOND_NS, PROGRAM_NS = 2 * SECOND_NS;

const char AGENT_LATER[] = "later";

/* A request that is not answered yet. */
struct waiting {
	struct waiting *next;
	struct session *session;
	struct request request;
	bool asked; /* the program was asked, and it said: later */
	int64_t deadline_ns;
};

static const struct agent_stack *stack;
static struct agent_connection *connections;
static struct waiting *waiting; /* the oldest first */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void *allocate(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

/* --- what can be asked of a connection's program --- */

static const char *do_close_on_eof(struct agent_connection *c, int64_t delay_ns)
{
	c->reading = c->closes_on_eof = true;
	c->close_delay_ns = delay_ns;
	/* Where end-of-file has come already, the time counts from now. */
	if (c->ended)
		c->close_at_ns = now_ns() + delay_ns;
	return stack->read(c);
}

static const char *do_hold(struct agent_connection *c)
{
	c->closes_on_eof = false;
	c->close_at_ns = NEVER;
	return NULL;
}

static const char *do_read(struct agent_connection *c, bool reading)
{
	c->reading = reading;
	return stack->read(c);
}

/* The letters over and over, from the connection's first octet on. False: no more will be taken. */
static bool write_some(struct agent_connection *c)
{
	char bytes[4096];
	ssize_t taken = 1;

	while (c->to_write > 0 && taken > 0) {
		size_t len = c->to_write < sizeof bytes ? (size_t)c->to_write : sizeof bytes;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)('a' + (c->written + i) % 26);
		taken = stack->write(c, bytes, len);
		c->written += taken > 0 ? (size_t)taken : 0;
		c->to_write = taken < 0 ? 0 : c->to_write - (size_t)taken;
	}
	return taken >= 0;
}

static const char *ask_program(struct agent_connection *c, const struct request *r)
{
	const int64_t *numbers = r->numbers;
	const char *never = "no program on this stack can do that", *writing = "the program is still writing";

	switch (r->verb) {
	case CLOSE: return c->to_write > 0 ? writing : stack->close(c);
	case CLOSE_ON_EOF: return do_close_on_eof(c, numbers[0]);
	case SHUTDOWN: return c->to_write > 0 ? writing : stack->shutdown(c);
	case HOLD: return do_hold(c);
	case RESET: return stack->reset(c);
	case CRASH: return stack->crash ? stack->crash(c) : never;
	case CRASH_UNREAD: return stack->crash_unread ? stack->crash_unread(c) : never;
	case WRITE:
		c->to_write += (uint64_t)numbers[0];
		return write_some(c) ? NULL : "the connection takes no more data";
	case READ:
	case NOREAD: return do_read(c, r->verb == READ);
	case KEEPALIVE:
		return stack->keepalive ? stack->keepalive(c, numbers[0], numbers[1], (unsigned)numbers[2])
		                        : never;
	case CLAIM:
	case RELEASE:
	case SYSCTL:
	case STATE:
	case CONNECT: break;
	}
	return never;
}

/* --- what the stack tells --- */

struct agent_connection *agent_connections(void) { return connections; }

static struct agent_connection *find(bool six, const void *address, uint16_t port)
{
	struct agent_connection *c = connections;

	while (c && (c->six != six || c->port != port || memcmp(c->address, address, six ? 16 : 4) != 0))
		c = c->next;
	return c;
}

struct agent_connection *agent_came(bool six, const void *address, uint16_t port)
{
	struct agent_connection *c = find(six, address, port);

	if (!c)
		return NULL;
	c->seen = c->reading = true;
	c->ended = c->closes_on_eof = false;
	c->close_at_ns = NEVER;
	c->to_write = c->written = 0;
	return c;
}

void agent_gone(struct agent_connection *c)
{
	c->socket = NULL;
	c->to_write = 0;
	c->close_at_ns = NEVER;
}

void agent_eof(struct agent_connection *c)
{
	c->ended = true;
	if (!c->closes_on_eof)
		return;
	if (c->close_delay_ns == 0)
		stack->close(c);
	else
		c->close_at_ns = now_ns() + c->close_delay_ns;
}

void agent_writable(struct agent_connection *c)
{
	if (c->socket)
		write_some(c);
}

/* --- requests --- */

static struct agent_connection *claim(struct session *session, const struct request *r)
{
	struct agent_connection *c = allocate(sizeof *c);

	*c = (struct agent_connection){
	    .next = connections,
	    .session = session,
	    .six = r->six,
	    .port = r->port,
	    .local_port = AGENT_DATA_PORT,
	    .reading = true,
	    .close_at_ns = NEVER,
	};
	memcpy(c->address, r->address, sizeof c->address);
	return connections = c;
}

/* Its program is ended; what is left of the connection is the stack's. */
static void release(struct agent_connection *c)
{
	struct agent_connection **at = &connections;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	if (c->socket)
		(stack->crash ? stack->crash : stack->close)(c);
	free(c);
}

static void say(const struct waiting *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(const struct waiting *w, const char *fmt, ...)
{
	char text[REQUEST_LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	session_put(w->session, "%lu %s", w->request.id, text);
}

static void answer_state(const struct waiting *w, struct agent_connection *c)
{
	int64_t timer_ns = 0;
	const char *name = stack->state(c, &timer_ns);

	c->seen = c->seen || strcmp(name, "CLOSED") != 0;
	if (!c->seen)
		say(w, "no unseen");
	else if (timer_ns > 0)
		say(w, "ok state %s timer %" PRId64, name, timer_ns);
	else
		say(w, "ok state %s", name);
}

static void answer_connect(const struct waiting *w, struct agent_connection *c)
{
	const char *why = stack->connect ? stack->connect(c) : "this stack connects to nobody";

	if (why)
		say(w, "no %s", why);
	else
		say(w, "ok port %u", c->local_port);
	c->seen = c->seen || !why;
}

/* Asks the connection's program. False: not yet. */
static bool answer_program(struct waiting *w, struct agent_connection *c)
{
	const char *why = c->socket ? ask_program(c, &w->request) : AGENT_LATER;

	if (why == AGENT_LATER && c->socket && !w->asked) {
		w->asked = true;
		w->deadline_ns = now_ns() + PROGRAM_NS;
	}
	if (why == AGENT_LATER && now_ns() < w->deadline_ns)
		return false;
	if (why == AGENT_LATER)
		why = c->socket ? "what the program waits for has not come"
		      : c->seen ? "the program has no such connection any more"
		                : "no connection from there has come to the program";
	if (why)
		say(w, "no %s", why);
	else
		say(w, "ok");
	return true;
}

/* False: not yet. */
static bool answer(struct waiting *w)
{
	const struct request *r = &w->request;
	struct agent_connection *c = find(r->six, r->address, r->port);

	if (!c && (r->verb == CLAIM || r->verb == CONNECT))
		c = claim(w->session, r);
	if (r->verb == SYSCTL)
		say(w, "no this stack has no sysctl");
	else if (!c)
		say(w, "no this connection is not claimed here");
	else if (c->session != w->session)
		say(w, "no another tester has claimed this connection");
	else if (r->verb == STATE)
		answer_state(w, c);
	else if (r->verb == CONNECT)
		answer_connect(w, c);
	else if (r->verb >= CLOSE)
		return answer_program(w, c);
	else
		say(w, "ok");
	if (c && c->session == w->session && r->verb == RELEASE)
		release(c);
	return true;
}

/* What is asked of a program is done in its order. */
static bool must_wait(const struct waiting *w)
{
	const struct waiting *before = waiting;

	while (before != w &&
	       (before->request.port != w->request.port || before->request.six != w->request.six ||
	        memcmp(before->request.address, w->request.address, 16) != 0))
		before = before->next;
	return before != w && w->request.verb >= CLOSE;
}

static void answer_all(void)
{
	struct waiting **at = &waiting, *w;

	while ((w = *at)) {
		if (!must_wait(w) && answer(w)) {
			*at = w->next;
			free(w);
		} else {
			at = &w->next;
		}
	}
}

bool agent_take(struct session *session, char *line)
{
	struct waiting *w = allocate(sizeof *w), **last = &waiting;

	w->session = session;
	w->deadline_ns = now_ns() + CONNECTION_NS;
	while (*last)
		last = &(*last)->next;
	if (!request_parse(line, &w->request)) {
		free(w);
		return false;
	}
	*last = w;
	return true;
}

void agent_drop(const struct session *session)
{
	struct agent_connection *c, *next;
	struct waiting **at = &waiting, *w;

	for (c = connections; c; c = next) {
		next = c->next;
		if (c->session == session)
			release(c);
	}
	while ((w = *at)) {
		if (w->session == session) {
			*at = w->next;
			free(w);
		} else {
			at = &w->next;
		}
	}
}

/* --- the loop --- */

bool agent_start(const struct agent_stack *of, const char *port)
{
	static char greeting[REQUEST_LINE_BYTES];
	const char *never[] = {
	    of->connect ? NULL : "connect",
	    of->crash ? NULL : "crash",
	    of->crash_unread ? NULL : "crash-unread",
	    of->keepalive ? NULL : "keepalive",
	};
	const char *before = " cannot ";

	stack = of;
	snprintf(greeting, sizeof greeting, "fourwave-peer 1 data-port %d stack %s", AGENT_DATA_PORT,
	         of->name);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (never[i]) {
			strcat(strcat(greeting, before), never[i]);
			before = ",";
		}
	return sessions_start(port, greeting);
}

unsigned agent_poll(struct pollfd *fds) { return sessions_poll(fds); }

int agent_timeout_ms(void)
{
	int64_t next = waiting ? now_ns() + WAIT_MS * (SECOND_NS / 1000) : NEVER, wait;

	for (const struct agent_connection *c = connections; c; c = c->next)
		next = c->close_at_ns < next ? c->close_at_ns : next;
	wait = (next - now_ns()) / (SECOND_NS / 1000) + 1;
	return next == NEVER ? -1 : wait > 0 ? (int)wait : 0;
}

bool agent_run(void)
{
	bool more = sessions_run();

	for (struct agent_connection *c = connections; c; c = c->next)
		if (c->close_at_ns <= now_ns()) {
			c->close_at_ns = NEVER;
			if (c->socket)
				stack->close(c);
		}
	answer_all();
	return more;
}
