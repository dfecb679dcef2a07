/* The rules that hold of each segment of the peer's, whatever the scenario waits for: rules.h judges, here it
 * is decided whether the scenario wants it otherwise. */
#include "engine_impl.h"

/* The scenario says what options it expects, and these are they: then it means it. */
static bool expects_options(struct engine *e, const struct pattern *p, const struct segment *s)
{
	return p->has_options && engine_matches(e, p, s, NULL);
}

static bool scenario_wants(struct engine *e, const struct segment *s)
{
	const struct step *step = e->settled ? NULL : engine_current(e);

	for (size_t i = 0; step && i < step->pattern_count; i++)
		if (expects_options(e, &step->patterns[i], s))
			return true;
	for (size_t i = 0; i < e->allowed_count; i++)
		if (expects_options(e, e->allowed[i], s))
			return true;
	return false;
}

/* The first rule that the segment breaks, and that the scenario does not want broken. */
static bool find_breach(struct engine *e, const struct segment *s, struct breach *out)
{
	for (enum rule r = 0; r < RULE_COUNT; r++) {
		if (rules[r].judged == JUDGED_IN_CAPTURES || e->excused[r] ||
		    !rule_broken(r, &e->observer, s, END_PEER, out))
			continue;
		/* reserved bits are in no pattern */
		e->excused[r] = r != RULE_RESERVED && scenario_wants(e, s);
		if (!e->excused[r])
			return true;
	}
	return false;
}

bool engine_strict(struct engine *e, const struct kept *k)
{
	struct breach breach;
	bool broken = find_breach(e, &k->segment, &breach);

	observer_see(&e->observer, &k->segment, END_PEER, false);
	if (!broken)
		return true;
	evidence_note(e, k->trace, false, note_of(NOTE_BREAKS_RULE, -1));
	engine_fail(e, k, breach_reason(&breach, &k->segment));
	return false;
}
