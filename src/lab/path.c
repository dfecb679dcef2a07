/* Trying a path with connections. Knows nothing of the lab. */
#include "lab/path.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"

enum { TRIES = 150, TRY_MS = 20 };

int path_connect(int fd, const struct sockaddr_storage *to, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t len = sizeof error;

	if (connect(fd, (const struct sockaddr *)to, sizeof *to) < 0 && errno != EINPROGRESS)
		return errno;
	if (poll(&p, 1, timeout_ms) <= 0)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ? errno : error;
}

/* Answered within TRY_MS: accepted, refused or reset. */
static bool is_answered(const struct addr *from, const struct addr *to, uint16_t port)
{
	struct sockaddr_storage source, target;
	struct linger none = {.l_onoff = 1, .l_linger = 0};
	socklen_t len = address_to_socket(from, 0, &source);
	int fd = socket(source.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		return false;
	address_to_socket(to, port, &target);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	error = bind(fd, (struct sockaddr *)&source, len) < 0 ? errno : path_connect(fd, &target, TRY_MS);
	close(fd);
	return error == 0 || error == ECONNRESET || error == ECONNREFUSED;
}

bool path_await(const struct addr *from, const struct addr *to, uint16_t port, struct diag *d)
{
	char text[ADDR_TEXT_BYTES];

	for (int i = 0; i < TRIES; i++) {
		if (is_answered(from, to, port))
			return true;
		/* A try that fails at once has not waited. */
		poll(NULL, 0, 1);
	}
	return diag_set(d, "no lab here: its peer does not answer at %s", addr_text(to, text));
}
