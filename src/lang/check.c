/* The order of the check: what is declared, the header, the steps with blocks and repeats put in, and what
 * the scenario lacks. Knows no file and no grammar. */
#include "lang/check.h"

#include <stdarg.h>

enum { NOTES_MAX = 3 };

bool check_report(struct check *c, bool missing, const struct span *at, const char *fmt, ...)
{
	unsigned notes = 0;
	va_list args;

	c->reported++;
	if (missing && c->broken) {
		messages_untaken(c->messages);
		return false;
	}
	va_start(args, fmt);
	messages_list(c->messages, SEVERITY_ERROR, at, fmt, args);
	va_end(args);
	for (const struct frame *f = c->frame; f && notes < NOTES_MAX; f = f->caller, notes++)
		messages_note(c->messages, &f->call, "in the block '%s', played here", f->block->name);
	return false;
}

/* Steps stand in the scenario's own file, behind the header. */
static void check_order(struct check *c, const struct tree_file *file, bool included)
{
	for (const struct tree_statement *s = file->statements; s; s = s->next) {
		if (!tree_is_header(s->kind)) {
			if (included)
				check_error(c, &s->span,
				            "step in an included file: steps stand there in blocks");
			else if (!c->first_step)
				c->first_step = s;
			continue;
		}
		if (included && !(header_rules[s->kind].flags & HEADER_INCLUDED))
			check_error(
			    c, &s->span,
			    "'%s' in an included file: it may hold blocks, params, sysctls and includes",
			    tree_kind_word(s->kind));
		if (c->first_step) {
			check_missing(c, &s->span,
			              "'%s' after the first step: the header comes before the steps",
			              tree_kind_word(s->kind));
			messages_note(c->messages, &c->first_step->span, "the first step is here");
		}
	}
}

/* --- blocks and repeats become the steps that they stand for --- */

static void expand(struct check *c, const struct tree_statement *list);

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
	expand(c, block->body);
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
		expand(c, s->body);
	c->depth--;
}

static void expand(struct check *c, const struct tree_statement *list)
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

/* --- all of it --- */

bool check_run(struct check *c, const struct tree_file *const *files, size_t count)
{
	struct span whole = {.source = files[0]->source};

	c->opened = c->options && c->options->no_open;
	for (size_t i = 1; i < count; i++)
		check_order(c, files[i], true);
	check_order(c, files[0], false);
	check_declare(c, files, count);
	value_overrides(c, files[0]);
	check_header(c, files, count);
	expand(c, files[0]->statements);
	if (!c->opened && !c->too_early)
		check_missing(c, &whole, "no 'open': a scenario opens its connection with its first step");
	c->out->names = c->names;
	c->out->steps = c->steps;
	c->out->step_count = c->step_count;
	if (c->out->takes_ns < 0)
		c->out->takes_ns = c->takes_ns;
	symbols_free(c);
	return messages_errors(c->messages) == 0;
}
