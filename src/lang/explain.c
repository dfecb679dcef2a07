/* Walks a scenario with an imagined connection and says what each step does. Sends nothing and judges
 * nothing: an expected segment comes in its simplest form. */
#include "lang/explain.h"

#include <limits.h>
#include <stdlib.h>

#include "lang/check.h"

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
		utstring_printf(b, ", %u bytes of payload%s", p->payload_len, ours ? "" : " as written");
	if (p->filter)
		utstring_printf(b, ", matching the filter \"%s\"", p->filter);
	utstring_printf(b, "%s", malform_words(&p->malformed, malformed));
	if (p->slot >= 0)
		utstring_printf(b, ", called %s", s->names[p->slot]);
}

static void words_timing(UT_string *b, const struct scenario *s, const struct timing *t)
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

static void words_series(UT_string *b, const struct scenario *s, const struct step *step)
{
	char low[DURATION_TEXT_BYTES], high[DURATION_TEXT_BYTES];
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
	words_timing(b, s, &step->timing);
	if (r->lost)
		utstring_printf(b, "; and we behave as if each had been lost");
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

	utstring_printf(b, "has the peer's program %s", does[p->kind]);
	if (p->on_eof && p->delay_ns > 0)
		utstring_printf(b, " %s after it reads end-of-file", duration_text(p->delay_ns, idle));
	else if (p->on_eof)
		utstring_printf(b, " as soon as it reads end-of-file");
	if (p->kind == PROVOKE_WRITE)
		utstring_printf(b, " %u bytes", p->bytes);
	if (p->kind == PROVOKE_KEEPALIVE)
		utstring_printf(b, ": idle for %s, then %u probes %s apart", duration_text(p->idle_ns, idle),
		                p->count, duration_text(p->interval_ns, interval));
}

static void words_state(UT_string *b, const struct step *step)
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
		utstring_printf(w->out, "    ipv%d: ", family);
		pattern_lower(p, &w->scope, family, IPV6_HEADER_BYTES, w->out);
		utstring_printf(w->out, "\n");
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

	utstring_printf(w->out, listen ? "waits for the peer's SYN and answers with SYN+ACK"
	                               : "opens the connection: our SYN, the peer's SYN+ACK, our ACK");
	if (step->handshake.has_iss)
		utstring_printf(w->out, ", our initial number being %u", step->handshake.iss->value);
	words_timing(w->out, w->s, &step->timing);
	utstring_printf(w->out, "\n");
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

	utstring_printf(w->out, "%s", p->lost ? "sends nothing, and behaves as if it had sent " : "sends ");
	words_segment(w->out, w->s, p, true, &w->scope);
	utstring_printf(w->out, "\n");
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
		utstring_printf(w->out, "%s", i > 0 ? between : before);
		words_segment(w->out, w->s, &step->patterns[i], false, &w->scope);
		utstring_printf(w->out, "%s", step->patterns[i].lost ? lost : "");
	}
	words_timing(w->out, w->s, &step->timing);
	utstring_printf(w->out, "\n");
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
	utstring_printf(w->out, "\n");
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
		utstring_printf(w->out, "for %s the peer must be silent",
		                duration_text(step->duration_ns, text));
		explain_list(w, step, ", but for ", "\n   or ", ", as if it had been lost");
		return;
	case STEP_ALLOW:
		utstring_printf(w->out, "%s",
		                step->pattern_count > 0 ? "from now on these may come at any time: "
		                                        : "takes back what was allowed");
		explain_list(w, step, "", "\n   or ", ", as if it had been lost");
		return;
	case STEP_FENCE:
		utstring_printf(w->out, "sends a probe: its answer must be the next thing that comes");
		break;
	case STEP_INTERVAL:
		utstring_printf(w->out, "the time from %s to %s must be right", w->s->names[step->from],
		                w->s->names[step->to]);
		break;
	case STEP_PROVOKE: words_provoke(w->out, &step->provocation); break;
	case STEP_STATE: words_state(w->out, step); break;
	case STEP_LEAVE: utstring_printf(w->out, "leaves the connection as it is: no RST tidies it"); break;
	}
	words_timing(w->out, w->s, &step->timing);
	utstring_printf(w->out, "\n");
}

/* --- the whole --- */

static void explain_header(struct walk *w)
{
	static const char *const texts[] = {
	    [ROLE_NONE] = "",
	    [ROLE_ACTIVE] = "we close first",
	    [ROLE_PASSIVE] = "the peer closes first",
	    [ROLE_SIMULTANEOUS] = "both close at once",
	    [ROLE_LISTEN] = "the peer connects to us",
	};
	const struct scenario *s = w->s;
	char text[DURATION_TEXT_BYTES];

	utstring_printf(w->out, "%s\n", s->title);
	if (s->row > 0)
		utstring_printf(w->out, "row %d of the exception table; ", s->row);
	utstring_printf(w->out, "%s%s\n", texts[s->role],
	                s->listen && s->role != ROLE_LISTEN ? ", having connected to us" : "");
	if (s->claim)
		utstring_printf(w->out, "claim: %s\n", s->claim);
	for (size_t i = 0; i < s->clause_count; i++)
		utstring_printf(w->out, "%sRFC %u%s%s%s", i > 0 ? ", " : "clauses: ", s->clauses[i].rfc,
		                s->clauses[i].section ? " (" : "",
		                s->clauses[i].section ? s->clauses[i].section : "",
		                s->clauses[i].section ? ")" : "");
	utstring_printf(w->out, "%s", s->clause_count > 0 ? "\n" : "");
	for (size_t i = 0; i < s->sysctl_count; i++)
		utstring_printf(w->out, "the peer's host needs %s = %s\n", s->sysctls[i].name,
		                s->sysctls[i].value);
	utstring_printf(w->out, "takes at least %s\n\n", duration_text(s->takes_ns, text));
}

void scenario_explain(const struct scenario *s, UT_string *out)
{
	struct walk w = {.s = s, .out = out};

	w.bound = memory_new(s->name_count + 1, sizeof *w.bound);
	w.scope = (struct scope){&w.c, w.bound, OTHER_PORT};
	connection_init(&w.c, 0);
	explain_header(&w);
	for (size_t i = 0; i < s->step_count; i++) {
		utstring_printf(out, "%zu. %s\n   ", i + 1, s->steps[i].text);
		explain_step(&w, &s->steps[i]);
	}
	free(w.bound);
}
