/* provoke and state: words of the host's side. */
#include <string.h>

#include "lang/check.h"

enum { WRITE_MAX = 1024 * 1024 };

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

static bool missing(struct check *c, const struct tree_statement *s, const char *what)
{
	check_error(c, &s->span, "provoke %s", what);
	return note_form(c);
}

/* close [on eof [after D]] */
static bool check_close(struct check *c, const struct tree_value *v, struct provocation *out)
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

static bool check_write(struct check *c, const struct tree_statement *s, const struct tree_value *v,
                        struct provocation *out)
{
	if (!v)
		return missing(c, s, "write: how many bytes?");
	if (!value_number(c, v, "a number of bytes", &out->bytes))
		return false;
	if (out->bytes == 0 || out->bytes > WRITE_MAX)
		return check_error(c, &v->span, "between 1 and %d bytes can be written", WRITE_MAX);
	return too_much(c, v->next, "write N");
}

static bool check_keepalive(struct check *c, const struct tree_statement *s, const struct tree_value *v,
                            struct provocation *out)
{
	uint32_t count;

	if (!v || !v->next || !v->next->next)
		return missing(c, s,
		               "keepalive: it needs the idle time, the interval and the count of probes");
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

static bool check_kind(struct check *c, const struct tree_value *v, enum provoke *out)
{
	struct suggest s;

	if (v->kind == VALUE_NAME && provoke_parse(v->name, out) && *out != PROVOKE_CRASH_UNREAD)
		return true;
	s = suggest_start(v->kind == VALUE_NAME ? v->name : "");
	for (enum provoke p = 0; p < PROVOKE_COUNT; p++)
		if (p != PROVOKE_CRASH_UNREAD)
			suggest_offer(&s, provoke_name(p));
	check_error(c, &v->span, "%s%s%s is nothing to provoke%s", v->kind == VALUE_NAME ? "'" : "this",
	            v->kind == VALUE_NAME ? v->name : "", v->kind == VALUE_NAME ? "'" : "", suggest_text(&s));
	return note_form(c);
}

bool check_provoke(struct check *c, const struct tree_statement *s, struct step *step)
{
	const struct tree_value *rest = s->values->next;
	struct provocation *out = &step->provocation;

	if (!check_kind(c, s->values, &out->kind))
		return false;
	switch (out->kind) {
	case PROVOKE_CLOSE: return check_close(c, rest, out);
	case PROVOKE_CRASH:
		if (!is_word(rest, "unread"))
			return too_much(c, rest, "crash");
		out->kind = PROVOKE_CRASH_UNREAD;
		return too_much(c, rest->next, "crash unread");
	case PROVOKE_WRITE: return check_write(c, s, rest, out);
	case PROVOKE_KEEPALIVE: return check_keepalive(c, s, rest, out);
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

static bool check_one_state(struct check *c, const struct tree_value *v, uint32_t *states)
{
	struct suggest s = suggest_start(v->name);
	enum tcp_state state;

	if (state_parse(v->name, &state)) {
		*states |= UINT32_C(1) << state;
		return true;
	}
	for (state = 0; state < STATE_COUNT; state++)
		suggest_offer(&s, state_name(state));
	return check_error(c, &v->span, "unknown state '%s'%s", v->name, suggest_text(&s));
}

bool check_state(struct check *c, const struct tree_statement *s, struct step *out)
{
	const struct tree_attr *timer = attr_find(s->attrs, ATTR_TIMER);
	bool ok = attrs_allowed(c, s->attrs, TIMES | ATTR_BIT(TIMER), "state");

	for (const struct tree_value *v = s->values; v; v = v->next)
		ok = check_one_state(c, v, &out->state.states) && ok;
	out->state.has_timer = timer;
	if (timer)
		ok = duration_range(c, timer, &out->state.timer_min_ns, &out->state.timer_max_ns) && ok;
	return timing_check(c, s->attrs, &out->timing) && ok;
}
