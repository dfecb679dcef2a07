/* The port shield. Knows one address and one port, and no segment. */
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/ports.h"
#include "wire/route.h"
#include "wire/shield.h"

/* Makes the socket drop all that comes. Some kernels (6.18 is one) let only a process with
 * CAP_NET_ADMIN attach a filter to a TCP socket; then every segment is made to fall
 * short of the least TTL that the socket takes (RFC 5082), which drops it as silently. */
static bool deafen(int fd, int family)
{
	struct sock_filter drop_all[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog program = {.len = 1, .filter = drop_all};
	int most = 255;

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0)
		return true;
	if (errno != EPERM)
		return false;
	if (family == AF_INET)
		return setsockopt(fd, IPPROTO_IP, IP_MINTTL, &most, sizeof(most)) == 0;
	return setsockopt(fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &most, sizeof(most)) == 0;
}

/* The whole shield. It is deaf before listen(), so that no segment meets a
 * listener that hears. -1 with errno. */
static int try_port(const struct addr *source, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = address_to_socket(source, port, &at);
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0)
		return -1;
	address_set_scope(&at, route_scope(source));
	if (deafen(fd, at.ss_family) && bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 1) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void refused(const struct addr *source, uint16_t port, int error, struct diag *d)
{
	char text[ADDR_TEXT_BYTES];

	addr_text(source, text);
	switch (error) {
	case EADDRINUSE:
		diag_set(d, "the source port %u of %s is busy: choose another, or none", port, text);
		return;
	case EADDRNOTAVAIL:
		diag_set(d, "%s is no address of this host: say another with -S, or add --spare", text);
		return;
	case EACCES: diag_set(d, "the source port %u takes privilege: choose one above 1023", port); return;
	}
	diag_set(d, "the source port %u of %s cannot be shielded from our own kernel: %s", port, text,
	         strerror(error));
}

/* Ports go round in a process, from a random start. */
static int choose(const struct addr *source, uint16_t *port, struct diag *d)
{
	static uint16_t last;
	struct port_rules rules;
	int fd;

	if (last == 0 && getrandom(&last, sizeof(last), 0) != sizeof(last))
		last = (uint16_t)getpid();
	port_rules_read(&rules);
	for (int tries = 0; tries < UINT16_MAX; tries++) {
		last = *port = port_rules_next(&rules, last);
		if (*port == 0)
			break;
		fd = try_port(source, *port);
		if (fd >= 0)
			return fd;
		if (errno != EADDRINUSE) {
			refused(source, *port, errno, d);
			return -1;
		}
	}
	*port = 0;
	diag_set(d, "no source port is free outside the range that the kernel gives out: name one");
	return -1;
}

int shield_open(const struct addr *source, uint16_t *port, struct diag *d)
{
	int fd;

	if (*port == 0)
		return choose(source, port, d);
	fd = try_port(source, *port);
	if (fd < 0)
		refused(source, *port, errno, d);
	return fd;
}
