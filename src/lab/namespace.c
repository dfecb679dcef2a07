/* Namespaces: entering them, and explaining why that is not allowed. Knows nothing of links and addresses. */
#include "lab/namespace.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The number in a file, or -1 where there is no such file. */
static long number_in(const char *path)
{
	char text[32];
	FILE *f = fopen(path, "re");
	long number = -1;

	if (f && fgets(text, sizeof text, f))
		number = strtol(text, NULL, 10);
	if (f)
		fclose(f);
	return number;
}

/* What stands in the way, and what to do. */
static const char *remedy(int error)
{
	if (error == EINVAL)
		return "this process has more than one thread";
	if (number_in("/proc/sys/user/max_net_namespaces") == 0)
		return "raise the sysctl user.max_net_namespaces";
	if (number_in("/proc/sys/user/max_user_namespaces") == 0 || error == ENOSPC)
		return "raise the sysctl user.max_user_namespaces";
	if (number_in("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return "set the sysctl kernel.unprivileged_userns_clone = 1";
	if (number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return "set the sysctl kernel.apparmor_restrict_unprivileged_userns = 0, "
		       "or give fourwave an AppArmor profile with \"userns\"";
	if (error == ENOSYS)
		return "this kernel has no such namespaces";
	return "a container may forbid it (seccomp): allow it unshare(2)";
}

static bool explain(const char *what, int error, struct diag *d)
{
	return diag_set(d, "no lab here: %s: %s; %s; or run as root, or name a target with -t HOST", what,
	                strerror(error), remedy(error));
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t wrote;
	int error;

	if (fd < 0)
		return false;
	wrote = write(fd, text, strlen(text));
	error = errno;
	close(fd);
	errno = error;
	return wrote == (ssize_t)strlen(text);
}

bool namespace_enter(struct diag *d)
{
	unsigned uid = geteuid(), gid = getegid();
	char users[48], groups[48];

	if (capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN) &&
	    capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN) && unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return explain("namespaces of our own are refused", errno, d);
	/* Each id is itself, so that files are written as before. Without setgroups denied the kernel takes
	 * no map of groups from an ordinary user. */
	snprintf(users, sizeof users, "%u %u 1\n", uid, uid);
	snprintf(groups, sizeof groups, "%u %u 1\n", gid, gid);
	return (write_file("/proc/self/uid_map", users) && write_file("/proc/self/setgroups", "deny") &&
	        write_file("/proc/self/gid_map", groups)) ||
	       explain("ids in a user namespace are refused", errno, d);
}

bool namespace_split(struct diag *d)
{
	return unshare(CLONE_NEWNET) == 0 || explain("a network namespace for a peer is refused", errno, d);
}
