/* Evaluating expressions and comparing a segment with a pattern, field by field. The comparison explains;
 * the lowered filter (lower.c) decides, and a property test holds the two together. */
#include "pattern_impl.h"

#include "seq.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

static uint32_t bound_value(const struct expr *e, const struct scope *scope)
{
	const struct segment *s = &scope->bound[e->slot].segment;

	switch (e->op) {
	case EXPR_SEG_SEQ: return s->seq;
	case EXPR_SEG_END: return segment_end(s);
	case EXPR_SEG_ACK: return s->ack;
	case EXPR_SEG_LEN: return s->payload_len;
	case EXPR_SEG_WND: return s->wnd;
	case EXPR_CONST:
	case EXPR_ISS:
	case EXPR_IRS:
	case EXPR_SND_NXT:
	case EXPR_SND_UNA:
	case EXPR_SND_WND:
	case EXPR_RCV_NXT:
	case EXPR_RCV_WND:
	case EXPR_ADD:
	case EXPR_SUB:
	case EXPR_MUL: break;
	}
	assert(false && "not a segment's number");
	return 0;
}

uint32_t expr_eval(const struct expr *e, const struct scope *scope)
{
	const struct connection *c = scope->connection;

	switch (e->op) {
	case EXPR_CONST: return e->value;
	case EXPR_ISS: return c->iss;
	case EXPR_IRS: return c->irs;
	case EXPR_SND_NXT: return c->snd_nxt;
	case EXPR_SND_UNA: return c->snd_una;
	case EXPR_SND_WND: return c->snd_wnd;
	case EXPR_RCV_NXT: return c->rcv_nxt;
	case EXPR_RCV_WND: return c->rcv_wnd;
	case EXPR_SEG_SEQ:
	case EXPR_SEG_END:
	case EXPR_SEG_ACK:
	case EXPR_SEG_LEN:
	case EXPR_SEG_WND: return bound_value(e, scope);
	case EXPR_ADD: return expr_eval(e->left, scope) + expr_eval(e->right, scope);
	case EXPR_SUB: return expr_eval(e->left, scope) - expr_eval(e->right, scope);
	case EXPR_MUL: return expr_eval(e->left, scope) * expr_eval(e->right, scope);
	}
	assert(false && "unknown operation");
	return 0;
}

/* What a relative number counts from: for seq the sender's ISN, for ack the receiver's. */
static uint32_t isn(char which, bool ours, const struct connection *c)
{
	if (which == 0)
		return 0;
	return (which == 's') == ours ? c->iss : c->irs;
}

struct range field_range(const struct field *f, char which, bool ours, const struct scope *scope)
{
	uint32_t base = f->relative ? isn(which, ours, scope->connection) : 0;
	struct range r = {0, UINT32_MAX};

	if (f->kind == FIELD_VALUE || f->kind == FIELD_RANGE) {
		r.low = base + expr_eval(f->low, scope);
		r.high = f->kind == FIELD_RANGE ? base + expr_eval(f->high, scope) : r.low;
	}
	return r;
}

/* One of the header's numbers; why tells them as counted from the ISN. Those that count octets of the stream
 * (which is 's' or 'a') are compared modulo 2^32, so that a range may wrap. */
static bool number_matches(const struct field *f, const char *name, char which, uint32_t got,
                           const struct scope *scope, struct mismatch *why)
{
	struct range wanted;
	uint32_t base;

	if (f->kind == FIELD_ABSENT || f->kind == FIELD_ANY)
		return true;
	wanted = field_range(f, which, false, scope);
	if (seq_between(wanted.low, got, wanted.high))
		return true;
	if (!why)
		return false;
	base = isn(which, false, scope->connection);
	why->field = name;
	if (wanted.low == wanted.high)
		snprintf(why->expected, sizeof why->expected, "%u", wanted.low - base);
	else
		snprintf(why->expected, sizeof why->expected, "%u..%u", wanted.low - base,
		         wanted.high - base);
	snprintf(why->got, sizeof why->got, "%u", got - base);
	return false;
}

static bool flags_match(const struct pattern *p, const struct segment *s, struct mismatch *why)
{
	char text[FLAGS_TEXT_BYTES];

	if ((s->flags & p->flags_mask) == p->flags)
		return true;
	if (why) {
		why->field = "flags";
		snprintf(why->expected, sizeof why->expected, "%s", flags_text(p->flags, text));
		snprintf(why->got, sizeof why->got, "%s", flags_text(s->flags, text));
	}
	return false;
}

static bool option_matches(const struct option_pattern *o, const uint8_t *at, const struct scope *scope)
{
	struct option_value v;

	if (at[0] != o->kind)
		return false;
	if (option_pattern_single(o))
		return true;
	if (at[1] != option_pattern_bytes(o))
		return false;
	if (o->raw)
		return memcmp(at + 2, o->data, o->data_len) == 0;
	for (unsigned i = 0; option_pattern_value(o, i, &v); i++)
		if (!number_matches(v.field, "options", v.which, bytes_get(at + v.offset, v.width), scope,
		                    NULL))
			return false;
	return true;
}

/* The list stands in its order from the first byte. What is left over after
 * a closed list must be padding that begins with EOL, or nothing. */
static bool options_fit(const struct pattern *p, const struct segment *s, const struct scope *scope)
{
	unsigned at = 0, bytes = options_pattern_bytes(p);

	if (p->options_open ? s->options_len < bytes : s->options_len != (bytes + 3) / 4 * 4)
		return false;
	for (unsigned i = 0; i < p->options_count; i++) {
		if (!option_matches(&p->options[i], s->options + at, scope))
			return false;
		at += option_pattern_bytes(&p->options[i]);
	}
	if (p->options_open || at == s->options_len)
		return true;
	return s->options[at] == OPT_EOL || (at && p->options[p->options_count - 1].kind == OPT_EOL);
}

static bool options_match(const struct pattern *p, const struct segment *s, const struct scope *scope,
                          struct mismatch *why)
{
	char text[MISMATCH_TEXT_BYTES - 3];

	if (!p->has_options || options_fit(p, s, scope))
		return true;
	if (why) {
		why->field = "options";
		options_pattern_text(p, scope, why->expected, sizeof why->expected);
		snprintf(why->got, sizeof why->got, "<%s>",
		         options_text(s->options, s->options_len, text, sizeof text));
	}
	return false;
}

static bool payload_matches(const struct pattern *p, const struct segment *s, struct mismatch *why)
{
	uint32_t i = 0;

	if (!p->has_payload)
		return true;
	if (s->payload_len == p->payload_len) {
		while (i < p->payload_len && i < s->payload_captured && s->payload[i] == p->payload[i])
			i++;
		if (i == p->payload_len)
			return true;
	}
	if (!why)
		return false;
	why->field = "payload";
	snprintf(why->expected, sizeof why->expected, "%u bytes", p->payload_len);
	if (s->payload_len != p->payload_len)
		snprintf(why->got, sizeof why->got, "%u bytes", s->payload_len);
	else if (i == s->payload_captured)
		snprintf(why->got, sizeof why->got, "only %u of its %u bytes are in the capture",
		         s->payload_captured, s->payload_len);
	else
		snprintf(why->got, sizeof why->got, "another byte at offset %u: 0x%02x, not 0x%02x", i,
		         s->payload[i], p->payload[i]);
	return false;
}

static bool field_matches(unsigned field, const struct pattern *p, const struct segment *s,
                          const struct scope *scope, struct mismatch *why)
{
	switch (field) {
	case 0: return flags_match(p, s, why);
	case 1: return number_matches(&p->seq, "seq", 's', s->seq, scope, why);
	case 2: return number_matches(&p->end, "end of payload", 's', s->seq + s->payload_len, scope, why);
	case 3: return number_matches(&p->ack, "ack", 'a', s->ack, scope, why);
	case 4: return number_matches(&p->len, "len", 0, s->payload_len, scope, why);
	case 5: return number_matches(&p->win, "win", 0, s->wnd, scope, why);
	case 6: return number_matches(&p->urg, "urg", 0, s->urg, scope, why);
	case 7: return number_matches(&p->ttl, "ttl", 0, s->ttl, scope, why);
	case 8: return options_match(p, s, scope, why);
	}
	return payload_matches(p, s, why);
}

bool pattern_match(const struct pattern *p, const struct segment *s, const struct scope *scope,
                   struct mismatch *why)
{
	for (unsigned i = 0; i < MISMATCHES_MAX; i++)
		if (!field_matches(i, p, s, scope, why))
			return false;
	return true;
}

size_t pattern_differences(const struct pattern *p, const struct segment *s, const struct scope *scope,
                           struct mismatch out[MISMATCHES_MAX])
{
	size_t n = 0;

	for (unsigned i = 0; i < MISMATCHES_MAX; i++)
		n += !field_matches(i, p, s, scope, &out[n]);
	return n;
}

static bool any(const struct field *f) { return f->kind == FIELD_ABSENT || f->kind == FIELD_ANY; }

bool pattern_takes_all(const struct pattern *p)
{
	return p->flags_mask == 0 && any(&p->seq) && any(&p->end) && any(&p->ack) && any(&p->win) &&
	       any(&p->len) && any(&p->urg) && any(&p->ttl) && !p->has_options && !p->has_payload &&
	       !p->filter;
}
