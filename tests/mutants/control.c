/* Requests in, answers out. Knows nothing of segments. */
#include "control.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/protocol.h"

#define PATIENCE_NS (500 * STACK_MS)

bool control_listen(struct control_server *c, struct diag *d)
{
	struct sockaddr_in where = {.sin_family = AF_INET,
	                            .sin_port = htons(CONTROL_PORT),
	                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	for (int i = 0; i < CONTROL_SESSIONS; i++)
		c->sessions[i].fd = -1;
	c->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->listener >= 0 && bind(c->listener, (struct sockaddr *)&where, sizeof where) == 0 &&
	    listen(c->listener, CONTROL_SESSIONS) == 0)
		return true;
	return diag_set(d, "the control port: %s", strerror(errno));
}

static void say(const struct control_session *e, const char *text)
{
	(void)!send(e->fd, text, strlen(text), MSG_NOSIGNAL);
}

void control_accept(struct control_server *c)
{
	int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
	struct control_session *e = c->sessions;
	char hello[64];

	while (e < c->sessions + CONTROL_SESSIONS && e->fd >= 0)
		e++;
	if (fd < 0)
		return;
	if (e == c->sessions + CONTROL_SESSIONS) {
		close(fd);
		return;
	}
	*e = (struct control_session){.fd = fd};
	snprintf(hello, sizeof hello, PROTOCOL_HELLO "data-port %d stack linux\n", CONTROL_DATA_PORT);
	say(e, hello);
}

static void answer(const struct control_session *e, const struct request *r, bool ok, const char *text)
{
	char line[PROTOCOL_LINE_BYTES];

	snprintf(line, sizeof line, "%u %s%s%s\n", r->id, ok ? "ok" : "no", *text ? " " : "", text);
	say(e, line);
}

static void tell_state(const struct control_session *e, const struct stack *s, const struct tcb *t,
                       const struct request *r)
{
	char text[96];
	int64_t at = STACK_NEVER;

	if (t)
		at = t->end_at != STACK_NEVER ? t->end_at : t->resend_at;
	if (at == STACK_NEVER)
		snprintf(text, sizeof text, "state %s", state_name(t ? t->state : STATE_CLOSED));
	else
		snprintf(text, sizeof text, "state %s timer %" PRId64, state_name(t->state),
		         at > s->now_ns ? at - s->now_ns : 0);
	answer(e, r, true, text);
}

static void tell_setting(const struct control_session *e, const struct stack *s, const struct request *r)
{
	const struct {
		const char *name;
		unsigned value;
	} known[] = {
	    {"tcp_orphan_retries", s->settings.orphan_retries},
	    {"tcp_retries2", s->settings.retries2},
	    {"tcp_fin_timeout", s->settings.fin_timeout_s},
	    {"tcp_no_metrics_save", 1},
	    {"tcp_invalid_ratelimit", 0},
	};
	char text[64];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(known[i].name, r->name) != 0)
			continue;
		snprintf(text, sizeof text, "value %u", known[i].value);
		answer(e, r, true, text);
		return;
	}
	answer(e, r, false, "this peer has no such setting");
}

static void do_program(struct stack *s, struct tcb *t, const struct request *r)
{
	switch (r->verb) {
	case VERB_CLOSE: return user_close(s, t);
	case VERB_CLOSE_ON_EOF: return user_close_on_eof(s, t, (int64_t)r->numbers[0]);
	case VERB_SHUTDOWN: return user_shutdown(s, t);
	case VERB_HOLD:
		t->closes_on_eof = false;
		t->close_at = STACK_NEVER;
		return;
	case VERB_RESET: return user_abort(s, t);
	case VERB_CRASH: return user_crash(s, t);
	case VERB_CRASH_UNREAD: return user_close(s, t);
	case VERB_WRITE: return user_write(s, t, (uint32_t)r->numbers[0]);
	case VERB_READ:
		t->reading = true;
		t->unread = 0;
		return;
	case VERB_NOREAD: t->reading = false; return;
	case VERB_KEEPALIVE:
		return user_keepalive(s, t, (int64_t)r->numbers[0], (int64_t)r->numbers[1],
		                      (unsigned)r->numbers[2]);
	case VERB_CLAIM:
	case VERB_RELEASE:
	case VERB_STATE:
	case VERB_SYSCTL:
	case VERB_CONNECT:
	case VERB_COUNT: return;
	}
}

/* Is it about a connection whose last segment of the handshake is in flight? */
static bool comes_too_soon(const struct tcb *t, const struct request *r)
{
	if (r->verb == VERB_CRASH_UNREAD && t && t->unread == 0)
		return true;
	return !t || t->state == STATE_SYN_RECEIVED;
}

/* False: not yet. */
static bool do_request(struct control_session *e, struct stack *s, const struct request *r)
{
	struct tcb *t = r->verb == VERB_SYSCTL ? NULL : stack_find(s, &r->tester, r->port);

	if (r->verb == VERB_SYSCTL) {
		tell_setting(e, s, r);
	} else if (r->verb == VERB_STATE) {
		tell_state(e, s, t, r);
	} else if (r->verb == VERB_CLAIM || r->verb == VERB_RELEASE) {
		if (t)
			tcb_free(t);
		answer(e, r, true, "");
	} else if (r->verb == VERB_CONNECT) {
		answer(e, r, false, "this peer does not connect");
	} else if (comes_too_soon(t, r)) {
		if (!e->waits_since)
			e->waits_since = s->now_ns;
		if (s->now_ns - e->waits_since < PATIENCE_NS)
			return false;
		answer(e, r, false, "there is no such connection");
	} else {
		do_program(s, t, r);
		answer(e, r, true, "");
	}
	e->waits_since = 0;
	return true;
}

static void do_lines(struct control_session *e, struct stack *s)
{
	char *end;

	while (e->fd >= 0 && (end = memchr(e->in, '\n', e->in_len))) {
		size_t len = (size_t)(end - e->in) + 1;
		char line[PROTOCOL_LINE_BYTES];
		struct request r;
		bool good = len < sizeof line;

		if (good) {
			memcpy(line, e->in, len - 1);
			line[len - 1] = '\0';
			good = request_parse(line, &r);
		}
		if (!good) {
			close(e->fd);
			e->fd = -1;
			return;
		}
		if (!do_request(e, s, &r))
			return;
		e->in_len -= len;
		memmove(e->in, end + 1, e->in_len);
	}
}

bool control_serve(struct control_server *c, struct stack *s, int64_t now_ns)
{
	bool waits = false;

	s->now_ns = now_ns;
	for (struct control_session *e = c->sessions; e < c->sessions + CONTROL_SESSIONS; e++) {
		ssize_t got;

		if (e->fd < 0)
			continue;
		got = recv(e->fd, e->in + e->in_len, sizeof e->in - e->in_len, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
			close(e->fd);
			e->fd = -1;
			continue;
		}
		if (got > 0)
			e->in_len += (size_t)got;
		do_lines(e, s);
		waits = waits || e->waits_since;
	}
	return waits;
}
