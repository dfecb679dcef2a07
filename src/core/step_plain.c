/* A plain server talks by itself: it answers a request that stands for a provocation, or greets. Its data
 * is taken in order and acknowledged here, so that a scenario need not know the protocol; its FIN and RST
 * are the scenario's. */
#include "engine_impl.h"

#include "seq.h"

/* A bare ACK of what stands for a provocation. One of our FIN, or of the
 * scenario's own data, is for the scenario to judge. */
static bool acks_request(const struct engine *e, const struct segment *s)
{
	return e->asked_inband && seq_gt(s->ack, e->connection.snd_una) && !seq_gt(s->ack, e->inband_end);
}

bool plain_takes(struct engine *e, const struct kept *k)
{
	const struct segment *s = &k->segment;
	struct connection *c = &e->connection;

	if (!e->config.plain_server || !c->synchronised)
		return false;
	if ((s->flags & ~TCP_PSH) != TCP_ACK || seq_gt(s->ack, c->snd_nxt))
		return false;
	if (seq_gt(s->seq, c->rcv_nxt))
		return false;
	if (!s->payload_len && !acks_request(e, s))
		return false;
	engine_took(e, k, false, note_of(s->payload_len ? NOTE_SERVER_DATA : NOTE_ACKS_REQUEST, -1));
	if (s->payload_len)
		engine_send_ack(e, NOTE_ACKS_DATA);
	return true;
}
