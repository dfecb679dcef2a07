/* One rule book: what breaks a rule is given to a run, to judge, from the capture and the journal of that
 * run, and to draw, from the same capture. All three name it by the same id. */
#include <check.h>
#include <string.h>

#include "capture_image.h"
#include "case_lines.h"
#include "lang/load.h"
#include "packet.h"
#include "read/file.h"
#include "read/replay.h"
#include "suite.h"
#include "wire/link.h"

/* What the peer does, as case_lines.h writes it; we open with these options, take what comes, and
 * do these steps. */
static const struct broken {
	const char *options, *steps, *peer;
} cases[RULE_COUNT] = {
#define PEER_TS(val, ecr) "o0101080a000000" val "000003" ecr
#define OPENS "1<S. 0 1|"
#define OPENS_TS "1<S. 0 1 " PEER_TS("05", "e8") "|"
#define OUR_TS "<mss 1460,nop,nop,TS val 1000 ecr 0>"
    [RULE_RESERVED] = {"", "", OPENS "100<F. 1 1 r8"},
    [RULE_OPTION_LENGTH] = {"", "", OPENS "100<. 1 1 o0101080b"},
    [RULE_PADDING] = {"", "", OPENS "100<. 1 1 o00000007"},
    [RULE_MSS] = {"", "", OPENS "100<. 1 1 o020405b4"},
    [RULE_WSCALE] = {"", "", OPENS "100<. 1 1 o01030307"},
    [RULE_SACK_PERMITTED] = {"", "", OPENS "100<. 1 1 o01010402"},
    [RULE_SHIFT] = {"<mss 1460,nop,wscale 7>", "", "1<S. 0 1 o0103030f"},
    [RULE_WSCALE_UNASKED] = {"<mss 1460>", "", "1<S. 0 1 o01030307|100<. 1 1"},
    [RULE_TS_UNASKED] = {"<mss 1460>", "", "1<S. 0 1 " PEER_TS("05", "e8")},
    [RULE_TS_NOT_OFFERED] = {"<mss 1460>", "", OPENS "100<. 1 1 " PEER_TS("05", "e8")},
    [RULE_TS_MISSING] = {OUR_TS, "", OPENS_TS "100<. 1 1"},
    [RULE_TS_ECHO] = {OUR_TS, "", OPENS_TS "100<. 1 1 " PEER_TS("06", "00")},
    [RULE_TS_BACK] = {OUR_TS, "", OPENS_TS "100<P. 1+5 1 " PEER_TS("04", "e8")},
    [RULE_SACK_NOT_OFFERED] = {"<mss 1460>", "", OPENS "100<. 1 1 k9"},
    [RULE_SACK_BLOCK] = {"<mss 1460,nop,nop,sackOK>", "", OPENS "100<. 1 1 k9"},
    [RULE_CHECKSUM] = {"", "", OPENS "100<. 1 1 b"},
    [RULE_SYN_FIN] = {"", "", "1<SF. 0 1"},
    [RULE_FIN_NO_ACK] = {"", "", OPENS "100<F 1"},
    [RULE_SECOND_FIN] = {"", "", OPENS "100<F. 1 1|200<F. 5 1"},
    [RULE_DATA_AFTER_FIN] = {"", "", OPENS "100<F. 1 1|200<P. 2+5 1"},
    [RULE_ACK_UNSENT] = {"", "", OPENS "100<. 1 9"},
    [RULE_INTO_SHUT_WINDOW] = {"", "send . win 0", OPENS "1000<P. 1+50 1"},
    [RULE_RST_WITH_MORE] = {"", "", OPENS "100<FR. 1 1"},
    [RULE_SYN_AGAIN] = {"", "", OPENS "100<S 50"},
    [RULE_AFTER_RST] = {"", "", OPENS "100<R. 1 1|200<. 1 1"},
    [RULE_OTHER_OCTETS] = {"", "", OPENS "100<P. 1+5 1 dhello|200<P. 1+5 1 djello"},
    [RULE_LATE_ACK] = {"", "send F.", OPENS "2100<. 1 2"},
    [RULE_RST_NUMBER] = {"", "", OPENS "100<R. 77 1"},
    [RULE_RST_FOR_RST] = {"", "silence 500ms\nsend R.", OPENS "600<R 1"},
    [RULE_NO_BACKOFF] = {"", "", OPENS "100<F. 1 1|300<F. 1 1|500<F. 1 1|700<F. 1 1"},
    [RULE_OLD_OCTET] = {"", "fence within 1s", "1<S. 0 1"},
};

enum { CLIENT = 0xfffffffe, SERVER = 0x7fffffff, STEP_NS = 1000 };

/* A run: what its engine is given, and what passes. */
struct stage {
	struct scenario *scenario;
	struct engine *engine;
	struct journal *journal;
	struct image image;
	int64_t now_ns;
};

static void record(struct stage *t, const struct segment *s)
{
	uint8_t frame[PACKET_BYTES] = {[12] = 8};
	struct packet p;

	packet_build(&p, s);
	if (s->checksum == CHECKSUM_BAD)
		p.bytes[p.tcp + 16] ^= 0x55;
	memcpy(frame + 14, p.bytes, p.len);
	image_frame(&t->image, (uint32_t)(s->time_ns / NS_PER_S), (uint32_t)(s->time_ns % NS_PER_S), frame,
	            14 + p.len);
}

static void give(struct stage *t, struct event event, const struct segment *s, unsigned id)
{
	event.time_ns = t->now_ns;
	journal_add(t->journal, &event);
	engine_give(t->engine, &event, s, id);
}

/* What the engine wants sent leaves at once. */
static void let_act(struct stage *t)
{
	struct action a;

	while (engine_action(t->engine, &a)) {
		ck_assert_int_eq(a.kind, ACTION_SEND);
		t->now_ns += STEP_NS;
		a.segment.time_ns = t->now_ns;
		record(t, &a.segment);
		give(t, (struct event){.kind = EVENT_SENT}, NULL, a.id);
	}
}

static void wait_until(struct stage *t, int64_t end_ns)
{
	while (engine_deadline(t->engine) <= end_ns && !engine_done(t->engine)) {
		t->now_ns = engine_deadline(t->engine);
		give(t, (struct event){.kind = EVENT_TICK}, NULL, 0);
		let_act(t);
	}
}

static void come(struct stage *t, struct segment *s)
{
	static const uint8_t zeros[64];
	struct event event = {.kind = EVENT_CAME};

	wait_until(t, s->time_ns);
	t->now_ns = s->time_ns;
	s->ttl = 64;
	options_pad(s->options, &s->options_len);
	s->payload = s->payload_len && !s->payload ? zeros : s->payload;
	s->payload_captured = s->payload_len;
	record(t, s);
	if (s->checksum == CHECKSUM_BAD)
		event = (struct event){.kind = EVENT_IGNORED, .ignored = IGNORED_CHECKSUM};
	give(t, event, s, 0);
	let_act(t);
}

static void put_note(struct stage *t)
{
	char *text = journal_text(t->journal);
	uint8_t frame[16384];
	size_t head = note_head(ETHERNET, 1, 1, strlen(text), frame);

	ck_assert_uint_lt(head + strlen(text), sizeof frame);
	memcpy(frame + head, text, strlen(text));
	image_frame(&t->image, (uint32_t)(t->now_ns / NS_PER_S) + 1, 0, frame, head + strlen(text));
	free(text);
}

static void run(struct stage *t, const struct broken *b)
{
	struct messages *messages = messages_new();
	struct segment first, s;
	char text[512];

	*t = (struct stage){.journal = journal_new()};
	snprintf(text, sizeof text, "scenario \"x\"\nrole passive\nopen %s\nallow *\n%s\nsilence 5s\n",
	         b->options, b->steps);
	t->scenario = scenario_parse("x.wave", text, strlen(text), NULL, messages);
	ck_assert_msg(t->scenario, "%s", text);
	messages_free(messages);
	case_segment(b->peer, CLIENT, SERVER, &first);
	journal_configure(t->journal, &(struct engine_config){.local = first.dst,
	                                                      .remote = first.src,
	                                                      .local_port = first.dport,
	                                                      .remote_port = first.sport,
	                                                      .iss = CLIENT,
	                                                      .slow = 1.0});
	t->journal->family = 4;
	t->engine = engine_new(t->scenario, &t->journal->config);
	image_head(&t->image, 0xa1b23c4d, ETHERNET);
	t->now_ns = first.time_ns - NS_PER_MS;
	give(t, (struct event){.kind = EVENT_START}, NULL, 0);
	let_act(t);
	for (const char *at = b->peer; *at != '\0';) {
		at = case_segment(at, CLIENT, SERVER, &s);
		come(t, &s);
	}
	wait_until(t, INT64_MAX - 1);
	ck_assert(engine_done(t->engine));
	put_note(t);
}

static void end(struct stage *t)
{
	engine_free(t->engine);
	journal_free(t->journal);
	scenario_free(t->scenario);
}

/* --- the ids that the three give --- */

/* The one rule that the run broke; "" where it broke none. */
static const char *code_of(const struct verdict *v)
{
	const char *id = "";

	for (enum rule r = 0; r < RULE_COUNT; r++)
		if (v->breaches[r].count)
			id = *id ? "several" : rules[r].id;
	return id;
}

/* The one that all its findings have; "" where there are none. */
static const char *draw(const struct capture_file *file, char *texts, size_t size)
{
	const char *id = "";
	struct flows flows;
	struct close_case c;
	struct cut text = cut_start(texts, size);

	flows_find(&flows, file);
	ck_assert_uint_eq(flows.count, 1);
	close_case_name(flows.list[0].list, flows.list[0].count, file->end_ns, &c, NULL);
	for (unsigned i = 0; i < c.unusual_count; i++) {
		cut_add(&text, "%s; ", c.unusual[i].text);
		id = *id && strcmp(id, rules[c.unusual[i].rule].id) != 0 ? "several"
		                                                         : rules[c.unusual[i].rule].id;
	}
	flows_free(&flows);
	return id;
}

START_TEST(all_three_say_the_same)
{
	static struct stage t;
	const struct broken *b = &cases[_i];
	const struct rule_row *row = &rules[_i];
	const char *by_run = row->judged == JUDGED_IN_CAPTURES ? "" : row->id;
	const char *by_draw =
	    row->judged == JUDGED_AT_OUR_END || row->judged == JUDGED_BY_FENCE ? "" : row->id;
	struct replay replay = {.engine = NULL};
	struct capture_file file;
	struct journal *journal;
	char texts[1024];
	struct diag d;

	ck_assert_msg(b->peer, "%s has no case", row->id);
	run(&t, b);
	ck_assert_msg(strcmp(code_of(engine_verdict(t.engine)), by_run) == 0, "run, not %s: %s", row->id,
	              code_of(engine_verdict(t.engine)));
	ck_assert_msg(image_read(&t.image, t.image.len, &file, &d), "%s", d.text);
	journal = journal_parse(file.note, file.note_len, &d);
	ck_assert_msg(journal && replay_play(&replay, t.scenario, &file, journal, NULL,
	                                     &(struct replay_choice){.connection = 0}, &d),
	              "%s", d.text);
	ck_assert_msg(strcmp(code_of(&replay.verdict), by_run) == 0, "judge, not %s: %s", row->id,
	              code_of(&replay.verdict));
	ck_assert_int_eq(replay.verdict.kind, engine_verdict(t.engine)->kind);
	ck_assert_msg(strcmp(draw(&file, texts, sizeof texts), by_draw) == 0, "draw, not %s: %s", row->id,
	              texts);
	replay_free(&replay);
	journal_free(journal);
	capture_file_free(&file);
	end(&t);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rulebook");
	TCase *tests = tcase_create("rulebook");

	tcase_add_loop_test(tests, all_three_say_the_same, 0, RULE_COUNT);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
