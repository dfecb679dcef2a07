/* The order of the check: what is declared, the header, the steps, and what
 * the scenario lacks. Knows no file and no grammar. */
#include "lang/check.h"

#include <stdarg.h>

enum { NOTES_MAX = 3 };

static bool note_calls(struct check *c)
{
	unsigned notes = 0;

	for (const struct frame *f = c->frame; f && notes < NOTES_MAX; f = f->caller, notes++)
		messages_note(c->messages, &f->call, "in the block '%s', played here", f->block->name);
	return false;
}

bool check_error(struct check *c, const struct span *at, const char *fmt, ...)
{
	va_list args;

	c->reported++;
	va_start(args, fmt);
	messages_add(c->messages, SEVERITY_ERROR, at, fmt, args);
	va_end(args);
	return note_calls(c);
}

bool check_missing(struct check *c, const struct span *at, const char *fmt, ...)
{
	va_list args;

	c->reported++;
	if (c->broken) {
		messages_untaken(c->messages);
		return false;
	}
	va_start(args, fmt);
	messages_add(c->messages, SEVERITY_ERROR, at, fmt, args);
	va_end(args);
	return note_calls(c);
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

bool check_run(struct check *c, const struct tree_file *const *files, size_t count)
{
	struct span whole = {.source = files[0]->source};

	c->params = symbols_new(c->arena);
	c->blocks = symbols_new(c->arena);
	c->bindings = symbols_new(c->arena);
	c->opened = c->options && c->options->no_open;
	for (size_t i = 1; i < count; i++)
		check_order(c, files[i], true);
	check_order(c, files[0], false);
	check_declare(c, files, count);
	value_overrides(c, files[0]);
	check_header(c, files, count);
	expand_statements(c, files[0]->statements);
	if (!c->opened && !c->too_early)
		check_missing(c, &whole, "no 'open': a scenario opens its connection with its first step");
	c->out->names = c->names;
	c->out->steps = c->steps;
	c->out->step_count = c->step_count;
	if (c->out->takes_ns < 0)
		c->out->takes_ns = c->takes_ns;
	symbols_free(c->params);
	symbols_free(c->blocks);
	symbols_free(c->bindings);
	return messages_errors(c->messages) == 0;
}
