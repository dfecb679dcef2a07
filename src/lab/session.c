/* Control sessions: lines in, answers out. Knows nothing of what the requests do. */
#include "lab/agent_impl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void put(struct session *s, const char *text, size_t len)
{
	if (s->out_len + len > sizeof s->out) {
		s->broken = true;
		return;
	}
	memcpy(s->out + s->out_len, text, len);
	s->out_len += len;
}

static void put_answer(struct session *s, unsigned id, const char *kind, const char *fmt, va_list args)
{
	char line[PROTOCOL_LINE_BYTES];
	int len = snprintf(line, sizeof line - 1, "%u %s ", id, kind);

	len += vsnprintf(line + len, sizeof line - 1 - (size_t)len, fmt, args);
	if (len > (int)sizeof line - 2)
		len = sizeof line - 2;
	line[len] = '\n';
	put(s, line, (size_t)len + 1);
}

void session_done(struct session *s, unsigned id)
{
	char line[PROTOCOL_LINE_BYTES];

	put(s, line, (size_t)snprintf(line, sizeof line, "%u ok\n", id));
}

void session_ok(struct session *s, unsigned id, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_answer(s, id, "ok", fmt, args);
	va_end(args);
}

void session_no(struct session *s, unsigned id, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_answer(s, id, "no", fmt, args);
	va_end(args);
}

bool session_begin(struct agent *a, int fd, const struct addr *address, unsigned scope)
{
	static const char full[] =
	    PROTOCOL_HELLO "no too many testers are connected already, so try again later\n";
	struct session *s = a->sessions;
	char hello[PROTOCOL_LINE_BYTES];

	while (s < a->sessions + a->session_places && s->fd >= 0)
		s++;
	if (s == a->sessions + a->session_places) {
		(void)!send(fd, full, strlen(full), MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
		return false;
	}
	s->fd = fd;
	s->broken = false;
	s->address = *address;
	s->scope = scope;
	s->last_asked_ns = agent_now_ns();
	s->in_len = s->out_len = 0;
	put(s, hello,
	    (size_t)snprintf(hello, sizeof hello, PROTOCOL_HELLO "data-port %u\n", (unsigned)a->data_port));
	session_write(s);
	return true;
}

bool session_may_ask(const struct session *s) { return s->out_len < sizeof s->out / 2; }

bool session_has_line(const struct session *s)
{
	return session_may_ask(s) && memchr(s->in, '\n', s->in_len);
}

/* Does what the whole lines ask, as long as there is room for the answers. */
static void do_lines(struct agent *a, struct session *s)
{
	size_t at = 0;

	while (!s->broken && session_may_ask(s)) {
		char *line = s->in + at;
		char *end = memchr(line, '\n', s->in_len - at);
		struct request r;

		if (!end)
			break;
		*end = '\0';
		at = (size_t)(end + 1 - s->in);
		if (request_parse(line, &r))
			request_do(a, s, &r);
		else
			s->broken = true;
	}
	s->in_len -= at;
	memmove(s->in, s->in + at, s->in_len);
	if (s->in_len >= PROTOCOL_LINE_BYTES && !memchr(s->in, '\n', s->in_len))
		s->broken = true;
}

void session_read(struct agent *a, struct session *s)
{
	ssize_t got = 0;

	if (s->in_len < sizeof s->in) {
		got = recv(s->fd, s->in + s->in_len, sizeof s->in - s->in_len, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
			s->broken = true;
	}
	if (got > 0) {
		s->in_len += (size_t)got;
		s->last_asked_ns = agent_now_ns();
	}
	do_lines(a, s);
}

void session_write(struct session *s)
{
	ssize_t sent = send(s->fd, s->out, s->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		s->broken = true;
	if (sent <= 0)
		return;
	s->out_len -= (size_t)sent;
	memmove(s->out, s->out + sent, s->out_len);
}

void session_end(struct agent *a, struct session *s)
{
	for (unsigned i = 0; i < a->claim_places; i++)
		if (a->claims[i].session == s)
			claim_release(&a->claims[i]);
	close(s->fd);
	s->fd = -1;
}
