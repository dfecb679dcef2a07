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

static void add_number(struct cut *c, const struct fact *v)
{
	long long a = v->n[0], b = v->n[1];

	switch ((int)v->kind) {
	case FACT_NUMBER: cut_add(c, "%lld", a); break;
	case FACT_RANGE: cut_add(c, "%lld..%lld", a, b); break;
	case FACT_BYTES: cut_add(c, "%lld bytes", a); break;
	case FACT_BYTES_CAPTURED: cut_add(c, "only %lld of its %lld bytes are in the capture", a, b); break;
	case FACT_OTHER_BYTE:
		cut_add(c, "another byte at offset %lld: 0x%02x, not 0x%02x", a, (unsigned)b & 0xff,
		        (unsigned)v->n[2] & 0xff);
		break;
	case FACT_AT_LEAST: cut_add(c, "%lld or more", a); break;
	case FACT_FROM_TO: cut_add(c, "%lld to %lld", a, b); break;
	}
}

static void add_time(struct cut *c, const struct fact *v)
{
	double a = seconds(v->n[0]), b = seconds(v->n[1]);

	switch ((int)v->kind) {
	case FACT_TIME: cut_add(c, "%.3f s", a); break;
	case FACT_TIME_BEFORE: cut_add(c, "%.3f s before", a); break;
	case FACT_TIME_RANGE: cut_add(c, "%.3f to %.3f s", a, b); break;
	case FACT_TIME_AT_LEAST: cut_add(c, "at least %.3f s", a); break;
	case FACT_NOT_BEFORE: cut_add(c, "not before %.3f s", a); break;
	case FACT_ONE_WITHIN: cut_add(c, "one within %.3f s", a); break;
	case FACT_ACK_WITHIN: cut_add(c, "an ACK within %.3f s", a); break;
	case FACT_BACKOFF: cut_add(c, "%.3f to %.3f s (back-off %g)", a, b, (double)v->n[2] / 1e6); break;
	case FACT_GIVEN_UP_WITHIN: cut_add(c, "given up within %.3f s", a); break;
	case FACT_SINCE_FIRST_RESEND: cut_add(c, "%.3f s since the first resend", a); break;
	case FACT_RESEND_AFTER: cut_add(c, "a resend after %.3f s", a); break;
	case FACT_NO_RESEND_BY: cut_add(c, "no resend where the next was due by %.3f s", a); break;
	case FACT_GONE_AFTER: cut_add(c, "gone after %.3f s", a); break;
	}
}

static const char *fact_words(const struct fact *v, char buf[FACT_WORDS_BYTES])
{
	static const char *const plain[FACT_KINDS] = {
	    [FACT_NONE] = "none",           [FACT_FIRST_OCTETS] = "the octets of the first sending",
	    [FACT_OTHER_OCTETS] = "others", [FACT_NO_MATCH] = "no match",
	    [FACT_NO_END] = "no end seen",  [FACT_NO_TIMER] = "no timer",
	    [FACT_NO_ANSWER] = "no answer", [FACT_ANSWERS] = "a connection that answers",
	};
	struct cut c = cut_start(buf, FACT_WORDS_BYTES);
	char flags[FLAGS_TEXT_BYTES];

	if (v->kind == FACT_TEXT)
		cut_add(&c, "%s", v->text);
	else if (v->kind == FACT_FLAGS)
		cut_add(&c, "%s", flags_text((uint16_t)v->n[0], flags));
	else if (v->kind == FACT_STATES)
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

	fact_words(&m->expected, words.expected);
	fact_words(&m->got, words.got);
	return words;
}
