/* Looks at this host itself: what a target other than the lab takes. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmd/doctor.h"
#include "run/target.h"
#include "wire/capture.h"
#include "wire/ports.h"
#include "wire/privilege.h"
#include "wire/route.h"
#include "wire/send.h"
#include "wire/shield.h"

#include "core/scenario.h"

static bool look_at_sending(struct findings *f)
{
	struct sender_options options = {.families = FAMILY_IPV4};
	struct diag d;
	struct sender *s = sender_open(&options, &d);

	if (s)
		findings_add(f, FINDING_OK, "raw sockets", "segments can be sent to a real host");
	else if (!privilege_have_raw())
		findings_add(f, FINDING_NO, "raw sockets", "not permitted: %s", privilege_advice());
	else
		findings_add(f, FINDING_NO, "raw sockets", "%s", d.text);
	sender_close(s);
	return s;
}

static bool look_at_capture(struct findings *f)
{
	struct capture_options options = {.interface = "any"};
	struct diag d;
	struct capture *c = capture_open(&options, &d);

	if (c)
		findings_add(f, FINDING_OK, "capture", "on every interface, with nanoseconds");
	else
		findings_add(f, FINDING_NO, "capture", "%s", d.text);
	capture_close(c);
	return c;
}

/* --- addresses --- */

/* The ways out are asked for with addresses for documents (RFC 5737, 3849):
 * the kernel looks into its table, nothing is sent. */
static void look_at_family(struct findings *f, int family)
{
	const char *what = family == 4 ? "IPv4" : "IPv6";
	struct addr loopback = {.family = (uint8_t)family}, far = loopback;
	struct route route;
	struct diag d;

	inet_pton(family == 4 ? AF_INET : AF_INET6, family == 4 ? "127.0.0.1" : "::1", loopback.bytes);
	inet_pton(family == 4 ? AF_INET : AF_INET6, family == 4 ? "192.0.2.1" : "2001:db8::1", far.bytes);
	if (!route_owns(&loopback))
		findings_add(f, FINDING_NO, what, "%s",
		             family == 4
		                 ? "no loopback address: ip link set lo up"
		                 : "switched off: sysctl net.ipv6.conf.all.disable_ipv6=0; until then run "
		                   "with -4");
	else if (route_find(&far, NULL, &route, &d))
		findings_add(f, FINDING_OK, what, "on this host, and a route to others over %s",
		             route.interface);
	else
		findings_add(f, FINDING_NOTE, what,
		             "on this host, but no default route: only its own networks can be judged");
}

/* --- the shield --- */

/* Is a shielded port deaf? A connection to it must neither come about nor be refused. Loopback only. */
static bool shield_holds(const struct addr *local, uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct timeval wait = {.tv_usec = 200000};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(&to.sin_addr, local->bytes, 4);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	bool silent = connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno == EINPROGRESS;
	close(fd);
	return silent;
}

static bool look_at_shield(struct findings *f)
{
	struct addr local = {.family = 4, .bytes = {127, 0, 0, 1}};
	uint16_t port = 0;
	socklen_t instructions = 0;
	struct diag d;
	int fd = shield_open(&local, &port, &d);

	if (fd < 0) {
		findings_add(f, FINDING_NO, "shield", "%s", d.text);
		return false;
	}
	bool filtered =
	    getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &instructions) == 0 && instructions > 0;
	bool holds = shield_holds(&local, port);
	close(fd);
	if (!holds)
		findings_add(
		    f, FINDING_NO, "shield",
		    "our own kernel answers on a shielded port: use a spare address (-S ADDR --spare)");
	else if (filtered)
		findings_add(f, FINDING_OK, "shield", "by a socket filter: our own kernel stays silent");
	else
		findings_add(
		    f, FINDING_OK, "shield",
		    "by the TTL, since a filter takes CAP_NET_ADMIN here: our own kernel stays silent, but "
		    "towards a peer on the same network that sends with TTL 255");
	return holds;
}

/* --- ports and files --- */

static bool look_at_ports(struct findings *f)
{
	struct port_rules rules;
	unsigned free_ports = 0;

	port_rules_read(&rules);
	for (unsigned port = 10000; port <= UINT16_MAX; port++)
		free_ports += port_rules_allow(&rules, (uint16_t)port);
	if (free_ports > 1000)
		findings_add(f, FINDING_OK, "source ports", "%u are outside the kernel's own, %u-%u",
		             free_ports, rules.low, rules.high);
	else
		findings_add(
		    f, FINDING_NO, "source ports",
		    "only %u above 9999 are outside the kernel's own, %u-%u: name the first with -p, or "
		    "sysctl net.ipv4.ip_local_port_range=\"32768 60999\"",
		    free_ports, rules.low, rules.high);
	return free_ports > 0;
}

static void look_at_files(struct findings *f)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_max >= 1024)
		return;
	findings_add(f, FINDING_NOTE, "open files",
	             "at most %lu: run few scenarios side by side (-j), or raise it (ulimit -Hn)",
	             (unsigned long)limit.rlim_max);
}

/* --- interfaces --- */

static unsigned ethtool_value(int fd, const char *interface, unsigned command)
{
	struct ethtool_value value = {.cmd = command};
	struct ifreq request = {.ifr_data = (void *)&value};

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	return ioctl(fd, SIOCETHTOOL, &request) == 0 ? value.data : 0;
}

/* Segments that are merged before the capture sees them can't be judged one by one. */
static void look_at_interface(struct findings *f, int fd, const char *name)
{
	bool gro = ethtool_value(fd, name, ETHTOOL_GGRO) != 0;
	bool lro = (ethtool_value(fd, name, ETHTOOL_GFLAGS) & ETH_FLAG_LRO) != 0;
	char what[FINDING_WHAT_BYTES];

	snprintf(what, sizeof what, "offload of %s", name);
	if (!gro && !lro) {
		findings_add(f, FINDING_OK, what, "received segments come as they were sent");
		return;
	}
	findings_add(
	    f, FINDING_NOTE, what,
	    "%s%s%s may merge segments with data before they are captured; a close without data is not "
	    "touched. Where a scenario counts data: ethtool -K %s%s%s",
	    gro ? "GRO" : "", gro && lro ? " and " : "", lro ? "LRO" : "", name, gro ? " gro off" : "",
	    lro ? " lro off" : "");
}

static void look_at_interfaces(struct findings *f)
{
	struct ifaddrs *list = NULL;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned shown = 0;

	if (fd < 0 || getifaddrs(&list) < 0)
		list = NULL;
	for (const struct ifaddrs *i = list; i && shown < 8; i = i->ifa_next) {
		bool link = i->ifa_addr && i->ifa_addr->sa_family == AF_PACKET;
		if (!link || !(i->ifa_flags & IFF_UP) || (i->ifa_flags & IFF_LOOPBACK))
			continue;
		look_at_interface(f, fd, i->ifa_name);
		shown++;
	}
	freeifaddrs(list);
	if (fd >= 0)
		close(fd);
}

bool doctor_host(struct findings *f)
{
	bool sends = look_at_sending(f);
	bool captures = look_at_capture(f);
	bool shields = look_at_shield(f);

	look_at_family(f, 4);
	look_at_family(f, 6);
	bool ports = look_at_ports(f);
	look_at_files(f);
	look_at_interfaces(f);
	return sends && captures && shields && ports;
}
