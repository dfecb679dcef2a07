#include "run/command.h"
int explain_command(int argc, char **argv){(void)argc;(void)argv;return 99;}
