/* The control channels of the agent's protocol. Knows no request. */
#include "session.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "request.h"

struct session {
	int fd; /* 0: a free place */
	char input[4 * REQUEST_LINE_BYTES];
	size_t len;
};

static struct session sessions[SESSIONS_MAX];
static int listener = -1;
static const char *hello;

void session_put(struct session *s, const char *fmt, ...)
{
	char line[2 * REQUEST_LINE_BYTES];
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(line, REQUEST_LINE_BYTES - 1, fmt, args);
	va_end(args);
	len = strlen(strcat(line, "\n"));
	/* A tester that reads no answers will not be answered. */
	if (send(s->fd, line, len, MSG_NOSIGNAL) != (ssize_t)len)
		shutdown(s->fd, SHUT_RDWR);
}

static void begin(int fd)
{
	for (size_t i = 0; i < SESSIONS_MAX; i++)
		if (!sessions[i].fd) {
			sessions[i] = (struct session){.fd = fd};
			session_put(&sessions[i], "%s", hello);
			return;
		}
	session_put(&(struct session){.fd = fd}, "fourwave-peer 1 no there is no room for one more tester");
	close(fd);
}

static void end(struct session *s)
{
	agent_drop(s);
	close(s->fd);
	s->fd = 0;
}

static bool refuse(struct session *s)
{
	session_put(s, "0 no this line is not of the agent's protocol");
	return false;
}

/* False: the tester has hung up, or doesn't keep to the protocol. */
static bool read_lines(struct session *s)
{
	ssize_t got = recv(s->fd, s->input + s->len, sizeof s->input - 1 - s->len, MSG_DONTWAIT);
	char *line = s->input, *newline;

	if (got < 0)
		return true;
	s->len += (size_t)got;
	s->input[s->len] = '\0';
	for (; (newline = strchr(line, '\n')); line = newline + 1) {
		*newline = '\0';
		if (!agent_take(s, line))
			return refuse(s);
	}
	s->len -= (size_t)(line - s->input);
	memmove(s->input, line, s->len);
	return got > 0 && (s->len < REQUEST_LINE_BYTES || refuse(s));
}

static bool listen_at(const char *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;

	at.sin_port = htons((uint16_t)atoi(port));
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(listener, SESSIONS_MAX) == 0)
		return true;
	perror(port);
	return false;
}

bool sessions_start(const char *port, const char *greeting)
{
	const char *inherited = getenv("FOURWAVE_CONTROL");

	hello = greeting;
	if (port)
		return listen_at(port);
	if (!inherited) {
		fprintf(stderr, "no control channel: start this from fourwave --tap, or name a port\n");
		return false;
	}
	begin(atoi(inherited));
	return true;
}

unsigned sessions_poll(struct pollfd *fds)
{
	unsigned count = 0;

	if (listener >= 0)
		fds[count++] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (size_t i = 0; i < SESSIONS_MAX; i++)
		if (sessions[i].fd)
			fds[count++] = (struct pollfd){.fd = sessions[i].fd, .events = POLLIN};
	return count;
}

bool sessions_run(void)
{
	bool more = listener >= 0;
	int fd = more ? accept(listener, NULL, NULL) : -1;

	if (fd >= 0)
		begin(fd);
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *s = &sessions[i];

		if (s->fd && !read_lines(s))
			end(s);
		more = more || s->fd;
	}
	return more;
}
