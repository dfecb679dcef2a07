/* Reasons in a journal: why a run ended from outside, and what would have been its failure. */
#include <stdio.h>
#include <string.h>

#include "read/journal_impl.h"

json_t *journal_string(const char *text)
{
	json_t *value = json_string(text);

	return value ? value : json_string("(no UTF-8)");
}

/* --- out --- */

static json_t *fact_json(const struct fact *v)
{
	return json_pack("[iIIIo]", v->kind, (json_int_t)v->n[0], (json_int_t)v->n[1], (json_int_t)v->n[2],
	                 journal_string(v->text));
}

json_t *journal_reason(const struct reason *r)
{
	json_t *fields = json_array();

	if (!r) {
		json_decref(fields);
		return json_null();
	}
	for (size_t i = 0; i < r->field_count; i++) {
		const struct mismatch *m = &r->fields[i];

		json_array_append_new(fields,
		                      json_pack("[sooI]", field_name(m->field), fact_json(&m->expected),
		                                fact_json(&m->got), (json_int_t)m->jitter_ns));
	}
	return json_pack("{ss, s[IIII], so, so}", "code", code_name(r->code), "n", (json_int_t)r->n[0],
	                 (json_int_t)r->n[1], (json_int_t)r->n[2], (json_int_t)r->n[3], "text",
	                 journal_string(r->text), "fields", fields);
}

/* --- in --- */

static bool get_fact(json_t *list, struct fact *v)
{
	json_int_t n[FACT_NUMBERS];
	const char *text;
	int kind;

	if (json_unpack(list, "[iIIIs!]", &kind, &n[0], &n[1], &n[2], &text) < 0 || kind < 0 ||
	    kind >= FACT_KINDS)
		return false;
	*v = (struct fact){.kind = (enum fact_kind)kind, .n = {n[0], n[1], n[2]}};
	snprintf(v->text, sizeof v->text, "%s", text);
	return true;
}

static bool get_field(json_t *list, struct mismatch *m)
{
	json_t *expected, *got;
	json_int_t jitter;
	const char *name;

	if (json_unpack(list, "[sooI!]", &name, &expected, &got, &jitter) < 0)
		return false;
	m->jitter_ns = jitter;
	return field_parse(name, &m->field) && get_fact(expected, &m->expected) && get_fact(got, &m->got);
}

bool journal_get_reason(json_t *object, struct reason *out)
{
	json_int_t n[REASON_NUMBERS];
	const char *code, *text;
	json_t *fields;

	memset(out, 0, sizeof *out);
	if (json_unpack(object, "{ss, s[IIII], ss, so}", "code", &code, "n", &n[0], &n[1], &n[2], &n[3],
	                "text", &text, "fields", &fields) < 0 ||
	    !code_parse(code, &out->code) || json_array_size(fields) > MISMATCHES_MAX)
		return false;
	for (int i = 0; i < REASON_NUMBERS; i++)
		out->n[i] = n[i];
	snprintf(out->text, sizeof out->text, "%s", text);
	while (out->field_count < json_array_size(fields)) {
		if (!get_field(json_array_get(fields, out->field_count), &out->fields[out->field_count]))
			return false;
		out->field_count++;
	}
	return true;
}
