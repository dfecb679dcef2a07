/* The first process of Linux 6.1: what its script can't do. mount(8) has a set-user-ID bit, and belongs to
 * nobody there where its user is no root here; insmod(8) is not on every host. Environment: MODULES, the
 * folder of this kernel's modules; SCRIPT, which it becomes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static void load(const char *module)
{
	char path[512];
	int fd;

	snprintf(path, sizeof path, "%s/kernel/%s", getenv("MODULES"), module);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) < 0)
		perror(path);
	close(fd);
}

int main(void)
{
	const char *script = getenv("SCRIPT");

	if (mount("proc", "/proc", "proc", 0, NULL) < 0)
		perror("/proc");
	/* IPv6 is one, and needs the other. */
	load("lib/crc-ccitt.ko");
	load("net/ipv6/ipv6.ko");
	unsetenv("LD_PRELOAD");
	execl(script, script, (char *)NULL);
	perror(script);
	return 1;
}
