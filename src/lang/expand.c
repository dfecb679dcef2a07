/* Blocks and repeats become the steps that they stand for. */
#include <string.h>

#include "lang/check.h"

/* Counts what is expanded, steps or not, so that it ends. */
static bool work(struct check *c, const struct span *at)
{
	if (c->stopped || messages_full(c->messages) || c->reported > REPORTED_MAX) {
		c->stopped = true;
		return false;
	}
	if (++c->work <= WORK_MAX && c->step_count < STEPS_MAX)
		return true;
	check_error(c, at, "more than %d steps, blocks and repeats put in", STEPS_MAX);
	c->stopped = true;
	return false;
}

static bool deeper(struct check *c, const struct span *at)
{
	if (c->depth < EXPAND_DEPTH_MAX)
		return true;
	check_error(c, at, "blocks and repeats more than %d deep", EXPAND_DEPTH_MAX);
	c->stopped = true;
	return false;
}

static const struct tree_statement *find_block(struct check *c, const struct tree_statement *s)
{
	const struct tree_statement *block = symbols_get(c->blocks, s->name);
	struct suggest suggest = suggest_start(s->name);

	for (const struct frame *f = c->frame; f && block; f = f->caller)
		if (f->block == block) {
			check_error(c, &s->span, "the block '%s' plays itself: that would never end",
			            s->name);
			return NULL;
		}
	if (block)
		return block;
	symbols_offer(c->blocks, &suggest);
	check_missing(c, &s->name_span, "unknown block '%s'%s", s->name, suggest_text(&suggest));
	return NULL;
}

static bool arguments(struct check *c, const struct tree_statement *s, const struct tree_statement *block,
                      struct value **values)
{
	size_t wanted = 0, given = 0;

	for (const struct tree_value *p = block->values; p; p = p->next)
		wanted++;
	for (const struct tree_value *v = s->values; v; v = v->next)
		given++;
	if (wanted != given) {
		check_error(c, &s->span, "the block '%s' takes %zu argument%s, not %zu", s->name, wanted,
		            wanted == 1 ? "" : "s", given);
		return messages_note(c->messages, &block->name_span, "it is defined here");
	}
	*values = arena_alloc(c->arena, (given + 1) * sizeof **values);
	given = 0;
	for (const struct tree_value *v = s->values; v; v = v->next)
		if (!value_resolve(c, v, &(*values)[given++]))
			return false;
	return true;
}

static void play(struct check *c, const struct tree_statement *s)
{
	const struct tree_statement *block = find_block(c, s);
	struct frame frame = {.block = block, .call = s->span, .caller = c->frame};
	struct value *values = NULL;

	if (!block || !deeper(c, &s->span) || !arguments(c, s, block, &values))
		return;
	frame.values = values;
	c->frame = &frame;
	c->depth++;
	expand_statements(c, block->body);
	c->depth--;
	c->frame = frame.caller;
}

static void repeat(struct check *c, const struct tree_statement *s)
{
	uint32_t count;

	if (!value_number(c, s->values, "how often", &count) || !deeper(c, &s->span))
		return;
	if (count == 0) {
		check_error(c, &s->values->span, "repeat 0: its steps would never be played");
		return;
	}
	c->depth++;
	for (uint32_t i = 0; i < count && work(c, &s->span); i++)
		expand_statements(c, s->body);
	c->depth--;
}

void expand_statements(struct check *c, const struct tree_statement *list)
{
	for (const struct tree_statement *s = list; s; s = s->next) {
		if (tree_is_header(s->kind)) {
			if (c->depth > 0)
				check_error(c, &s->span, "'%s' inside of a block: it belongs to the header",
				            tree_kind_word(s->kind));
			continue;
		}
		if (!work(c, &s->span))
			return;
		if (s->kind == TREE_PLAY)
			play(c, s);
		else if (s->kind == TREE_REPEAT)
			repeat(c, s);
		else if (!step_check(c, s, ARENA_ADD(c->arena, c->steps, c->step_count, c->step_room)))
			c->step_count--;
	}
}
