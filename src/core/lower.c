/* From a pattern to a pcap-filter(7) expression. tcp[...] indexes IPv4 only,
 * so for IPv6 every byte is named from the IP header: ip6[offset + n]. */
#include "pattern.h"

#include "base/bytes.h"

struct text {
	UT_string *out;
	int family;
	unsigned tcp_offset; /* IPv6 */
	const struct scope *scope;
};

#define add(t, ...) utstring_printf((t)->out, __VA_ARGS__)

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

/* Writes the number under test. */
typedef void add_number(struct text *t, unsigned offset, unsigned width);

/* The TCP header's and the IP headers' lengths, taken from the packet's. */
static void add_len_number(struct text *t, unsigned offset, unsigned width)
{
	(void)offset, (void)width;
	if (t->family == 4)
		add(t, "ip[2:2] - ((ip[0] & 0x0f) << 2) - ((tcp[12] & 0xf0) >> 2)");
	else
		add(t, "ip6[4:2] - %u - ((ip6[%u] & 0xf0) >> 2)", t->tcp_offset - 40, t->tcp_offset + 12);
}

static void add_end_number(struct text *t, unsigned offset, unsigned width)
{
	add_load(t, offset, width);
	add(t, " + ");
	add_len_number(t, offset, width);
}

static void add_ttl_number(struct text *t, unsigned offset, unsigned width)
{
	(void)offset, (void)width;
	add(t, t->family == 4 ? "ip[8]" : "ip6[7]");
}

/* low <= number <= high. One that is computed stands there once, as an offset from low: libpcap 1.10's
 * optimiser loses track of a computed number that stands in an expression several times
 * (tests/unit/test_lower.c found it). The others take two comparisons; either will do where the range wraps
 * past 2^32. */
static void add_range(struct text *t, add_number *number, unsigned offset, unsigned width, struct range r)
{
	bool computed = number == add_len_number || number == add_end_number;

	add(t, r.low == r.high || computed ? " and " : " and (");
	number(t, offset, width);
	if (r.low == r.high) {
		add(t, " = %u", r.low);
	} else if (computed) {
		add(t, " - %u <= %u", r.low, r.high - r.low);
	} else {
		add(t, " >= %u %s ", r.low, r.low < r.high ? "and" : "or");
		number(t, offset, width);
		add(t, " <= %u)", r.high);
	}
}

static void add_field(struct text *t, const struct field *f, char which, add_number *number, unsigned offset,
                      unsigned width)
{
	if (f->kind == FIELD_VALUE || f->kind == FIELD_RANGE)
		add_range(t, number, offset, width, field_range(f, which, false, t->scope));
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

static void add_options(struct text *t, const struct pattern *p)
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
		const struct option_pattern *o = &p->options[i];
		const uint8_t head[2] = {o->kind, (uint8_t)option_pattern_bytes(o)};
		struct option_value v;

		add_bytes(t, add_load, at, head, option_pattern_single(o) ? 1 : 2);
		if (o->raw && !option_pattern_single(o))
			add_bytes(t, add_load, at + 2, o->data, o->data_len);
		for (unsigned k = 0; option_pattern_value(o, k, &v); k++)
			add_field(t, v.field, v.which, add_load, at + v.offset, v.width);
		at += option_pattern_bytes(o);
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

void pattern_lower(const struct pattern *p, const struct scope *scope, int family, unsigned tcp_offset,
                   UT_string *out)
{
	struct text t = {out, family, tcp_offset, scope};

	add_connection(&t, scope->connection);
	if (p->flags_mask) {
		add(&t, " and ");
		add_load(&t, 12, 2);
		add(&t, " & 0x%03x = 0x%03x", p->flags_mask, p->flags);
	}
	add_field(&t, &p->seq, 's', add_load, 4, 4);
	add_field(&t, &p->end, 's', add_end_number, 4, 4);
	add_field(&t, &p->ack, 'a', add_load, 8, 4);
	add_field(&t, &p->len, 0, add_len_number, 0, 0);
	add_field(&t, &p->win, 0, add_load, 14, 2);
	add_field(&t, &p->urg, 0, add_load, 18, 2);
	add_field(&t, &p->ttl, 0, add_ttl_number, 0, 0);
	add_options(&t, p);
	if (p->has_payload) {
		add_range(&t, add_len_number, 0, 0, (struct range){p->payload_len, p->payload_len});
		add_bytes(&t, add_payload_load, 0, p->payload, p->payload_len);
	}
	if (p->filter)
		add(&t, " and (%s)", p->filter);
}
