/* A worker's loop and the things that it can be told to do. Knows nothing of
 * sessions, claims or other connections. */
#include "lab/worker.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	READ_BYTES = 65536,
	WRITE_BYTES = 16384,
	READS_AT_ONCE = 16,
	UNREAD_TIMEOUT_MS = 2000,
};

static const int64_t NS_PER_S = 1000000000;
static const int64_t NEVER = INT64_MAX;

struct worker {
	int connection, link;
	bool reading;
	bool ended; /* end-of-file or an error was read: nothing more will come */
	bool closes_on_eof;
	int64_t close_delay_ns;
	int64_t close_at_ns;
	uint64_t to_write, written;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static bool refuse(struct worker_answer *a, const char *what, int error)
{
	snprintf(a->text, sizeof a->text, "%s%s%s", what, error ? ": " : "", error ? strerror(error) : "");
	return false;
}

/* Closing ends the process too: there is nothing left to own. */
_Noreturn static void close_and_end(const struct worker *w)
{
	close(w->connection);
	_exit(0);
}

static bool do_close(struct worker *w, struct worker_answer *a)
{
	if (w->to_write > 0)
		return refuse(a, "the program is still writing: the kernel has not taken all of it", 0);
	if (close(w->connection) < 0)
		return refuse(a, "close", errno);
	w->connection = -1;
	return true;
}

static bool do_reset(struct worker *w, struct worker_answer *a)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};

	if (setsockopt(w->connection, SOL_SOCKET, SO_LINGER, &none, sizeof none) < 0)
		return refuse(a, "SO_LINGER", errno);
	w->to_write = 0;
	return do_close(w, a);
}

static bool do_shutdown(struct worker *w, struct worker_answer *a)
{
	if (w->to_write > 0)
		return refuse(a, "the program is still writing: the kernel has not taken all of it", 0);
	if (shutdown(w->connection, SHUT_WR) < 0)
		return refuse(a, "shutdown", errno);
	return true;
}

/* Arms it; where end-of-file has been read already, its time counts from now. */
static bool do_close_on_eof(struct worker *w, int64_t delay_ns)
{
	w->reading = true;
	w->closes_on_eof = true;
	w->close_delay_ns = delay_ns;
	if (w->ended)
		w->close_at_ns = now_ns() + delay_ns;
	return true;
}

static bool do_hold(struct worker *w)
{
	w->closes_on_eof = false;
	w->close_at_ns = NEVER;
	return true;
}

static bool await_unread(struct worker *w, struct worker_answer *a)
{
	int64_t deadline = now_ns() + UNREAD_TIMEOUT_MS * (NS_PER_S / 1000);
	int unread = 0;

	w->reading = false;
	while (ioctl(w->connection, FIONREAD, &unread) == 0 && unread <= 0) {
		if (now_ns() >= deadline)
			return refuse(a, "no data waits unread: send some after \"provoke noread\"", 0);
		poll(NULL, 0, 1);
	}
	return unread > 0 || refuse(a, "FIONREAD", errno);
}

static bool set_seconds(struct worker *w, int option, uint64_t ns)
{
	int seconds = (int)(ns / (uint64_t)NS_PER_S);

	return setsockopt(w->connection, IPPROTO_TCP, option, &seconds, sizeof seconds) == 0;
}

static bool do_keepalive(struct worker *w, const uint64_t numbers[3], struct worker_answer *a)
{
	const uint64_t second = (uint64_t)NS_PER_S, most = 32767 * second;
	int on = 1, count = (int)numbers[2];

	if (numbers[0] % second || numbers[1] % second || numbers[0] > most || numbers[1] > most)
		return refuse(a, "the kernel takes keepalive times in whole seconds, up to 32767", 0);
	if (numbers[2] > 127)
		return refuse(a, "the kernel takes a keepalive count of up to 127", 0);
	if (!set_seconds(w, TCP_KEEPIDLE, numbers[0]) || !set_seconds(w, TCP_KEEPINTVL, numbers[1]) ||
	    setsockopt(w->connection, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count) < 0 ||
	    setsockopt(w->connection, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) < 0)
		return refuse(a, "keepalive", errno);
	return true;
}

/* Gives the kernel what it takes of the data, the letters over and over. The
 * rest is written when it takes more. */
static bool write_some(struct worker *w, struct worker_answer *a)
{
	char bytes[WRITE_BYTES];

	while (w->to_write > 0) {
		size_t len = w->to_write < sizeof bytes ? (size_t)w->to_write : sizeof bytes;
		ssize_t sent;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)('a' + (w->written + i) % 26);
		sent = send(w->connection, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return true;
		if (sent < 0) {
			w->to_write = 0;
			return refuse(a, "write", errno);
		}
		w->written += (uint64_t)sent;
		w->to_write -= (uint64_t)sent;
	}
	return true;
}

static bool do_write(struct worker *w, uint64_t bytes, struct worker_answer *a)
{
	w->to_write += bytes;
	return write_some(w, a);
}

static bool set_reading(struct worker *w, bool reading)
{
	w->reading = reading;
	return true;
}

static bool obey(struct worker *w, const struct worker_command *c, struct worker_answer *a)
{
	switch (c->verb) {
	case VERB_CLOSE: return do_close(w, a);
	case VERB_CLOSE_ON_EOF: return do_close_on_eof(w, (int64_t)c->numbers[0]);
	case VERB_SHUTDOWN: return do_shutdown(w, a);
	case VERB_HOLD: return do_hold(w);
	case VERB_RESET: return do_reset(w, a);
	case VERB_CRASH_UNREAD: return await_unread(w, a);
	case VERB_WRITE: return do_write(w, c->numbers[0], a);
	case VERB_READ: return set_reading(w, true);
	case VERB_NOREAD: return set_reading(w, false);
	case VERB_KEEPALIVE: return do_keepalive(w, c->numbers, a);
	case VERB_CRASH: return true;
	case VERB_CLAIM:
	case VERB_RELEASE:
	case VERB_STATE:
	case VERB_SYSCTL:
	case VERB_CONNECT:
	case VERB_COUNT: break;
	}
	return refuse(a, "this is not for the program to do", 0);
}

/* One command; the end of the link is the end of the agent. */
static void serve_link(struct worker *w)
{
	struct worker_command command;
	struct worker_answer answer = {0};
	ssize_t got = recv(w->link, &command, sizeof command, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got != sizeof command)
		_exit(1);
	answer.ok = obey(w, &command, &answer);
	if (send(w->link, &answer, sizeof answer, MSG_NOSIGNAL) < 0 || w->connection < 0)
		_exit(0);
}

static void read_and_discard(struct worker *w)
{
	static char bytes[READ_BYTES];

	for (int i = 0; i < READS_AT_ONCE; i++) {
		ssize_t got = recv(w->connection, bytes, sizeof bytes, MSG_DONTWAIT);

		if (got > 0 || (got < 0 && errno == EINTR))
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		w->ended = true;
		if (w->closes_on_eof && got == 0 && w->close_delay_ns == 0)
			close_and_end(w);
		if (w->closes_on_eof && got == 0)
			w->close_at_ns = now_ns() + w->close_delay_ns;
		return;
	}
}

static void wait_and_work(struct worker *w)
{
	bool wants_read = w->reading && !w->ended;
	short events = (short)((wants_read ? POLLIN : 0) | (w->to_write > 0 ? POLLOUT : 0));
	/* A descriptor asked for nothing still reports a hang-up, for ever. */
	struct pollfd p[2] = {
	    {.fd = w->link, .events = POLLIN},
	    {.fd = events ? w->connection : -1, .events = events},
	};
	int64_t left = w->close_at_ns == NEVER ? 0 : w->close_at_ns - now_ns();
	struct timespec t = {.tv_sec = left > 0 ? left / NS_PER_S : 0,
	                     .tv_nsec = left > 0 ? left % NS_PER_S : 0};

	if (ppoll(p, 2, w->close_at_ns == NEVER ? NULL : &t, NULL) < 0)
		return;
	if (wants_read && p[1].revents)
		read_and_discard(w);
	if (w->to_write > 0 && p[1].revents)
		write_some(w, &(struct worker_answer){0});
	if (w->close_at_ns <= now_ns())
		close_and_end(w);
	if (p[0].revents)
		serve_link(w);
}

static void close_all_but(int a, int b)
{
	unsigned low = (unsigned)(a < b ? a : b), high = (unsigned)(a < b ? b : a);

	if (low > 3)
		close_range(3, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
}

_Noreturn void worker_run(int connection, int link, pid_t parent)
{
	struct worker w = {
	    .connection = connection,
	    .link = link,
	    .reading = true,
	    .close_at_ns = NEVER,
	};

	close_all_but(connection, link);
	prctl(PR_SET_NAME, "fourwave-conn");
	/* The parent may have died before the call that makes us follow it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	for (;;)
		wait_and_work(&w);
}
