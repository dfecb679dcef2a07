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
	if (p->remote_port == 0 && !ours && (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
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
		batch_add(batch, p, true, s);
	return true;
}

static void take_theirs(struct plays *all, struct batch *batch, const struct captured *captured,
                        const struct segment *s)
{
	struct play *p = find(all, &s->dst, s->dport);

	if (p == NULL)
		return;
	dump(p, captured);
	if (s->checksum == CHECKSUM_BAD) {
		p->job->ignored++;
		p->damaged += addr_equal(&s->src, &p->job->site->remote) && s->sport == p->remote_port;
	} else if (is_peer(p, &s->src, s->sport, s, false)) {
		batch_add(batch, p, false, s);
	} else {
		p->job->ignored++;
	}
}

void demux_take(struct plays *all, struct batch *batch, const struct captured *captured)
{
	struct segment s;

	if (decode_ip(captured->ip, captured->ip_captured, captured->ip_len, captured->time_ns, &s) !=
	    DECODE_OK)
		return;
	if (!take_ours(all, batch, captured, &s))
		take_theirs(all, batch, captured, &s);
}
