/* Walks a scenario with an imagined connection and says what each step does. Sends nothing and judges
 * nothing: an expected segment comes in its simplest form. */
#include "lang/load.h"

#include <limits.h>
#include <stdlib.h>

#include "lang/check.h"

#define say utstring_printf

enum { LOCAL_PORT = 61000, OTHER_PORT = 61001, REMOTE_PORT = 80, WINDOW = 65535, IPV6_HEADER_BYTES = 40 };

struct walk {
	const struct scenario *s;
	UT_string *out;
	struct connection c;
	struct bound *bound; /* by slot */
	struct scope scope;
};

/* --- pieces of sentences --- */

static void add_expr(UT_string *b, const struct scenario *s, const struct expr *e, bool inner)
{
	if (e->op == EXPR_CONST) {
		say(b, "%u", e->value);
	} else if (e->op >= EXPR_ADD) {
		say(b, "%s", inner ? "(" : "");
		add_expr(b, s, e->left, true);
		say(b, "%s", expr_word(e->op));
		add_expr(b, s, e->right, true);
		say(b, "%s", inner ? ")" : "");
	} else if (e->op >= EXPR_SEG_SEQ) {
		say(b, "%s.%s", s->names[e->slot], expr_word(e->op));
	} else {
		say(b, "%s", expr_word(e->op));
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
		say(b, ", any %s", name);
		return;
	}
	say(b, ", %s ", name);
	add_expr(b, s, f->low, false);
	if (f->kind == FIELD_RANGE) {
		say(b, "..");
		add_expr(b, s, f->high, false);
	}
	if (f->low->op == EXPR_CONST && (f->kind == FIELD_VALUE || f->high->op == EXPR_CONST))
		return;
	now = field_range(f, which, ours, scope);
	say(b, " (%u", now.low);
	if (f->kind == FIELD_RANGE)
		say(b, "..%u", now.high);
	say(b, ")");
}

static void add_flags(UT_string *b, const struct pattern *p)
{
	static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};
	const char *between = "";

	if (p->flags_mask == 0)
		say(b, "segment with any flags");
	else if (p->flags == 0)
		say(b, "segment with no flags");
	for (unsigned bit = 0; bit < sizeof names / sizeof *names; bit++)
		if (p->flags & 1u << bit) {
			say(b, "%s%s", between, names[bit]);
			between = "+";
		}
}

static void add_options(UT_string *b, const struct pattern *p, bool ours)
{
	const struct false_length *wrong;
	unsigned at = 0;

	if (!p->has_options)
		return;
	say(b, ", %s <", ours ? "options" : "the options");
	for (unsigned i = 0; i < p->options_count; i++) {
		const struct option_rule *rule = option_pattern_rule(&p->options[i]);

		say(b, "%s", i > 0 ? "," : "");
		if (rule)
			say(b, "%s", rule->name);
		else
			say(b, "opt %u", p->options[i].kind);
		wrong = malform_length(&p->malformed, at + 1);
		if (wrong)
			say(b, " that says it has %u bytes", wrong->says);
		at += option_pattern_bytes(&p->options[i]);
	}
	say(b, "%s>", p->options_open ? p->options_count > 0 ? ",..." : "..." : "");
}

static void words_segment(UT_string *b, const struct scenario *s, const struct pattern *p, bool ours,
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
		say(b, ", %u bytes of payload%s", p->payload_len, ours ? "" : " as written");
	if (p->filter)
		say(b, ", matching the filter \"%s\"", p->filter);
	say(b, "%s", malform_words(&p->malformed, malformed));
	if (p->slot >= 0)
		say(b, ", called %s", s->names[p->slot]);
	if (p->choice)
		say(b, " (%s = %s%s)", p->choice, p->word, p->otherwise ? ": a warning" : "");
}

static void words_timing(UT_string *b, const struct scenario *s, const struct timing *t)
{
	char after[DURATION_TEXT_BYTES], within[DURATION_TEXT_BYTES];

	if (t->after_ns >= 0)
		say(b, ", not sooner than %s", duration_text(t->after_ns, after));
	if (t->within_ns >= 0)
		say(b, "%s at most %s", t->after_ns >= 0 ? " and" : ",", duration_text(t->within_ns, within));
	if (t->ref >= 0)
		say(b, " after %s", s->names[t->ref]);
}

static void words_series(UT_string *b, const struct scenario *s, const struct step *step)
{
	char low[DURATION_TEXT_BYTES], high[DURATION_TEXT_BYTES];
	const struct series *r = &step->series;

	say(b, "the peer must send %s%s%s again%s, ", s->names[r->slot], r->with >= 0 ? " and " : "",
	    r->with >= 0 ? s->names[r->with] : "", r->with >= 0 ? ", both in one segment" : "");
	if (r->max == UINT_MAX)
		say(b, "%u or more times", r->min);
	else if (r->min == r->max)
		say(b, "%u time%s", r->min, r->min == 1 ? "" : "s");
	else
		say(b, "%u to %u times", r->min, r->max);
	if (r->first_min_ns >= 0)
		say(b, "; the first after %s to %s", duration_text(r->first_min_ns, low),
		    duration_text(r->first_max_ns, high));
	if (r->has_backoff)
		say(b, "; each gap %g times the one before (+%g%%, -%g%%)%s", r->factor, r->plus * 100,
		    r->minus * 100,
		    r->first_exempt ? ", but for the first, which a tail-loss probe may fill" : "");
	if (r->gives_up)
		say(b, "; then it gives up, for as long as the next gap would be");
	if (r->budget_ns >= 0)
		say(b, ": at its first time-out %s or more after its first resend",
		    duration_text(r->budget_ns, low));
	words_timing(b, s, &step->timing);
	if (r->lost)
		say(b, "; and we behave as if each had been lost");
}

static void words_provoke(UT_string *b, const struct provocation *p)
{
	static const char *const does[PROVOKE_COUNT] = {
	    [PROVOKE_CLOSE] = "close its socket",
	    [PROVOKE_SHUTDOWN] = "shut down its write side, and live on",
	    [PROVOKE_HOLD] = "keep the connection, whatever comes",
	    [PROVOKE_RESET] = "reset the connection (SO_LINGER 0)",
	    [PROVOKE_CRASH] = "die (SIGKILL)",
	    [PROVOKE_CRASH_UNREAD] = "die (SIGKILL) with data unread",
	    [PROVOKE_WRITE] = "write",
	    [PROVOKE_READ] = "read what comes",
	    [PROVOKE_NOREAD] = "stop reading",
	    [PROVOKE_KEEPALIVE] = "turn keepalive on",
	    [PROVOKE_CONNECT] = "connect to us",
	};
	char idle[DURATION_TEXT_BYTES], interval[DURATION_TEXT_BYTES];

	say(b, "has the peer's program %s", does[p->kind]);
	if (p->on_eof && p->delay_ns > 0)
		say(b, " %s after it reads end-of-file", duration_text(p->delay_ns, idle));
	else if (p->on_eof)
		say(b, " as soon as it reads end-of-file");
	if (p->kind == PROVOKE_WRITE)
		say(b, " %u bytes", p->bytes);
	if (p->kind == PROVOKE_KEEPALIVE)
		say(b, ": idle for %s, then %u probes %s apart", duration_text(p->idle_ns, idle), p->count,
		    duration_text(p->interval_ns, interval));
}

static void words_state(UT_string *b, const struct step *step)
{
	char low[DURATION_TEXT_BYTES], high[DURATION_TEXT_BYTES];
	const char *between = "";

	say(b, "the peer's host must have the connection in ");
	for (enum tcp_state state = 0; state < STATE_COUNT; state++)
		if (step->state.states & UINT32_C(1) << state) {
			say(b, "%s%s", between, state_name(state));
			between = " or ";
		}
	if (step->state.has_timer)
		say(b, ", its timer between %s and %s", duration_text(step->state.timer_min_ns, low),
		    duration_text(step->state.timer_max_ns, high));
}

/* --- the imagined connection --- */

static struct addr example(int family, uint8_t last)
{
	struct addr v4 = {.family = 4, .bytes = {192, 0, 2, last}};
	struct addr v6 = {.family = 6, .bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = last}};

	return family == 4 ? v4 : v6;
}

static void add_filters(struct walk *w, const struct pattern *p)
{
	for (int family = 4; family <= 6; family += 2) {
		if (!(w->s->families & (family == 4 ? FAMILY_IPV4 : FAMILY_IPV6)))
			continue;
		w->c.local = example(family, 1);
		w->c.remote = example(family, 2);
		w->c.local_port = LOCAL_PORT;
		w->c.remote_port = REMOTE_PORT;
		say(w->out, "    ipv%d: ", family);
		pattern_lower(p, &w->scope, family, IPV6_HEADER_BYTES, w->out);
		say(w->out, "\n");
	}
}

static uint32_t low_or(struct walk *w, const struct field *f, char which, uint32_t otherwise)
{
	if (f->kind != FIELD_VALUE && f->kind != FIELD_RANGE)
		return otherwise;
	return field_range(f, which, false, &w->scope).low;
}

/* The simplest segment that matches. */
static void imagine(struct walk *w, const struct pattern *p, struct segment *out)
{
	*out = (struct segment){
	    .flags = p->flags_mask ? p->flags : TCP_ACK,
	    .seq = low_or(w, &p->seq, 's', w->c.rcv_nxt),
	    .wnd = (uint16_t)low_or(w, &p->win, 0, WINDOW),
	    .payload_len = p->has_payload ? p->payload_len : low_or(w, &p->len, 0, 0),
	};
	if (out->flags & TCP_ACK)
		out->ack = low_or(w, &p->ack, 'a', w->c.snd_nxt);
}

static void keep(struct walk *w, int slot, bool ours, const struct segment *s)
{
	if (slot < 0)
		return;
	w->bound[slot] = (struct bound){.is_set = true, .ours = ours, .segment = *s};
	w->bound[slot].segment.payload = NULL;
}

/* --- steps --- */

static void explain_open(struct walk *w, const struct step *step)
{
	struct pattern syn = step->handshake.syn;
	struct segment ours, theirs;
	bool listen = w->s->listen;

	say(w->out, listen ? "waits for the peer's SYN and answers with SYN+ACK"
	                   : "opens the connection: our SYN, the peer's SYN+ACK, our ACK");
	if (step->handshake.has_iss)
		say(w->out, ", our initial number being %u", step->handshake.iss->value);
	words_timing(w->out, w->s, &step->timing);
	say(w->out, "\n");
	connection_init(&w->c, 0);
	w->c.rcv_wnd = WINDOW;
	syn.flags = (uint16_t)(listen ? TCP_SYN | TCP_ACK : TCP_SYN);
	theirs = (struct segment){.flags = (uint16_t)(listen ? TCP_SYN : TCP_SYN | TCP_ACK), .wnd = WINDOW};
	if (listen)
		connection_received(&w->c, &theirs, false);
	if (pattern_build(&syn, &w->scope, 0, &ours, NULL)) {
		w->c.rcv_wnd = ours.wnd;
		connection_sent(&w->c, &ours);
	}
	theirs.ack = w->c.snd_nxt;
	if (listen)
		theirs = (struct segment){
		    .flags = TCP_ACK, .seq = w->c.rcv_nxt, .ack = w->c.snd_nxt, .wnd = WINDOW};
	connection_received(&w->c, &theirs, false);
	w->c.synchronised = true;
}

static void explain_send(struct walk *w, const struct step *step)
{
	const struct pattern *p = &step->patterns[0];
	struct segment s;

	say(w->out, "%s", p->lost ? "sends nothing, and behaves as if it had sent " : "sends ");
	words_segment(w->out, w->s, p, true, &w->scope);
	say(w->out, "\n");
	if (!pattern_build(p, &w->scope, 0, &s, NULL))
		return;
	if (!malform_is_void(&s))
		connection_sent(&w->c, &s);
	keep(w, p->slot, true, &s);
}

static void explain_list(struct walk *w, const struct step *step, const char *before, const char *between,
                         const char *lost)
{
	for (size_t i = 0; i < step->pattern_count; i++) {
		say(w->out, "%s", i > 0 ? between : before);
		words_segment(w->out, w->s, &step->patterns[i], false, &w->scope);
		say(w->out, "%s", step->patterns[i].lost ? lost : "");
	}
	words_timing(w->out, w->s, &step->timing);
	say(w->out, "\n");
	for (size_t i = 0; i < step->pattern_count; i++)
		add_filters(w, &step->patterns[i]);
}

static void explain_expect(struct walk *w, const struct step *step)
{
	struct segment s;

	explain_list(w, step, "waits for the peer's ", "\n   or its ",
	             "; and then behaves as if it had been lost");
	/* The first alternative is the one that comes; each name is bound. */
	for (size_t i = step->pattern_count; i-- > 0;) {
		imagine(w, &step->patterns[i], &s);
		keep(w, step->patterns[i].slot, false, &s);
	}
	connection_received(&w->c, &s, step->patterns[0].lost);
}

static void explain_series(struct walk *w, const struct step *step)
{
	const struct series *s = &step->series;
	const struct segment whole =
	    resend_whole(&w->bound[s->slot].segment, s->with >= 0 ? &w->bound[s->with].segment : NULL);
	struct resend again;

	resend_pattern(&again, &whole, (struct expr){.op = EXPR_SND_NXT});
	words_series(w->out, w->s, step);
	say(w->out, "\n");
	add_filters(w, &again.pattern);
	connection_received(&w->c, &whole, s->lost);
}

static void explain_step(struct walk *w, const struct step *step)
{
	char text[DURATION_TEXT_BYTES];

	switch (step->kind) {
	case STEP_OPEN: explain_open(w, step); return;
	case STEP_SEND: explain_send(w, step); return;
	case STEP_EXPECT: explain_expect(w, step); return;
	case STEP_RETRANSMIT: explain_series(w, step); return;
	case STEP_SILENCE:
		say(w->out, "for %s the peer must be silent", duration_text(step->duration_ns, text));
		explain_list(w, step, ", but for ", "\n   or ", ", as if it had been lost");
		return;
	case STEP_ALLOW:
		say(w->out, "%s",
		    step->pattern_count > 0 ? "from now on these may come at any time: "
		                            : "takes back what was allowed");
		explain_list(w, step, "", "\n   or ", ", as if it had been lost");
		return;
	case STEP_FENCE: say(w->out, "sends a probe: its answer must be the next thing that comes"); break;
	case STEP_INTERVAL:
		say(w->out, "the time from %s to %s must be right", w->s->names[step->from],
		    w->s->names[step->to]);
		break;
	case STEP_PROVOKE: words_provoke(w->out, &step->provocation); break;
	case STEP_STATE: words_state(w->out, step); break;
	case STEP_LEAVE: say(w->out, "leaves the connection as it is: no RST tidies it"); break;
	}
	words_timing(w->out, w->s, &step->timing);
	say(w->out, "\n");
}

/* Of a step that need not be kept. */
static void explain_basis(struct walk *w, const struct basis *b)
{
	enum verdict_kind kind = level_verdict(b->level);

	if (kind == VERDICT_FAIL)
		return;
	say(w->out, "   %s", b->choice ? b->choice : level_name(b->level));
	if (b->clause.rfc)
		say(w->out, " (RFC %u, %s)", b->clause.rfc, b->clause.section);
	say(w->out, ": otherwise it is %s\n", kind == VERDICT_WARN ? "a warning" : "noted");
}

/* --- the whole --- */

void scenario_explain(const struct scenario *s, UT_string *out)
{
	struct walk w = {.s = s, .out = out};

	w.bound = memory_new(s->name_count + 1, sizeof *w.bound);
	w.scope = (struct scope){&w.c, w.bound, OTHER_PORT};
	connection_init(&w.c, 0);
	explain_header(s, out);
	for (size_t i = 0; i < s->step_count; i++) {
		say(out, "%zu. %s\n   ", i + 1, s->steps[i].text);
		explain_step(&w, &s->steps[i]);
		explain_basis(&w, &s->steps[i].basis);
	}
	free(w.bound);
}
