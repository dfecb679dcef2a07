/* The connections, who a segment belongs to, the handshake, and time. Knows
 * nothing of what a connection does with a segment. */
#include "stack.h"

#include <string.h>

/* Every other connection's numbers wrap behind its first octet. */
static const uint32_t WRAPPING_ISS = UINT32_MAX - 1;

void stack_init(struct stack *s)
{
	*s = (struct stack){.settings = {.retries2 = 15, .fin_timeout_s = 60},
	                    .next_iss = WRAPPING_ISS,
	                    .rst_again_at = STACK_NEVER};
}

void tcb_free(struct tcb *t)
{
	t->used = false;
	t->state = STATE_CLOSED;
}

void tcb_time_wait(struct stack *s, struct tcb *t)
{
	int64_t wait_ns = (is_twin(s, TWIN_TIME_WAIT_240S) ? 240 : 60) * STACK_S;

	t->resend_at = t->probe_at = t->keep_at = STACK_NEVER;
	if (has_fault(s, FAULT_TIME_WAIT_NONE) ||
	    (has_fault(s, FAULT_CLOSING_TO_CLOSED) && t->state == STATE_CLOSING)) {
		if (t->ack_wanted)
			output_ack(s, t);
		tcb_free(t);
		return;
	}
	if (has_fault(s, FAULT_CLOSING_TIME_WAIT_FOR_EVER) && t->state == STATE_CLOSING)
		wait_ns = STACK_NEVER - s->now_ns;
	if (has_fault(s, FAULT_TIME_WAIT_SHORT))
		wait_ns = s->settings.fin_timeout_s * STACK_S;
	t->state = STATE_TIME_WAIT;
	t->end_at = has_fault(s, FAULT_TIME_WAIT_NEVER_ENDS) ? STACK_NEVER : s->now_ns + wait_ns;
}

struct tcb *stack_find(struct stack *s, const struct addr *remote, uint16_t port)
{
	for (size_t i = 0; i < STACK_CONNECTIONS; i++)
		if (s->tcbs[i].used && s->tcbs[i].remote_port == port &&
		    addr_equal(&s->tcbs[i].remote, remote))
			return &s->tcbs[i];
	return NULL;
}

static uint32_t peer_mss(const struct segment *g)
{
	struct tcp_option o;

	return options_find(g->options, g->options_len, OPT_MSS, &o) && o.mss ? o.mss : STACK_MSS;
}

/* LISTEN: a SYN (3.10.7.2). */
static void listen_syn(struct stack *s, const struct segment *g)
{
	struct tcb *t = s->tcbs;

	while (t < s->tcbs + STACK_CONNECTIONS && t->used)
		t++;
	if (t == s->tcbs + STACK_CONNECTIONS)
		return;
	*t = (struct tcb){
	    .used = true,
	    .local = g->dst,
	    .remote = g->src,
	    .local_port = g->dport,
	    .remote_port = g->sport,
	    .state = STATE_SYN_RECEIVED,
	    .iss = s->next_iss,
	    .snd_una = s->next_iss,
	    .snd_nxt = s->next_iss + 1,
	    .snd_wnd = g->wnd,
	    .mss = peer_mss(g),
	    .irs = g->seq,
	    .rcv_nxt = g->seq + 1,
	    .reading = true,
	    .sampled = true,
	    .close_at = STACK_NEVER,
	    .probe_at = STACK_NEVER,
	    .end_at = STACK_NEVER,
	    .ack_at = STACK_NEVER,
	    .keep_at = STACK_NEVER,
	    .rto_ns = STACK_S,
	    .resend_at = s->now_ns + STACK_S,
	};
	s->other_iss += 0x3779b9;
	s->next_iss = s->next_iss == WRAPPING_ISS ? s->other_iss : WRAPPING_ISS;
	options_ask(t, g);
	output_syn_ack(s, t);
}

static void syn_received(struct stack *s, struct tcb *t, const struct segment *g)
{
	if (g->flags & TCP_RST) {
		if (g->seq == t->rcv_nxt)
			tcb_free(t);
		return;
	}
	if (g->flags & TCP_SYN) {
		if (g->seq == t->irs)
			output_syn_ack(s, t);
		return;
	}
	if (!(g->flags & TCP_ACK))
		return;
	if (g->ack != t->snd_nxt) {
		output_reset(s, g);
		return;
	}
	t->state = STATE_ESTABLISHED;
	t->snd_wl1 = g->seq;
	t->snd_wl2 = g->ack;
	t->snd_una = g->ack;
	t->snd_wnd = (uint32_t)g->wnd << t->snd_wscale;
	t->resends = 0;
	t->resend_at = STACK_NEVER;
	arrive(s, t, g);
}

/* FAULT_PORT_NOT_CHECKED: whatever else has that address. */
static struct tcb *find_any(struct stack *s, const struct segment *g)
{
	for (size_t i = 0; i < STACK_CONNECTIONS; i++)
		if (s->tcbs[i].used && addr_equal(&s->tcbs[i].remote, &g->src))
			return &s->tcbs[i];
	return NULL;
}

/* FAULT_OPTION_LENGTH_HANGS: stepping on by a length of 0 it would never come to the end. */
static bool hangs_on(const struct segment *g)
{
	struct tcp_option o;
	size_t at = 0;
	int more;

	while ((more = options_next(g->options, g->options_len, &at, &o)) == 1)
		;
	return more < 0 && at + 1 < g->options_len && g->options[at + 1] == 0;
}

void stack_receive(struct stack *s, const struct segment *g, int64_t now_ns)
{
	struct tcb *t = stack_find(s, &g->src, g->sport);

	if (s->hung || (has_fault(s, FAULT_OPTION_LENGTH_HANGS) && hangs_on(g))) {
		s->hung = true;
		return;
	}
	if (!t && has_fault(s, FAULT_PORT_NOT_CHECKED))
		t = find_any(s, g);
	s->now_ns = now_ns;
	if (g->checksum == CHECKSUM_BAD && !has_fault(s, FAULT_BAD_SUM_TAKEN))
		return;
	if (t && t->local_port == g->dport) {
		if (t->state == STATE_SYN_RECEIVED)
			syn_received(s, t, g);
		else
			arrive(s, t, g);
	} else if (g->dport == s->port && (g->flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) == TCP_SYN) {
		listen_syn(s, g);
	} else if (!(g->flags & TCP_RST) || has_fault(s, FAULT_RST_ANSWERED)) {
		output_reset(s, g);
	}
}

/* --- time --- */

static void resend_due(struct stack *s, struct tcb *t)
{
	double factor = 2;

	if (t->state == STATE_SYN_RECEIVED) {
		t->sampled = false;
		if (t->resends++ == 5) {
			tcb_free(t);
			return;
		}
		output_syn_ack(s, t);
	} else {
		if (t->resends > 0 &&
		    (s->now_ns - t->first_resend_ns >= output_budget(s, t) ||
		     (is_twin(s, TWIN_GIVES_UP_3) && t->resends == 3) || is_twin(s, TWIN_GIVES_UP_1))) {
			t->resend_at = STACK_NEVER;
			if (has_fault(s, FAULT_LAST_ACK_NO_END) && t->state == STATE_LAST_ACK)
				return;
			if (has_fault(s, FAULT_GIVES_UP_WITH_RST))
				output_abort(s, t);
			tcb_free(t);
			return;
		}
		if (t->resends++ == 0)
			t->first_resend_ns = s->now_ns;
		t->resent_fin = t->resent_fin || t->fin_queued;
		output_resend(s, t);
	}
	if (has_fault(s, FAULT_BACKOFF_1_5))
		factor = 1.5;
	else if (has_fault(s, FAULT_BACKOFF_3))
		factor = 3;
	else if (has_fault(s, FAULT_RESEND_EACH_SECOND) || has_fault(s, FAULT_RESEND_50MS))
		factor = 1;
	t->rto_ns = (int64_t)((double)t->rto_ns * factor);
	if (t->rto_ns > 120 * STACK_S)
		t->rto_ns = 120 * STACK_S;
	t->resend_at = output_timeout(s, t->rto_ns);
}

/* The other side's window is shut: is it still (3.8.6.1)? */
static void probe_due(struct stack *s, struct tcb *t)
{
	output_ack_numbers(s, t, t->snd_una - 1, t->rcv_nxt);
	t->probe_gap_ns *= 2;
	t->probe_at = output_timeout(s, t->probe_gap_ns);
}

static void keepalive_due(struct stack *s, struct tcb *t)
{
	if (t->keep_sent == t->keep_count) {
		output_abort(s, t);
		tcb_free(t);
		return;
	}
	t->keep_sent++;
	if (has_fault(s, FAULT_KEEPALIVE_OCTET))
		output_octet(s, t, t->snd_nxt - 1);
	else
		output_ack_numbers(s, t, t->snd_nxt - 1, t->rcv_nxt);
	t->keep_at = s->now_ns + t->keep_interval_ns;
}

static void end_due(struct stack *s, struct tcb *t)
{
	if (t->state == STATE_FIN_WAIT_2 && has_fault(s, FAULT_FIN_WAIT_2_ENDS_WITH_RST))
		output_abort(s, t);
	tcb_free(t);
}

static void ack_due(struct stack *s, struct tcb *t)
{
	t->ack_at = STACK_NEVER;
	output_ack(s, t);
	if (has_fault(s, FAULT_FIN_ACK_REPEATED) && t->fin_acks++ < 20)
		t->ack_at = s->now_ns + 300 * STACK_MS;
}

static void close_due(struct stack *s, struct tcb *t)
{
	t->close_at = STACK_NEVER;
	user_close(s, t);
}

int64_t stack_tick(struct stack *s, int64_t now_ns)
{
	int64_t next;

	s->now_ns = now_ns;
	if (s->rst_again_at <= now_ns) {
		s->rst_again_at = STACK_NEVER;
		s->send(s->context, &s->rst_again);
	}
	next = s->rst_again_at;
	for (struct tcb *t = s->tcbs; t < s->tcbs + STACK_CONNECTIONS; t++) {
		struct {
			int64_t *at;
			void (*due)(struct stack *s, struct tcb *t);
		} timers[] = {
		    {&t->resend_at, resend_due}, {&t->probe_at, probe_due}, {&t->keep_at, keepalive_due},
		    {&t->end_at, end_due},       {&t->ack_at, ack_due},     {&t->close_at, close_due},
		};

		for (size_t i = 0; i < sizeof timers / sizeof *timers; i++) {
			if (t->used && *timers[i].at <= now_ns) {
				if (now_ns - *timers[i].at > s->late_ns)
					s->late_ns = now_ns - *timers[i].at;
				timers[i].due(s, t);
			}
			if (t->used && *timers[i].at < next)
				next = *timers[i].at;
		}
	}
	return next;
}
