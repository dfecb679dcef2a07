/* Files that appear whole. Knows nothing of what is in them. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMIT = 'c', ABANDON = 'a' };

/* One byte or one int from a socket; false at its end. */
static bool get(int fd, void *to, size_t size)
{
	ssize_t n;

	do
		n = recv(fd, to, size, MSG_WAITALL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)size;
}

/* The keeper. A signal from the terminal ends us, and the keeper after us. */
static void keep(int channel, const char *temp, const char *path)
{
	const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP};
	char order = ABANDON;
	int error = 0;

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	if (get(channel, &order, sizeof order) && order == COMMIT && rename(temp, path) < 0)
		error = errno;
	if (order != COMMIT || error)
		unlink(temp);
	send(channel, &error, sizeof error, MSG_NOSIGNAL);
	_exit(0);
}

static bool start_keeper(struct save *s, const char *temp, const char *path)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	s->keeper = fork();
	if (s->keeper == 0) {
		close(ends[0]);
		keep(ends[1], temp, path);
	}
	close(ends[1]);
	s->channel = ends[0];
	if (s->keeper > 0)
		return true;
	s->keeper = 0;
	close(ends[0]);
	return false;
}

/* "dir/name" becomes "dir/.name.XXXXXX", for the caller to free. */
static char *temp_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash + 1 - path) : 0;
	char *temp = NULL;

	return asprintf(&temp, "%.*s.%.200s.XXXXXX", dir, path, path + dir) < 0 ? NULL : temp;
}

static mode_t new_mode(void)
{
	mode_t mask = umask(077);

	umask(mask);
	return 0666 & ~mask;
}

/* The temporary file and its keeper; errno tells what failed. */
static bool open_beside(struct save *s, const char *path, mode_t mode)
{
	char *temp = temp_name(path);
	int error, fd = temp ? mkostemp(temp, O_CLOEXEC) : -1;

	s->out = fd >= 0 && fchmod(fd, mode) == 0 ? fdopen(fd, "w") : NULL;
	if (s->out && start_keeper(s, temp, path)) {
		free(temp);
		return true;
	}
	error = errno;
	if (s->out)
		fclose(s->out);
	else if (fd >= 0)
		close(fd);
	if (fd >= 0)
		unlink(temp);
	free(temp);
	s->out = NULL;
	errno = error;
	return false;
}

bool save_open(struct save *s, const char *path, struct diag *d)
{
	char target[PATH_MAX];
	struct stat st;

	*s = (struct save){.channel = -1};
	if (stat(path, &st) < 0) {
		if (errno != ENOENT || !open_beside(s, path, new_mode()))
			return diag_set(d, "%s: %s", path, strerror(errno));
		return true;
	}
	if (S_ISDIR(st.st_mode))
		return diag_set(d, "%s: %s", path, strerror(EISDIR));
	if (!S_ISREG(st.st_mode)) {
		s->out = fopen(path, "we");
		return s->out || diag_set(d, "%s: %s", path, strerror(errno));
	}
	/* what a link points to is replaced, not the link */
	if (!realpath(path, target) || !open_beside(s, target, st.st_mode & 0777))
		return diag_set(d, "%s: %s", path, strerror(errno));
	return true;
}

/* Ends the keeper; its errno, or 0. */
static int dismiss(struct save *s, char order)
{
	int error = EPIPE;

	if (send(s->channel, &order, sizeof order, MSG_NOSIGNAL) != sizeof order ||
	    !get(s->channel, &error, sizeof error))
		error = EPIPE;
	close(s->channel);
	while (waitpid(s->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	s->keeper = 0;
	return error;
}

bool save_commit(struct save *s, struct diag *d)
{
	int error = 0, renamed = 0;

	errno = 0;
	if (ferror(s->out) || fflush(s->out) != 0)
		error = errno ? errno : EIO;
	if (fclose(s->out) != 0 && !error)
		error = errno;
	s->out = NULL;
	if (s->keeper > 0)
		renamed = dismiss(s, error ? ABANDON : COMMIT);
	if (!error)
		error = renamed;
	return !error || diag_set(d, "%s", strerror(error));
}

void save_abandon(struct save *s)
{
	if (!s->out)
		return;
	fclose(s->out);
	s->out = NULL;
	if (s->keeper > 0)
		dismiss(s, ABANDON);
}
