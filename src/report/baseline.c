/* Reads baselines, and says what of a run is in one. Knows no report, and no flag. */
#include "report/baseline.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/profile.h"
#include "report/baseline_impl.h"
#include "report/facts.h"
#include "report/words.h"

static const char form[] = "a line is SCENARIO FAMILY CODE CLAUSE, and behind it # REASON";

struct reader {
	struct baseline *b;
	struct messages *messages;
	size_t line_at; /* where the line begins */
	int line;
	bool ok;
};

/* A word of the line at hand, and its place. */
struct word {
	const char *text; /* "": there is none */
	struct span at;
};

#define wrong(r, at, ...) ((r)->ok = messages_error((r)->messages, (at), __VA_ARGS__))

/* --- words --- */

static struct span span_at(const struct reader *r, size_t begin, size_t end)
{
	const char *line = r->b->source->text + r->line_at;

	return (struct span){
	    .source = r->b->source,
	    .line = r->line,
	    .column = 1 + (int)utf8_count(line, begin),
	    .last_line = r->line,
	    .last_column = 1 + (int)utf8_count(line, end),
	    .begin = r->line_at + begin,
	    .end = r->line_at + end,
	};
}

/* The next word before the end; *at is behind it then. Where there is none, its place is the line's last
 * character. */
static struct word next_word(const struct reader *r, size_t *at, size_t end)
{
	const char *line = r->b->source->text + r->line_at;
	struct word f = {.text = ""};
	size_t begin, last = end;

	for (begin = *at; begin < end && isspace((unsigned char)line[begin]); begin++)
		;
	for (*at = begin; *at < end && !isspace((unsigned char)line[*at]); (*at)++)
		;
	while (last > 1 && isspace((unsigned char)line[last - 1]))
		last--;
	if (begin < *at)
		f.text = arena_copy(r->b->arena, line + begin, *at - begin);
	f.at = begin < *at ? span_at(r, begin, *at) : span_at(r, last ? last - 1 : 0, last);
	return f;
}

static bool take_family(struct reader *r, const struct word *f, struct entry *e)
{
	static const struct {
		const char *name;
		unsigned families;
	} names[] = {{"ipv4", FAMILY_IPV4}, {"ipv6", FAMILY_IPV6}, {"both", FAMILY_IPV4 | FAMILY_IPV6}};
	struct suggest s = suggest_start(f->text);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(f->text, names[i].name) == 0)
			e->families = names[i].families;
		suggest_offer(&s, names[i].name);
	}
	return e->families ||
	       wrong(r, &f->at, "'%s' is no family: ipv4, ipv6 or both%s", f->text, suggest_text(&s));
}

/* Of what failed or was warned about; nothing else can be known. */
static bool take_code(struct reader *r, const struct word *f, struct entry *e)
{
	struct suggest s = suggest_start(f->text);
	enum code code;

	e->code = f->text;
	if (code_parse(f->text, &code) && code_fits(code, VERDICT_FAIL))
		return true;
	if (code_parse(f->text, &code) && code != CODE_NONE)
		return wrong(r, &f->at,
		             "'%s' is a code of what was skipped or could not be judged; only what failed or "
		             "was warned about can be known",
		             f->text);
	for (code = CODE_NONE + 1; code < CODE_COUNT; code++)
		if (code_fits(code, VERDICT_FAIL))
			suggest_offer(&s, code_name(code));
	return wrong(r, &f->at, "unknown code '%s' (fourwave(1) lists them under CODES)%s", f->text,
	             suggest_text(&s));
}

static bool is_clause(const char *text)
{
	size_t digits = strncmp(text, "rfc", 3) == 0 ? strspn(text + 3, "0123456789") : 0;

	return digits > 0 && (text[3 + digits] == '\0' || (text[3 + digits] == '-' && text[4 + digits]));
}

static bool take_clause(struct reader *r, const struct word *f, struct entry *e)
{
	const char *name = f->text + CHOICE_PREFIX_BYTES;
	struct suggest s;
	enum profile_id id;

	e->clause = f->text;
	if (strcmp(f->text, "-") == 0 || is_clause(f->text))
		return true;
	if (strncmp(f->text, CHOICE_PREFIX, CHOICE_PREFIX_BYTES) != 0)
		return wrong(
		    r, &f->at,
		    "'%s' is no clause: rfc9293-3.10.7.4, choice-NAME (a profile's value), or - where "
		    "it is not one alone",
		    f->text);
	if (profile_id_parse(name, &id))
		return true;
	s = suggest_start(name);
	for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++)
		suggest_offer(&s, profile_rules[i].name);
	return wrong(r, &f->at, "no profile has a value '%s'%s", name, suggest_text(&s));
}

/* --- lines --- */

/* Of a rule the code is the scenario in which it is broken, or "-". */
static bool take_rule(struct reader *r, const struct word fields[FIELDS], struct entry *e)
{
	struct suggest s = suggest_start(e->name + RULE_PREFIX_BYTES);
	char clause[WORD_BYTES];

	e->code = fields[2].text;
	e->clause = fields[3].text;
	for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
		struct basis basis = rule_basis(rule);

		suggest_offer(&s, rules[rule].id);
		if (strcmp(e->name + RULE_PREFIX_BYTES, rules[rule].id) != 0)
			continue;
		e->rule = &rules[rule];
		baseline_clause(NULL, &basis, clause);
		return strcmp(e->clause, clause) == 0 ||
		       wrong(r, &fields[3].at, "the clause of that rule is %s", clause);
	}
	return wrong(r, &fields[0].at, "there is no rule '%s' (fourwave(1) lists them under RULES)%s",
	             e->name + RULE_PREFIX_BYTES, suggest_text(&s));
}

static bool once(struct reader *r, const struct word *f, const struct entry *e)
{
	for (size_t i = 0; i < r->b->count; i++) {
		const struct entry *old = &r->b->entries[i];

		if (!(old->families & e->families) || !entry_is(old, e->name, e->code, e->clause))
			continue;
		wrong(r, &f->at, "this is known already");
		return messages_note(r->messages, &old->at, "it is given here first");
	}
	return true;
}

static void take_entry(struct reader *r, const struct word fields[FIELDS], const char *reason)
{
	struct baseline *b = r->b;
	struct entry e = {.name = fields[0].text, .reason = reason, .line = r->line, .at = fields[0].at};
	bool rule = strncmp(e.name, RULE_PREFIX, RULE_PREFIX_BYTES) == 0, ok;

	if (strcmp(reason, BASELINE_TODO) == 0) {
		e.reason = "";
		e.asked = true;
	}
	ok = take_family(r, &fields[1], &e);
	if (rule) {
		ok = take_rule(r, fields, &e) && ok;
	} else {
		ok = take_code(r, &fields[2], &e) && ok;
		ok = take_clause(r, &fields[3], &e) && ok;
	}
	if (ok && once(r, &fields[0], &e))
		*ARENA_ADD(b->arena, b->entries, b->count, b->room) = e;
}

static void read_line(struct reader *r, const char *line, size_t len)
{
	const char *sign = memchr(line, '#', len), *reason = "";
	size_t end = sign ? (size_t)(sign - line) : len, at = 0, from = end + 1, to = len;
	struct word fields[FIELDS], more;

	for (int i = 0; i < FIELDS; i++)
		fields[i] = next_word(r, &at, end);
	more = next_word(r, &at, end);
	if (!*fields[0].text)
		return;
	if (*more.text || !*fields[FIELDS - 1].text) {
		wrong(r, &more.at, "%s", form);
		return;
	}
	while (from < to && isspace((unsigned char)line[from]))
		from++;
	while (to > from && isspace((unsigned char)line[to - 1]))
		to--;
	if (from < to)
		reason = arena_copy(r->b->arena, line + from, to - from);
	take_entry(r, fields, reason);
}

static struct baseline *new_baseline(void)
{
	struct arena *a = arena_new();
	struct baseline *b = arena_alloc(a, sizeof *b);

	b->arena = a;
	return b;
}

static struct baseline *read_lines(struct baseline *b, struct messages *m)
{
	struct reader r = {.b = b, .messages = m, .ok = true};
	const char *text = b->source->text, *end = text + b->source->len;

	while (text < end && !messages_full(m)) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((stop ? stop : end) - text);

		r.line++;
		r.line_at = (size_t)(text - b->source->text);
		read_line(&r, text, len);
		text += len + 1;
	}
	if (r.ok)
		return b;
	baseline_free(b);
	messages_sort(m);
	return NULL;
}

struct baseline *baseline_load(const char *path, struct messages *m)
{
	struct baseline *b = new_baseline();
	struct diag d;

	if (source_read(b->arena, path, false, &b->source, &d))
		return read_lines(b, m);
	messages_file_error(m, path, "%s", d.text);
	baseline_free(b);
	return NULL;
}

struct baseline *baseline_parse(const char *file, const char *text, size_t len, struct messages *m)
{
	struct baseline *b = new_baseline();
	struct diag d;

	if (source_from_text(b->arena, file, text, len, &b->source, &d))
		return read_lines(b, m);
	messages_file_error(m, file, "%s", d.text);
	baseline_free(b);
	return NULL;
}

void baseline_free(struct baseline *b)
{
	if (b)
		arena_free(b->arena);
}
