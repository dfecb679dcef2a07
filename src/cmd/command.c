/* What the commands share. */
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/status.h"

int command_usage(const struct flag_table *table, const char *text)
{
	fprintf(stderr, "fourwave %s: %s\n", table->command, text);
	return STATUS_USAGE;
}
