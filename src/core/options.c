/* TCP options: from bytes to values, back, and to text. Every length is checked
 * before it is used. Knows nothing of segments or packets around them. */
#include "base/bytes.h"
#include "segment.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* EOL and NOP are a single byte, with no length (RFC 9293, 3.2). */
static bool is_single_byte(uint8_t kind) { return kind == OPT_EOL || kind == OPT_NOP; }

/* Kinds that are taken apart here. */
static bool is_known_kind(uint8_t kind)
{
	switch (kind) {
	case OPT_EOL:
	case OPT_NOP:
	case OPT_MSS:
	case OPT_WSCALE:
	case OPT_SACK_PERMITTED:
	case OPT_SACK:
	case OPT_TIMESTAMPS: return true;
	}
	return false;
}

/* Whether data_len is the kind's own length; false for a kind unknown. */
static bool has_own_len(uint8_t kind, size_t data_len)
{
	switch (kind) {
	case OPT_MSS: return data_len == 2;
	case OPT_WSCALE: return data_len == 1;
	case OPT_SACK_PERMITTED: return data_len == 0;
	case OPT_SACK: return data_len % 8 == 0 && data_len / 8 >= 1 && data_len / 8 <= SACK_BLOCKS_MAX;
	case OPT_TIMESTAMPS: return data_len == 8;
	}
	return false;
}

/* Takes the data of a known kind apart; its length was checked. */
static void read_values(struct tcp_option *opt)
{
	const uint8_t *data = opt->data;

	switch (opt->kind) {
	case OPT_MSS: opt->mss = bytes_get16(data); break;
	case OPT_WSCALE: opt->wscale = data[0]; break;
	case OPT_SACK:
		opt->sack_blocks = opt->data_len / 8;
		for (int i = 0; i < opt->sack_blocks; i++) {
			opt->sack[i].left = bytes_get32(data + 8 * i);
			opt->sack[i].right = bytes_get32(data + 8 * i + 4);
		}
		break;
	case OPT_TIMESTAMPS:
		opt->ts_val = bytes_get32(data);
		opt->ts_ecr = bytes_get32(data + 4);
		break;
	}
}

int options_next(const uint8_t *bytes, size_t len, size_t *at, struct tcp_option *opt)
{
	size_t left, size;

	if (*at >= len)
		return 0;
	left = len - *at;
	*opt = (struct tcp_option){.kind = bytes[*at]};
	if (is_single_byte(opt->kind)) {
		*at = opt->kind == OPT_EOL ? len : *at + 1;
		return 1;
	}
	if (left < 2)
		return -1;
	size = bytes[*at + 1];
	if (size < 2 || size > left)
		return -1;
	opt->data = bytes + *at + 2;
	opt->data_len = (uint8_t)(size - 2);
	opt->unknown = !has_own_len(opt->kind, opt->data_len);
	if (!opt->unknown)
		read_values(opt);
	*at += size;
	return 1;
}

bool options_find(const uint8_t *bytes, size_t len, uint8_t kind, struct tcp_option *opt)
{
	struct tcp_option here;
	size_t at = 0;

	while (options_next(bytes, len, &at, &here) == 1) {
		if (here.kind != kind || (here.unknown && is_known_kind(kind)))
			continue;
		*opt = here;
		return true;
	}
	return false;
}

/* An option is written by its values if they are known, else by its data. */
static bool is_raw(const struct tcp_option *opt) { return opt->unknown || !is_known_kind(opt->kind); }

static size_t data_size(const struct tcp_option *opt)
{
	if (is_raw(opt))
		return opt->data_len;
	switch (opt->kind) {
	case OPT_MSS: return 2;
	case OPT_WSCALE: return 1;
	case OPT_SACK: return 8u * opt->sack_blocks;
	case OPT_TIMESTAMPS: return 8;
	}
	return 0; /* sackOK */
}

static void write_values(const struct tcp_option *opt, uint8_t *data)
{
	switch (opt->kind) {
	case OPT_MSS: bytes_put16(data, opt->mss); break;
	case OPT_WSCALE: data[0] = opt->wscale; break;
	case OPT_SACK:
		for (int i = 0; i < opt->sack_blocks; i++) {
			bytes_put32(data + 8 * i, opt->sack[i].left);
			bytes_put32(data + 8 * i + 4, opt->sack[i].right);
		}
		break;
	case OPT_TIMESTAMPS:
		bytes_put32(data, opt->ts_val);
		bytes_put32(data + 4, opt->ts_ecr);
		break;
	}
}

bool options_append(uint8_t *bytes, uint8_t *len, const struct tcp_option *opt)
{
	size_t size = is_single_byte(opt->kind) ? 1 : 2 + data_size(opt);
	uint8_t *to = bytes + *len;

	assert(*len <= TCP_OPTIONS_MAX_BYTES);
	if (size > (size_t)(TCP_OPTIONS_MAX_BYTES - *len))
		return false;
	to[0] = opt->kind;
	*len = (uint8_t)(*len + size);
	if (is_single_byte(opt->kind))
		return true;
	to[1] = (uint8_t)size;
	if (!is_raw(opt))
		write_values(opt, to + 2);
	else if (opt->data_len)
		memcpy(to + 2, opt->data, opt->data_len);
	return true;
}

void options_pad(uint8_t *bytes, uint8_t *len)
{
	assert(*len <= TCP_OPTIONS_MAX_BYTES);
	while (*len % 4)
		bytes[(*len)++] = OPT_EOL;
}

/* Text that grows in a buffer, and is cut where the buffer ends. */
struct text {
	char *buf;
	size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void text_add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int len;

	if (t->used + 1 >= t->size)
		return;
	va_start(args, fmt);
	len = vsnprintf(t->buf + t->used, t->size - t->used, fmt, args);
	va_end(args);
	assert(len >= 0);
	t->used += (size_t)len < t->size - t->used ? (size_t)len : t->size - t->used - 1;
}

static void unknown_text(const struct tcp_option *opt, struct text *t)
{
	text_add(t, "unknown-%u", opt->kind);
	for (int i = 0; i < opt->data_len; i++)
		text_add(t, "%s%02x", i ? "" : " 0x", opt->data[i]);
}

static void option_text(const struct tcp_option *opt, struct text *t)
{
	switch (opt->kind) {
	case OPT_EOL: text_add(t, "eol"); break;
	case OPT_NOP: text_add(t, "nop"); break;
	case OPT_MSS: text_add(t, "mss %u", opt->mss); break;
	case OPT_WSCALE: text_add(t, "wscale %u", opt->wscale); break;
	case OPT_SACK_PERMITTED: text_add(t, "sackOK"); break;
	case OPT_SACK:
		text_add(t, "sack %u ", opt->sack_blocks);
		for (int i = 0; i < opt->sack_blocks; i++)
			text_add(t, "{%u:%u}", opt->sack[i].left, opt->sack[i].right);
		break;
	case OPT_TIMESTAMPS: text_add(t, "TS val %u ecr %u", opt->ts_val, opt->ts_ecr); break;
	}
}

const char *options_text(const uint8_t *bytes, size_t len, char *buf, size_t size)
{
	struct text t = {buf, size, 0};
	struct tcp_option opt;
	size_t at = 0;
	int more;

	if (size)
		buf[0] = '\0';
	for (const char *comma = ""; (more = options_next(bytes, len, &at, &opt)) == 1; comma = ",") {
		text_add(&t, "%s", comma);
		if (is_raw(&opt))
			unknown_text(&opt, &t);
		else
			option_text(&opt, &t);
	}
	if (more < 0)
		text_add(&t, "%s[bad opt]", t.used ? "," : "");
	return buf;
}
