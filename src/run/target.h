/* The host to be judged: HOST[:PORT] as written on the command line, and what the resolver makes of it. */
#ifndef FW_TARGET_H
#define FW_TARGET_H

#include "base/address.h"
#include "base/diag.h"

struct target {
	char host[256];
	char service[64];    /* a number or a name of /etc/services; "" where not said */
	struct addr addr[2]; /* [0] IPv4, [1] IPv6; family 0 where the host has none */
	unsigned scope[2];   /* sin6_scope_id of a link-local IPv6 address, else 0 */
	bool literal;        /* an address was written, not a name */
	uint16_t port;       /* 0 where not said */
};

/* Takes text apart, into host and service: host, host:port, 192.0.2.1:80, [2001:db8::1]:80, [2001:db8::1] and
 * 2001:db8::1 (more than one colon without brackets is an address and no port). Resolves nothing. */
bool target_split(const char *text, struct target *t, struct diag *d);

/* Asks the resolver for the rest, one address of each family. False with a sentence: unknown host, unknown
 * service, a port of 0. */
bool target_resolve(struct target *t, struct diag *d);

/* Where a family (4 or 6) stands in the arrays of two. */
static inline int family_index(int family) { return family == 6; }

#endif
