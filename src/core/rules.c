/* The rules, and how each is judged: of one segment, with what its connection was before it. Knows no
 * scenario and no report: who excuses a breach, and what becomes of it, is decided elsewhere. */
#include "rules.h"

#include <stdio.h>
#include <string.h>

struct judgement {
	const struct observer *o;
	const struct segment *s;
	const struct end *from, *to;
	struct breach *out;
};

/* --- what a segment has --- */

static bool has_flags(const struct judgement *j, uint16_t mask, uint16_t flags)
{
	return (j->s->flags & mask) == flags;
}

static bool has_option(const struct judgement *j, uint8_t kind, struct tcp_option *opt)
{
	return options_find(j->s->options, j->s->options_len, kind, opt);
}

static bool has(const struct judgement *j, uint8_t kind)
{
	struct tcp_option opt;

	return has_option(j, kind, &opt);
}

/* With the numbers that the rule's words name. */
static bool is_broken(struct judgement *j, long long got, long long limit)
{
	j->out->got = got;
	j->out->limit = limit;
	return true;
}

/* --- the header and the form of the options --- */

static bool breaks_reserved(struct judgement *j)
{
	return j->s->reserved && is_broken(j, j->s->reserved >> 1, 0);
}

/* A length is not that of its kind, or ends beyond the list. */
static bool breaks_length(struct judgement *j)
{
	struct tcp_option opt;
	size_t at = 0;
	int more;

	while ((more = options_next(j->s->options, j->s->options_len, &at, &opt)) == 1)
		if (opt.unknown && option_rule(opt.kind))
			return true;
	return more < 0;
}

static bool breaks_padding(struct judgement *j)
{
	struct tcp_option opt = {.kind = OPT_NOP};
	size_t at = 0, end = 0;

	while (opt.kind != OPT_EOL) {
		end = at;
		if (options_next(j->s->options, j->s->options_len, &at, &opt) != 1)
			return false;
	}
	while (end < j->s->options_len && !j->s->options[end])
		end++;
	return end < j->s->options_len;
}

/* --- options that belong into a SYN, and those of a SYN --- */

static bool misplaces(const struct judgement *j, uint8_t kind)
{
	return has_flags(j, TCP_SYN, 0) && has(j, kind);
}

static bool breaks_mss(struct judgement *j) { return misplaces(j, OPT_MSS); }
static bool breaks_wscale(struct judgement *j) { return misplaces(j, OPT_WSCALE); }
static bool breaks_sack_permitted(struct judgement *j) { return misplaces(j, OPT_SACK_PERMITTED); }

static bool breaks_shift(struct judgement *j)
{
	struct tcp_option opt;

	return has_flags(j, TCP_SYN, TCP_SYN) && has_option(j, OPT_WSCALE, &opt) && opt.wscale > WSCALE_MAX &&
	       is_broken(j, opt.wscale, WSCALE_MAX);
}

/* A SYN-ACK in answer to a SYN. In a simultaneous open it says again what its own SYN offered before. */
static bool answers_syn(const struct judgement *j)
{
	return has_flags(j, TCP_SYN | TCP_ACK, TCP_SYN | TCP_ACK) && j->to->syn && !j->from->asked;
}

static bool breaks_wscale_unasked(struct judgement *j)
{
	return answers_syn(j) && !j->to->offered.wscale && has(j, OPT_WSCALE);
}

static bool breaks_ts_unasked(struct judgement *j)
{
	return answers_syn(j) && !j->to->offered.timestamps && has(j, OPT_TIMESTAMPS);
}

/* --- timestamps and SACK, as negotiated --- */

/* Nothing is certain of a second connection on the same ports: old segments come too. */
static bool one_connection(const struct judgement *j)
{
	return j->to->syn && j->from->syn && !j->to->two_isns && !j->from->two_isns;
}

static bool negotiated_timestamps(const struct judgement *j)
{
	return one_connection(j) && j->to->each_timestamps && j->from->each_timestamps;
}

static bool breaks_ts_not_offered(struct judgement *j)
{
	return has_flags(j, TCP_SYN | TCP_RST, 0) && j->to->syn && !j->to->offered.timestamps &&
	       has(j, OPT_TIMESTAMPS);
}

/* In a list that is broken it may stand behind the break. */
static bool breaks_ts_missing(struct judgement *j)
{
	return has_flags(j, TCP_SYN | TCP_RST, 0) && negotiated_timestamps(j) && !has(j, OPT_TIMESTAMPS) &&
	       !breaks_length(j);
}

/* RFC 7323, 4.3 says which TSval is to be echoed, and that depends on what reached the end and when; that it
 * is one of the other's does not. What was forgotten is not held against anybody. */
static bool breaks_ts_echo(struct judgement *j)
{
	bool counts = j->s->flags & TCP_SYN ? answers_syn(j) && j->to->offered.timestamps
	                                    : has_flags(j, TCP_RST, 0) && negotiated_timestamps(j);
	struct tcp_option ts;

	return counts && has_flags(j, TCP_ACK, TCP_ACK) && has_option(j, OPT_TIMESTAMPS, &ts) &&
	       j->to->tsval_count && j->to->tsval_count <= OBSERVER_TSVALS &&
	       !end_sent_tsval(j->to, ts.ts_ecr) && is_broken(j, ts.ts_ecr, 0);
}

/* Is s certainly later than the segment that had the newest TSval? New octets or a newer acknowledgment tell;
 * else one of them may have overtaken the other. */
static bool is_later(const struct judgement *j)
{
	return (j->o->at_our_end && j->s->time_ns - j->from->tsval_ns > OVERTAKE_NS) ||
	       (has_flags(j, TCP_ACK, TCP_ACK) && seq_gt(j->s->ack, j->from->tsval_ack)) ||
	       seq_gt(segment_end(j->s), j->from->sent);
}

static bool breaks_ts_back(struct judgement *j)
{
	const struct end *from = j->from, *to = j->to;
	struct tcp_option ts;
	bool counts =
	    (negotiated_timestamps(j) || !to->syn || !from->syn) && !to->two_isns && !from->two_isns;

	return counts && has_flags(j, TCP_SYN | TCP_RST, 0) && has_option(j, OPT_TIMESTAMPS, &ts) &&
	       from->has_tsval && seq_lt(ts.ts_val, from->tsval) && is_later(j) &&
	       is_broken(j, ts.ts_val, from->tsval);
}

static bool breaks_sack_not_offered(struct judgement *j)
{
	return j->to->syn && !j->to->offered.sack && misplaces(j, OPT_SACK);
}

static bool breaks_sack_block(struct judgement *j)
{
	struct tcp_option sack;

	if (!one_connection(j) || has_flags(j, TCP_SYN, TCP_SYN) || !has_option(j, OPT_SACK, &sack))
		return false;
	/* Where none was permitted it is that which is wrong, not the block. */
	if (breaks_sack_not_offered(j))
		return false;
	for (unsigned i = 0; i < sack.sack_blocks; i++)
		if (seq_ge(sack.sack[i].left, sack.sack[i].right) || seq_gt(sack.sack[i].right, j->to->sent))
			return true;
	return false;
}

/* --- flags and numbers --- */

static bool breaks_checksum(struct judgement *j) { return j->s->checksum == CHECKSUM_BAD; }

static bool breaks_syn_fin(struct judgement *j)
{
	return has_flags(j, TCP_SYN | TCP_FIN | TCP_RST, TCP_SYN | TCP_FIN);
}

static bool breaks_fin_no_ack(struct judgement *j)
{
	return has_flags(j, TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK, TCP_FIN);
}

static bool breaks_second_fin(struct judgement *j)
{
	return has_flags(j, TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK, TCP_FIN | TCP_ACK) && j->from->fin &&
	       segment_end(j->s) != j->from->fin_end;
}

static bool breaks_data_after_fin(struct judgement *j)
{
	return j->from->fin && j->s->payload_len && has_flags(j, TCP_RST, 0) &&
	       seq_gt(j->s->seq + j->s->payload_len, j->from->fin_end - 1);
}

static bool breaks_ack_unsent(struct judgement *j)
{
	return has_flags(j, TCP_ACK | TCP_RST, TCP_ACK) && j->to->seen && seq_gt(j->s->ack, j->to->sent);
}

/* Not what was in flight when the window shut, and no probe of an octet; what is sent again may be one as
 * well. */
static bool breaks_into_shut_window(struct judgement *j)
{
	bool probe = j->s->payload_len == 1 && has_flags(j, TCP_FIN, 0);
	int64_t shut_for_ns = j->s->time_ns - j->to->shut_ns;

	return j->to->shut_ns && j->from->seen && has_flags(j, TCP_SYN | TCP_RST, 0) && !probe &&
	       segment_len(j->s) && seq_gt(segment_end(j->s), j->from->sent) &&
	       shut_for_ns > observer_path_ns(j->o) + 20 * NS_PER_MS;
}

static bool breaks_rst_with_more(struct judgement *j)
{
	return has_flags(j, TCP_RST, TCP_RST) && !has_flags(j, TCP_SYN | TCP_FIN, 0);
}

static bool breaks_syn_again(struct judgement *j)
{
	return has_flags(j, TCP_SYN | TCP_RST, TCP_SYN) && j->o->opened &&
	       !(j->from->syn && j->from->isn == j->s->seq);
}

static bool breaks_after_rst(struct judgement *j) { return j->from->rst && has_flags(j, TCP_RST, 0); }

/* --- the table --- */

/* The id is made of the clause, so that the two agree. */
#define CLAUSE(rfc, section, id) "rfc" #rfc "-" section "-" id, rfc, section
#define RULE(name, rfc, section, id, level, judged, told, words, note, breaks)                               \
	[RULE_##name] = {CLAUSE(rfc, section, id), LEVEL_##level, JUDGED_##judged, told, words, note, breaks}
/* Of an end once, or each time. */
#define HABIT true
#define EACH false

const struct rule_row rules[RULE_COUNT] = {
    RULE(RESERVED, 9293, "3.1", "reserved", STATED, ANYWHERE, HABIT,
         "has reserved bits set, and they must be zero", "reserved bits", breaks_reserved),
    /* MUST-68 */
    RULE(OPTION_LENGTH, 9293, "3.1", "option-length", MUST, ANYWHERE, HABIT,
         "has an option whose length is wrong", "lengths of options lie", breaks_length),
    /* MUST-69 */
    RULE(PADDING, 9293, "3.1", "padding", MUST, ANYWHERE, HABIT,
         "has more than zeros behind the end of its options", "padding", breaks_padding),
    /* MUST-67 */
    RULE(MSS, 9293, "3.2", "mss", MUST, ANYWHERE, HABIT, "has an MSS, which belongs into a SYN alone",
         "MSS without SYN", breaks_mss),
    RULE(WSCALE, 7323, "2.1", "wscale", STATED, ANYWHERE, HABIT,
         "has a window scale, which belongs into a SYN alone", "window scale without SYN", breaks_wscale),
    RULE(SACK_PERMITTED, 2018, "2", "sack-permitted", MUST, ANYWHERE, HABIT,
         "has SACK-permitted, which belongs into a SYN alone", "SACK-permitted without SYN",
         breaks_sack_permitted),
    RULE(SHIFT, 7323, "2.3", "wscale-shift", MUST, ANYWHERE, HABIT,
         "has a window scale of %lld, and %lld is the most", "window scale too large", breaks_shift),
    /* "MAY ..., but only if": what is not allowed is forbidden */
    RULE(WSCALE_UNASKED, 7323, "2.2", "wscale-unasked", STATED, ANYWHERE, HABIT,
         "has a window scale, and the SYN had none", "window scale: not asked for", breaks_wscale_unasked),
    RULE(TS_UNASKED, 7323, "3.2", "timestamps-unasked", STATED, ANYWHERE, HABIT,
         "has timestamps, and the SYN had none", "timestamp: not asked for", breaks_ts_unasked),
    RULE(TS_NOT_OFFERED, 7323, "3.2", "timestamps-not-negotiated", STATED, ANYWHERE, HABIT,
         "has timestamps, and they were not negotiated", "timestamp: not negotiated", breaks_ts_not_offered),
    RULE(TS_MISSING, 7323, "3.2", "timestamps-missing", MUST, ANYWHERE, HABIT,
         "has no timestamps, and they were negotiated", "no timestamp", breaks_ts_missing),
    /* A capture may lack the segment that had it. */
    RULE(TS_ECHO, 7323, "3.2", "tsecr", MUST, AT_OUR_END, HABIT,
         "has TSecr %lld, and we never sent that TSval", "TSecr: never sent", breaks_ts_echo),
    RULE(TS_BACK, 7323, "5.2", "tsval-back", STATED, ANYWHERE, HABIT,
         "has TSval %lld, and %lld came before it", "timestamp went back", breaks_ts_back),
    RULE(SACK_NOT_OFFERED, 2018, "4", "sack-not-permitted", MUST, ANYWHERE, HABIT,
         "has SACK, and the other end's SYN did not permit it", "SACK: not permitted",
         breaks_sack_not_offered),
    /* Nor may a capture hold all the octets. */
    RULE(SACK_BLOCK, 2018, "3", "sack-block", STATED, AT_OUR_END, HABIT,
         "has a SACK block of what was never sent", "SACK: never sent", breaks_sack_block),
    /* MUST-2, MUST-3 */
    RULE(CHECKSUM, 9293, "3.1", "checksum", MUST, IN_CAPTURES, EACH,
         "has a wrong checksum, and counts as not sent", "bad checksum", breaks_checksum),
    /* CLOSE in SYN-SENT sends nothing. */
    RULE(SYN_FIN, 9293, "3.10.4", "syn-fin", STATED, IN_CAPTURES, EACH, "has SYN and FIN at once",
         "SYN and FIN", breaks_syn_fin),
    RULE(FIN_NO_ACK, 9293, "3.10.7.4", "fin-no-ack", STATED, IN_CAPTURES, EACH,
         "is a FIN without ACK, which must be dropped", "no ACK: to be dropped", breaks_fin_no_ack),
    RULE(SECOND_FIN, 9293, "3.6", "second-fin", STATED, IN_CAPTURES, EACH,
         "is a second FIN with another number", "another FIN", breaks_second_fin),
    RULE(DATA_AFTER_FIN, 9293, "3.6", "data-after-fin", STATED, IN_CAPTURES, EACH,
         "has data behind its FIN, which says that there is no more", "data after its FIN",
         breaks_data_after_fin),
    RULE(ACK_UNSENT, 9293, "3.10.7.4", "ack-unsent", STATED, IN_CAPTURES, EACH,
         "acknowledges what was never sent, or was not captured", "acknowledges too much", breaks_ack_unsent),
    RULE(INTO_SHUT_WINDOW, 9293, "3.8.6", "shut-window", STATED, IN_CAPTURES, HABIT,
         "was sent into a window that was shut", "into a shut window", breaks_into_shut_window),
    RULE(RST_WITH_MORE, 9293, "3.10.7.4", "rst-with-more", STATED, IN_CAPTURES, EACH,
         "is a RST with SYN or FIN beside it, of which only the RST counts", "RST with more",
         breaks_rst_with_more),
    RULE(SYN_AGAIN, 5961, "4.2", "syn-again", STATED, IN_CAPTURES, EACH,
         "is a SYN in mid-connection: to be challenged", "SYN in mid-connection", breaks_syn_again),
    /* ABORT deletes the connection. */
    RULE(AFTER_RST, 9293, "3.10.5", "after-rst", STATED, IN_CAPTURES, HABIT, "comes after its own RST",
         "after its own RST", breaks_after_rst),
    RULE(OTHER_OCTETS, 9293, "3.4", "other-octets", STATED, IN_CAPTURES, EACH,
         "has other octets than were sent first with these numbers", "other octets than at first", NULL),
    /* MUST-40 */
    RULE(LATE_ACK, 9293, "3.8.6.3", "late-ack", MUST, IN_CAPTURES, EACH,
         "acknowledges the FIN after %lld ms; a delayed ACK takes less than %lld ms", "late", NULL),
    RULE(RST_NUMBER, 5961, "3.2", "rst-number", STATED, IN_CAPTURES, EACH,
         "is a RST %lld off the number that the other end expects: to be challenged or dropped",
         "not the number expected", NULL),
    RULE(RST_FOR_RST, 9293, "3.10.7.1", "rst-for-rst", STATED, IN_CAPTURES, EACH,
         "answers a RST with RST, and that is to be dropped in silence", "RST for a RST", NULL),
    RULE(NO_BACKOFF, 6298, "5.5", "no-backoff", MUST, IN_CAPTURES, EACH,
         "resends the FIN without back-off: %lld ms after a gap of %lld ms", "no back-off", NULL),
    RULE(OLD_OCTET, 9293, "3.10.7.4", "old-octet", SHOULD, BY_FENCE, EACH,
         "an octet that was acknowledged before is not answered with an ACK", "not answered", NULL),
};

bool rule_broken(enum rule rule, const struct observer *o, const struct segment *s, int from,
                 struct breach *out)
{
	struct judgement j = {.o = o, .s = s, .from = &o->ends[from], .to = &o->ends[!from], .out = out};

	*out = (struct breach){.rule = rule};
	return rules[rule].breaks && rules[rule].breaks(&j);
}

/* --- in words --- */

const char *breach_words(const struct breach *b, char buf[BREACH_TEXT_BYTES])
{
	snprintf(buf, BREACH_TEXT_BYTES, rules[b->rule].words, b->got, b->limit);
	return buf;
}

const char *breach_text(const struct breach *b, char buf[BREACH_TEXT_BYTES])
{
	const struct rule_row *r = &rules[b->rule];
	size_t len = strlen(breach_words(b, buf));

	snprintf(buf + len, BREACH_TEXT_BYTES - len, " (RFC %u, %s)", r->rfc, r->section);
	return buf;
}
