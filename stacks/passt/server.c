/* server PORT: takes connections on loopback, both families, and closes each at its first octet or at its end
 * of file. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 512 };

static int listening(const struct sockaddr *where, socklen_t len)
{
	int fd = socket(where->sa_family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, where, len) < 0 || listen(fd, BACKLOG) < 0) {
		perror("server");
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	uint16_t port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
	struct sockaddr_in four = {
	    .sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 six = {
	    .sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct pollfd polled[] = {
	    {listening((const struct sockaddr *)&four, sizeof four), POLLIN, 0},
	    {listening((const struct sockaddr *)&six, sizeof six), POLLIN, 0},
	};
	char octet;

	signal(SIGCHLD, SIG_IGN);
	while (poll(polled, 2, -1) > 0)
		for (int i = 0; i < 2; i++) {
			int connection = polled[i].revents ? accept(polled[i].fd, NULL, NULL) : -1;

			if (connection >= 0 && fork() == 0) {
				(void)!read(connection, &octet, 1);
				_exit(0);
			}
			if (connection >= 0)
				close(connection);
		}
	return 1;
}
