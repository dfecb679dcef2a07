/* The rules of a run: segments of the peer's that do not keep to them, and that do. */
#include "core/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

enum { ISS = 0xfffffff0u, IRS = 0xffffff00u, MS = 1000000 };

static struct observer a;
static const struct tcp_option MSS = {.kind = OPT_MSS, .mss = 1460};
static const struct tcp_option WSCALE = {.kind = OPT_WSCALE, .wscale = 7};
static const struct tcp_option PERMITTED = {.kind = OPT_SACK_PERMITTED};

static struct segment seg(uint16_t flags, uint32_t seq, uint32_t ack, int64_t ms)
{
	return (struct segment){.flags = flags, .seq = seq, .ack = ack, .time_ns = ms * MS};
}

static void add(struct segment *s, struct tcp_option opt)
{
	ck_assert(options_append(s->options, &s->options_len, &opt));
}

static void add_ts(struct segment *s, uint32_t val, uint32_t ecr)
{
	add(s, (struct tcp_option){.kind = OPT_TIMESTAMPS, .ts_val = val, .ts_ecr = ecr});
}

static void add_sack(struct segment *s, uint32_t left, uint32_t right)
{
	add(s, (struct tcp_option){.kind = OPT_SACK, .sack_blocks = 1, .sack = {{left, right}}});
}

static void add_bytes(struct segment *s, const char *bytes, size_t len)
{
	memcpy(s->options + s->options_len, bytes, len);
	s->options_len = (uint8_t)(s->options_len + len);
}

static void we_send(const struct segment *s) { observer_see(&a, s, END_US, false); }

/* The first rule of a run that s breaks; RULE_COUNT: none, and it came. */
static enum rule breaks(struct segment s)
{
	char words[BREACH_TEXT_BYTES];
	struct breach b;

	for (enum rule r = 0; r < RULE_COUNT; r++) {
		if (rules[r].judged == JUDGED_IN_CAPTURES || !rule_broken(r, &a, &s, END_PEER, &b))
			continue;
		ck_assert_int_eq(b.rule, r);
		ck_assert_ptr_nonnull(strstr(breach_text(&b, words), "(RFC "));
		return r;
	}
	observer_see(&a, &s, END_PEER, false);
	return RULE_COUNT;
}

static void begin(void)
{
	memset(&a, 0, sizeof a);
	a.at_our_end = true;
}

/* We open with an MSS alone, or with all that there is. */
static void open_bare(void)
{
	struct segment syn = seg(TCP_SYN, ISS, 0, 0), synack = seg(TCP_SYN | TCP_ACK, IRS, ISS + 1, 1);

	begin();
	add(&syn, MSS);
	add(&synack, MSS);
	we_send(&syn);
	ck_assert_int_eq(breaks(synack), RULE_COUNT);
}

static struct segment full_syn(void)
{
	struct segment syn = seg(TCP_SYN, ISS, 0, 0);

	add(&syn, MSS);
	add(&syn, PERMITTED);
	add_ts(&syn, 1000, 0);
	add(&syn, WSCALE);
	return syn;
}

static void open_full_at(uint32_t tsval)
{
	struct segment syn = full_syn(), synack = seg(TCP_SYN | TCP_ACK, IRS, ISS + 1, 1);

	begin();
	add(&synack, MSS);
	add(&synack, PERMITTED);
	add_ts(&synack, tsval, 1000);
	add(&synack, WSCALE);
	we_send(&syn);
	ck_assert_int_eq(breaks(synack), RULE_COUNT);
}

static void open_full(void) { open_full_at(70000); }

static struct segment fin(int64_t ms) { return seg(TCP_FIN | TCP_ACK, IRS + 1, ISS + 1, ms); }

/* --- each segment --- */

START_TEST(reserved_bits_are_zero)
{
	struct segment s = fin(2), rst = seg(TCP_RST, IRS + 1, 0, 2);

	open_bare();
	ck_assert_int_eq(breaks(s), RULE_COUNT);
	s.reserved = rst.reserved = 0x8;
	ck_assert_int_eq(breaks(s), RULE_RESERVED);
	ck_assert_int_eq(breaks(rst), RULE_RESERVED);
}
END_TEST

START_TEST(lengths_are_the_kinds_own)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum rule rule;
	} cases[] = {
	    {"\x08\x02\x01\x01", 4, RULE_OPTION_LENGTH}, /* timestamps of no octets */
	    {"\x01\x01\x08\x0a", 4, RULE_OPTION_LENGTH}, /* past the header's end */
	    {"\x01\x01\x01\x02", 4, RULE_OPTION_LENGTH}, /* a kind without a length */
	    {"\x63\x01\x01\x01", 4, RULE_OPTION_LENGTH}, /* shorter than itself */
	    {"\x05\x06\x00\x00\x00\x00\x01\x01", 8, RULE_OPTION_LENGTH},
	    {"\x63\x04\x00\x00", 4, RULE_COUNT}, /* of a kind that we do not know */
	    {"\x01\x01\x01\x00", 4, RULE_COUNT},
	    {"\x00\x00\x00\x00", 4, RULE_COUNT},
	    {"\x01\x00\x00\x07", 4, RULE_PADDING},
	    {"\x00\x08\x02\x00", 4, RULE_PADDING},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct segment s = fin(2), rst = seg(TCP_RST | TCP_ACK, IRS + 1, ISS + 1, 2);

		open_bare();
		add_bytes(&s, cases[i].bytes, cases[i].len);
		add_bytes(&rst, cases[i].bytes, cases[i].len);
		ck_assert_int_eq(breaks(s), cases[i].rule);
		ck_assert_int_eq(breaks(rst), cases[i].rule);
	}
}
END_TEST

START_TEST(options_of_a_syn_are_in_no_other)
{
	const struct tcp_option options[] = {MSS, WSCALE, PERMITTED};
	const enum rule wanted[] = {RULE_MSS, RULE_WSCALE, RULE_SACK_PERMITTED};

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		struct segment s = fin(2);

		open_full();
		add(&s, options[i]);
		ck_assert_int_eq(breaks(s), wanted[i]);
	}
	/* one that is new in the table has a rule of its own */
	for (size_t i = 0; option_row(i); i++) {
		struct segment s = fin(2);
		struct tcp_option opt = {.kind = option_row(i)->kind};

		open_full();
		add(&s, opt);
		ck_assert_msg(!option_row(i)->syn_only || breaks(s) != RULE_COUNT,
		              "no rule keeps %s out of a segment without SYN", option_row(i)->name);
	}
}
END_TEST

/* --- the handshake --- */

START_TEST(synack_answers_what_was_asked)
{
	static const struct {
		bool asked;
		struct tcp_option option;
		enum rule rule;
	} cases[] = {
	    {true, {.kind = OPT_WSCALE, .wscale = 14}, RULE_COUNT},
	    {true, {.kind = OPT_WSCALE, .wscale = 15}, RULE_SHIFT},
	    {false, {.kind = OPT_WSCALE, .wscale = 14}, RULE_WSCALE_UNASKED},
	    {true, {.kind = OPT_TIMESTAMPS, .ts_val = 5, .ts_ecr = 1000}, RULE_COUNT},
	    {true, {.kind = OPT_TIMESTAMPS, .ts_val = 5, .ts_ecr = 0}, RULE_TS_ECHO},
	    {false, {.kind = OPT_TIMESTAMPS, .ts_val = 5, .ts_ecr = 1000}, RULE_TS_UNASKED},
	    /* each end permits it for itself: RFC 2018, 2 */
	    {false, {.kind = OPT_SACK_PERMITTED}, RULE_COUNT},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct segment syn = full_syn(), synack = seg(TCP_SYN | TCP_ACK, IRS, ISS + 1, 1);

		begin();
		if (!cases[i].asked)
			syn.options_len = 4; /* the MSS */
		we_send(&syn);
		add(&synack, cases[i].option);
		ck_assert_int_eq(breaks(synack), cases[i].rule);
	}
}
END_TEST

START_TEST(the_peers_own_syn_offers_what_it_likes)
{
	struct segment syn = full_syn(), synack = seg(TCP_SYN | TCP_ACK, ISS, IRS + 1, 1);
	struct segment ack = seg(TCP_ACK, IRS + 1, ISS + 1, 2), with_ts = ack, with_sack = ack;

	begin();
	syn.seq = IRS;
	ck_assert_int_eq(breaks(syn), RULE_COUNT);
	add(&synack, MSS); /* and we take none of it */
	we_send(&synack);
	ck_assert_int_eq(breaks(ack), RULE_COUNT);
	add_ts(&with_ts, 1001, 0);
	ck_assert_int_eq(breaks(with_ts), RULE_TS_NOT_OFFERED);
	add_sack(&with_sack, ISS, ISS + 1);
	ck_assert_int_eq(breaks(with_sack), RULE_SACK_NOT_OFFERED);
}
END_TEST

START_TEST(simultaneous_open_repeats_its_offer)
{
	struct segment ours = seg(TCP_SYN, ISS, 0, 0), syn = full_syn(), synack = full_syn();

	begin();
	we_send(&ours);
	syn.seq = synack.seq = IRS;
	synack.flags |= TCP_ACK;
	ck_assert_int_eq(breaks(syn), RULE_COUNT);
	ck_assert_int_eq(breaks(synack), RULE_COUNT);
}
END_TEST

/* --- timestamps --- */

START_TEST(options_only_where_offered)
{
	struct segment s = fin(2), sack = fin(2), rst = seg(TCP_RST | TCP_ACK, IRS + 1, ISS + 1, 2);

	open_bare();
	add_sack(&sack, ISS + 1, ISS + 2);
	ck_assert_int_eq(breaks(sack), RULE_SACK_NOT_OFFERED);
	add_ts(&s, 1, 0);
	add_ts(&rst, 1, 0);
	ck_assert_int_eq(breaks(s), RULE_TS_NOT_OFFERED);
	ck_assert_int_eq(breaks(rst), RULE_COUNT);
}
END_TEST

START_TEST(timestamps_in_all_but_a_rst)
{
	struct segment s = fin(2);

	open_full();
	ck_assert_int_eq(breaks(s), RULE_TS_MISSING);
	ck_assert_int_eq(breaks(seg(TCP_RST, ISS + 1, 0, 2)), RULE_COUNT);
	add_ts(&s, 70001, 1000);
	ck_assert_int_eq(breaks(s), RULE_COUNT);
}
END_TEST

START_TEST(the_peer_that_refused_them_has_none)
{
	struct segment syn = full_syn(), synack = seg(TCP_SYN | TCP_ACK, IRS, ISS + 1, 1);

	begin();
	we_send(&syn);
	add(&synack, MSS);
	ck_assert_int_eq(breaks(synack), RULE_COUNT);
	ck_assert_int_eq(breaks(fin(2)), RULE_COUNT);
}
END_TEST

/* It asked twice, the second time with fewer options. */
START_TEST(a_syn_without_them_leaves_it_open)
{
	struct segment syn = full_syn(), synack = full_syn();
	struct segment without = seg(TCP_ACK, IRS + 1, ISS + 1, 5), with = without;

	begin();
	syn.seq = IRS;
	ck_assert_int_eq(breaks(syn), RULE_COUNT);
	syn.options_len = 4;
	ck_assert_int_eq(breaks(syn), RULE_COUNT);
	synack.flags |= TCP_ACK;
	we_send(&synack);
	ck_assert_int_eq(breaks(without), RULE_COUNT);
	add_ts(&with, 7, 1000);
	ck_assert_int_eq(breaks(with), RULE_COUNT);
}
END_TEST

START_TEST(tsecr_is_a_tsval_of_ours)
{
	static const struct {
		uint16_t flags;
		uint32_t ecr;
		enum rule rule;
	} cases[] = {
	    {TCP_FIN | TCP_ACK, 1000, RULE_COUNT},
	    {TCP_FIN | TCP_ACK, 12345, RULE_COUNT},
	    {TCP_FIN | TCP_ACK, 1001, RULE_TS_ECHO},
	    {TCP_FIN | TCP_ACK, 0, RULE_TS_ECHO},
	    {TCP_FIN, 0, RULE_COUNT}, /* without ACK it means nothing */
	};
	struct segment ours = seg(TCP_ACK, ISS + 1, IRS + 1, 2);

	open_full();
	add_ts(&ours, 1002, 70000);
	add_ts(&ours, 12345, 0); /* two in one: no matter which of them it takes */
	we_send(&ours);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct segment s = seg(cases[i].flags, IRS + 1, ISS + 1, 3);

		add_ts(&s, 70001, cases[i].ecr);
		ck_assert_int_eq(breaks(s), cases[i].rule);
	}
}
END_TEST

/* What was forgotten is not held against the peer. */
START_TEST(tsecr_of_long_ago)
{
	struct segment odd, ours;

	open_full();
	for (uint32_t i = 0; i < OBSERVER_TSVALS - 1; i++) {
		ours = seg(TCP_ACK, ISS + 1, IRS + 1, 2);
		add_ts(&ours, 2000 + i, 70000);
		we_send(&ours);
		we_send(&ours); /* again: takes no room */
	}
	odd = fin(3);
	ours = seg(TCP_ACK, ISS + 1, IRS + 1, 2);
	add_ts(&odd, 70001, 1001);
	ck_assert_int_eq(breaks(odd), RULE_TS_ECHO);
	add_ts(&ours, 9000, 70000);
	we_send(&ours);
	ck_assert_int_eq(breaks(odd), RULE_COUNT);
}
END_TEST

static enum rule then(uint32_t tsval, uint32_t ack, int64_t ms)
{
	struct segment s = seg(TCP_ACK, IRS + 1, ack, ms);

	add_ts(&s, tsval, 1000);
	return breaks(s);
}

START_TEST(tsval_does_not_fall)
{
	open_full();
	ck_assert_int_eq(then(70010, ISS + 1, 11), RULE_COUNT);
	ck_assert_int_eq(then(70010, ISS + 1, 12), RULE_COUNT);
	/* overtaken on the path, or not to be told from it */
	ck_assert_int_eq(then(70009, ISS + 1, 13), RULE_COUNT);
	ck_assert_int_eq(then(70009, ISS + 1, 61), RULE_COUNT);
	/* not by so much; and one that acknowledges more is newer in any case */
	ck_assert_int_eq(then(70009, ISS + 1, 62), RULE_TS_BACK);
	ck_assert_int_eq(then(70009, ISS + 2, 13), RULE_TS_BACK);
	/* and it wraps */
	open_full_at(UINT32_MAX - 1);
	ck_assert_int_eq(then(3, ISS + 1, 500), RULE_COUNT);
	ck_assert_int_eq(then(UINT32_MAX, ISS + 1, 1000), RULE_TS_BACK);
}
END_TEST

/* --- SACK --- */

START_TEST(sack_of_what_was_sent)
{
	static const struct {
		uint32_t left, right;
		enum rule rule;
	} cases[] = {
	    {ISS + 11, ISS + 21, RULE_COUNT}, /* a hole before it */
	    {ISS + 1, ISS + 2, RULE_COUNT},   /* twice: RFC 2883 */
	    {ISS + 11, ISS + 22, RULE_SACK_BLOCK}, {ISS + 11, ISS + 11, RULE_SACK_BLOCK},
	    {ISS + 21, ISS + 11, RULE_SACK_BLOCK}, {ISS + 5001, ISS + 101, RULE_SACK_BLOCK},
	};
	struct segment ours = seg(TCP_ACK | TCP_PSH, ISS + 11, IRS + 1, 2);

	ours.payload_len = 10;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct segment s = seg(TCP_ACK, IRS + 1, ISS + 1, 3);

		open_full();
		we_send(&ours);
		add_ts(&s, 70001, 1000);
		add_sack(&s, cases[i].left, cases[i].right);
		ck_assert_int_eq(breaks(s), cases[i].rule);
	}
}
END_TEST

/* --- what is not certain --- */

START_TEST(a_second_connection_is_not_judged)
{
	struct segment again = full_syn(), s = fin(9), sack = fin(9);

	open_full();
	again.seq = ISS + 100000;
	we_send(&again);
	ck_assert_int_eq(breaks(s), RULE_COUNT);
	add_ts(&s, 1, 999);
	ck_assert_int_eq(breaks(s), RULE_COUNT);
	add_sack(&sack, 5, 4);
	ck_assert_int_eq(breaks(sack), RULE_COUNT);
}
END_TEST

/* --- the table --- */

START_TEST(each_rule_is_whole)
{
	const struct rule_row *r = &rules[_i];
	char id[64];

	snprintf(id, sizeof id, "rfc%u-%s-", r->rfc, r->section);
	ck_assert_msg(r->id && strncmp(r->id, id, strlen(id)) == 0, "rule %d: %s", _i, r->id);
	ck_assert(strlen(r->id) == strspn(r->id, "abcdefghijklmnopqrstuvwxyz0123456789.-"));
	ck_assert(r->words && r->note);
	ck_assert(r->judged == JUDGED_IN_CAPTURES || r->judged == JUDGED_BY_FENCE || r->breaks);
	for (int i = 0; i < _i; i++)
		ck_assert_str_ne(rules[i].id, r->id);
}
END_TEST

/* Who acts on an id looks it up there. */
START_TEST(the_manual_has_them)
{
	const char *top = getenv("top_srcdir");
	char path[4096], line[512];
	unsigned count = 0;
	FILE *manual;

	if (!top)
		return; /* started by hand */
	snprintf(path, sizeof path, "%s/man/fourwave.1", top);
	manual = fopen(path, "r");
	ck_assert_ptr_nonnull(manual);
	while (fgets(line, sizeof line, manual))
		for (enum rule r = 0; r < RULE_COUNT; r++) {
			size_t len = strlen(rules[r].id);

			count += strncmp(line, ".It Li ", 7) == 0 &&
			         strncmp(line + 7, rules[r].id, len) == 0 && line[7 + len] == '\n';
		}
	fclose(manual);
	ck_assert_uint_eq(count, RULE_COUNT);
}
END_TEST

START_TEST(words_have_their_numbers)
{
	char words[BREACH_TEXT_BYTES];
	struct breach b;
	struct segment s;

	open_full();
	s = seg(TCP_ACK, IRS + 1, ISS + 2, 3);
	add_ts(&s, 69999, 1000);
	ck_assert(rule_broken(RULE_TS_BACK, &a, &s, END_PEER, &b));
	ck_assert_str_eq(breach_words(&b, words), "has TSval 69999, and 70000 came before it");
	ck_assert_str_eq(breach_text(&b, words), "has TSval 69999, and 70000 came before it (RFC 7323, 5.2)");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("rules");
	TCase *c = tcase_create("rules");

	tcase_add_test(c, reserved_bits_are_zero);
	tcase_add_test(c, lengths_are_the_kinds_own);
	tcase_add_test(c, options_of_a_syn_are_in_no_other);
	tcase_add_test(c, synack_answers_what_was_asked);
	tcase_add_test(c, the_peers_own_syn_offers_what_it_likes);
	tcase_add_test(c, simultaneous_open_repeats_its_offer);
	tcase_add_test(c, options_only_where_offered);
	tcase_add_test(c, timestamps_in_all_but_a_rst);
	tcase_add_test(c, the_peer_that_refused_them_has_none);
	tcase_add_test(c, a_syn_without_them_leaves_it_open);
	tcase_add_test(c, tsecr_is_a_tsval_of_ours);
	tcase_add_test(c, tsecr_of_long_ago);
	tcase_add_test(c, tsval_does_not_fall);
	tcase_add_test(c, sack_of_what_was_sent);
	tcase_add_test(c, a_second_connection_is_not_judged);
	tcase_add_loop_test(c, each_rule_is_whole, 0, RULE_COUNT);
	tcase_add_test(c, the_manual_has_them);
	tcase_add_test(c, words_have_their_numbers);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
