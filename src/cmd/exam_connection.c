/* Our ends of the connections under test: ordinary sockets. Knows nothing of what the agent was asked. */
#include <errno.h>
#include <limits.h>
#include <linux/sockios.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"
#include "cmd/exam.h"

enum { PIECE_BYTES = 65536, POLL_MS = 5 };
static const int64_t FILL_NS = 30 * NS_PER_S;

struct ours ours_bind(struct exam *e)
{
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(&e->own, 0, &where);
	struct ours o = {.fd = socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
	struct addr bound;

	address_set_scope(&where, e->data.scope);
	if (o.fd >= 0 && bind(o.fd, (struct sockaddr *)&where, len) == 0 &&
	    getsockname(o.fd, (struct sockaddr *)&where, &len) == 0) {
		address_from_socket(&where, &bound, &o.port);
		return o;
	}
	exam_wrong(e, "this host has no socket for it: %s", strerror(errno));
	ours_close(&o);
	return o;
}

int ours_connect(struct exam *e, const struct ours *o)
{
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(&e->data.address, e->data.port, &where);
	struct pollfd p = {.fd = o->fd, .events = POLLOUT};
	int64_t began_ns = clock_mono_ns();
	int error = 0;

	address_set_scope(&where, e->data.scope);
	if (connect(o->fd, (struct sockaddr *)&where, len) < 0 && errno != EINPROGRESS)
		return errno;
	if (poll(&p, 1, e->effect_ms) <= 0)
		return ETIMEDOUT;
	exam_took(e, clock_mono_ns() - began_ns);
	len = sizeof error;
	return getsockopt(o->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ? errno : error;
}

bool ours_open(struct exam *e, struct ours *o)
{
	int error;

	*o = ours_bind(e);
	if (o->fd < 0 || !exam_do(e, VERB_CLAIM, o, NULL))
		return false;
	error = ours_connect(e, o);
	if (error)
		return exam_wrong(e, "then no connection to port %u comes about: %s", e->data.port,
		                  strerror(error));
	return true;
}

void ours_close(struct ours *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

enum comes ours_next(const struct ours *o, int ms, char *bytes, size_t *len)
{
	struct pollfd p = {.fd = o->fd, .events = POLLIN};
	ssize_t got;

	if (poll(&p, 1, ms) <= 0)
		return COMES_NOTHING;
	got = recv(o->fd, bytes, *len, MSG_DONTWAIT);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? COMES_NOTHING : COMES_RESET;
	*len = (size_t)got;
	return got == 0 ? COMES_END : COMES_DATA;
}

bool ours_sees(struct exam *e, const struct ours *o, enum comes wanted, int ms)
{
	static const char *const come[] = {
	    [COMES_NOTHING] = "but the connection is as it was",
	    [COMES_DATA] = "and data comes",
	    [COMES_END] = "and the connection's end comes",
	    [COMES_RESET] = "and the connection is reset",
	};
	char bytes[512];
	size_t len = sizeof bytes;
	enum comes got = ours_next(o, ms, bytes, &len);

	if (got == wanted)
		return true;
	if (got == COMES_NOTHING)
		return exam_wrong(e, "%s after %.1f s", come[got], ms / 1e3);
	return exam_wrong(e, "%s", come[got]);
}

enum comes ours_gone(struct exam *e, const struct ours *o)
{
	int64_t deadline = clock_mono_ns() + e->effect_ms * NS_PER_MS;
	static char bytes[PIECE_BYTES];
	enum comes got;

	do {
		size_t len = sizeof bytes;
		got = ours_next(o, e->effect_ms, bytes, &len);
	} while (got == COMES_DATA && clock_mono_ns() < deadline);
	if (got == COMES_END || got == COMES_RESET)
		return got;
	exam_wrong(e, "but the connection is as it was after %.1f s", e->effect_ms / 1e3);
	return COMES_NOTHING;
}

bool ours_send(struct exam *e, const struct ours *o, size_t len)
{
	static const char bytes[PIECE_BYTES];
	int64_t deadline = clock_mono_ns() + e->effect_ms * NS_PER_MS;

	while (len > 0) {
		struct pollfd p = {.fd = o->fd, .events = POLLOUT};
		ssize_t sent = send(o->fd, bytes, len < sizeof bytes ? len : sizeof bytes, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return exam_wrong(e, "and data that we send fails: %s", strerror(errno));
		len -= sent > 0 ? (size_t)sent : 0;
		if (sent > 0)
			deadline = clock_mono_ns() + e->effect_ms * NS_PER_MS;
		if (sent < 0 && clock_mono_ns() > deadline)
			return exam_wrong(e, "but data is not taken");
		if (sent < 0)
			poll(&p, 1, e->pause_ms);
	}
	return true;
}

bool ours_taken(struct exam *e, const struct ours *o)
{
	int64_t deadline = 0;
	int waits, before = INT_MAX;

	while (ioctl(o->fd, SIOCOUTQ, &waits) == 0 && waits > 0) {
		if (waits < before)
			deadline = clock_mono_ns() + e->effect_ms * NS_PER_MS;
		if (clock_mono_ns() > deadline)
			return exam_wrong(e, "but data is not taken");
		before = waits;
		poll(NULL, 0, POLL_MS);
	}
	return true;
}

void ours_shutdown(const struct ours *o) { shutdown(o->fd, SHUT_WR); }

bool ours_fill(const struct ours *o, int ms)
{
	static const char bytes[PIECE_BYTES];
	struct pollfd p = {.fd = o->fd, .events = POLLOUT};
	int64_t deadline = clock_mono_ns() + FILL_NS;
	size_t taken = 0;

	while (taken < EXAM_TAKEN_MOST && clock_mono_ns() < deadline) {
		ssize_t sent = send(o->fd, bytes, sizeof bytes, MSG_NOSIGNAL);

		taken += sent > 0 ? (size_t)sent : 0;
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent < 0 && poll(&p, 1, ms) == 0)
			return true;
	}
	return false;
}
