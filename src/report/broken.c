/* What there is to say of a broken rule: as text for the reports, and as its line of JSON. */
#include "report/facts.h"

#include <stdio.h>

#include "report/formats.h"
#include "report/values.h"
#include "report/words.h"

enum { NAME_BYTES = 256, TEXT_BYTES = 1024 };

static const struct rule_breaches *first_breach(const struct rule_result *rule)
{
	return &rule->first->verdict->breaches[rule->rule];
}

struct basis rule_basis(enum rule rule)
{
	const struct rule_row *row = &rules[rule];

	return (struct basis){.level = row->level, .clause = {.rfc = row->rfc, .section = row->section}};
}

static const char *rule_reason(const struct rule_result *rule, char *buf, size_t size)
{
	struct breach first = first_breach(rule)->first;
	char words[BREACH_TEXT_BYTES];

	first.rule = rule->rule;
	snprintf(buf, size, "%s%s", rules[rule->rule].judged == JUDGED_BY_FENCE ? "" : "a segment ",
	         breach_words(&first, words));
	return buf;
}

const char *rule_text(const struct rule_result *rule, char *buf, size_t size)
{
	struct basis basis = rule_basis(rule->rule);
	char reason[TEXT_BYTES], rests_on[NAME_BYTES];

	snprintf(buf, size, "%s (%s)", rule_reason(rule, reason, sizeof reason),
	         basis_text(rule->first->scenario, &basis, rests_on, sizeof rests_on));
	return buf;
}

const char *extent_text(const struct rule_result *rule, char buf[EXTENT_BYTES])
{
	snprintf(buf, EXTENT_BYTES, "in %u run%s, %u time%s", rule->runs, rule->runs == 1 ? "" : "s",
	         rule->times, rule->times == 1 ? "" : "s");
	return buf;
}

const char *first_text(const struct rule_result *rule, char *buf, size_t size)
{
	char name[NAME_BYTES];

	snprintf(buf, size, "%s (%s)", result_name(rule->first, name, sizeof name),
	         family_name(rule->first->family));
	return buf;
}

void rule_facts_each(const struct rule_result *rule, unsigned report,
                     void (*put)(void *context, const struct fact *f), void *context)
{
	enum { ALL = FACTS_TAP | FACTS_JUNIT | FACTS_HTML };
	struct basis basis = rule_basis(rule->rule);
	char text[TEXT_BYTES], rests_on[NAME_BYTES], first[TEXT_BYTES], segment[SEGMENT_WORDS_BYTES],
	    extent[EXTENT_BYTES];
	const struct {
		unsigned reports;
		struct fact fact;
	} all[] = {
	    {FACTS_TAP | FACTS_HTML, {"rule", FACT_REASON, rule_reason(rule, text, sizeof text), {0}, basis}},
	    {FACTS_TAP, {"code", FACT_PLAIN, rules[rule->rule].id, {0}, basis}},
	    {FACTS_TAP, {"severity", FACT_PLAIN, verdict_name(rule->kind), {0}, basis}},
	    {ALL,
	     {"basis",
	      FACT_BASIS,
	      basis_text(rule->first->scenario, &basis, rests_on, sizeof rests_on),
	      {0},
	      basis}},
	    {ALL, {"known", FACT_PLAIN, known_reason(rule->known), {0}, basis}},
	    {ALL, {"broken", FACT_PLAIN, extent_text(rule, extent), {0}, basis}},
	    {ALL, {"first", FACT_FIRST, first_text(rule, first, sizeof first), {0}, basis}},
	    {ALL,
	     {"segment", FACT_CODE, breach_segment(rule->first->verdict, rule->rule, segment), {0}, basis}},
	    {ALL, {"target", FACT_PLAIN, rule->first->target, {0}, basis}},
	    {ALL, {"capture", FACT_FILE, rule->first->capture, {0}, basis}},
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].reports & report && all[i].fact.text && *all[i].fact.text)
			put(context, &all[i].fact);
}

bool json_rule(FILE *out, const struct rule_result *rule, struct diag *d)
{
	const struct result *r = rule->first;
	struct basis basis = rule_basis(rule->rule);
	char text[TEXT_BYTES], name[NAME_BYTES], segment[SEGMENT_WORDS_BYTES];
	json_t *first = json_pack(
	    "{so, so, ss, so, so}", "name", text_value(result_name(r, name, sizeof name)), "file",
	    text_value(r->scenario->file), "family", r->family == 6 ? "ipv6" : "ipv4", "segment",
	    text_value(breach_segment(r->verdict, rule->rule, segment)), "capture", text_value(r->capture));

	return json_write(out,
	                  json_pack("{si, ss, ss, ss, so, ss, ss, so, so, so, si, si}", "schema_version",
	                            JSON_SCHEMA_VERSION, "kind", "rule", "rule", rules[rule->rule].id,
	                            "verdict", verdict_name(rule->kind), "known", text_value(rule->known),
	                            "reason", rule_reason(rule, text, sizeof text), "level",
	                            level_name(basis.level), "clause", clause_value(&basis.clause), "target",
	                            text_value(r->target), "first", first, "runs", (int)rule->runs, "times",
	                            (int)rule->times),
	                  d);
}
