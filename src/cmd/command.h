/* The commands of fourwave. Each gets its own argv (argv[0] is its name),
 * prints, and returns an exit status (status.h). */
#ifndef FW_COMMAND_H
#define FW_COMMAND_H

#include "cmd/flags.h"

int run_command(int argc, char **argv);
int table_command(int argc, char **argv);
int check_command(int argc, char **argv);
int explain_command(int argc, char **argv);
int judge_command(int argc, char **argv);
int draw_command(int argc, char **argv);
int peer_command(int argc, char **argv);
int new_command(int argc, char **argv);
int send_command(int argc, char **argv);
int doctor_command(int argc, char **argv);

extern const struct flag_table flags_of_peer, flags_of_new, flags_of_send, flags_of_doctor;

/* "fourwave run: TEXT" to standard error; returns STATUS_USAGE. */
int command_usage(const struct flag_table *table, const char *text);

#endif
