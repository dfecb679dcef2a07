/* What leaves: segments with their numbers, resends and their time-outs (RFC
 * 9293, 3.8; RFC 6298). Most faults of what is sent stand here. */
#include "stack.h"

#include "core/segment.h"

#include <string.h>

enum { PAYLOAD_MAX = 1500 };

static struct segment make(const struct tcb *t, uint16_t flags, uint32_t seq, uint32_t ack)
{
	return (struct segment){
	    .src = t->local,
	    .dst = t->remote,
	    .sport = t->local_port,
	    .dport = t->remote_port,
	    .flags = flags,
	    .seq = seq,
	    .ack = flags & TCP_ACK ? ack : 0,
	    .wnd = (uint16_t)(STACK_WINDOW - (t->unread < STACK_WINDOW ? t->unread : STACK_WINDOW)),
	    .ttl = 64,
	};
}

static void leave(struct stack *s, const struct segment *g) { s->send(s->context, g); }

void output_syn_ack(struct stack *s, const struct tcb *t)
{
	struct segment g = make(t, TCP_SYN | TCP_ACK, t->iss, t->rcv_nxt);

	options_put(s, t, &g, false);
	leave(s, &g);
}

void output_ack_numbers(struct stack *s, const struct tcb *t, uint32_t seq, uint32_t ack)
{
	struct segment g = make(t, TCP_ACK, seq, ack);

	options_put(s, t, &g, false);
	leave(s, &g);
}

void output_ack(struct stack *s, const struct tcb *t)
{
	struct segment g = make(t, TCP_ACK, t->snd_nxt, t->rcv_nxt);

	if (is_twin(s, TWIN_FIN_AGAIN) && t->fin_queued && t->snd_una == tcb_fin_seq(t) &&
	    t->snd_nxt == tcb_fin_seq(t) + 1) {
		g.flags |= TCP_FIN;
		g.seq--;
	}
	if (t->eof && has_fault(s, FAULT_FIN_ACK_LOW))
		g.ack--;
	if (t->eof && has_fault(s, FAULT_FIN_ACK_HIGH))
		g.ack++;
	if (t->eof && has_fault(s, FAULT_FIN_ACK_OTHER_ADDRESS))
		g.src.bytes[g.src.family == 4 ? 3 : 15] ^= 0x40;
	options_put(s, t, &g, false);
	leave(s, &g);
}

void output_octet(struct stack *s, const struct tcb *t, uint32_t seq)
{
	static const uint8_t octet[1] = {0};
	struct segment g = make(t, TCP_ACK, seq, t->rcv_nxt);

	g.payload = octet;
	g.payload_len = g.payload_captured = sizeof octet;
	options_put(s, t, &g, false);
	leave(s, &g);
}

void output_abort(struct stack *s, const struct tcb *t)
{
	uint16_t flags = is_twin(s, TWIN_ABORT_BARE) ? TCP_RST : TCP_RST | TCP_ACK;
	struct segment g = make(t, flags, t->snd_nxt, t->rcv_nxt);

	if (has_fault(s, FAULT_ABORT_SEQ))
		g.seq--;
	leave(s, &g);
}

void output_reset(struct stack *s, const struct segment *g)
{
	struct segment r = {
	    .src = g->dst, .dst = g->src, .sport = g->dport, .dport = g->sport, .flags = TCP_RST, .ttl = 64};

	if (has_fault(s, FAULT_CLOSED_SILENT))
		return;
	if (g->flags & TCP_ACK) {
		r.seq = has_fault(s, FAULT_CLOSED_RST_SEQ) ? g->ack - 1 : g->ack;
		if (has_fault(s, FAULT_RST_WITH_ACK)) {
			r.flags |= TCP_ACK;
			r.ack = g->seq + segment_len(g);
		}
	} else {
		r.flags |= TCP_ACK;
		r.ack = g->seq + segment_len(g);
	}
	leave(s, &r);
	if (has_fault(s, FAULT_RST_TWICE)) {
		s->rst_again = r;
		s->rst_again_at = s->now_ns + 10 * STACK_MS;
	}
}

/* --- data and the FIN --- */

/* Sends the octets from seq on up to end, which may be the number after the FIN. */
static void send_range(struct stack *s, const struct tcb *t, uint32_t seq, uint32_t end, bool again)
{
	uint8_t payload[PAYLOAD_MAX];
	struct segment g = make(t, TCP_ACK, seq, t->rcv_nxt);
	bool fin = t->fin_queued && end == tcb_fin_seq(t) + 1;
	uint32_t len = end - seq - (fin ? 1 : 0);

	for (uint32_t i = 0; i < len && i < PAYLOAD_MAX; i++)
		payload[i] = (uint8_t)('a' + (seq + i - t->iss - 1) % 26);
	g.payload = payload;
	g.payload_len = g.payload_captured = len;
	if (fin)
		g.flags |= TCP_FIN;
	if (len)
		g.flags |= TCP_PSH;
	if (fin && has_fault(s, FAULT_FIN_BARE)) {
		g.flags &= (uint16_t)~TCP_ACK;
		g.ack = 0;
	}
	if (again && has_fault(s, FAULT_RESEND_SEQ_HIGH))
		g.seq++;
	if (again && has_fault(s, FAULT_RESEND_SEQ_LOW))
		g.seq--;
	if (again && has_fault(s, FAULT_RESEND_NO_ACK_FLAG))
		g.flags &= (uint16_t)~TCP_ACK;
	if (again && has_fault(s, FAULT_RESEND_OLD_ACK))
		g.ack = t->irs + 1;
	if (again && has_fault(s, FAULT_RESEND_OTHER_PORT))
		g.sport++;
	if (again && has_fault(s, FAULT_RESEND_OTHER_ADDRESS))
		g.src.bytes[g.src.family == 4 ? 3 : 15] ^= 0x40;
	if (again && has_fault(s, FAULT_RESEND_BAD_SUM))
		g.malformed.checksum = true;
	if (again && has_fault(s, FAULT_RESEND_OTHER_PAYLOAD) && len)
		payload[len / 2] ^= 0x20;
	if (again && has_fault(s, FAULT_RESEND_WITHOUT_DATA) && len && fin) {
		g.seq += len;
		g.payload_len = g.payload_captured = 0;
	}
	options_put(s, t, &g, again);
	leave(s, &g);
	if (again && has_fault(s, FAULT_RESEND_TWICE))
		leave(s, &g);
}

/* Where what is there to be sent ends. */
static uint32_t pending_end(const struct tcb *t) { return t->iss + 1 + t->written + (t->fin_queued ? 1 : 0); }

static bool may_send(const struct tcb *t)
{
	return t->state != STATE_SYN_RECEIVED && t->state != STATE_TIME_WAIT && t->state != STATE_CLOSED;
}

/* The FIN takes room in the window as an octet does (3.8.6). */
bool output_more(struct stack *s, struct tcb *t)
{
	uint32_t limit = t->snd_una + t->snd_wnd, end = pending_end(t);
	bool sent = false;

	if (!may_send(t))
		return false;
	if (is_twin(s, TWIN_FIN_INTO_SHUT_WINDOW) && t->fin_queued && end == t->snd_nxt + 1)
		limit = end;
	if (has_fault(s, FAULT_FIN_ZERO_WINDOW) && t->fin_queued && t->probe_at != STACK_NEVER &&
	    end == t->snd_nxt + 1)
		limit = t->snd_nxt;
	if (has_fault(s, FAULT_FIN_BEFORE_DATA) && t->fin_queued && seq_lt(limit, end)) {
		t->written = t->snd_nxt - t->iss - 1;
		end = limit = pending_end(t);
	}
	while (seq_lt(t->snd_nxt, end) && seq_lt(t->snd_nxt, limit)) {
		uint32_t full = t->snd_nxt + (t->mss < PAYLOAD_MAX ? t->mss : PAYLOAD_MAX), to = full;

		/* The FIN comes on top of a full segment. */
		if (to + 1 == end && t->fin_queued)
			to++;
		if (seq_gt(to, end))
			to = end;
		if (seq_gt(to, limit))
			to = limit;
		/* No silly window: a part of a segment waits for the ACK of what is out (3.8.6.2.1). */
		if (seq_lt(to, full) && seq_lt(to, end) && t->snd_una != t->snd_nxt)
			break;
		send_range(s, t, t->snd_nxt, to, false);
		t->snd_nxt = to;
		sent = true;
		if (is_twin(s, TWIN_ACK_DELAYED))
			t->ack_at = STACK_NEVER;
	}
	/* A state behind its time, for FAULT_FIN_HELD_ESTABLISHED. */
	if (sent && t->state == STATE_ESTABLISHED && t->fin_queued && t->snd_nxt == end)
		t->state = STATE_FIN_WAIT_1;
	output_arm(s, t);
	return sent;
}

void output_fin_again(struct stack *s, const struct tcb *t)
{
	send_range(s, t, tcb_fin_seq(t), tcb_fin_seq(t) + 1, true);
}

void output_resend(struct stack *s, struct tcb *t)
{
	uint32_t to = t->snd_una + (t->mss < PAYLOAD_MAX ? t->mss : PAYLOAD_MAX);

	if (has_fault(s, FAULT_FIN_NEVER_RESENT) && t->fin_queued)
		return;
	if (has_fault(s, FAULT_CLOSING_NO_RESEND) && t->state == STATE_CLOSING)
		return;
	if (has_fault(s, FAULT_RESEND_AFTER_ACK) && t->snd_una == t->snd_nxt) {
		output_fin_again(s, t);
		return;
	}
	if (seq_gt(to, t->snd_nxt))
		to = t->snd_nxt;
	if (is_twin(s, TWIN_ACK_DELAYED))
		t->ack_at = STACK_NEVER;
	if (has_fault(s, FAULT_CLOSING_RESEND_NO_FIN) && t->state == STATE_CLOSING) {
		output_ack_numbers(s, t, t->snd_una, t->rcv_nxt);
	} else if (is_twin(s, TWIN_DATA_THEN_FIN) && t->fin_queued && to == tcb_fin_seq(t) + 1 &&
	           t->snd_una != tcb_fin_seq(t)) {
		send_range(s, t, t->snd_una, to - 1, true);
		send_range(s, t, to - 1, to, true);
	} else {
		send_range(s, t, t->snd_una, to, true);
	}
}

/* --- time-outs --- */

int64_t output_timeout(const struct stack *s, int64_t rto_ns)
{
	const int64_t tick_ns = 500 * STACK_MS;

	if (!is_twin(s, TWIN_TICKS))
		return s->now_ns + rto_ns;
	return s->now_ns / tick_ns * tick_ns + (rto_ns + tick_ns - 1) / tick_ns * tick_ns;
}

int64_t output_rto(const struct stack *s, const struct tcb *t)
{
	if (has_fault(s, FAULT_RESEND_EACH_SECOND))
		return STACK_S;
	if (has_fault(s, FAULT_RESEND_50MS))
		return 50 * STACK_MS;
	if (has_fault(s, FAULT_RTO_SHORT))
		return 90 * STACK_MS;
	if (has_fault(s, FAULT_RTO_LONG))
		return 12 * STACK_S;
	/* RFC 6298, 5.7: the handshake was resent, so nothing is known. */
	if (is_twin(s, TWIN_TICKS))
		return t->sampled ? 2500 * STACK_MS : 3500 * STACK_MS;
	if (is_twin(s, TWIN_RTO_1S) && t->sampled)
		return STACK_S;
	return t->sampled || has_fault(s, FAULT_RTO_WITHOUT_SAMPLE) ? 204 * STACK_MS : 3 * STACK_S;
}

/* Linux: (2^(N+1) - 1) times the least time-out, and no time-out over 120 s. */
int64_t output_budget(const struct stack *s, const struct tcb *t)
{
	unsigned n = t->orphan || has_fault(s, FAULT_ORPHAN_TIME_FOR_ALL)
	                 ? (s->settings.orphan_retries ? s->settings.orphan_retries : 8)
	                 : s->settings.retries2;
	int64_t budget = 0, rto = 200 * STACK_MS;

	if (has_fault(s, FAULT_GIVES_UP_EARLY))
		return 0;
	if (has_fault(s, FAULT_GIVES_UP_NEVER) || has_fault(s, FAULT_RESEND_EACH_SECOND) ||
	    has_fault(s, FAULT_RESEND_50MS))
		return STACK_NEVER;
	for (unsigned i = 0; i <= n; i++) {
		budget += rto;
		rto = rto * 2 < 120 * STACK_S ? rto * 2 : 120 * STACK_S;
	}
	return budget;
}

/* Something is in flight: the resend runs. Nothing is, and something cannot leave: the probe runs. */
void output_arm(struct stack *s, struct tcb *t)
{
	if (t->snd_una != t->snd_nxt) {
		t->probe_at = STACK_NEVER;
		if (t->resend_at == STACK_NEVER) {
			t->resends = 0;
			t->rto_ns = output_rto(s, t);
			t->resend_at = output_timeout(s, t->rto_ns);
		}
		return;
	}
	if (!has_fault(s, FAULT_RESEND_AFTER_ACK) || !t->fin_queued)
		t->resend_at = STACK_NEVER;
	if (t->snd_nxt == pending_end(t)) {
		t->probe_at = STACK_NEVER;
	} else if (t->probe_at == STACK_NEVER) {
		t->probe_gap_ns = output_rto(s, t);
		t->probe_at = output_timeout(s, t->probe_gap_ns);
	}
}
