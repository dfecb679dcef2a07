/* What was expected, and what came, in words. */
#include "report/reason.h"

#include <stdio.h>

#include "base/duration.h"
#include "base/text.h"

static void add_states(struct cut *c, int64_t states)
{
	for (int i = 0; i < STATE_COUNT; i++)
		if (states & 1 << i)
			cut_add(c, "%s%s", c->len ? " or " : "", state_name((enum tcp_state)i));
}

static void add_number(struct cut *c, const struct datum *v)
{
	long long a = v->n[0], b = v->n[1];

	switch ((int)v->kind) {
	case DATUM_NUMBER: cut_add(c, "%lld", a); break;
	case DATUM_RANGE: cut_add(c, "%lld..%lld", a, b); break;
	case DATUM_BYTES: cut_add(c, "%lld bytes", a); break;
	case DATUM_BYTES_CAPTURED: cut_add(c, "only %lld of its %lld bytes are in the capture", a, b); break;
	case DATUM_OTHER_BYTE:
		cut_add(c, "another byte at offset %lld: 0x%02x, not 0x%02x", a, (unsigned)b & 0xff,
		        (unsigned)v->n[2] & 0xff);
		break;
	case DATUM_AT_LEAST: cut_add(c, "%lld or more", a); break;
	case DATUM_FROM_TO: cut_add(c, "%lld to %lld", a, b); break;
	}
}

static void add_time(struct cut *c, const struct datum *v)
{
	double a = seconds(v->n[0]), b = seconds(v->n[1]);

	switch ((int)v->kind) {
	case DATUM_TIME: cut_add(c, "%.3f s", a); break;
	case DATUM_TIME_BEFORE: cut_add(c, "%.3f s before", a); break;
	case DATUM_TIME_RANGE: cut_add(c, "%.3f to %.3f s", a, b); break;
	case DATUM_TIME_AT_LEAST: cut_add(c, "at least %.3f s", a); break;
	case DATUM_NOT_BEFORE: cut_add(c, "not before %.3f s", a); break;
	case DATUM_ONE_WITHIN: cut_add(c, "one within %.3f s", a); break;
	case DATUM_ACK_WITHIN: cut_add(c, "an ACK within %.3f s", a); break;
	case DATUM_BACKOFF: cut_add(c, "%.3f to %.3f s (back-off %g)", a, b, (double)v->n[2] / 1e6); break;
	case DATUM_GIVEN_UP_WITHIN: cut_add(c, "given up within %.3f s", a); break;
	case DATUM_SINCE_FIRST_RESEND: cut_add(c, "%.3f s since the first resend", a); break;
	case DATUM_RESEND_AFTER: cut_add(c, "a resend after %.3f s", a); break;
	case DATUM_NO_RESEND_BY: cut_add(c, "no resend where the next was due by %.3f s", a); break;
	case DATUM_GONE_AFTER: cut_add(c, "gone after %.3f s", a); break;
	}
}

static const char *datum_words(const struct datum *v, char buf[DATUM_WORDS_BYTES])
{
	static const char *const plain[DATUM_KINDS] = {
	    [DATUM_NONE] = "none",           [DATUM_FIRST_OCTETS] = "the octets of the first sending",
	    [DATUM_OTHER_OCTETS] = "others", [DATUM_NO_MATCH] = "no match",
	    [DATUM_NO_END] = "no end seen",  [DATUM_NO_TIMER] = "no timer",
	    [DATUM_NO_ANSWER] = "no answer", [DATUM_ANSWERS] = "a connection that answers",
	};
	struct cut c = cut_start(buf, DATUM_WORDS_BYTES);
	char flags[FLAGS_TEXT_BYTES];

	if (v->kind == DATUM_TEXT)
		cut_add(&c, "%s", v->text);
	else if (v->kind == DATUM_FLAGS)
		cut_add(&c, "%s", flags_text((uint16_t)v->n[0], flags));
	else if (v->kind == DATUM_STATES)
		add_states(&c, v->n[0]);
	else if (plain[v->kind])
		cut_add(&c, "%s", plain[v->kind]);
	add_number(&c, v);
	add_time(&c, v);
	return buf;
}

struct mismatch_words mismatch_words(const struct mismatch *m)
{
	struct mismatch_words words = {.field = field_name(m->field)};

	datum_words(&m->expected, words.expected);
	datum_words(&m->got, words.got);
	return words;
}
