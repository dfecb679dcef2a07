/* Reading and writing sysctls through /proc/sys, which shows each process
 * those of its own network namespace. */
#include "lab/sysctl.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lang/suggest.h"

static bool name_is_good(const char *name)
{
	char before = '.';

	for (const char *c = name; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("_-.", *c))
			return false;
		if (*c == '.' && before == '.')
			return false;
		before = *c;
	}
	return before != '.';
}

bool sysctl_path(const char *name, char path[SYSCTL_PATH_BYTES])
{
	const char *family = "ipv4/";
	int len;

	if (!name_is_good(name))
		return false;
	if (strncmp(name, "net.", 4) == 0) {
		name += 4;
		if (strncmp(name, "ipv4.", 5) != 0 && strncmp(name, "ipv6.", 5) != 0)
			return false;
	}
	if (strncmp(name, "ipv4.", 5) == 0 || strncmp(name, "ipv6.", 5) == 0)
		family = "";
	len = snprintf(path, SYSCTL_PATH_BYTES, "/proc/sys/net/%s%s", family, name);
	if (len < 0 || len >= SYSCTL_PATH_BYTES)
		return false;
	for (char *c = path + strlen("/proc/sys/net/"); *c; c++)
		if (*c == '.')
			*c = '/';
	return true;
}

void sysctl_canonical(const char *value, char out[SYSCTL_VALUE_BYTES])
{
	size_t len = 0;
	bool gap = false;

	for (; *value && len < SYSCTL_VALUE_BYTES - 2; value++) {
		if (isspace((unsigned char)*value)) {
			gap = len > 0;
			continue;
		}
		if (gap)
			out[len++] = ' ';
		gap = false;
		out[len++] = *value;
	}
	out[len] = '\0';
}

static enum sysctl_result bad_name(const char *name, struct diag *d)
{
	diag_set(d, "\"%s\" is not the name of a sysctl below net.ipv4 or net.ipv6", name);
	return SYSCTL_BAD_NAME;
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

/* Tells a kernel that lacks it from one that does not let us. */
static enum sysctl_result trouble(const char *verb, const char *name, int error, struct diag *d)
{
	char meant[SYSCTL_MEANT_BYTES];

	if (error == ENOENT || error == ENOTDIR) {
		diag_set(d, "this kernel has no sysctl %s in a network namespace%s", name,
		         sysctl_meant(name, meant, sizeof meant));
		return SYSCTL_ABSENT;
	}
	diag_set(d, "the sysctl %s cannot be %s here: %s", name, verb, strerror(error));
	return SYSCTL_REFUSED;
}

enum sysctl_result sysctl_read(const char *name, char value[SYSCTL_VALUE_BYTES], struct diag *d)
{
	char path[SYSCTL_PATH_BYTES], raw[SYSCTL_VALUE_BYTES];
	int fd, error;
	ssize_t got;

	if (!sysctl_path(name, path))
		return bad_name(name, d);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return trouble("read", name, errno, d);
	got = read(fd, raw, sizeof raw - 1);
	error = errno;
	close(fd);
	if (got < 0)
		return trouble("read", name, error, d);
	raw[got] = '\0';
	sysctl_canonical(raw, value);
	return SYSCTL_OK;
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

enum sysctl_result sysctl_write(const char *name, const char *value, struct diag *d)
{
	char path[SYSCTL_PATH_BYTES], kept[SYSCTL_VALUE_BYTES];
	size_t len = strlen(value);
	int fd, error;
	ssize_t wrote;

	if (!sysctl_path(name, path))
		return bad_name(name, d);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return trouble("written", name, errno, d);
	wrote = write(fd, value, len);
	error = errno;
	close(fd);
	if (wrote < 0 && (error == EINVAL || error == ERANGE)) {
		diag_set(d, "this kernel refuses %s = %s", name, value);
		return SYSCTL_REFUSED;
	}
	if (wrote < 0)
		return trouble("written", name, error, d);
	if (sysctl_read(name, kept, NULL) == SYSCTL_OK && numbers_differ(value, kept)) {
		diag_set(d, "this kernel makes %s of %s = %s", kept, name, value);
		return SYSCTL_REFUSED;
	}
	return SYSCTL_OK;
}
