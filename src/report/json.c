/* A result as a line of JSON. Knows jansson and the schema in json.h. */
#include "report/json.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/clean.h"
#include "core/rules.h"
#include "report/measures.h"
#include "report/pen.h"
#include "report/reason.h"

/* jansson refuses what is not UTF-8. NULL becomes null. */
static json_t *text_value(const char *text)
{
	char *copy;
	json_t *value;

	if (!text)
		return json_null();
	copy = clean_utf8(text);
	if (!copy)
		return NULL;
	value = json_string(copy);
	free(copy);
	return value;
}

/* JSON has no NaN. */
static json_t *real_value(double value)
{
	json_t *real = json_real(value);

	return real ? real : json_null();
}

static json_t *measured_value(const struct measure *m, unsigned i)
{
	if (m->kind == MEASURE_STATE)
		return json_string(state_name((enum tcp_state)(int)m->values[i]));
	if (m->kind == MEASURE_RESENDS || m->kind == MEASURE_STATES_NOT_OBSERVABLE)
		return json_integer((json_int_t)m->values[i]);
	return real_value(m->values[i]);
}

static json_t *measured_json(const struct result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->verdict->measure_count; i++) {
		const struct measure *m = &r->verdict->measures[i];
		struct measured_segments of = measured_segments(r->scenario, m);
		json_t *values = json_array();

		for (unsigned k = 0; k < m->count; k++)
			json_array_append_new(values, measured_value(m, k));
		json_array_append_new(
		    list, json_pack("{ss, ss, so, so, so, so}", "kind", measure_name(m->kind), "unit",
		                    measure_unit(m->kind), "step",
		                    m->step >= 0 ? json_integer(m->step) : json_null(), "segment",
		                    text_value(of.segment), "to", text_value(of.to), "values", values));
	}
	return list;
}

static json_t *step_json(const struct result *r)
{
	int step = r->verdict->step;
	json_t *object;

	if (step < 0 || (size_t)step >= r->scenario->step_count)
		return json_null();
	object = json_object();
	json_object_set_new(object, "index", json_integer(step));
	json_object_set_new(object, "line", json_integer(r->scenario->steps[step].where.line));
	json_object_set_new(object, "text", text_value(r->scenario->steps[step].text));
	return object;
}

static json_t *field_json(const struct mismatch *m)
{
	struct mismatch_words words = mismatch_words(m);

	return json_pack("{ss, so, so}", "field", words.field, "expected", text_value(words.expected), "got",
	                 text_value(words.got));
}

static json_t *mismatch_json(const struct reason *why)
{
	json_t *object, *also;

	if (!why->field_count)
		return json_null();
	object = field_json(&why->fields[0]);
	if (why->field_count == 1)
		return object;
	also = json_array();
	for (size_t i = 1; i < why->field_count; i++)
		json_array_append_new(also, field_json(&why->fields[i]));
	json_object_set_new(object, "also", also);
	return object;
}

/* A reason's stable identifier; null where there is none. */
static json_t *code_json(const struct reason *why)
{
	return why->code ? json_string(reason_code(why)) : json_null();
}

/* The peer's states that were told, at seconds since the run began. */
static json_t *observed_json(const struct verdict *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->sighting_count; i++) {
		const struct sighting *s = &v->sightings[i];
		json_t *object = json_object();
		double seconds = (double)(s->time_ns - v->started_ns) / 1e9;

		json_object_set_new(object, "seconds", real_value(seconds));
		json_object_set_new(object, "state", json_string(state_name(s->state)));
		json_object_set_new(object, "timer",
		                    s->has_timer ? real_value((double)s->timer_ns / 1e9) : json_null());
		json_object_set_new(object, "step", s->step >= 0 ? json_integer(s->step) : json_null());
		json_object_set_new(object, "by", json_string(s->by_probe ? "probe" : "host"));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *clauses_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->clause_count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "rfc", json_integer(s->clauses[i].rfc));
		json_object_set_new(object, "section", text_value(s->clauses[i].section));
		json_array_append_new(list, object);
	}
	return list;
}

static void set_scenario(json_t *object, const struct result *r)
{
	const struct scenario *s = r->scenario;
	char name[256];

	json_object_set_new(object, "scenario", text_value(s->title));
	json_object_set_new(object, "name", text_value(result_name(r, name, sizeof name)));
	json_object_set_new(object, "file", text_value(s->file));
	json_object_set_new(object, "row", s->row ? json_integer(s->row) : json_null());
	json_object_set_new(object, "role", json_string(role_name(s->role)));
	json_object_set_new(object, "listen", json_boolean(s->listen));
	json_object_set_new(object, "clauses", clauses_json(s));
	json_object_set_new(object, "control", text_value(s->control));
}

static void set_ignored(json_t *object, const struct result *r)
{
	json_t *why = json_object();

	for (int i = IGNORED_NOT + 1; r->ignored_why && i < IGNORED_COUNT; i++)
		if (r->ignored_why[i])
			json_object_set_new(why, ignored_name((enum ignored)i),
			                    json_integer((json_int_t)r->ignored_why[i]));
	json_object_set_new(object, "ignored", json_integer((json_int_t)r->ignored));
	json_object_set_new(object, "ignored_why", why);
}

/* What a scenario sent that is no proper segment. */
static void set_crooked(json_t *object, const struct result *r)
{
	json_t *list = json_array();
	char what[CROOKED_TEXT_BYTES];

	for (size_t i = 0; i < r->verdict->trace_count; i++) {
		const struct trace *t = &r->verdict->trace[i];

		if (t->passage != PASSED_OUT || t->step < 0 || *crooked_text(&t->segment, what) == '\0')
			continue;
		json_t *one = json_object();
		json_object_set_new(one, "line", json_integer(r->scenario->steps[t->step].where.line));
		json_object_set_new(one, "what", text_value(what));
		json_array_append_new(list, one);
	}
	if (json_array_size(list) > 0)
		json_object_set(object, "crooked", list);
	json_decref(list);
}

static void set_outcome(json_t *object, const struct result *r)
{
	const struct verdict *v = r->verdict;
	char reason[REASON_BYTES];

	json_object_set_new(object, "family", json_string(r->family == 6 ? "ipv6" : "ipv4"));
	json_object_set_new(object, "target", text_value(r->target));
	json_object_set_new(object, "verdict", json_string(verdict_name(v->kind)));
	json_object_set_new(object, "code", code_json(&v->reason));
	json_object_set_new(object, "overruled", code_json(&v->overruled));
	json_object_set_new(object, "reason", text_value(reason_text(r, reason, sizeof reason)));
	json_object_set_new(object, "seconds", real_value(r->seconds));
	json_object_set_new(object, "measured", measured_json(r));
	json_object_set_new(object, "observed", observed_json(v));
	json_object_set_new(object, "step", step_json(r));
	json_object_set_new(object, "mismatch", mismatch_json(&v->reason));
	json_object_set_new(object, "capture", text_value(r->capture));
	json_object_set_new(object, "segments",
	                    json_integer((json_int_t)(v->trace_count + v->trace_left_out)));
	set_ignored(object, r);
	set_crooked(object, r);
	json_object_set_new(object, "late", real_value(r->late));
}

bool json_result(FILE *out, const struct result *r, struct diag *d)
{
	json_t *object = json_object();
	char *line;
	int error = 0;

	json_object_set_new(object, "schema_version", json_integer(JSON_SCHEMA_VERSION));
	set_scenario(object, r);
	set_outcome(object, r);
	line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));
	json_decref(object);
	if (!line)
		return diag_set(d, "cannot write the report: out of memory");
	errno = 0;
	if (fputs(line, out) == EOF || fputc('\n', out) == EOF)
		error = errno ? errno : EIO;
	free(line);
	return report_flush(out, error, d);
}
