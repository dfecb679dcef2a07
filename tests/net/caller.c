/* A client as people write them when they are in a hurry: for tests/net/client.sh. Its arguments are done
 * one after the other; each but the last three takes a value:
 *     connect .|PORT   to $FOURWAVE_ADDRESS, port $FOURWAVE_PORT or this one
 *     begin .          the same, without waiting until it is there
 *     write TEXT       a line
 *     talk MS          a line every so often, until the other end closes
 *     say TEXT         on standard error
 *     wait MS
 *     exit N
 *     read             until end-of-file
 *     abort            a close that resets
 *     deaf             ignores SIGTERM
 * A later connection does not end the one before. Knows nothing of fourwave. */
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fd = -1;

static void do_connect(const char *port, int flags)
{
	const char *address = getenv("FOURWAVE_ADDRESS"), *its = getenv("FOURWAVE_PORT");
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	                               .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
	struct addrinfo *found;

	if (getaddrinfo(address, strcmp(port, ".") == 0 ? its : port, &hints, &found) != 0)
		exit(9);
	fd = socket(found->ai_family, SOCK_STREAM | flags, 0);
	if (connect(fd, found->ai_addr, found->ai_addrlen) < 0 && !flags) {
		perror("caller: connect");
		exit(1);
	}
	freeaddrinfo(found);
}

/* False: nothing more comes. */
static bool do_read(int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char text[512];

	while (poll(&p, 1, ms) > 0)
		if (read(fd, text, sizeof text) <= 0)
			return false;
	return true;
}

static void do_write(const char *text)
{
	char line[256];

	snprintf(line, sizeof line, "%s\n", text);
	(void)!write(fd, line, strlen(line));
}

static void do_abort(void)
{
	const struct linger now = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value = i + 1 < argc ? argv[i + 1] : "0";
		bool takes =
		    strcmp(word, "read") != 0 && strcmp(word, "abort") != 0 && strcmp(word, "deaf") != 0;

		if (strcmp(word, "connect") == 0)
			do_connect(value, 0);
		else if (strcmp(word, "begin") == 0)
			do_connect(value, SOCK_NONBLOCK);
		else if (strcmp(word, "write") == 0)
			do_write(value);
		else if (strcmp(word, "talk") == 0)
			while (do_read(atoi(value)))
				do_write("and another thing");
		else if (strcmp(word, "say") == 0)
			fprintf(stderr, "%s\n", value);
		else if (strcmp(word, "wait") == 0)
			poll(NULL, 0, atoi(value));
		else if (strcmp(word, "exit") == 0)
			return atoi(value);
		else if (strcmp(word, "read") == 0)
			do_read(-1);
		else if (strcmp(word, "abort") == 0)
			do_abort();
		else if (strcmp(word, "deaf") == 0)
			signal(SIGTERM, SIG_IGN);
		i += takes;
	}
	return 0;
}
