/* What people type: the examples below each command's --help. */
#ifndef FW_EXAMPLES_H
#define FW_EXAMPLES_H

/* Lines, each "COMMAND LINE\tWHAT IT DOES\n"; NULL where the command has none. */
const char *examples_of(const char *command);

/* One sentence on what to do after the command, or NULL. */
const char *examples_next(const char *command);

#endif
