/* The table of the profiles' values, and what is asked of a profile. Reads no file and knows no scenario. */
#include "core/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/text.h"

#define RULE(ID, name, kind, low, high, words, what)                                                         \
	[PROFILE_##ID] = {name, PROFILE_##kind, low, high, words, what},

const struct profile_rule profile_rules[PROFILE_VALUE_COUNT] = {PROFILE_VALUES(RULE)};

struct profile *profile_new(const char *name)
{
	struct arena *a = arena_new();
	struct profile *p = arena_alloc(a, sizeof *p);

	*p = (struct profile){.arena = a, .name = arena_copy(a, name, strlen(name)), .stack_count = 1};
	p->stacks[0] = p->name;
	return p;
}

void profile_free(struct profile *p)
{
	if (p)
		arena_free(p->arena);
}

bool profile_is(const struct profile *p, const char *stack)
{
	for (unsigned i = 0; i < p->stack_count; i++)
		if (strcmp(p->stacks[i], stack) == 0)
			return true;
	return false;
}

bool profile_id_parse(const char *name, enum profile_id *out)
{
	for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++)
		if (strcmp(profile_rules[i].name, name) == 0) {
			*out = (enum profile_id)i;
			return true;
		}
	return false;
}

struct profile_value profile_value(const struct profile *p, enum profile_id id)
{
	const struct profile_rule *rule = &profile_rules[id];

	if (p && p->values[id].given)
		return p->values[id];
	return (struct profile_value){.low = rule->low, .high = rule->high};
}

const char *profile_kind_text(enum profile_kind k)
{
	switch (k) {
	case PROFILE_DURATION: return "a duration";
	case PROFILE_RANGE: return "a range of durations, D..D";
	case PROFILE_PERCENT: return "a percentage";
	case PROFILE_COUNT: return "a number";
	case PROFILE_WORD: break;
	}
	return "a word";
}

/* In the largest unit that leaves it whole. */
static void add_duration(struct cut *c, int64_t ns)
{
	if (ns == FOREVER_NS)
		cut_add(c, "forever");
	else if (ns % NS_PER_S == 0)
		cut_add(c, "%" PRId64 "s", ns / NS_PER_S);
	else if (ns % NS_PER_MS == 0)
		cut_add(c, "%" PRId64 "ms", ns / NS_PER_MS);
	else
		cut_add(c, "%" PRId64 ".%03" PRId64 "us", ns / NS_PER_US, ns % NS_PER_US);
}

const char *profile_value_text(enum profile_id id, const struct profile_value *v,
                               char buf[PROFILE_TEXT_BYTES])
{
	struct cut c = cut_start(buf, PROFILE_TEXT_BYTES);

	switch (profile_rules[id].kind) {
	case PROFILE_RANGE:
		add_duration(&c, v->low);
		cut_add(&c, "..");
		add_duration(&c, v->high);
		break;
	case PROFILE_DURATION: add_duration(&c, v->low); break;
	case PROFILE_PERCENT: cut_add(&c, "%g%%", (double)v->low / 1e4); break;
	case PROFILE_COUNT: cut_add(&c, "%" PRId64, v->low); break;
	case PROFILE_WORD: cut_add(&c, "%s", v->word ? v->word : "any"); break;
	}
	return buf;
}

const char *profile_text(const struct profile *p, struct arena *a)
{
	char value[PROFILE_TEXT_BYTES];
	const char *text = "";

	for (unsigned i = 0; i < PROFILE_VALUE_COUNT; i++)
		if (p->values[i].given)
			text = arena_printf(a, "%s%s = %s\n", text, profile_rules[i].name,
			                    profile_value_text((enum profile_id)i, &p->values[i], value));
	return text;
}
