/* 4.4BSD's TCP as the peer: that of libslirp, which is slirp4netns and QEMU's user network, on the TAP device
 * that fourwave gives us. Knows no line of the agent's protocol.
 *
 * libslirp ends the tester's connection itself and has one of the kernel's loopback with the program behind
 * it, which is this process too. So what the program does is done to that socket of the kernel's, and
 * libslirp's TCP follows. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <slirp/libslirp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../agent.h"
#include "../tap.h"

enum { FDS_MAX = 4096, FRAME_BYTES = 65536, MTU = 1500, LONGEST_MS = 10, MS_NS = 1000000 };

static Slirp *slirp;
static int tap, listeners[2];
static struct pollfd fds[FDS_MAX];
static unsigned fd_count;

/* --- what libslirp wants of its host --- */

static ssize_t send_frame(const void *frame, size_t len, void *context)
{
	(void)context;
	return write(tap, frame, len);
}

static void tell_error(const char *message, void *context)
{
	(void)context;
	fprintf(stderr, "libslirp: %s\n", message);
}

static int64_t now_ns; /* libslirp's clock */

static int64_t clock_ns(void *context)
{
	(void)context;
	return now_ns;
}

static int64_t real_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) * MS_NS + t.tv_nsec;
}

/* Its only timer is for router advertisements, and nobody here wants to be advertised to. */
static void *new_timer(SlirpTimerCb run, void *argument, void *context)
{
	(void)run;
	(void)argument;
	(void)context;
	return &slirp;
}

static void free_timer(void *timer, void *context)
{
	(void)timer;
	(void)context;
}

static void set_timer(void *timer, int64_t at_ms, void *context)
{
	(void)timer;
	(void)at_ms;
	(void)context;
}

static void note_fd(int fd, void *context)
{
	(void)fd;
	(void)context;
}

static void wake(void *context) { (void)context; }

static const struct {
	int slirp;
	short poll;
} events[] = {{SLIRP_POLL_IN, POLLIN},
              {SLIRP_POLL_OUT, POLLOUT},
              {SLIRP_POLL_PRI, POLLPRI},
              {SLIRP_POLL_ERR, POLLERR},
              {SLIRP_POLL_HUP, POLLHUP}};

static int add_poll(int fd, int wanted, void *context)
{
	struct pollfd *p = &fds[fd_count];

	(void)context;
	if (fd_count == FDS_MAX)
		abort();
	*p = (struct pollfd){.fd = fd};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (wanted & events[i].slirp)
			p->events |= events[i].poll;
	return (int)fd_count++;
}

static int came(int at, void *context)
{
	int out = 0;

	(void)context;
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (fds[at].revents & events[i].poll)
			out |= events[i].slirp;
	return out;
}

static void start_network(void)
{
	static const SlirpCb callbacks = {
	    .send_packet = send_frame,
	    .guest_error = tell_error,
	    .clock_get_ns = clock_ns,
	    .timer_new = new_timer,
	    .timer_free = free_timer,
	    .timer_mod = set_timer,
	    .register_poll_fd = note_fd,
	    .unregister_poll_fd = note_fd,
	    .notify = wake,
	};
	SlirpConfig config = {
	    .version = 3, .in_enabled = true, .if_mtu = MTU, .if_mru = MTU, .disable_dns = true};
	const char *six = getenv("FOURWAVE_ADDRESS6");

	inet_pton(AF_INET, tap_setting("FOURWAVE_ADDRESS"), &config.vhost);
	config.vnetmask.s_addr = htonl(~0U << (32 - atoi(tap_setting("FOURWAVE_PREFIX"))));
	config.vnetwork.s_addr = config.vhost.s_addr & config.vnetmask.s_addr;
	if (six) {
		config.in6_enabled = inet_pton(AF_INET6, six, &config.vhost6) == 1;
		config.vprefix_addr6 = config.vhost6;
		config.vprefix_len = (uint8_t)atoi(tap_setting("FOURWAVE_PREFIX6"));
		memset((char *)&config.vprefix_addr6 + config.vprefix_len / 8, 0,
		       16U - config.vprefix_len / 8);
	}
	slirp = slirp_new(&config, &callbacks, NULL);
}

/* --- libslirp's connections --- */

/* As slirp_connection_info() has them: that text is the only way to the states. */
struct entry {
	char state[32];
	int fd; /* libslirp's end at the program, -1: none any more */
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
	int from_port, to_port;
};

/* Takes the next TCP connection out of the text. False: there is none. */
static bool next_entry(char **text, struct entry *e)
{
	char *line;

	while ((line = strsep(text, "\n")))
		if (sscanf(line, " TCP[%31[^]]] %d %45s %d %45s %d", e->state, &e->fd, e->from, &e->from_port,
		           e->to, &e->to_port) == 6)
			return true;
	return false;
}

/* Is it the tester's? The text has no IPv6 addresses, but a "*". */
static bool is_from(const struct entry *e, const struct agent_connection *c)
{
	char address[INET_ADDRSTRLEN];

	if (e->from_port != c->port || e->to_port != AGENT_DATA_PORT)
		return false;
	inet_ntop(AF_INET, c->address, address, sizeof address);
	return strcmp(e->from, c->six ? "*" : address) == 0;
}

static const char *bsd_state(const struct agent_connection *c, int64_t *timer_ns)
{
	static char name[32];
	char *text = slirp_connection_info(slirp), *rest = text;
	struct entry e;

	(void)timer_ns;
	strcpy(name, "CLOSED");
	while (next_entry(&rest, &e))
		if (is_from(&e, c))
			strcpy(name, strcmp(e.state, "SYN_RCVD") == 0 ? "SYN-RECEIVED" : e.state);
	free(text);
	for (char *p = name; *p; p++)
		*p = *p == '_' ? '-' : *p;
	return name;
}

/* --- the program --- */

static int fd_of(const struct agent_connection *c) { return (int)(intptr_t)c->socket; }

static const char *bsd_close(struct agent_connection *c)
{
	close(fd_of(c));
	agent_gone(c);
	return NULL;
}

static const char *bsd_shutdown(struct agent_connection *c)
{
	return shutdown(fd_of(c), SHUT_WR) == 0 ? NULL : strerror(errno);
}

static const char *bsd_reset(struct agent_connection *c)
{
	const struct linger none = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd_of(c), SOL_SOCKET, SO_LINGER, &none, sizeof none);
	return bsd_close(c);
}

/* A kernel closes the sockets of a program that was killed: to libslirp it is the same. */
static const char *bsd_crash_unread(struct agent_connection *c)
{
	int unread = 0;

	c->reading = false;
	return ioctl(fd_of(c), FIONREAD, &unread) == 0 && unread == 0 ? AGENT_LATER : bsd_close(c);
}

static ssize_t bsd_write(struct agent_connection *c, const char *bytes, size_t len)
{
	ssize_t sent = send(fd_of(c), bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

	return sent < 0 && errno == EAGAIN ? 0 : sent;
}

static const char *bsd_read(struct agent_connection *c)
{
	(void)c; /* what is polled for depends on it */
	return NULL;
}

/* The connection's port and family at one of its ends: the number is unique among them. */
static long end_of(int fd, int (*get)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_in6 end = {0}; /* the port is where IPv4 has it */
	socklen_t len = sizeof end;

	return get(fd, (struct sockaddr *)&end, &len) == 0 ? end.sin6_family * 65536L + ntohs(end.sin6_port)
	                                                   : -1;
}

/* Whose connection has come to the program? NULL: nobody's who has claimed it. */
static struct agent_connection *owner(int accepted)
{
	char *text = slirp_connection_info(slirp), *rest = text;
	struct agent_connection *c = NULL;
	struct entry e;

	while (!c && next_entry(&rest, &e))
		if (e.fd >= 0 && end_of(e.fd, getsockname) == end_of(accepted, getpeername))
			for (c = agent_connections(); c && !is_from(&e, c);)
				c = c->next;
	free(text);
	return c ? agent_came(c->six, c->address, c->port) : NULL;
}

static void accept_connections(int listener)
{
	struct agent_connection *c;
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		c = owner(fd);
		if (!c) {
			bsd_reset(&(struct agent_connection){.socket = (void *)(intptr_t)fd});
			continue;
		}
		if (c->socket)
			bsd_reset(c);
		c->socket = (void *)(intptr_t)fd;
	}
}

static void read_and_discard(struct agent_connection *c)
{
	static char bytes[65536];
	ssize_t got;

	while ((got = recv(fd_of(c), bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		;
	if (got == 0)
		agent_eof(c);
	else if (errno != EAGAIN)
		bsd_close(c);
}

static int listen_at(int family, const struct sockaddr *address, socklen_t len)
{
	int on = 1, fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, address, len) == 0 && listen(fd, 128) == 0)
		return fd;
	perror("the program behind libslirp");
	exit(1);
}

static void start_listening(void)
{
	const struct sockaddr_in four = {.sin_family = AF_INET,
	                                 .sin_port = htons(AGENT_DATA_PORT),
	                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct sockaddr_in6 six = {
	    .sin6_family = AF_INET6, .sin6_port = htons(AGENT_DATA_PORT), .sin6_addr = IN6ADDR_LOOPBACK_INIT};

	listeners[0] = listen_at(AF_INET, (const struct sockaddr *)&four, sizeof four);
	listeners[1] = listen_at(AF_INET6, (const struct sockaddr *)&six, sizeof six);
}

static void receive_frames(void)
{
	static uint8_t frame[FRAME_BYTES];
	ssize_t len;

	while ((len = read(tap, frame, sizeof frame)) > 0)
		slirp_input(slirp, frame, (int)len);
}

/* What the program's own sockets have is looked at without asking what poll() said. A connection is accepted
 * before new frames are taken: libslirp has heard then that its own end is connected, and has answered the
 * SYN. */
static void work(void)
{
	for (size_t i = 0; i < 2; i++)
		accept_connections(listeners[i]);
	receive_frames();
	for (struct agent_connection *c = agent_connections(); c; c = c->next) {
		agent_writable(c);
		if (c->socket && c->reading && !c->ended)
			read_and_discard(c);
	}
}

/* libslirp counts a tick of 500 ms from when its host let it see the one before. So its clock goes in short
 * steps, also where this program was woken late: else its time-outs would be longer by all that. */
static void run_slirp(bool failed)
{
	int64_t until_ns = real_ns();

	for (; until_ns - now_ns > LONGEST_MS * MS_NS; now_ns += LONGEST_MS * MS_NS)
		slirp_pollfds_poll(slirp, true, came, NULL);
	now_ns = until_ns;
	slirp_pollfds_poll(slirp, failed, came, NULL);
}

static void wait_and_work(void)
{
	int agent_ms = agent_timeout_ms();
	uint32_t timeout_ms = agent_ms >= 0 && agent_ms < LONGEST_MS ? (uint32_t)agent_ms : LONGEST_MS;

	fd_count = agent_poll(fds);
	add_poll(tap, SLIRP_POLL_IN, NULL);
	for (size_t i = 0; i < 2; i++)
		add_poll(listeners[i], SLIRP_POLL_IN, NULL);
	for (struct agent_connection *c = agent_connections(); c; c = c->next) {
		int wanted =
		    (c->reading && !c->ended ? SLIRP_POLL_IN : 0) | (c->to_write > 0 ? SLIRP_POLL_OUT : 0);

		if (c->socket && wanted)
			add_poll(fd_of(c), wanted, NULL);
	}
	slirp_pollfds_fill(slirp, &timeout_ms, add_poll, NULL);
	run_slirp(poll(fds, fd_count, (int)timeout_ms) < 0);
	work();
}

int main(int argc, char **argv)
{
	static const struct agent_stack bsd = {
	    .name = "bsd",
	    .close = bsd_close,
	    .shutdown = bsd_shutdown,
	    .reset = bsd_reset,
	    .write = bsd_write,
	    .read = bsd_read,
	    .state = bsd_state,
	    .crash = bsd_close,
	    .crash_unread = bsd_crash_unread,
	};

	tap = tap_open();
	now_ns = real_ns();
	start_network();
	start_listening();
	if (!agent_start(&bsd, argc > 1 ? argv[1] : NULL))
		return 1;
	do
		wait_and_work();
	while (agent_run());
	return 0;
}
