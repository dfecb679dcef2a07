/* What a lab host is once it is begun: a process in a network namespace of its own, with the sysctls that are
 * wanted, and an agent, or the keeper of a program, in it. */
#ifndef FW_HOST_H
#define FW_HOST_H

#include <sys/types.h>

#include "lab/keeper.h"
#include "lab/sysctl.h"
#include "lab/veth.h"

struct host_plan {
	struct veth_end ours, theirs;
	const struct sysctl_setting *settings;
	size_t count;
	const struct lab_program *program; /* NULL: an agent */
	int channel;                       /* to the tester: the reports, then the agent's protocol */
	int inherited;                     /* a channel of the program's own, or -1 */
};

/* What it says while it begins: when its namespace is there; told to go on by an octet, when its end of
 * the link is up, and when it can be connected to. The place in why points into memory that parent and child
 * have in common. */
struct host_report {
	enum lab_result result;
	struct listening where;
	struct diag why;
};

/* The whole life of a host, in a process just forked by parent, with which it ends. */
_Noreturn void host_be(const struct host_plan *plan, pid_t parent);

/* Before any link comes into a namespace, so that it takes them over: no duplicate address detection, no
 * router solicitation. Not all are in each kernel; an address that is added with "no DAD" would do. */
void host_quiet_ipv6(void);

#endif
