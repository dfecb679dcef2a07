/* The life of one program, and what it said. Waits for nothing. */
#include "lab/program.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

enum { HEARD_AT_ONCE = 16, LINES_TOLD = 3 };

void program_environment(const char *name, const char *value)
{
	if (*value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/* Of the user who calls us; none: as ours is. */
static struct rlimit its_files;

void program_limits(void)
{
	if (getrlimit(RLIMIT_NOFILE, &its_files) < 0)
		its_files = (struct rlimit){0};
}

/* --- in the child --- */

static void all_signals_default(void)
{
	sigset_t none;

	sigemptyset(&none);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void become(const struct program *p, int said)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	all_signals_default();
	dup2(null, STDIN_FILENO);
	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	/* Nothing of ours but what it is to have. */
	if (p->keeps < 0) {
		close_range(3, ~0U, 0);
	} else {
		fcntl(p->keeps, F_SETFD, 0);
		close_range(3, (unsigned)p->keeps - 1, 0);
		close_range((unsigned)p->keeps + 1, ~0U, 0);
	}
	if (its_files.rlim_max)
		setrlimit(RLIMIT_NOFILE, &its_files);
	execl("/bin/sh", "sh", "-c", p->command, (char *)NULL);
	_exit(127);
}

/* --- in its keeper --- */

bool program_start(struct program *p, struct diag *d)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return diag_set(d, "no pipe to the program: %s", strerror(errno));
	if (p->output >= 0)
		close(p->output);
	p->output = ends[0];
	fcntl(p->output, F_SETFL, O_NONBLOCK);
	p->words_len = 0;
	p->signalled = p->stopped = false;
	p->pid = fork();
	if (p->pid == 0)
		become(p, ends[1]);
	close(ends[1]);
	if (p->pid < 0) {
		p->pid = 0;
		return diag_set(d, "no process for the program: %s", strerror(errno));
	}
	p->session = p->pid;
	return true;
}

/* Keeps the end of what was said. */
static void remember(struct program *p, const char *text, size_t len)
{
	size_t most = sizeof p->words, keep;

	if (len > most) {
		text += len - most;
		len = most;
	}
	keep = p->words_len + len > most ? most - len : p->words_len;
	memmove(p->words, p->words + p->words_len - keep, keep);
	memcpy(p->words + keep, text, len);
	p->words_len = keep + len;
}

bool program_hear(struct program *p)
{
	char text[4096];
	ssize_t got = -1;

	for (int i = 0; i < HEARD_AT_ONCE && p->output >= 0; i++) {
		got = read(p->output, text, sizeof text);
		if (got <= 0)
			break;
		remember(p, text, (size_t)got);
	}
	p->says_more = got > 0;
	if (p->output < 0 || got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
		return p->output >= 0;
	close(p->output);
	p->output = -1;
	return false;
}

/* --- all of it, by /proc --- */

/* Is it that of our PID namespace? */
static bool has_own_proc(void)
{
	char self[16] = "";

	return readlink("/proc/self", self, sizeof self - 1) > 0 && atoi(self) == getpid();
}

/* Is it a process with the program's mark in its environment? path begins with "/proc/PID/". */
static bool has_mark(const struct program *p, const char *path)
{
	char name[40], *entry = NULL;
	bool found = false;
	size_t room = 0;
	FILE *f;

	snprintf(name, sizeof name, "/proc/%d/environ", atoi(path + strlen("/proc/")));
	f = *p->mark ? fopen(name, "re") : NULL;
	while (f && !found && getdelim(&entry, &room, '\0', f) > 0)
		found = strcmp(entry, p->mark) == 0;
	free(entry);
	if (f)
		fclose(f);
	return found;
}

/* One line of a stat file: "PID (NAME) STATE PPID PGRP SESSION ...". NAME may have anything in it. The state
 * of a process, or thread, of the program; 0: it is none. */
static char state_of(const struct program *p, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[512] = "", state = 0;
	const char *end = NULL;
	int session = 0;

	if (f && fgets(line, sizeof line, f))
		end = strrchr(line, ')');
	if (f)
		fclose(f);
	if (!end || sscanf(end + 1, " %c %*d %*d %d", &state, &session) != 2)
		return 0;
	return p->alone || session == p->session || has_mark(p, path) ? state : 0;
}

/* A session has several process groups where a shell, or timeout(1), makes them. */
static void signal_session(const struct program *p, int number)
{
	glob_t all;

	if (!has_own_proc()) {
		kill(-p->session, number);
		return;
	}
	/* Once, though it may not have begun its session yet: some end otherwise when they are told twice. */
	if (p->pid > 0)
		kill(p->pid, number);
	if (glob("/proc/[0-9]*/stat", GLOB_NOSORT, NULL, &all) != 0)
		return;
	for (size_t i = 0; i < all.gl_pathc; i++) {
		pid_t pid = atoi(all.gl_pathv[i] + strlen("/proc/"));

		if (pid != p->pid && pid != getpid() && state_of(p, all.gl_pathv[i]))
			kill(pid, number);
	}
	globfree(&all);
}

static void send_signal(const struct program *p, int number)
{
	if (p->alone && getpid() == 1)
		kill(-1, number);
	else if (p->session > 0)
		signal_session(p, number);
}

void program_signal(struct program *p, int number)
{
	p->signalled = true;
	send_signal(p, number);
	/* What is stopped would have it when it goes on. */
	if (p->stopped && number != SIGSTOP && number != SIGCONT)
		send_signal(p, SIGCONT);
	p->stopped = number == SIGSTOP;
}

static bool runs_on(const struct program *p, const char *path)
{
	char state = state_of(p, path);

	return state && state != 'T' && state != 'Z' && state != 'X';
}

bool program_is_stopped(const struct program *p)
{
	bool stopped = true;
	glob_t all;

	if (!has_own_proc())
		return true;
	if (glob("/proc/[0-9]*/task/[0-9]*/stat", GLOB_NOSORT, NULL, &all) != 0)
		return true;
	for (size_t i = 0; i < all.gl_pathc && stopped; i++)
		stopped = strncmp(all.gl_pathv[i], "/proc/1/", strlen("/proc/1/")) == 0 ||
		          !runs_on(p, all.gl_pathv[i]);
	globfree(&all);
	return stopped;
}

void program_ended(struct program *p, int status)
{
	p->pid = 0;
	p->status = status;
}

/* The last lines, with " | " between them. */
static void add_words(struct cut *to, const struct program *p)
{
	size_t from = p->words_len, end = p->words_len;
	int lines = 0;

	while (end > 0 && (p->words[end - 1] == '\n' || p->words[end - 1] == '\r'))
		end--;
	for (from = end; from > 0 && lines < LINES_TOLD; from--)
		lines += p->words[from - 1] == '\n';
	from += lines == LINES_TOLD;
	for (; from < end; from++)
		if (p->words[from] == '\n')
			cut_add(to, " | ");
		else if (p->words[from] != '\r' && p->words[from])
			cut_add(to, "%c", p->words[from]);
}

const char *program_story(struct program *p, char *buf, size_t size)
{
	struct cut to = cut_start(buf, size);

	program_hear(p);
	if (!p->pid && WIFSIGNALED(p->status))
		cut_add(&to, "was killed by SIG%s", sigabbrev_np(WTERMSIG(p->status)));
	else if (!p->pid)
		cut_add(&to, "ended with status %d", WEXITSTATUS(p->status));
	if (p->words_len > 0) {
		cut_add(&to, p->pid ? "says: " : "; its last words: ");
		add_words(&to, p);
	}
	return buf;
}

void program_free(struct program *p)
{
	program_signal(p, SIGKILL);
	if (p->output >= 0)
		close(p->output);
	p->output = -1;
}
