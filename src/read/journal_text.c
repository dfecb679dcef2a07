/* A journal as JSON, and back from JSON that may be anybody's. One walk goes both ways, so that a member
 * stands once. Times are nanoseconds since "began", so that they stay below 2^53. */
#include "read/journal.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/memory.h"
#include "base/duration.h"
#include "base/literal.h"
#include "base/text.h"

enum { JOURNAL_VERSION = 2 };

/* A year: what is later is no time of this run. */
#define LATEST_NS (366 * 86400 * NS_PER_S)

/* Through an object, or an array, whose members come in the order in which they are asked for. */
struct walk {
	bool reading; /* else writing */
	json_t *json;
	size_t next;         /* of an array */
	struct arena *arena; /* reading: for the texts */
	struct diag *d;      /* reading: "" until something is wrong; the first thing stays */
};

__attribute__((format(printf, 2, 3))) static void wrong(const struct walk *w, const char *fmt, ...)
{
	va_list args;

	if (*w->d->text)
		return;
	va_start(args, fmt);
	vsnprintf(w->d->text, sizeof w->d->text, fmt, args);
	va_end(args);
}

/* --- one member: each function gives back the value that it was given, or the one that it read --- */

/* Reading: the member, NULL where there is none. Writing: puts the value there, and is NULL. */
static json_t *member(struct walk *w, const char *name, json_t *value)
{
	bool list = json_is_array(w->json);

	if (w->reading) {
		json_decref(value);
		return list ? json_array_get(w->json, w->next++) : json_object_get(w->json, name);
	}
	if (list)
		json_array_append_new(w->json, value);
	else
		json_object_set_new(w->json, name, value);
	return NULL;
}

/* A member that need not be there: is it, or is it to be? */
static bool has(const struct walk *w, const char *name, bool wanted)
{
	return w->reading ? !!json_object_get(w->json, name) : wanted;
}

/* Through a member that is an object or an array; empty is one such. */
static struct walk into(struct walk *w, const char *name, json_t *empty)
{
	struct walk inside = *w;

	inside.next = 0;
	inside.json = member(w, name, empty);
	if (!w->reading)
		inside.json = empty;
	return inside;
}

static int64_t number(struct walk *w, const char *name, int64_t value, int64_t low, int64_t high)
{
	const json_t *json = member(w, name, json_integer(value));

	if (!w->reading)
		return value;
	if (json_is_integer(json) && json_integer_value(json) >= low && json_integer_value(json) <= high)
		return json_integer_value(json);
	wrong(w, "\"%s\" is no number from %lld to %lld", name, (long long)low, (long long)high);
	return value;
}

static uint16_t port(struct walk *w, const char *name, uint16_t value)
{
	return (uint16_t)number(w, name, value, 0, UINT16_MAX);
}

static size_t count(struct walk *w, const char *name, size_t value)
{
	return (size_t)number(w, name, (int64_t)value, 0, INT32_MAX);
}

static bool truth(struct walk *w, const char *name, bool value)
{
	const json_t *json = member(w, name, json_boolean(value));

	if (w->reading && !json_is_boolean(json))
		wrong(w, "\"%s\" is neither true nor false", name);
	return w->reading ? json_is_true(json) : value;
}

/* Never NULL where it was read. */
static const char *text(struct walk *w, const char *name, const char *value)
{
	json_t *valid = json_string(value);
	const char *said = json_string_value(member(w, name, valid ? valid : json_string("(no UTF-8)")));

	if (!w->reading)
		return value;
	if (!said)
		wrong(w, "\"%s\" is no text", name);
	return arena_copy(w->arena, said ? said : "", said ? strlen(said) : 0);
}

static struct addr address(struct walk *w, const char *name, struct addr value, int family)
{
	char buf[ADDR_TEXT_BYTES];
	const char *said = text(w, name, addr_text(&value, buf));

	if (w->reading && (!address_parse(said, &value) || value.family != family))
		wrong(w, "\"%s\" is no IPv%d address", name, family);
	return value;
}

/* --- the parts --- */

/* The bytes of each provocation that has some, as hexadecimal digits. */
static void walk_inband(struct walk *config, struct engine_config *c)
{
	struct walk w = into(config, "inband", json_object());
	const char *name, *digits;
	json_t *each;
	enum provoke kind;

	for (int i = 0; i < PROVOKE_COUNT; i++) {
		struct inband *in = &c->inband[i];
		UT_string hex;
		uint8_t *bytes;
		size_t len;

		name = provoke_name((enum provoke)i);
		if (!has(&w, name, in->bytes))
			continue;
		utstring_init(&hex);
		for (size_t k = 0; k < in->len; k++)
			utstring_printf(&hex, "%02x", in->bytes[k]);
		digits = text(&w, name, utstring_body(&hex));
		utstring_done(&hex);
		if (!w.reading)
			continue;
		len = strlen(digits);
		in->bytes = bytes = arena_alloc(w.arena, len / 2);
		if (!literal_hex(digits, len, bytes, &in->len))
			wrong(&w, "\"inband\" has bytes that are no hexadecimal digits");
	}
	json_object_foreach(w.json, name, each) if (!provoke_parse(name, &kind))
	    wrong(&w, "\"inband\" names no provocation");
}

static void walk_config(struct walk *journal, struct engine_config *c, int family)
{
	struct walk w = into(journal, "config", json_object());

	if (!json_is_object(w.json))
		wrong(&w, "\"config\" is not there");
	c->local = address(&w, "local", c->local, family);
	c->local_port = port(&w, "local_port", c->local_port);
	c->remote = address(&w, "remote", c->remote, family);
	c->remote_port = port(&w, "remote_port", c->remote_port);
	if (has(&w, "other_port", c->other_port != 0))
		c->other_port = port(&w, "other_port", c->other_port);
	c->iss = (uint32_t)number(&w, "iss", c->iss, 0, UINT32_MAX);
	if (!w.reading)
		member(&w, "slow", json_real(c->slow));
	c->slow = json_number_value(json_object_get(w.json, "slow"));
	if (w.reading && !(c->slow >= 1 && c->slow <= 1e6))
		wrong(&w, "\"slow\" is no number from 1 to 1000000");
	/* Captures of before there were profiles have neither. */
	if (has(&w, "timer_tick", true))
		c->timer_tick_ns = number(&w, "timer_tick", c->timer_tick_ns, 0, LATEST_NS);
	if (has(&w, "first_resend", true))
		c->first_resend_ns = number(&w, "first_resend", c->first_resend_ns, 0, LATEST_NS);
	c->state_observable = truth(&w, "state_observable", c->state_observable);
	if (has(&w, "no_timers", c->no_timers))
		c->no_timers = truth(&w, "no_timers", c->no_timers);
	if (has(&w, "peer_connects", c->peer_connects))
		c->peer_connects = truth(&w, "peer_connects", c->peer_connects);
	c->plain_server = truth(&w, "plain_server", c->plain_server);
	c->speaks_first = truth(&w, "speaks_first", c->speaks_first);
	c->closes_on_eof = truth(&w, "closes_on_eof", c->closes_on_eof);
	if (has(&w, "asked", c->asked != 0))
		c->asked = (uint32_t)number(&w, "asked", c->asked, 0, UINT32_MAX);
	if (has(&w, "stops", c->stops != 0))
		c->stops = (uint32_t)number(&w, "stops", c->stops, 0, UINT32_MAX);
	walk_inband(&w, c);
}

static void walk_defines(struct walk *journal, struct journal *j)
{
	struct walk w = into(journal, "defines", json_array());
	size_t all = w.reading ? json_array_size(w.json) : j->define_count;

	for (size_t i = 0; i < all && !*w.d->text; i++) {
		const char *said = text(&w, "define", w.reading ? NULL : j->defines[i]);
		const char *equals = strchr(said, '=');

		if (!w.reading)
			continue;
		if (!equals || equals == said || equals[1] == '\0')
			wrong(&w, "\"defines\" has what is not NAME=VALUE");
		journal_define(j, said);
	}
}

/* A state, or null where it was not known; its timer, if it has one; and "held" where a program holds it. */
static void walk_state(struct walk *w, struct observed_state *o)
{
	if (w->reading)
		o->known = !json_is_null(json_array_get(w->json, w->next));
	if (!o->known)
		member(w, "state", json_null());
	else if (!state_parse(text(w, "state", state_name(o->state)), &o->state))
		wrong(w, "there is no such state");
	if (w->reading) {
		o->has_timer = json_is_integer(json_array_get(w->json, w->next));
		o->held = w->next + o->has_timer < json_array_size(w->json);
	}
	if (o->has_timer)
		o->timer_ns = number(w, "timer", o->timer_ns, 0, INT64_MAX);
	if (o->held && strcmp(text(w, "held", "held"), "held") != 0)
		wrong(w, "behind a state stands its timer, or \"held\"");
}

static void walk_bounded(struct walk *w, const char *name, char *buf, size_t size)
{
	const char *said = text(w, name, buf);

	if (w->reading)
		snprintf(buf, size, "%s", said);
}

static void walk_datum(struct walk *mismatch, struct datum *v)
{
	struct walk w = into(mismatch, "datum", json_array());

	v->kind = (enum datum_kind)number(&w, "kind", v->kind, 0, DATUM_KINDS - 1);
	for (int i = 0; i < DATUM_NUMBERS; i++)
		v->n[i] = number(&w, "number", v->n[i], INT64_MIN, INT64_MAX);
	walk_bounded(&w, "text", v->text, sizeof v->text);
}

/* Of why a run ended from outside, or what that overruled; null for NULL. What the numbers index may not be
 * there: report/reason.c looks. */
static const struct reason *walk_reason(struct walk *event, const struct reason *why)
{
	struct reason r = why ? *why : (struct reason){.code = CODE_NONE};
	struct walk w, fields;

	if (event->reading ? json_is_null(json_array_get(event->json, event->next)) : !why) {
		member(event, "reason", json_null());
		return NULL;
	}
	w = into(event, "reason", json_array());
	if (!code_parse(text(&w, "code", code_name(r.code)), &r.code))
		wrong(&w, "there is no such code");
	for (int i = 0; i < REASON_NUMBERS; i++)
		r.n[i] = number(&w, "number", r.n[i], INT64_MIN, INT64_MAX);
	walk_bounded(&w, "text", r.text, sizeof r.text);
	fields = into(&w, "fields", json_array());
	if (w.reading)
		r.field_count = json_array_size(fields.json);
	if (r.field_count > MISMATCHES_MAX)
		wrong(&w, "too many fields differ");
	for (size_t i = 0; i < r.field_count && i < MISMATCHES_MAX; i++) {
		struct mismatch *m = &r.fields[i];
		struct walk each = into(&fields, "mismatch", json_array());

		if (!field_parse(text(&each, "field", field_name(m->field)), &m->field))
			wrong(&each, "there is no such field");
		walk_datum(&each, &m->expected);
		walk_datum(&each, &m->got);
		m->jitter_ns = number(&each, "jitter", m->jitter_ns, INT64_MIN, INT64_MAX);
	}
	return w.reading ? memcpy(arena_alloc(w.arena, sizeof r), &r, sizeof r) : why;
}

/* ["came", 1234], ["provoked", 1234, "close", true] ... */
static void walk_event(struct walk *events, struct event *e, int64_t base_ns)
{
	static const char *const kinds[] = {"start", "came", "left",  "provoked",
	                                    "state", "tick", "abort", "ignored"};
	struct walk w = into(events, "event", json_array());
	const char *said = text(&w, "kind", kinds[e->kind]);
	size_t kind = 0;

	while (kind < sizeof kinds / sizeof *kinds && strcmp(said, kinds[kind]) != 0)
		kind++;
	if (kind == sizeof kinds / sizeof *kinds) {
		wrong(&w, "\"%s\" is no kind of event", said);
		return;
	}
	e->kind = (enum event_kind)kind;
	e->time_ns = base_ns + number(&w, "time", e->time_ns - base_ns, -LATEST_NS, LATEST_NS);
	switch (e->kind) {
	case EVENT_PROVOKED:
		if (!provoke_parse(text(&w, "provocation", provoke_name(e->provoke)), &e->provoke))
			wrong(&w, "there is no such provocation");
		e->ok = truth(&w, "done", e->ok);
		if (!e->ok)
			e->text = text(&w, "why", e->text);
		break;
	case EVENT_STATE: walk_state(&w, &e->state); break;
	case EVENT_ABORT:
		said = text(&w, "verdict", verdict_name(e->verdict));
		e->verdict = strcmp(said, verdict_name(VERDICT_SKIP)) == 0 ? VERDICT_SKIP : VERDICT_ERROR;
		if (strcmp(said, verdict_name(e->verdict)) != 0)
			wrong(&w, "a run does not end from outside with \"%s\"", said);
		e->reason = walk_reason(&w, e->reason);
		if (!e->reason)
			wrong(&w, "nothing says why it ended");
		else if (!code_fits(e->reason->code, e->verdict))
			wrong(&w, "that is not why a run ends so");
		e->overruled = walk_reason(&w, e->overruled);
		break;
	case EVENT_IGNORED:
		if (!ignored_parse(text(&w, "why", ignored_name(e->ignored)), &e->ignored))
			wrong(&w, "nothing is ignored for that");
		break;
	case EVENT_START:
	case EVENT_CAME:
	case EVENT_SENT:
	case EVENT_TICK: break;
	}
}

static void walk_events(struct walk *journal, struct journal *j, int64_t base_ns)
{
	struct walk w = into(journal, "events", json_array());
	struct diag why = {.text = ""};
	size_t all = w.reading ? json_array_size(w.json) : j->count;

	if (!json_is_array(w.json))
		wrong(&w, "\"events\" is not there");
	w.d = &why;
	for (size_t i = 0; i < all && !*why.text; i++) {
		struct event read = {0};

		walk_event(&w, w.reading ? &read : &j->events[i], base_ns);
		if (*why.text)
			wrong(journal, "event %zu makes no sense: %s", i + 1, why.text);
		else if (w.reading)
			journal_add(j, &read);
	}
}

static void walk_journal(struct walk *w, struct journal *j)
{
	int64_t began_s = j->count > 0 ? j->events[0].time_ns / NS_PER_S : 0;
	int64_t version = number(w, "fourwave_journal", JOURNAL_VERSION, 0, INT32_MAX);
	struct walk whys;

	if (version != JOURNAL_VERSION)
		wrong(w, "it is of version %lld, this fourwave knows %d", (long long)version,
		      JOURNAL_VERSION);
	j->scenario = text(w, "scenario", j->scenario);
	j->title = text(w, "title", j->title);
	j->target = text(w, "target", j->target);
	if (has(w, "profile", j->profile)) {
		j->profile = text(w, "profile", j->profile);
		j->profile_text = text(w, "values", j->profile_text);
	}
	j->family = (int)number(w, "family", j->family, 0, 6);
	if (w->reading && j->family != 4 && j->family != 6)
		wrong(w, "\"family\" is neither 4 nor 6");
	walk_config(w, &j->config, j->family);
	walk_defines(w, j);
	j->ignored = count(w, "ignored", j->ignored);
	j->damaged = count(w, "damaged", j->damaged);
	j->syn_unseen = truth(w, "syn_unseen", j->syn_unseen);
	j->late_ns = number(w, "late_ns", j->late_ns, 0, INT64_MAX);
	whys = into(w, "ignored_why", json_array());
	for (size_t i = 0; i < IGNORED_COUNT && (!whys.reading || i < json_array_size(whys.json)); i++)
		j->ignored_why[i] = count(&whys, "ignored_why", j->ignored_why[i]);
	began_s = number(w, "began", began_s, 0, UINT32_MAX);
	if (!*w->d->text)
		walk_events(w, j, began_s * NS_PER_S);
}

char *journal_text(const struct journal *j)
{
	struct walk w = {.json = json_object(), .d = &(struct diag){.text = ""}};
	struct journal same = *j;
	char *written;

	walk_journal(&w, &same);
	written = json_dumps(w.json, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(w.json);
	if (!written)
		memory_ended();
	return written;
}

struct journal *journal_parse(const char *json, size_t len, struct diag *d)
{
	json_error_t why;
	struct journal *j = journal_new();
	struct walk w = {.reading = true, .json = json_loadb(json, len, 0, &why), .arena = j->arena, .d = d};

	d->text[0] = '\0';
	if (w.json)
		walk_journal(&w, j);
	else
		wrong(&w, "it is no JSON: %s", why.text);
	json_decref(w.json);
	if (!*d->text)
		return j;
	journal_free(j);
	return NULL;
}
