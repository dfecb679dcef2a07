/* A TAP device: Ethernet frames to and from the host's kernel. */
#include "tap.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

const char *tap_setting(const char *name)
{
	const char *value = getenv(name);

	if (value)
		return value;
	fprintf(stderr, "%s is not set: start this from fourwave --tap\n", name);
	exit(2);
}

int tap_open(void)
{
	struct ifreq device = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	strncpy(device.ifr_name, tap_setting("FOURWAVE_TAP"), IFNAMSIZ - 1);
	if (fd >= 0 && ioctl(fd, TUNSETIFF, &device) == 0)
		return fd;
	perror(fd < 0 ? "/dev/net/tun" : device.ifr_name);
	exit(1);
}
