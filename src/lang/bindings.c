/* The names that "as" gives to segments. */
#include <string.h>

#include "lang/check.h"

/* The name that a name stands for: itself, or a block's argument. */
static const char *meant(struct check *c, const struct span *at, const char *name)
{
	const struct value *argument = value_parameter(c, name);

	if (argument && argument->kind == IS_SEGMENT)
		return argument->name;
	if (argument || symbols_get(c->params, name)) {
		check_error(c, at, "'%s' is a %s, not a segment", name,
		            argument ? "value given to the block" : "param");
		return NULL;
	}
	return name;
}

const struct binding *binding_find(struct check *c, const struct span *at, const char *name)
{
	const struct binding *b;

	name = meant(c, at, name);
	if (!name)
		return NULL;
	b = symbols_get(c->bindings, name);
	if (!b) {
		value_unknown(c, at, name, "segment named before with 'as'");
		return NULL;
	}
	if (!b->certain) {
		check_error(c, at, "'%s' is named in only some of the alternatives", name);
		messages_note(c->messages, &b->span, "it is named here");
		return NULL;
	}
	return b;
}

static int add_name(struct check *c, const char *name)
{
	size_t slot = c->out->name_count++;

	if (slot == c->name_room) {
		const char **old = c->names;

		c->name_room = slot > 0 ? 2 * slot : 16;
		c->names = arena_alloc(c->arena, c->name_room * sizeof *c->names);
		if (slot > 0)
			memcpy(c->names, old, slot * sizeof *old);
	}
	c->names[slot] = name;
	return (int)slot;
}

static int make_new(struct check *c, const struct binding *like)
{
	struct binding *b = arena_alloc(c->arena, sizeof *b);

	*b = *like;
	b->slot = add_name(c, b->name);
	symbols_put(c->bindings, b->name, b);
	return b->slot;
}

int binding_make(struct check *c, const struct span *at, const char *name, bool ours, bool lost, bool certain)
{
	struct binding like = {
	    .span = *at, .by = c->statement, .ours = ours, .lost = lost, .certain = certain};
	struct binding *old;

	like.name = meant(c, at, name);
	if (!like.name)
		return -1;
	old = symbols_get(c->bindings, like.name);
	if (!old)
		return make_new(c, &like);
	if (old->by != c->statement) {
		check_error(c, at, "'%s' is the name of another segment already", like.name);
		messages_note(c->messages, &old->span, "it is named here");
		return -1;
	}
	old->lost = lost;
	old->certain = certain;
	return old->slot;
}
