/* The port shield, and the kernel's two rules for ports, read from /proc/sys. Knows one address and one port,
 * and no segment. */
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/route.h"
#include "wire/shield.h"

/* --- ports --- */

enum { FIRST_PORT = 10000, LAST_PORT = 65535 };

/* Reads a whole small file; the kernel writes at most some kilobytes here. */
static char *slurp(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "re");

	if (f && getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

/* A port number at *text, which moves behind it. */
static bool number(const char **text, unsigned *out)
{
	char *end;
	unsigned long n;

	if (**text < '0' || **text > '9')
		return false;
	n = strtoul(*text, &end, 10);
	*text = end;
	*out = (unsigned)n;
	return n <= LAST_PORT;
}

bool port_rules_parse_range(struct port_rules *rules, const char *text)
{
	unsigned low, high;

	if (!number(&text, &low))
		return false;
	text += strspn(text, " \t");
	if (!number(&text, &high) || low > high || strspn(text, "\n") != strlen(text))
		return false;
	rules->low = (uint16_t)low;
	rules->high = (uint16_t)high;
	return true;
}

bool port_rules_parse_reserved(struct port_rules *rules, const char *text)
{
	while (*text && *text != '\n') {
		unsigned low, high;

		if (!number(&text, &low))
			return false;
		high = low;
		if (*text == '-' && (text++, !number(&text, &high)))
			return false;
		for (unsigned port = low; port <= high; port++)
			rules->reserved[port / 8] |= (uint8_t)(1u << port % 8);
		if (*text == ',')
			text++;
		else if (*text && *text != '\n')
			return false;
	}
	return true;
}

void port_rules_read(struct port_rules *rules)
{
	char *range = slurp("/proc/sys/net/ipv4/ip_local_port_range");
	char *reserved = slurp("/proc/sys/net/ipv4/ip_local_reserved_ports");

	*rules = (struct port_rules){.low = 32768, .high = 60999};
	if (range)
		port_rules_parse_range(rules, range);
	if (reserved)
		port_rules_parse_reserved(rules, reserved);
	free(range);
	free(reserved);
}

bool port_rules_allow(const struct port_rules *rules, uint16_t port)
{
	if (port == 0 || (port >= rules->low && port <= rules->high))
		return false;
	return !(rules->reserved[port / 8] & 1u << port % 8);
}

uint16_t port_rules_next(const struct port_rules *rules, uint16_t port)
{
	unsigned next = port;

	for (int tries = FIRST_PORT; tries <= LAST_PORT; tries++) {
		next = next < FIRST_PORT || next >= LAST_PORT ? FIRST_PORT : next + 1;
		if (port_rules_allow(rules, (uint16_t)next))
			return (uint16_t)next;
	}
	return 0;
}

uint16_t port_rules_any(const struct port_rules *rules)
{
	unsigned count = 0;
	uint32_t random = 0;

	for (unsigned port = FIRST_PORT; port <= LAST_PORT; port++)
		count += port_rules_allow(rules, (uint16_t)port);
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint32_t)getpid() * 40503u;
	random %= count > 0 ? count : 1;
	for (unsigned port = FIRST_PORT; port <= LAST_PORT; port++)
		if (port_rules_allow(rules, (uint16_t)port) && random-- == 0)
			return (uint16_t)port;
	return 0;
}

/* The last that was chosen; 0: none yet. */
static uint16_t last_port;

void ports_elsewhere(void) { last_port = 0; }

uint16_t port_choose(void)
{
	struct port_rules rules;

	port_rules_read(&rules);
	last_port = last_port == 0 ? port_rules_any(&rules) : port_rules_next(&rules, last_port);
	return last_port;
}

/* --- the shield --- */

static bool filter_all(int fd)
{
	struct sock_filter drop_all[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog program = {.len = 1, .filter = drop_all};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

/* A prefix of no bits: the key is asked of every address. What is not signed is dropped before the kernel
 * looks at its flags, as is what is signed with another key. */
static bool want_signed(int fd, int family)
{
	struct tcp_md5sig key = {.tcpm_addr.ss_family = (sa_family_t)family,
	                         .tcpm_flags = TCP_MD5SIG_FLAG_PREFIX,
	                         .tcpm_keylen = sizeof(key.tcpm_key)};

	return getrandom(key.tcpm_key, sizeof(key.tcpm_key), 0) == sizeof(key.tcpm_key) &&
	       setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG_EXT, &key, sizeof(key)) == 0;
}

static bool want_ttl(int fd, int family)
{
	int most = SHIELD_TTL_HEARS;

	if (family == AF_INET)
		return setsockopt(fd, IPPROTO_IP, IP_MINTTL, &most, sizeof(most)) == 0;
	return setsockopt(fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &most, sizeof(most)) == 0;
}

enum shield_kind shield_kind(int fd)
{
	socklen_t instructions = 0, size = sizeof(int);
	int least = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &instructions) == 0 && instructions > 0)
		return SHIELD_FILTER;
	if (getsockopt(fd, IPPROTO_IP, IP_MINTTL, &least, &size) == 0 && least == SHIELD_TTL_HEARS)
		return SHIELD_TTL;
	size = sizeof(int);
	if (getsockopt(fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &least, &size) == 0 && least == SHIELD_TTL_HEARS)
		return SHIELD_TTL;
	return SHIELD_SIGNED;
}

/* The whole shield. It is deaf before listen(), so that no segment meets a listener that hears. -1 with
 * errno. */
static int try_port(const struct addr *source, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = address_to_socket(source, port, &at);
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0)
		return -1;
	address_set_scope(&at, route_scope(source));
	if ((filter_all(fd) || want_signed(fd, at.ss_family) || want_ttl(fd, at.ss_family)) &&
	    bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 1) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Returns -1. */
static int refused(const struct addr *source, uint16_t port, int error, struct diag *d)
{
	char text[ADDR_TEXT_BYTES];

	addr_text(source, text);
	if (error == EADDRINUSE)
		diag_set(d, "the source port %u of %s is busy: choose another, or none", port, text);
	else if (error == EADDRNOTAVAIL)
		diag_set(d, "%s is no address of this host: say another with -S, or add --spare", text);
	else if (error == EACCES)
		diag_set(d, "the source port %u takes privilege: choose one above 1023", port);
	else
		diag_set(d, "the source port %u of %s cannot be shielded from our own kernel: %s", port, text,
		         strerror(error));
	return -1;
}

static int choose(const struct addr *source, uint16_t *port, struct diag *d)
{
	int fd;

	for (int tries = 0; tries < UINT16_MAX; tries++) {
		*port = port_choose();
		if (*port == 0)
			break;
		fd = try_port(source, *port);
		if (fd >= 0)
			return fd;
		if (errno != EADDRINUSE)
			return refused(source, *port, errno, d);
	}
	*port = 0;
	diag_set(d, "no source port is free outside the range that the kernel gives out: name one with -p");
	return -1;
}

int shield_open(const struct addr *source, uint16_t *port, struct diag *d)
{
	int fd;

	if (*port == 0)
		return choose(source, port, d);
	fd = try_port(source, *port);
	return fd < 0 ? refused(source, *port, errno, d) : fd;
}
