/* A program as people write them when they are in a hurry: for tests/net/serve_wrong.sh. Its arguments are
 * done one after the other:
 *     listen [ADDR,]PORT   on this address, any where none is said
 *     say TEXT             on standard error
 *     flood                eight megabytes on standard output and on standard error
 *     control              what a terminal takes for orders, on standard error
 *     deaf                 ignores SIGTERM, SIGINT, SIGHUP and SIGQUIT
 *     daemon               goes into the background: a session of its own, and its parent's parent ends with
 * 0 children N           so many that stay, deaf wait MS serve N              so many connections are taken,
 * 0: without end; each is closed after a line, or end-of-file hold                 the same without end, and
 * none is ever closed segv | stop | exit N | sleep Knows nothing of fourwave. */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKETS = 512, FLOOD_LINES = 80000 };

static struct pollfd sockets[SOCKETS];
static nfds_t count, listeners;

static void do_listen(const char *where)
{
	const char *comma = strchr(where, ',');
	struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	struct sockaddr_in one = {.sin_family = AF_INET};
	uint16_t port = htons((uint16_t)atoi(comma ? comma + 1 : where));
	int yes = 1, fd = socket(comma ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), failed;
	char address[64];

	any.sin6_port = one.sin_port = port;
	snprintf(address, sizeof address, "%.*s", comma ? (int)(comma - where) : 0, where);
	inet_pton(AF_INET, address, &one.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	failed = comma ? bind(fd, (struct sockaddr *)&one, sizeof one)
	               : bind(fd, (struct sockaddr *)&any, sizeof any);
	if (failed < 0 || listen(fd, 256) < 0) {
		perror("misbehave: listen");
		exit(1);
	}
	sockets[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
	listeners = count;
}

static void do_flood(void)
{
	for (int i = 0; i < FLOOD_LINES; i++) {
		printf("%099d\n", i);
		fprintf(stderr, "%099d\n", i);
	}
	fflush(stdout);
}

static void do_deaf(void)
{
	static const int all[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		signal(all[i], SIG_IGN);
}

static void do_daemon(void)
{
	if (fork() != 0)
		_exit(0);
	setsid();
	if (fork() != 0)
		_exit(0);
}

static void do_children(int n)
{
	for (; n > 0; n--)
		if (fork() == 0) {
			do_deaf();
			setsid();
			for (;;)
				pause();
		}
}

/* Takes up to `most` connections; with `closes` each ends with a line or with end-of-file. */
static void do_serve(int most, bool closes)
{
	int taken = 0;
	char text[512];
	ssize_t got;

	while (most == 0 || taken < most) {
		poll(sockets, count, -1);
		for (nfds_t i = count; i-- > 0;) {
			if (sockets[i].revents == 0)
				continue;
			if (i < listeners) {
				if (count < SOCKETS)
					sockets[count++] = (struct pollfd){
					    .fd = accept(sockets[i].fd, NULL, NULL), .events = POLLIN};
				taken++;
				continue;
			}
			got = read(sockets[i].fd, text, sizeof text);
			if (closes && (got <= 0 || memchr(text, '\n', (size_t)got))) {
				close(sockets[i].fd);
				sockets[i] = sockets[--count];
			} else if (got <= 0) {
				sockets[i].fd = ~sockets[i].fd; /* it stays open, and poll() passes it over */
			}
		}
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value = i + 1 < argc ? argv[i + 1] : "0";
		bool takes = true;

		if (strcmp(word, "listen") == 0)
			do_listen(value);
		else if (strcmp(word, "say") == 0)
			fprintf(stderr, "%s\n", value);
		else if (strcmp(word, "children") == 0)
			do_children(atoi(value));
		else if (strcmp(word, "wait") == 0)
			poll(NULL, 0, atoi(value));
		else if (strcmp(word, "serve") == 0)
			do_serve(atoi(value), true);
		else if (strcmp(word, "exit") == 0)
			return atoi(value);
		else
			takes = false;
		if (strcmp(word, "flood") == 0)
			do_flood();
		else if (strcmp(word, "control") == 0)
			fprintf(
			    stderr,
			    "\033[31mred\033[2J \033]0;title\007 \001\002\177 \303\050 \342\200\256end\r\n");
		else if (strcmp(word, "deaf") == 0)
			do_deaf();
		else if (strcmp(word, "daemon") == 0)
			do_daemon();
		else if (strcmp(word, "hold") == 0)
			do_serve(0, false);
		else if (strcmp(word, "segv") == 0 && signal(SIGSEGV, SIG_DFL) != SIG_ERR)
			raise(SIGSEGV); /* not as sanitizers take it */
		else if (strcmp(word, "stop") == 0)
			raise(SIGSTOP);
		else if (strcmp(word, "sleep") == 0)
			pause();
		i += takes;
	}
	return 0;
}
