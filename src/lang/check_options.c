/* The option list of a segment. */
#include "lang/check.h"

struct options {
	struct option_pattern *list;
	unsigned count;
	unsigned bytes; /* the least that they take on the wire */
};

static bool check_sack(struct check *c, const struct tree_option *o, bool sent, struct option_pattern *out)
{
	const struct field_rule rule = {"a SACK block's edge", true, !sent, UINT32_MAX};

	for (const struct tree_pair *p = o->pairs; p; p = p->next) {
		if (out->sack_blocks == SACK_BLOCKS_MAX) {
			check_error(c, &o->span, "more than %d SACK blocks", SACK_BLOCKS_MAX);
			return false;
		}
		if (!field_from_expr(c, p->left, &rule, &out->sack[out->sack_blocks].left) ||
		    !field_from_expr(c, p->right, &rule, &out->sack[out->sack_blocks].right))
			return false;
		out->sack_blocks++;
	}
	return true;
}

/* "opt N len L": the length byte as it is written, and it may lie. */
static bool check_length(struct check *c, const struct tree_option *o, bool sent, struct option_pattern *out)
{
	uint32_t length;

	if (!sent) {
		check_error(c, &o->length->span,
		            "an option's 'len' is for what we send: the length follows from its data");
		return false;
	}
	if (!value_number(c, o->length, "an option's length", &length))
		return false;
	if (length > 255) {
		check_error(c, &o->length->span, "option length %u is too large: at most 255", length);
		return false;
	}
	if (out->kind == OPT_EOL || out->kind == OPT_NOP) {
		check_error(c, &o->span, "options of kind 0 and 1 are one byte: they have no length");
		return false;
	}
	out->has_length = true;
	out->length = (uint8_t)length;
	return true;
}

static bool check_raw(struct check *c, const struct tree_option *o, bool sent, struct option_pattern *out)
{
	const struct literal *hex;
	uint8_t *bytes;
	size_t count;
	uint32_t kind;

	if (!value_number(c, o->number, "an option's kind", &kind))
		return false;
	if (kind > 255) {
		check_error(c, &o->number->span, "option kind %u is too large: at most 255", kind);
		return false;
	}
	out->kind = (uint8_t)kind;
	out->raw = true;
	out->data = (const uint8_t *)"";
	if (o->length && !check_length(c, o, sent, out))
		return false;
	if (!o->hex)
		return true;
	if (!value_string(c, o->hex, &hex))
		return false;
	if (kind == OPT_EOL || kind == OPT_NOP) {
		check_error(c, &o->span, "options of kind 0 and 1 are one byte: they have no data");
		return false;
	}
	bytes = arena_alloc(c->arena, hex->len / 2 + 1);
	if (!literal_hex(hex->text, hex->len, bytes, &count)) {
		check_error(c, &o->hex->span, "not hexadecimal: write pairs of digits, as in \"0a ff\"");
		return false;
	}
	if (count > TCP_OPTIONS_MAX_BYTES - 2) {
		check_error(c, &o->hex->span, "options over 40 bytes: TCP has no room for more");
		return false;
	}
	out->data = bytes;
	out->data_len = (uint8_t)count;
	return true;
}

static bool check_one(struct check *c, const struct tree_option *o, bool sent, struct option_pattern *out)
{
	const struct field_rule mss = {"mss", false, !sent, 65535}, shift = {"wscale", false, !sent, 255};
	const struct field_rule val = {"TS val", false, !sent, UINT32_MAX};
	const struct field_rule ecr = {"TS ecr", false, !sent, UINT32_MAX};

	switch (o->kind) {
	case TREE_OPT_MSS: out->kind = OPT_MSS; return field_check(c, &o->first, &mss, &out->first);
	case TREE_OPT_WSCALE: out->kind = OPT_WSCALE; return field_check(c, &o->first, &shift, &out->first);
	case TREE_OPT_SACKOK: out->kind = OPT_SACK_PERMITTED; return true;
	case TREE_OPT_SACK: out->kind = OPT_SACK; return check_sack(c, o, sent, out);
	case TREE_OPT_TS:
		out->kind = OPT_TIMESTAMPS;
		return field_check(c, &o->first, &val, &out->first) &&
		       field_check(c, &o->second, &ecr, &out->second);
	case TREE_OPT_NOP: out->kind = OPT_NOP; return true;
	case TREE_OPT_EOL: out->kind = OPT_EOL; return true;
	case TREE_OPT_RAW: return check_raw(c, o, sent, out);
	case TREE_OPT_REST: break;
	}
	return false;
}

bool options_check(struct check *c, const struct tree_attr *attr, bool sent, struct pattern *out)
{
	struct options all = {0};
	unsigned room = 0;

	for (const struct tree_option *o = attr->options; o; o = o->next)
		room++;
	if (room > TCP_OPTIONS_MAX_BYTES + 1) {
		check_error(c, &attr->span, "options over 40 bytes: TCP has no room for more");
		return false;
	}
	all.list = arena_alloc(c->arena, (room + 1) * sizeof *all.list);
	for (const struct tree_option *o = attr->options; o; o = o->next) {
		if (o->kind == TREE_OPT_REST && (o->next || sent)) {
			check_error(c, &o->span,
			            sent ? "'*' cannot be sent: name the options"
			                 : "'*' stands last: behind it any options may follow");
			return false;
		}
		if (o->kind == TREE_OPT_REST) {
			out->options_open = true;
			break;
		}
		if (!check_one(c, o, sent, &all.list[all.count]))
			return false;
		all.bytes += option_pattern_bytes(&all.list[all.count++]);
		if (all.bytes > TCP_OPTIONS_MAX_BYTES) {
			check_error(c, &attr->span, "options over 40 bytes: TCP has no room for more");
			return false;
		}
	}
	out->has_options = true;
	out->options = all.list;
	out->options_count = all.count;
	return true;
}
