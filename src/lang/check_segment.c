/* A segment as written becomes a pattern: flags, fields, payload, and what a place does not allow. */
#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/decode.h"
#include "lang/check.h"
#include "lang/parser.h"

enum { OFFSET_MAX = 15, FRAGMENT_MAX = 1456 };

/* A word, or what is written without one, among those of a segment or a step. */
struct attr_rule {
	const char *word;
	unsigned uses; /* bits 1 << enum use: where a segment may have it */
	bool (*check)(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out);
	size_t member; /* of struct pattern: what check_field and check_flag set */
	uint32_t max;
	bool counted;
};
/* What a stack sends that has made this choice. */
static bool check_word(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	(void)sent;
	return !a->b || value_word(c, a, out);
}

static const struct attr_rule rules[ATTR_COUNT_OF_KINDS];

const char *tree_attr_word(enum tree_attr_kind k) { return rules[k].word; }

const struct tree_attr *attr_find(const struct tree_attr *attrs, enum tree_attr_kind kind)
{
	while (attrs && attrs->kind != kind)
		attrs = attrs->next;
	return attrs;
}

/* As a message names it: 'data'; but a payload that is written out has no word. */
enum { SAID_BYTES = 24 };

static const char *said(enum tree_attr_kind k, char buf[SAID_BYTES])
{
	if (k == ATTR_PAYLOAD)
		return "a payload's text";
	if (k == ATTR_LEVEL)
		return "a level (must, stated, should, may, choice)";
	snprintf(buf, SAID_BYTES, "'%s'", tree_attr_word(k));
	return buf;
}

bool attrs_allowed(struct check *c, const struct tree_attr *attrs, uint32_t allowed, const char *where)
{
	const struct tree_attr *seen[ATTR_COUNT_OF_KINDS] = {0};
	char word[SAID_BYTES];
	bool ok = true;

	for (const struct tree_attr *a = attrs; a; a = a->next) {
		if (!(allowed & UINT32_C(1) << a->kind)) {
			check_error(c, &a->span, "%s cannot stand in '%s'%s", said(a->kind, word), where,
			            a->kind == ATTR_LEN ? ": payload is a string, or 'data N'" : "");
			ok = false;
		} else if (seen[a->kind]) {
			check_error(c, &a->span, "%s is given twice", said(a->kind, word));
			messages_note(c->messages, &seen[a->kind]->span, "it is given here first");
			ok = false;
		}
		seen[a->kind] = a;
	}
	return ok;
}

static bool check_flags(struct check *c, const struct tree_segment *s, struct pattern *out)
{
	out->flags_mask = (uint16_t)(TCP_FLAGS & ~TCP_PSH);
	if (s->form == TREE_FLAGS_ANY)
		out->flags_mask = 0;
	if (s->form != TREE_FLAGS_LETTERS)
		return true;
	for (const char *p = s->flags; *p; p++) {
		uint16_t bit = (uint16_t)(1u << (strchr(flags_letters, *p) - flags_letters));

		if (out->flags & bit)
			return check_error(c, &s->flags_span, "flag '%c' is written twice", *p);
		out->flags |= bit;
		out->flags_mask |= bit;
	}
	return true;
}

/* What "data N" sends: letters in turn, so that a capture shows their order. */
static const uint8_t *fill(struct check *c, uint32_t len)
{
	assert(len <= SEND_PAYLOAD_MAX);
	if (!c->fill) {
		c->fill = arena_alloc(c->arena, SEND_PAYLOAD_MAX);
		for (uint32_t i = 0; i < SEND_PAYLOAD_MAX; i++)
			c->fill[i] = (uint8_t)('a' + i % 26);
	}
	return c->fill;
}

static void set_payload(struct pattern *out, const uint8_t *bytes, uint32_t len)
{
	out->has_payload = true;
	out->payload = bytes;
	out->payload_len = len;
}

static bool check_payload(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	const struct value *argument = a->a->kind == VALUE_NAME ? value_parameter(c, a->a->name) : NULL;
	const struct literal *text;

	(void)sent;
	if (a->a->kind == VALUE_NAME && !argument && !symbols_get(c->params, a->a->name)) {
		struct suggest s = suggest_start(a->a->name);

		parser_offer_attributes(&s);
		symbols_offer(c->params, &s);
		if (c->broken && !s.nearest)
			return false;
		return check_error(c, &a->span, "unknown word '%s'%s", a->a->name, suggest_text(&s));
	}
	if (!value_string(c, a->a, &text))
		return false;
	if (text->len > SEND_PAYLOAD_MAX)
		return check_error(c, &a->span, "payload of %zu bytes: at most %d", text->len,
		                   SEND_PAYLOAD_MAX);
	set_payload(out, (const uint8_t *)text->text, (uint32_t)text->len);
	return true;
}

/* "data N": bytes to be sent, or as many expected. */
static bool check_data(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	struct field_rule rule = {"data", false, !sent, sent ? SEND_PAYLOAD_MAX : EXPECT_PAYLOAD_MAX};
	struct field count;
	uint32_t len;

	if (!field_check(c, &a->field, &rule, &count))
		return false;
	if (!sent) {
		out->len = count;
		return true;
	}
	if (!field_constant(&count, &len))
		return check_error(c, &a->field.span, "how much data is sent must be a plain number");
	set_payload(out, fill(c, len), len);
	return true;
}

/* L of A:B(L): what is sent when nothing else says it. */
static bool check_length(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	uint32_t len;
	bool constant = field_constant(&out->len, &len);

	if (constant && out->has_payload && out->payload_len != len)
		return check_error(c, &a->length->span, "length %u, but the payload has %u bytes", len,
		                   out->payload_len);
	if (!sent)
		return true;
	out->len = (struct field){.kind = FIELD_ABSENT};
	if (!constant)
		return check_error(c, &a->length->span, "how much data is sent must be a plain number");
	if (len > SEND_PAYLOAD_MAX)
		return check_error(c, &a->length->span, "payload of %u bytes: at most %d", len,
		                   SEND_PAYLOAD_MAX);
	if (len > 0 && !out->has_payload)
		set_payload(out, fill(c, len), len);
	return true;
}

/* A:B(L), as tcpdump prints it: L bytes of payload, and B - A is L. */
static bool check_span(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	const struct field_rule seq = {"seq", true, !sent, UINT32_MAX};
	const struct field_rule length = {"the length", false, !sent, EXPECT_PAYLOAD_MAX};
	uint32_t begin, end, len;

	if (!field_from_expr(c, a->begin, &seq, &out->seq) || !field_from_expr(c, a->end, &seq, &out->end) ||
	    !field_from_expr(c, a->length, &length, &out->len))
		return false;
	if (field_constant(&out->seq, &begin) && field_constant(&out->end, &end) &&
	    field_constant(&out->len, &len) && out->seq.relative == out->end.relative) {
		if (end - begin != len)
			return check_error(c, &a->span,
			                   "%u:%u(%u) does not agree: %u bytes lie between the two", begin,
			                   end, len, end - begin);
		out->end = (struct field){.kind = FIELD_ABSENT}; /* follows from the other two */
	}
	return check_length(c, a, sent, out);
}

/* The families whose packets a filter looks into by name: tcp[...] and ip
 * mean IPv4 alone (pcap-filter(7)), ip6 the other. */
static unsigned filter_families(const char *text)
{
	unsigned families = 0;

	while (*text) {
		size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
		const char *next = text + len + strspn(text + len, " ");

		if ((len == 2 && strncmp(text, "ip", len) == 0) ||
		    (len == 3 && strncmp(text, "tcp", len) == 0 && *next == '['))
			families |= FAMILY_IPV4;
		else if (len == 3 && strncmp(text, "ip6", len) == 0)
			families |= FAMILY_IPV6;
		text += len ? len : 1;
	}
	return families;
}

static bool check_filter(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	const struct literal *text;
	unsigned families;
	struct diag d;

	(void)sent;
	if (!value_string(c, a->a, &text))
		return false;
	if (text->len == 0 || strlen(text->text) != text->len)
		return check_error(c, &a->a->span, "a filter must be a pcap-filter(7) expression");
	if (c->options && c->options->filter_check && !c->options->filter_check(text->text, &d))
		return check_error(c, &a->a->span, "filter: %s", d.text);
	/* One that can match in one family alone would fail every peer in the other. */
	families = filter_families(text->text);
	if (families == FAMILY_IPV4 && c->out->families & FAMILY_IPV6)
		return check_error(
		    c, &a->a->span,
		    "filter: tcp[...] and ip look into IPv4 alone; say 'family ipv4', or what is "
		    "right for IPv6, too (ip6[40+n])");
	if (families == FAMILY_IPV6 && c->out->families & FAMILY_IPV4)
		return check_error(
		    c, &a->a->span,
		    "filter: ip6 looks into IPv6 alone; say 'family ipv6', or what is right for "
		    "IPv4, too (tcp[n])");
	out->filter = text->text;
	return true;
}

/* "offset N" and "fragment N": whether they are false depends on the options, which are
 * settled when it is sent. */
static bool check_malformed(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	const struct field_rule rule = {rules[a->kind].word, false, !sent, rules[a->kind].max};
	struct field given;
	uint32_t n;

	if (!field_check(c, &a->field, &rule, &given))
		return false;
	if (!field_constant(&given, &n))
		return check_error(c, &a->field.span, "%s must be a plain number", rule.what);
	if (a->kind == ATTR_OFFSET) {
		out->malformed.has_offset = true;
		out->malformed.offset = (uint8_t)n;
		return true;
	}
	if (n == 0 || n % FRAGMENT_UNIT_BYTES != 0)
		return check_error(c, &a->field.span,
		                   "IP cuts at multiples of 8 bytes only: fragment 8, 16, 24 ...");
	out->malformed.fragment = (uint16_t)n;
	return true;
}

static bool check_field(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	const struct attr_rule *rule = &rules[a->kind];
	const struct field_rule field = {rule->word, rule->counted, !sent, rule->max};

	return field_check(c, &a->field, &field, (struct field *)((char *)out + rule->member));
}

static bool check_flag(struct check *c, const struct tree_attr *a, bool sent, struct pattern *out)
{
	(void)c;
	(void)sent;
	return *(bool *)((char *)out + rules[a->kind].member) = true;
}

enum {
	SENT = 1 << USE_SEND,
	NAMED = 1 << USE_EXPECT | 1 << USE_ALTERNATIVE,
	EXPECTED = NAMED | 1 << USE_ALLOW | 1 << USE_EXCEPT,
	OPENED = 1 << USE_OPEN
};

#define FIELD(name, uses_, max_, counted_)                                                                   \
	{                                                                                                    \
		.word = #name, .uses = uses_, .check = check_field,                                          \
		.member = offsetof(struct pattern, name), .max = max_, .counted = counted_                   \
	}
#define FLAG(word_, uses_, name)                                                                             \
	{                                                                                                    \
		.word = word_, .uses = uses_, .check = check_flag, .member = offsetof(struct pattern, name)  \
	}

static const struct attr_rule rules[ATTR_COUNT_OF_KINDS] = {
    [ATTR_SEQ] = FIELD(seq, SENT | EXPECTED, UINT32_MAX, true),
    [ATTR_ACK] = FIELD(ack, SENT | EXPECTED, UINT32_MAX, true),
    [ATTR_WIN] = FIELD(win, SENT | EXPECTED | OPENED, UINT16_MAX, false),
    [ATTR_LEN] = FIELD(len, EXPECTED, UINT16_MAX, false),
    [ATTR_TTL] = FIELD(ttl, SENT | EXPECTED, UINT8_MAX, false),
    [ATTR_URG] = FIELD(urg, SENT | EXPECTED, UINT16_MAX, false),
    [ATTR_OFFSET] = {.word = "offset", .uses = SENT, .check = check_malformed, .max = OFFSET_MAX},
    [ATTR_FRAGMENT] = {.word = "fragment", .uses = SENT, .check = check_malformed, .max = FRAGMENT_MAX},
    [ATTR_ISS] = {.word = "iss", .uses = OPENED},
    [ATTR_SPAN] = {.word = "A:B(L)", .uses = SENT | EXPECTED}, /* checked when the payload is known */
    [ATTR_OPTIONS] = {.word = "<options>", .uses = SENT | EXPECTED | OPENED, .check = options_check},
    [ATTR_PAYLOAD] = {.word = "payload", .uses = SENT | EXPECTED, .check = check_payload},
    [ATTR_DATA] = {.word = "data", .uses = SENT | EXPECTED, .check = check_data},
    [ATTR_LOST] = FLAG("lost", SENT | EXPECTED, lost),
    [ATTR_AS] = {.word = "as", .uses = SENT | NAMED},
    [ATTR_BADSUM] = FLAG("badsum", SENT, malformed.checksum),
    [ATTR_OTHERPORT] = FLAG("otherport", SENT, malformed.other_port),
    [ATTR_FILTER] = {.word = "filter", .uses = EXPECTED, .check = check_filter},
    [ATTR_WITHIN] = {.word = "within", .uses = 1 << USE_EXPECT | OPENED},
    [ATTR_AFTER] = {.word = "after", .uses = 1 << USE_EXPECT},
    [ATTR_BETWEEN] = {.word = "between", .uses = 1 << USE_EXPECT},
    [ATTR_OF] = {.word = "of", .uses = 1 << USE_EXPECT},
    [ATTR_COUNT] = {.word = "count"},
    [ATTR_BACKOFF] = {.word = "backoff"},
    [ATTR_FIRST] = {.word = "first"},
    [ATTR_GIVES_UP] = {.word = "gives up"},
    [ATTR_BUDGET] = {.word = "budget"},
    [ATTR_TIMER] = {.word = "timer"},
    [ATTR_LEVEL] = {.word = "must", .uses = 1 << USE_EXPECT | 1 << USE_ALTERNATIVE, .check = check_word},
};

/* Pairs that say the same thing twice, or contradict each other. */
static bool check_pairs(struct check *c, const struct tree_attr *attrs)
{
	static const enum tree_attr_kind pairs[][2] = {
	    {ATTR_SEQ, ATTR_SPAN},       {ATTR_LEN, ATTR_SPAN},     {ATTR_LEN, ATTR_DATA},
	    {ATTR_DATA, ATTR_SPAN},      {ATTR_DATA, ATTR_PAYLOAD}, {ATTR_LEN, ATTR_PAYLOAD},
	    {ATTR_LOST, ATTR_BADSUM},    {ATTR_LOST, ATTR_OFFSET},  {ATTR_LOST, ATTR_FRAGMENT},
	    {ATTR_LOST, ATTR_OTHERPORT},
	};
	char word[SAID_BYTES], other[SAID_BYTES];

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct tree_attr *a = attr_find(attrs, pairs[i][0]), *b = attr_find(attrs, pairs[i][1]);

		if (!a || !b)
			continue;
		check_error(c, &b->span, "%s and %s do not go together", said(a->kind, word),
		            said(b->kind, other));
		return messages_note(c->messages, &a->span, "%s is here", said(a->kind, word));
	}
	return true;
}

/* One of several has no level of its own, for which of them comes is open. */
static bool check_alternative(struct check *c, const struct tree_attr *level)
{
	return !level || level->b ||
	       check_error(
	           c, &level->span,
	           "here can only stand which stack sends this, 'choice NAME = WORD': the level is that of "
	           "them all, behind the '}'");
}

bool attrs_check(struct check *c, const struct tree_attr *attrs, enum use use, struct pattern *out)
{
	static const char *const names[] = {
	    [USE_SEND] = "send",   [USE_EXPECT] = "expect", [USE_ALTERNATIVE] = "one of { }",
	    [USE_ALLOW] = "allow", [USE_EXCEPT] = "except", [USE_OPEN] = "open",
	};
	const struct tree_attr *span = attr_find(attrs, ATTR_SPAN);
	bool sent = use == USE_SEND || use == USE_OPEN, ok;
	uint32_t allowed = 0;

	for (enum tree_attr_kind k = 0; k < ATTR_COUNT_OF_KINDS; k++)
		if (rules[k].uses & 1u << use)
			allowed |= UINT32_C(1) << k;
	ok = attrs_allowed(c, attrs, allowed, names[use]) && check_pairs(c, attrs) &&
	     (use != USE_ALTERNATIVE || check_alternative(c, attr_find(attrs, ATTR_LEVEL)));
	for (const struct tree_attr *a = attrs; a; a = a->next)
		if (allowed & UINT32_C(1) << a->kind && rules[a->kind].check)
			ok = rules[a->kind].check(c, a, sent, out) && ok;
	return ok && (!span || check_span(c, span, sent, out));
}

bool segment_check(struct check *c, const struct tree_segment *s, enum use use, struct pattern *out)
{
	out->where = span_where(&s->span);
	out->slot = -1;
	if (use == USE_SEND && s->form == TREE_FLAGS_ANY)
		return check_error(c, &s->flags_span, "'*' cannot be sent: name the flags, or none");
	if (!check_flags(c, s, out))
		return false;
	if (!attrs_check(c, s->attrs, use, out))
		return false;
	if (out->malformed.other_port && out->flags & TCP_SYN)
		return check_error(
		    c, &attr_find(s->attrs, ATTR_OTHERPORT)->span,
		    "a SYN from another port would open a second connection, which nobody would "
		    "close");
	return true;
}
