/* One step at a time: what stands in it, and whether it may stand here. A new step needs a row in the table
 * at the end; the compiler and tests/unit/test_lang.c miss it otherwise. */
#include <string.h>

#include "lang/check.h"

enum { WRITE_MAX = 1024 * 1024 };

/* Is the name of this alternative given in each of the others too? */
static bool in_all(const struct tree_segment *list, const char *name)
{
	for (; list; list = list->next) {
		const struct tree_attr *as = attr_find(list->attrs, ATTR_AS);

		if (!as || strcmp(as->name, name) != 0)
			return false;
	}
	return true;
}

/* Names are bound when all patterns are made, so none refers to itself. */
static bool bind_all(struct check *c, const struct tree_statement *s, struct step *out)
{
	struct pattern *p = out->patterns;
	bool ours = s->kind == TREE_SEND, ok = true;

	for (const struct tree_segment *seg = s->segments; seg; seg = seg->next, p++) {
		const struct tree_attr *as = attr_find(seg->attrs, ATTR_AS);

		if (!as)
			continue;
		p->slot = binding_make(c, &as->span, as->name, ours, ours && p->lost,
		                       in_all(s->segments, as->name));
		ok = p->slot >= 0 && ok;
	}
	return ok;
}

static bool check_segments(struct check *c, const struct tree_statement *s, enum use use, struct step *out)
{
	bool ok = true;
	size_t count = 0;

	for (const struct tree_segment *seg = s->segments; seg; seg = seg->next)
		count++;
	c->work += count;
	out->patterns = arena_alloc(c->arena, (count + 1) * sizeof *out->patterns);
	for (const struct tree_segment *seg = s->segments; seg; seg = seg->next)
		ok = segment_check(c, seg, use, &out->patterns[out->pattern_count++]) && ok;
	return ok;
}

static bool check_open(struct check *c, const struct tree_statement *s, struct step *out)
{
	const struct tree_attr *iss = attr_find(s->attrs, ATTR_ISS);
	const struct field_rule rule = {"iss", false, false, UINT32_MAX};
	struct field field;
	uint32_t value;

	out->handshake.syn.where = out->where;
	if (!attrs_check(c, s->attrs, USE_OPEN, &out->handshake.syn) ||
	    !timing_check(c, s->attrs, &out->timing))
		return false;
	if (!iss)
		return true;
	if (!field_check(c, &iss->field, &rule, &field))
		return false;
	if (!field_constant(&field, &value))
		return check_error(c, &iss->field.span,
		                   "our initial number must be a plain number: there is no connection yet");
	out->handshake.has_iss = true;
	out->handshake.iss = field.low;
	return true;
}

static bool check_send(struct check *c, const struct tree_statement *s, struct step *out)
{
	bool ok = check_segments(c, s, USE_SEND, out);

	/* The name counts as known even where the rest is wrong: one mistake, one message. */
	return bind_all(c, s, out) && ok;
}

static bool check_expect(struct check *c, const struct tree_statement *s, struct step *out)
{
	bool single = s->kind == TREE_EXPECT, ok;

	if (!s->segments)
		return check_missing(c, &s->span, "'one of' without an alternative");
	ok = check_segments(c, s, single ? USE_EXPECT : USE_ALTERNATIVE, out);
	ok = bind_all(c, s, out) && ok;
	if (!single)
		ok = attrs_allowed(c, s->attrs, JUDGED, "expect one of") && ok;
	return timing_check(c, s->attrs, &out->timing) && ok;
}

static bool check_silence(struct check *c, const struct tree_statement *s, struct step *out)
{
	if (!value_duration(c, s->values, &out->duration_ns))
		return false;
	if (out->duration_ns == 0 && s->values->kind == VALUE_LITERAL)
		return check_error(c, &s->values->span, "a silence of no time proves nothing");
	if (out->duration_ns == FOREVER_NS)
		out->duration_ns = 0; /* no profile bounds it: there is nothing to wait for */
	return attrs_allowed(c, s->attrs, ATTR_BIT(LEVEL), "silence") &&
	       check_segments(c, s, USE_EXCEPT, out);
}

static int64_t takes_silence(const struct step *step) { return step->duration_ns; }

static bool check_allow(struct check *c, const struct tree_statement *s, struct step *out)
{
	return check_segments(c, s, USE_ALLOW, out);
}

static bool check_fence(struct check *c, const struct tree_statement *s, struct step *out)
{
	return attrs_allowed(c, s->attrs, ATTR_BIT(WITHIN), "fence") &&
	       timing_check(c, s->attrs, &out->timing);
}

static bool check_interval(struct check *c, const struct tree_statement *s, struct step *out)
{
	const struct tree_value *from = s->values, *to = from->next;
	const struct binding *a = binding_find(c, &from->span, from->name);
	const struct binding *b = binding_find(c, &to->span, to->name);

	if (!attrs_allowed(c, s->attrs, JUDGED & ~ATTR_BIT(OF), "interval") || !a || !b)
		return false;
	if (a->lost || b->lost)
		return check_error(c, a->lost ? &from->span : &to->span,
		                   "'%s' was lost on our side: it never passed the wire, so it has no time",
		                   a->lost ? from->name : to->name);
	if (a == b)
		return check_error(c, &to->span, "an interval needs two segments");
	out->from = a->slot;
	out->to = b->slot;
	if (!timing_check(c, s->attrs, &out->timing))
		return false;
	return out->timing.within_ns >= 0 || out->timing.after_ns >= 0 ||
	       check_error(c, &s->span, "an interval needs a time: within, after or between");
}

static bool check_leave(struct check *c, const struct tree_statement *s, struct step *out)
{
	(void)s;
	(void)out;
	return c->abandoned = true;
}

/* --- provoke and state: words of the host's side --- */

static bool is_word(const struct tree_value *v, const char *word)
{
	return v && v->kind == VALUE_NAME && strcmp(v->name, word) == 0;
}

static bool note_form(struct check *c)
{
	return messages_note(c->messages, NULL, "the form is: %s", tree_form("provoke"));
}

static bool too_much(struct check *c, const struct tree_value *v, const char *what)
{
	if (!v)
		return true;
	check_error(c, &v->span, "unexpected word behind 'provoke %s'", what);
	return note_form(c);
}

static bool missing(struct check *c, const char *what)
{
	check_error(c, &c->statement->span, "provoke %s", what);
	return note_form(c);
}

/* close [on eof [after D]] */
static bool check_provoke_close(struct check *c, const struct tree_value *v, struct provocation *out)
{
	if (!is_word(v, "on") || !is_word(v->next, "eof"))
		return too_much(c, v, "close");
	out->on_eof = true;
	v = v->next->next;
	if (!v)
		return true;
	if (!is_word(v, "after") || !v->next)
		return too_much(c, v, "close on eof");
	return value_duration(c, v->next, &out->delay_ns) &&
	       too_much(c, v->next->next, "close on eof after D");
}

static bool check_write(struct check *c, const struct tree_value *v, struct provocation *out)
{
	if (!v)
		return missing(c, "write: how many bytes?");
	if (!value_number(c, v, "a number of bytes", &out->bytes))
		return false;
	if (out->bytes == 0 || out->bytes > WRITE_MAX)
		return check_error(c, &v->span, "between 1 and %d bytes can be written", WRITE_MAX);
	return too_much(c, v->next, "write N");
}

static bool check_keepalive(struct check *c, const struct tree_value *v, struct provocation *out)
{
	uint32_t count;

	if (!v || !v->next || !v->next->next)
		return missing(c, "keepalive: it needs the idle time, the interval and the count of probes");
	if (!value_duration(c, v, &out->idle_ns) || !value_duration(c, v->next, &out->interval_ns) ||
	    !value_number(c, v->next->next, "a count of probes", &count))
		return false;
	if (out->idle_ns % NS_PER_S != 0 || out->interval_ns % NS_PER_S != 0 || out->idle_ns == 0 ||
	    out->interval_ns == 0 || out->idle_ns > 32767 * NS_PER_S || out->interval_ns > 32767 * NS_PER_S)
		return check_error(c, &v->span, "keepalive times are whole seconds, from 1s to 32767s");
	if (count == 0 || count > 127)
		return check_error(c, &v->next->next->span, "between 1 and 127 probes can be asked for");
	out->count = count;
	return too_much(c, v->next->next->next, "keepalive D D N");
}

static bool provoked_kind(struct check *c, const struct tree_value *v, enum provoke *out)
{
	const char *name = v->kind == VALUE_NAME ? v->name : NULL;
	struct suggest s = suggest_start(name ? name : "");

	if (name && provoke_parse(name, out) && *out != PROVOKE_CRASH_UNREAD)
		return true;
	for (enum provoke p = 0; p < PROVOKE_COUNT; p++)
		if (p != PROVOKE_CRASH_UNREAD)
			suggest_offer(&s, provoke_name(p));
	check_error(c, &v->span, "%s is nothing to provoke%s",
	            name ? arena_printf(c->arena, "'%s'", name) : "this", suggest_text(&s));
	return note_form(c);
}

static bool check_provoke(struct check *c, const struct tree_statement *s, struct step *step)
{
	const struct tree_value *rest = s->values->next;
	struct provocation *out = &step->provocation;

	if (!provoked_kind(c, s->values, &out->kind))
		return false;
	switch (out->kind) {
	case PROVOKE_CLOSE: return check_provoke_close(c, rest, out);
	case PROVOKE_CRASH:
		if (is_word(rest, "unread")) {
			out->kind = PROVOKE_CRASH_UNREAD;
			rest = rest->next;
		}
		return too_much(c, rest, provoke_name(out->kind));
	case PROVOKE_WRITE: return check_write(c, rest, out);
	case PROVOKE_KEEPALIVE: return check_keepalive(c, rest, out);
	case PROVOKE_SHUTDOWN:
	case PROVOKE_HOLD:
	case PROVOKE_RESET:
	case PROVOKE_READ:
	case PROVOKE_NOREAD:
	case PROVOKE_CONNECT: return too_much(c, rest, provoke_name(out->kind));
	case PROVOKE_CRASH_UNREAD:
	case PROVOKE_COUNT: break;
	}
	return false;
}

static bool check_state(struct check *c, const struct tree_statement *s, struct step *out)
{
	const struct tree_attr *timer = attr_find(s->attrs, ATTR_TIMER);
	bool ok = attrs_allowed(c, s->attrs, JUDGED | ATTR_BIT(TIMER), "state");

	for (const struct tree_value *v = s->values; v; v = v->next) {
		struct suggest near = suggest_start(v->name);
		enum tcp_state state;

		if (state_parse(v->name, &state)) {
			out->state.states |= UINT32_C(1) << state;
			continue;
		}
		for (state = 0; state < STATE_COUNT; state++)
			suggest_offer(&near, state_name(state));
		ok = check_error(c, &v->span, "unknown state '%s'%s", v->name, suggest_text(&near));
	}
	if (timer)
		ok = duration_range(c, timer, &out->state.timer_min_ns, &out->state.timer_max_ns) && ok;
	out->state.has_timer = timer && out->state.timer_max_ns != FOREVER_NS;
	return timing_check(c, s->attrs, &out->timing) && ok;
}

/* --- all of them --- */

/* repeat and play are no steps: expand.c puts in what they stand for. */
const struct step_rule step_rules[TREE_COUNT] = {
    [TREE_OPEN] = {"open", "open [iss N] [win N] [<options>] [within D]", check_open, STEP_OPEN, NULL},
    [TREE_SEND] = {"send",
                   "send FLAGS [seq N] [ack N] [win N] [<options>] [\"payload\"] [lost] [as NAME] ...",
                   check_send, STEP_SEND, NULL},
    [TREE_EXPECT] = {"expect", "expect FLAGS [seq N] [ack N] ... [lost] [as NAME] [within D] [LEVEL]",
                     check_expect, STEP_EXPECT, takes_after},
    [TREE_ONE_OF] = {"expect one", "expect one of { SEGMENT; SEGMENT ... } [within D] [LEVEL]", check_expect,
                     STEP_EXPECT, takes_after},
    [TREE_RETRANSMIT] = {"expect retransmit",
                         "expect retransmit NAME [and NAME] [lost] [count N] [backoff F +-P%] [first D..D] "
                         "[gives up] [budget D] [within D] [LEVEL]",
                         check_retransmit, STEP_RETRANSMIT, takes_series},
    [TREE_SILENCE] = {"silence", "silence D [LEVEL] [except SEGMENT {, SEGMENT}]", check_silence,
                      STEP_SILENCE, takes_silence},
    [TREE_ALLOW] = {"allow", "allow SEGMENT {, SEGMENT}; allow nothing", check_allow, STEP_ALLOW, NULL},
    [TREE_FENCE] = {"fence", "fence [within D]", check_fence, STEP_FENCE, NULL},
    [TREE_INTERVAL] = {"interval", "interval NAME NAME within D | after D | between D and D [LEVEL]",
                       check_interval, STEP_INTERVAL, NULL},
    [TREE_PROVOKE] = {"provoke",
                      "provoke close | close on eof [after D] | shutdown | hold | reset | crash | "
                      "crash unread | write N | read | noread | keepalive D D N | connect",
                      check_provoke, STEP_PROVOKE, NULL},
    [TREE_STATE] = {"state", "state NAME {or NAME} [timer D..D] [within D] [LEVEL]", check_state, STEP_STATE,
                    takes_after},
    [TREE_LEAVE] = {"leave", "leave", check_leave, STEP_LEAVE, NULL},
    [TREE_REPEAT] = {.word = "repeat", .form = "repeat N { steps }"},
    [TREE_PLAY] = {.word = "play", .form = "play NAME(ARGUMENT, ...)"},
};

const char *tree_kind_word(enum tree_kind k)
{
	return tree_is_header(k) ? header_rules[k].word : step_rules[k].word;
}

const char *tree_form(const char *word)
{
	for (enum tree_kind k = 0; k < TREE_COUNT; k++)
		if (strcmp(tree_kind_word(k), word) == 0)
			return tree_is_header(k) ? header_rules[k].form : step_rules[k].form;
	return NULL;
}

static bool check_place(struct check *c, const struct tree_statement *s)
{
	if (c->abandoned)
		return check_missing(c, &s->span, "step after 'leave': it ends the scenario");
	if (s->kind == TREE_OPEN && c->opened) {
		check_missing(c, &s->span, "second 'open': a scenario has one connection");
		return messages_note(c->messages, &c->open_span, "it is opened here");
	}
	if (s->kind == TREE_OPEN) {
		c->opened = true;
		c->open_span = s->span;
	} else if (!c->opened && !c->too_early && s->kind != TREE_ALLOW) {
		check_missing(c, &s->span, "'%s' before 'open': only 'allow' may precede it",
		              tree_kind_word(s->kind));
		c->too_early = true; /* reported once */
	}
	return true;
}

bool step_check(struct check *c, const struct tree_statement *s, struct step *out)
{
	const struct step_rule *rule = &step_rules[s->kind];
	bool placed = check_place(c, s);

	*out = (struct step){
	    .kind = rule->kind,
	    .where = span_where(&s->span),
	    .text = source_excerpt(c->arena, &s->span),
	    .timing = {-1, -1, -1},
	    .from = -1,
	    .to = -1,
	    .series = {.slot = -1, .with = -1, .first_min_ns = -1, .first_max_ns = -1, .budget_ns = -1},
	    .handshake.syn.slot = -1,
	};
	c->statement = s;
	if (!rule->check(c, s, out) || !basis_check(c, s->attrs, &out->basis) || !placed)
		return false;
	c->takes_ns += rule->takes ? rule->takes(out) : 0;
	return true;
}
