/* Control sessions: lines in, answers out. Knows nothing of what the requests do. */
#include "lab/agent_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

static void put(struct session *s, const char *line, size_t len)
{
	if (s->lines.out_len + len > SESSION_OUT_BYTES)
		s->lines.gone = true;
	else
		lines_put(&s->lines, line, len);
}

void session_reply(struct session *s, const struct control_reply *reply)
{
	char line[PROTOCOL_LINE_BYTES];

	put(s, line, reply_format(reply, line));
}

void session_done(struct session *s, unsigned id)
{
	session_reply(s, &(struct control_reply){.id = id, .ok = true});
}

void session_no(struct session *s, unsigned id, const char *fmt, ...)
{
	struct control_reply reply = {.id = id};
	va_list args;

	va_start(args, fmt);
	vsnprintf(reply.text, sizeof reply.text, fmt, args);
	va_end(args);
	session_reply(s, &reply);
}

void session_begin(struct agent *a, int fd, const struct addr *address, unsigned scope)
{
	static const char full[] =
	    PROTOCOL_HELLO "no too many testers are connected already, so try again later\n";
	struct session *s = a->sessions;
	char hello[PROTOCOL_LINE_BYTES];

	while (s < a->sessions + a->session_places && s->lines.fd >= 0)
		s++;
	if (s == a->sessions + a->session_places) {
		(void)!send(fd, full, strlen(full), MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
		return;
	}
	*s = (struct session){
	    .lines.fd = fd, .address = *address, .scope = scope, .last_asked_ns = clock_mono_ns()};
	put(s, hello,
	    (size_t)snprintf(hello, sizeof hello, PROTOCOL_HELLO "data-port %u stack linux\n",
	                     (unsigned)a->data_port));
	lines_flush(&s->lines);
}

bool session_may_ask(const struct session *s) { return s->lines.out_len < SESSION_OUT_BYTES / 2; }

bool session_has_line(const struct session *s) { return session_may_ask(s) && lines_waiting(&s->lines); }

void session_read(struct agent *a, struct session *s)
{
	char line[PROTOCOL_LINE_BYTES];
	struct request r;

	if (lines_read(&s->lines))
		s->last_asked_ns = clock_mono_ns();
	/* As long as there is room for the answers. */
	while (!s->lines.gone && session_may_ask(s)) {
		int got = lines_take(&s->lines, line);

		if (got == 0)
			break;
		if (got > 0 && request_parse(line, &r))
			request_do(a, s, &r);
		else
			session_farewell(s, got > 0 ? "a line that is no request"
			                            : "a line that is longer than any request");
	}
}

void session_farewell(struct session *s, const char *why)
{
	session_no(s, 0, "%s", why);
	lines_flush(&s->lines);
	s->lines.gone = true;
}

void session_end(struct agent *a, struct session *s)
{
	for (unsigned i = 0; i < a->claim_places; i++)
		if (a->claims[i].session == s)
			claim_release(&a->claims[i]);
	lines_free(&s->lines);
	s->lines.fd = -1;
}
