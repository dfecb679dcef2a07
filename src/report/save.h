/* A file that appears whole or not at all: kept in memory, and put into place at the end.
 *
 * That is done after privilege was given up, and nobody keeps the right to it. So it holds:
 *  - Where we may write in the directory then, the old file stays until the new one takes its place at once,
 *    without a name before that (O_TMPFILE; where the file system has none, or a file is replaced, it has a
 *    temporary name for a moment). Killed, nothing is left of it.
 *  - Where we may not (root, as of sudo, without capabilities in another user's directory) the file itself
 *    was opened before: it is written over in one go, once there is room for all of it. A file that was not
 *    there is made empty at the beginning, and is left empty where we are killed. */
#ifndef FW_SAVE_H
#define FW_SAVE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/diag.h"

/* Zeroed, it is closed. Not to be moved while it is open. */
struct save {
	FILE *out; /* to be written to; NULL where it is closed */
	char *text;
	size_t len;
	int dir;    /* where the file goes, opened while we had the right to find it */
	int place;  /* the file itself, not written to before the end; -1: not there, or not to be opened */
	char *name; /* in dir; NULL: a device or a pipe, which is written as place */
	char temp[256]; /* beside it, for a moment */
	bool exists;    /* it is replaced, and keeps its mode */
	bool made;      /* by us, empty */
	mode_t mode;
};

/* Begins the file at path; what is there stays as it is until the commit. A path that is a device or a pipe
 * is opened now and written at the end. False with d: it is known already that it can't be written. */
bool save_open(struct save *s, const char *path, struct diag *d);

/* Ends the file and puts it into place. False with d where it could not be written whole; then the old one
 * is still there. Closed in any case. */
bool save_commit(struct save *s, struct diag *d);

/* Leaves everything as it was. Harmless where it is closed. */
void save_abandon(struct save *s);

#endif
