/* Why a segment is not the one that a step waits for. Judges nothing. */
#include "engine_impl.h"

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
		size_t far = n && each[0].field == DIFFERS_FLAGS ? n + MISMATCHES_MAX : n;

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
	return !engine_matches(e, &s->patterns[0], &k->segment, out);
}

void engine_fail_unexpected(struct engine *e, const struct kept *k)
{
	const struct step *s = engine_current(e);
	const struct step_ops *ops = engine_ops(s);
	struct reason why = {.code = ops->stranger ? ops->stranger : CODE_UNEXPECTED_SEGMENT};

	evidence_note(e, k->trace, false, note_of(NOTE_UNEXPECTED, -1));
	if (ops->differences)
		why.field_count = ops->differences(e, k, why.fields);
	if (why.field_count) {
		why.code = CODE_WRONG_SEGMENT;
		why.n[0] = (int64_t)s->pattern_count;
	} else if (ops->stranger) {
		why.n[0] = k->segment.time_ns - e->ref_ns;
		why.n[1] = s->duration_ns;
	}
	engine_fail_stranger(e, k, why);
}

void engine_fail_stranger(struct engine *e, const struct kept *k, struct reason why)
{
	char text[SEGMENT_TEXT_BYTES];

	evidence_text(e, &k->segment, text);
	if (!why.field_count)
		why.fields[why.field_count++] =
		    (struct mismatch){.field = DIFFERS_SEGMENT, .got = datum_notation(text)};
	engine_fail(e, k, why);
}
