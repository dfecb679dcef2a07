/* A journal as JSON, and back from JSON that may be anybody's. Times are
 * nanoseconds since "began", so that they stay below 2^53. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "read/journal_impl.h"
#include "base/duration.h"
#include "base/literal.h"

enum { JOURNAL_VERSION = 2 };

/* A year: what is later is no time of this run. */
#define LATEST_NS (366 * 86400 * NS_PER_S)

static const char *const kinds[] = {"start", "came", "left", "provoked", "state", "tick", "abort", "ignored"};

/* --- out --- */

static json_t *hex_json(const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(2 * len + 1);

	if (!text)
		abort();
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * len] = '\0';
	json_t *value = json_string(text);
	free(text);
	return value;
}

static json_t *addr_json(const struct addr *a)
{
	char text[ADDR_TEXT_BYTES];

	return json_string(addr_text(a, text));
}

static json_t *config_json(const struct engine_config *c)
{
	json_t *object = json_object(), *inband = json_object();

	json_object_set_new(object, "local", addr_json(&c->local));
	json_object_set_new(object, "local_port", json_integer(c->local_port));
	json_object_set_new(object, "remote", addr_json(&c->remote));
	json_object_set_new(object, "remote_port", json_integer(c->remote_port));
	if (c->other_port != 0)
		json_object_set_new(object, "other_port", json_integer(c->other_port));
	json_object_set_new(object, "iss", json_integer(c->iss));
	json_object_set_new(object, "slow", json_real(c->slow));
	json_object_set_new(object, "state_observable", json_boolean(c->state_observable));
	json_object_set_new(object, "plain_server", json_boolean(c->plain_server));
	json_object_set_new(object, "speaks_first", json_boolean(c->speaks_first));
	json_object_set_new(object, "closes_on_eof", json_boolean(c->closes_on_eof));
	for (int i = 0; i < PROVOKE_COUNT; i++)
		if (c->inband[i].bytes)
			json_object_set_new(inband, provoke_name((enum provoke)i),
			                    hex_json(c->inband[i].bytes, c->inband[i].len));
	json_object_set_new(object, "inband", inband);
	return object;
}

static void append_state(json_t *list, const struct observed_state *s)
{
	json_array_append_new(list, s->known ? json_string(state_name(s->state)) : json_null());
	if (s->has_timer)
		json_array_append_new(list, json_integer(s->timer_ns));
}

/* ["came", 1234], ["provoked", 1234, "close", true] ... */
static json_t *event_json(const struct event *e, int64_t base_ns)
{
	json_t *list = json_array();

	json_array_append_new(list, json_string(kinds[e->kind]));
	json_array_append_new(list, json_integer(e->time_ns - base_ns));
	switch (e->kind) {
	case EVENT_PROVOKED:
		json_array_append_new(list, json_string(provoke_name(e->provoke)));
		json_array_append_new(list, json_boolean(e->ok));
		if (!e->ok)
			json_array_append_new(list, journal_string(e->text));
		break;
	case EVENT_STATE: append_state(list, &e->state); break;
	case EVENT_ABORT:
		json_array_append_new(list, json_string(verdict_name(e->verdict)));
		json_array_append_new(list, journal_reason(e->reason));
		json_array_append_new(list, journal_reason(e->overruled));
		break;
	case EVENT_IGNORED: json_array_append_new(list, json_string(ignored_name(e->ignored))); break;
	case EVENT_START:
	case EVENT_CAME:
	case EVENT_LEFT:
	case EVENT_TICK: break;
	}
	return list;
}

char *journal_text(const struct journal *j)
{
	json_t *object = json_object(), *defines = json_array(), *events = json_array();
	json_t *numbers = json_array();
	int64_t base_s = j->count > 0 ? j->events[0].time_ns / NS_PER_S : 0;

	for (size_t i = 0; i < IGNORED_COUNT; i++)
		json_array_append_new(numbers, json_integer((json_int_t)j->ignored_why[i]));
	for (size_t i = 0; i < j->define_count; i++)
		json_array_append_new(defines, journal_string(j->defines[i]));
	for (size_t i = 0; i < j->count; i++)
		json_array_append_new(events, event_json(&j->events[i], base_s * NS_PER_S));
	json_object_set_new(object, "fourwave_journal", json_integer(JOURNAL_VERSION));
	json_object_set_new(object, "scenario", journal_string(j->scenario));
	json_object_set_new(object, "title", journal_string(j->title));
	json_object_set_new(object, "target", journal_string(j->target));
	json_object_set_new(object, "family", json_integer(j->family));
	json_object_set_new(object, "config", config_json(&j->config));
	json_object_set_new(object, "defines", defines);
	json_object_set_new(object, "ignored", json_integer((json_int_t)j->ignored));
	json_object_set_new(object, "damaged", json_integer((json_int_t)j->damaged));
	json_object_set_new(object, "ignored_why", numbers);
	json_object_set_new(object, "late_ns", json_integer((json_int_t)j->late_ns));
	json_object_set_new(object, "syn_unseen", json_boolean(j->syn_unseen));
	json_object_set_new(object, "began", json_integer(base_s));
	json_object_set_new(object, "events", events);
	char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(object);
	return text;
}

/* --- in --- */

static bool get_integer(const json_t *object, const char *name, int64_t high, int64_t *out, struct diag *d)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > high)
		return diag_set(d, "\"%s\" is no number from 0 to %lld", name, (long long)high);
	*out = json_integer_value(value);
	return true;
}

static bool get_text(const json_t *object, const char *name, struct arena *a, const char **out,
                     struct diag *d)
{
	const char *text = json_string_value(json_object_get(object, name));

	if (!text)
		return diag_set(d, "\"%s\" is no text", name);
	*out = arena_copy(a, text, strlen(text));
	return true;
}

static bool get_bool(const json_t *object, const char *name, bool *out, struct diag *d)
{
	const json_t *value = json_object_get(object, name);

	*out = json_is_true(value);
	return json_is_boolean(value) || diag_set(d, "\"%s\" is neither true nor false", name);
}

static bool get_addr(const json_t *object, const char *name, int family, struct addr *out, struct diag *d)
{
	const char *text = json_string_value(json_object_get(object, name));

	out->family = (uint8_t)family;
	if (!text || inet_pton(family == 6 ? AF_INET6 : AF_INET, text, out->bytes) != 1)
		return diag_set(d, "\"%s\" is no IPv%d address", name, family);
	return true;
}

static bool get_port(const json_t *object, const char *name, uint16_t *out, struct diag *d)
{
	int64_t n = 0;
	bool ok = get_integer(object, name, UINT16_MAX, &n, d);

	*out = (uint16_t)n;
	return ok;
}

static bool get_bytes(const json_t *value, struct arena *a, struct inband *out, struct diag *d)
{
	const char *text = json_string_value(value);
	size_t len = text ? strlen(text) : 0, count;
	uint8_t *bytes = arena_alloc(a, len / 2 + 1);

	if (len == 0 || !literal_hex(text, len, bytes, &count))
		return diag_set(d, "\"inband\" has bytes that are no hexadecimal digits");
	*out = (struct inband){bytes, count};
	return true;
}

static bool get_inband(json_t *object, struct arena *a, struct engine_config *c, struct diag *d)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		enum provoke kind;
		if (!provoke_parse(name, &kind))
			return diag_set(d, "\"inband\" names no provocation");
		if (!get_bytes(value, a, &c->inband[kind], d))
			return false;
	}
	return true;
}

static bool get_config(const json_t *object, struct journal *j, struct diag *d)
{
	struct engine_config *c = &j->config;
	int64_t iss = 0;

	if (!json_is_object(object))
		return diag_set(d, "\"config\" is not there");
	if (!get_addr(object, "local", j->family, &c->local, d) ||
	    !get_addr(object, "remote", j->family, &c->remote, d) ||
	    !get_port(object, "local_port", &c->local_port, d) ||
	    !get_port(object, "remote_port", &c->remote_port, d) ||
	    (json_object_get(object, "other_port") && !get_port(object, "other_port", &c->other_port, d)) ||
	    !get_integer(object, "iss", UINT32_MAX, &iss, d) ||
	    !get_bool(object, "state_observable", &c->state_observable, d) ||
	    !get_bool(object, "plain_server", &c->plain_server, d) ||
	    !get_bool(object, "speaks_first", &c->speaks_first, d) ||
	    !get_bool(object, "closes_on_eof", &c->closes_on_eof, d) ||
	    !get_inband(json_object_get(object, "inband"), j->arena, c, d))
		return false;
	c->iss = (uint32_t)iss;
	c->slow = json_number_value(json_object_get(object, "slow"));
	return (c->slow >= 1 && c->slow <= 1e6) || diag_set(d, "\"slow\" is no number from 1 on");
}

static bool get_defines(const json_t *list, struct journal *j, struct diag *d)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		const char *equals = text ? strchr(text, '=') : NULL;
		if (!equals || equals == text || equals[1] == '\0')
			return diag_set(d, "\"defines\" has what is not NAME=VALUE");
		journal_define(j, text);
	}
	return true;
}

static bool get_kind(const char *text, enum event_kind *out)
{
	for (size_t i = 0; text && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(text, kinds[i]) == 0) {
			*out = (enum event_kind)i;
			return true;
		}
	return false;
}

static bool get_state(const json_t *list, struct observed_state *o)
{
	const json_t *state = json_array_get(list, 2), *timer = json_array_get(list, 3);

	o->known = json_is_string(state);
	o->has_timer = json_is_integer(timer);
	o->timer_ns = json_integer_value(timer);
	return o->known ? state_parse(json_string_value(state), &o->state) : json_is_null(state);
}

/* Its reasons are put into room, and copied with the event. */
static bool get_abort(const json_t *list, struct event *e, struct reason room[2])
{
	const char *kind = json_string_value(json_array_get(list, 2));
	json_t *reason = json_array_get(list, 3), *overruled = json_array_get(list, 4);

	e->verdict = kind && strcmp(kind, verdict_name(VERDICT_SKIP)) == 0 ? VERDICT_SKIP : VERDICT_ERROR;
	e->reason = &room[0];
	e->overruled = json_is_object(overruled) ? &room[1] : NULL;
	return kind && (e->verdict == VERDICT_SKIP || strcmp(kind, verdict_name(VERDICT_ERROR)) == 0) &&
	       journal_get_reason(reason, &room[0]) &&
	       (!e->overruled || journal_get_reason(overruled, &room[1]));
}

static bool get_provoked(const json_t *list, struct event *e)
{
	const char *kind = json_string_value(json_array_get(list, 2));

	e->ok = json_is_true(json_array_get(list, 3));
	e->text = json_string_value(json_array_get(list, 4));
	return kind && provoke_parse(kind, &e->provoke) && (e->ok || e->text);
}

static bool get_event(const json_t *list, int64_t base_ns, struct event *e, struct reason room[2])
{
	const json_t *time = json_array_get(list, 1);
	const char *why = json_string_value(json_array_get(list, 2));
	int64_t ns = json_integer_value(time);

	memset(e, 0, sizeof *e);
	if (!get_kind(json_string_value(json_array_get(list, 0)), &e->kind) || !json_is_integer(time) ||
	    ns < -LATEST_NS || ns > LATEST_NS)
		return false;
	e->time_ns = base_ns + ns;
	switch (e->kind) {
	case EVENT_PROVOKED: return get_provoked(list, e);
	case EVENT_STATE: return get_state(list, &e->state);
	case EVENT_ABORT: return get_abort(list, e, room);
	case EVENT_IGNORED: return why && ignored_parse(why, &e->ignored);
	case EVENT_START:
	case EVENT_CAME:
	case EVENT_LEFT:
	case EVENT_TICK: return true;
	}
	return false;
}

static bool get_events(const json_t *list, int64_t base_ns, struct journal *j, struct diag *d)
{
	struct reason room[2];
	struct event e;

	if (!json_is_array(list))
		return diag_set(d, "\"events\" is not there");
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!get_event(json_array_get(list, i), base_ns, &e, room))
			return diag_set(d, "event %zu makes no sense", i + 1);
		journal_add(j, &e);
	}
	return true;
}

static bool get_ignored_why(const json_t *numbers, struct journal *j, struct diag *d)
{
	for (size_t i = 0; i < IGNORED_COUNT && i < json_array_size(numbers); i++) {
		json_int_t n = json_integer_value(json_array_get(numbers, i));

		if (n < 0)
			return diag_set(d, "\"ignored_why\" holds %lld", (long long)n);
		j->ignored_why[i] = (size_t)n;
	}
	return true;
}

static bool get_all(const json_t *object, struct journal *j, struct diag *d)
{
	int64_t version, family, ignored, damaged, began_s;

	if (!get_integer(object, "fourwave_journal", INT32_MAX, &version, d))
		return false;
	if (version != JOURNAL_VERSION)
		return diag_set(d, "it is of version %lld, this fourwave knows %d", (long long)version,
		                JOURNAL_VERSION);
	if (!get_integer(object, "family", 6, &family, d))
		return false;
	if (family != 4 && family != 6)
		return diag_set(d, "\"family\" is neither 4 nor 6");
	j->family = (int)family;
	if (!get_text(object, "scenario", j->arena, &j->scenario, d) ||
	    !get_text(object, "title", j->arena, &j->title, d) ||
	    !get_text(object, "target", j->arena, &j->target, d) ||
	    !get_integer(object, "ignored", INT32_MAX, &ignored, d) ||
	    !get_integer(object, "damaged", INT32_MAX, &damaged, d) ||
	    !get_integer(object, "began", UINT32_MAX, &began_s, d) ||
	    !get_integer(object, "late_ns", INT64_MAX, &j->late_ns, d) ||
	    !get_bool(object, "syn_unseen", &j->syn_unseen, d) ||
	    !get_ignored_why(json_object_get(object, "ignored_why"), j, d) ||
	    !get_config(json_object_get(object, "config"), j, d) ||
	    !get_defines(json_object_get(object, "defines"), j, d))
		return false;
	j->ignored = (size_t)ignored;
	j->damaged = (size_t)damaged;
	return get_events(json_object_get(object, "events"), began_s * NS_PER_S, j, d);
}

struct journal *journal_parse(const char *text, size_t len, struct diag *d)
{
	json_error_t why;
	json_t *object = json_loadb(text, len, 0, &why);
	struct journal *j = NULL;

	if (!object) {
		diag_set(d, "it is no JSON: %s", why.text);
		return NULL;
	}
	j = journal_new();
	if (!get_all(object, j, d)) {
		journal_free(j);
		j = NULL;
	}
	json_decref(object);
	return j;
}
