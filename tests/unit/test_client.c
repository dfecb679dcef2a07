/* The engine on a fake wire, where the peer's program connects to us, and does what it likes. */
#include "core/options.h"
#include "core/reason.h"
#include "engine_rig.h"
#include "suite.h"

static struct rig r;

static void teardown(void) { rig_free(&r); }

static void client(const char *header, const char *steps)
{
	rig_init(&r, header, steps);
	r.config.remote_port = 0;
	r.config.peer_connects = r.config.plain_server = r.config.closes_on_eof = true;
	r.config.asked = 1u << PROVOKE_CONNECT | 1u << PROVOKE_HOLD | 1u << PROVOKE_CLOSE;
	r.config.stops = 1u << PROVOKE_HOLD;
}

/* To where the client has connected, and has not spoken yet. */
static void connects(const char *header, const char *steps)
{
	client(header, steps);
	rig_start(&r);
	ck_assert_int_eq(rig_asks(&r, ACTION_PROVOKE).kind, PROVOKE_CONNECT);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_nothing(&r);
}

/* And spoke. */
static void asks(const char *header, const char *steps)
{
	connects(header, steps);
	rig_in(&r, 3, "P.", 1, 1, 80);
	rig_out(&r, ".", 1, 81, 0);
}

static void closed_unasked(void)
{
	rig_verdict(&r, VERDICT_ERROR, "the client");
	ck_assert_int_eq(engine_verdict(r.engine)->reason.code, CODE_CLOSED_UNASKED);
}

/* --- open --- */

START_TEST(its_request_is_taken)
{
	asks(ACTIVE, "open\nsend F.\nexpect . seq rcv.nxt ack snd.nxt");
	rig_out(&r, "F.", 1, 81, 0);
	rig_in(&r, 4, ".", 81, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(its_request_is_in_the_last_ack)
{
	client(ACTIVE, "open\nsend F.");
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, "P.", 1, 1, 80);
	rig_out(&r, ".", 1, 81, 0);
	rig_out(&r, "F.", 1, 81, 0);
}
END_TEST

START_TEST(it_says_nothing)
{
	connects(ACTIVE, "open\nsend F.");
	rig_tick(&r, 400);
	rig_nothing(&r);
	rig_tick(&r, 600);
	rig_out(&r, "F.", 1, 1, 0);
}
END_TEST

/* By its protocol it should. */
START_TEST(it_says_nothing_though_it_should)
{
	client(ACTIVE, "open\nsend F.");
	r.config.speaks_first = true;
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_tick(&r, 4900);
	rig_verdict(&r, VERDICT_NONE, NULL);
	rig_tick(&r, 5100);
	rig_verdict(&r, VERDICT_ERROR, "did not speak first");
}
END_TEST

/* A scenario that is written for clients takes the request itself. */
START_TEST(its_request_is_the_scenarios)
{
	client("role passive listen", "open\nexpect P. seq rcv.nxt len 80 within 1s");
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, ".", 1, 1, 0);
	rig_in(&r, 3, "P.", 1, 1, 80);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(it_never_connects)
{
	client(ACTIVE, "open\nsend F.");
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_give(&r, &(struct event){.kind = EVENT_PROVOKED,
	                             .time_ns = 5000000,
	                             .provoke = PROVOKE_CONNECT,
	                             .text = "the program of --client ended with status 7"});
	rig_verdict(&r, VERDICT_ERROR, "did not connect to us: the program of --client ended with status 7");
}
END_TEST

START_TEST(it_ends_before_our_answer)
{
	client(ACTIVE, "open\nsend F.");
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, "R", 1, 0, 0);
	closed_unasked();
}
END_TEST

/* Our answer was late: it asked again, and acknowledges both answers. */
START_TEST(it_asks_again)
{
	client(ACTIVE, "open\nsend F. as ours\nexpect . seq rcv.nxt ack ours.end\nsilence 1s");
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 3, ".", 1, 1, 0);
	rig_in(&r, 4, "P.", 1, 1, 80);
	rig_out(&r, ".", 1, 81, 0);
	rig_out(&r, "F.", 1, 81, 0);
	rig_in(&r, 5, ".", 81, 1, 0);
	rig_in(&r, 6, ".", 81, 2, 0);
	rig_verdict(&r, VERDICT_NONE, NULL);
	/* A third has nothing to acknowledge. */
	rig_in(&r, 7, ".", 81, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, NULL);
}
END_TEST

/* --- options --- */

static const struct tcp_option offer = {.kind = OPT_TIMESTAMPS, .ts_val = 4711};

static void syn(const struct tcp_option *option)
{
	struct segment s = {.src = r.config.remote,
	                    .dst = r.config.local,
	                    .sport = 80,
	                    .dport = r.config.local_port,
	                    .flags = TCP_SYN,
	                    .seq = RIG_IRS,
	                    .wnd = 65535,
	                    .time_ns = 1000000};

	if (option)
		options_append(s.options, &s.options_len, option);
	rig_come(&r, &s);
}

START_TEST(its_timestamp_is_echoed)
{
	struct tcp_option ts;
	struct action a;

	client(ACTIVE, "open <mss 1460,nop,nop,TS val 1000 ecr 0>\nsend F.");
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	syn(&offer);
	ck_assert(engine_action(r.engine, &a) && a.kind == ACTION_SEND);
	ck_assert(options_find(a.segment.options, a.segment.options_len, OPT_TIMESTAMPS, &ts));
	ck_assert_uint_eq(ts.ts_val, 1000);
	ck_assert_uint_eq(ts.ts_ecr, 4711);
}
END_TEST

/* In an answer they would break RFC 7323, 2.2 and 3.2, and the scenario would be another. */
START_TEST(what_it_does_not_offer_is_not_asked_of_it)
{
	static const struct {
		const char *open, *says;
	} all[] = {
	    {"open <mss 1460,nop,nop,TS val 1000 ecr 0>\nsend F.", "needs TS in"},
	    {"open <mss 1460,nop,nop,sackOK>\nsend F.", "needs sackOK in"},
	    {"open <mss 1460,nop,wscale 7>\nsend F.", "needs wscale in"},
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		client(ACTIVE, all[i].open);
		rig_start(&r);
		rig_asks(&r, ACTION_PROVOKE);
		syn(NULL);
		rig_verdict(&r, VERDICT_SKIP, all[i].says);
		rig_nothing(&r);
		if (i + 1 < sizeof all / sizeof *all)
			rig_free(&r);
	}
}
END_TEST

/* --- what its program may do, and its TCP may not --- */

START_TEST(it_closes_by_itself)
{
	asks(PASSIVE, "open\nsilence 1s");
	rig_in(&r, 100, "F.", 81, 1, 0);
	closed_unasked();
}
END_TEST

/* Before it said anything. */
START_TEST(it_closes_at_once)
{
	connects(PASSIVE, "open\nsilence 1s");
	rig_in(&r, 3, "F.", 1, 1, 0);
	closed_unasked();
}
END_TEST

/* Its TCP answers our FIN in the same segment. */
START_TEST(it_closes_on_our_fin)
{
	asks(ACTIVE, "open\nsend F. as ours\nexpect . seq rcv.nxt ack ours.end");
	rig_out(&r, "F.", 1, 81, 0);
	rig_in(&r, 4, "F.", 81, 2, 0);
	closed_unasked();
}
END_TEST

START_TEST(it_aborts)
{
	asks(PASSIVE, "open\nprovoke close\nexpect F. seq rcv.nxt ack snd.nxt");
	rig_asks(&r, ACTION_PROVOKE);
	rig_provoked(&r, 5);
	rig_in(&r, 6, "R.", 81, 1, 0);
	rig_verdict(&r, VERDICT_ERROR, "the client's program reset the connection");
}
END_TEST

/* Each is what no program makes a sound TCP send. */
START_TEST(its_fin_is_wrong)
{
	static const struct {
		const char *flags;
		uint32_t seq, ack;
	} wrong[] = {
	    {"F.", 82, 1}, /* behind a gap */
	    {"F.", 80, 1}, /* below what it sent */
	    {"F.", 81, 2}, /* of what was never sent */
	    {"F", 81, 0},
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		asks(PASSIVE, "open\nsilence 1s");
		rig_in(&r, 100, wrong[i].flags, wrong[i].seq, wrong[i].ack, 0);
		rig_verdict(&r, VERDICT_FAIL, NULL);
		if (i + 1 < sizeof wrong / sizeof *wrong)
			rig_free(&r);
	}
}
END_TEST

/* Its program can't have closed again. */
START_TEST(its_fin_comes_again_after_our_ack)
{
	asks(PASSIVE, "open\nexpect F. as fin\nsend . ack fin.end\nsilence 1s");
	rig_in(&r, 100, "F.", 81, 1, 0);
	rig_out(&r, ".", 1, 82, 0);
	rig_in(&r, 400, "F.", 81, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, NULL);
}
END_TEST

/* Our FIN was lost: what made it close is not that. */
START_TEST(it_closes_before_it_reads_our_fin)
{
	asks(ACTIVE, "open\nprovoke close on eof\nsend F. lost\nsilence 1s");
	rig_in(&r, 100, "F.", 81, 1, 0);
	closed_unasked();
}
END_TEST

/* What it says has the numbers of the fence's answer, which comes behind it. */
START_TEST(it_speaks_into_a_fence)
{
	asks(ACTIVE, "open\nfence\nsend F. as ours\nexpect . seq rcv.nxt ack ours.end");
	rig_out(&r, ".", 0, 81, 1);
	rig_in(&r, 4, "P.", 81, 1, 6);
	rig_out(&r, ".", 1, 87, 0);
	rig_nothing(&r);
	rig_in(&r, 5, ".", 87, 1, 0);
	rig_out(&r, "F.", 1, 87, 0);
	rig_in(&r, 6, ".", 87, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

/* Its kernel sends what it had written. */
START_TEST(it_had_written_when_it_was_killed)
{
	client(PASSIVE, "open\nprovoke crash\nexpect F. seq rcv.nxt ack snd.nxt");
	r.config.asked |= 1u << PROVOKE_CRASH;
	rig_start(&r);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 1, "S", 0, 0, 0);
	rig_out(&r, "S.", 0, 1, 0);
	rig_in(&r, 2, "P.", 1, 1, 80);
	rig_out(&r, ".", 1, 81, 0);
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 3, "P.", 81, 1, 6);
	rig_provoked(&r, 4);
	rig_out(&r, ".", 1, 87, 0);
	rig_in(&r, 5, "F.", 87, 1, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

/* A shut window holds it back: that the program was asked to close is no excuse. */
START_TEST(its_fin_comes_where_none_may)
{
	asks(PASSIVE, "open\nprovoke close\nsilence 1s");
	rig_asks(&r, ACTION_PROVOKE);
	rig_provoked(&r, 5);
	rig_in(&r, 100, "F.", 81, 1, 0);
	rig_verdict(&r, VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(stopped_it_does_nothing)
{
	static const char *const flags[] = {"F.", "R."};

	for (size_t i = 0; i < 2; i++) {
		asks(PASSIVE, "open\nprovoke hold\nsilence 1s");
		rig_asks(&r, ACTION_PROVOKE);
		rig_provoked(&r, 5);
		rig_tick(&r, 60);
		rig_in(&r, 61, flags[i], 81, 1, 0);
		rig_verdict(&r, VERDICT_FAIL, NULL);
		if (i == 0)
			rig_free(&r);
	}
}
END_TEST

/* What passed before that was known is its program's yet. */
START_TEST(it_closed_as_it_was_stopped)
{
	asks(PASSIVE, "open\nprovoke hold\nsilence 1s");
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 4, "F.", 81, 1, 0);
	rig_provoked(&r, 5);
	rig_tick(&r, 60);
	closed_unasked();
}
END_TEST

/* Its kernel sends what it had written, as our ACKs make room. */
START_TEST(it_had_written_when_it_was_stopped)
{
	asks(ACTIVE, "open\nprovoke hold\nsend F. as ours\nexpect . seq rcv.nxt ack ours.end lost");
	rig_asks(&r, ACTION_PROVOKE);
	rig_in(&r, 4, "P.", 81, 1, 100);
	rig_provoked(&r, 5);
	rig_out(&r, ".", 1, 181, 0);
	rig_in(&r, 30, "P.", 181, 1, 100);
	rig_out(&r, ".", 1, 281, 0);
	rig_tick(&r, 50);
	rig_nothing(&r);
	rig_tick(&r, 90);
	rig_out(&r, "F.", 1, 281, 0);
	rig_in(&r, 91, ".", 281, 2, 0);
	rig_verdict(&r, VERDICT_PASS, NULL);
}
END_TEST

/* It goes on, and closes. */
START_TEST(held_it_may_close_when_told_to)
{
	asks(ACTIVE, "open\nprovoke hold\nsend F. as ours\nexpect . seq rcv.nxt ack ours.end\n"
	             "provoke close\nexpect F. seq rcv.nxt ack ours.end");
	rig_asks(&r, ACTION_PROVOKE);
	rig_provoked(&r, 5);
	rig_tick(&r, 60);
	rig_out(&r, "F.", 1, 81, 0);
	rig_in(&r, 61, ".", 81, 2, 0);
	rig_asks(&r, ACTION_PROVOKE);
	rig_provoked(&r, 62);
	rig_in(&r, 63, "R.", 81, 2, 0);
	rig_verdict(&r, VERDICT_ERROR, "the client's program reset the connection");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("client");
	TCase *c = tcase_create("all");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, its_request_is_taken);
	tcase_add_test(c, its_request_is_in_the_last_ack);
	tcase_add_test(c, it_says_nothing);
	tcase_add_test(c, it_says_nothing_though_it_should);
	tcase_add_test(c, its_request_is_the_scenarios);
	tcase_add_test(c, it_never_connects);
	tcase_add_test(c, it_ends_before_our_answer);
	tcase_add_test(c, it_asks_again);
	tcase_add_test(c, its_timestamp_is_echoed);
	tcase_add_test(c, what_it_does_not_offer_is_not_asked_of_it);
	tcase_add_test(c, it_closes_by_itself);
	tcase_add_test(c, it_closes_at_once);
	tcase_add_test(c, it_closes_on_our_fin);
	tcase_add_test(c, it_aborts);
	tcase_add_test(c, its_fin_is_wrong);
	tcase_add_test(c, its_fin_comes_again_after_our_ack);
	tcase_add_test(c, it_closes_before_it_reads_our_fin);
	tcase_add_test(c, it_speaks_into_a_fence);
	tcase_add_test(c, it_had_written_when_it_was_killed);
	tcase_add_test(c, its_fin_comes_where_none_may);
	tcase_add_test(c, stopped_it_does_nothing);
	tcase_add_test(c, it_closed_as_it_was_stopped);
	tcase_add_test(c, it_had_written_when_it_was_stopped);
	tcase_add_test(c, held_it_may_close_when_told_to);
	suite_add_tcase(s, c);
	return s;
}

int main(void) { return suite_run(suite()); }
