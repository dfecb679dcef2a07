/* A segment arrives (RFC 9293, 3.10.7.4), step by step as there. Most faults of what is taken stand here. */
#include "stack.h"

#include "core/segment.h"

static uint32_t rcv_wnd(const struct tcb *t)
{
	return STACK_WINDOW - (t->unread < STACK_WINDOW ? t->unread : STACK_WINDOW);
}

/* --- 1: the sequence number --- */

static bool in_window(const struct tcb *t, uint32_t seq) { return seq - t->rcv_nxt < rcv_wnd(t); }

static bool acceptable(const struct stack *s, const struct tcb *t, const struct segment *g)
{
	uint32_t len = segment_len(g);

	if (has_fault(s, FAULT_SEQ_WRAP) && len)
		return g->seq >= t->rcv_nxt && g->seq + len - 1 >= g->seq;
	if (has_fault(s, FAULT_FIN_HALF_OLD_DROPPED) && seq_lt(g->seq, t->rcv_nxt))
		return false;
	if (has_fault(s, FAULT_FIN_BEYOND_WINDOW_TAKEN) && g->flags & TCP_FIN && seq_gt(g->seq, t->rcv_nxt))
		return true;
	if (rcv_wnd(t) == 0)
		return len == 0 && g->seq == t->rcv_nxt;
	if (len == 0)
		return in_window(t, g->seq);
	return in_window(t, g->seq) || in_window(t, g->seq + len - 1);
}

/* A FIN that was taken before comes again: its ACK was lost. True: all is done. */
static bool again_fin(struct stack *s, struct tcb *t, const struct segment *g)
{
	bool again = t->eof && g->flags & TCP_FIN && g->seq + segment_len(g) == t->rcv_nxt;

	if (!again)
		return false;
	if (t->state == STATE_TIME_WAIT && has_fault(s, FAULT_TIME_WAIT_NO_ACK))
		return true;
	if (has_fault(s, FAULT_DUP_FIN_LIMITED) && s->now_ns - t->last_dup_ack_ns < 500 * STACK_MS)
		return true;
	if (has_fault(s, FAULT_DUP_FIN_COUNTED))
		t->rcv_nxt++;
	t->last_dup_ack_ns = s->now_ns;
	if (t->state == STATE_TIME_WAIT && t->end_at != STACK_NEVER &&
	    !has_fault(s, FAULT_TIME_WAIT_NOT_RESTARTED))
		tcb_time_wait(s, t);
	output_ack(s, t);
	return true;
}

static void not_acceptable(struct stack *s, struct tcb *t, const struct segment *g)
{
	if (g->flags & TCP_RST) {
		if (has_fault(s, FAULT_RST_OLD_TAKEN) ||
		    (has_fault(s, FAULT_TIME_WAIT_KILLED_BY_OLD_RST) && t->state == STATE_TIME_WAIT))
			tcb_free(t);
		if (has_fault(s, FAULT_RST_OLD_ACKED))
			output_ack(s, t);
		return;
	}
	if (t->state == STATE_TIME_WAIT && has_fault(s, FAULT_TIME_WAIT_KILLED_BY_OLD) &&
	    !(g->flags & TCP_FIN)) {
		tcb_free(t);
		return;
	}
	if (again_fin(s, t, g) || has_fault(s, FAULT_OLD_SILENT))
		return;
	output_ack(s, t);
}

/* --- 2: RST, as RFC 5961, 3.2 has it --- */

static void take_rst(struct stack *s, struct tcb *t, const struct segment *g)
{
	if (g->seq == t->rcv_nxt ? !has_fault(s, FAULT_RST_EXACT_IGNORED)
	                         : has_fault(s, FAULT_RST_IN_WINDOW_TAKEN)) {
		if (has_fault(s, FAULT_RST_ANSWERED))
			output_reset(s, g);
		tcb_free(t);
		return;
	}
	if (g->seq != t->rcv_nxt)
		output_ack(s, t);
}

/* --- 5: the ACK --- */

static bool newer_ack(const struct stack *s, const struct tcb *t, uint32_t ack)
{
	return has_fault(s, FAULT_ACK_WRAP) ? ack > t->snd_una : seq_gt(ack, t->snd_una);
}

static void take_new_ack(struct stack *s, struct tcb *t, uint32_t ack)
{
	t->snd_una = ack;
	t->resends = 0;
	if (has_fault(s, FAULT_RESEND_AFTER_ACK) && t->fin_queued)
		return;
	t->resend_at = STACK_NEVER;
	output_arm(s, t);
}

static void take_window(struct tcb *t, const struct segment *g)
{
	if (seq_lt(g->ack, t->snd_una))
		return;
	if (seq_lt(t->snd_wl1, g->seq) || (t->snd_wl1 == g->seq && seq_le(t->snd_wl2, g->ack))) {
		uint32_t wnd = (uint32_t)g->wnd << t->snd_wscale;

		if (wnd > t->snd_wnd)
			t->probe_at = t->snd_una == t->snd_nxt ? t->probe_at : STACK_NEVER;
		t->snd_wnd = wnd;
		t->snd_wl1 = g->seq;
		t->snd_wl2 = g->ack;
	}
}

/* Our FIN is acknowledged. False: the connection is gone. */
static bool fin_acked(struct stack *s, struct tcb *t)
{
	if (t->state == STATE_FIN_WAIT_1) {
		t->state = STATE_FIN_WAIT_2;
		if (has_fault(s, FAULT_FIN_WAIT_1_TO_TIME_WAIT))
			tcb_time_wait(s, t);
		else if ((t->orphan && !has_fault(s, FAULT_FIN_WAIT_2_NEVER_ENDS)) ||
		         has_fault(s, FAULT_FIN_WAIT_2_ENDS_ALIVE))
			t->end_at = s->now_ns + s->settings.fin_timeout_s * STACK_S;
	} else if (t->state == STATE_CLOSING) {
		tcb_time_wait(s, t);
	} else if (t->state == STATE_LAST_ACK && has_fault(s, FAULT_LAST_ACK_TO_TIME_WAIT)) {
		tcb_time_wait(s, t);
	} else if (t->state == STATE_LAST_ACK && !has_fault(s, FAULT_LAST_ACK_STUCK)) {
		tcb_free(t);
	}
	return t->used;
}

static bool any_ack_will_do(const struct stack *s, const struct tcb *t)
{
	return (has_fault(s, FAULT_FIN_WAIT_1_ANY_ACK) && t->state == STATE_FIN_WAIT_1) ||
	       (has_fault(s, FAULT_CLOSING_ANY_ACK) && t->state == STATE_CLOSING) ||
	       (has_fault(s, FAULT_LAST_ACK_ANY_ACK) && t->state == STATE_LAST_ACK);
}

/* False: nothing more is to be done with the segment. */
static bool take_ack(struct stack *s, struct tcb *t, const struct segment *g)
{
	uint32_t ack = g->ack;

	if (seq_gt(ack, t->snd_nxt)) {
		if (!has_fault(s, FAULT_ACK_TOO_HIGH_TAKEN)) {
			output_ack(s, t);
			return false;
		}
		ack = t->snd_nxt;
	}
	if (any_ack_will_do(s, t) && t->snd_nxt == tcb_fin_seq(t) + 1)
		ack = t->snd_nxt;
	if (newer_ack(s, t, ack))
		take_new_ack(s, t, ack);
	take_window(t, g);
	if (t->fin_queued && t->snd_nxt == tcb_fin_seq(t) + 1 && t->snd_una == t->snd_nxt)
		return fin_acked(s, t);
	return true;
}

/* --- 7 and 8: the text and the FIN --- */

static bool takes_text(const struct stack *s, const struct tcb *t)
{
	return t->state == STATE_ESTABLISHED || t->state == STATE_FIN_WAIT_1 ||
	       t->state == STATE_FIN_WAIT_2 ||
	       (has_fault(s, FAULT_DATA_PAST_FIN_TAKEN) && t->state == STATE_CLOSE_WAIT);
}

static void take_fin(struct stack *s, struct tcb *t)
{
	enum tcp_state before = t->state;

	if (has_fault(s, FAULT_CLOSING_LOSES_FIN) && before == STATE_FIN_WAIT_1)
		return;
	t->rcv_nxt++;
	t->eof = true;
	t->ack_wanted = true;
	t->took_fin = true;
	switch (before) {
	case STATE_ESTABLISHED:
		t->state = STATE_CLOSE_WAIT;
		if (has_fault(s, FAULT_CLOSE_WAIT_ENDS))
			t->end_at = s->now_ns + 10 * STACK_S;
		break;
	case STATE_FIN_WAIT_1:
		t->state = has_fault(s, FAULT_FIN_WAIT_1_TO_LAST_ACK) ? STATE_LAST_ACK : STATE_CLOSING;
		break;
	case STATE_FIN_WAIT_2:
		if (has_fault(s, FAULT_FIN_WAIT_1_TO_CLOSE_WAIT)) {
			t->state = STATE_CLOSE_WAIT;
			t->end_at = STACK_NEVER;
		} else {
			tcb_time_wait(s, t);
		}
		break;
	case STATE_CLOSED:
	case STATE_LISTEN:
	case STATE_SYN_SENT:
	case STATE_SYN_RECEIVED:
	case STATE_CLOSE_WAIT:
	case STATE_CLOSING:
	case STATE_LAST_ACK:
	case STATE_TIME_WAIT:
	case STATE_COUNT: break;
	}
}

/* Takes what is next, and what was held and is next now. */
static void take_in_order(struct stack *s, struct tcb *t, uint32_t end, bool fin)
{
	uint32_t taken = end - t->rcv_nxt;

	t->rcv_nxt = end;
	if (!t->reading)
		t->unread += taken;
	if (taken)
		t->ack_wanted = true;
	if (fin && !t->eof) {
		take_fin(s, t);
		return;
	}
	for (unsigned i = 0; i < t->held_count; i++) {
		struct held h = t->held[i];

		if (seq_gt(h.seq, t->rcv_nxt) || seq_lt(h.end, t->rcv_nxt))
			continue;
		t->held[i] = t->held[--t->held_count];
		take_in_order(s, t, h.end, h.fin);
		return;
	}
}

static void hold(const struct stack *s, struct tcb *t, uint32_t seq, uint32_t end, bool fin)
{
	fin = fin && !has_fault(s, FAULT_FIN_OUT_OF_ORDER_DROPPED);
	t->ack_wanted = true;
	if (t->held_count < STACK_HELD)
		t->held[t->held_count++] = (struct held){.seq = seq, .end = end, .fin = fin};
}

/* Its program is gone, and data comes (3.6.1). True: that was the end. */
static bool unwanted_data(struct stack *s, struct tcb *t, const struct segment *g, uint32_t end)
{
	bool refused = has_fault(s, FAULT_HALF_CLOSE_REFUSED) && t->fin_queued;

	if ((!t->orphan && !refused) || !seq_gt(end, t->rcv_nxt) ||
	    has_fault(s, FAULT_DATA_AFTER_CLOSE_ACKED))
		return false;
	if (!has_fault(s, FAULT_DATA_AFTER_CLOSE_SILENT))
		output_reset(s, g);
	tcb_free(t);
	return true;
}

/* False: the connection is gone. */
static bool take_text(struct stack *s, struct tcb *t, const struct segment *g)
{
	uint32_t end = g->seq + g->payload_len;
	bool fin = g->flags & TCP_FIN;

	if (!takes_text(s, t) || (!g->payload_len && !fin))
		return true;
	if (g->payload_len && unwanted_data(s, t, g, end))
		return false;
	if (has_fault(s, FAULT_HALF_CLOSE_DATA_LOST) && t->fin_queued && g->payload_len) {
		t->ack_wanted = true;
		return true;
	}
	if (has_fault(s, FAULT_FIN_WITH_DATA_LOST) && g->payload_len)
		fin = false;
	if (fin &&
	    (has_fault(s, FAULT_FIN_NEVER_ACKED) || (has_fault(s, FAULT_DEAF_AFTER_RESEND) && t->resent_fin)))
		return true;
	if (seq_gt(g->seq, t->rcv_nxt) && !(fin && (has_fault(s, FAULT_FIN_OUT_OF_ORDER_TAKEN) ||
	                                            has_fault(s, FAULT_FIN_BEYOND_WINDOW_TAKEN))))
		hold(s, t, g->seq, end, fin);
	else
		take_in_order(s, t, end, fin);
	return t->used;
}

/* The program reads what came. */
static void read_eof(struct stack *s, struct tcb *t)
{
	if (!t->closes_on_eof || !t->reading)
		return;
	if (t->close_delay_ns)
		t->close_at = s->now_ns + t->close_delay_ns;
	else
		user_close(s, t);
}

static void answer(struct stack *s, struct tcb *t)
{
	if (!t->ack_wanted)
		return;
	t->ack_wanted = false;
	if (is_twin(s, TWIN_ACK_DELAYED) && t->state != STATE_TIME_WAIT && !t->held_count) {
		if (t->ack_at == STACK_NEVER)
			t->ack_at = s->now_ns + 400 * STACK_MS;
		return;
	}
	if (t->took_fin && has_fault(s, FAULT_FIN_ACK_LATE)) {
		t->ack_at = s->now_ns + 700 * STACK_MS;
		return;
	}
	output_ack(s, t);
	if (t->took_fin && has_fault(s, FAULT_FIN_ACK_REPEATED))
		t->ack_at = s->now_ns + 300 * STACK_MS;
}

void arrive(struct stack *s, struct tcb *t, const struct segment *g)
{
	t->keep_sent = 0;
	if (t->keep_at != STACK_NEVER)
		t->keep_at = s->now_ns + t->keep_idle_ns;
	if (!acceptable(s, t, g)) {
		not_acceptable(s, t, g);
		return;
	}
	options_came(t, g);
	if (g->flags & TCP_RST) {
		take_rst(s, t, g);
		return;
	}
	if (g->flags & TCP_SYN) { /* RFC 5961, 4.2 */
		if (has_fault(s, FAULT_SYN_KILLS)) {
			output_abort(s, t);
			tcb_free(t);
		} else {
			output_ack(s, t);
		}
		return;
	}
	if (!(g->flags & TCP_ACK)) {
		if (!(g->flags & TCP_FIN) || !has_fault(s, FAULT_FIN_BARE_TAKEN))
			return;
	} else if (!take_ack(s, t, g)) {
		return;
	}
	if (has_fault(s, FAULT_SIMULTANEOUS_RST) && t->state == STATE_FIN_WAIT_1 && g->flags & TCP_FIN) {
		output_abort(s, t);
		tcb_free(t);
		return;
	}
	t->took_fin = false;
	if (!take_text(s, t, g))
		return;
	if (t->took_fin)
		read_eof(s, t);
	if (t->used && output_more(s, t))
		t->ack_wanted = false;
	if (t->used)
		answer(s, t);
}
