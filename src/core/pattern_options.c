/* The layout of option patterns, the same for matching, lowering and building. Knows no segment. */
#include "pattern_impl.h"

#include <stdio.h>

bool option_pattern_single(const struct option_pattern *o)
{
	return o->kind == OPT_EOL || o->kind == OPT_NOP;
}

unsigned option_pattern_bytes(const struct option_pattern *o)
{
	if (option_pattern_single(o))
		return 1;
	if (o->raw)
		return 2u + o->data_len;
	switch (o->kind) {
	case OPT_MSS: return 4;
	case OPT_WSCALE: return 3;
	case OPT_SACK: return 2u + 8u * o->sack_blocks;
	case OPT_TIMESTAMPS: return 10;
	}
	return 2;
}

unsigned options_pattern_bytes(const struct pattern *p)
{
	unsigned bytes = 0;

	for (unsigned i = 0; i < p->options_count; i++)
		bytes += option_pattern_bytes(&p->options[i]);
	return bytes;
}

unsigned option_pattern_values(const struct option_pattern *o, struct option_value out[OPTION_VALUES_MAX])
{
	unsigned n = 0;

	if (o->raw || option_pattern_single(o))
		return 0;
	switch (o->kind) {
	case OPT_MSS: out[n++] = (struct option_value){2, 2, &o->first, 0}; break;
	case OPT_WSCALE: out[n++] = (struct option_value){2, 1, &o->first, 0}; break;
	case OPT_TIMESTAMPS:
		out[n++] = (struct option_value){2, 4, &o->first, 0};
		out[n++] = (struct option_value){6, 4, &o->second, 0};
		break;
	case OPT_SACK:
		for (unsigned i = 0; i < o->sack_blocks; i++) {
			out[n++] = (struct option_value){2 + 8 * i, 4, &o->sack[i].left, 'a'};
			out[n++] = (struct option_value){6 + 8 * i, 4, &o->sack[i].right, 'a'};
		}
		break;
	}
	return n;
}

/* Room left after what snprintf said it wrote. */
static size_t advance(size_t at, int written, size_t size)
{
	if (written < 0)
		return at;
	at += (size_t)written;
	return at < size ? at : size - 1;
}

static size_t value_text(const struct option_value *v, const char *word, const struct scope *scope, char *buf,
                         size_t at, size_t size)
{
	struct range r;

	if (v->field->kind == FIELD_ABSENT || v->field->kind == FIELD_ANY)
		return advance(at, snprintf(buf + at, size - at, "%s*", word), size);
	r = field_range(v->field, v->which, false, scope);
	if (v->which == 'a') {
		r.low -= scope->connection->iss;
		r.high -= scope->connection->iss;
	}
	if (v->field->kind == FIELD_VALUE)
		return advance(at, snprintf(buf + at, size - at, "%s%u", word, r.low), size);
	return advance(at, snprintf(buf + at, size - at, "%s%u..%u", word, r.low, r.high), size);
}

static size_t option_text(const struct option_pattern *o, const struct scope *scope, char *buf, size_t at,
                          size_t size)
{
	static const char *const words[] = {[OPT_EOL] = "eol",
	                                    [OPT_NOP] = "nop",
	                                    [OPT_MSS] = "mss",
	                                    [OPT_WSCALE] = "wscale",
	                                    [OPT_SACK_PERMITTED] = "sackOK",
	                                    [OPT_SACK] = "sack",
	                                    [OPT_TIMESTAMPS] = "TS"};
	struct option_value values[OPTION_VALUES_MAX];
	unsigned n = option_pattern_values(o, values);
	bool known = o->kind < sizeof words / sizeof *words && words[o->kind] && !o->raw;

	if (known)
		at = advance(at, snprintf(buf + at, size - at, "%s", words[o->kind]), size);
	else
		at = advance(at, snprintf(buf + at, size - at, "opt %u", o->kind), size);
	for (unsigned i = 0; i < n; i++) {
		const char *word = " ";

		if (o->kind == OPT_TIMESTAMPS)
			word = i ? " ecr " : " val ";
		else if (o->kind == OPT_SACK && i % 2)
			word = ":";
		at = value_text(&values[i], word, scope, buf, at, size);
	}
	return at;
}

void options_pattern_text(const struct pattern *p, const struct scope *scope, char *buf, size_t size)
{
	size_t at = advance(0, snprintf(buf, size, "<"), size);

	for (unsigned i = 0; i < p->options_count; i++) {
		if (i)
			at = advance(at, snprintf(buf + at, size - at, ","), size);
		at = option_text(&p->options[i], scope, buf, at, size);
	}
	if (p->options_open)
		at = advance(at, snprintf(buf + at, size - at, p->options_count ? ",*" : "*"), size);
	advance(at, snprintf(buf + at, size - at, ">"), size);
}
