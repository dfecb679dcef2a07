/* The header: what is declared (params, blocks), and what the scenario says of itself. */
#include <ctype.h>
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
	p->span = s->span;
	p->literal = s->values->literal;
	if (s->values->kind != VALUE_LITERAL)
		check_error(c, &s->values->span,
		            "a param's value is a number, duration, percentage or string");
	symbols_put(c->params, s->name, p);
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
	symbols_put(c->blocks, s->name, (void *)s);
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
static bool header_text(struct check *c, const struct tree_statement *s, const char **out)
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
	*out = l->text;
	return true;
}

static void header_row(struct check *c, const struct tree_statement *s)
{
	uint32_t row;

	if (!value_number(c, s->values, "a row", &row))
		return;
	if (row < 1 || row > 5)
		check_error(c, &s->values->span, "there is no row %u: the exception table has rows 1 to 5",
		            row);
	else
		c->out->row = (int)row;
}

static void header_role(struct check *c, const struct tree_statement *s)
{
	const struct tree_value *last = s->values;
	unsigned words = 0;

	for (const struct tree_value *v = s->values; v; v = v->next, words++) {
		struct suggest suggest = suggest_start(v->kind == VALUE_NAME ? v->name : "");
		enum role role = ROLE_NONE;

		last = v;
		if (v->kind != VALUE_NAME || !role_parse(v->name, &role)) {
			for (role = ROLE_ACTIVE; role <= ROLE_LISTEN; role++)
				suggest_offer(&suggest, role_name(role));
			check_error(c, &v->span, "a role is active, passive, simultaneous or listen%s",
			            suggest_text(&suggest));
			return;
		}
		if (role == ROLE_LISTEN && !c->out->listen)
			c->out->listen = true;
		else if (role != ROLE_LISTEN && c->out->role == ROLE_NONE)
			c->out->role = role;
		else
			words = 3;
	}
	if (words > 2)
		check_error(c, &last->span, "a role is one word, or 'listen' and another");
	if (c->out->role == ROLE_NONE)
		c->out->role = ROLE_LISTEN;
}

static void header_rfc(struct check *c, const struct tree_statement *s, struct clause *list)
{
	for (const struct tree_value *v = s->values; v; v = v->next) {
		if (v->literal.number == 0 || v->literal.number > 99999)
			check_error(c, &v->span, "there is no RFC %u", v->literal.number);
		list[c->out->clause_count++] = (struct clause){v->literal.number, v->name};
	}
}

/* "tcp_fin_timeout" and "net.ipv4.tcp_fin_timeout" are the same; what lies
 * deeper is kept in full behind "net.". */
static const char *sysctl_name(struct check *c, const struct tree_statement *s)
{
	const char *name = s->name;
	size_t len = strlen(name);

	if (strstr(name, "..") || name[0] == '.' || name[len - 1] == '.' || name[0] == '-') {
		check_error(c, &s->name_span, "'%s' is no name of a sysctl", name);
		return NULL;
	}
	if (!strchr(name, '.'))
		return name;
	if (strncmp(name, "net.", 4) != 0 || !strchr(name + 4, '.')) {
		check_error(c, &s->name_span,
		            "a sysctl is a name below net.ipv4, or one in full: net.ipv6.x.y");
		return NULL;
	}
	name += 4;
	if (strncmp(name, "ipv4.", 5) == 0 && !strchr(name + 5, '.'))
		name += 5;
	return name;
}

static void header_sysctl(struct check *c, const struct tree_statement *s, struct sysctl_setting *list)
{
	struct sysctl_setting *new = &list[c->out->sysctl_count];
	struct value v;

	if (c->out->sysctl_count == SYSCTLS_MAX) {
		check_error(c, &s->span, "more than %d sysctls", SYSCTLS_MAX);
		return;
	}
	new->where = span_where(&s->span);
	new->name = sysctl_name(c, s);
	if (!new->name || !value_resolve(c, s->values, &v))
		return;
	for (size_t i = 0; i < c->out->sysctl_count; i++)
		if (strcmp(list[i].name, new->name) == 0) {
			check_error(c, &s->name_span, "sysctl '%s' is set twice", s->name);
			return;
		}
	if (v.kind == IS_LITERAL && v.literal.kind == LITERAL_NUMBER) {
		new->value = arena_printf(c->arena, "%u", v.literal.number);
	} else if (v.kind == IS_LITERAL && v.literal.kind == LITERAL_STRING) {
		new->value = v.literal.text;
		for (size_t i = 0; i < v.literal.len; i++)
			if (!isprint((unsigned char)v.literal.text[i]) && v.literal.text[i] != '\t') {
				check_error(c, &s->values->span, "a sysctl's value is plain text");
				return;
			}
	} else if (v.kind == IS_SEGMENT) {
		value_unknown(c, &s->values->span, v.name, "param");
		return;
	} else {
		check_error(c, &s->values->span, "a sysctl's value is a number, or a string for several");
		return;
	}
	c->out->sysctl_count++;
}

static void header_family(struct check *c, const struct tree_statement *s)
{
	const char *name = s->values->kind == VALUE_NAME ? s->values->name : "";

	if (strcmp(name, "ipv4") == 0)
		c->out->families = FAMILY_IPV4;
	else if (strcmp(name, "ipv6") == 0)
		c->out->families = FAMILY_IPV6;
	else
		check_error(c, &s->values->span, "a family is ipv4 or ipv6; without this line it is both");
}

static void header_one(struct check *c, const struct tree_statement *s, struct clause *clauses,
                       struct sysctl_setting *sysctls)
{
	switch (s->kind) {
	case TREE_SCENARIO: header_text(c, s, &c->out->title); break;
	case TREE_ROW: header_row(c, s); break;
	case TREE_ROLE: header_role(c, s); break;
	case TREE_RFC: header_rfc(c, s, clauses); break;
	case TREE_CLAIM: header_text(c, s, &c->out->claim); break;
	case TREE_CONTROL: header_text(c, s, &c->out->control); break;
	case TREE_SYSCTL: header_sysctl(c, s, sysctls); break;
	case TREE_FAMILY: header_family(c, s); break;
	case TREE_TAKES: value_duration(c, s->values, &c->out->takes_ns); break;
	case TREE_PARAM:
	case TREE_INCLUDE:
	case TREE_BLOCK:
	case TREE_OPEN:
	case TREE_SEND:
	case TREE_EXPECT:
	case TREE_ONE_OF:
	case TREE_RETRANSMIT:
	case TREE_SILENCE:
	case TREE_ALLOW:
	case TREE_FENCE:
	case TREE_INTERVAL:
	case TREE_PROVOKE:
	case TREE_STATE:
	case TREE_LEAVE:
	case TREE_REPEAT:
	case TREE_PLAY: break;
	}
}

static bool repeatable(enum tree_kind k)
{
	return k == TREE_RFC || k == TREE_SYSCTL || k == TREE_PARAM || k == TREE_INCLUDE || k == TREE_BLOCK;
}

/* Once each; and the title before all that speaks of the scenario. */
static bool check_once(struct check *c, const struct tree_file *file, const struct tree_statement *s)
{
	for (const struct tree_statement *t = file->statements; t != s; t = t->next)
		if (t->kind == s->kind) {
			check_error(c, &s->span, "'%s' is given twice", tree_kind_word(s->kind));
			return messages_note(c->messages, &t->span, "it is given here first");
		}
	return true;
}

static void check_title(struct check *c, const struct tree_file *file)
{
	const struct tree_statement *first = NULL, *s = file->statements;

	for (; s && s->kind != TREE_SCENARIO; s = s->next)
		if (!first && s->kind != TREE_PARAM && s->kind != TREE_BLOCK && s->kind != TREE_INCLUDE)
			first = s;
	if (!s)
		check_missing(c, first ? &first->span : &(struct span){.source = file->source},
		              "no 'scenario \"TITLE\"': a scenario begins with it");
	else if (first)
		check_missing(c, &first->span, "'%s' before 'scenario': a scenario begins with its title",
		              tree_kind_word(first->kind));
}

/* The sysctls' names, where the scenario names no control. */
static const char *default_control(struct check *c)
{
	const char *text = NULL;

	for (size_t i = 0; i < c->out->sysctl_count; i++)
		text = text ? arena_printf(c->arena, "%s, %s", text, c->out->sysctls[i].name)
		            : c->out->sysctls[i].name;
	return text;
}

void check_header(struct check *c, const struct tree_file *const *files, size_t count)
{
	size_t clauses = 0, sysctls = 0;
	struct sysctl_setting *settings;
	struct clause *list;

	for (size_t i = 0; i < count; i++)
		for (const struct tree_statement *s = files[i]->statements; s; s = s->next) {
			sysctls += s->kind == TREE_SYSCTL;
			for (const struct tree_value *v = s->values; v && s->kind == TREE_RFC; v = v->next)
				clauses++;
		}
	list = arena_alloc(c->arena, (clauses + 1) * sizeof *list);
	settings = arena_alloc(c->arena, (sysctls + 1) * sizeof *settings);
	c->out->clauses = list;
	c->out->sysctls = settings;
	c->out->takes_ns = -1;
	c->out->families = FAMILY_IPV4 | FAMILY_IPV6;
	check_title(c, files[0]);
	for (size_t i = 0; i < count; i++)
		for (const struct tree_statement *s = files[i]->statements; s; s = s->next)
			if (tree_is_header(s->kind) && (repeatable(s->kind) || check_once(c, files[i], s)))
				header_one(c, s, list, settings);
	if (c->out->role == ROLE_NONE && c->out->title && messages_errors(c->messages) == 0)
		check_missing(c, &(struct span){.source = files[0]->source},
		              "no 'role': say who closes first (active, passive, simultaneous, listen)");
	if (!c->out->control)
		c->out->control = default_control(c);
}
