/* Turns "a token came that cannot stand there" into a sentence that helps. */
#include "lang/syntax.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/options.h"

enum { LIST_MAX = 5, NAMED_BYTES = 64 };

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
	static const char *const classes[] = {"end of line",
	                                      "number",
	                                      "decimal number",
	                                      "duration",
	                                      "percentage",
	                                      "string",
	                                      "name",
	                                      "number of the connection",
	                                      "name of capital letters",
	                                      "flags",
	                                      "TCP option",
	                                      "word of a TCP option",
	                                      "name of a sysctl"};

	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strcmp(classes[i], name) == 0)
			return true;
	return false;
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

static void quote(char *buf, size_t size, const char *name)
{
	if (strcmp(name, "end of line") == 0)
		snprintf(buf, size, "the end of the line");
	else if (is_class(name))
		snprintf(buf, size, "%s%s", strcmp(name, "flags") == 0 ? "" : "a ", name);
	else if (name[0] == '\'') /* the grammar's own form of a mark: '{' */
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "'%s'", name);
}

/* An expression can always go on; what else can come says more. At most LIST_MAX are there. */
static size_t without_operators(const char *const *expected, size_t count, const char **kept)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (strcmp(expected[i], "'+'") != 0 && strcmp(expected[i], "'-'") != 0 &&
		    strcmp(expected[i], "'*'") != 0)
			kept[n++] = expected[i];
	if (n > 0)
		return n;
	memcpy(kept, expected, count * sizeof *kept);
	return count;
}

/* "; expected X, Y or Z", or "" where the list would be too long. */
static void expectation(char *buf, size_t size, const char *const *expected, size_t count, bool reserved)
{
	const char *all = summary(expected, count, reserved), *kept[LIST_MAX];
	size_t len = 0;

	buf[0] = '\0';
	if (all)
		snprintf(buf, size, "; expected %s", all);
	if (all || count == 0 || count > LIST_MAX)
		return;
	count = without_operators(expected, count, kept);
	for (size_t i = 0; i < count; i++) {
		char named[NAMED_BYTES];

		quote(named, sizeof named, kept[i]);
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
		                        i == 0          ? "; expected "
		                        : i + 1 < count ? ", "
		                                        : " or ",
		                        named);
		if (len >= size)
			return;
	}
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
		if (k != ATTR_SPAN && k != ATTR_OPTIONS && k != ATTR_PAYLOAD && k != ATTR_ISS)
			suggest_offer(s, tree_attr_word(k));
}

/* A bare word among the attributes, which the grammar had to take for a payload's name. */
static void report_bare(struct parser *p)
{
	struct suggest s = suggest_start(p->bare);

	parser_offer_attributes(&s);
	messages_error(p->messages, &p->bare_span, "unknown word '%s'%s", p->bare, suggest_text(&s));
	if (!s.nearest)
		note_form(p);
}

/* Letters that were meant as flags: all capitals, or with a dot. */
static bool like_flags(const char *word)
{
	for (; *word; word++)
		if (!isupper((unsigned char)*word) && *word != '.')
			return false;
	return true;
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
	char list[256];
	bool reserved = parser_keyword(word, false) != 0, at_start = has(expected, count, "expect");

	for (size_t i = 0; i < count; i++)
		if (is_word(expected[i]) && !is_class(expected[i]))
			suggest_offer(&s, expected[i]);
	offer_options(&s, expected, count);
	expectation(list, sizeof list, expected, count, reserved);
	if (has(expected, count, "flags") && !s.nearest && like_flags(word))
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

static void report_other(struct parser *p, const struct span *at, const char *token,
                         const char *const *expected, size_t count)
{
	bool is_end = !token || strcmp(token, "end of line") == 0;
	char list[256], text[NAMED_BYTES];
	size_t len = at->end - at->begin;

	expectation(list, sizeof list, expected, count, false);
	if (len >= sizeof text)
		len = sizeof text - 1;
	memcpy(text, at->source->text + at->begin, len);
	text[len] = '\0';
	if (is_end && len == 1 && text[0] == ';')
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
	char word[SUGGEST_WORD_MAX + 2];
	size_t len = at->end - at->begin;
	bool closing = token && strcmp(token, "'}'") == 0, failed = p->failed;

	p->failed = true;
	if (closing && failed)
		return; /* its opening brace stood in a line that is wrong already */
	if (!p->has_bare && p->before && has(expected, count, "':'") && has(expected, count, "lost")) {
		p->has_bare = true;
		p->bare = p->before;
		p->bare_span = p->before_span;
	}
	if (p->has_bare) {
		report_bare(p);
		return;
	}
	if (len >= sizeof word)
		len = sizeof word - 1;
	memcpy(word, at->source->text + at->begin, len);
	word[len] = '\0';
	if (is_word(word))
		report_word(p, at, word, expected, count);
	else
		report_other(p, at, token, expected, count);
}
