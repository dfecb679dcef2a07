/* A program of the user's in a lab host: begun by the shell, listened to, told by signals, ended. Knows
 * nothing of TCP. */
#ifndef FW_PROGRAM_H
#define FW_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/diag.h"

enum { PROGRAM_WORDS_BYTES = 2048, PROGRAM_MARK_BYTES = 80 };

/* Begins zeroed but for command, output -1 and what is to be kept open. program_free(). */
struct program {
	const char *command; /* for /bin/sh -c */
	int keeps;           /* a descriptor that it inherits, or -1 */
	bool alone;          /* nothing else is in this PID namespace, whose init we are: signals go to all */
	pid_t pid;           /* of the shell; 0: it does not run */
	pid_t session; /* that it leads, and all that it begins are in, but for who leaves it; 0: none */
	/* NAME=VALUE of its environment, that no other's has: by that who left its session is known; or "" */
	char mark[PROGRAM_MARK_BYTES];
	bool says_more;                  /* than was taken at once */
	int output;                      /* its standard output and error, or -1 */
	bool stopped;                    /* by SIGSTOP */
	bool signalled;                  /* it was sent a signal, so its end is no surprise */
	int status;                      /* as of waitpid(), once it ended */
	char words[PROGRAM_WORDS_BYTES]; /* the last that it said */
	size_t words_len;
};

/* NAME=VALUE into the environment of what is begun from now on; a VALUE of "" takes it out. */
void program_environment(const char *name, const char *value);

/* What is begun from now on may have as many files open as we may now, whatever we set for ourselves later.
 */
void program_limits(void);

/* Begins it, in a session of its own, with /dev/null as its input and no signal ignored or blocked.
 * What it said before is forgotten. */
bool program_start(struct program *p, struct diag *d);

/* Takes what it has said, without blocking; false once nothing more can come. */
bool program_hear(struct program *p);

/* To all of its session, who left that too, as far as the mark tells, or to all of the namespace. Those that
 * are stopped go on, to have it. */
void program_signal(struct program *p, int number);

/* Has SIGSTOP reached all of it? Until then one that waits for data may still take what comes. Asks /proc;
 * where that is not of our PID namespace, nothing tells, and it is taken for true. */
bool program_is_stopped(const struct program *p);

/* It was reaped. */
void program_ended(struct program *p, int status);

/* "ended with status 1; its last words: bind: Address already in use", of one that ended, or "says ..." of
 * one that runs; "" where there is nothing to be said. Not cleaned, but of one line. Returns buf. */
const char *program_story(struct program *p, char *buf, size_t size);

/* Kills it and closes what is open. It is not reaped. */
void program_free(struct program *p);

#endif
