/* Params, block parameters and literals: what a value is, and whether it is
 * of the type that its place wants. And the names that "as" gives to segments. */
#include <stdlib.h>
#include <string.h>

#include "lang/check.h"
#include "lang/profile.h"

#define uthash_fatal(text) abort()
#include <uthash.h>

/* --- things by name --- */

struct symbol {
	const char *name;
	void *item;
	UT_hash_handle hh;
};

void *symbols_get(const struct symbol *table, const char *name)
{
	struct symbol *s;

	HASH_FIND_STR(table, name, s);
	return s ? s->item : NULL;
}

void symbols_put(struct check *c, struct symbol **table, const char *name, void *item)
{
	struct symbol *s = arena_alloc(c->arena, sizeof *s);

	*s = (struct symbol){.name = name, .item = item};
	HASH_ADD_KEYPTR(hh, *table, s->name, strlen(s->name), s);
}

void symbols_offer(const struct symbol *table, struct suggest *suggest)
{
	for (; table; table = table->hh.next)
		suggest_offer(suggest, table->name);
}

void symbols_free(struct check *c)
{
	HASH_CLEAR(hh, c->params);
	HASH_CLEAR(hh, c->blocks);
	HASH_CLEAR(hh, c->bindings);
}

/* --- values --- */

const struct value *value_parameter(const struct check *c, const char *name)
{
	size_t i = 0;

	if (!c->frame)
		return NULL;
	for (const struct tree_value *p = c->frame->block->values; p; p = p->next, i++)
		if (strcmp(p->name, name) == 0)
			return &c->frame->values[i];
	return NULL;
}

bool value_unknown(struct check *c, const struct span *at, const char *name, const char *what)
{
	struct suggest s = suggest_start(name);

	symbols_offer(c->params, &s);
	symbols_offer(c->bindings, &s);
	if (c->frame)
		for (const struct tree_value *p = c->frame->block->values; p; p = p->next)
			suggest_offer(&s, p->name);
	for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++)
		if (profile_rules[i].kind != PROFILE_WORD)
			suggest_offer(&s, profile_rules[i].name);
	return check_missing(c, at, "unknown name '%s': it is no %s%s", name, what, suggest_text(&s));
}

/* The scenario names it: once for each. */
static void use(struct check *c, enum profile_id id, const struct profile_value *v)
{
	const char *name = profile_rules[id].name;
	char text[PROFILE_TEXT_BYTES];

	for (size_t i = 0; i < c->out->value_count; i++)
		if (strcmp(c->values[i].name, name) == 0)
			return;
	profile_value_text(id, v, text);
	*ARENA_ADD(c->arena, c->values, c->out->value_count, c->value_room) =
	    (struct used_value){name, arena_copy(c->arena, text, strlen(text)),
	                        v->from ? arena_copy(c->arena, v->from, strlen(v->from)) : NULL};
	c->out->values = c->values;
}

bool value_of_profile(struct check *c, const char *name, struct value *out)
{
	const char *dot = strchr(name, '.'), *end = dot ? dot + 1 : "";
	struct profile_value v;
	enum profile_kind kind;
	enum profile_id id;

	if (!profile_id_parse(dot ? arena_copy(c->arena, name, (size_t)(dot - name)) : name, &id))
		return false;
	kind = profile_rules[id].kind;
	if (kind == PROFILE_WORD ||
	    (dot && (kind != PROFILE_RANGE || (strcmp(end, "low") != 0 && strcmp(end, "high") != 0))))
		return false;
	v = profile_value(c->options ? c->options->profile : NULL, id);
	use(c, id, &v);
	out->kind = kind == PROFILE_RANGE && !dot ? IS_RANGE : IS_LITERAL;
	out->high_ns = v.high;
	if (kind == PROFILE_COUNT)
		out->literal = (struct literal){.kind = LITERAL_NUMBER, .number = (uint32_t)v.low};
	else if (kind == PROFILE_PERCENT)
		out->literal = (struct literal){.kind = LITERAL_PERCENT, .real = (double)v.low / 1e6};
	else
		out->literal = (struct literal){.kind = LITERAL_DURATION, .ns = *end == 'h' ? v.high : v.low};
	return true;
}

/* The profile's value of a choice; *word is what stands behind its '=', of these that it may be, or NULL. */
static bool find_choice(struct check *c, const struct tree_attr *a, enum profile_id *id, const char **word,
                        struct profile_value *out)
{
	const char *name = a->a->name;
	struct suggest s = suggest_start(name);
	struct profile_value said;
	struct diag d;

	if (!profile_id_parse(name, id)) {
		for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++)
			suggest_offer(&s, profile_rules[i].name);
		return check_error(c, &a->a->span, "unknown choice '%s': it is no value of a profile's%s",
		                   name, suggest_text(&s));
	}
	if (a->b && profile_rules[*id].kind != PROFILE_WORD)
		return check_error(c, &a->b->span, "'%s' is %s: only a word can stand behind a '='", name,
		                   profile_kind_text(profile_rules[*id].kind));
	if (a->b && !profile_value_parse(c->arena, *id, a->b->name, &said, &d))
		return check_error(c, &a->b->span, "%s: %s", name, d.text);
	*word = a->b ? said.word : NULL;
	*out = profile_value(c->options ? c->options->profile : NULL, *id);
	use(c, *id, out);
	return true;
}

bool value_choice(struct check *c, const struct tree_attr *a, struct basis *out)
{
	bool known = c->options && c->options->profile;
	struct profile_value v;
	enum profile_id id;
	const char *word;

	if (!find_choice(c, a, &id, &word, &v))
		return false;
	out->choice = profile_rules[id].name;
	out->level = !known || (v.given && (!word || strcmp(word, v.word) == 0)) ? LEVEL_CHOICE : LEVEL_MAY;
	return true;
}

bool value_word(struct check *c, const struct tree_attr *a, struct pattern *out)
{
	struct profile_value v;
	enum profile_id id;

	if (!find_choice(c, a, &id, &out->word, &v))
		return false;
	out->choice = profile_rules[id].name;
	if (v.given && strcmp(out->word, v.word) != 0)
		out->otherwise = arena_copy(c->arena, v.word, strlen(v.word));
	return true;
}

bool value_resolve(struct check *c, const struct tree_value *v, struct value *out)
{
	const struct value *argument = v->kind == VALUE_NAME ? value_parameter(c, v->name) : NULL;
	const struct param *param = v->kind == VALUE_NAME ? symbols_get(c->params, v->name) : NULL;

	*out = (struct value){.kind = IS_LITERAL, .span = v->span, .literal = v->literal};
	if (v->kind == VALUE_EXPR && v->expr->kind == TREE_DOTTED && value_of_profile(c, v->expr->name, out))
		return true;
	if (v->kind == VALUE_EXPR) {
		out->kind = IS_TERM;
		return expr_check(c, v->expr, &out->term);
	}
	if (argument) {
		*out = *argument;
	} else if (param) {
		out->literal = param->literal;
	} else if (v->kind == VALUE_NAME &&
	           (symbols_get(c->bindings, v->name) || !value_of_profile(c, v->name, out))) {
		out->kind = IS_SEGMENT;
		out->name = v->name;
	}
	return true;
}

static const char *type_of(const struct value *v)
{
	switch (v->kind) {
	case IS_LITERAL: return literal_kind_text(v->literal.kind);
	case IS_TERM: return "an expression";
	case IS_RANGE: return "a range";
	case IS_SEGMENT: break;
	}
	return "a segment";
}

/* The literal of a kind, or NULL after an error. */
static const struct literal *literal_of(struct check *c, const struct tree_value *v, enum literal_kind kind,
                                        const char *what, struct value *out)
{
	if (!value_resolve(c, v, out))
		return NULL;
	if (out->kind == IS_TERM && out->term.expr->op == EXPR_CONST && !out->term.absolute) {
		out->literal = (struct literal){.kind = LITERAL_NUMBER, .number = out->term.expr->value};
		out->kind = kind == LITERAL_NUMBER ? IS_LITERAL : IS_TERM;
	}
	if (out->kind == IS_LITERAL && out->literal.kind == kind)
		return &out->literal;
	if (out->kind == IS_SEGMENT && !symbols_get(c->bindings, out->name))
		value_unknown(c, &out->span, out->name, "param");
	else if (kind == LITERAL_DURATION && out->kind == IS_RANGE)
		check_error(c, &v->span, "this is a range: its ends are '%s.low' and '%s.high'", v->name,
		            v->name);
	else if (kind == LITERAL_DURATION && out->kind == IS_LITERAL && out->literal.kind == LITERAL_NUMBER)
		check_error(c, &v->span, "a duration needs its unit: us, ms, s or min");
	else
		check_error(c, &v->span, "%s must be %s, not %s", what, literal_kind_text(kind),
		            type_of(out));
	return NULL;
}

bool value_number(struct check *c, const struct tree_value *v, const char *what, uint32_t *out)
{
	struct value value;
	const struct literal *l = literal_of(c, v, LITERAL_NUMBER, what, &value);

	if (l)
		*out = l->number;
	return l;
}

bool value_duration(struct check *c, const struct tree_value *v, int64_t *out)
{
	struct value value;
	const struct literal *l = literal_of(c, v, LITERAL_DURATION, "this", &value);

	if (l)
		*out = l->ns;
	return l;
}

bool value_range(struct check *c, const struct tree_value *v, int64_t *low, int64_t *high)
{
	struct value value;

	if (!value_resolve(c, v, &value))
		return false;
	*low = value.literal.ns;
	*high = value.high_ns;
	if (value.kind == IS_RANGE)
		return true;
	if (value.kind == IS_SEGMENT && !symbols_get(c->bindings, value.name))
		return value_unknown(c, &value.span, value.name, "param, nor a range of a profile's");
	return check_error(c, &v->span, "a range is two times, D..D, or a profile's: not %s",
	                   type_of(&value));
}

bool value_fraction(struct check *c, const struct tree_value *v, double *out)
{
	struct value value;
	const struct literal *l = literal_of(c, v, LITERAL_PERCENT, "a tolerance", &value);

	if (l)
		*out = l->real;
	return l;
}

bool value_decimal(struct check *c, const struct tree_value *v, const char *what, double *out)
{
	struct value value;
	uint32_t whole;

	if (!value_resolve(c, v, &value))
		return false;
	*out = value.literal.real;
	if (value.kind == IS_LITERAL && value.literal.kind == LITERAL_DECIMAL)
		return true;
	if (!value_number(c, v, what, &whole))
		return false;
	*out = whole;
	return true;
}

bool value_string(struct check *c, const struct tree_value *v, const struct literal **out)
{
	*out = literal_of(c, v, LITERAL_STRING, "this", arena_alloc(c->arena, sizeof(struct value)));
	return *out;
}

/* --- -D --- */

/* The define's text as a value of the param's type. */
static bool parse_define(struct arena *a, const char *text, struct literal *to, struct diag *d)
{
	enum literal_kind kind = to->kind;

	if (kind == LITERAL_STRING) {
		*to =
		    (struct literal){.kind = kind, .text = arena_printf(a, "%s", text), .len = strlen(text)};
		return true;
	}
	if (!literal_parse(text, strlen(text), to, d))
		return false;
	if (kind == LITERAL_DECIMAL && to->kind == LITERAL_NUMBER)
		*to = (struct literal){.kind = kind, .real = to->number};
	return to->kind == kind || diag_set(d, "must be %s as in the scenario, not %s",
	                                    literal_kind_text(kind), literal_kind_text(to->kind));
}

static void used(struct check *c, size_t define)
{
	if (c->options->define_used)
		c->options->define_used[define] = true;
}

/* A profile's value is there already: only whether it could be one is looked at. */
void value_overrides(struct check *c, const struct tree_file *file)
{
	for (size_t i = 0; c->options && i < c->options->define_count; i++) {
		const char *define = c->options->defines[i], *equals = strchr(define, '=');
		const char *name = arena_copy(c->arena, define, (size_t)(equals - define));
		struct param *param = symbols_get(c->params, name);
		struct suggest s = suggest_start(name);
		struct profile_value v;
		enum profile_id id;
		struct diag d;

		if (!param && profile_define(c->arena, define, &id, &v, &d)) {
			used(c, i);
			continue;
		}
		if (!param && *d.text) {
			used(c, i);
			messages_file_error(c->messages, file->source->name, "-D %s: %s", define, d.text);
			continue;
		}
		if (param)
			used(c, i);
		if (!param && !c->broken && !c->options->define_used) {
			symbols_offer(c->params, &s);
			for (unsigned k = 0; k < PROFILE_VALUE_COUNT; k++)
				suggest_offer(&s, profile_rules[k].name);
			messages_file_error(c->messages, file->source->name,
			                    "-D %s: the scenario has no such param%s", define,
			                    suggest_text(&s));
		}
		if (param && !parse_define(c->arena, equals + 1, &param->literal, &d))
			messages_file_error(c->messages, file->source->name, "-D %s: %s", define, d.text);
	}
}

/* --- names of segments --- */

/* The name that a name stands for: itself, or a block's argument. */
static const char *meant(struct check *c, const struct span *at, const char *name)
{
	const struct value *argument = value_parameter(c, name);

	if (argument && argument->kind == IS_SEGMENT)
		return argument->name;
	if (!argument && !symbols_get(c->params, name))
		return name;
	check_error(c, at, "'%s' is a %s, not a segment", name,
	            argument ? "value given to the block" : "param");
	return NULL;
}

const struct binding *binding_find(struct check *c, const struct span *at, const char *name)
{
	const struct binding *b;

	name = meant(c, at, name);
	b = name ? symbols_get(c->bindings, name) : NULL;
	if (b && b->certain)
		return b;
	if (b) {
		check_error(c, at, "'%s' is named in only some of the alternatives", name);
		messages_note(c->messages, &b->span, "it is named here");
	} else if (name) {
		value_unknown(c, at, name, "segment named before with 'as'");
	}
	return NULL;
}

int binding_make(struct check *c, const struct span *at, const char *name, bool ours, bool lost, bool certain)
{
	struct binding *b;

	name = meant(c, at, name);
	if (!name)
		return -1;
	b = symbols_get(c->bindings, name);
	if (!b) {
		b = arena_alloc(c->arena, sizeof *b);
		*b = (struct binding){name, (int)c->out->name_count, *at, c->statement, ours, lost, certain};
		*ARENA_ADD(c->arena, c->names, c->out->name_count, c->name_room) = name;
		symbols_put(c, &c->bindings, name, b);
	}
	if (b->by != c->statement) {
		check_error(c, at, "'%s' is the name of another segment already", name);
		messages_note(c->messages, &b->span, "it is named here");
		return -1;
	}
	b->lost = lost;
	b->certain = certain;
	return b->slot;
}
