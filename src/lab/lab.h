/* The lab: a network of our own with the Linux kernel's TCP as the peer.
 *
 * This process moves into a network namespace of its own (and, without root, into a user namespace), and
 * each peer host is a child process in a further namespace, joined by a veth pair and running the agent
 * (agent.h), or a program of the user's with its keeper (keeper.h). Nothing has a name outside: no
 * /run/netns, no file. When the process goes, however it goes, the kernel takes the rest away. */
#ifndef FW_LAB_H
#define FW_LAB_H

#include <net/if.h>

#include "base/diag.h"
#include "core/scenario.h"
#include "core/segment.h"
#include "lab/keeper.h"
#include "lab/sysctl.h"

struct lab;

/* A peer host. [0] is IPv4, [1] IPv6; family 0 where this kernel has no such addresses. Belongs to the lab.
 */
struct lab_host {
	struct addr local[2];        /* ours, at our end of the veth */
	struct addr remote[2];       /* the host's */
	char interface[IF_NAMESIZE]; /* our end of the veth: "fw1", "fw2" ... */
	int control;                 /* channel to its agent: for control_adopt(), which duplicates it */
	uint16_t data_port;          /* where its agent, or program, listens for connections under test */
	bool listens[2];             /* at the address of that family */
	int agent; /* the other end of FOURWAVE_CONTROL, where a program has that; else -1 */
};

/* Moves THIS process into the lab: call it once, while single-threaded, and before any socket is opened
 * that should be in the lab. User and group ids stay as they are, files are written as before. Loopback is
 * up. NULL where that is not allowed; d then says what to do about it (which sysctl, or to run as root, or
 * to name a target with -t). Afterwards the process has the capabilities that it needs in its namespaces
 * (raw sockets, capture).
 *
 * program (borrowed; NULL: the agent) is what its hosts run. */
struct lab *lab_open(const struct lab_program *program, struct diag *d);

/* The peer host for a set of sysctls; made on first use, kept until lab_close(). Two sets with the same names
 * and values are the same, in any order; of a name given twice the last counts. Another instance is another
 * host: for what is not to be shared. With a TAP device call it once, without settings. Needs the
 * capabilities of lab_open(), so make every host before dropping privilege. Takes some milliseconds, or with
 * a program as long as that takes to listen. Not LAB_OK: *out is NULL and d has the reason, at the place
 * (struct where) of the setting where it is one's fault.
 *
 * Beyond the set each host has tcp_no_metrics_save=1, no duplicate address detection, no router solicitation;
 * static neighbours at both ends, and checksums computed before a capture sees them. The rest is the kernel's
 * default for a new namespace. */
enum lab_result lab_host(struct lab *lab, const struct sysctl_setting *settings, size_t count,
                         unsigned instance, const struct lab_host **out, struct diag *d);

/* Ends and reaps the peers. The process stays in its namespace. NULL is allowed. */
void lab_close(struct lab *lab);

#endif
