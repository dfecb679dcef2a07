/* The option list of a segment. */
#include <string.h>

#include "lang/check.h"

/* "TS val N ecr N", "sack {L:R ...}" */
static const char *form(struct check *c, const struct option_rule *rule)
{
	const char *text = rule->name;

	if (rule->most)
		return arena_printf(c->arena, "%s {LEFT:RIGHT ...}", text);
	for (unsigned i = 0, offset; i < option_values(rule, 1); i++) {
		const char *word = option_field(rule, i, &offset)->word;

		text = arena_printf(c->arena, "%s%s%s N", text, word ? " " : "", word ? word : "");
	}
	return text;
}

static bool check_blocks(struct check *c, const struct tree_option *o, const struct option_rule *rule,
                         bool sent, struct option_pattern *out)
{
	const struct field_rule edge = {"a block's edge", rule->fields[0].which, !sent, UINT32_MAX};
	unsigned n = 0;

	for (const struct tree_pair *p = o->pairs; p; p = p->next) {
		if (out->sack_blocks++ == rule->most)
			return check_error(c, &o->span, "more than %u blocks in %s", rule->most, rule->name);
		if (!field_from_expr(c, p->left, &edge, &out->values[n++]) ||
		    !field_from_expr(c, p->right, &edge, &out->values[n++]))
			return false;
	}
	return true;
}

static bool same_word(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

/* One that is in the table. */
static bool check_named(struct check *c, const struct tree_option *o, bool sent, struct option_pattern *out)
{
	const struct option_rule *rule = option_named(o->name);
	bool right = rule->most ? !!o->pairs : !o->pairs && o->count == option_values(rule, 1);

	for (unsigned i = 0; right && i < o->count; i++)
		right = same_word(o->words[i], rule->fields[i].word);
	if (!right)
		return check_error(c, &o->span, "%s is written '%s'", rule->name, form(c, rule));
	out->kind = rule->kind;
	if (rule->most)
		return check_blocks(c, o, rule, sent, out);
	for (unsigned i = 0; i < o->count; i++) {
		const struct option_field *f = &rule->fields[i];
		struct field_rule value = {rule->name, f->which, !sent, UINT32_MAX >> (32 - 8 * f->width)};

		if (f->word)
			value.what = arena_printf(c->arena, "%s %s", rule->name, f->word);
		if (!field_check(c, &o->values[i], &value, &out->values[i]))
			return false;
	}
	return true;
}

/* "opt N len L": the length byte, at a place of the options, as it is written; and it may be false. */
static bool check_length(struct check *c, const struct tree_option *o, bool sent, unsigned at,
                         struct malformation *out)
{
	struct false_length *wrong;
	uint32_t length;

	if (!sent)
		return check_error(c, &o->length->span,
		                   "an option's 'len' is for what we send: the length follows from its data");
	if (!value_number(c, o->length, "an option's length", &length))
		return false;
	if (length > 255)
		return check_error(c, &o->length->span, "option length %u is too large: at most 255", length);
	wrong = arena_alloc(c->arena, sizeof *wrong);
	*wrong = (struct false_length){(uint8_t)at, (uint8_t)length, out->lengths};
	out->lengths = wrong;
	return true;
}

static bool check_raw(struct check *c, const struct tree_option *o, struct option_pattern *out)
{
	const struct option_rule *rule;
	const struct literal *hex;
	uint8_t *bytes;
	size_t count;
	uint32_t kind;

	if (!value_number(c, o->number, "an option's kind", &kind))
		return false;
	if (kind > 255)
		return check_error(c, &o->number->span, "option kind %u is too large: at most 255", kind);
	out->kind = (uint8_t)kind;
	out->raw = true;
	out->data = (const uint8_t *)"";
	rule = option_rule(out->kind);
	if (rule && rule->single && (o->length || o->hex))
		return check_error(c, &o->span, "options of kind 0 and 1 are one byte: they have no %s",
		                   o->hex ? "data" : "length");
	if (!o->hex)
		return true;
	if (!value_string(c, o->hex, &hex))
		return false;
	bytes = arena_alloc(c->arena, hex->len / 2 + 1);
	if (!literal_hex(hex->text, hex->len, bytes, &count))
		return check_error(c, &o->hex->span,
		                   "not hexadecimal: write pairs of digits, as in \"0a ff\"");
	out->data = bytes;
	out->data_len = (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX); /* too many, in any case */
	return true;
}

bool options_check(struct check *c, const struct tree_attr *attr, bool sent, struct pattern *out)
{
	struct option_pattern *list;
	unsigned room = 0, bytes = 0;

	for (const struct tree_option *o = attr->options; o; o = o->next)
		room++;
	list = arena_alloc(c->arena, (room + 1) * sizeof *list);
	for (const struct tree_option *o = attr->options; o; o = o->next) {
		if (o->rest && (o->next || sent))
			return check_error(c, &o->span,
			                   sent ? "'*' cannot be sent: name the options"
			                        : "'*' stands last: behind it any options may follow");
		if (o->rest) {
			out->options_open = true;
			break;
		}
		if (!(o->name ? check_named(c, o, sent, &list[out->options_count])
		              : check_raw(c, o, &list[out->options_count])))
			return false;
		if (o->length && !check_length(c, o, sent, bytes + 1, &out->malformed))
			return false;
		bytes += option_pattern_bytes(&list[out->options_count++]);
		if (bytes > TCP_OPTIONS_MAX_BYTES)
			return check_error(c, &attr->span, "options over 40 bytes: TCP has no room for more");
	}
	out->has_options = true;
	out->options = list;
	return true;
}
