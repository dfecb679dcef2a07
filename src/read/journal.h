/* What a run met that is not on the wire, and in which order: how its engine was configured, and each event
 * that it was given, with the time. With the capture beside it a scenario's verdict can be given again.
 *
 * A segment's event has only its time: the segment is in the capture, the first of that time and direction
 * that no earlier event took. */
#ifndef FW_JOURNAL_H
#define FW_JOURNAL_H

#include "core/engine.h"

struct journal {
	struct arena *arena;  /* of all text and bytes below */
	const char *scenario; /* its file's name, without directories */
	const char *title;
	const char *target; /* "lab", "192.0.2.1:80" */
	/* By which profile's values it was played, and these, as a profile's file has them; NULL: of before
	 * there were profiles. */
	const char *profile, *profile_text;
	int family;
	struct engine_config config; /* no filter */
	const char **defines;        /* NAME=VALUE each */
	size_t define_count, define_room;
	size_t ignored;                    /* segments that were not the connection's, or were damaged */
	size_t damaged;                    /* of these, the peer's with a wrong checksum */
	size_t ignored_why[IGNORED_COUNT]; /* how many of each kind */
	bool syn_unseen;                   /* nobody saw our SYN leave */
	int64_t late_ns;                   /* the longest that something waited for the run */
	struct event *events;
	size_t count, room;
};

struct journal *journal_new(void);

/* NULL is allowed. */
void journal_free(struct journal *j);

/* Appends a copy. */
void journal_add(struct journal *j, const struct event *event);

/* Takes copies of what the configuration points to. */
void journal_configure(struct journal *j, const struct engine_config *config);

void journal_define(struct journal *j, const char *define);

/* The journal as JSON, to be freed. */
char *journal_text(const struct journal *j);

/* From JSON of unknown origin. NULL with d: what is wrong, and in which event. */
struct journal *journal_parse(const char *text, size_t len, struct diag *d);

#endif
