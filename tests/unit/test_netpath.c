/* Copies, overtakings and other hosts: what is certain, what is in doubt, and what is the peer's own doing.
 */
#include <check.h>
#include <string.h>

#include "run/netpath.h"
#include "suite.h"

enum { MS = 1000000, IRS = 0xfffffffe };

static struct segment segment(int family, uint16_t flags, uint32_t seq, uint32_t ack, uint16_t ip_id, int ms)
{
	return (struct segment){.src = {.family = (uint8_t)family},
	                        .flags = flags,
	                        .seq = IRS + seq,
	                        .ack = ack,
	                        .wnd = 1000,
	                        .ip_id = ip_id,
	                        .ttl = 64,
	                        .time_ns = (int64_t)ms * MS};
}

/* --- copies --- */

static enum netpath_seen sees(struct netpath *w, const char *bytes, uint16_t ip_id, int ms)
{
	struct segment s = segment(4, TCP_ACK, 1, 1, ip_id, ms);

	s.packet = (const uint8_t *)bytes;
	s.packet_captured = (uint32_t)strlen(bytes);
	return netpath_sees(w, &s);
}

static bool copy(struct netpath *w, const char *bytes, uint16_t ip_id, int ms)
{
	return sees(w, bytes, ip_id, ms) == NETPATH_COPY;
}

START_TEST(same_packet_soon_is_a_copy)
{
	struct netpath w = {0};

	ck_assert(!copy(&w, "one", 7, 0));
	ck_assert(!copy(&w, "two", 8, 1));
	ck_assert(copy(&w, "one", 7, 2));
	ck_assert(copy(&w, "one", 7, 3));
	ck_assert(copy(&w, "two", 8, 51));
}
END_TEST

START_TEST(same_packet_late_is_none)
{
	struct netpath w = {0};

	ck_assert(!copy(&w, "one", 7, 0));
	ck_assert(!copy(&w, "one", 7, 51));
}
END_TEST

START_TEST(resend_at_once_is_the_peers)
{
	struct netpath w = {0};

	ck_assert(!copy(&w, "one, 7", 7, 0));
	ck_assert(!copy(&w, "one, 8", 8, 0));
}
END_TEST

START_TEST(without_identification_it_is_not_certain)
{
	struct netpath w = {0};

	ck_assert_int_eq(sees(&w, "one", 0, 0), NETPATH_NEW);
	ck_assert_int_eq(sees(&w, "one", 0, 50), NETPATH_AGAIN);
	ck_assert_int_eq(sees(&w, "one", 0, 101), NETPATH_NEW);
}
END_TEST

START_TEST(one_identification_for_all_tells_nothing)
{
	struct netpath w = {0};

	ck_assert(!copy(&w, "one", 7, 0));
	ck_assert(!copy(&w, "two", 7, 1));
	ck_assert(!copy(&w, "two", 7, 2));
}
END_TEST

START_TEST(more_than_are_remembered)
{
	struct netpath w = {0};
	char bytes[] = "a";

	for (uint16_t i = 1; i <= NETPATH_REMEMBERS + 1; i++, bytes[0]++)
		ck_assert(!copy(&w, bytes, i, 0));
	ck_assert(!copy(&w, "a", 1, 0));
	ck_assert(copy(&w, "c", 3, 0));
}
END_TEST

/* --- failures --- */

static struct trace trace[8];
static struct verdict verdict;

static void add(struct segment s, bool wrong)
{
	trace[verdict.trace_count++] =
	    (struct trace){.passage = PASSED_IN, .time_ns = s.time_ns, .segment = s, .wrong = wrong};
	verdict.trace = trace;
}

static void start(int family)
{
	verdict = (struct verdict){.kind = VERDICT_FAIL};
	add(segment(family, TCP_SYN | TCP_ACK, 0, 1, 0, 0), false);
}

static void check_doubt(enum code code, int64_t n0, int64_t n1)
{
	struct reason why;

	ck_assert_int_eq(netpath_doubts(&verdict, true, &why), code != CODE_NONE);
	ck_assert_str_eq(code_name(why.code), code_name(code));
	ck_assert(!code || (why.n[0] == n0 && why.n[1] == n1));
}

START_TEST(nothing_explains_a_wrong_segment)
{
	start(_i);
	add(segment(_i, TCP_ACK, 1, 2, 10, 100), false);
	add(segment(_i, TCP_FIN | TCP_ACK, 2, 2, 11, 101), true);
	check_doubt(CODE_NONE, 0, 0);
	ck_assert(!netpath_overtook(&verdict, true));
}
END_TEST

/* Of the same distance it is the peer's, whatever it began with. */
START_TEST(another_first_hop_limit)
{
	static const struct {
		uint8_t handshake, wrong;
		bool doubt;
	} cases[] = {{64, 255, false}, {255, 64, false}, {60, 124, false}, {128, 64, false},
	             {64, 63, true},   {60, 64, true},   {54, 255, true}};
	struct segment s;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		start(_i);
		trace[0].segment.ttl = cases[i].handshake;
		s = segment(_i, TCP_RST, 2, 2, 11, 101);
		s.ttl = cases[i].wrong;
		add(s, true);
		check_doubt(cases[i].doubt ? CODE_PATH_HOP_LIMIT : CODE_NONE, cases[i].wrong,
		            cases[i].handshake);
	}
}
END_TEST

START_TEST(nothing_wrong_came)
{
	start(4);
	check_doubt(CODE_NONE, 0, 0);
}
END_TEST

START_TEST(twice_at_once_ipv4_is_the_peers)
{
	start(4);
	add(segment(4, TCP_FIN | TCP_ACK, 1, 1, 10, 100), false);
	add(segment(4, TCP_FIN | TCP_ACK, 1, 1, 11, 100), true);
	check_doubt(CODE_NONE, 0, 0);
}
END_TEST

START_TEST(twice_at_once_ipv6_is_in_doubt)
{
	struct reason why;

	start(6);
	add(segment(6, TCP_FIN | TCP_ACK, 1, 1, 0, 100), false);
	add(segment(6, TCP_FIN | TCP_ACK, 1, 1, 0, 100), true);
	check_doubt(CODE_PATH_DOUBLED, 0, 0);
	ck_assert(!netpath_doubts(&verdict, false, &why)); /* no such path: the peer's */
}
END_TEST

START_TEST(wrong_and_then_the_same_is_the_peers)
{
	start(6);
	add(segment(6, TCP_ACK, 1, 1, 0, 100), true);
	add(segment(6, TCP_ACK, 1, 1, 0, 100), false);
	check_doubt(CODE_NONE, 0, 0);
}
END_TEST

START_TEST(twice_later_ipv6_is_the_peers)
{
	start(6);
	add(segment(6, TCP_FIN | TCP_ACK, 1, 1, 0, 100), false);
	add(segment(6, TCP_FIN | TCP_ACK, 1, 1, 0, 200), true);
	check_doubt(CODE_NONE, 0, 0);
}
END_TEST

START_TEST(fin_overtook_an_ack_ipv4)
{
	start(4);
	add(segment(4, TCP_FIN | TCP_ACK, 1, 2, 11, 100), true);
	add(segment(4, TCP_ACK, 1, 2, 10, 101), false);
	check_doubt(CODE_PATH_OVERTAKEN, MS, 0);
	ck_assert(netpath_overtook(&verdict, false));
}
END_TEST

START_TEST(identifications_wrap)
{
	start(4);
	add(segment(4, TCP_FIN | TCP_ACK, 1, 2, 1, 100), true);
	add(segment(4, TCP_ACK, 1, 2, 65535, 101), false);
	check_doubt(CODE_PATH_OVERTAKEN, MS, 0);
}
END_TEST

START_TEST(old_number_sent_later_ipv4_is_the_peers)
{
	start(4);
	add(segment(4, TCP_FIN | TCP_ACK, 1, 2, 10, 100), false);
	add(segment(4, TCP_ACK, 1, 2, 11, 101), true);
	check_doubt(CODE_NONE, 0, 0);
	ck_assert(!netpath_overtook(&verdict, true));
}
END_TEST

START_TEST(fin_overtook_an_ack_ipv6)
{
	start(6);
	add(segment(6, TCP_FIN | TCP_ACK, 1, 2, 0, 100), true);
	add(segment(6, TCP_ACK, 1, 2, 0, 101), false);
	check_doubt(CODE_PATH_OVERTAKEN, MS, 0);
	ck_assert(!netpath_overtook(&verdict, false)); /* not for certain */
	ck_assert(netpath_overtook(&verdict, true));
}
END_TEST

START_TEST(old_ack_in_a_new_segment_is_the_peers)
{
	start(6);
	add(segment(6, TCP_ACK, 1, 2, 0, 100), false);
	add(segment(6, TCP_FIN | TCP_ACK, 1, 1, 0, 101), true);
	check_doubt(CODE_NONE, 0, 0);
}
END_TEST

START_TEST(another_hop_limit_is_in_doubt)
{
	struct segment s = segment(_i, TCP_RST, 1, 0, 10, 100);

	start(_i);
	s.ttl = 63;
	add(s, true);
	check_doubt(CODE_PATH_HOP_LIMIT, 63, 64);
}
END_TEST

/* Counted for each connection, as Linux does, and not where it is for all that the sender sends. */
START_TEST(a_hole_in_the_count_is_a_loss)
{
	start(4);
	add(segment(4, TCP_ACK, 1, 2, 10, 100), false);
	add(segment(4, TCP_ACK, 1, 3, 11, 101), false);
	add(segment(4, TCP_ACK, 1, 4, 12, 102), false);
	ck_assert_uint_eq(netpath_lost(&verdict), 0);
	add(segment(4, TCP_ACK, 1, 6, 14, 103), false);
	ck_assert_uint_eq(netpath_lost(&verdict), 1);
	trace[0].segment.ip_id = 9;
	ck_assert_uint_eq(netpath_lost(&verdict), 0);
}
END_TEST

/* On a path of 600 ms what comes 100 ms after our last segment does not answer it. */
START_TEST(what_was_said_before_answers_what_was_sent_before)
{
	struct segment ours = segment(4, TCP_FIN | TCP_ACK, 5, 1, 1, 1000);
	struct reason why;

	start(4);
	add(segment(4, TCP_ACK, 1, 2, 10, 700), false);
	add(ours, false);
	trace[2].passage = PASSED_OUT;
	add(segment(4, TCP_ACK, 1, 2, 11, 1100), true);
	ck_assert(netpath_crossed(&verdict, 600 * MS, &why));
	ck_assert(why.code == CODE_PATH_SLOW && why.n[0] == 100 * MS && why.n[1] == 600 * MS);
	ck_assert(!netpath_crossed(&verdict, 90 * MS, &why)); /* it may be the answer */
	ck_assert(!netpath_crossed(&verdict, 1 * MS, &why));
	trace[3].segment.ack++;
	ck_assert(!netpath_crossed(&verdict, 600 * MS, &why)); /* it is news */
}
END_TEST

/* A SYN that had to be sent again, an ACK that had to be asked for. */
START_TEST(a_handshake_again_is_a_loss)
{
	start(6);
	add(segment(6, TCP_SYN, 0, 0, 0, 1), false);
	trace[1].passage = PASSED_OUT;
	ck_assert_uint_eq(netpath_lost(&verdict), 0);
	trace[1].note.kind = NOTE_ASKS_AGAIN;
	ck_assert_uint_eq(netpath_lost(&verdict), 1);
	add(segment(6, TCP_SYN | TCP_ACK, 0, 1, 0, 2), false);
	trace[2].note.kind = NOTE_SYNACK_AGAIN;
	ck_assert_uint_eq(netpath_lost(&verdict), 2);
}
END_TEST

START_TEST(what_was_ignored_explains_nothing)
{
	start(6);
	add(segment(6, TCP_FIN | TCP_ACK, 1, 1, 0, 100), false);
	trace[1].ignored = true;
	add(segment(6, TCP_FIN | TCP_ACK, 1, 1, 0, 100), true);
	check_doubt(CODE_NONE, 0, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("netpath");
	TCase *copies = tcase_create("copies"), *doubts = tcase_create("doubts");

	tcase_add_test(copies, same_packet_soon_is_a_copy);
	tcase_add_test(copies, same_packet_late_is_none);
	tcase_add_test(copies, resend_at_once_is_the_peers);
	tcase_add_test(copies, without_identification_it_is_not_certain);
	tcase_add_test(copies, one_identification_for_all_tells_nothing);
	tcase_add_test(copies, more_than_are_remembered);
	suite_add_tcase(s, copies);
	tcase_add_loop_test(doubts, nothing_explains_a_wrong_segment, 4, 7);
	tcase_add_test(doubts, nothing_wrong_came);
	tcase_add_test(doubts, twice_at_once_ipv4_is_the_peers);
	tcase_add_test(doubts, twice_at_once_ipv6_is_in_doubt);
	tcase_add_test(doubts, wrong_and_then_the_same_is_the_peers);
	tcase_add_test(doubts, twice_later_ipv6_is_the_peers);
	tcase_add_test(doubts, fin_overtook_an_ack_ipv4);
	tcase_add_test(doubts, identifications_wrap);
	tcase_add_test(doubts, old_number_sent_later_ipv4_is_the_peers);
	tcase_add_test(doubts, fin_overtook_an_ack_ipv6);
	tcase_add_test(doubts, old_ack_in_a_new_segment_is_the_peers);
	tcase_add_loop_test(doubts, another_first_hop_limit, 4, 7);
	tcase_add_loop_test(doubts, another_hop_limit_is_in_doubt, 4, 7);
	tcase_add_test(doubts, what_was_ignored_explains_nothing);
	tcase_add_test(doubts, a_hole_in_the_count_is_a_loss);
	tcase_add_test(doubts, a_handshake_again_is_a_loss);
	tcase_add_test(doubts, what_was_said_before_answers_what_was_sent_before);
	suite_add_tcase(s, doubts);
	return suite_run(s);
}
