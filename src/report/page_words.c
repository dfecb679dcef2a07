/* Small things that several parts of the HTML report have. */
#include "report/page.h"

#include <stdio.h>
#include <string.h>

const char *page_id(size_t index, char buf[PAGE_ID_BYTES])
{
	snprintf(buf, PAGE_ID_BYTES, "s%zu", index + 1);
	return buf;
}

/* What stands before the name, so that no one needs to see the colour. */
static const char *sign(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_PASS: return "\xe2\x9c\x93"; /* check mark */
	case VERDICT_FAIL: return "\xe2\x9c\x97"; /* ballot x */
	case VERDICT_SKIP: return "\xe2\x80\x93"; /* dash */
	case VERDICT_NONE:
	case VERDICT_ERROR: return "!";
	}
	return "";
}

void page_badge(struct markup *m, const struct result *r)
{
	if (!r) {
		markup_element(m, "span", "badge none", "not run");
		return;
	}
	markup_begin(m, "span");
	markup_attributef(m, "class", "badge %s", verdict_name(r->verdict->kind));
	markup_textf(m, "%s %s", sign(r->verdict->kind),
	             r->verdict->kind == VERDICT_NONE ? "not judged" : verdict_name(r->verdict->kind));
	markup_end(m);
}

/* rfc-editor.org has an anchor for each section that has a number. */
static bool is_number(const char *section)
{
	return section && *section >= '0' && *section <= '9' &&
	       strspn(section, "0123456789.") == strlen(section);
}

void page_clauses(struct markup *m, const struct scenario *s)
{
	for (size_t i = 0; i < s->clause_count; i++) {
		const struct clause *c = &s->clauses[i];
		bool anchor = is_number(c->section);

		if (i)
			markup_text(m, ", ");
		markup_begin(m, "a");
		markup_attribute(m, "class", "clause");
		markup_attributef(m, "href", "https://www.rfc-editor.org/rfc/rfc%u%s%.40s", c->rfc,
		                  anchor ? "#section-" : "", anchor ? c->section : "");
		markup_textf(m, "RFC\xc2\xa0%u%s%.80s", c->rfc, c->section ? "\xc2\xa0" : "",
		             c->section ? c->section : "");
		markup_end(m);
	}
}

void page_setting(struct markup *m, const struct sysctl_setting *s)
{
	markup_begin(m, "code");
	markup_textf(m, "%.100s = %.100s", s->name, s->value);
	markup_end(m);
	markup_text(m, " ");
}

void page_fact(struct markup *m, const char *name, const char *class, const char *text)
{
	if (!text || !*text)
		return;
	markup_element(m, "dt", NULL, name);
	markup_element(m, "dd", class, text);
}
