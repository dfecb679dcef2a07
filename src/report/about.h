/* What a report says of the run as a whole: where, when, with what. */
#ifndef FW_ABOUT_H
#define FW_ABOUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

struct about {
	const char *program; /* "fourwave 0.1.0" */
	char *command_line;  /* as a shell would read it; about_free() frees it */
	const char *target;  /* "lab" or what -t said; borrowed */
	char system[256];    /* "Linux 6.1.0-18-amd64 x86_64" of this host */
	char host[128];
	time_t began;
	double seconds;   /* all of it took; the caller sets it at the end */
	bool interrupted; /* not all was played; the same */
};

/* Asks the kernel and the clock. argv holds the command and what follows it. */
void about_fill(struct about *a, int argc, char *const *argv, const char *target);

void about_free(struct about *a);

/* Writes a word as a shell reads it: as it is where that leaves it alone, else in quotes. */
void shell_word(FILE *out, const char *word);

/* "2026-11-21T02:35:56", in UTC. */
enum { DATE_TEXT_BYTES = 32 };
const char *date_text(time_t when, char buf[DATE_TEXT_BYTES]);

#endif
