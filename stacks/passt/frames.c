/* frames TAP COMMAND...: runs COMMAND with an end of a stream socket as its descriptor 3, and copies frames
 * between the TAP device and that socket, on which each has its length before it, 4 octets, big endian. That
 * is how passt speaks to QEMU. Ends when the command does, with its status.
 *
 * What comes from the device goes on 10 ms later, as on a path of that length: this passt has forgotten a
 * connection by then that it was about to forget. What it reads in the same moment it takes for that one's,
 * and what it does then hangs on microseconds.
 *
 * Knows nothing of what is in a frame. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_BYTES_MAX = 2048, WAITING_MAX = 1024, COMMAND_FD = 3, DELAY_US = 10000 };

/* A ring of frames that wait, oldest first. */
static struct waiting {
	int64_t due_us;
	uint32_t len; /* as it goes before the frame; both at once, see send_due() */
	char frame[FRAME_BYTES_MAX];
} ring[WAITING_MAX];
static unsigned first, count;

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int open_tap(const char *name)
{
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
		perror(fd < 0 ? "/dev/net/tun" : name);
		exit(1);
	}
	return fd;
}

static pid_t start(char **command, int *socket)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		perror("socketpair");
		exit(1);
	}
	pid = fork();
	if (pid == 0) {
		/* It is without its close-on-exec then, also where it had that number before. */
		if (pair[1] == COMMAND_FD)
			fcntl(COMMAND_FD, F_SETFD, 0);
		else
			dup2(pair[1], COMMAND_FD);
		execvp(command[0], command);
		perror(command[0]);
		_exit(1);
	}
	close(pair[1]);
	*socket = pair[0];
	return pid;
}

/* False: the other end is gone. */
static bool write_all(int fd, const void *data, size_t len)
{
	for (const char *at = data; len > 0;) {
		ssize_t wrote = send(fd, at, len, MSG_NOSIGNAL);

		if (wrote <= 0)
			return false;
		at += wrote;
		len -= (size_t)wrote;
	}
	return true;
}

static bool read_all(int fd, void *data, size_t len)
{
	return recv(fd, data, len, MSG_WAITALL) == (ssize_t)len;
}

static bool from_tap(int tap)
{
	struct waiting *w = &ring[(first + count++) % WAITING_MAX];
	ssize_t len = read(tap, w->frame, sizeof w->frame);

	w->len = htonl((uint32_t)len);
	w->due_us = now_us() + DELAY_US;
	return len > 0;
}

/* A length and its frame at once: this passt drops a length that it reads alone, and takes the frame for the
 * next one. */
static bool send_due(int socket)
{
	bool good = true;

	while (good && count > 0 && ring[first].due_us <= now_us()) {
		good = write_all(socket, &ring[first].len, sizeof ring[first].len + ntohl(ring[first].len));
		first = (first + 1) % WAITING_MAX;
		count--;
	}
	return good;
}

static int wait_ms(void)
{
	int64_t rest_us = count > 0 ? ring[first].due_us - now_us() : 0;

	if (count == 0)
		return -1;
	return rest_us > 0 ? (int)((rest_us + 999) / 1000) : 0;
}

static bool from_socket(int tap, int socket)
{
	static char frame[65536];
	uint32_t len;

	if (!read_all(socket, &len, sizeof len))
		return false;
	len = ntohl(len);
	if (len > sizeof frame || !read_all(socket, frame, len))
		return false;
	/* What the device doesn't take is lost, as on a wire. */
	(void)!write(tap, frame, len);
	return true;
}

int main(int argc, char **argv)
{
	int tap, socket, status = 0;
	bool goes_on = argc > 2;
	pid_t command;

	if (!goes_on) {
		fprintf(stderr, "usage: frames TAP COMMAND...\n");
		return 2;
	}
	tap = open_tap(argv[1]);
	command = start(argv + 2, &socket);
	while (goes_on) {
		struct pollfd polled[] = {{count < WAITING_MAX ? tap : -1, POLLIN, 0}, {socket, POLLIN, 0}};

		goes_on = poll(polled, 2, wait_ms()) >= 0;
		if (goes_on && polled[0].revents)
			goes_on = from_tap(tap);
		if (goes_on && polled[1].revents)
			goes_on = from_socket(tap, socket);
		goes_on = goes_on && send_due(socket);
	}
	close(socket);
	waitpid(command, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
