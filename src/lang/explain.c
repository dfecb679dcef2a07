/* Walks a scenario with an imagined connection and says what each step does. Sends nothing and judges
 * nothing: an expected segment comes in its simplest form. */
#include "lang/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"

enum { LOCAL_PORT = 61000, OTHER_PORT = 61001, REMOTE_PORT = 80, WINDOW = 65535, IPV6_HEADER_BYTES = 40 };

struct walk {
	const struct scenario *s;
	UT_string *out;
	struct connection c;
	struct bound *bound; /* by slot */
	struct scope scope;
};

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

/* --- the imagined connection --- */

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

static void walk_open(struct walk *w, const struct handshake *h)
{
	struct pattern syn = h->syn;
	struct segment ours, theirs;
	bool listen = w->s->listen;

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

/* --- steps --- */

static void explain_open(struct walk *w, const struct step *step)
{
	utstring_printf(w->out, w->s->listen ? "waits for the peer's SYN and answers with SYN+ACK"
	                                     : "opens the connection: our SYN, the peer's SYN+ACK, our ACK");
	if (step->handshake.has_iss)
		utstring_printf(w->out, ", our initial number being %u", step->handshake.iss->value);
	words_timing(w->out, w->s, &step->timing);
	utstring_printf(w->out, "\n");
	walk_open(w, &step->handshake);
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
