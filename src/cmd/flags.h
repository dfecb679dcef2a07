/* A command's flags as a table: what getopt_long is given, what --help prints and which member of the
 * command's options a flag sets come from the same line, so they cannot differ. */
#ifndef FW_FLAGS_H
#define FW_FLAGS_H

#include <stddef.h>

#include "base/diag.h"
#include "run/options.h"

struct flag {
	char letter;      /* 0: it has none */
	const char *name; /* "--define" */
	const char *arg;  /* "NAME=VALUE", or NULL where it takes none */
	const char *help; /* one sentence, no full stop; "\n" breaks it */
	/* Reads the value, which is part of argv, into the member. False with d. */
	bool (*take)(const struct flag *f, void *member, const char *value, struct diag *d);
	size_t at;     /* where the member stands in the options of the command */
	unsigned most; /* of a number, whose least is 1 */
};

/* The last members of a row, by what it sets. The compiler compares the member's type. A table ends with {0}.
 */
#define FLAG_MEMBER(s, member, type) (offsetof(s, member) + 0 * sizeof((type *)0 == &((s *)0)->member))

#define FLAG_ON(s, member) flag_on, FLAG_MEMBER(s, member, bool), 0
#define FLAG_MORE(s, member) flag_more, FLAG_MEMBER(s, member, unsigned), 0
#define FLAG_NUMBER(s, member, most) flag_number, FLAG_MEMBER(s, member, unsigned), most
#define FLAG_REAL(s, member, most) flag_real, FLAG_MEMBER(s, member, double), most
#define FLAG_PORT(s, member) flag_port, FLAG_MEMBER(s, member, uint16_t), UINT16_MAX
#define FLAG_TEXT(s, member) flag_text, FLAG_MEMBER(s, member, const char *), 0    /* not empty */
#define FLAG_ANY(s, member) flag_any, FLAG_MEMBER(s, member, const char *), 0      /* or empty */
#define FLAG_FILE(s, member) flag_file, FLAG_MEMBER(s, member, const char *), 0    /* not "-" */
#define FLAG_LIST(s, member) flag_list, FLAG_MEMBER(s, member, struct strings), 0  /* texts */
#define FLAG_PAIRS(s, member) flag_pair, FLAG_MEMBER(s, member, struct strings), 0 /* NAME=VALUE */
#define FLAG_ADDRESS(s, member) flag_address, FLAG_MEMBER(s, member, struct addr), 0
#define FLAG_COLOR(s, member) flag_color, FLAG_MEMBER(s, member, enum color_mode), 0
/* One that is read by a function of the command's own, which is given all of the options. */
#define FLAG_OWN(take) take, 0, 0

typedef bool flag_take(const struct flag *f, void *member, const char *value, struct diag *d);

flag_take flag_on, flag_more, flag_number, flag_real, flag_port, flag_text, flag_any, flag_file, flag_list,
    flag_pair, flag_address, flag_color;

#endif
