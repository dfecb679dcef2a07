/* From a pattern to a segment that we send: what it names, and from the
 * connection what it leaves out. Bytes on the wire are made elsewhere. */
#include "pattern.h"

#include <string.h>

#include "base/bytes.h"
#include "base/duration.h"

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
