/* Behind the grammar: the nodes that it cannot make by itself, and "a token came that cannot stand there" as
 * a sentence that helps. */
#include "lang/parser.h"
#include "lang/parse.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/names.h"
#include "core/options.h"

enum { LIST_MAX = 5, EXPECTATION_BYTES = 256, SHOWN_MAX = 64 };

struct tree_expr *tree_binary(struct parser *p, enum tree_expr_kind kind, const struct span *at,
                              struct tree_expr *left, struct tree_expr *right)
{
	unsigned size = left->size + (right ? right->size : 0) + 1;

	if (size > TREE_EXPR_MAX) {
		messages_error(p->messages, at, "expression of more than %d parts", TREE_EXPR_MAX);
		p->failed = true;
		return left;
	}
	return arena_copy(
	    p->arena,
	    &(struct tree_expr){.kind = kind, .span = *at, .left = left, .right = right, .size = size},
	    sizeof *left);
}

struct tree_value *tree_argument(struct parser *p, const struct tree_expr *e)
{
	struct tree_value *v = arena_alloc(p->arena, sizeof *v);

	*v = (struct tree_value){.kind = VALUE_EXPR, .span = e->span, .expr = e, .name = e->name};
	v->literal.number = e->number;
	if (e->kind == TREE_NAME)
		v->kind = VALUE_NAME;
	else if (e->kind == TREE_NUMBER)
		v->kind = VALUE_LITERAL;
	return v;
}

enum tree_attr_kind tree_field_kind(const char *word)
{
	enum tree_attr_kind kind = ATTR_SEQ;

	while (kind != ATTR_DATA && strcmp(tree_attr_word(kind), word) != 0)
		kind++;
	return kind;
}

void tree_option_value(struct tree_option *o, const char *word, const struct tree_field *value)
{
	if (o->count < OPTION_FIELDS_MAX) {
		o->words[o->count] = word;
		o->values[o->count] = *value;
	}
	o->count++; /* too many is the check's to report */
}

int syntax_option_word(const char *word)
{
	if (option_named(word))
		return T_OPTION;
	for (size_t i = 0; option_row(i); i++)
		for (size_t k = 0; k < OPTION_FIELDS_MAX; k++)
			if (option_row(i)->fields[k].word && strcmp(option_row(i)->fields[k].word, word) == 0)
				return T_OPTION_WORD;
	return 0;
}

struct span syntax_empty(const struct span *before)
{
	struct span at = *before;

	at.line = at.last_line;
	at.column = at.last_column;
	at.begin = at.end;
	return at;
}

/* Tokens that stand for many words, as opposed to one word or mark. */
static bool is_class(const char *name)
{
	return isalpha((unsigned char)name[0]) && !parser_keyword(name, true);
}

static bool has(const char *const *expected, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(expected[i], name) == 0)
			return true;
	return false;
}

static bool is_word(const char *s) { return isalpha((unsigned char)s[0]) || s[0] == '_'; }

/* Where an expression may begin, or any name may stand, the list of tokens
 * says less than one word for all of them. */
static const char *summary(const char *const *expected, size_t count, bool reserved)
{
	if (has(expected, count, "abs") && has(expected, count, "seq") && has(expected, count, "name") &&
	    !has(expected, count, "':'") && !has(expected, count, "'<'"))
		return has(expected, count, "string") ? "a value or a name" : "a name";
	if (has(expected, count, "abs") && !has(expected, count, "'<'"))
		return has(expected, count, "'*'") ? "a value" : "a number or a name";
	if (has(expected, count, "flags"))
		return "a segment's flags (letters of S F R P . U E W A, none, or *)";
	if (has(expected, count, "duration") && has(expected, count, "string"))
		return "a value";
	if (has(expected, count, "name") && has(expected, count, "name of capital letters") && count <= 3)
		return reserved ? "a name that is no word of the language" : "a name";
	return NULL;
}

static void quote(struct cut *out, const char *name)
{
	if (strcmp(name, "end of line") == 0)
		cut_add(out, "the end of the line");
	else if (is_class(name))
		cut_add(out, "%s%s", strcmp(name, "flags") == 0 ? "" : "a ", name);
	else if (name[0] == '\'') /* the grammar's own form of a mark: '{' */
		cut_add(out, "%s", name);
	else
		cut_add(out, "'%s'", name);
}

/* An expression can always go on; what else can come says more. */
static bool is_operator(const char *name)
{
	return strcmp(name, "'+'") == 0 || strcmp(name, "'-'") == 0 || strcmp(name, "'*'") == 0;
}

/* "; expected X, Y or Z", or "" where the list would be too long. */
static const char *expectation(char buf[EXPECTATION_BYTES], const char *const *expected, size_t count,
                               bool reserved)
{
	const char *all = summary(expected, count, reserved);
	struct cut out = cut_start(buf, EXPECTATION_BYTES);
	size_t operators = 0, said = 0;

	if (all)
		cut_add(&out, "; expected %s", all);
	if (all || count > LIST_MAX)
		return buf;
	for (size_t i = 0; i < count; i++)
		operators += is_operator(expected[i]);
	if (operators == count)
		operators = 0; /* nothing else can come */
	for (size_t i = 0; i < count; i++) {
		if (operators > 0 && is_operator(expected[i]))
			continue;
		cut_add(&out, "%s", said == 0 ? "; expected " : said + 1 < count - operators ? ", " : " or ");
		quote(&out, expected[i]);
		said++;
	}
	return buf;
}

static void note_form(struct parser *p)
{
	const char *form = p->statement ? tree_form(p->statement) : NULL;

	if (form)
		messages_note(p->messages, NULL, "the form is: %s", form);
}

void parser_offer_attributes(struct suggest *s)
{
	for (enum tree_attr_kind k = 0; k < ATTR_COUNT_OF_KINDS; k++)
		if (k != ATTR_SPAN && k != ATTR_OPTIONS && k != ATTR_PAYLOAD && k != ATTR_ISS &&
		    k != ATTR_LEVEL)
			suggest_offer(s, tree_attr_word(k));
	for (enum level l = 0; l < LEVEL_COUNT; l++)
		suggest_offer(s, level_name(l));
}

/* The words of TCP options, which stand in their table and not in the grammar. */
static void offer_options(struct suggest *s, const char *const *expected, size_t count)
{
	bool names = has(expected, count, "TCP option"), words = has(expected, count, "word of a TCP option");

	for (size_t i = 0; option_row(i); i++) {
		if (names)
			suggest_offer(s, option_row(i)->name);
		for (size_t k = 0; k < OPTION_FIELDS_MAX && words; k++)
			if (option_row(i)->fields[k].word)
				suggest_offer(s, option_row(i)->fields[k].word);
	}
}

static void report_word(struct parser *p, const struct span *at, const char *word,
                        const char *const *expected, size_t count)
{
	struct suggest s = suggest_start(word);
	char list[EXPECTATION_BYTES];
	bool reserved = parser_keyword(word, false) != 0, at_start = has(expected, count, "expect");

	for (size_t i = 0; i < count; i++)
		if (is_word(expected[i]) && !is_class(expected[i]))
			suggest_offer(&s, expected[i]);
	offer_options(&s, expected, count);
	expectation(list, expected, count, reserved);
	if (has(expected, count, "flags") && !s.nearest &&
	    strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ.") == strlen(word))
		messages_error(p->messages, at,
		               "'%s' is no set of flags: these are letters of S F R P . U E W A", word);
	else if (s.nearest && !reserved)
		messages_error(p->messages, at, "unknown word '%s'%s", word, suggest_text(&s));
	else if (at_start)
		messages_error(p->messages, at, "unknown word '%s' at the start of a statement", word);
	else
		messages_error(p->messages, at, "unexpected '%s'%s", word,
		               s.nearest ? suggest_text(&s) : list);
	if (!s.nearest)
		note_form(p);
}

static void report_other(struct parser *p, const struct span *at, const char *token, const char *text,
                         const char *const *expected, size_t count)
{
	bool is_end = !token || strcmp(token, "end of line") == 0;
	char list[EXPECTATION_BYTES];

	expectation(list, expected, count, false);
	if (strcmp(text, ";") == 0)
		is_end = false;
	if (token && strcmp(token, "end of file") == 0)
		messages_error(p->messages, at, "the file ends, but a '{' is still open");
	else if (is_end && at->begin == at->source->len)
		messages_error(p->messages, at, "the file ends too early%s", list);
	else if (is_end)
		messages_error(p->messages, at, "the line ends too early%s", list);
	else if (is_class(token) && text[0] != '"')
		messages_error(p->messages, at, "unexpected %s '%s'%s", token, text, list);
	else if (is_class(token))
		messages_error(p->messages, at, "unexpected %s%s", token, list);
	else
		messages_error(p->messages, at, "unexpected '%s'%s", text, list);
	note_form(p);
}

void syntax_report(struct parser *p, const struct span *at, const char *token, const char *const *expected,
                   size_t count)
{
	char text[SHOWN_MAX];
	bool closing = token && strcmp(token, "'}'") == 0, failed = p->failed;

	p->failed = true;
	if (closing && failed)
		return; /* its opening brace stood in a line that is wrong already */
	if (!p->bare && p->before && has(expected, count, "':'") && has(expected, count, "lost")) {
		p->bare = p->before;
		p->bare_span = p->before_span;
	}
	snprintf(text, sizeof text, "%.*s", (int)(at->end - at->begin), at->source->text + at->begin);
	if (p->bare) {
		/* the grammar had to take it for a payload's name */
		struct suggest s = suggest_start(p->bare);

		parser_offer_attributes(&s);
		messages_error(p->messages, &p->bare_span, "unknown word '%s'%s", p->bare, suggest_text(&s));
		if (!s.nearest)
			note_form(p);
	} else if (is_word(text)) {
		report_word(p, at, text, expected, count);
	} else {
		report_other(p, at, token, text, expected, count);
	}
}
