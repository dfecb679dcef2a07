/* What the engine hands out: segments, and questions to the peer's host. */
#include "engine_impl.h"

struct action *engine_ask(struct engine *e, enum action_kind kind)
{
	struct action *a;

	if (e->action_first && e->action_first == e->action_count)
		e->action_first = e->action_count = 0;
	a = LIST_ADD(e->actions, e->action_count, e->action_room);
	*a = (struct action){.kind = kind, .due_ns = e->due_ns};
	if (kind != ACTION_SEND)
		e->asking = lateness_plan(e, NULL, engine_current(e)->kind == STEP_RETRANSMIT);
	return a;
}

void engine_bind(struct engine *e, int slot, const struct segment *s, bool ours, int64_t time_ns)
{
	struct bound *b;

	if (slot < 0)
		return;
	b = &e->bound[slot];
	*b = (struct bound){.is_set = true, .ours = ours, .segment = *s, .time_ns = time_ns};
	b->payload_hash = bytes_hash(s->payload, s->payload ? s->payload_captured : 0);
	b->segment.payload = NULL;
	b->segment.packet = NULL;
}

unsigned engine_send(struct engine *e, struct segment *s, int slot, enum note_kind note)
{
	size_t trace, act;
	struct action *a;

	/* Linux fills in an identification of 0, and then we would not know our own segment again. */
	if (++e->ip_id == 0)
		e->ip_id = 1;
	s->ip_id = e->ip_id;
	trace = evidence_add(e, s, PASSED_OUT, e->now_ns);
	evidence_note(e, trace, false, note_of(note, slot));
	engine_bind(e, slot, s, true, 0);
	act = lateness_plan(e, s, false);
	observer_see(&e->observer, s, END_US, false);
	a = engine_ask(e, ACTION_SEND);
	a->segment = *s;
	*LIST_ADD(e->outgoing, e->outgoing_count, e->outgoing_room) =
	    (struct outgoing){.trace = trace, .slot = slot, .ip_id = s->ip_id, .act = act};
	a->id = (unsigned)e->outgoing_count;
	return a->id;
}

void engine_build(struct engine *e, uint16_t flags, const uint8_t *payload, size_t len, struct segment *out)
{
	const struct pattern p = {.flags = flags, .payload = payload, .payload_len = (uint32_t)len};

	pattern_build(&p, &e->scope, e->now_ns, out, NULL);
}

void engine_send_ack(struct engine *e, enum note_kind note)
{
	struct segment s;

	engine_build(e, TCP_ACK, NULL, 0, &s);
	engine_send(e, &s, -1, note);
}

static unsigned send_reset(struct engine *e, uint32_t seq)
{
	struct segment s;

	engine_build(e, TCP_RST, NULL, 0, &s);
	s.seq = seq;
	s.wnd = 0;
	return engine_send(e, &s, -1, NOTE_TIDIES);
}

/* A RST is taken at once where its number is the peer's RCV.NXT exactly (RFC 9293, 3.10.7.4; RFC 5961, 3.2).
 * That is what the peer acknowledged last, or, where its last ACK is still in flight, the end of what we
 * sent. */
void engine_tidy(struct engine *e)
{
	uint32_t sent = e->observer.ends[END_US].sent, acked = observer_acked(&e->observer, END_PEER);

	if (!e->observer.ends[END_US].seen || e->peer_reset)
		return;
	e->tidy_id = e->tidy_first = send_reset(e, e->connection.have_irs ? acked : sent);
	if (e->connection.have_irs && seq_gt(sent, acked))
		e->tidy_id = send_reset(e, sent);
}
