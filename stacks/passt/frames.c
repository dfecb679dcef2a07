/* frames TAP COMMAND...: runs COMMAND with an end of a stream socket as its descriptor 3, and copies frames
 * between the TAP device and that socket, on which each has its length before it, 4 octets, big endian. That
 * is how passt speaks to QEMU. Ends when the command does, with its status.
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
#include <unistd.h>

enum { FRAME_BYTES_MAX = 65536, COMMAND_FD = 3 };

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

static bool from_tap(int tap, int socket)
{
	static struct {
		uint32_t len;
		char frame[FRAME_BYTES_MAX];
	} both;
	ssize_t len = read(tap, both.frame, sizeof both.frame);

	/* At once: this passt drops a length that it reads alone, and takes the frame for the next one. */
	both.len = htonl((uint32_t)len);
	return len > 0 && write_all(socket, &both, sizeof both.len + (size_t)len);
}

static bool from_socket(int tap, int socket)
{
	static char frame[FRAME_BYTES_MAX];
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
		struct pollfd polled[] = {{tap, POLLIN, 0}, {socket, POLLIN, 0}};

		goes_on = poll(polled, 2, -1) > 0;
		if (goes_on && polled[0].revents)
			goes_on = from_tap(tap, socket);
		if (goes_on && polled[1].revents)
			goes_on = from_socket(tap, socket);
	}
	close(socket);
	waitpid(command, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
