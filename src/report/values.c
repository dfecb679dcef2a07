/* Facts as JSON: the values that are more than a text or a number. */
#include "report/values.h"

#include <errno.h>
#include <stdlib.h>

#include "base/duration.h"
#include "base/text.h"
#include "core/rules.h"
#include "report/pen.h"
#include "report/words.h"

/* jansson refuses what is not UTF-8. */
json_t *text_value(const char *text)
{
	char *copy = text ? clean_utf8(text) : NULL;
	json_t *value = copy ? json_string(copy) : json_null();

	free(copy);
	return value;
}

/* JSON has no NaN. */
json_t *real_value(double value)
{
	json_t *real = json_real(value);

	return real ? real : json_null();
}

json_t *clause_value(const struct clause *c)
{
	if (!c || !c->rfc)
		return json_null();
	return json_pack("{si, so}", "rfc", (int)c->rfc, "section", text_value(c->section));
}

/* With how it binds, where that is said. */
static json_t *scenario_clause(const struct clause *c)
{
	json_t *value = clause_value(c);

	json_object_set_new(value, "level",
	                    c->level < LEVEL_COUNT ? json_string(level_name(c->level)) : json_null());
	return value;
}

json_t *clauses_value(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->clause_count; i++)
		json_array_append_new(list, scenario_clause(&s->clauses[i]));
	return list;
}

json_t *code_value(const struct reason *why)
{
	return why->code ? json_string(code_name(why->code)) : json_null();
}

static json_t *one_mismatch(const struct mismatch *m)
{
	struct mismatch_words words = mismatch_words(m);

	return json_pack("{ss, so, so}", "field", words.field, "expected", text_value(words.expected), "got",
	                 text_value(words.got));
}

json_t *mismatch_value(const struct reason *why)
{
	json_t *object = why->field_count ? one_mismatch(&why->fields[0]) : json_null();
	json_t *also = json_array();

	for (size_t i = 1; i < why->field_count; i++)
		json_array_append_new(also, one_mismatch(&why->fields[i]));
	if (json_array_size(also))
		json_object_set(object, "also", also);
	json_decref(also);
	return object;
}

static json_t *one_value(const struct measure *m, unsigned i)
{
	if (m->kind == MEASURE_STATE)
		return json_string(state_name((enum tcp_state)(int)m->values[i]));
	if (m->kind == MEASURE_RESENDS || m->kind == MEASURE_STATES_NOT_OBSERVABLE)
		return json_integer((json_int_t)m->values[i]);
	return real_value(m->values[i]);
}

json_t *step_value(const struct scenario *s, int step)
{
	if (step < 0 || (size_t)step >= s->step_count)
		return json_null();
	return json_pack("{si, si, so}", "index", step, "line", s->steps[step].where.line, "text",
	                 text_value(s->steps[step].text));
}

json_t *warnings_value(const struct result *r)
{
	const struct verdict *v = r->verdict;
	json_t *list = json_array();

	for (size_t i = 0; i < v->warning_count; i++) {
		const struct warning *w = &v->warnings[i];
		char text[REASON_BYTES];

		json_array_append_new(
		    list, json_pack("{so, ss, so, so, so, so, so}", "code", code_value(&w->reason), "level",
		                    level_name(w->basis.level), "clause",
		                    clause_value(basis_clause(r->scenario, &w->basis)), "choice",
		                    text_value(w->basis.choice), "step", step_value(r->scenario, w->step),
		                    "mismatch", mismatch_value(&w->reason), "reason",
		                    text_value(warning_reason(r, w, text, sizeof text))));
	}
	return list;
}

json_t *breaches_value(const struct verdict *v)
{
	json_t *list = json_array();

	for (enum rule r = 0; r < RULE_COUNT; r++) {
		const struct rule_breaches *b = &v->breaches[r];
		char text[SEGMENT_WORDS_BYTES];

		if (b->count && level_verdict(rules[r].level) != VERDICT_PASS)
			json_array_append_new(list,
			                      json_pack("{ss, ss, si, so}", "rule", rules[r].id, "level",
			                                level_name(rules[r].level), "times", (int)b->count,
			                                "first", text_value(breach_segment(v, r, text))));
	}
	return list;
}

static json_t *index_value(int step) { return step >= 0 ? json_integer(step) : json_null(); }

json_t *measured_value(const struct result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->verdict->measure_count; i++) {
		const struct measure *m = &r->verdict->measures[i];
		struct measured_segments of = measured_segments(r->scenario, m);
		json_t *values = json_array();

		for (unsigned k = 0; k < m->count; k++)
			json_array_append_new(values, one_value(m, k));
		json_array_append_new(
		    list, json_pack("{ss, ss, so, so, so, so}", "kind", measure_name(m->kind), "unit",
		                    measure_unit(m->kind), "step", index_value(m->step), "segment",
		                    text_value(of.segment), "to", text_value(of.to), "values", values));
	}
	return list;
}

json_t *observed_value(const struct verdict *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->observation_count; i++) {
		const struct observation *s = &v->observations[i];
		json_t *timer = s->has_timer ? real_value(seconds(s->timer_ns)) : json_null();

		json_array_append_new(
		    list, json_pack("{sf, ss, so, so, ss}", "seconds", seconds(s->time_ns - v->started_ns),
		                    "state", state_name(s->state), "timer", timer, "step",
		                    index_value(s->step), "by", s->by_probe ? "probe" : "host"));
	}
	return list;
}

json_t *ignored_why_value(const struct result *r)
{
	json_t *why = json_object();

	for (int i = IGNORED_NOT + 1; r->ignored_why && i < IGNORED_COUNT; i++)
		if (r->ignored_why[i])
			json_object_set_new(why, ignored_name((enum ignored)i),
			                    json_integer((json_int_t)r->ignored_why[i]));
	return why;
}

const char *malformed_at(const struct result *r, size_t i, int *line, char buf[MALFORM_TEXT_BYTES])
{
	const struct trace *t = &r->verdict->trace[i];

	if (t->passage != PASSED_OUT || t->step < 0 || !*malform_text(&t->segment, buf))
		return NULL;
	*line = r->scenario->steps[t->step].where.line;
	return buf;
}

json_t *malformed_value(const struct result *r)
{
	json_t *list = NULL;
	char what[MALFORM_TEXT_BYTES];
	int line;

	for (size_t i = 0; i < r->verdict->trace_count; i++) {
		if (!malformed_at(r, i, &line, what))
			continue;
		list = list ? list : json_array();
		json_array_append_new(list, json_pack("{si, ss}", "line", line, "what", what));
	}
	return list;
}

bool json_write(FILE *out, json_t *object, struct diag *d)
{
	char *line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));
	int error = 0;

	json_decref(object);
	errno = 0;
	if (fputs(line, out) == EOF || fputc('\n', out) == EOF)
		error = errno ? errno : EIO;
	free(line);
	return report_flush(out, error, d);
}
