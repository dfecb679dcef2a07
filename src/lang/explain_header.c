/* What a scenario says of itself, in plain words. Walks through no step. */
#include "lang/check.h"

#define say utstring_printf

void explain_header(const struct scenario *s, UT_string *out)
{
	static const char *const texts[] = {
	    [ROLE_NONE] = "",
	    [ROLE_ACTIVE] = "we close first",
	    [ROLE_PASSIVE] = "the peer closes first",
	    [ROLE_SIMULTANEOUS] = "both close at once",
	    [ROLE_LISTEN] = "the peer connects to us",
	};
	char text[DURATION_TEXT_BYTES];

	say(out, "%s\n", s->title);
	if (s->row > 0)
		say(out, "row %d of the exception table; ", s->row);
	say(out, "%s%s\n", texts[s->role],
	    s->listen && s->role != ROLE_LISTEN ? ", having connected to us" : "");
	if (s->claim)
		say(out, "claim: %s\n", s->claim);
	for (size_t i = 0; i < s->clause_count; i++)
		say(out, "%sRFC %u%s%s%s", i > 0 ? ", " : "clauses: ", s->clauses[i].rfc,
		    s->clauses[i].section ? " (" : "", s->clauses[i].section ? s->clauses[i].section : "",
		    s->clauses[i].section ? ")" : "");
	say(out, "%s", s->clause_count > 0 ? "\n" : "");
	for (size_t i = 0; i < s->sysctl_count; i++)
		say(out, "the peer's host needs %s = %s\n", s->sysctls[i].name, s->sysctls[i].value);
	for (size_t i = 0; i < s->stack_count; i++)
		say(out, "%s%s%s", i > 0 ? " or " : "only for a stack of profile ", s->stacks[i],
		    i + 1 == s->stack_count ? "\n" : "");
	for (size_t i = 0; i < s->value_count; i++)
		say(out, "%s = %s (%s%s)\n", s->values[i].name, s->values[i].text,
		    s->values[i].from && s->values[i].from[0] != '-' ? "profile " : "",
		    s->values[i].from ? s->values[i].from : "no profile gives it");
	say(out, "takes at least %s\n\n", duration_text(s->takes_ns, text));
}
