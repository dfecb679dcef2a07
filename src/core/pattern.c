/* Evaluating expressions and comparing a segment with a pattern, field by field. The comparison explains;
 * the lowered filter (lower.c) decides, and a property test holds the two together. And from a pattern to a
 * segment that we send; bytes on the wire are made elsewhere. */
#include "pattern.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/duration.h"

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
	case EXPR_SEG_SEQ: return scope->bound[e->slot].segment.seq;
	case EXPR_SEG_END: return segment_end(&scope->bound[e->slot].segment);
	case EXPR_SEG_ACK: return scope->bound[e->slot].segment.ack;
	case EXPR_SEG_LEN: return scope->bound[e->slot].segment.payload_len;
	case EXPR_SEG_WND: return scope->bound[e->slot].segment.wnd;
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

/* --- the layout of options, the same for matching, lowering and building --- */

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

/* The list in tcpdump's notation, "*" for any. */
static void options_text_of(const struct pattern *p, const struct scope *scope, char *buf, size_t size)
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

/* --- comparing --- */

/* Says in why, where it is wanted, what was expected and what came; always false. */
static bool differs(struct mismatch *why, enum difference field, struct datum expected, struct datum got)
{
	if (why)
		*why = (struct mismatch){.field = field, .expected = expected, .got = got};
	return false;
}

/* One of the header's numbers. Those that count octets of the stream (which
 * is 's' or 'a') are compared modulo 2^32, so that a range may wrap. */
static bool number_matches(const struct field *f, enum difference field, char which, uint32_t got,
                           const struct scope *scope, struct mismatch *why)
{
	uint32_t base = isn(which, false, scope->connection);
	struct range wanted;

	if (f->kind == FIELD_ABSENT || f->kind == FIELD_ANY)
		return true;
	wanted = field_range(f, which, false, scope);
	if (seq_between(wanted.low, got, wanted.high))
		return true;
	return differs(why, field,
	               datum_of(wanted.low == wanted.high ? DATUM_NUMBER : DATUM_RANGE,
	                        (uint32_t)(wanted.low - base), (uint32_t)(wanted.high - base)),
	               datum_of(DATUM_NUMBER, (uint32_t)(got - base), 0));
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
		if (!number_matches(v.field, DIFFERS_OPTIONS, v.which, bytes_get(at + v.offset, v.width),
		                    scope, NULL))
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
	char expected[DATUM_TEXT_BYTES], list[DATUM_TEXT_BYTES - 3], got[DATUM_TEXT_BYTES];

	if (!p->has_options || options_fit(p, s, scope))
		return true;
	if (!why)
		return false;
	options_text_of(p, scope, expected, sizeof expected);
	snprintf(got, sizeof got, "<%s>", options_text(s->options, s->options_len, list, sizeof list));
	return differs(why, DIFFERS_OPTIONS, datum_notation(expected), datum_notation(got));
}

static bool payload_matches(const struct pattern *p, const struct segment *s, struct mismatch *why)
{
	struct datum wanted = datum_of(DATUM_BYTES, p->payload_len, 0), got;
	uint32_t i = 0;

	if (!p->has_payload)
		return true;
	if (s->payload_len != p->payload_len)
		return differs(why, DIFFERS_PAYLOAD, wanted, datum_of(DATUM_BYTES, s->payload_len, 0));
	while (i < p->payload_len && i < s->payload_captured && s->payload[i] == p->payload[i])
		i++;
	if (i == p->payload_len)
		return true;
	if (i == s->payload_captured)
		got = datum_of(DATUM_BYTES_CAPTURED, s->payload_captured, s->payload_len);
	else
		got = (struct datum){.kind = DATUM_OTHER_BYTE, .n = {i, s->payload[i], p->payload[i]}};
	return differs(why, DIFFERS_PAYLOAD, wanted, got);
}

static bool field_matches(enum difference field, const struct pattern *p, const struct segment *s,
                          const struct scope *scope, struct mismatch *why)
{
	const struct {
		const struct field *wanted;
		uint32_t got;
		char which;
	} numbers[] = {
	    [DIFFERS_SEQ] = {&p->seq, s->seq, 's'}, [DIFFERS_END] = {&p->end, s->seq + s->payload_len, 's'},
	    [DIFFERS_ACK] = {&p->ack, s->ack, 'a'}, [DIFFERS_LEN] = {&p->len, s->payload_len, 0},
	    [DIFFERS_WIN] = {&p->win, s->wnd, 0},   [DIFFERS_URG] = {&p->urg, s->urg, 0},
	    [DIFFERS_TTL] = {&p->ttl, s->ttl, 0},
	};

	if (field == DIFFERS_FLAGS)
		return (s->flags & p->flags_mask) == p->flags ||
		       differs(why, field, datum_of(DATUM_FLAGS, p->flags, 0),
		               datum_of(DATUM_FLAGS, s->flags, 0));
	if (field == DIFFERS_OPTIONS)
		return options_match(p, s, scope, why);
	if (field == DIFFERS_PAYLOAD)
		return payload_matches(p, s, why);
	return number_matches(numbers[field].wanted, field, numbers[field].which, numbers[field].got, scope,
	                      why);
}

bool pattern_match(const struct pattern *p, const struct segment *s, const struct scope *scope,
                   struct mismatch *why)
{
	for (enum difference i = 0; i <= DIFFERS_PAYLOAD; i++)
		if (!field_matches(i, p, s, scope, why))
			return false;
	return true;
}

size_t pattern_differences(const struct pattern *p, const struct segment *s, const struct scope *scope,
                           struct mismatch out[MISMATCHES_MAX])
{
	size_t n = 0;

	for (enum difference i = 0; i <= DIFFERS_PAYLOAD; i++)
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

/* --- building: what the pattern names, and from the connection what it leaves out --- */

enum { DEFAULT_TTL = 64 };

static uint32_t value_or(const struct field *f, char which, const struct scope *scope, uint32_t otherwise)
{
	return f->kind == FIELD_VALUE ? field_range(f, which, true, scope).low : otherwise;
}

static bool put_options(const struct pattern *p, const struct scope *scope, struct segment *out,
                        struct diag *d)
{
	struct option_value v;
	unsigned at = 0;

	if (options_pattern_bytes(p) > TCP_OPTIONS_MAX_BYTES)
		return diag_at(d, p->where, "these options need %u bytes; a TCP header has room for %d",
		               options_pattern_bytes(p), TCP_OPTIONS_MAX_BYTES);
	for (unsigned i = 0; i < p->options_count; i++) {
		const struct option_pattern *o = &p->options[i];

		out->options[at] = o->kind;
		if (!option_pattern_single(o))
			out->options[at + 1] = (uint8_t)option_pattern_bytes(o);
		if (o->raw && !option_pattern_single(o) && o->data_len)
			memcpy(out->options + at + 2, o->data, o->data_len);
		for (unsigned k = 0; option_pattern_value(o, k, &v); k++)
			bytes_put(out->options + at + v.offset, v.width,
			          value_or(v.field, v.which, scope, 0));
		at += option_pattern_bytes(o);
	}
	out->options_len = (uint8_t)at;
	options_pad(out->options, &out->options_len);
	return true;
}

bool pattern_build(const struct pattern *p, const struct scope *scope, int64_t now_ns, struct segment *out,
                   struct diag *d)
{
	const struct connection *c = scope->connection;
	const struct tcp_option nop = {.kind = OPT_NOP};
	/* TSval counts milliseconds of the event's time, so it grows */
	const struct tcp_option ts = {.kind = OPT_TIMESTAMPS,
	                              .ts_val = (uint32_t)(now_ns / NS_PER_MS) + c->ts_offset,
	                              .ts_ecr = c->ts_recent};

	*out = (struct segment){
	    .src = c->local,
	    .dst = c->remote,
	    .sport = c->local_port,
	    .dport = c->remote_port,
	    .flags = p->flags,
	    .seq = value_or(&p->seq, 's', scope, c->snd_nxt),
	    .ack = value_or(&p->ack, 'a', scope, p->flags & TCP_ACK ? c->rcv_nxt : 0),
	    .wnd = (uint16_t)value_or(&p->win, 0, scope, c->rcv_wnd),
	    .urg = (uint16_t)value_or(&p->urg, 0, scope, 0),
	    .ttl = (uint8_t)value_or(&p->ttl, 0, scope, DEFAULT_TTL),
	    .payload = p->payload,
	    .payload_len = p->payload_len,
	    .payload_captured = p->payload_len,
	    .time_ns = now_ns,
	};
	if (p->has_options && !put_options(p, scope, out, d))
		return false;
	/* Once negotiated, timestamps are in every segment (RFC 7323, 3.2). */
	if (!p->has_options && c->timestamps && !(p->flags & TCP_SYN)) {
		options_append(out->options, &out->options_len, &nop);
		options_append(out->options, &out->options_len, &nop);
		options_append(out->options, &out->options_len, &ts);
	}
	return malform_make(&p->malformed, scope->other_port, out, p->where, d);
}

/* --- segments that come again --- */

struct segment resend_whole(const struct segment *first, const struct segment *rest)
{
	struct segment whole = *first;

	whole.payload = NULL;
	whole.payload_captured = 0;
	if (rest) {
		whole.flags |= rest->flags;
		whole.payload_len += rest->payload_len;
	}
	return whole;
}

void resend_pattern(struct resend *r, const struct segment *whole, struct expr newest)
{
	r->seq = (struct expr){.op = EXPR_CONST, .value = whole->seq};
	r->len = (struct expr){.op = EXPR_CONST, .value = whole->payload_len};
	r->ack_low = (struct expr){.op = EXPR_CONST, .value = whole->ack};
	r->ack_high = newest;
	r->pattern = (struct pattern){.flags = whole->flags & (uint16_t)~TCP_PSH,
	                              .flags_mask = TCP_FLAGS & ~TCP_PSH,
	                              .seq = {.kind = FIELD_VALUE, .low = &r->seq},
	                              .len = {.kind = FIELD_VALUE, .low = &r->len},
	                              .ack = {.kind = FIELD_RANGE, .low = &r->ack_low, .high = &r->ack_high},
	                              .slot = -1};
}
