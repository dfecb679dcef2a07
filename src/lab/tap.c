/* The TAP device: its node, its name, its owner, and the bridge to the veth. Knows nothing of who
 * attaches to it, nor of addresses. */
#include "lab/tap.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/sysctl.h"

#define NODE "/dev/net/tun"
#define BRIDGE "fourwave"

/* What a host of the lab has besides: the ends of its veth and its bridge are there already, or will be. */
static bool is_taken(const char *name)
{
	return strcmp(name, "lo") == 0 || strcmp(name, "eth0") == 0 || strcmp(name, BRIDGE) == 0;
}

bool tap_name_good(const char *name, struct diag *d)
{
	size_t len = strlen(name);
	bool legal = strcmp(name, ".") != 0 && strcmp(name, "..") != 0;

	/* As the kernel has it, but "%", with which it would count devices, and what no terminal shows. */
	for (const char *c = name; *c; c++)
		legal = legal && isgraph((unsigned char)*c) && !strchr("/:%", *c);
	if (len == 0 || len >= IF_NAMESIZE)
		return diag_set(d, "\"%s\" is no name for a TAP device: 1 to %d characters", name,
		                IF_NAMESIZE - 1);
	if (!legal)
		return diag_set(d, "\"%s\" is no name for a TAP device: no blank, \"/\", \":\" or \"%%\"",
		                name);
	return !is_taken(name) ||
	       diag_set(d, "\"%s\" is no name for a TAP device: the lab has one so called", name);
}

/* In the caller's namespace, as the kernel remembers where the node was opened. */
static int open_node(struct diag *d)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		diag_set(d, "no TAP device: there is no " NODE ": load the module (modprobe tun); a "
		            "container must be given it (--device " NODE ")");
	else if (errno == EACCES)
		diag_set(d, "no TAP device: " NODE " may not be opened by you: chmod 0666 " NODE
		            ", or run as root");
	else if (errno == EPERM)
		diag_set(d, "no TAP device: this container may not open " NODE ": give it the device "
		            "(--device " NODE ")");
	else
		diag_set(d, "no TAP device: " NODE ": %s", strerror(errno));
	return -1;
}

static bool make_device(const char *name, uid_t owner, struct diag *d)
{
	struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open_node(d);
	bool good;

	if (fd < 0)
		return false;
	strncpy(r.ifr_name, name, sizeof r.ifr_name - 1);
	good = (ioctl(fd, TUNSETIFF, &r) == 0 && ioctl(fd, TUNSETOWNER, (unsigned long)owner) == 0 &&
	        ioctl(fd, TUNSETPERSIST, 1UL) == 0) ||
	       diag_set(d, "no TAP device: %s is refused: %s", name, strerror(errno));
	close(fd);
	return good;
}

/* No solicitation, no report of who listens to what. "default" is of each device that is made from now on; a
 * kernel without IPv6 has no such sysctl. */
static bool without_ipv6(const char *name, struct diag *d)
{
	char sysctl[SYSCTL_PATH_BYTES];

	snprintf(sysctl, sizeof sysctl, "ipv6.conf.%s.disable_ipv6", name);
	return sysctl_write(sysctl, "1", d) != LAB_REFUSED;
}

bool tap_make(const struct veth_end *end, const char *name, uid_t owner, struct diag *d)
{
	return tap_name_good(name, d) && without_ipv6("default", d) && without_ipv6(end->name, d) &&
	       make_device(name, owner, d) && veth_join(end, name, BRIDGE, d);
}

bool tap_is_attached(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = {.ifr_flags = 0};
	bool attached;

	strncpy(r.ifr_name, name, sizeof r.ifr_name - 1);
	attached = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &r) == 0 && r.ifr_flags & IFF_RUNNING;
	if (fd >= 0)
		close(fd);
	return attached;
}
