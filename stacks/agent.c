/* The agent's protocol: lines in, calls of the stack's functions, lines out. Knows no TCP. */
#include "agent.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "request.h"

enum { WAIT_MS = 5 };

/* How long a request waits for its connection: where the ACK of the handshake was lost, the SYN-ACK comes
 * again after 1 s and after 2 more. */
static const int64_t SECOND_NS = 1000000000, PATIENCE_NS = 4 * SECOND_NS, NEVER = INT64_MAX;

const char AGENT_LATER[] = "later";

struct waiting {
	struct waiting *next;
	struct request request;
	int64_t deadline_ns;
};

static const struct agent_stack *stack;
static int listener = -1, channel = -1;
static char input[4 * REQUEST_LINE_BYTES];
static size_t input_len;
static struct agent_connection *connections;
static struct waiting *waiting; /* requests that are not answered yet, the oldest first */

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
		agent_writable(c);
		return NULL;
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

/* The letters over and over, from the connection's first byte on. */
void agent_writable(struct agent_connection *c)
{
	char bytes[4096];

	while (c->socket && c->to_write > 0) {
		size_t len = c->to_write < sizeof bytes ? (size_t)c->to_write : sizeof bytes;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)('a' + (c->written + i) % 26);
		len = stack->write(c, bytes, len);
		if (len == 0)
			return;
		c->written += len;
		c->to_write -= len;
	}
}

/* --- the channel --- */

static void put(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void put(const char *fmt, ...)
{
	char line[REQUEST_LINE_BYTES];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	if (channel >= 0 && send(channel, line, (size_t)len, MSG_NOSIGNAL) != len)
		shutdown(channel, SHUT_RDWR);
}

static void greet(void)
{
	const char *never[] = {
	    stack->connect ? NULL : "connect",
	    stack->crash ? NULL : "crash",
	    stack->crash_unread ? NULL : "crash-unread",
	    stack->keepalive ? NULL : "keepalive",
	};
	char cannot[80] = "";

	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (never[i])
			strcat(strcat(cannot, *cannot ? "," : " cannot "), never[i]);
	put("fourwave-peer 1 data-port %d stack %s%s\n", AGENT_DATA_PORT, stack->name, cannot);
}

static void forget(struct agent_connection *c)
{
	struct agent_connection **at = &connections;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	if (c->socket)
		stack->reset(c);
	free(c);
}

static void hang_up(void)
{
	struct waiting *next;

	close(channel);
	channel = -1;
	input_len = 0;
	while (connections)
		forget(connections);
	for (; waiting; waiting = next) {
		next = waiting->next;
		free(waiting);
	}
}

static struct agent_connection *claim(const struct request *r)
{
	struct agent_connection *c = allocate(sizeof *c);

	*c = (struct agent_connection){
	    .next = connections,
	    .six = r->six,
	    .port = r->port,
	    .local_port = AGENT_DATA_PORT,
	    .reading = true,
	    .close_at_ns = NEVER,
	};
	memcpy(c->address, r->address, sizeof c->address);
	return connections = c;
}

static void answer_state(unsigned long id, struct agent_connection *c)
{
	int64_t timer_ns = 0;
	const char *name = stack->state(c, &timer_ns);

	c->seen = c->seen || strcmp(name, "CLOSED") != 0;
	if (!c->seen)
		put("%lu no unseen\n", id);
	else if (timer_ns > 0)
		put("%lu ok state %s timer %" PRId64 "\n", id, name, timer_ns);
	else
		put("%lu ok state %s\n", id, name);
}

static void answer_connect(unsigned long id, struct agent_connection *c)
{
	const char *why = stack->connect ? stack->connect(c) : "this stack connects to nobody";

	if (why)
		put("%lu no %s\n", id, why);
	else
		put("%lu ok port %u\n", id, c->local_port);
	c->seen = c->seen || !why;
}

/* Asks the connection's program. False: not yet. */
static bool answer_program(const struct waiting *w, struct agent_connection *c)
{
	const char *why = c->socket ? ask_program(c, &w->request) : AGENT_LATER;

	if (why == AGENT_LATER && now_ns() < w->deadline_ns)
		return false;
	if (why == AGENT_LATER)
		why = c->socket ? "what it waits for has not come"
		      : c->seen ? "the program has no such connection any more"
		                : "no connection from there has come to the program";
	if (why)
		put("%lu no %s\n", w->request.id, why);
	else
		put("%lu ok\n", w->request.id);
	return true;
}

/* False: not yet. */
static bool answer(const struct waiting *w)
{
	const struct request *r = &w->request;
	struct agent_connection *c = find(r->six, r->address, r->port);

	if (!c && (r->verb == CLAIM || r->verb == CONNECT))
		c = claim(r);
	if (r->verb == SYSCTL)
		put("%lu no this stack has no sysctl\n", r->id);
	else if (!c)
		put("%lu no this connection is not claimed here\n", r->id);
	else if (r->verb == STATE)
		answer_state(r->id, c);
	else if (r->verb == CONNECT)
		answer_connect(r->id, c);
	else if (r->verb >= CLOSE)
		return answer_program(w, c);
	else
		put("%lu ok\n", r->id);
	if (c && r->verb == RELEASE)
		forget(c);
	return true;
}

static void answer_all(void)
{
	struct waiting **at = &waiting, *w;

	while ((w = *at)) {
		if (answer(w)) {
			*at = w->next;
			free(w);
		} else {
			at = &w->next;
		}
	}
}

/* --- lines --- */

/* Queues it: answer_all() does it, now or later. False: it is not of the protocol. */
static bool take_line(char *line)
{
	struct waiting *w = allocate(sizeof *w), **last = &waiting;

	w->deadline_ns = now_ns() + PATIENCE_NS;
	while (*last)
		last = &(*last)->next;
	*last = w;
	return request_parse(line, &w->request);
}

static bool no_protocol(void)
{
	put("0 no this is not of the agent's protocol\n");
	return false;
}

/* False: the tester has hung up, or doesn't keep to the protocol. */
static bool read_lines(void)
{
	ssize_t got = recv(channel, input + input_len, sizeof input - 1 - input_len, MSG_DONTWAIT);
	char *line = input, *end;

	if (got < 0)
		return true;
	input_len += (size_t)got;
	input[input_len] = '\0';
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (!take_line(line))
			return no_protocol();
	}
	input_len -= (size_t)(line - input);
	memmove(input, line, input_len);
	return got > 0 && (input_len < REQUEST_LINE_BYTES || no_protocol());
}

static void accept_tester(void)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0 && channel >= 0) {
		dprintf(fd, "fourwave-peer 1 no this agent serves one tester at a time\n");
		close(fd);
	} else if (fd >= 0) {
		channel = fd;
		greet();
	}
}

static bool listen_at(const char *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;

	at.sin_port = htons((uint16_t)atoi(port));
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(listener, 16) == 0)
		return true;
	perror(port);
	return false;
}

bool agent_start(const struct agent_stack *of, const char *port)
{
	const char *inherited = getenv("FOURWAVE_CONTROL");

	signal(SIGPIPE, SIG_IGN);
	stack = of;
	if (port)
		return listen_at(port);
	if (!inherited) {
		fprintf(stderr, "no control channel: start this from fourwave --tap, or name a port\n");
		return false;
	}
	channel = atoi(inherited);
	greet();
	return true;
}

unsigned agent_poll(struct pollfd *fds)
{
	unsigned count = 0;

	if (listener >= 0)
		fds[count++] = (struct pollfd){.fd = listener, .events = POLLIN};
	if (channel >= 0)
		fds[count++] = (struct pollfd){.fd = channel, .events = POLLIN};
	return count;
}

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
	if (listener >= 0)
		accept_tester();
	for (struct agent_connection *c = connections; c; c = c->next)
		if (c->close_at_ns <= now_ns()) {
			c->close_at_ns = NEVER;
			if (c->socket)
				stack->close(c);
		}
	if (channel >= 0 && !read_lines())
		hang_up();
	answer_all();
	return channel >= 0 || listener >= 0;
}
