/* A file that appears whole or not at all: written under another name in the
 * same directory, and renamed at the end. */
#ifndef FW_SAVE_H
#define FW_SAVE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/diag.h"

/* Zeroed, it is closed. */
struct save {
	FILE *out;    /* to be written to; NULL where it is closed */
	pid_t keeper; /* renames or removes; 0: out is the file itself, a device or a pipe */
	int channel;  /* to the keeper */
};

/* Begins the file at path; what is there stays as it is until the commit. A process of ours waits beside
 * us: it keeps the right to write in that directory when we have given privilege up, and removes what was
 * begun when we are killed. A path that is a device or a pipe is written in place. False with d. */
bool save_open(struct save *s, const char *path, struct diag *d);

/* Ends the file and gives it its name. False with d where it could not be
 * written whole; then the old one is still there. Closed in any case. */
bool save_commit(struct save *s, struct diag *d);

/* Leaves everything as it was. Harmless where it is closed. */
void save_abandon(struct save *s);

#endif
