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
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"

enum {
	READ_BYTES = 65536,
	WRITE_BYTES = 16384,
	READS_AT_ONCE = 16,
};

static const int64_t UNREAD_TIMEOUT_NS = 2 * NS_PER_S, NEVER = INT64_MAX;

struct worker {
	int connection, link;
	bool reading;
	bool ended; /* end-of-file or an error was read: nothing more will come */
	bool closes_on_eof;
	int64_t close_delay_ns;
	int64_t close_at_ns;
	uint64_t to_write, written;
	struct worker_command command; /* being done, and what it will be answered */
	struct worker_answer answer;
};

/* errno is said as well, unless it is 0. */
static bool refuse(struct worker *w, const char *what, int error)
{
	snprintf(w->answer.text, sizeof w->answer.text, "%s%s%s", what, error ? ": " : "",
	         error ? strerror(error) : "");
	return false;
}

/* Closing ends the process too: there is nothing left to own. */
_Noreturn static void close_and_end(const struct worker *w)
{
	close(w->connection);
	_exit(0);
}

/* --- what it can be told --- */

static bool is_writing(struct worker *w)
{
	if (w->to_write > 0)
		refuse(w, "the program is still writing: the kernel has not taken all of it", 0);
	return w->to_write > 0;
}

static bool do_close(struct worker *w)
{
	if (is_writing(w))
		return false;
	if (close(w->connection) < 0)
		return refuse(w, "close", errno);
	w->connection = -1;
	return true;
}

static bool do_crash_unread(struct worker *w)
{
	int64_t deadline = clock_mono_ns() + UNREAD_TIMEOUT_NS;
	int unread = 0;

	w->reading = false;
	while (ioctl(w->connection, FIONREAD, &unread) == 0 && unread <= 0) {
		if (clock_mono_ns() >= deadline)
			return refuse(w, "no data waits unread: send some after \"provoke noread\"", 0);
		poll(NULL, 0, 1);
	}
	return unread > 0 || refuse(w, "FIONREAD", errno);
}

static bool set_option(struct worker *w, int level, int option, uint64_t value)
{
	int number = (int)value;

	return setsockopt(w->connection, level, option, &number, sizeof number) == 0 ||
	       refuse(w, "keepalive", errno);
}

static bool do_keepalive(struct worker *w)
{
	const uint64_t *numbers = w->command.numbers, second = NS_PER_S, most = 32767 * second;

	if (numbers[0] % second || numbers[1] % second || numbers[0] > most || numbers[1] > most)
		return refuse(w, "the kernel takes keepalive times in whole seconds, up to 32767", 0);
	if (numbers[2] > 127)
		return refuse(w, "the kernel takes a keepalive count of up to 127", 0);
	return set_option(w, IPPROTO_TCP, TCP_KEEPIDLE, numbers[0] / second) &&
	       set_option(w, IPPROTO_TCP, TCP_KEEPINTVL, numbers[1] / second) &&
	       set_option(w, IPPROTO_TCP, TCP_KEEPCNT, numbers[2]) &&
	       set_option(w, SOL_SOCKET, SO_KEEPALIVE, 1);
}

/* Gives the kernel what it takes of the data, the letters over and over. The rest is written when it takes
 * more. */
static bool write_some(struct worker *w)
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
			return refuse(w, "write", errno);
		}
		w->written += (uint64_t)sent;
		w->to_write -= (uint64_t)sent;
	}
	return true;
}

static bool do_command(struct worker *w)
{
	const struct linger none = {.l_onoff = 1, .l_linger = 0};

	switch (w->command.verb) {
	case VERB_CLOSE: return do_close(w);
	case VERB_RESET:
		if (setsockopt(w->connection, SOL_SOCKET, SO_LINGER, &none, sizeof none) < 0)
			return refuse(w, "SO_LINGER", errno);
		w->to_write = 0;
		return do_close(w);
	case VERB_SHUTDOWN:
		return !is_writing(w) &&
		       (shutdown(w->connection, SHUT_WR) == 0 || refuse(w, "shutdown", errno));
	case VERB_CLOSE_ON_EOF:
		w->reading = w->closes_on_eof = true;
		w->close_delay_ns = (int64_t)w->command.numbers[0];
		/* Where end-of-file has been read already, the time counts from now. */
		if (w->ended)
			w->close_at_ns = clock_mono_ns() + w->close_delay_ns;
		return true;
	case VERB_HOLD:
		w->closes_on_eof = false;
		w->close_at_ns = NEVER;
		return true;
	case VERB_CRASH: return true; /* the killing is the agent's */
	case VERB_CRASH_UNREAD: return do_crash_unread(w);
	case VERB_WRITE: w->to_write += w->command.numbers[0]; return write_some(w);
	case VERB_READ:
	case VERB_NOREAD: w->reading = w->command.verb == VERB_READ; return true;
	case VERB_KEEPALIVE: return do_keepalive(w);
	case VERB_CLAIM:
	case VERB_RELEASE:
	case VERB_STATE:
	case VERB_SYSCTL:
	case VERB_CONNECT:
	case VERB_COUNT: break;
	}
	return refuse(w, "this is not for the program to do", 0);
}

/* --- the loop --- */

/* One command; the end of the link is the end of the agent. */
static void serve_link(struct worker *w)
{
	ssize_t got = recv(w->link, &w->command, sizeof w->command, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got != sizeof w->command)
		_exit(1);
	memset(&w->answer, 0, sizeof w->answer);
	w->answer.ok = do_command(w);
	if (send(w->link, &w->answer, sizeof w->answer, MSG_NOSIGNAL) < 0 || w->connection < 0)
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
			w->close_at_ns = clock_mono_ns() + w->close_delay_ns;
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
	int64_t remaining = w->close_at_ns == NEVER ? 0 : w->close_at_ns - clock_mono_ns();
	struct timespec t = {.tv_sec = remaining > 0 ? remaining / NS_PER_S : 0,
	                     .tv_nsec = remaining > 0 ? remaining % NS_PER_S : 0};

	if (ppoll(p, 2, w->close_at_ns == NEVER ? NULL : &t, NULL) < 0)
		return;
	if (wants_read && p[1].revents)
		read_and_discard(w);
	if (w->to_write > 0 && p[1].revents)
		write_some(w);
	if (w->close_at_ns <= clock_mono_ns())
		close_and_end(w);
	if (p[0].revents)
		serve_link(w);
}

_Noreturn void worker_run(int connection, int link, pid_t parent)
{
	struct worker w = {.connection = connection, .link = link, .reading = true, .close_at_ns = NEVER};
	unsigned low = (unsigned)(connection < link ? connection : link);
	unsigned high = (unsigned)(connection < link ? link : connection);

	if (low > 3)
		close_range(3, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
	prctl(PR_SET_NAME, "fourwave-conn");
	/* The parent may have died before the call that makes us follow it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	for (;;)
		wait_and_work(&w);
}
