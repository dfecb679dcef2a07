/* Reading and writing sysctls through /proc/sys, which shows each process those of its own network namespace.
 */
#include "lab/sysctl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lang/messages.h"

bool sysctl_path(const char *name, char path[SYSCTL_PATH_BYTES])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	struct cut to = cut_start(path, SYSCTL_PATH_BYTES);
	bool with_net = strncmp(name, "net.", 4) == 0;
	const char *below = with_net ? name + 4 : name;
	bool with_family = strncmp(below, "ipv4.", 5) == 0 || strncmp(below, "ipv6.", 5) == 0;
	size_t len = strlen(name);

	/* Nothing that leads elsewhere in /proc. */
	if (len == 0 || name[0] == '.' || name[len - 1] == '.' || strstr(name, "..") ||
	    strspn(name, letters) != len || (with_net && !with_family))
		return false;
	cut_add(&to, "/proc/sys/net/%s%s", with_family ? "" : "ipv4/", below);
	for (char *c = path; *c; c++)
		if (*c == '.')
			*c = '/';
	return to.len < SYSCTL_PATH_BYTES - 1;
}

void sysctl_canonical(const char *value, char out[SYSCTL_VALUE_BYTES])
{
	static const char blanks[] = " \t\n\v\f\r";
	struct cut to = cut_start(out, SYSCTL_VALUE_BYTES);

	for (value += strspn(value, blanks); *value; value += strspn(value, blanks)) {
		size_t len = strcspn(value, blanks);

		cut_add(&to, "%s%.*s", to.len > 0 ? " " : "", (int)len, value);
		value += len;
	}
}

bool sysctl_exists(const char *name)
{
	char path[SYSCTL_PATH_BYTES];

	return sysctl_path(name, path) && access(path, F_OK) == 0;
}

const char *sysctl_meant(const char *name, char *buf, size_t size)
{
	char path[SYSCTL_PATH_BYTES], offered[2][SUGGEST_WORD_MAX + 1];
	struct suggest near;
	unsigned free_place = 0;
	struct dirent *e;
	DIR *dir;

	*buf = '\0';
	if (!sysctl_path(name, path))
		return buf;
	*strrchr(path, '/') = '\0';
	dir = opendir(path);
	if (!dir)
		return buf;
	near = suggest_start(path + strlen(path) + 1);
	while ((e = readdir(dir))) {
		snprintf(offered[free_place], sizeof offered[0], "%.*s", SUGGEST_WORD_MAX, e->d_name);
		suggest_offer(&near, offered[free_place]);
		free_place ^= near.nearest == offered[free_place];
	}
	closedir(dir);
	/* What stands before the last word is as it was written. */
	if (near.nearest)
		snprintf(buf, size, "; did you mean '%.*s%s'?", (int)(strlen(name) - strlen(near.word)), name,
		         near.nearest);
	return buf;
}

/* Opens a sysctl's file; -1 with errno, EBADF where the name can be none. */
static int open_file(const char *name, int flags)
{
	char path[SYSCTL_PATH_BYTES];

	if (sysctl_path(name, path))
		return open(path, flags | O_CLOEXEC | O_NONBLOCK);
	errno = EBADF;
	return -1;
}

/* Tells a kernel that lacks it from one that does not let us. */
static enum lab_result trouble(const char *verb, const char *name, int error, struct diag *d)
{
	char meant[SYSCTL_MEANT_BYTES];

	if (error == EBADF) {
		diag_set(d, "\"%s\" is not the name of a sysctl below net.ipv4 or net.ipv6", name);
		return LAB_FAILED;
	}
	if (error == ENOENT || error == ENOTDIR) {
		diag_set(d, "this kernel has no sysctl %s in a network namespace%s", name,
		         sysctl_meant(name, meant, sizeof meant));
		return LAB_ABSENT;
	}
	diag_set(d, "the sysctl %s cannot be %s here: %s", name, verb, strerror(error));
	return LAB_REFUSED;
}

enum lab_result sysctl_read(const char *name, char value[SYSCTL_VALUE_BYTES], struct diag *d)
{
	char raw[SYSCTL_VALUE_BYTES];
	int fd = open_file(name, O_RDONLY), error;
	ssize_t got = fd < 0 ? -1 : read(fd, raw, sizeof raw - 1);

	error = errno;
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return trouble("read", name, error, d);
	raw[got] = '\0';
	sysctl_canonical(raw, value);
	return LAB_OK;
}

/* Are both lists of whole numbers, with a number that differs? Other text is
 * not compared: the kernel may write it differently. */
static bool numbers_differ(const char *wrote, const char *kept)
{
	while (*wrote && *kept) {
		char *wrote_end, *kept_end;
		long long a = strtoll(wrote, &wrote_end, 0);
		long long b = strtoll(kept, &kept_end, 0);

		if (wrote_end == wrote || kept_end == kept)
			return false;
		if (a != b)
			return true;
		wrote = wrote_end;
		kept = kept_end;
	}
	return false;
}

enum lab_result sysctl_write(const char *name, const char *value, struct diag *d)
{
	char kept[SYSCTL_VALUE_BYTES];
	int fd = open_file(name, O_WRONLY), error;
	bool opened = fd >= 0, wrote = opened && write(fd, value, strlen(value)) >= 0;

	error = errno;
	if (opened)
		close(fd);
	if (opened && !wrote && (error == EINVAL || error == ERANGE)) {
		diag_set(d, "this kernel refuses %s = %s", name, value);
		return LAB_REFUSED;
	}
	if (!wrote)
		return trouble("written", name, error, d);
	if (sysctl_read(name, kept, NULL) == LAB_OK && numbers_differ(value, kept)) {
		diag_set(d, "this kernel makes %s of %s = %s", kept, name, value);
		return LAB_REFUSED;
	}
	return LAB_OK;
}
