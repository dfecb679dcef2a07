/* The agent's loop: listeners, signals, and whose turn it is. Knows nothing of what requests mean. */
#include "lab/agent_impl.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/memory.h"

enum { BACKLOG = 4096, ACCEPTS_AT_ONCE = 64, PORT_TRIES = 20 };

void agent_defaults(struct agent_options *options)
{
	*options = (struct agent_options){
	    .listen = {{.family = 4, .bytes = {127, 0, 0, 1}}, {.family = 6, .bytes = {[15] = 1}}},
	    .control_port = AGENT_CONTROL_PORT,
	    .data_port = AGENT_DATA_PORT,
	    .max_connections = 256,
	    .max_sessions = 16,
	    .max_write_bytes = 1 << 20,
	    .idle_ns = 600 * NS_PER_S,
	    .inherited_control = -1,
	};
}

/* --- beginning --- */

/* Listens on an address. *port 0 is chosen by the kernel and given back. Below 0: errno, negative. */
static int listen_on(const struct addr *address, uint16_t *port)
{
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(address, *port, &where);
	struct addr bound;
	int on = 1, error;
	int fd = socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (address->family == 6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&where, len) == 0 && listen(fd, BACKLOG) == 0 &&
	    getsockname(fd, (struct sockaddr *)&where, &len) == 0) {
		address_from_socket(&where, &bound, port);
		return fd;
	}
	error = errno;
	close(fd);
	return -error;
}

/* One listener for each address, on the same port. */
static bool listen_both(const struct agent_options *o, int fds[2], uint16_t *port, struct diag *d)
{
	int tries = *port == 0 ? PORT_TRIES : 0;
	char text[ADDR_TEXT_BYTES];
	bool any = false;

	diag_set(d, "no address to listen on");
	for (int i = 0; i < 2; i++) {
		const struct addr *address = &o->listen[i];

		if (address->family == 0)
			continue;
		fds[i] = listen_on(address, port);
		any = any || fds[i] >= 0;
		/* What the kernel chose for the first address is taken at this one: another. */
		if (i == 1 && fds[0] >= 0 && fds[1] == -EADDRINUSE && tries-- > 0) {
			close(fds[0]);
			*port = 0;
			i = -1;
			continue;
		}
		if (fds[i] >= 0)
			continue;
		diag_set(d, "cannot listen on %s port %u: %s", addr_text(address, text), *port,
		         strerror(-fds[i]));
		/* A host without IPv6, or without IPv4, still has the other family. */
		if ((!address_is_loopback(address) && !address_is_any(address)) ||
		    (fds[i] != -EADDRNOTAVAIL && fds[i] != -EAFNOSUPPORT))
			return false;
	}
	return any;
}

static bool open_listeners(struct agent *a, struct diag *d)
{
	const struct agent_options *o = &a->options;
	char text[ADDR_TEXT_BYTES];

	for (int i = 0; i < 2; i++)
		if (o->listen[i].family && !o->remote_allowed && !address_is_loopback(&o->listen[i]))
			return diag_set(
			    d, "%s can be reached by other hosts, and they are not allowed to use this agent",
			    addr_text(&o->listen[i], text));
	a->data_port = o->data_port;
	a->control_port = o->inherited_control >= 0 ? 0 : o->control_port;
	return listen_both(o, a->data, &a->data_port, d) &&
	       (o->inherited_control >= 0 || listen_both(o, a->control, &a->control_port, d));
}

/* Signals come as something to read. In the lab those of the terminal are for the tester alone. */
static bool open_signals(struct agent *a, struct diag *d)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (a->options.inherited_control >= 0)
			signal(ends[i], SIG_IGN);
		else
			sigaddset(&set, ends[i]);
	}
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &set, NULL);
	a->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return a->signals >= 0 || diag_set(d, "signalfd: %s", strerror(errno));
}

/* --- the loop --- */

/* False: there may be more. */
static bool accept_data(struct agent *a, int listener)
{
	struct sockaddr_storage from;
	struct addr tester;
	uint16_t port;

	for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
		socklen_t len = sizeof from;
		int fd = accept4(listener, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct claim *c;

		if (fd < 0)
			return true;
		address_from_socket(&from, &tester, &port);
		c = claim_find(a, &tester, port);
		if (c) {
			claim_attach(c, fd, NULL);
			continue;
		}
		a->strangers[a->stranger_count++ % STRANGERS_MAX] =
		    (struct stranger){.from = tester, .port = port, .came_ns = clock_mono_ns()};
		connection_reset(fd);
	}
	return false;
}

static void accept_control(struct agent *a, int listener)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	struct addr tester;
	int fd = accept4(listener, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	address_from_socket(&from, &tester, NULL);
	session_begin(a, fd, &tester, address_scope(&from));
}

/* False: a signal says that it is over. */
static bool take_signals(struct agent *a)
{
	struct signalfd_siginfo info;
	bool goes_on = true;
	pid_t pid;

	while (read(a->signals, &info, sizeof info) == sizeof info)
		goes_on = goes_on && info.ssi_signo == SIGCHLD;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		claims_reaped(a, pid);
	return goes_on;
}

/* When a session is idle for too long. */
static int64_t idle_at(const struct agent *a, const struct session *s)
{
	return a->options.idle_ns > 0 ? s->last_asked_ns + a->options.idle_ns : INT64_MAX;
}

/* Ends the sessions that are over. False: the only one was inherited. */
static bool end_sessions(struct agent *a, int64_t now)
{
	for (unsigned i = 0; i < a->session_places; i++) {
		struct session *s = &a->sessions[i];

		if (s->lines.fd < 0 || (!s->lines.gone && now <= idle_at(a, s)))
			continue;
		if (!s->lines.gone)
			session_farewell(s, "nothing was asked for too long");
		session_end(a, s);
		if (a->options.inherited_control >= 0)
			return false;
	}
	return true;
}

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

/* Milliseconds until something must be done unasked, -1 for ever. */
static int wait_ms(struct agent *a, int64_t now)
{
	int64_t next = INT64_MAX;

	/* A connection that waits to be accepted has come in time, however slow this machine is. */
	if (!a->all_accepted)
		return 0;
	for (unsigned i = 0; i < a->claim_places; i++)
		if (a->claims[i].session)
			next = earlier(next, claim_expire(&a->claims[i], now));
	for (unsigned i = 0; i < a->session_places; i++) {
		const struct session *s = &a->sessions[i];

		if (s->lines.fd >= 0 && session_has_line(s))
			return 0;
		if (s->lines.fd >= 0)
			next = earlier(next, idle_at(a, s));
	}
	if (next == INT64_MAX)
		return -1;
	return next <= now ? 0 : (int)(earlier(next - now, 60 * NS_PER_S) / NS_PER_MS + 1);
}

/* The order here is the order in wait_and_serve(). */
static nfds_t fill_polled(struct agent *a)
{
	struct pollfd *p = a->polled;

	*p++ = (struct pollfd){.fd = a->signals, .events = POLLIN};
	for (int i = 0; i < 2; i++) {
		*p++ = (struct pollfd){.fd = a->data[i], .events = POLLIN};
		*p++ = (struct pollfd){.fd = a->control[i], .events = POLLIN};
	}
	for (unsigned i = 0; i < a->session_places; i++) {
		const struct session *s = &a->sessions[i];

		*p++ = (struct pollfd){
		    .fd = s->lines.fd,
		    .events =
		        (short)((session_may_ask(s) ? POLLIN : 0) | (s->lines.out_len > 0 ? POLLOUT : 0)),
		};
	}
	for (unsigned i = 0; i < a->claim_places; i++)
		*p++ = (struct pollfd){
		    .fd = a->claims[i].session && a->claims[i].queued > 0 ? a->claims[i].link : -1,
		    .events = POLLIN,
		};
	return (nfds_t)(p - a->polled);
}

static void flush_sessions(struct agent *a)
{
	for (unsigned i = 0; i < a->session_places; i++)
		if (a->sessions[i].lines.fd >= 0)
			lines_flush(&a->sessions[i].lines);
}

/* One turn. False: it is over. */
static bool wait_and_serve(struct agent *a)
{
	int timeout_ms = wait_ms(a, clock_mono_ns());
	unsigned claims = a->claim_places;
	bool goes_on = true;

	/* wait_ms() may have answered something. */
	flush_sessions(a);
	if (poll(a->polled, fill_polled(a), timeout_ms) < 0 && errno != EINTR)
		return false;
	for (unsigned i = 0; i < claims; i++)
		if (a->claims[i].link >= 0 && a->polled[5 + a->session_places + i].revents)
			claim_hear(&a->claims[i]);
	if (a->polled[0].revents)
		goes_on = take_signals(a);
	/* Connections before requests: a request may be about one that has come in the same moment. */
	a->all_accepted = true;
	for (int i = 0; i < 2; i++)
		if (a->data[i] >= 0 && !accept_data(a, a->data[i]))
			a->all_accepted = false;
	for (int i = 0; i < 2; i++)
		if (a->polled[2 + 2 * i].revents)
			accept_control(a, a->control[i]);
	for (unsigned i = 0; i < a->session_places; i++) {
		struct session *s = &a->sessions[i];
		const struct pollfd *p = &a->polled[5 + i];

		if (s->lines.fd >= 0 && s->lines.fd == p->fd &&
		    ((p->revents & (POLLIN | POLLHUP | POLLERR)) || session_has_line(s)))
			session_read(a, s);
	}
	flush_sessions(a);
	return end_sessions(a, clock_mono_ns()) && goes_on;
}

static void agent_close(struct agent *a)
{
	int fds[] = {a->data[0], a->data[1], a->control[0], a->control[1], a->signals};

	for (unsigned i = 0; i < a->session_places; i++)
		if (a->sessions[i].lines.fd >= 0) {
			session_farewell(&a->sessions[i], "fourwave peer was ended");
			session_end(a, &a->sessions[i]);
		}
	/* Every worker is killed by now. */
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(a->sessions);
	free(a->claims);
	free(a->polled);
}

bool agent_serve(const struct agent_options *options, struct diag *d)
{
	struct agent a = {.options = *options, .signals = -1, .control = {-1, -1}, .data = {-1, -1}};
	struct rlimit files;
	bool good;

	/* A descriptor for each connection. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	a.session_places = options->inherited_control >= 0 ? 1 : options->max_sessions;
	a.sessions = memory_new(a.session_places, sizeof *a.sessions);
	a.claims = memory_new(options->max_connections, sizeof *a.claims);
	a.polled = memory_new(5 + a.session_places + options->max_connections, sizeof *a.polled);
	for (unsigned i = 0; i < a.session_places; i++)
		a.sessions[i].lines.fd = -1;
	good = open_signals(&a, d) && open_listeners(&a, d);
	if (good && options->ready)
		options->ready(options->context, a.control_port, a.data_port);
	if (good && options->inherited_control >= 0)
		session_begin(&a, options->inherited_control, &(struct addr){0}, 0);
	while (good && wait_and_serve(&a))
		;
	agent_close(&a);
	return good;
}
