/* Files that appear whole. Knows nothing of what is in them. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { FD_PATH_BYTES = 40 };

/* --- the beginning --- */

/* The directory of a path, and the name in it. False with errno. */
static bool open_directory(struct save *s, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : memory_text(".");
	bool writable, keeps_open;
	struct stat st;

	s->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	writable = faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == 0;
	free(dir);
	if (s->dir < 0 || fstat(s->dir, &st) < 0)
		return false;
	/* May we write there when our capabilities are gone? Root has what its mode gives then. Groups are
	 * not asked: to be wrong costs no more than an empty file where we are killed. */
	keeps_open = geteuid() != 0 || st.st_mode & (st.st_uid == 0 ? S_IWUSR : S_IWOTH);
	s->name = memory_text(slash ? slash + 1 : path);
	snprintf(s->temp, sizeof s->temp, ".%.200s.%ld", s->name, (long)getpid());
	if (s->exists)
		return writable || s->place >= 0;
	if (writable && !keeps_open) {
		s->place = openat(s->dir, s->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		s->made = s->place >= 0;
		return s->made;
	}
	return writable;
}

/* What is there: a file to be replaced, or what is written in place. False with errno. */
static bool open_place(struct save *s, const char *path, const struct stat *st)
{
	char target[PATH_MAX];

	if (S_ISDIR(st->st_mode)) {
		errno = EISDIR;
		return false;
	}
	s->place = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (!S_ISREG(st->st_mode))
		return s->place >= 0;
	s->exists = true;
	s->mode = st->st_mode & 0777;
	/* what a link points to is replaced, not the link */
	return realpath(path, target) && open_directory(s, target);
}

static void close_all(struct save *s)
{
	if (s->out)
		fclose(s->out);
	if (s->place >= 0)
		close(s->place);
	if (s->dir >= 0)
		close(s->dir);
	free(s->name);
	free(s->text);
	*s = (struct save){.dir = -1, .place = -1};
}

bool save_open(struct save *s, const char *path, struct diag *d)
{
	struct stat st;
	bool ok;

	*s = (struct save){.dir = -1, .place = -1};
	if (stat(path, &st) == 0)
		ok = open_place(s, path, &st);
	else
		ok = errno == ENOENT && open_directory(s, path);
	s->out = ok ? open_memstream(&s->text, &s->len) : NULL;
	if (s->out)
		return true;
	diag_set(d, "%s: %s", path, strerror(errno));
	close_all(s);
	return false;
}

/* --- the end: each way is 0 or an errno --- */

static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return errno;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* The whole text in a new file. */
static int fill(const struct save *s, int fd)
{
	if (fd < 0 || (s->exists && fchmod(fd, s->mode) < 0))
		return errno;
	return write_all(fd, s->text, s->len);
}

static int rename_temp(const struct save *s)
{
	int error = renameat(s->dir, s->temp, s->dir, s->name) < 0 ? errno : 0;

	if (error)
		unlinkat(s->dir, s->temp, 0);
	return error;
}

/* A file that has no name can only be given one that is free. */
static int put_unnamed(const struct save *s)
{
	int fd = openat(s->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	int error = fill(s, fd);
	char file[FD_PATH_BYTES];

	snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
	if (!error && linkat(AT_FDCWD, file, s->dir, s->name, AT_SYMLINK_FOLLOW) < 0)
		error = errno;
	if (error == EEXIST)
		error =
		    linkat(AT_FDCWD, file, s->dir, s->temp, AT_SYMLINK_FOLLOW) < 0 ? errno : rename_temp(s);
	if (fd >= 0)
		close(fd);
	return error;
}

static int put_renamed(const struct save *s)
{
	int fd = openat(s->dir, s->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int error = fill(s, fd);

	if (fd < 0)
		return error;
	if (close(fd) < 0 && !error)
		error = errno;
	if (!error)
		return rename_temp(s);
	unlinkat(s->dir, s->temp, 0);
	return error;
}

/* Over what is there, which is only touched when there is room for all. */
static int put_over(const struct save *s)
{
	int error;

	if (s->place < 0)
		return EACCES;
	if (s->len > 0 && fallocate(s->place, 0, 0, (off_t)s->len) < 0 && errno != EOPNOTSUPP)
		return errno;
	error = write_all(s->place, s->text, s->len);
	return !error && ftruncate(s->place, (off_t)s->len) < 0 ? errno : error;
}

/* One way after the other, until it was no refusal: a disk that is full is full for all of them. */
static int put(const struct save *s)
{
	static int (*const ways[])(const struct save *) = {put_unnamed, put_renamed, put_over};
	int error = 0;

	if (!s->name)
		return write_all(s->place, s->text, s->len);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		error = ways[i](s);
		if (error != EACCES && error != EPERM && error != EROFS && error != ENOENT &&
		    error != EISDIR && error != EOPNOTSUPP && error != EINVAL)
			break;
	}
	return error;
}

bool save_commit(struct save *s, struct diag *d)
{
	bool whole = !ferror(s->out);
	int error = fclose(s->out) == 0 && whole ? put(s) : EIO;

	s->out = NULL;
	if (error && s->made)
		unlinkat(s->dir, s->name, 0);
	close_all(s);
	return !error || diag_set(d, "%s", strerror(error));
}

void save_abandon(struct save *s)
{
	if (!s->out)
		return;
	if (s->made)
		unlinkat(s->dir, s->name, 0);
	close_all(s);
}
