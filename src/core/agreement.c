/* What a handshake agreed on, and segments that do not keep to it. Knows no scenario and
 * no step: who excuses a breach, and what becomes of it, is decided elsewhere. */
#include "agreement.h"

#include "seq.h"

#include <stdarg.h>
#include <stdio.h>

enum { SHIFT_MAX = 14 };

/* --- what left and what came --- */

static bool has_option(const struct segment *s, uint8_t kind, struct tcp_option *opt)
{
	return options_find(s->options, s->options_len, kind, opt);
}

static void note_offers(struct offers *o, const struct segment *syn)
{
	struct tcp_option opt;
	bool timestamps = has_option(syn, OPT_TIMESTAMPS, &opt);

	if (!o->seen)
		*o = (struct offers){.seen = true, .seq = syn->seq, .all_timestamps = true};
	o->other = o->other || syn->seq != o->seq;
	o->wscale = o->wscale || has_option(syn, OPT_WSCALE, &opt);
	o->sack = o->sack || has_option(syn, OPT_SACK_PERMITTED, &opt);
	o->timestamps = o->timestamps || timestamps;
	o->all_timestamps = o->all_timestamps && timestamps;
}

static unsigned tsvals_held(const struct agreement *a)
{
	return a->tsval_count < AGREEMENT_TSVALS ? a->tsval_count : AGREEMENT_TSVALS;
}

static bool sent_tsval(const struct agreement *a, uint32_t tsval)
{
	for (unsigned i = 0; i < tsvals_held(a); i++)
		if (a->tsvals[i] == tsval)
			return true;
	return false;
}

/* All that are in it: a scenario may send the option twice. */
static void note_tsvals(struct agreement *a, const struct segment *s)
{
	struct tcp_option opt;
	size_t at = 0;

	while (options_next(s->options, s->options_len, &at, &opt) == 1)
		if (opt.kind == OPT_TIMESTAMPS && !opt.unknown && !sent_tsval(a, opt.ts_val))
			a->tsvals[a->tsval_count++ % AGREEMENT_TSVALS] = opt.ts_val;
}

void agreement_sent(struct agreement *a, const struct segment *s)
{
	uint32_t end = segment_end(s);

	if (!a->ours.seen || seq_gt(end, a->sent_end))
		a->sent_end = end;
	if (s->flags & TCP_SYN)
		note_offers(&a->ours, s);
	note_tsvals(a, s);
}

void agreement_came(struct agreement *a, const struct segment *s)
{
	struct tcp_option ts;

	if (s->flags & TCP_RST)
		return;
	if (s->flags & TCP_SYN) {
		note_offers(&a->peers, s);
		a->peer_asked = a->peer_asked || !(s->flags & TCP_ACK);
	}
	if (!has_option(s, OPT_TIMESTAMPS, &ts) || (a->has_tsval && seq_lt(ts.ts_val, a->tsval)))
		return;
	/* the first that had it: from then on a lower one is wrong */
	if (!a->has_tsval || ts.ts_val != a->tsval) {
		a->tsval_ack = s->ack;
		a->tsval_ns = s->time_ns;
	}
	a->has_tsval = true;
	a->tsval = ts.ts_val;
}

/* --- a rule that is broken --- */

/* The look-out for breaches in one segment: the first that is not excused stays. */
struct search {
	const bool *excused;
	struct breach *out;
	bool found;
};

static void broken(struct search *b, enum rule rule, const char *field, const char *expected,
                   const char *words, ...) __attribute__((format(printf, 5, 6)));

static void broken(struct search *b, enum rule rule, const char *field, const char *expected,
                   const char *words, ...)
{
	va_list args;

	if (b->found || b->excused[rule])
		return;
	b->found = true;
	*b->out = (struct breach){.rule = rule, .why.field = field};
	snprintf(b->out->why.expected, sizeof b->out->why.expected, "%s", expected);
	va_start(args, words);
	vsnprintf(b->out->words, sizeof b->out->words, words, args);
	va_end(args);
}

/* --- each segment --- */

static bool is_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

static bool has_wrong_length(const struct tcp_option *opt)
{
	return opt->unknown &&
	       (opt->kind == OPT_MSS || opt->kind == OPT_WSCALE || opt->kind == OPT_SACK_PERMITTED ||
	        opt->kind == OPT_SACK || opt->kind == OPT_TIMESTAMPS);
}

static void judge_form(struct search *b, const struct segment *s)
{
	struct tcp_option opt = {0};
	size_t at = 0, before = 0;
	int more;

	if (s->reserved)
		broken(b, RULE_RESERVED, "reserved bits", "0",
		       "has reserved bits set, and they must be zero (RFC 9293, 3.1)");
	while ((more = options_next(s->options, s->options_len, &at, &opt)) == 1) {
		if (has_wrong_length(&opt))
			break;
		if (opt.kind == OPT_EOL && !is_zero(s->options + before, s->options_len - before))
			broken(b, RULE_PADDING, "options", "zeros behind the end of the list",
			       "has more than zeros behind the end of its options (RFC 9293, 3.1)");
		before = at;
	}
	if (more)
		broken(b, RULE_LENGTHS, "options", "options with their own lengths",
		       "has an option whose length is wrong (RFC 9293, 3.2)");
}

/* --- timestamps --- */

/* RFC 7323, 4.3 says which TSval is to be echoed, and that depends on what reached the
 * peer and when; that it is one of ours does not. */
static void judge_echo(struct search *b, const struct agreement *a, const struct segment *s,
                       const struct tcp_option *ts)
{
	if ((s->flags & TCP_ACK) && a->tsval_count && a->tsval_count <= AGREEMENT_TSVALS &&
	    !sent_tsval(a, ts->ts_ecr))
		broken(b, RULE_TS_ECHO, "TSecr", "a TSval that we sent",
		       "has TSecr %u, and we never sent that TSval (RFC 7323, 3.2)", ts->ts_ecr);
}

/* --- a SYN --- */

static void judge_syn(struct search *b, const struct agreement *a, const struct segment *s)
{
	/* In a simultaneous open the peer has offered it before our SYN came. */
	bool answers = (s->flags & TCP_ACK) && a->ours.seen && !a->peer_asked;
	struct tcp_option opt;

	if (has_option(s, OPT_WSCALE, &opt)) {
		if (answers && !a->ours.wscale)
			broken(b, RULE_WSCALE_UNASKED, "options", "no window scale",
			       "has a window scale, and our SYN had none (RFC 7323, 2.2)");
		if (opt.wscale > SHIFT_MAX)
			broken(b, RULE_SHIFT, "options", "a window scale of at most 14",
			       "has a window scale of %u, and 14 is the most (RFC 7323, 2.3)", opt.wscale);
	}
	if (!answers || !has_option(s, OPT_TIMESTAMPS, &opt))
		return;
	if (!a->ours.timestamps)
		broken(b, RULE_TS_UNASKED, "options", "no timestamps",
		       "has timestamps, and our SYN had none (RFC 7323, 3.2)");
	else
		judge_echo(b, a, s, &opt);
}

/* --- a segment without SYN --- */

static void judge_syn_only(struct search *b, const struct segment *s)
{
	struct tcp_option opt;

	if (has_option(s, OPT_MSS, &opt))
		broken(b, RULE_MSS, "options", "no MSS",
		       "has an MSS, which belongs into a SYN alone (RFC 9293, 3.2)");
	if (has_option(s, OPT_WSCALE, &opt))
		broken(b, RULE_WSCALE, "options", "no window scale",
		       "has a window scale, which belongs into a SYN alone (RFC 7323, 2.1)");
	if (has_option(s, OPT_SACK_PERMITTED, &opt))
		broken(b, RULE_SACK_PERMITTED, "options", "no sackOK",
		       "has SACK-permitted, which belongs into a SYN alone (RFC 2018, 2)");
}

/* Nothing is certain of a second connection on the same ports: old segments come too. */
static bool one_connection(const struct agreement *a)
{
	return a->ours.seen && a->peers.seen && !a->ours.other && !a->peers.other;
}

static void judge_sack(struct search *b, const struct agreement *a, const struct segment *s)
{
	struct tcp_option sack;

	if (!has_option(s, OPT_SACK, &sack))
		return;
	if (a->ours.seen && !a->ours.sack)
		broken(b, RULE_SACK_NOT_OFFERED, "options", "no SACK",
		       "has SACK, and our SYN did not permit it (RFC 2018, 4)");
	for (unsigned i = 0; i < sack.sack_blocks && one_connection(a); i++)
		if (seq_ge(sack.sack[i].left, sack.sack[i].right) || seq_gt(sack.sack[i].right, a->sent_end))
			broken(b, RULE_SACK_BLOCK, "options", "SACK of octets that were sent",
			       "has a SACK block of what was never sent (RFC 2018, 3)");
}

/* Is s certainly later than the segment that had the newest TSval? */
static bool is_later(const struct agreement *a, const struct segment *s)
{
	return s->time_ns - a->tsval_ns > AGREEMENT_WAY_NS ||
	       ((s->flags & TCP_ACK) && seq_gt(s->ack, a->tsval_ack));
}

static void judge_timestamps(struct search *b, const struct agreement *a, const struct segment *s)
{
	struct tcp_option ts;
	bool have = has_option(s, OPT_TIMESTAMPS, &ts);

	if (have && a->ours.seen && !a->ours.timestamps)
		broken(b, RULE_TS_NOT_OFFERED, "options", "no timestamps",
		       "has timestamps, and they were not negotiated (RFC 7323, 3.2)");
	if (!one_connection(a) || !a->ours.all_timestamps || !a->peers.all_timestamps)
		return;
	if (!have) {
		broken(b, RULE_TS_MISSING, "options", "timestamps",
		       "has no timestamps, and they were negotiated (RFC 7323, 3.2)");
		return;
	}
	judge_echo(b, a, s, &ts);
	if (a->has_tsval && seq_lt(ts.ts_val, a->tsval) && is_later(a, s))
		broken(b, RULE_TS_BACK, "TSval", "one that has not fallen",
		       "has TSval %u, and %u came before it (RFC 7323, 5.2)", ts.ts_val, a->tsval);
}

/* --- all of it --- */

static void tell_got(struct breach *out, const struct segment *s)
{
	struct tcp_option ts = {0};
	char *got = out->why.got;

	switch (out->rule) {
	case RULE_RESERVED: snprintf(got, sizeof out->why.got, "0x%x", s->reserved >> 1); return;
	case RULE_TS_ECHO:
	case RULE_TS_BACK:
		has_option(s, OPT_TIMESTAMPS, &ts);
		snprintf(got, sizeof out->why.got, "%u", out->rule == RULE_TS_ECHO ? ts.ts_ecr : ts.ts_val);
		return;
	case RULE_LENGTHS:
	case RULE_PADDING:
	case RULE_MSS:
	case RULE_WSCALE:
	case RULE_SACK_PERMITTED:
	case RULE_SHIFT:
	case RULE_WSCALE_UNASKED:
	case RULE_TS_UNASKED:
	case RULE_TS_NOT_OFFERED:
	case RULE_TS_MISSING:
	case RULE_SACK_NOT_OFFERED:
	case RULE_SACK_BLOCK:
	case RULE_COUNT: break;
	}
	options_text(s->options, s->options_len, got, sizeof out->why.got);
	if (!*got)
		snprintf(got, sizeof out->why.got, "none");
}

bool agreement_broken(const struct agreement *a, const struct segment *s, const bool *excused,
                      struct breach *out)
{
	struct search b = {.excused = excused, .out = out};

	judge_form(&b, s);
	if (s->flags & TCP_SYN) {
		judge_syn(&b, a, s);
	} else {
		judge_syn_only(&b, s);
		judge_sack(&b, a, s);
		if (!(s->flags & TCP_RST))
			judge_timestamps(&b, a, s);
	}
	if (b.found)
		tell_got(out, s);
	return b.found;
}
