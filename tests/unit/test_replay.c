/* The whole way from a capture to names and a verdict, also with captures that were cut and mutated. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "capture_image.h"
#include "lang/load.h"
#include "packet.h"
#include "read/close_case.h"
#include "read/file.h"
#include "read/replay.h"
#include "suite.h"
#include "wire/link.h"

static const char scenario_text[] = "scenario \"x\"\nrole active\nopen\nsend F. as fin\n"
                                    "expect . ack fin.end within 1s\nprovoke close\n"
                                    "expect F. as his within 1s\nsend . ack his.end\nsilence 100ms\n";

struct move {
	bool ours;
	uint16_t flags;
	uint32_t seq, ack;
};

/* What the scenario plays. */
static const struct move closed[] = {
    {true, TCP_SYN, 0, 0},           {false, TCP_SYN | TCP_ACK, 0, 1}, {true, TCP_ACK, 1, 1},
    {true, TCP_FIN | TCP_ACK, 1, 1}, {false, TCP_ACK, 1, 2},           {false, TCP_FIN | TCP_ACK, 1, 2},
    {true, TCP_ACK, 2, 2},
};

/* And what it does not. */
static const struct move aborted[] = {
    {true, TCP_SYN, 0, 0},
    {false, TCP_SYN | TCP_ACK, 0, 1},
    {true, TCP_ACK, 1, 1},
    {true, TCP_RST | TCP_ACK, 1, 1},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The microseconds go on from *us. */
static void put_moves(struct image *image, const struct journal *j, const struct move *moves, size_t count,
                      uint16_t port, uint32_t *us)
{
	uint8_t frame[4096] = {0};

	for (size_t i = 0; i < count; i++) {
		struct segment s = packet_segment(4);
		bool ours = moves[i].ours;
		struct packet p;
		s.src = ours ? j->config.local : j->config.remote;
		s.dst = ours ? j->config.remote : j->config.local;
		s.sport = ours ? 40000 : port;
		s.dport = ours ? port : 40000;
		s.flags = moves[i].flags;
		s.seq = moves[i].seq + (ours ? j->config.iss : 77);
		s.ack = moves[i].flags & TCP_ACK ? moves[i].ack + (ours ? 77 : j->config.iss) : 0;
		s.wnd = 65535;
		if (moves[i].flags & TCP_SYN) {
			s.options_len = 4;
			memcpy(s.options, "\x02\x04\x05\xb4", 4);
		}
		packet_build(&p, &s);
		memset(frame, 0, 14);
		frame[12] = 8;
		memcpy(frame + 14, p.bytes, p.len);
		image_frame(image, 1700000000, *us * 1000, frame, 14 + p.len);
		*us += 1;
	}
}

static struct journal *begin(struct image *image)
{
	struct journal *j = image_journal();

	memset(image, 0, sizeof *image);
	j->count = 0;
	j->config.plain_server = false;
	image_head(image, 0xa1b23c4d, ETHERNET);
	return j;
}

/* A close with a journal at its end, as fourwave run -w writes it. */
static void make_capture(struct image *image)
{
	const int64_t start_ns = INT64_C(1700000000000000000);
	struct journal *j = begin(image);
	uint8_t frame[4096] = {0};
	uint32_t us = 0;
	char *text;
	size_t head;

	put_moves(image, j, closed, COUNT(closed), 80, &us);
	journal_add(j, &(struct event){.kind = EVENT_START, .time_ns = start_ns});
	for (unsigned i = 0; i < COUNT(closed); i++) {
		journal_add(j, &(struct event){.kind = closed[i].ours ? EVENT_SENT : EVENT_CAME,
		                               .time_ns = start_ns + i * 1000});
		if (i == 4)
			journal_add(j, &(struct event){.kind = EVENT_PROVOKED,
			                               .time_ns = start_ns + 4500,
			                               .provoke = PROVOKE_CLOSE,
			                               .ok = true});
	}
	journal_add(j, &(struct event){.kind = EVENT_TICK, .time_ns = start_ns + 1000000000});
	text = journal_text(j);
	head = note_head(ETHERNET, 1, 1, strlen(text), frame);
	memcpy(frame + head, text, strlen(text));
	image_frame(image, 1700000000, 9000, frame, head + strlen(text));
	free(text);
	journal_free(j);
}

static struct scenario *parse_scenario(void)
{
	struct messages *m = messages_new();
	struct scenario *s = scenario_parse("x.wave", scenario_text, strlen(scenario_text), NULL, m);

	ck_assert_ptr_nonnull(s);
	messages_free(m);
	return s;
}

/* Reads, names, judges; what comes out is only looked at by the sanitizers. Returns the verdict. */
static enum verdict_kind use(const struct image *image, size_t len, const struct scenario *s)
{
	const struct replay_choice any = {.control_port = 4144};
	struct capture_file file;
	struct flows flows;
	struct replay replay = {.engine = NULL};
	struct close_case c;
	struct diag d;
	enum verdict_kind kind = VERDICT_NONE;
	struct journal *j;

	image_read(image, len, &file, &d);
	flows_find(&flows, &file);
	for (size_t i = 0; i < flows.count; i++)
		close_case_name(flows.list[i].list, flows.list[i].count, file.end_ns, &c, NULL);
	j = file.note ? journal_parse(file.note, file.note_len, &d) : NULL;
	if ((!file.note || j) && replay_play(&replay, s, &file, j, NULL, &any, &d))
		kind = replay.verdict.kind;
	replay_free(&replay);
	journal_free(j);
	flows_free(&flows);
	capture_file_free(&file);
	return kind;
}

START_TEST(judges)
{
	static struct image image;
	struct scenario *s = parse_scenario();

	memset(&image, 0, sizeof image);
	make_capture(&image);
	ck_assert_int_eq(use(&image, image.len, s), VERDICT_PASS);
	scenario_free(s);
}
END_TEST

/* Judges by what tcpdump captured: which connection was taken, and what came of it? */
static void expect_choice(const struct image *image, size_t wanted, size_t connection, enum verdict_kind kind)
{
	const struct replay_choice choice = {.connection = wanted, .control_port = 4144};
	struct scenario *s = parse_scenario();
	struct capture_file file;
	struct replay replay;
	struct diag d;

	ck_assert(image_read(image, image->len, &file, &d));
	ck_assert(replay_play(&replay, s, &file, NULL, NULL, &choice, &d) == (connection > 0));
	if (connection > 0) {
		ck_assert_uint_eq(replay.connections, 4);
		ck_assert_uint_eq(replay.connection, connection);
		ck_assert_msg(replay.verdict.kind == kind, "%zu: %s", wanted,
		              code_name(replay.verdict.reason.code));
	}
	replay_free(&replay);
	capture_file_free(&file);
	scenario_free(s);
}

/* The control channel comes first, and here it fits even; then one that does not. The ports
 * of the one that does are used again behind it. */
START_TEST(chooses_what_fits)
{
	static struct image image;
	struct journal *j = begin(&image);
	uint32_t us = 0;

	put_moves(&image, j, closed, COUNT(closed), 4144, &us);
	put_moves(&image, j, aborted, COUNT(aborted), 80, &us);
	put_moves(&image, j, closed, COUNT(closed), 81, &us);
	us = 500000; /* when the silence is over; the fourth began before the capture */
	put_moves(&image, j, aborted + 3, 1, 82, &us);
	j->config.iss += 5000;
	put_moves(&image, j, aborted, COUNT(aborted), 81, &us);
	expect_choice(&image, 0, 3, VERDICT_PASS);
	expect_choice(&image, 1, 1, VERDICT_PASS);
	expect_choice(&image, 2, 2, VERDICT_ERROR);
	expect_choice(&image, 4, 0, VERDICT_NONE);
	journal_free(j);
}
END_TEST

START_TEST(survives_cuts)
{
	static struct image image;
	struct scenario *s = parse_scenario();
	struct capture_file file;
	struct diag d;

	memset(&image, 0, sizeof image);
	make_capture(&image);
	for (size_t len = 0; len < image.len; len++)
		use(&image, len, s);
	ck_assert(!image_read(&image, image.len - 1, &file, &d));
	ck_assert_msg(strstr(d.text, "cut at frame 8"), "%s", d.text);
	ck_assert_uint_eq(file.count, 7);
	capture_file_free(&file);
	scenario_free(s);
}
END_TEST

/* xorshift32: the same mutations everywhere. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

START_TEST(survives_mutations)
{
	static struct image image, mutant;
	struct scenario *s = parse_scenario();
	uint32_t random = 1;

	memset(&image, 0, sizeof image);
	make_capture(&image);
	for (int round = 0; round < 4000; round++) {
		uint32_t changes = 1 + next_random(&random) % 8;
		memcpy(mutant.bytes, image.bytes, image.len);
		for (uint32_t i = 0; i < changes; i++)
			mutant.bytes[next_random(&random) % image.len] = (uint8_t)next_random(&random);
		/* Most of the bytes are the journal's: half of the rounds spare it. */
		if (round % 2)
			mutant.bytes[24 + next_random(&random) % 560] ^= (uint8_t)(1u << round % 8);
		use(&mutant, image.len, s);
	}
	scenario_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("replay");
	TCase *tests = tcase_create("replay");

	tcase_add_test(tests, judges);
	tcase_add_test(tests, chooses_what_fits);
	tcase_add_test(tests, survives_cuts);
	tcase_add_test(tests, survives_mutations);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
