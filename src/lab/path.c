/* Trying a path with connections. Knows nothing of the lab. */
#include "lab/path.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"

enum { TRIES = 150, TRY_MS = 20 };

/* Answered within TRY_MS: accepted, refused or reset. */
static bool is_answered(int fd, const struct sockaddr_storage *to, socklen_t len)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t error_len = sizeof error;

	if (connect(fd, (const struct sockaddr *)to, len) < 0 && errno != EINPROGRESS)
		return errno == ECONNREFUSED;
	if (poll(&p, 1, TRY_MS) <= 0)
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len) < 0)
		return false;
	return error == 0 || error == ECONNRESET || error == ECONNREFUSED;
}

static bool try_once(const struct addr *from, const struct addr *to, uint16_t port)
{
	struct sockaddr_storage source, target;
	socklen_t source_len = address_to_socket(from, 0, &source);
	socklen_t target_len = address_to_socket(to, port, &target);
	struct linger none = {.l_onoff = 1, .l_linger = 0};
	int fd = socket(source.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool answered;

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	answered =
	    bind(fd, (struct sockaddr *)&source, source_len) == 0 && is_answered(fd, &target, target_len);
	close(fd);
	return answered;
}

bool path_await(const struct addr *from, const struct addr *to, uint16_t port, struct diag *d)
{
	char text[ADDR_TEXT_BYTES];

	for (int i = 0; i < TRIES; i++) {
		if (try_once(from, to, port))
			return true;
		/* A try that fails at once has not waited. */
		poll(NULL, 0, 1);
	}
	return diag_set(d, "no lab here: its peer does not answer at %s", addr_text(to, text));
}
