/* The rules that hold of each segment of the peer's, whatever the scenario waits for:
 * agreement.h judges, here it is decided whether the scenario wants it otherwise. */
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

bool engine_strict(struct engine *e, const struct kept *k)
{
	char text[SEGMENT_TEXT_BYTES];
	struct breach breach;

	while (agreement_broken(&e->agreement, &k->segment, e->excused, &breach)) {
		if (breach.rule == RULE_RESERVED || !scenario_wants(e, &k->segment)) {
			evidence_note(e, k->trace, false, note_of(NOTE_BREAKS_RULE, -1));
			engine_fail(e, k->trace, &breach.why, "%s %s",
			            evidence_text(e, &k->segment, false, text), breach.words);
			return false;
		}
		e->excused[breach.rule] = true;
	}
	agreement_came(&e->agreement, &k->segment);
	return true;
}
