/* A TAP device for a program that brings a TCP/IP stack of its own: whoever opens /dev/net/tun and attaches
 * to it (TUNSETIFF, IFF_TAP | IFF_NO_PI) reads and writes the Ethernet frames of a host of the lab. */
#ifndef FW_TAP_H
#define FW_TAP_H

#include <sys/types.h>

#include "base/diag.h"
#include "lab/veth.h"

/* Can a device have that name here? False with a sentence. */
bool tap_name_good(const char *name, struct diag *d);

/* In the caller's network namespace, with CAP_NET_ADMIN: makes the device, which stays until the namespace
 * ends and which the user may attach to without any capability, and joins it by a bridge with the veth end,
 * which is down so far. Afterwards all are up, every frame passes from one to the other as it is, and this
 * kernel sends none of its own there: no address, no IPv6, no spanning tree, no queries.
 *
 * The bridge takes frames to the devices' own link addresses for its own: the stack needs another one.
 * False with a sentence that says what to do. */
bool tap_make(const struct veth_end *end, const char *name, uid_t owner, struct diag *d);

/* Is a program attached to it? The kernel takes up to a second to see that. */
bool tap_is_attached(const char *name);

#endif
