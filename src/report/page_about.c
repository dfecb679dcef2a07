/* The last part of the HTML report: where, when and with what it was run. */
#include "report/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 256 };

/* Was the same setting listed for an earlier scenario? */
static bool seen(const struct page *p, size_t pair, size_t setting)
{
	const struct sysctl_setting *own = &pair_any(&p->pairs[pair])->scenario->sysctls[setting];

	for (size_t i = 0; i <= pair; i++) {
		const struct scenario *s = pair_any(&p->pairs[i])->scenario;
		size_t end = i == pair ? setting : s->sysctl_count;

		for (size_t j = 0; j < end; j++)
			if (strcmp(s->sysctls[j].name, own->name) == 0 &&
			    strcmp(s->sysctls[j].value, own->value) == 0)
				return true;
	}
	return false;
}

/* All that the scenarios want of the peer's host. */
static void put_sysctls(const struct page *p)
{
	bool any = false;

	for (size_t i = 0; i < p->pair_count; i++) {
		const struct scenario *s = pair_any(&p->pairs[i])->scenario;

		for (size_t j = 0; j < s->sysctl_count; j++) {
			if (seen(p, i, j))
				continue;
			if (!any) {
				markup_element(p->m, "dt", NULL, "Sysctls wanted");
				markup_begin(p->m, "dd");
			}
			any = true;
			page_setting(p->m, &s->sysctls[j]);
		}
	}
	if (any)
		markup_end(p->m);
}

void page_about(const struct page *p)
{
	const struct about *a = p->about;
	char text[TEXT_BYTES], date[DATE_TEXT_BYTES];

	markup_begin(p->m, "section");
	markup_attribute(p->m, "id", "environment");
	markup_element(p->m, "h2", NULL, "Environment");
	markup_begin(p->m, "dl");
	markup_attribute(p->m, "class", "facts");
	page_fact(p->m, "Command", "mono", a->command_line);
	page_fact(p->m, "Program", NULL, a->program);
	snprintf(text, sizeof text, "%s%s", a->target,
	         strcmp(a->target, "lab") == 0 ? ": network namespaces of this host, its kernel as the peer"
	                                       : "");
	page_fact(p->m, "Target", NULL, text);
	page_fact(p->m, "This host", NULL, a->host);
	page_fact(p->m, "Kernel here", NULL, a->system);
	put_sysctls(p);
	snprintf(text, sizeof text, "%s UTC", date_text(a->began, date));
	page_fact(p->m, "Began", NULL, text);
	snprintf(text, sizeof text, "%.3g s%s", a->seconds, a->interrupted ? ", interrupted" : "");
	page_fact(p->m, "Took", NULL, text);
	markup_end(p->m);
	markup_end(p->m);
	markup_raw(p->m, "\n");
}
