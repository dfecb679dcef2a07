/* What the path between may do to the peer's segments, so that it is not held against the peer: some come
 * twice, some overtake others, some are another host's.
 *
 * Over IPv4 a packet has an identification, and a sender gives another to each (RFC 6864; Linux counts
 * them): then a copy and an overtaking are certain. Over IPv6, and where the identification is 0, only
 * what came can be compared: that may make a failure an error, and no more. */
#ifndef FW_NETPATH_H
#define FW_NETPATH_H

#include "core/observer.h"
#include "core/verdict.h"

enum { NETPATH_REMEMBERS = 16 };

/* The last of the peer's packets. Begins zeroed. */
struct netpath {
	struct {
		int64_t time_ns;
		uint64_t hash; /* of the packet's bytes */
		uint16_t ip_id;
	} seen[NETPATH_REMEMBERS];
	size_t count;
};

enum netpath_seen {
	NETPATH_NEW,
	NETPATH_AGAIN, /* the same bytes came within OVERTAKE_NS; nothing tells who said them twice */
	NETPATH_COPY   /* certainly a copy: a resend of the peer's has an identification of its own */
};

/* What is this packet (in the order of passing) to those before it? All but a copy is remembered. */
enum netpath_seen netpath_sees(struct netpath *w, const struct segment *s);

/* Did some of the peer's segments overtake others? Certainly, or where may_copy is set also
 * as far as their sequence and acknowledgment numbers show it. */
bool netpath_overtook(const struct verdict *v, bool may_copy);

/* So many segments were lost on the path, as far as it shows and is no accusation: our SYN, or the answer to
 * it or to that, which had to be sent again; and holes in the identifications that a kernel counts by one in
 * each connection (Linux, IPv4). A sender that counts otherwise shows none. */
size_t netpath_lost(const struct verdict *v);

/* Did what broke the run come sooner than the answer to our last segment can have, and is it what the peer
 * said before? Then it answers something earlier, and crossed with ours. path_ns: there and back, at the
 * least. */
bool netpath_crossed(const struct verdict *v, int64_t path_ns, struct reason *why);

/* A failed run: false where nothing but the peer explains the segment that broke it.
 * True, with why: the path between, or another host, explains it as well.
 * may_copy: the path is taken for one that copies packets and lets them overtake each other, so
 * that what has no identification is in doubt; else a peer that says a thing twice at once is wrong. */
bool netpath_doubts(const struct verdict *v, bool may_copy, struct reason *why);

#endif
