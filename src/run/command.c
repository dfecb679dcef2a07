/* What the commands share. */
#include <stdio.h>

#include "run/command.h"
#include "run/status.h"

int command_usage(const struct flag_table *table, const char *text)
{
	fprintf(stderr, "fourwave %s: %s\n", table->command, text);
	return STATUS_USAGE;
}
