/* From a profile's text (fourwave-profile(5)) to its values, or to messages that say why not. */
#ifndef FW_LANG_PROFILE_H
#define FW_LANG_PROFILE_H

#include "core/profile.h"
#include "lang/messages.h"

/* The profile of that name, which is NAME.profile in dir; what has a '/' or a '.' in it is a file's own name.
 * What it is based on is looked for in the same way, a file beside the one that says so. NULL where there is
 * an error: messages say which. The caller frees it with profile_free(). */
struct profile *profile_load(const char *name, const char *dir, struct messages *m);

/* The same of a text in memory; file stands in the messages and gives the name. */
struct profile *profile_parse(const char *file, const char *text, size_t len, const char *dir,
                              struct messages *m);

/* Reads one value, as it stands behind the '=', into v. False with d. */
bool profile_value_parse(struct arena *a, enum profile_id id, const char *text, struct profile_value *v,
                         struct diag *d);

/* NAME=VALUE, as -D has it: v is the value's new one. False where it is no value of a profile's, or (d says
 * why) none of its kind; d's text is empty in the first case. */
bool profile_define(struct arena *a, const char *define, enum profile_id *id, struct profile_value *v,
                    struct diag *d);

#endif
