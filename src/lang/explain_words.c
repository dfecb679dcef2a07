/* Segments, times, series and provocations in plain words. Walks nothing. */
#include "lang/explain_words.h"

#include <limits.h>
#include <string.h>

#include "lang/literal.h"

static const char *op_text(enum expr_op op)
{
	static const char *const texts[] = {
	    [EXPR_CONST] = "",          [EXPR_ISS] = "iss",         [EXPR_IRS] = "irs",
	    [EXPR_SND_NXT] = "snd.nxt", [EXPR_SND_UNA] = "snd.una", [EXPR_SND_WND] = "snd.wnd",
	    [EXPR_RCV_NXT] = "rcv.nxt", [EXPR_RCV_WND] = "rcv.wnd", [EXPR_SEG_SEQ] = "seq",
	    [EXPR_SEG_END] = "end",     [EXPR_SEG_ACK] = "ack",     [EXPR_SEG_LEN] = "len",
	    [EXPR_SEG_WND] = "win",     [EXPR_ADD] = " + ",         [EXPR_SUB] = " - ",
	    [EXPR_MUL] = " * ",
	};

	return texts[op];
}

static void add_expr(struct buffer *b, const struct scenario *s, const struct expr *e, bool inner)
{
	if (e->op == EXPR_CONST) {
		buffer_add(b, "%u", e->value);
	} else if (e->op >= EXPR_ADD) {
		buffer_add(b, "%s", inner ? "(" : "");
		add_expr(b, s, e->left, true);
		buffer_add(b, "%s", op_text(e->op));
		add_expr(b, s, e->right, true);
		buffer_add(b, "%s", inner ? ")" : "");
	} else if (e->op >= EXPR_SEG_SEQ) {
		buffer_add(b, "%s.%s", s->names[e->slot], op_text(e->op));
	} else {
		buffer_add(b, "%s", op_text(e->op));
	}
}

static bool plain(const struct field *f)
{
	return f->low->op == EXPR_CONST && (f->kind == FIELD_VALUE || f->high->op == EXPR_CONST);
}

/* One field: its name, what is written, and what that is now. */
static void add_field(struct buffer *b, const struct scenario *s, const char *name, const struct field *f,
                      char which, bool ours, const struct scope *scope)
{
	struct range now;

	if (f->kind == FIELD_ABSENT)
		return;
	if (f->kind == FIELD_ANY) {
		buffer_add(b, ", any %s", name);
		return;
	}
	buffer_add(b, ", %s ", name);
	add_expr(b, s, f->low, false);
	if (f->kind == FIELD_RANGE) {
		buffer_add(b, "..");
		add_expr(b, s, f->high, false);
	}
	now = field_range(f, which, ours, scope);
	if (!plain(f) && f->kind == FIELD_VALUE)
		buffer_add(b, " (%u)", now.low);
	else if (!plain(f))
		buffer_add(b, " (%u..%u)", now.low, now.high);
}

static void add_flags(struct buffer *b, const struct pattern *p)
{
	static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};
	const char *between = "";

	if (p->flags_mask == 0)
		buffer_add(b, "segment with any flags");
	else if (p->flags == 0)
		buffer_add(b, "segment with no flags");
	for (unsigned bit = 0; bit < sizeof names / sizeof *names; bit++)
		if (p->flags & 1u << bit) {
			buffer_add(b, "%s%s", between, names[bit]);
			between = "+";
		}
}

static void add_options(struct buffer *b, const struct pattern *p, bool ours)
{
	static const char *const names[] = {
	    [OPT_EOL] = "eol",
	    [OPT_NOP] = "nop",
	    [OPT_MSS] = "mss",
	    [OPT_WSCALE] = "wscale",
	    [OPT_SACK_PERMITTED] = "sackOK",
	    [OPT_SACK] = "sack",
	    [OPT_TIMESTAMPS] = "TS",
	};

	if (!p->has_options)
		return;
	buffer_add(b, ", %s <", ours ? "options" : "the options");
	for (unsigned i = 0; i < p->options_count; i++) {
		uint8_t kind = p->options[i].kind;

		buffer_add(b, "%s", i > 0 ? "," : "");
		if (!p->options[i].raw && kind < sizeof names / sizeof *names && names[kind])
			buffer_add(b, "%s", names[kind]);
		else
			buffer_add(b, "opt %u", kind);
		if (p->options[i].has_length)
			buffer_add(b, " that says it has %u bytes", p->options[i].length);
	}
	buffer_add(b, "%s>", p->options_open ? p->options_count > 0 ? ",..." : "..." : "");
}

void words_segment(struct buffer *b, const struct scenario *s, const struct pattern *p, bool ours,
                   const struct scope *scope)
{
	add_flags(b, p);
	add_field(b, s, "seq", &p->seq, 's', ours, scope);
	add_field(b, s, "end", &p->end, 's', ours, scope);
	add_field(b, s, "ack", &p->ack, 'a', ours, scope);
	add_field(b, s, "win", &p->win, 0, ours, scope);
	add_field(b, s, "len", &p->len, 0, ours, scope);
	add_field(b, s, "urg", &p->urg, 0, ours, scope);
	add_field(b, s, "ttl", &p->ttl, 0, ours, scope);
	add_options(b, p, ours);
	if (p->has_payload)
		buffer_add(b, ", %u bytes of payload%s", p->payload_len, ours ? "" : " as written");
	if (p->filter)
		buffer_add(b, ", matching the filter \"%s\"", p->filter);
	if (p->bad_checksum)
		buffer_add(b, ", with a wrong checksum");
	if (p->has_offset)
		buffer_add(b, ", with a data offset of %u", p->offset);
	if (p->fragment)
		buffer_add(b, ", in IP fragments of at most %u bytes", p->fragment);
	if (p->other_port)
		buffer_add(b, ", from another port of ours");
	if (p->slot >= 0)
		buffer_add(b, ", called %s", s->names[p->slot]);
}

void words_timing(struct buffer *b, const struct scenario *s, const struct timing *t)
{
	char after[DURATION_TEXT_BYTES], within[DURATION_TEXT_BYTES];

	if (t->after_ns >= 0)
		buffer_add(b, ", not sooner than %s", duration_text(t->after_ns, after));
	if (t->within_ns >= 0)
		buffer_add(b, "%s at most %s", t->after_ns >= 0 ? " and" : ",",
		           duration_text(t->within_ns, within));
	if (t->ref >= 0)
		buffer_add(b, " after %s", s->names[t->ref]);
}

static void add_gaps(struct buffer *b, const struct series *r)
{
	char low[DURATION_TEXT_BYTES], high[DURATION_TEXT_BYTES];

	if (r->first_min_ns >= 0)
		buffer_add(b, "; the first after %s to %s", duration_text(r->first_min_ns, low),
		           duration_text(r->first_max_ns, high));
	if (r->has_backoff)
		buffer_add(b, "; each gap %g times the one before (+%g%%, -%g%%)%s", r->factor, r->plus * 100,
		           r->minus * 100,
		           r->first_exempt ? ", but for the first, which a tail-loss probe may fill" : "");
	if (r->gives_up)
		buffer_add(b, "; then it gives up, for as long as the next gap would be");
	if (r->budget_ns >= 0)
		buffer_add(b, ": at its first time-out %s or more after its first resend",
		           duration_text(r->budget_ns, low));
}

void words_series(struct buffer *b, const struct scenario *s, const struct step *step)
{
	const struct series *r = &step->series;

	buffer_add(b, "the peer must send %s%s%s again%s, ", s->names[r->slot], r->with >= 0 ? " and " : "",
	           r->with >= 0 ? s->names[r->with] : "", r->with >= 0 ? ", both in one segment" : "");
	if (r->max == UINT_MAX)
		buffer_add(b, "%u or more times", r->min);
	else if (r->min == r->max)
		buffer_add(b, "%u time%s", r->min, r->min == 1 ? "" : "s");
	else
		buffer_add(b, "%u to %u times", r->min, r->max);
	add_gaps(b, r);
	words_timing(b, s, &step->timing);
	if (r->lost)
		buffer_add(b, "; and we behave as if each had been lost");
}

void words_provoke(struct buffer *b, const struct provocation *p)
{
	char idle[DURATION_TEXT_BYTES], interval[DURATION_TEXT_BYTES];

	buffer_add(b, "has the peer's program ");
	switch (p->kind) {
	case PROVOKE_CLOSE:
		buffer_add(b, "close its socket");
		if (p->on_eof)
			buffer_add(b, " %s%sit reads end-of-file",
			           p->delay_ns > 0 ? duration_text(p->delay_ns, idle) : "",
			           p->delay_ns > 0 ? " after " : "as soon as ");
		break;
	case PROVOKE_SHUTDOWN: buffer_add(b, "shut down its write side, and live on"); break;
	case PROVOKE_HOLD: buffer_add(b, "keep the connection, whatever comes"); break;
	case PROVOKE_RESET: buffer_add(b, "reset the connection (SO_LINGER 0)"); break;
	case PROVOKE_CRASH: buffer_add(b, "die (SIGKILL)"); break;
	case PROVOKE_CRASH_UNREAD: buffer_add(b, "die (SIGKILL) with data unread"); break;
	case PROVOKE_WRITE: buffer_add(b, "write %u bytes", p->bytes); break;
	case PROVOKE_READ: buffer_add(b, "read what comes"); break;
	case PROVOKE_NOREAD: buffer_add(b, "stop reading"); break;
	case PROVOKE_KEEPALIVE:
		buffer_add(b, "turn keepalive on: idle for %s, then %u probes %s apart",
		           duration_text(p->idle_ns, idle), p->count,
		           duration_text(p->interval_ns, interval));
		break;
	case PROVOKE_CONNECT: buffer_add(b, "connect to us"); break;
	case PROVOKE_COUNT: break;
	}
}

void words_state(struct buffer *b, const struct step *step)
{
	char low[DURATION_TEXT_BYTES], high[DURATION_TEXT_BYTES];
	const char *between = "";

	buffer_add(b, "the peer's host must have the connection in ");
	for (enum tcp_state state = 0; state < STATE_COUNT; state++)
		if (step->state.states & UINT32_C(1) << state) {
			buffer_add(b, "%s%s", between, state_name(state));
			between = " or ";
		}
	if (step->state.has_timer)
		buffer_add(b, ", its timer between %s and %s", duration_text(step->state.timer_min_ns, low),
		           duration_text(step->state.timer_max_ns, high));
}
