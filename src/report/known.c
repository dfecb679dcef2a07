/* What the baseline has of a result, and what is gone from it, in words and as a line of JSON. */
#include <string.h>

#include "base/text.h"
#include "report/formats.h"
#include "report/values.h"
#include "report/words.h"

const char *outcome_name(enum verdict_kind kind, const char *known)
{
	return known ? "known" : verdict_name(kind);
}

const char *known_reason(const char *known)
{
	return known && !*known ? "in the baseline, which does not say why" : known;
}

const char *families_text(unsigned families)
{
	return families == FAMILY_IPV4 ? "IPv4" : families == FAMILY_IPV6 ? "IPv6" : "IPv4, IPv6";
}

static bool is_rule(const struct gone *g) { return strncmp(g->name, "rule:", 5) == 0; }

const char *gone_text(const struct gone *g, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	cut_add(&c, "%s (%s): ", g->name, families_text(g->families));
	if (is_rule(g))
		cut_add(&c, "not broken any more");
	else if (strcmp(g->clause, "-") == 0)
		cut_add(&c, "%s does not come any more", g->code);
	else
		cut_add(&c, "%s, %s, does not come any more", g->code, g->clause);
	return buf;
}

bool json_gone(FILE *out, const struct gone *g, struct diag *d)
{
	json_t *families = json_array();

	if (g->families & FAMILY_IPV4)
		json_array_append_new(families, json_string("ipv4"));
	if (g->families & FAMILY_IPV6)
		json_array_append_new(families, json_string("ipv6"));
	return json_write(out,
	                  json_pack("{si, ss, so, si, so, so, ss, ss}", "schema_version", JSON_SCHEMA_VERSION,
	                            "kind", "gone", "file", text_value(g->where.file), "line", g->where.line,
	                            "name", text_value(g->name), "families", families, "code", g->code,
	                            "clause", g->clause),
	                  d);
}
