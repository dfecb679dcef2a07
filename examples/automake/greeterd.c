/* A server with a close: it says nothing, reads lines, and closes when it is
 * told "bye" or the client closes. Loopback, the port as its argument. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void serve(int fd)
{
	char line[512];
	ssize_t n;

	while ((n = read(fd, line, sizeof line - 1)) > 0) {
		line[n] = '\0';
		if (strstr(line, "bye") != NULL)
			break;
	}
#ifdef RUDE
	/* A server that throws its connections away: RST instead of FIN. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
#endif
	close(fd);
}

int main(int argc, char **argv)
{
	/* IPv6's socket takes IPv4 as well. */
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any};
	int listener = socket(AF_INET6, SOCK_STREAM, 0), yes = 1;

	at.sin6_port = htons(argc > 1 ? (unsigned short)atoi(argv[1]) : 7000);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	signal(SIGCHLD, SIG_IGN);
	if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 16) < 0)
		return 1;
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		if (fork() == 0) {
			close(listener);
			serve(fd);
			_exit(0);
		}
		close(fd);
	}
}
