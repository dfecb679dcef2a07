/* See hosts.h. iproute2 does the set-up: it is a test's tool, not the program's. */
#define _GNU_SOURCE /* unshare */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hosts.h"

#define NET6 0xfd, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
const struct addr host_ours[2] = {{4, {10, 9, 0, 1}}, {6, {NET6, 1}}};
const struct addr host_peers[2] = {{4, {10, 9, 0, 2}}, {6, {NET6, 2}}};
const struct addr host_spare[2] = {{4, {10, 9, 0, 77}}, {6, {NET6, 77}}};
const char host_interface[] = "fw0";

static pid_t peer;
static int control = -1; /* our end: bytes tell the peer what to do */

void hosts_run(const char *format, ...)
{
	char command[256];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command) != 0) {
		fprintf(stderr, "this command failed: %s\n", command);
		abort();
	}
}

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

const char *hosts_enter(void)
{
	char map[32];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (system("ip link show >/dev/null 2>&1") != 0)
		return "iproute2 is not installed";
	if (unshare(CLONE_NEWNET) == 0)
		return NULL;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return "network namespaces are not allowed here, neither as root nor for an ordinary user";
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	if (!put("/proc/self/uid_map", map))
		return "the user namespace cannot be mapped";
	snprintf(map, sizeof(map), "0 %u 1", gid);
	return put("/proc/self/gid_map", map) ? NULL : "the user namespace cannot be mapped";
}

/* --- in the peer --- */

static void listen_both(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(HOST_PORT)};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 || listen(fd, 16) < 0)
		abort();
}

static void connect_spare(int family)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
	int fd = socket(family ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), rc;

	memcpy(&in.sin_addr, host_spare[0].bytes, 4);
	memcpy(&in6.sin6_addr, host_spare[1].bytes, 16);
	rc = family ? connect(fd, (struct sockaddr *)&in6, sizeof(in6))
	            : connect(fd, (struct sockaddr *)&in, sizeof(in));
	if (rc == 0 || errno != EINPROGRESS)
		abort();
}

static void settle(const char *interface, const char *last)
{
	hosts_run("sysctl -qw net.ipv6.conf.%s.accept_dad=0", interface);
	hosts_run("ip link set lo up");
	hosts_run("ip addr add 10.9.0.%s/24 dev %s", last, interface);
	hosts_run("ip addr add fd09::%s/64 dev %s nodad", last, interface);
	hosts_run("ip link set %s up", interface);
}

_Noreturn static void be_peer(int fd)
{
	char what;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNET) != 0 || write(fd, "n", 1) != 1 || read(fd, &what, 1) != 1)
		abort();
	settle("fw1", "2");
	listen_both();
	if (write(fd, "r", 1) != 1)
		abort();
	while (read(fd, &what, 1) == 1)
		connect_spare(what == '6');
	_exit(0);
}

/* --- in the test --- */

/* A connection of our own kernel's: it waits until the link carries, and both sides
 * know each other's MAC address. */
static void warm_up(int family)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(HOST_PORT)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(HOST_PORT)};
	int fd = socket(family ? AF_INET6 : AF_INET, SOCK_STREAM, 0), rc;

	memcpy(&in.sin_addr, host_peers[0].bytes, 4);
	memcpy(&in6.sin6_addr, host_peers[1].bytes, 16);
	rc = family ? connect(fd, (struct sockaddr *)&in6, sizeof(in6))
	            : connect(fd, (struct sockaddr *)&in, sizeof(in));
	ck_assert_int_eq(rc, 0);
	close(fd);
}

void hosts_make(void)
{
	char ready;
	int ends[2];

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	peer = fork();
	ck_assert_int_ge(peer, 0);
	if (peer == 0) {
		close(ends[0]);
		be_peer(ends[1]);
	}
	close(ends[1]);
	control = ends[0];
	ck_assert_int_eq(read(control, &ready, 1), 1);
	hosts_run("ip link add fw0 type veth peer name fw1 netns %d", (int)peer);
	settle(host_interface, "1");
	ck_assert_int_eq(write(control, "g", 1), 1);
	ck_assert_int_eq(read(control, &ready, 1), 1);
	warm_up(0);
	warm_up(1);
}

void hosts_end(void)
{
	close(control);
	kill(peer, SIGKILL);
	waitpid(peer, NULL, 0);
}

void hosts_connect_spare(int family) { ck_assert_int_eq(write(control, family ? "6" : "4", 1), 1); }
