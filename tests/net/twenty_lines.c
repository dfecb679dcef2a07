/* A server of twenty lines, as anybody writes one for a trial: a process for each connection, which ends
 * when a line has come, or end-of-file. Its argument is the port. Knows nothing of fourwave. */
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	int one = 1, fd, listener = socket(AF_INET6, SOCK_STREAM, 0);
	char text[512] = "";

	any.sin6_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(listener, (struct sockaddr *)&any, sizeof any) < 0 || listen(listener, 64) < 0)
		return 1;
	signal(SIGCHLD, SIG_IGN);
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		if (fork() == 0) {
			while (!strchr(text, '\n') && read(fd, text, sizeof text - 1) > 0)
				continue;
			return 0;
		}
		close(fd);
	}
	return 1;
}
