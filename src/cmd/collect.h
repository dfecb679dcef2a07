/* From files and directories to scenarios: all of them are loaded before
 * anything is sent, so that one bad file stops the whole. */
#ifndef FW_COLLECT_H
#define FW_COLLECT_H

#include "cmd/command.h"
#include "core/profile.h"
#include "core/scenario.h"
#include "lang/messages.h"

/* Begins zeroed. collection_free() in any case. */
struct collection {
	char **files; /* as they are opened */
	size_t file_count, file_room;
	struct scenario **scenarios; /* scenarios[i] is of files[i]; NULL where it is bad */
	size_t bad;                  /* files missing or with errors; the messages were printed */
	struct profile *profile;     /* that they were loaded with, -D put into it */
};

/* Finds the files: a file as it is, in a directory all *.wave below it, sorted by name, but not in
 * directories named "lib" (they hold what is included) or ".x". False with d: nothing there, unreadable, a
 * directory with no scenario. Of several paths such a one is reported on standard error, and the others are
 * found, so that all mistakes are seen in one pass; collection_load() will be false. */
bool collection_find(struct collection *c, const char *const *paths, size_t count, struct diag *d);

/* Loads every file with the options' -D and -I, and prints the messages of
 * the bad ones to standard error. False where there was one. The profile is the one that is there, else that
 * of
 * --profile, else linux in the lab and rfc for a target. */
bool collection_load(struct collection *c, const struct options *o);

/* The profile that a capture was played with, from its journal; what is wrong with it is told. */
bool collection_profile(struct collection *c, const char *file, const char *text);

/* Loads all again with the profile of that name, because the peer is known by now. */
bool collection_reload(struct collection *c, const struct options *o, const char *profile);

/* Is there a profile of that name among those that come with the program? */
bool profile_is_there(const char *name);

/* Finds and loads what the operands name, and does that with each sound one, of which i says the place among
 * all. Returns the exit status; what is wrong with them was printed. */
int collection_each(const struct command *command, const struct options *o,
                    void (*what)(const struct options *o, const struct collection *c, size_t i));

void collection_free(struct collection *c);

/* Prints them to standard error, and frees them. */
void tell_messages(struct messages *m);

/* Where the scenarios are that come with the program: $FOURWAVE_SCENARIOS; where this is the program of a
 * build tree, that tree's; else the installed ones. below is put after it ("table"). The caller frees it. */
char *scenarios_path(const char *below);

/* The same of the profiles: $FOURWAVE_PROFILES, this tree's, or the installed ones. */
char *profiles_path(const char *below);

#endif
