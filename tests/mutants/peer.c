/* The mutant: a peer with one fault, or its healthy twin, on a link of its own.
 *
 *     peer [--fault NAME] [--twin NAME] [--set NAME=VALUE] COMMAND ...
 *     peer --list | --twins
 *
 * It goes into network namespaces of its own, a veth pair between them: the
 * COMMAND runs at one end, 198.18.1.1 and 2001:db8:1::1, the mutant's stack is the
 * other, .2 and ::2; the mutant takes requests at 127.0.0.1 port 4144 of the
 * command's end. No kernel speaks TCP at the mutant's end. The command's exit status
 * is ours; nothing is left. */
#include <cap-ng.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "lab/sysctl.h"
#include "lab/veth.h"
#include "packet.h"

enum { EXIT_USAGE = 2, EXIT_SKIPPED = 77, EXIT_TROUBLE = 99, LATE_MS = 20 };

static const struct veth_end ours = {
    .name = "fw1",
    .mac = {0x02, 0x46, 0x57, 0, 1, 1},
    .address = {{.family = 4, .bytes = {198, 18, 1, 1}},
                {.family = 6, .bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 1}}},
};
static const struct veth_end theirs = {
    .name = "eth0",
    .mac = {0x02, 0x46, 0x57, 0, 1, 2},
    .address = {{.family = 4, .bytes = {198, 18, 1, 2}},
                {.family = 6, .bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 2}}},
};

static struct stack stack;
static struct control_server server;

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * STACK_S + t.tv_nsec;
}

_Noreturn static void give_up(int status, const char *text)
{
	fprintf(stderr, "peer: %s\n", text);
	exit(status);
}

/* --- the mutant --- */

static void send_segment(void *context, const struct segment *s)
{
	packet_send(*(int *)context, ours.mac, theirs.mac, s);
}

static void take_segments(int fd)
{
	static uint8_t frame[PACKET_FRAME_BYTES];
	struct segment g;
	int got;

	while ((got = packet_receive(fd, stack.fault, frame, &g)) != 0)
		if (got > 0 &&
		    (addr_equal(&g.dst, &theirs.address[0]) || addr_equal(&g.dst, &theirs.address[1])))
			stack_receive(&stack, &g, now());
}

/* Whoever judges the mutant wants to know that it was not its own. */
static void tell_lateness(void)
{
	if (stack.late_ns > LATE_MS * STACK_MS)
		fprintf(stderr, "peer: late by %lld ms\n", (long long)(stack.late_ns / STACK_MS));
	stack.late_ns = 0;
}

/* Segments before requests: a request may be about what came just before. */
_Noreturn static void serve(int link)
{
	stack.send = send_segment;
	stack.context = &link;
	stack.port = CONTROL_DATA_PORT;
	for (;;) {
		struct pollfd p[2 + CONTROL_SESSIONS] = {{.fd = link, .events = POLLIN},
		                                         {.fd = server.listener, .events = POLLIN}};
		int64_t next;
		struct timespec wait;
		bool waits;

		take_segments(link);
		waits = control_serve(&server, &stack, now());
		next = stack_tick(&stack, now()) - now();
		tell_lateness();
		if (waits && next > STACK_MS)
			next = STACK_MS;
		if (next > 10 * STACK_S)
			next = 10 * STACK_S;
		if (next < 0)
			next = 0;
		wait = (struct timespec){.tv_sec = next / STACK_S, .tv_nsec = next % STACK_S};
		for (int i = 0; i < CONTROL_SESSIONS; i++)
			p[2 + i] = (struct pollfd){.fd = server.sessions[i].fd, .events = POLLIN};
		ppoll(p, sizeof p / sizeof *p, &wait, NULL);
		if (p[1].revents)
			control_accept(&server);
	}
}

/* The mutant's process, told and telling over a socket, a step at a time. */
_Noreturn static void be_mutant(int fd, pid_t parent)
{
	struct diag d;
	char go;
	int link;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	/* As timely as a kernel, where that is allowed. */
	sched_setscheduler(0, SCHED_RR, &(struct sched_param){.sched_priority = 1});
	prctl(PR_SET_TIMERSLACK, 1UL);
	if (!namespace_split(&d))
		give_up(EXIT_SKIPPED, d.text);
	sysctl_write("ipv6.conf.default.disable_ipv6", "1", NULL);
	if (send(fd, "1", 1, MSG_NOSIGNAL) != 1 || recv(fd, &go, 1, 0) != 1)
		_exit(1);
	if (!veth_up(&theirs, &d) || (link = packet_open(theirs.name, &d)) < 0)
		give_up(EXIT_TROUBLE, d.text);
	if (send(fd, "2", 1, MSG_NOSIGNAL) != 1)
		_exit(1);
	serve(link);
}

/* --- the command's end --- */

static bool step(int fd)
{
	char done;

	return recv(fd, &done, 1, 0) == 1;
}

/* The command may be an ordinary user's: what it needs goes with it. */
static void pass_on_capabilities(void)
{
	capng_get_caps_process();
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (capng_have_capability(CAPNG_PERMITTED, (unsigned)cap))
			capng_update(CAPNG_ADD, CAPNG_INHERITABLE, (unsigned)cap);
	capng_apply(CAPNG_SELECT_CAPS);
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
}

static int run_command(char **argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		pass_on_capabilities();
		execvp(argv[0], argv);
		fprintf(stderr, "peer: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_TROUBLE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_TROUBLE;
}

static int live(char **argv)
{
	struct diag d;
	pid_t parent = getpid(), pid;
	int pair[2], status;

	if (!namespace_enter(&d))
		give_up(EXIT_SKIPPED, d.text);
	sysctl_write("ipv6.conf.default.router_solicitations", "0", NULL);
	sysctl_write("ipv6.conf.default.addr_gen_mode", "1", NULL);
	sysctl_write("ipv6.conf.default.accept_dad", "0", NULL);
	if (!veth_loopback_up(&d) || !control_listen(&server, &d))
		give_up(EXIT_TROUBLE, d.text);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 || (pid = fork()) < 0)
		give_up(EXIT_TROUBLE, strerror(errno));
	if (pid == 0) {
		close(pair[0]);
		be_mutant(pair[1], parent);
	}
	close(pair[1]);
	close(server.listener);
	if (!step(pair[0]))
		give_up(EXIT_TROUBLE, "the mutant does not come up");
	if (!veth_make(&ours, &theirs, pid, &d) || !veth_up(&ours, &d))
		give_up(EXIT_TROUBLE, d.text);
	if (send(pair[0], "g", 1, MSG_NOSIGNAL) != 1 || !step(pair[0]))
		give_up(EXIT_TROUBLE, "the mutant's link does not come up");
	if (!veth_address(&ours, &theirs, &d))
		give_up(EXIT_TROUBLE, d.text);
	status = run_command(argv);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return status;
}

/* --- options --- */

static void list(void)
{
	for (int f = FAULT_NONE + 1; f < FAULT_COUNT; f++) {
		const struct fault_info *i = fault_info((enum fault)f);

		printf("%s\t%s\t%s\t%s\t%s\n", i->name, i->scenario, i->seen, i->what,
		       i->as ? i->as : "fail");
	}
}

static void list_twins(void)
{
	for (int t = TWIN_PLAIN + 1; t < TWIN_COUNT; t++) {
		const struct twin_info *i = twin_info((enum twin)t);

		printf("%s\t%s\t%s\n", i->name, i->seen, i->what);
	}
}

static bool set(const char *text)
{
	char name[64];
	unsigned value;

	if (sscanf(text, "%63[a-z0-9_]=%u", name, &value) != 2)
		return false;
	if (strcmp(name, "tcp_orphan_retries") == 0)
		stack.settings.orphan_retries = value;
	else if (strcmp(name, "tcp_retries2") == 0)
		stack.settings.retries2 = value;
	else if (strcmp(name, "tcp_fin_timeout") == 0)
		stack.settings.fin_timeout_s = value;
	/* Any other it does not have; it says so when it is asked. */
	return true;
}

int main(int argc, char **argv)
{
	int at = 1;

	stack_init(&stack);
	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--list") == 0) {
			list();
			return 0;
		} else if (strcmp(argv[at], "--twins") == 0) {
			list_twins();
			return 0;
		} else if (strcmp(argv[at], "--twin") == 0 && at + 1 < argc &&
		           twin_parse(argv[at + 1], &stack.twin)) {
			at++;
		} else if (strcmp(argv[at], "--fault") == 0 && at + 1 < argc &&
		           fault_parse(argv[at + 1], &stack.fault)) {
			at++;
		} else if (strcmp(argv[at], "--set") == 0 && at + 1 < argc && set(argv[at + 1])) {
			at++;
		} else {
			give_up(
			    EXIT_USAGE,
			    "usage: peer --list | --twins | [--fault NAME] [--twin NAME] [--set NAME=VALUE] "
			    "COMMAND ...");
		}
	}
	if (at == argc)
		give_up(EXIT_USAGE, "there is no command to run");
	return live(argv + at);
}
