/* The network sysctls of the namespace that the caller is in, below
 * net.ipv4 and net.ipv6 only: no other name is ever read or written. */
#ifndef FW_SYSCTL_H
#define FW_SYSCTL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

enum { SYSCTL_PATH_BYTES = 192, SYSCTL_VALUE_BYTES = 160, SYSCTL_MEANT_BYTES = 256 };

enum lab_result {
	LAB_OK,
	LAB_ABSENT, /* this kernel has no such sysctl in a network namespace: misspelt, or another kernel's */
	LAB_REFUSED,   /* it has it and does not take that value, or may not be written here */
	LAB_FAILED,    /* anything else: a name that can be no such sysctl */
	LAB_NO_PROGRAM /* the user's program does not come up */
};

/* The file of a sysctl: "tcp_fin_timeout" is below net.ipv4; "ipv4.x.y", "ipv6.x.y" and both with "net."
 * before are the full name. Letters, digits, '_', '-' and single dots. False for any other name. */
bool sysctl_path(const char *name, char path[SYSCTL_PATH_BYTES]);

/* Is it one of the sysctls that are here? */
bool sysctl_exists(const char *name);

/* "; did you mean 'x'?" for the nearest one that is here, or "". The result is in buf. */
const char *sysctl_meant(const char *name, char *buf, size_t size);

/* Reads the value: blanks are made single spaces, none at either end. */
enum lab_result sysctl_read(const char *name, char value[SYSCTL_VALUE_BYTES], struct diag *d);

/* Writes the value and reads it back: a kernel that keeps another number has refused it. */
enum lab_result sysctl_write(const char *name, const char *value, struct diag *d);

/* Copies a value with its blanks made single spaces; cut if longer. */
void sysctl_canonical(const char *value, char out[SYSCTL_VALUE_BYTES]);

#endif
