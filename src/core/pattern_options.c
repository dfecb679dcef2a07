/* The layout of option patterns, the same for matching, lowering and building. Knows no segment. */
#include "pattern.h"

const struct option_rule *option_pattern_rule(const struct option_pattern *o)
{
	return o->raw ? NULL : option_rule(o->kind);
}

bool option_pattern_single(const struct option_pattern *o)
{
	const struct option_rule *rule = option_rule(o->kind);

	return rule && rule->single;
}

unsigned option_pattern_bytes(const struct option_pattern *o)
{
	const struct option_rule *rule = option_pattern_rule(o);

	if (option_pattern_single(o))
		return 1;
	return rule ? option_bytes(rule, o->sack_blocks) : 2u + o->data_len;
}

unsigned options_pattern_bytes(const struct pattern *p)
{
	unsigned bytes = 0;

	for (unsigned i = 0; i < p->options_count; i++)
		bytes += option_pattern_bytes(&p->options[i]);
	return bytes;
}

bool option_pattern_value(const struct option_pattern *o, unsigned i, struct option_value *out)
{
	const struct option_rule *rule = option_pattern_rule(o);
	const struct option_field *f;

	if (!rule || i >= option_values(rule, o->sack_blocks))
		return false;
	f = option_field(rule, i, &out->offset);
	out->width = f->width;
	out->which = f->which;
	out->field = &o->values[i];
	return true;
}

/* --- text --- */

struct texted {
	const struct option_pattern *option;
	const struct scope *scope;
};

static void value_text(struct cut *text, unsigned i, const void *context)
{
	const struct texted *t = context;
	struct option_value v;
	struct range r;
	uint32_t base;

	if (!option_pattern_value(t->option, i, &v))
		return;
	r = field_range(v.field, v.which, false, t->scope);
	base = v.which == 'a' ? t->scope->connection->iss : 0;
	if (v.field->kind == FIELD_VALUE)
		cut_add(text, "%u", r.low - base);
	else if (v.field->kind == FIELD_RANGE)
		cut_add(text, "%u..%u", r.low - base, r.high - base);
	else
		cut_add(text, "*");
}

void options_pattern_text(const struct pattern *p, const struct scope *scope, char *buf, size_t size)
{
	struct cut text = cut_start(buf, size);

	cut_add(&text, "<");
	for (unsigned i = 0; i < p->options_count; i++) {
		const struct option_pattern *o = &p->options[i];
		const struct option_rule *rule = option_pattern_rule(o);

		cut_add(&text, "%s", i ? "," : "");
		if (rule)
			option_text(&text, rule, o->sack_blocks, value_text, &(struct texted){o, scope});
		else
			cut_add(&text, "opt %u", o->kind);
	}
	if (p->options_open)
		cut_add(&text, "%s", p->options_count ? ",*" : "*");
	cut_add(&text, ">");
}
