/* From a pattern to a pcap-filter(7) expression. tcp[...] indexes IPv4 only,
 * so for IPv6 every byte is named from the IP header: ip6[offset + n]. */
#include "pattern_impl.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/bytes.h"

struct text {
	char *buf;
	size_t size, len;
	bool full;
	int family;
	unsigned tcp_offset; /* IPv6 */
};

static void add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	if (t->full)
		return;
	va_start(args, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= t->size - t->len)
		t->full = true;
	else
		t->len += (size_t)n;
}

/* width bytes at offset from the start of the TCP header. */
static void add_load(struct text *t, unsigned offset, unsigned width)
{
	if (t->family == 4)
		add(t, "tcp[%u", offset);
	else
		add(t, "ip6[%u", t->tcp_offset + offset);
	if (width > 1)
		add(t, ":%u", width);
	add(t, "]");
}

/* width bytes at offset from the start of the payload. */
static void add_payload_load(struct text *t, unsigned offset, unsigned width)
{
	if (t->family == 4)
		add(t, "tcp[((tcp[12] & 0xf0) >> 2) + %u:%u]", offset, width);
	else
		add(t, "ip6[((ip6[%u] & 0xf0) >> 2) + %u:%u]", t->tcp_offset + 12, t->tcp_offset + offset,
		    width);
}

/* The TCP header's and the IP headers' lengths, taken from the packet's. */
static void add_payload_len(struct text *t)
{
	if (t->family == 4)
		add(t, "ip[2:2] - ((ip[0] & 0x0f) << 2) - ((tcp[12] & 0xf0) >> 2)");
	else
		add(t, "ip6[4:2] - %u - ((ip6[%u] & 0xf0) >> 2)", t->tcp_offset - 40, t->tcp_offset + 12);
}

/* Writes the number under test. */
typedef void add_number(struct text *t, unsigned offset, unsigned width);

static void add_len_number(struct text *t, unsigned offset, unsigned width)
{
	(void)offset;
	(void)width;
	add_payload_len(t);
}

static void add_end_number(struct text *t, unsigned offset, unsigned width)
{
	add_load(t, offset, width);
	add(t, " + ");
	add_payload_len(t);
}

static void add_ttl_number(struct text *t, unsigned offset, unsigned width)
{
	(void)offset;
	(void)width;
	add(t, t->family == 4 ? "ip[8]" : "ip6[7]");
}

/* low <= number <= high for a number that is computed: once, as an offset from
 * low. libpcap 1.10's optimiser loses track of a computed number that stands
 * in an expression several times (tests/unit/test_lower.c found it). */
static void add_computed(struct text *t, add_number *number, struct range r)
{
	add(t, " and ");
	number(t, 4, 4);
	if (r.low == r.high)
		add(t, " = %u", r.low);
	else
		add(t, " - %u <= %u", r.low, r.high - r.low);
}

static void add_computed_field(struct text *t, const struct field *f, char which, add_number *number,
                               const struct scope *scope)
{
	if (f->kind == FIELD_VALUE || f->kind == FIELD_RANGE)
		add_computed(t, number, field_range(f, which, false, scope));
}

/* low <= number <= high, in two comparisons; either will do where the range wraps past 2^32. */
static void add_range(struct text *t, add_number *number, unsigned offset, unsigned width, struct range r)
{
	if (r.low == r.high) {
		add(t, " and ");
		number(t, offset, width);
		add(t, " = %u", r.low);
		return;
	}
	add(t, " and (");
	number(t, offset, width);
	add(t, " >= %u %s ", r.low, r.low < r.high ? "and" : "or");
	number(t, offset, width);
	add(t, " <= %u)", r.high);
}

static void add_field(struct text *t, const struct field *f, char which, add_number *number, unsigned offset,
                      unsigned width, const struct scope *scope)
{
	if (f->kind == FIELD_VALUE || f->kind == FIELD_RANGE)
		add_range(t, number, offset, width, field_range(f, which, false, scope));
}

static void add_bytes(struct text *t, add_number *load, unsigned offset, const uint8_t *bytes, unsigned len)
{
	for (unsigned i = 0; i < len;) {
		unsigned width = len - i >= 4 ? 4 : len - i >= 2 ? 2 : 1;

		add(t, " and ");
		load(t, offset + i, width);
		add(t, " = 0x%x", bytes_get(bytes + i, width));
		i += width;
	}
}

static void add_option(struct text *t, const struct option_pattern *o, unsigned at, const struct scope *scope)
{
	struct option_value v;
	uint8_t head[2] = {o->kind, (uint8_t)option_pattern_bytes(o)};

	add_bytes(t, add_load, at, head, option_pattern_single(o) ? 1 : 2);
	if (o->raw && !option_pattern_single(o))
		add_bytes(t, add_load, at + 2, o->data, o->data_len);
	for (unsigned i = 0; option_pattern_value(o, i, &v); i++)
		add_field(t, v.field, v.which, add_load, at + v.offset, v.width, scope);
}

static void add_options(struct text *t, const struct pattern *p, const struct scope *scope)
{
	unsigned bytes = options_pattern_bytes(p), at = TCP_HEADER_BYTES;
	unsigned header = TCP_HEADER_BYTES + (bytes + 3) / 4 * 4;
	bool eol = p->options_count && p->options[p->options_count - 1].kind == OPT_EOL;

	if (!p->has_options)
		return;
	add(t, " and ");
	add_load(t, 12, 1);
	/* The header's length in words stands in the upper four bits. */
	add(t, " & 0xf0 %s 0x%02x", p->options_open ? ">=" : "=", header * 4);
	for (unsigned i = 0; i < p->options_count; i++) {
		add_option(t, &p->options[i], at, scope);
		at += option_pattern_bytes(&p->options[i]);
	}
	if (!p->options_open && !eol && at < header)
		add_bytes(t, add_load, at, (const uint8_t[]){OPT_EOL}, 1);
}

static void add_connection(struct text *t, const struct connection *c)
{
	char remote[ADDR_TEXT_BYTES], local[ADDR_TEXT_BYTES];

	addr_text(&c->remote, remote);
	addr_text(&c->local, local);
	if (t->family == 4) {
		add(t, "tcp and ip src host %s and ip dst host %s and src port %u and dst port %u", remote,
		    local, c->remote_port, c->local_port);
		return;
	}
	add(t, "ip6 and ");
	if (t->tcp_offset == 40)
		add(t, "ip6[6] = 6 and ");
	add(t, "src host %s and dst host %s and ip6[%u:2] = %u and ip6[%u:2] = %u", remote, local,
	    t->tcp_offset, c->remote_port, t->tcp_offset + 2, c->local_port);
}

size_t pattern_lower(const struct pattern *p, const struct scope *scope, int family, unsigned tcp_offset,
                     char *buf, size_t size)
{
	struct text t = {.buf = buf, .size = size, .family = family, .tcp_offset = tcp_offset};

	add_connection(&t, scope->connection);
	if (p->flags_mask) {
		add(&t, " and ");
		add_load(&t, 12, 2);
		add(&t, " & 0x%03x = 0x%03x", p->flags_mask, p->flags);
	}
	add_field(&t, &p->seq, 's', add_load, 4, 4, scope);
	add_computed_field(&t, &p->end, 's', add_end_number, scope);
	add_field(&t, &p->ack, 'a', add_load, 8, 4, scope);
	add_computed_field(&t, &p->len, 0, add_len_number, scope);
	add_field(&t, &p->win, 0, add_load, 14, 2, scope);
	add_field(&t, &p->urg, 0, add_load, 18, 2, scope);
	add_field(&t, &p->ttl, 0, add_ttl_number, 0, 0, scope);
	add_options(&t, p, scope);
	if (p->has_payload) {
		add_computed(&t, add_len_number, (struct range){p->payload_len, p->payload_len});
		add_bytes(&t, add_payload_load, 0, p->payload, p->payload_len);
	}
	if (p->filter)
		add(&t, " and (%s)", p->filter);
	return t.full ? 0 : t.len;
}
