/* Why a segment is not the one that a step waits for. Judges nothing. */
#include "engine_impl.h"

#include <stdio.h>
#include <string.h>

/* The alternative that the segment is nearest to: one with the same flags before others, and then
 * the first of those with the fewest fields that differ. */
static size_t nearest(const struct engine *e, const struct step *s, const struct segment *got,
                      struct mismatch out[MISMATCHES_MAX])
{
	struct mismatch each[MISMATCHES_MAX];
	size_t least = SIZE_MAX, count = 0;

	for (size_t i = 0; i < s->pattern_count; i++) {
		size_t n = pattern_differences(&s->patterns[i], got, &e->scope, each);
		size_t far = n && strcmp(each[0].field, "flags") == 0 ? n + MISMATCHES_MAX : n;

		if (far >= least)
			continue;
		least = far;
		count = n;
		memcpy(out, each, n * sizeof *each);
	}
	return count;
}

size_t engine_differences(struct engine *e, const struct kept *k, struct mismatch out[MISMATCHES_MAX])
{
	const struct step *s = engine_current(e);
	size_t n;

	n = nearest(e, s, &k->segment, out);
	if (n)
		return n;
	/* All fields are right: it is the scenario's own filter. */
	out[0].field = NULL;
	engine_matches(e, &s->patterns[0], &k->segment, &out[0]);
	return out[0].field ? 1 : 0;
}

const char *mismatch_verb(const char *field)
{
	return strcmp(field, "flags") == 0 || strcmp(field, "options") == 0 ? "are" : "is";
}

/* "its seq is 2, expected 1; its win is 0, expected 1..65535" */
static void explain(struct engine *e, const struct kept *k, const char *text, const struct mismatch *why,
                    size_t count)
{
	const struct step *s = engine_current(e);
	const char *among = s->pattern_count > 1 ? " (the nearest of the segments listed)" : "";

	for (size_t i = 1; i < count && !e->settled; i++)
		e->verdict.also[e->verdict.also_count++] = why[i];
	if (strcmp(why->field, "filter") == 0)
		engine_fail(e, k->trace, why, "%s came; it does not match the filter %s%s", text,
		            why->expected, among);
	else if (count > 1)
		engine_fail(e, k->trace, why,
		            "%s came; its %s %s %s, expected %s; its %s %s %s, expected %s%s%s", text,
		            why->field, mismatch_verb(why->field), why->got, why->expected, why[1].field,
		            mismatch_verb(why[1].field), why[1].got, why[1].expected,
		            count > 2 ? "; more differs" : "", among);
	else
		engine_fail(e, k->trace, why, "%s came; its %s %s %s, expected %s%s", text, why->field,
		            mismatch_verb(why->field), why->got, why->expected, among);
}

static void fail_silence(struct engine *e, const struct kept *k, const char *text,
                         const struct mismatch *none)
{
	double into = seconds(k->segment.time_ns - e->ref_ns);

	engine_fail(e, k->trace, none, "%s came %.3f s %s a silence of %.3f s", text, into < 0 ? -into : into,
	            into < 0 ? "before" : "into", seconds(engine_current(e)->duration_ns));
}

void engine_fail_unexpected(struct engine *e, const struct kept *k)
{
	struct mismatch why[MISMATCHES_MAX], none = {.field = "segment", .expected = "none"};
	char text[SEGMENT_TEXT_BYTES];
	size_t (*differences)(struct engine *, const struct kept *, struct mismatch *) =
	    engine_ops(engine_current(e))->differences;
	size_t count;

	evidence_text(e, &k->segment, false, text);
	snprintf(none.got, sizeof none.got, "%s", text);
	evidence_note(e, k->trace, false, note_of(NOTE_UNEXPECTED, -1));
	if (engine_current(e)->kind == STEP_SILENCE) {
		fail_silence(e, k, text, &none);
		return;
	}
	count = differences ? differences(e, k, why) : 0;
	if (count)
		explain(e, k, text, why, count);
	else
		engine_fail(e, k->trace, &none, "%s came and no step accounts for it", text);
}
