/* What of a run is in a baseline, what of the baseline did not come, and the baseline written anew. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "report/baseline_impl.h"
#include "report/facts.h"
#include "report/pen.h"
#include "report/words.h"

/* --- words of the file --- */

/* What would end a word, or make a rule of a scenario, and what is no text, as "\x20". */
static const char *word_of(const char *text, char buf[WORD_BYTES])
{
	struct cut c = cut_start(buf, WORD_BYTES);

	while (*text) {
		size_t len = utf8_char(text, strlen(text), NULL);
		unsigned char byte = (unsigned char)*text;

		if (len == 0 || byte <= ' ' || byte == 0x7f || strchr("#:\\", byte)) {
			cut_add(&c, "\\x%02x", byte);
			len = 1;
		} else {
			cut_add(&c, "%.*s", (int)len, text);
		}
		text += len;
	}
	return buf;
}

static const char *name_word(const struct result *r, char buf[WORD_BYTES])
{
	char name[256];

	return word_of(result_name(r, name, sizeof name), buf);
}

static const char *rule_word(enum rule rule, char buf[WORD_BYTES])
{
	snprintf(buf, WORD_BYTES, RULE_PREFIX "%s", rules[rule].id);
	return buf;
}

const char *baseline_clause(const struct scenario *s, const struct basis *basis, char buf[WORD_BYTES])
{
	const struct clause *clause = basis_clause(s, basis);
	char section[WORD_BYTES];

	if (basis->choice)
		snprintf(buf, WORD_BYTES, CHOICE_PREFIX "%.200s", basis->choice);
	else if (clause && clause->section && *clause->section)
		snprintf(buf, WORD_BYTES, "rfc%u-%.1000s", clause->rfc, word_of(clause->section, section));
	else if (clause)
		snprintf(buf, WORD_BYTES, "rfc%u", clause->rfc);
	else
		snprintf(buf, WORD_BYTES, "-");
	return buf;
}

static const char *families_word(unsigned families)
{
	return families == FAMILY_IPV4 ? "ipv4" : families == FAMILY_IPV6 ? "ipv6" : "both";
}

/* --- what a run came to --- */

struct deviation {
	const char *code;
	char clause[WORD_BYTES];
};

static size_t deviation_count(const struct verdict *v)
{
	if (v->kind == VERDICT_WARN)
		return v->warning_count ? v->warning_count : 1;
	return v->kind == VERDICT_FAIL ? 1 + v->warning_count : 0;
}

/* The failure, and the warnings. */
static struct deviation deviation_at(const struct result *r, size_t i)
{
	const struct verdict *v = r->verdict;
	bool own = v->kind == VERDICT_FAIL || v->warning_count == 0;
	const struct warning *w = own && i == 0 ? NULL : &v->warnings[i - own];
	struct deviation d = {.code = code_name(w ? w->reason.code : v->reason.code)};

	baseline_clause(r->scenario, w ? &w->basis : &v->basis, d.clause);
	return d;
}

/* --- finding --- */

bool entry_is(const struct entry *e, const char *name, const char *code, const char *clause)
{
	return strcmp(e->name, name) == 0 &&
	       (e->rule || (strcmp(e->code, code) == 0 && strcmp(e->clause, clause) == 0));
}

/* In that family. NULL: there is none. */
static const struct entry *find(const struct baseline *b, unsigned family, const char *name, const char *code,
                                const char *clause)
{
	for (size_t i = 0; b && i < b->count; i++)
		if (b->entries[i].families & family && entry_is(&b->entries[i], name, code, clause))
			return &b->entries[i];
	return NULL;
}

/* Is it one of them? They stand with "; " between them. */
static bool has_reason(const char *reasons, const char *reason)
{
	size_t len = strlen(reason);
	const char *at = reasons;

	while ((at = strstr(at, reason))) {
		bool begins = at == reasons || (at - reasons >= 2 && strncmp(at - 2, "; ", 2) == 0);

		if (begins && (at[len] == '\0' || strncmp(at + len, "; ", 2) == 0))
			return true;
		at++;
	}
	return false;
}

/* The reasons of several entries, each once. */
static const char *add_reason(const struct baseline *b, const char *reasons, const char *reason)
{
	if (!reasons || !*reasons)
		return reason;
	if (!*reason || has_reason(reasons, reason))
		return reasons;
	return arena_printf(b->arena, "%s; %s", reasons, reason);
}

const char *baseline_knows(const struct baseline *b, const struct result *r)
{
	size_t count = deviation_count(r->verdict);
	const char *reasons = NULL;
	char name[WORD_BYTES];

	name_word(r, name);
	for (size_t i = 0; i < count; i++) {
		struct deviation d = deviation_at(r, i);
		const struct entry *e = find(b, family_bit(r->family), name, d.code, d.clause);

		if (!e)
			return NULL;
		reasons = add_reason(b, reasons, e->reason);
	}
	return reasons;
}

const char *baseline_knows_rule(const struct baseline *b, const struct rule_result *rule)
{
	const char *reasons = NULL;
	char name[WORD_BYTES];

	rule_word(rule->rule, name);
	for (unsigned family = FAMILY_IPV4; family <= FAMILY_IPV6; family <<= 1) {
		const struct entry *e = find(b, family, name, "", "");

		if (!(rule->families & family))
			continue;
		if (!e)
			return NULL;
		reasons = add_reason(b, reasons, e->reason);
	}
	return reasons;
}

/* --- what did not come --- */

/* What the plays of an entry's scenario came to in a family. */
struct plays {
	bool any;
	bool unjudged; /* one of them */
	bool came;
	bool cut_short; /* by something new */
};

static bool has(const struct result *r, const struct entry *e)
{
	for (size_t i = 0; i < deviation_count(r->verdict); i++) {
		struct deviation d = deviation_at(r, i);

		if (entry_is(e, e->name, d.code, d.clause))
			return true;
	}
	return false;
}

static bool is_broken(const struct rule_results *broken, const struct entry *e, unsigned family)
{
	for (size_t i = 0; i < broken->count; i++)
		if (&rules[broken->list[i].rule] == e->rule)
			return broken->list[i].families & family;
	return false;
}

/* A profile's value was not asked for where the profile of this run does not give it. */
static bool is_open(const struct scenario *s, const struct entry *e)
{
	for (size_t i = 0; strncmp(e->clause, CHOICE_PREFIX, CHOICE_PREFIX_BYTES) == 0 && i < s->value_count;
	     i++)
		if (strcmp(s->values[i].name, e->clause + CHOICE_PREFIX_BYTES) == 0)
			return !s->values[i].from;
	return false;
}

static struct plays plays_of(const struct baseline *b, const struct entry *e, unsigned family,
                             const struct result *results, size_t count, const struct rule_results *broken)
{
	struct plays p = {.came = e->rule && is_broken(broken, e, family)};
	char name[WORD_BYTES];

	for (size_t i = 0; i < count; i++) {
		const struct result *r = &results[i];
		enum verdict_kind kind = r->verdict->kind;

		if (family_bit(r->family) != family ||
		    strcmp(name_word(r, name), e->rule ? e->code : e->name) != 0)
			continue;
		p.any = true;
		if ((kind != VERDICT_PASS && kind != VERDICT_WARN && kind != VERDICT_FAIL) ||
		    is_open(r->scenario, e))
			p.unjudged = true;
		else if (!r->verdict->whole && !baseline_knows(b, r))
			p.cut_short = true;
		p.came = p.came || (!e->rule && has(r, e));
	}
	return p;
}

/* The families in which an entry was played and did not come. new_cuts: a play that something new cut short
 * does not count; it does once that is known as well. */
static unsigned gone_families(const struct baseline *b, const struct entry *e, bool new_cuts,
                              const struct result *results, size_t count, const struct rule_results *broken)
{
	unsigned gone = 0;

	for (unsigned family = FAMILY_IPV4; family <= FAMILY_IPV6; family <<= 1) {
		struct plays p = {.any = false};

		if (e->families & family)
			p = plays_of(b, e, family, results, count, broken);
		if (p.any && !p.unjudged && !p.came && !(new_cuts && p.cut_short))
			gone |= family;
	}
	return gone;
}

struct gone_list baseline_gone(const struct baseline *b, const struct result *results, size_t count,
                               const struct rule_results *broken)
{
	struct gone_list all = {.count = 0};
	size_t room = 0;

	for (size_t i = 0; b && i < b->count; i++) {
		const struct entry *e = &b->entries[i];
		unsigned families = gone_families(b, e, true, results, count, broken);

		if (families)
			*LIST_ADD(all.list, all.count, room) = (struct gone){.where = span_where(&e->at),
			                                                     .name = e->name,
			                                                     .code = e->code,
			                                                     .clause = e->clause,
			                                                     .families = families};
	}
	return all;
}

/* --- writing --- */

/* What is to be written behind the old entries. */
struct fresh {
	struct entry *list;
	size_t count, room;
};

static void add_fresh(struct fresh *f, const char *name, unsigned families, const char *code,
                      const char *clause)
{
	for (size_t i = 0; i < f->count; i++)
		if (entry_is(&f->list[i], name, code, clause)) {
			f->list[i].families |= families;
			return;
		}
	*LIST_ADD(f->list, f->count, f->room) = (struct entry){.name = memory_text(name),
	                                                       .families = families,
	                                                       .code = memory_text(code),
	                                                       .clause = memory_text(clause)};
}

static void add_new(struct fresh *f, const struct baseline *old, const struct result *r)
{
	char name[WORD_BYTES];

	name_word(r, name);
	for (size_t i = 0; i < deviation_count(r->verdict); i++) {
		struct deviation d = deviation_at(r, i);

		if (!find(old, family_bit(r->family), name, d.code, d.clause))
			add_fresh(f, name, family_bit(r->family), d.code, d.clause);
	}
}

static void add_new_rule(struct fresh *f, const struct baseline *old, const struct rule_result *rule)
{
	struct basis basis = rule_basis(rule->rule);
	char name[WORD_BYTES], first[WORD_BYTES], clause[WORD_BYTES];

	rule_word(rule->rule, name);
	name_word(rule->first, first);
	baseline_clause(NULL, &basis, clause);
	for (unsigned family = FAMILY_IPV4; family <= FAMILY_IPV6; family <<= 1)
		if (rule->families & family && !find(old, family, name, first, clause))
			add_fresh(f, name, family, first, clause);
}

/* In columns. */
static void put_fresh(FILE *out, struct fresh *f)
{
	int name = 0, code = 0, clause = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct entry *e = &f->list[i];

		name = (int)strlen(e->name) > name ? (int)strlen(e->name) : name;
		code = (int)strlen(e->code) > code ? (int)strlen(e->code) : code;
		clause = (int)strlen(e->clause) > clause ? (int)strlen(e->clause) : clause;
	}
	for (size_t i = 0; i < f->count; i++) {
		const struct entry *e = &f->list[i];

		fprintf(out, "%-*s %s %-*s %-*s  # %s\n", name, e->name, families_word(e->families), code,
		        e->code, clause, e->clause, BASELINE_TODO);
	}
}

static void fresh_free(struct fresh *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free((char *)(uintptr_t)f->list[i].name);
		free((char *)(uintptr_t)f->list[i].code);
		free((char *)(uintptr_t)f->list[i].clause);
	}
	free(f->list);
}

/* An entry as it stands in the file, unless a family of it is gone or nobody said why. */
static void put_entry(FILE *out, const struct entry *e, unsigned families, const char *line, size_t len)
{
	if (families == e->families && (*e->reason || e->asked))
		fprintf(out, "%.*s\n", (int)len, line);
	else if (families)
		fprintf(out, "%s %s %s %s  # %s\n", e->name, families_word(families), e->code, e->clause,
		        *e->reason ? e->reason : BASELINE_TODO);
}

static void put_old(FILE *out, const struct baseline *b, const struct result *results, size_t count,
                    const struct rule_results *broken)
{
	const char *text = b->source->text, *end = text + b->source->len;
	size_t next = 0;

	for (int line = 1; text < end; line++) {
		size_t len = strcspn(text, "\n");
		const struct entry *e = next < b->count ? &b->entries[next] : NULL;

		if (e && e->line == line) {
			put_entry(out, e, e->families & ~gone_families(b, e, false, results, count, broken),
			          text, len);
			next++;
		} else {
			fprintf(out, "%.*s\n", (int)len, text);
		}
		text += len + 1;
	}
}

bool baseline_write(FILE *out, const struct baseline *old, const struct result *results, size_t count,
                    const struct rule_results *broken, struct diag *d)
{
	struct fresh fresh = {.count = 0};

	if (old)
		put_old(out, old, results, count, broken);
	else
		fputs("# What is known of this peer, and does not count: fourwave(1), BASELINE.\n"
		      "# SCENARIO FAMILY CODE CLAUSE  # REASON\n",
		      out);
	for (size_t i = 0; i < count; i++)
		add_new(&fresh, old, &results[i]);
	for (size_t i = 0; i < broken->count; i++)
		add_new_rule(&fresh, old, &broken->list[i]);
	put_fresh(out, &fresh);
	fresh_free(&fresh);
	return report_flush(out, 0, d);
}
