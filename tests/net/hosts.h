/* Two hosts for the network tests: this process in a network namespace of its own, and a child process in
 * another, joined by veth. Nothing has a name, so nothing is left when the processes end, however they end.
 */
#ifndef FW_TEST_HOSTS_H
#define FW_TEST_HOSTS_H

#include <stdbool.h>

#include "core/segment.h"

/* The addresses: ours .1, the peer's .2, nobody's .77; index 0 IPv4, 1 IPv6. */
extern const struct addr host_ours[2], host_peers[2], host_spare[2];
extern const char host_interface[]; /* our end */

enum { HOST_PORT = 7000 }; /* the peer's kernel listens there, on both families */

/* Takes this process into a network namespace of its own, with a user namespace
 * where it is not root. NULL, or why that is not possible here. */
const char *hosts_enter(void);

/* Makes the two hosts. Asserts (libcheck) that all works. */
void hosts_make(void);
void hosts_end(void);

/* The peer's kernel begins to connect to port 80 of host_spare[family], from now on for a while. */
void hosts_connect_spare(int family);

/* Runs a command line, which must succeed. */
void hosts_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
