/* From captured packets to runs. Judges nothing. */
#include <string.h>

#include "core/decode.h"
#include "run/demux.h"

static struct play *find(const struct plays *all, const struct addr *addr, uint16_t port)
{
	struct port_key key;
	struct play *p;

	memset(&key, 0, sizeof key); /* padding is part of the key */
	key.addr = *addr;
	key.port = port;
	HASH_FIND(hh, all->by_port, &key, sizeof key, p);
	return p;
}

/* Is this the other end? In role listen the first SYN settles its port. */
static bool is_peer(struct play *p, const struct addr *addr, uint16_t port, const struct segment *s,
                    bool ours)
{
	if (!addr_equal(addr, &p->job->site->remote))
		return false;
	if (p->remote_port == 0 && !ours && s->checksum != CHECKSUM_BAD &&
	    (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
		p->remote_port = port;
	return p->remote_port == port;
}

static void dump(struct play *p, const struct captured *captured)
{
	if (p->job->dump != NULL)
		dump_write(p->job->dump, captured);
}

/* Was it sent from one of our ports? Then the source is looked at first, for on
 * loopback both ends are ours. */
static bool take_ours(struct plays *all, struct batch *batch, const struct captured *captured,
                      const struct segment *s)
{
	struct play *p = find(all, &s->src, s->sport);

	if (p == NULL)
		return false;
	dump(p, captured);
	if (is_peer(p, &s->dst, s->dport, s, true))
		batch_add(batch, p, true, IGNORED_NOT, s);
	return true;
}

/* Does it come from where the peer's handshake came from? The first that comes
 * settles it. */
static bool is_station(struct play *p, const struct captured *captured)
{
	if (!captured->has_station)
		return true;
	if (!p->has_station) {
		p->has_station = true;
		memcpy(p->station, captured->station, sizeof p->station);
	}
	return memcmp(p->station, captured->station, sizeof p->station) == 0;
}

/* Of a segment with the connection's addresses and ports. */
static enum ignored why_ignored(struct plays *all, struct play *p, const struct captured *captured, const struct segment *s)
{
	if (s->checksum == CHECKSUM_BAD)
		return IGNORED_CHECKSUM;
	if (!is_station(p, captured))
		return IGNORED_STATION;
	enum way_seen seen = way_sees(&p->way, s);
	all->doubled += seen == WAY_AGAIN && (s->flags & TCP_SYN);
	return seen == WAY_COPY ? IGNORED_COPY : IGNORED_NOT;
}

static void ignore(struct play *p, enum ignored why)
{
	p->job->ignored++;
	p->job->ignored_why[why]++;
}

static void take_theirs(struct plays *all, struct batch *batch, const struct captured *captured,
                        const struct segment *s)
{
	struct play *p = find(all, &s->dst, s->dport);

	if (p == NULL)
		return;
	dump(p, captured);
	if (!is_peer(p, &s->src, s->sport, s, false)) {
		ignore(p, s->checksum == CHECKSUM_BAD ? IGNORED_CHECKSUM : IGNORED_STRANGER);
		return;
	}
	enum ignored why = why_ignored(all, p, captured, s);
	if (why != IGNORED_NOT)
		ignore(p, why);
	all->copies += why == IGNORED_COPY;
	batch_add(batch, p, false, why, s);
}

/* --- what is no segment --- */

static enum ignored ignored_as(enum decode_result r)
{
	switch (r) {
	case DECODE_FRAGMENT:
		return IGNORED_FRAGMENT;
	case DECODE_TRUNCATED:
	case DECODE_MALFORMED:
		return IGNORED_MALFORMED;
	case DECODE_BAD_IP_SUM:
		return IGNORED_CHECKSUM;
	case DECODE_OK:
	case DECODE_NOT_IP:
	case DECODE_NOT_TCP:
		break;
	}
	return IGNORED_NOT;
}

/* A later fragment names no ports: it may be of any run between these two. */
static void take_ruin(struct plays *all, const struct captured *captured, enum decode_result r)
{
	enum ignored why = ignored_as(r);
	struct segment ends;
	struct play *p;

	if (why == IGNORED_NOT || !decode_ends(captured->ip, captured->ip_captured, &ends))
		return;
	for (p = all->list; p != NULL; p = p->next) {
		if (!addr_equal(&p->local.addr, &ends.dst) || !addr_equal(&p->job->site->remote, &ends.src) ||
		    (ends.dport != 0 && ends.dport != p->local.port))
			continue;
		dump(p, captured);
		ignore(p, why);
	}
}

void demux_take(struct plays *all, struct batch *batch, const struct captured *captured)
{
	struct segment s;
	enum decode_result r =
	    decode_ip(captured->ip, captured->ip_captured, captured->ip_len, captured->time_ns, &s);

	if (r != DECODE_OK)
		take_ruin(all, captured, r);
	else if (!take_ours(all, batch, captured, &s))
		take_theirs(all, batch, captured, &s);
}
