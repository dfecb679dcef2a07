/* TCP options: from bytes to values, back, and to text, by the table. Every length is checked
 * before it is used. Knows nothing of segments or packets around them. */
#include "options.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

/* A new row is a new option: decoded, written, matched, lowered, explained, and a word of the language. One
 * for a SYN alone also gets a rule (rules.h). */
static const struct option_rule table[] = {
    {OPT_EOL, "eol", .single = true},
    {OPT_NOP, "nop", .single = true},
    {OPT_MSS, "mss", .fields = {{NULL, 2, 0}}, .syn_only = true},
    {OPT_WSCALE, "wscale", .fields = {{NULL, 1, 0}}, .syn_only = true},
    {OPT_SACK_PERMITTED, "sackOK", .syn_only = true},
    {OPT_SACK, "sack", .fields = {{NULL, 4, 'a'}, {NULL, 4, 'a'}}, .most = SACK_BLOCKS_MAX},
    {OPT_TIMESTAMPS, "TS", .fields = {{"val", 4, 0}, {"ecr", 4, 0}}},
};

const struct option_rule *option_row(size_t at)
{
	return at < sizeof table / sizeof *table ? &table[at] : NULL;
}

const struct option_rule *option_rule(uint8_t kind)
{
	for (size_t i = 0; option_row(i); i++)
		if (table[i].kind == kind)
			return &table[i];
	return NULL;
}

const struct option_rule *option_named(const char *name)
{
	for (size_t i = 0; option_row(i); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

static unsigned field_count(const struct option_rule *r)
{
	unsigned n = 0;

	while (n < OPTION_FIELDS_MAX && r->fields[n].width)
		n++;
	return n;
}

/* Bytes of one block. */
static unsigned block_bytes(const struct option_rule *r) { return r->fields[0].width + r->fields[1].width; }

unsigned option_values(const struct option_rule *r, unsigned blocks)
{
	return field_count(r) * (r->most ? blocks : 1);
}

unsigned option_bytes(const struct option_rule *r, unsigned blocks)
{
	return r->single ? 1 : 2 + block_bytes(r) * (r->most ? blocks : 1);
}

const struct option_field *option_field(const struct option_rule *r, unsigned i, unsigned *offset)
{
	unsigned in_block = i % field_count(r);

	*offset = 2 + i / field_count(r) * block_bytes(r) + (in_block ? r->fields[0].width : 0);
	return &r->fields[in_block];
}

/* --- bytes --- */

int options_next(const uint8_t *bytes, size_t len, size_t *at, struct tcp_option *opt)
{
	const uint8_t *here = bytes + *at;
	const struct option_rule *rule;
	size_t rest, size;

	if (*at >= len)
		return 0;
	rest = len - *at;
	rule = option_rule(here[0]);
	*opt = (struct tcp_option){.kind = here[0]};
	if (rule && rule->single) {
		*at = opt->kind == OPT_EOL ? len : *at + 1;
		return 1;
	}
	if (rest < 2)
		return -1;
	size = here[1];
	if (size < 2 || size > rest)
		return -1;
	opt->data = here + 2;
	opt->data_len = (uint8_t)(size - 2);
	if (rule && rule->most)
		opt->sack_blocks = opt->data_len / (uint8_t)block_bytes(rule);
	/* blocks stand there at least once */
	opt->unknown = !rule || size != option_bytes(rule, opt->sack_blocks) ||
	               opt->sack_blocks > rule->most || (rule->most && !opt->sack_blocks);
	for (unsigned i = 0; !opt->unknown && i < option_values(rule, opt->sack_blocks); i++) {
		unsigned offset;
		const struct option_field *f = option_field(rule, i, &offset);

		opt->values[i] = bytes_get(here + offset, f->width);
	}
	*at += size;
	return 1;
}

bool options_find(const uint8_t *bytes, size_t len, uint8_t kind, struct tcp_option *opt)
{
	struct tcp_option here;
	size_t at = 0;

	while (options_next(bytes, len, &at, &here) == 1) {
		if (here.kind != kind || (here.unknown && option_rule(kind)))
			continue;
		*opt = here;
		return true;
	}
	return false;
}

bool options_append(uint8_t *bytes, uint8_t *len, const struct tcp_option *opt)
{
	const struct option_rule *rule = opt->unknown ? NULL : option_rule(opt->kind);
	size_t size = rule ? option_bytes(rule, opt->sack_blocks) : 2u + opt->data_len;
	uint8_t *to = bytes + *len;

	assert(*len <= TCP_OPTIONS_MAX_BYTES);
	if (size > (size_t)(TCP_OPTIONS_MAX_BYTES - *len))
		return false;
	to[0] = opt->kind;
	if (size > 1)
		to[1] = (uint8_t)size;
	for (unsigned i = 0; rule && i < option_values(rule, opt->sack_blocks); i++) {
		unsigned offset;
		const struct option_field *f = option_field(rule, i, &offset);

		bytes_put(to + offset, f->width, opt->values[i]);
	}
	if (!rule && opt->data_len)
		memcpy(to + 2, opt->data, opt->data_len);
	*len = (uint8_t)(*len + size);
	return true;
}

void options_pad(uint8_t *bytes, uint8_t *len)
{
	assert(*len <= TCP_OPTIONS_MAX_BYTES);
	while (*len % 4)
		bytes[(*len)++] = OPT_EOL;
}

/* --- text --- */

void option_text(struct cut *text, const struct option_rule *r, unsigned blocks, option_number *number,
                 const void *context)
{
	cut_add(text, "%s", r->name);
	if (r->most)
		cut_add(text, " %u ", blocks);
	for (unsigned i = 0; i < option_values(r, blocks); i++) {
		const struct option_field *f = &r->fields[i % field_count(r)];

		if (r->most)
			cut_add(text, "%s", i % field_count(r) ? ":" : "{");
		else
			cut_add(text, " %s%s", f->word ? f->word : "", f->word ? " " : "");
		number(text, i, context);
		if (r->most && (i + 1) % field_count(r) == 0)
			cut_add(text, "}");
	}
}

static void value_text(struct cut *text, unsigned i, const void *option)
{
	cut_add(text, "%u", ((const struct tcp_option *)option)->values[i]);
}

const char *options_text(const uint8_t *bytes, size_t len, char *buf, size_t size)
{
	struct cut text = cut_start(buf, size);
	struct tcp_option opt;
	size_t at = 0;
	int more;

	while ((more = options_next(bytes, len, &at, &opt)) == 1) {
		cut_add(&text, "%s", text.len ? "," : "");
		if (!opt.unknown) {
			option_text(&text, option_rule(opt.kind), opt.sack_blocks, value_text, &opt);
			continue;
		}
		cut_add(&text, "unknown-%u", opt.kind);
		for (int i = 0; i < opt.data_len; i++)
			cut_add(&text, "%s%02x", i ? "" : " 0x", opt.data[i]);
	}
	if (more < 0)
		cut_add(&text, "%s[bad opt]", text.len ? "," : "");
	return buf;
}
