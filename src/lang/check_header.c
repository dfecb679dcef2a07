/* The header: what is declared (params, blocks), and what the scenario says of itself. */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "lang/check.h"

/* --- declarations --- */

static void declare_param(struct check *c, const struct tree_statement *s)
{
	const struct param *old = symbols_get(c->params, s->name);
	struct param *p;

	if (old) {
		check_error(c, &s->name_span, "param '%s' is declared twice", s->name);
		messages_note(c->messages, &old->span, "it is declared here first");
		return;
	}
	p = arena_alloc(c->arena, sizeof *p);
	*p = (struct param){s->span, s->values->literal};
	if (s->values->kind != VALUE_LITERAL)
		check_error(c, &s->values->span,
		            "a param's value is a number, duration, percentage or string");
	symbols_put(c, &c->params, s->name, p);
}

static void declare_block(struct check *c, const struct tree_statement *s)
{
	const struct tree_statement *old = symbols_get(c->blocks, s->name);
	unsigned count = 0;

	if (old) {
		check_error(c, &s->name_span, "block '%s' is defined twice", s->name);
		messages_note(c->messages, &old->name_span, "it is defined here first");
		return;
	}
	for (const struct tree_value *p = s->values; p; p = p->next)
		if (++count > PARAMETERS_MAX) {
			check_error(c, &p->span, "block of more than %d parameters", PARAMETERS_MAX);
			return;
		}
	for (const struct tree_value *p = s->values; p; p = p->next)
		for (const struct tree_value *q = p->next; q; q = q->next)
			if (strcmp(p->name, q->name) == 0)
				check_error(c, &q->span, "parameter '%s' is named twice", q->name);
	symbols_put(c, &c->blocks, s->name, (void *)s);
}

void check_declare(struct check *c, const struct tree_file *const *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (const struct tree_statement *s = files[i]->statements; s; s = s->next) {
			if (s->kind == TREE_PARAM)
				declare_param(c, s);
			else if (s->kind == TREE_BLOCK)
				declare_block(c, s);
		}
}

/* --- what the scenario says --- */

/* Text that goes into reports: a line of its own. */
static bool check_text(struct check *c, const struct tree_statement *s, void *out)
{
	const struct literal *l;

	if (!value_string(c, s->values, &l))
		return false;
	for (size_t i = 0; i < l->len; i++)
		if (iscntrl((unsigned char)l->text[i]))
			return check_error(c, &s->values->span,
			                   "this text is one line: it may hold no control characters");
	if (l->len == 0)
		return check_error(c, &s->values->span, "this text is empty");
	*(const char **)out = l->text;
	return true;
}

static bool check_row(struct check *c, const struct tree_statement *s, void *out)
{
	uint32_t row;

	if (!value_number(c, s->values, "a row", &row))
		return false;
	if (row < 1 || row > 5)
		return check_error(c, &s->values->span,
		                   "there is no row %u: the exception table has rows 1 to 5", row);
	*(int *)out = (int)row;
	return true;
}

/* One word, or "listen" and another. */
static bool check_role(struct check *c, const struct tree_statement *s, void *out)
{
	enum role *settled = out;

	for (const struct tree_value *v = s->values; v; v = v->next) {
		struct suggest suggest = suggest_start(v->kind == VALUE_NAME ? v->name : "");
		enum role role = ROLE_NONE;

		if (v->kind != VALUE_NAME || !role_parse(v->name, &role)) {
			for (role = ROLE_ACTIVE; role <= ROLE_LISTEN; role++)
				suggest_offer(&suggest, role_name(role));
			return check_error(c, &v->span, "a role is active, passive, simultaneous or listen%s",
			                   suggest_text(&suggest));
		}
		if (role == ROLE_LISTEN ? c->out->listen : *settled != ROLE_NONE) {
			while (v->next)
				v = v->next;
			return check_error(c, &v->span, "a role is one word, or 'listen' and another");
		}
		if (role == ROLE_LISTEN)
			c->out->listen = true;
		else
			*settled = role;
	}
	if (*settled == ROLE_NONE)
		*settled = ROLE_LISTEN;
	return true;
}

struct clause clause_of(const struct tree_value *v, const char *level)
{
	struct clause c = {v->literal.number, v->name, LEVEL_COUNT};

	if (level)
		level_parse(level, &c.level);
	return c;
}

/* What a step rests on that does not say: as strict as the strictest clause. */
static enum level strictest(const struct scenario *s)
{
	enum level level = s->clause_count ? LEVEL_MAY : LEVEL_MUST;

	for (size_t i = 0; i < s->clause_count; i++)
		if (s->clauses[i].level == LEVEL_COUNT)
			level = LEVEL_MUST;
		else if (s->clauses[i].level < level)
			level = s->clauses[i].level;
	return level;
}

static bool check_rfc(struct check *c, const struct tree_statement *s, void *out)
{
	(void)out;
	for (const struct tree_value *v = s->values; v; v = v->next) {
		if (v->literal.number == 0 || v->literal.number > RFC_MAX)
			check_error(c, &v->span, "there is no RFC %u", v->literal.number);
		*ARENA_ADD(c->arena, c->clauses, c->out->clause_count, c->clause_room) =
		    clause_of(v, v->word);
	}
	return true;
}

/* "tcp_fin_timeout" and "net.ipv4.tcp_fin_timeout" are the same; what lies
 * deeper is kept in full behind "net.". */
static bool check_sysctl_name(struct check *c, const struct tree_statement *s, const char **out)
{
	const char *name = s->name;
	size_t len = strlen(name);

	if (strstr(name, "..") || name[0] == '.' || name[len - 1] == '.' || name[0] == '-')
		return check_error(c, &s->name_span, "'%s' is no name of a sysctl", name);
	if (strchr(name, '.')) {
		if (strncmp(name, "net.", 4) != 0 || !strchr(name + 4, '.'))
			return check_error(c, &s->name_span,
			                   "a sysctl is a name below net.ipv4, or one in full: net.ipv6.x.y");
		name += 4;
		if (strncmp(name, "ipv4.", 5) == 0 && !strchr(name + 5, '.'))
			name += 5;
	}
	*out = name;
	for (size_t i = 0; i < c->out->sysctl_count; i++)
		if (strcmp(c->sysctls[i].name, name) == 0)
			return check_error(c, &s->name_span, "sysctl '%s' is set twice", s->name);
	return true;
}

static bool check_sysctl(struct check *c, const struct tree_statement *s, void *out)
{
	struct sysctl_setting new = {.where = span_where(&s->span)};
	struct value v;

	(void)out;
	if (c->out->sysctl_count == SYSCTLS_MAX)
		return check_error(c, &s->span, "more than %d sysctls", SYSCTLS_MAX);
	if (!check_sysctl_name(c, s, &new.name) || !value_resolve(c, s->values, &v))
		return false;
	if (v.kind == IS_SEGMENT)
		return value_unknown(c, &s->values->span, v.name, "param");
	if (v.kind != IS_LITERAL || (v.literal.kind != LITERAL_NUMBER && v.literal.kind != LITERAL_STRING))
		return check_error(c, &s->values->span,
		                   "a sysctl's value is a number, or a string for several");
	new.value = v.literal.text;
	if (v.literal.kind == LITERAL_NUMBER)
		new.value = arena_printf(c->arena, "%u", v.literal.number);
	for (size_t i = 0; i < v.literal.len; i++)
		if (!isprint((unsigned char)v.literal.text[i]) && v.literal.text[i] != '\t')
			return check_error(c, &s->values->span, "a sysctl's value is plain text");
	*ARENA_ADD(c->arena, c->sysctls, c->out->sysctl_count, c->sysctl_room) = new;
	return true;
}

static bool check_family(struct check *c, const struct tree_statement *s, void *out)
{
	const char *name = s->values->kind == VALUE_NAME ? s->values->name : "";

	if (strcmp(name, "ipv4") != 0 && strcmp(name, "ipv6") != 0)
		return check_error(c, &s->values->span,
		                   "a family is ipv4 or ipv6; without this line it is both");
	*(unsigned *)out = strcmp(name, "ipv4") == 0 ? FAMILY_IPV4 : FAMILY_IPV6;
	return true;
}

static bool check_takes(struct check *c, const struct tree_statement *s, void *out)
{
	return value_duration(c, s->values, out);
}

static bool check_stack(struct check *c, const struct tree_statement *s, void *out)
{
	const char **stacks = NULL;
	size_t room = 0;

	(void)out;
	c->out->stack_count = 0;
	for (const struct tree_value *v = s->values; v; v = v->next)
		*ARENA_ADD(c->arena, stacks, c->out->stack_count, room) = v->name;
	c->out->stacks = stacks;
	return true;
}

#define MEMBER(name) offsetof(struct scenario, name)

/* What is only declared has no check here. */
const struct header_rule header_rules[TREE_OPEN] = {
    [TREE_SCENARIO] = {"scenario", "scenario \"TITLE\"", 0, check_text, MEMBER(title)},
    [TREE_ROW] = {"row", "row N", 0, check_row, MEMBER(row)},
    [TREE_ROLE] = {"role", "role active|passive|simultaneous|listen", 0, check_role, MEMBER(role)},
    [TREE_RFC] = {"rfc", "rfc N [\"SECTION\" [must|stated|should|may]] {, ...}", HEADER_OFTEN, check_rfc, 0},
    [TREE_CLAIM] = {"claim", "claim \"TEXT\"", 0, check_text, MEMBER(claim)},
    [TREE_CONTROL] = {"control", "control \"TEXT\"", 0, check_text, MEMBER(control)},
    [TREE_SYSCTL] = {"sysctl", "sysctl NAME = VALUE", HEADER_OFTEN | HEADER_INCLUDED, check_sysctl, 0},
    [TREE_PARAM] = {"param", "param NAME = VALUE", HEADER_OFTEN | HEADER_INCLUDED | HEADER_FIRST, NULL, 0},
    [TREE_FAMILY] = {"family", "family ipv4|ipv6", 0, check_family, MEMBER(families)},
    [TREE_TAKES] = {"takes", "takes DURATION", 0, check_takes, MEMBER(takes_ns)},
    [TREE_STACK] = {"stack", "stack NAME {or NAME}", 0, check_stack, 0},
    [TREE_INCLUDE] = {"include", "include \"FILE\"", HEADER_OFTEN | HEADER_INCLUDED | HEADER_FIRST, NULL, 0},
    [TREE_BLOCK] = {"block", "block NAME(PARAMETER, ...) { steps }",
                    HEADER_OFTEN | HEADER_INCLUDED | HEADER_FIRST, NULL, 0},
};

static bool check_once(struct check *c, const struct tree_file *file, const struct tree_statement *s)
{
	for (const struct tree_statement *t = file->statements; t != s; t = t->next)
		if (t->kind == s->kind) {
			check_error(c, &s->span, "'%s' is given twice", tree_kind_word(s->kind));
			return messages_note(c->messages, &t->span, "it is given here first");
		}
	return true;
}

/* The title stands before all that speaks of the scenario. */
static void check_title(struct check *c, const struct tree_file *file)
{
	const struct tree_statement *first = NULL, *s = file->statements;

	for (; s && s->kind != TREE_SCENARIO; s = s->next)
		if (!first && !(tree_is_header(s->kind) && header_rules[s->kind].flags & HEADER_FIRST))
			first = s;
	if (!s)
		check_missing(c, first ? &first->span : &(struct span){.source = file->source},
		              "no 'scenario \"TITLE\"': a scenario begins with it");
	else if (first)
		check_missing(c, &first->span, "'%s' before 'scenario': a scenario begins with its title",
		              tree_kind_word(first->kind));
}

void check_header(struct check *c, const struct tree_file *const *files, size_t count)
{
	struct scenario *out = c->out;
	bool named;

	out->takes_ns = -1;
	out->families = FAMILY_IPV4 | FAMILY_IPV6;
	check_title(c, files[0]);
	for (size_t i = 0; i < count; i++)
		for (const struct tree_statement *s = files[i]->statements; s; s = s->next) {
			const struct header_rule *rule =
			    tree_is_header(s->kind) ? &header_rules[s->kind] : NULL;

			if (rule && rule->check && (rule->flags & HEADER_OFTEN || check_once(c, files[i], s)))
				rule->check(c, s, (char *)out + rule->member);
		}
	named = out->control;
	out->clauses = c->clauses;
	out->level = strictest(out);
	out->sysctls = c->sysctls;
	if (out->role == ROLE_NONE && out->title && messages_errors(c->messages) == 0)
		check_missing(c, &(struct span){.source = files[0]->source},
		              "no 'role': say who closes first (active, passive, simultaneous, listen)");
	/* Where the scenario names no control it is the sysctls' names. */
	for (size_t i = 0; i < out->sysctl_count && !named; i++)
		out->control = i == 0 ? c->sysctls[0].name
		                      : arena_printf(c->arena, "%s, %s", out->control, c->sysctls[i].name);
}
