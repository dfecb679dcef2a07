/* What a program does with its connection (RFC 9293, 3.10.2 to 3.10.5). */
#include "stack.h"

void user_write(struct stack *s, struct tcb *t, uint32_t bytes)
{
	if (t->fin_queued)
		return;
	if (has_fault(s, FAULT_CLOSE_WAIT_REFUSES_WRITE) && t->state == STATE_CLOSE_WAIT)
		return;
	t->written += bytes;
	output_more(s, t);
}

/* Queues the FIN; true where something left, with our ACK in it. */
static void queue_fin(struct stack *s, struct tcb *t)
{
	if (t->fin_queued) {
		/* A second close sends no second FIN (3.10.4). */
		if (has_fault(s, FAULT_FIN_TWICE))
			output_fin_again(s, t);
		return;
	}
	if (has_fault(s, FAULT_FIN_NEVER_AFTER_DATA) && t->snd_una != t->snd_nxt)
		return;
	t->fin_queued = true;
	if ((t->state == STATE_ESTABLISHED && !has_fault(s, FAULT_FIN_HELD_ESTABLISHED)) ||
	    t->state == STATE_SYN_RECEIVED)
		t->state = STATE_FIN_WAIT_1;
	else if (t->state == STATE_CLOSE_WAIT)
		t->state = STATE_LAST_ACK;
	if (output_more(s, t))
		t->ack_wanted = false;
}

static void abort_with_rst(struct stack *s, struct tcb *t)
{
	switch (t->state) {
	case STATE_SYN_RECEIVED:
	case STATE_ESTABLISHED:
	case STATE_FIN_WAIT_1:
	case STATE_FIN_WAIT_2:
	case STATE_CLOSE_WAIT: output_abort(s, t); break;
	case STATE_CLOSING:
	case STATE_LAST_ACK:
	case STATE_TIME_WAIT:
	case STATE_CLOSED:
	case STATE_LISTEN:
	case STATE_SYN_SENT:
	case STATE_COUNT: break;
	}
	if (t->state != STATE_TIME_WAIT)
		tcb_free(t);
}

void user_shutdown(struct stack *s, struct tcb *t)
{
	if (has_fault(s, FAULT_SHUTDOWN_RST))
		abort_with_rst(s, t);
	else
		queue_fin(s, t);
}

void user_close(struct stack *s, struct tcb *t)
{
	if (t->unread && !has_fault(s, FAULT_UNREAD_FIN)) {
		abort_with_rst(s, t);
		return;
	}
	t->orphan = true;
	t->keep_at = STACK_NEVER;
	queue_fin(s, t);
	if (t->state == STATE_FIN_WAIT_2 && !has_fault(s, FAULT_FIN_WAIT_2_NEVER_ENDS))
		t->end_at = s->now_ns + s->settings.fin_timeout_s * STACK_S;
}

void user_abort(struct stack *s, struct tcb *t)
{
	if (has_fault(s, FAULT_LINGER_FIN))
		user_close(s, t);
	else
		abort_with_rst(s, t);
}

void user_crash(struct stack *s, struct tcb *t)
{
	if (has_fault(s, FAULT_CRASH_RST))
		abort_with_rst(s, t);
	else if (has_fault(s, FAULT_CRASH_SILENT))
		tcb_free(t);
	else
		user_close(s, t);
}

void user_close_on_eof(struct stack *s, struct tcb *t, int64_t delay_ns)
{
	t->reading = true;
	t->closes_on_eof = true;
	t->close_delay_ns = delay_ns;
	if (t->eof && delay_ns)
		t->close_at = s->now_ns + delay_ns;
	else if (t->eof)
		user_close(s, t);
}

void user_keepalive(struct stack *s, struct tcb *t, int64_t idle_ns, int64_t interval_ns, unsigned count)
{
	if (has_fault(s, FAULT_NO_KEEPALIVE))
		return;
	t->keep_idle_ns = idle_ns;
	t->keep_interval_ns = interval_ns;
	t->keep_count = count;
	t->keep_sent = 0;
	t->keep_at = s->now_ns + idle_ns;
}
