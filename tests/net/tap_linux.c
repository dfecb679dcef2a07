/* A stack of its own on the lab's TAP device, for --serve with --tap: Linux's, in a network namespace that
 * the lab's host knows nothing of. Frames are carried between the lab's TAP device and one in there, which
 * has the addresses that the environment says. In it the agent serves, on FOURWAVE_CONTROL; or, with
 * operands, that program is run.
 *
 * FW_TAP_WITHOUT=4 or =6: it takes no address of that family. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/ipv6.h>
#include <net/if_arp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/address.h"
#include "lab/agent.h"
#include "lab/host.h"
#include "lab/sysctl.h"
#include "lab/veth.h"

#define INSIDE "eth0"

_Noreturn static void give_up(const char *what)
{
	fprintf(stderr, "tap_linux: %s: %s\n", what, strerror(errno));
	exit(1);
}

static const char *told(const char *name)
{
	const char *value = getenv(name);

	if (value)
		return value;
	fprintf(stderr, "tap_linux: %s is not set\n", name);
	exit(1);
}

static int open_tap(const char *name)
{
	struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	strncpy(r.ifr_name, name, sizeof r.ifr_name - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) < 0)
		give_up(name);
	return fd;
}

/* --- the stack's own namespace --- */

static void set_ipv4(int fd, struct ifreq *r, unsigned long request, const struct addr *a)
{
	struct sockaddr_storage at;

	address_to_socket(a, 0, &at);
	memcpy(&r->ifr_addr, &at, sizeof r->ifr_addr);
	if (ioctl(fd, request, r) < 0)
		give_up("an IPv4 address");
}

static void set_ipv6(unsigned index, const char *text)
{
	struct in6_ifreq r = {.ifr6_prefixlen = (unsigned)atoi(told("FOURWAVE_PREFIX6")),
	                      .ifr6_ifindex = (int)index};
	struct sockaddr_in6 at = {.sin6_family = AF_INET6};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (inet_pton(AF_INET6, text, &at.sin6_addr) != 1)
		give_up(text);
	r.ifr6_addr = at.sin6_addr;
	if (ioctl(fd, SIOCSIFADDR, &r) < 0)
		give_up("an IPv6 address");
	/* It is not to be had before the link is seen to run. */
	for (int i = 0; i < 5000 && bind(fd, (struct sockaddr *)&at, sizeof at) < 0; i++)
		poll(NULL, 0, 1);
	close(fd);
}

static void configure(struct addr own[2])
{
	const char *four = getenv("FOURWAVE_ADDRESS"), *six = getenv("FOURWAVE_ADDRESS6");
	const char *without = getenv("FW_TAP_WITHOUT");
	uint32_t mask = htonl(~0U << (32 - atoi(told("FOURWAVE_PREFIX"))));
	struct ifreq r = {.ifr_name = INSIDE};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t *mac = (uint8_t *)r.ifr_hwaddr.sa_data;

	sysctl_write("tcp_no_metrics_save", "1", NULL);
	r.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	if (sscanf(told("FOURWAVE_MAC"), "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &mac[0], &mac[1], &mac[2],
	           &mac[3], &mac[4], &mac[5]) != 6 ||
	    ioctl(fd, SIOCSIFHWADDR, &r) < 0)
		give_up("the MAC address");
	if (four && !(without && *without == '4') && address_parse(four, &own[0])) {
		struct addr net = {.family = 4};

		set_ipv4(fd, &r, SIOCSIFADDR, &own[0]);
		memcpy(net.bytes, &mask, sizeof mask);
		set_ipv4(fd, &r, SIOCSIFNETMASK, &net);
	}
	r.ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r) < 0)
		give_up("setting " INSIDE " up");
	close(fd);
	if (six && !(without && *without == '6') && address_parse(six, &own[1]))
		set_ipv6(if_nametoindex(INSIDE), six);
}

/* --- frames --- */

/* Until the program ends, whose status is ours. */
static int carry(int a, int b, pid_t program)
{
	struct pollfd fds[3] = {{.fd = a, .events = POLLIN},
	                        {.fd = b, .events = POLLIN},
	                        {.fd = pidfd_open(program, 0), .events = POLLIN}};
	char frame[65536];
	int status;

	while (poll(fds, 3, -1) > 0 && !fds[2].revents)
		for (int i = 0; i < 2; i++) {
			ssize_t len = fds[i].revents ? read(fds[i].fd, frame, sizeof frame) : 0;

			if (len < 0 || (len > 0 && write(fds[1 - i].fd, frame, (size_t)len) != len))
				give_up("a frame");
		}
	waitpid(program, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

_Noreturn static void serve(const struct addr own[2])
{
	struct agent_options options;
	struct diag why;

	agent_defaults(&options);
	memcpy(options.listen, own, sizeof options.listen);
	options.remote_allowed = true;
	options.data_port = 0;
	options.idle_ns = 0;
	options.inherited_control = atoi(told("FOURWAVE_CONTROL"));
	if (agent_serve(&options, &why))
		exit(0);
	fprintf(stderr, "tap_linux: %s\n", why.text);
	exit(1);
}

int main(int argc, char **argv)
{
	int outside = open_tap(told("FOURWAVE_TAP")), inside;
	struct addr own[2] = {{0}, {0}};
	struct diag why;
	pid_t program;

	if (!namespace_enter(&why) || !veth_loopback_up(&why)) {
		fprintf(stderr, "tap_linux: %s\n", why.text);
		return 1;
	}
	host_quiet_ipv6();
	inside = open_tap(INSIDE);
	configure(own);
	program = fork();
	if (program == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (argc == 1)
			serve(own);
		execvp(argv[1], argv + 1);
		give_up(argv[1]);
	}
	return carry(outside, inside, program);
}
