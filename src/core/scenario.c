/* What a scenario asks of its peer, and its end. Knows no language. */
#include "scenario.h"

void scenario_free(struct scenario *s)
{
	if (s)
		arena_free(s->arena); /* the scenario itself lives there */
}

bool scenario_leaves(const struct scenario *s)
{
	return s->step_count && s->steps[s->step_count - 1].kind == STEP_LEAVE;
}

enum { SYN_ACK = TCP_SYN | TCP_ACK };

struct needs scenario_needs(const struct scenario *s)
{
	struct needs needs = {0};

	for (size_t i = 0; i < s->step_count; i++) {
		const struct step *step = &s->steps[i];

		if (step->kind == STEP_STATE)
			needs.state = true;
		if (step->kind == STEP_SEND && step->patterns[0].malformed.other_port)
			needs.other_port = true;
		for (size_t k = 0; k < step->pattern_count; k++)
			needs.listener |=
			    step->kind != STEP_SEND && (step->patterns[k].flags & SYN_ACK) == SYN_ACK;
		if (step->kind != STEP_PROVOKE)
			continue;
		if (step->provocation.kind == PROVOKE_CLOSE && step->provocation.on_eof)
			needs.close_on_eof = true;
		else
			needs.provokes |= UINT32_C(1) << step->provocation.kind;
	}
	return needs;
}
