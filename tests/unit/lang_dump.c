/* Prints every member of a scenario that is not at its resting value. */
#include "lang_dump.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

static const char *name(const struct scenario *s, int slot) { return slot < 0 ? "-" : s->names[slot]; }

static void dump_expr(const struct scenario *s, const struct expr *e, FILE *to)
{
	static const char *const words[] = {
	    [EXPR_ISS] = "iss",         [EXPR_IRS] = "irs",         [EXPR_SND_NXT] = "snd.nxt",
	    [EXPR_SND_UNA] = "snd.una", [EXPR_SND_WND] = "snd.wnd", [EXPR_RCV_NXT] = "rcv.nxt",
	    [EXPR_RCV_WND] = "rcv.wnd", [EXPR_SEG_SEQ] = ".seq",    [EXPR_SEG_END] = ".end",
	    [EXPR_SEG_ACK] = ".ack",    [EXPR_SEG_LEN] = ".len",    [EXPR_SEG_WND] = ".win",
	    [EXPR_ADD] = "+",           [EXPR_SUB] = "-",           [EXPR_MUL] = "*",
	};

	if (e->op == EXPR_CONST) {
		fprintf(to, "%u", e->value);
	} else if (e->op >= EXPR_ADD) {
		fputc('(', to);
		dump_expr(s, e->left, to);
		fprintf(to, "%s", words[e->op]);
		dump_expr(s, e->right, to);
		fputc(')', to);
	} else if (e->op >= EXPR_SEG_SEQ) {
		fprintf(to, "%s%s", name(s, e->slot), words[e->op]);
	} else {
		fprintf(to, "%s", words[e->op]);
	}
}

static void dump_field(const struct scenario *s, const char *word, const struct field *f, FILE *to)
{
	if (f->kind == FIELD_ABSENT)
		return;
	fprintf(to, " %s%s", word, f->relative ? " +" : " ");
	if (f->kind == FIELD_ANY) {
		fputc('*', to);
		return;
	}
	dump_expr(s, f->low, to);
	if (f->kind == FIELD_RANGE) {
		fprintf(to, "..");
		dump_expr(s, f->high, to);
	}
}

static void dump_bytes(const uint8_t *bytes, size_t len, FILE *to)
{
	for (size_t i = 0; i < len && i < 24; i++)
		fprintf(to, "%02x", bytes[i]);
	fprintf(to, "%s(%zu)", len > 24 ? "..." : "", len);
}

static void dump_options(const struct scenario *s, const struct pattern *p, FILE *to)
{
	static const char *const words[2][2] = {{"first", "second"}, {"left", "right"}};
	unsigned at = 0;

	fprintf(to, " <");
	for (unsigned i = 0; i < p->options_count; i++) {
		const struct option_pattern *o = &p->options[i];

		fprintf(to, "%s%u", i ? "," : "", o->kind);
		for (unsigned k = 0; k < OPTION_VALUES_MAX; k++)
			dump_field(s, words[o->kind == OPT_SACK][k % 2], &o->values[k], to);
		if (o->raw) {
			fprintf(to, " raw ");
			dump_bytes(o->data, o->data_len, to);
		}
		if (malform_length(&p->malformed, at + 1))
			fprintf(to, " len %u", malform_length(&p->malformed, at + 1)->says);
		at += option_pattern_bytes(o);
	}
	fprintf(to, "%s>", p->options_open ? " open" : "");
}

static void dump_pattern(const struct scenario *s, const struct pattern *p, FILE *to)
{
	fprintf(to, "    flags %03x/%03x", p->flags, p->flags_mask);
	dump_field(s, "seq", &p->seq, to);
	dump_field(s, "end", &p->end, to);
	dump_field(s, "ack", &p->ack, to);
	dump_field(s, "win", &p->win, to);
	dump_field(s, "len", &p->len, to);
	dump_field(s, "urg", &p->urg, to);
	dump_field(s, "ttl", &p->ttl, to);
	if (p->has_options)
		dump_options(s, p, to);
	if (p->has_payload) {
		fprintf(to, " payload ");
		dump_bytes(p->payload, p->payload_len, to);
	}
	if (p->filter)
		fprintf(to, " filter [%s]", p->filter);
	fprintf(to, "%s%s", p->lost ? " lost" : "", p->malformed.checksum ? " badsum" : "");
	if (p->malformed.has_offset)
		fprintf(to, " offset %u", p->malformed.offset);
	if (p->malformed.fragment)
		fprintf(to, " fragment %u", p->malformed.fragment);
	fprintf(to, "%s", p->malformed.other_port ? " otherport" : "");
	if (p->choice)
		fprintf(to, " %s = %s", p->choice, p->word);
	if (p->slot >= 0)
		fprintf(to, " as %s#%d", name(s, p->slot), p->slot);
	fputc('\n', to);
}

static void dump_ns(const char *word, int64_t ns, FILE *to)
{
	if (ns >= 0)
		fprintf(to, " %s %" PRId64 "us", word, ns / 1000);
}

static void dump_series(const struct scenario *s, const struct series *r, FILE *to)
{
	fprintf(to, "    of %s%s%s%s count %u..", name(s, r->slot), r->with >= 0 ? " and " : "",
	        r->with >= 0 ? name(s, r->with) : "", r->lost ? " lost" : "", r->min);
	if (r->max != UINT_MAX)
		fprintf(to, "%u", r->max);
	if (r->has_backoff)
		fprintf(to, " backoff %g +%g -%g", r->factor, r->plus, r->minus);
	fprintf(to, "%s", r->first_exempt ? " first exempt" : "");
	dump_ns("first-min", r->first_min_ns, to);
	dump_ns("first-max", r->first_max_ns, to);
	fprintf(to, "%s", r->gives_up ? " gives-up" : "");
	dump_ns("budget", r->budget_ns, to);
	fputc('\n', to);
}

static void dump_provocation(const struct provocation *p, FILE *to)
{
	fprintf(to, "    %s%s", provoke_name(p->kind), p->on_eof ? " on-eof" : "");
	dump_ns("delay", p->delay_ns, to);
	if (p->kind == PROVOKE_WRITE)
		fprintf(to, " %u", p->bytes);
	if (p->kind == PROVOKE_KEEPALIVE) {
		dump_ns("idle", p->idle_ns, to);
		dump_ns("interval", p->interval_ns, to);
		fprintf(to, " count %u", p->count);
	}
	fputc('\n', to);
}

static void dump_states(const struct state_check *c, FILE *to)
{
	fprintf(to, "   ");
	for (enum tcp_state state = 0; state < STATE_COUNT; state++)
		if (c->states & 1u << state)
			fprintf(to, " %s", state_name(state));
	if (c->has_timer) {
		dump_ns("timer", c->timer_min_ns, to);
		dump_ns("to", c->timer_max_ns, to);
	}
	fputc('\n', to);
}

static void dump_step(const struct scenario *s, const struct step *step, FILE *to)
{
	static const char *const kinds[] = {
	    [STEP_OPEN] = "OPEN",       [STEP_SEND] = "SEND",
	    [STEP_EXPECT] = "EXPECT",   [STEP_RETRANSMIT] = "RETRANSMIT",
	    [STEP_SILENCE] = "SILENCE", [STEP_ALLOW] = "ALLOW",
	    [STEP_FENCE] = "FENCE",     [STEP_INTERVAL] = "INTERVAL",
	    [STEP_PROVOKE] = "PROVOKE", [STEP_STATE] = "STATE",
	    [STEP_LEAVE] = "LEAVE",
	};
	const char *file = strrchr(step->where.file, '/');

	fprintf(to, "%s:%d:%d %s [%s]", file ? file + 1 : step->where.file, step->where.line,
	        step->where.column, kinds[step->kind], step->text);
	dump_ns("after", step->timing.after_ns, to);
	dump_ns("within", step->timing.within_ns, to);
	if (step->timing.ref >= 0)
		fprintf(to, " of %s", name(s, step->timing.ref));
	if (step->basis.level != s->level || step->basis.clause.rfc)
		fprintf(to, " %s", level_name(step->basis.level));
	if (step->basis.clause.rfc)
		fprintf(to, " %u \"%s\"", step->basis.clause.rfc, step->basis.clause.section);
	if (step->basis.choice)
		fprintf(to, " %s", step->basis.choice);
	if (step->kind == STEP_SILENCE)
		dump_ns("for", step->duration_ns, to);
	if (step->kind == STEP_INTERVAL)
		fprintf(to, " from %s to %s", name(s, step->from), name(s, step->to));
	fputc('\n', to);
	for (size_t i = 0; i < step->pattern_count; i++)
		dump_pattern(s, &step->patterns[i], to);
	if (step->kind == STEP_OPEN) {
		if (step->handshake.has_iss)
			fprintf(to, "    iss %u\n", step->handshake.iss->value);
		dump_pattern(s, &step->handshake.syn, to);
	} else if (step->kind == STEP_RETRANSMIT) {
		dump_series(s, &step->series, to);
	} else if (step->kind == STEP_PROVOKE) {
		dump_provocation(&step->provocation, to);
	} else if (step->kind == STEP_STATE) {
		dump_states(&step->state, to);
	}
}

void dump_scenario(const struct scenario *s, FILE *to)
{
	struct needs needs = scenario_needs(s);

	fprintf(to, "title %s\nrow %d role %s%s families %u takes %" PRId64 "us\n", s->title, s->row,
	        role_name(s->role), s->listen ? " listen" : "", s->families, s->takes_ns / 1000);
	if (s->claim)
		fprintf(to, "claim %s\n", s->claim);
	if (s->control)
		fprintf(to, "control %s\n", s->control);
	for (size_t i = 0; i < s->clause_count; i++)
		fprintf(to, "rfc %u %s\n", s->clauses[i].rfc,
		        s->clauses[i].section ? s->clauses[i].section : "-");
	for (size_t i = 0; i < s->sysctl_count; i++)
		fprintf(to, "sysctl %s = %s\n", s->sysctls[i].name, s->sysctls[i].value);
	fprintf(to, "needs %x%s%s\n", needs.provokes, needs.close_on_eof ? " close-on-eof" : "",
	        needs.state ? " state" : "");
	for (size_t i = 0; i < s->step_count; i++)
		dump_step(s, &s->steps[i], to);
}

void dump_messages(const struct messages *m, FILE *to)
{
	UT_string text;

	utstring_init(&text);
	messages_text(m, &text);
	fputs(utstring_body(&text), to);
	utstring_done(&text);
}

bool dump_filter_check(const char *expression, struct diag *d)
{
	return !strstr(expression, "bogus") || diag_set(d, "can't parse filter expression: syntax error");
}
