/* Segments, times, series and provocations in plain words. Walks nothing. */
#include "lang/explain.h"

#include <limits.h>
#include <string.h>

#include "lang/check.h"

static void add_expr(UT_string *b, const struct scenario *s, const struct expr *e, bool inner)
{
	if (e->op == EXPR_CONST) {
		utstring_printf(b, "%u", e->value);
	} else if (e->op >= EXPR_ADD) {
		utstring_printf(b, "%s", inner ? "(" : "");
		add_expr(b, s, e->left, true);
		utstring_printf(b, "%s", expr_word(e->op));
		add_expr(b, s, e->right, true);
		utstring_printf(b, "%s", inner ? ")" : "");
	} else if (e->op >= EXPR_SEG_SEQ) {
		utstring_printf(b, "%s.%s", s->names[e->slot], expr_word(e->op));
	} else {
		utstring_printf(b, "%s", expr_word(e->op));
	}
}

/* One field: its name, what is written, and what that is now. */
static void add_field(UT_string *b, const struct scenario *s, const char *name, const struct field *f,
                      char which, bool ours, const struct scope *scope)
{
	struct range now;

	if (f->kind == FIELD_ABSENT)
		return;
	if (f->kind == FIELD_ANY) {
		utstring_printf(b, ", any %s", name);
		return;
	}
	utstring_printf(b, ", %s ", name);
	add_expr(b, s, f->low, false);
	if (f->kind == FIELD_RANGE) {
		utstring_printf(b, "..");
		add_expr(b, s, f->high, false);
	}
	if (f->low->op == EXPR_CONST && (f->kind == FIELD_VALUE || f->high->op == EXPR_CONST))
		return;
	now = field_range(f, which, ours, scope);
	utstring_printf(b, " (%u", now.low);
	if (f->kind == FIELD_RANGE)
		utstring_printf(b, "..%u", now.high);
	utstring_printf(b, ")");
}

static void add_flags(UT_string *b, const struct pattern *p)
{
	static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};
	const char *between = "";

	if (p->flags_mask == 0)
		utstring_printf(b, "segment with any flags");
	else if (p->flags == 0)
		utstring_printf(b, "segment with no flags");
	for (unsigned bit = 0; bit < sizeof names / sizeof *names; bit++)
		if (p->flags & 1u << bit) {
			utstring_printf(b, "%s%s", between, names[bit]);
			between = "+";
		}
}

static void add_options(UT_string *b, const struct pattern *p, bool ours)
{
	const struct false_length *wrong;
	unsigned at = 0;

	if (!p->has_options)
		return;
	utstring_printf(b, ", %s <", ours ? "options" : "the options");
	for (unsigned i = 0; i < p->options_count; i++) {
		const struct option_rule *rule = option_pattern_rule(&p->options[i]);

		utstring_printf(b, "%s", i > 0 ? "," : "");
		if (rule)
			utstring_printf(b, "%s", rule->name);
		else
			utstring_printf(b, "opt %u", p->options[i].kind);
		wrong = malform_length(&p->malformed, at + 1);
		if (wrong)
			utstring_printf(b, " that says it has %u bytes", wrong->says);
		at += option_pattern_bytes(&p->options[i]);
	}
	utstring_printf(b, "%s>", p->options_open ? p->options_count > 0 ? ",..." : "..." : "");
}

void words_segment(UT_string *b, const struct scenario *s, const struct pattern *p, bool ours,
                   const struct scope *scope)
{
	char malformed[MALFORM_WORDS_BYTES];

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
		utstring_printf(b, ", %u bytes of payload%s", p->payload_len, ours ? "" : " as written");
	if (p->filter)
		utstring_printf(b, ", matching the filter \"%s\"", p->filter);
	utstring_printf(b, "%s", malform_words(&p->malformed, malformed));
	if (p->slot >= 0)
		utstring_printf(b, ", called %s", s->names[p->slot]);
}

void words_timing(UT_string *b, const struct scenario *s, const struct timing *t)
{
	char after[DURATION_TEXT_BYTES], within[DURATION_TEXT_BYTES];

	if (t->after_ns >= 0)
		utstring_printf(b, ", not sooner than %s", duration_text(t->after_ns, after));
	if (t->within_ns >= 0)
		utstring_printf(b, "%s at most %s", t->after_ns >= 0 ? " and" : ",",
		                duration_text(t->within_ns, within));
	if (t->ref >= 0)
		utstring_printf(b, " after %s", s->names[t->ref]);
}

static void add_gaps(UT_string *b, const struct series *r)
{
	char low[DURATION_TEXT_BYTES], high[DURATION_TEXT_BYTES];

	if (r->first_min_ns >= 0)
		utstring_printf(b, "; the first after %s to %s", duration_text(r->first_min_ns, low),
		                duration_text(r->first_max_ns, high));
	if (r->has_backoff)
		utstring_printf(b, "; each gap %g times the one before (+%g%%, -%g%%)%s", r->factor,
		                r->plus * 100, r->minus * 100,
		                r->first_exempt ? ", but for the first, which a tail-loss probe may fill"
		                                : "");
	if (r->gives_up)
		utstring_printf(b, "; then it gives up, for as long as the next gap would be");
	if (r->budget_ns >= 0)
		utstring_printf(b, ": at its first time-out %s or more after its first resend",
		                duration_text(r->budget_ns, low));
}

void words_series(UT_string *b, const struct scenario *s, const struct step *step)
{
	const struct series *r = &step->series;

	utstring_printf(b, "the peer must send %s%s%s again%s, ", s->names[r->slot],
	                r->with >= 0 ? " and " : "", r->with >= 0 ? s->names[r->with] : "",
	                r->with >= 0 ? ", both in one segment" : "");
	if (r->max == UINT_MAX)
		utstring_printf(b, "%u or more times", r->min);
	else if (r->min == r->max)
		utstring_printf(b, "%u time%s", r->min, r->min == 1 ? "" : "s");
	else
		utstring_printf(b, "%u to %u times", r->min, r->max);
	add_gaps(b, r);
	words_timing(b, s, &step->timing);
	if (r->lost)
		utstring_printf(b, "; and we behave as if each had been lost");
}

void words_provoke(UT_string *b, const struct provocation *p)
{
	char idle[DURATION_TEXT_BYTES], interval[DURATION_TEXT_BYTES];

	utstring_printf(b, "has the peer's program ");
	switch (p->kind) {
	case PROVOKE_CLOSE:
		utstring_printf(b, "close its socket");
		if (p->on_eof)
			utstring_printf(b, " %s%sit reads end-of-file",
			                p->delay_ns > 0 ? duration_text(p->delay_ns, idle) : "",
			                p->delay_ns > 0 ? " after " : "as soon as ");
		break;
	case PROVOKE_SHUTDOWN: utstring_printf(b, "shut down its write side, and live on"); break;
	case PROVOKE_HOLD: utstring_printf(b, "keep the connection, whatever comes"); break;
	case PROVOKE_RESET: utstring_printf(b, "reset the connection (SO_LINGER 0)"); break;
	case PROVOKE_CRASH: utstring_printf(b, "die (SIGKILL)"); break;
	case PROVOKE_CRASH_UNREAD: utstring_printf(b, "die (SIGKILL) with data unread"); break;
	case PROVOKE_WRITE: utstring_printf(b, "write %u bytes", p->bytes); break;
	case PROVOKE_READ: utstring_printf(b, "read what comes"); break;
	case PROVOKE_NOREAD: utstring_printf(b, "stop reading"); break;
	case PROVOKE_KEEPALIVE:
		utstring_printf(b, "turn keepalive on: idle for %s, then %u probes %s apart",
		                duration_text(p->idle_ns, idle), p->count,
		                duration_text(p->interval_ns, interval));
		break;
	case PROVOKE_CONNECT: utstring_printf(b, "connect to us"); break;
	case PROVOKE_COUNT: break;
	}
}

void words_state(UT_string *b, const struct step *step)
{
	char low[DURATION_TEXT_BYTES], high[DURATION_TEXT_BYTES];
	const char *between = "";

	utstring_printf(b, "the peer's host must have the connection in ");
	for (enum tcp_state state = 0; state < STATE_COUNT; state++)
		if (step->state.states & UINT32_C(1) << state) {
			utstring_printf(b, "%s%s", between, state_name(state));
			between = " or ";
		}
	if (step->state.has_timer)
		utstring_printf(b, ", its timer between %s and %s",
		                duration_text(step->state.timer_min_ns, low),
		                duration_text(step->state.timer_max_ns, high));
}
