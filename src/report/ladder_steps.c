/* A scenario's steps, beside the ladder or between its lines. */
#include "report/ladder_impl.h"

#include <stdlib.h>
#include <string.h>

void ladder_upright(struct ladder *l, int at)
{
	pen_to(&l->pen, at);
	pen_paint(&l->pen, PAINT_DIM);
	pen_text(&l->pen, l->glyphs->upright);
	pen_paint(&l->pen, PAINT_NONE);
}

/* As much of the caption as a line of the wide layout takes; "12: " before the first. */
void ladder_beside(struct ladder *l, struct caption *c, bool first)
{
	int at = l->steps_at + 5;
	size_t fits;
	char *part;

	if (!c->text || !*c->text)
		return;
	pen_to(&l->pen, l->steps_at);
	pen_paint(&l->pen, c->wrong ? PAINT_BAD : PAINT_DIM);
	if (first)
		pen_printf(&l->pen, "%3d: ", c->line);
	pen_to(&l->pen, at);
	fits = pen_fit(c->text, l->style.width - at, l->style.unicode);
	part = strndup(c->text, fits);
	if (part)
		pen_text(&l->pen, part);
	free(part);
	pen_paint(&l->pen, PAINT_NONE);
	c->text += fits;
	c->text += strspn(c->text, " ");
}

/* The lines that a caption needs below the first. */
void ladder_rest(struct ladder *l, struct caption *c)
{
	while (c->text && *c->text) {
		ladder_upright(l, LEFT_AT);
		ladder_upright(l, l->right_at);
		ladder_beside(l, c, false);
		pen_line(&l->pen);
	}
}

void ladder_mark(struct ladder *l)
{
	pen_paint(&l->pen, PAINT_BAD);
	pen_text(&l->pen, l->glyphs->wrong);
	pen_paint(&l->pen, PAINT_NONE);
}

void ladder_above(struct ladder *l, const struct caption *c)
{
	char line[24];

	if (c->wrong)
		ladder_mark(l);
	snprintf(line, sizeof line, "%d:", c->line);
	pen_to(&l->pen, TIME_END - (int)strlen(line));
	pen_paint(&l->pen, c->wrong ? PAINT_BAD : PAINT_DIM);
	pen_text(&l->pen, line);
	pen_to(&l->pen, TIME_END + 1);
	pen_wrap(&l->pen, TIME_END + 3, c->text);
	pen_line(&l->pen);
}

struct caption ladder_caption(const struct ladder *l, size_t step)
{
	const struct step *s = &l->r->scenario->steps[step];
	const struct verdict *v = l->r->verdict;

	return (struct caption){
	    .text = s->text,
	    .line = s->where.line,
	    .wrong = v->kind == VERDICT_FAIL && v->step == (int)step,
	};
}

struct caption ladder_next_caption(struct ladder *l, int step)
{
	struct caption c = {0};

	if (step < 0 || (size_t)step < l->next_step || (size_t)step >= l->r->scenario->step_count)
		return c;
	ladder_steps_until(l, (size_t)step);
	c = ladder_caption(l, (size_t)step);
	l->next_step = (size_t)step + 1;
	if (!l->steps_at) {
		ladder_above(l, &c);
		c.text = NULL;
	}
	return c;
}

/* A step that no segment stands beside. */
static void put_bare_step(struct ladder *l, size_t step)
{
	struct caption c = ladder_caption(l, step);

	if (!l->steps_at) {
		ladder_above(l, &c);
		return;
	}
	if (c.wrong)
		ladder_mark(l);
	ladder_upright(l, LEFT_AT);
	ladder_upright(l, l->right_at);
	ladder_beside(l, &c, true);
	pen_line(&l->pen);
	ladder_rest(l, &c);
}

void ladder_steps_until(struct ladder *l, size_t end)
{
	for (; l->next_step < end && l->next_step < l->r->scenario->step_count; l->next_step++)
		put_bare_step(l, l->next_step);
}
