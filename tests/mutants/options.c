/* The options of the mutant's segments (RFC 7323, RFC 2018): what was asked for is
 * negotiated, and kept to. Faults of options stand here. */
#include "stack.h"

#include <string.h>

#include "core/segment.h"

static bool has_option(const struct segment *g, uint8_t kind, struct tcp_option *o)
{
	return options_find(g->options, g->options_len, kind, o);
}

void options_ask(struct tcb *t, const struct segment *g)
{
	struct tcp_option o;

	t->sack = has_option(g, OPT_SACK_PERMITTED, &o);
	t->wscale = has_option(g, OPT_WSCALE, &o);
	if (t->wscale)
		t->snd_wscale = (uint8_t)(o.wscale < 14 ? o.wscale : 14);
	t->timestamps = has_option(g, OPT_TIMESTAMPS, &o);
	if (t->timestamps)
		t->ts_recent = o.ts_val;
}

/* RFC 7323, 4.3: this end ACKs at once, so what was acknowledged last is RCV.NXT. */
void options_came(struct tcb *t, const struct segment *g)
{
	struct tcp_option o;

	if (t->timestamps && has_option(g, OPT_TIMESTAMPS, &o) && seq_ge(o.ts_val, t->ts_recent) &&
	    seq_le(g->seq, t->rcv_nxt))
		t->ts_recent = o.ts_val;
}

static void put(struct segment *g, struct tcp_option o) { options_append(g->options, &g->options_len, &o); }

static void put_nops(struct segment *g, int count)
{
	while (count--)
		put(g, (struct tcp_option){.kind = OPT_NOP});
}

/* A SYN-ACK. This end sends SACK and takes none: each end permits it for itself. */
static void put_handshake(const struct stack *s, const struct tcb *t, struct segment *g)
{
	put(g, (struct tcp_option){.kind = OPT_MSS, .mss = 1460});
	if (t->wscale || has_fault(s, FAULT_SYNACK_UNASKED)) {
		put_nops(g, 1);
		put(g, (struct tcp_option){.kind = OPT_WSCALE});
	}
}

static void put_timestamps(const struct stack *s, const struct tcb *t, struct segment *g, bool again)
{
	bool fin = g->flags & TCP_FIN;
	struct tcp_option ts = {
	    .kind = OPT_TIMESTAMPS, .ts_val = (uint32_t)(s->now_ns / STACK_MS), .ts_ecr = t->ts_recent};

	if (!t->timestamps && !(fin && has_fault(s, FAULT_TS_NOT_NEGOTIATED)))
		return;
	if (again && has_fault(s, FAULT_TS_MISSING))
		return;
	if (again && has_fault(s, FAULT_TS_BACKWARDS))
		ts.ts_val -= 100000;
	if (!(g->flags & TCP_SYN) && has_fault(s, FAULT_TS_NO_ECHO))
		ts.ts_ecr = 0;
	put_nops(g, 2);
	put(g, ts);
}

/* The octets that were held back: where they lie is told, where it may be. */
static void put_sack(const struct stack *s, const struct tcb *t, struct segment *g)
{
	struct tcp_option sack = {.kind = OPT_SACK};
	bool unasked = !t->sack && has_fault(s, FAULT_SACK_NOT_NEGOTIATED);
	uint32_t odd = has_fault(s, FAULT_SACK_NONSENSE) ? 5000 : 0;

	if ((g->flags & (TCP_SYN | TCP_FIN)) || g->payload_len)
		return;
	for (unsigned i = 0; t->sack && i < t->held_count && sack.sack_blocks < 2; i++) {
		sack.sack[sack.sack_blocks].left = t->held[i].seq + odd;
		sack.sack[sack.sack_blocks++].right = t->held[i].end + odd + (t->held[i].fin ? 1 : 0);
	}
	if (unasked) {
		sack.sack[0].left = g->ack - 1;
		sack.sack[sack.sack_blocks++].right = g->ack;
	}
	if (!sack.sack_blocks)
		return;
	put_nops(g, 2);
	put(g, sack);
}

void options_put(const struct stack *s, const struct tcb *t, struct segment *g, bool again)
{
	static const uint8_t past_the_end[] = {OPT_NOP, OPT_NOP, OPT_TIMESTAMPS, 10};
	bool fin = g->flags & TCP_FIN;

	if (g->flags & TCP_SYN)
		put_handshake(s, t, g);
	put_timestamps(s, t, g, again);
	put_sack(s, t, g);
	if (fin && has_fault(s, FAULT_MSS_IN_FIN))
		put(g, (struct tcp_option){.kind = OPT_MSS, .mss = 1460});
	if (fin && has_fault(s, FAULT_OPTIONS_MALFORMED)) {
		memcpy(g->options + g->options_len, past_the_end, sizeof past_the_end);
		g->options_len += sizeof past_the_end;
	}
	if (fin && has_fault(s, FAULT_RESERVED_BITS))
		g->reserved = 0x8;
}
