/* The ends' states beside the ladder's lines: what is known stands plain, what is
 * inferred in parentheses, what the peer was seen in has a mark on its line. */
#include "report/ladder_impl.h"

#include <string.h>

int ladder_state(struct ladder *l, int at, enum tcp_state state, bool inferred)
{
	char text[STATE_TEXT_BYTES];

	pen_to(&l->pen, at);
	pen_text(&l->pen, states_text(state, inferred, text));
	return (int)strlen(text);
}

void ladder_seen(struct ladder *l, bool wrong)
{
	pen_to(&l->pen, l->right_at);
	pen_paint(&l->pen, wrong ? PAINT_BAD : PAINT_BOLD);
	pen_text(&l->pen, l->glyphs->seen);
}

const struct sighting *ladder_probe(struct ladder *l, const struct trace *t)
{
	const struct verdict *v = l->r->verdict;

	if (l->next_sighting == v->sighting_count ||
	    !sighting_is_segments(&v->sightings[l->next_sighting], t))
		return NULL;
	return &v->sightings[l->next_sighting++];
}

/* What else was told, between the lines and against the peer's. */
static void put_told(struct ladder *l, const struct sighting *s)
{
	char text[SIGHTING_TEXT_BYTES];
	int columns = (int)strlen(sighting_text(s, text));

	ladder_upright(l, LEFT_AT);
	pen_to(&l->pen, l->right_at - 1 - columns);
	pen_paint(&l->pen, PAINT_DIM);
	pen_text(&l->pen, text);
}

static void put_sighting(struct ladder *l, const struct sighting *s)
{
	struct caption c = ladder_next_caption(l, s->step);

	states_told(&l->states, s->state);
	if (s->wrong)
		ladder_mark(l);
	ladder_time(l, s->time_ns);
	put_told(l, s);
	ladder_seen(l, s->wrong);
	ladder_state(l, l->right_at + 2, s->state, false);
	pen_paint(&l->pen, PAINT_NONE);
	ladder_beside(l, &c, true);
	pen_line(&l->pen);
	ladder_rest(l, &c);
}

void ladder_sightings_until(struct ladder *l, const struct trace *t)
{
	const struct verdict *v = l->r->verdict;

	while (l->next_sighting < v->sighting_count) {
		const struct sighting *s = &v->sightings[l->next_sighting];

		if (t && !sighting_precedes(s, t))
			return;
		if (sighting_is_news(&l->states, v, l->next_sighting++))
			put_sighting(l, s);
	}
}
