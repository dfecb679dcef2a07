/* Capture files of each kind, written here byte by byte; the journal; and
 * the whole way of reading with captures that were cut and mutated. */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/fragments.h"
#include "lang/load.h"
#include "packet.h"
#include "read/close_case.h"
#include "read/flows.h"
#include "read/replay.h"
#include "suite.h"
#include "wire/note.h"

enum { FILE_BYTES = 65536, ETHERNET = 1, RAW = 101, SLL = 113, SLL2 = 276, BSD_NULL = 0, BSD_LOOP = 108 };

/* A file in memory that can be opened by its name. */
struct image {
	uint8_t bytes[FILE_BYTES];
	size_t len;
	bool big; /* byte order */
};

static void put(struct image *f, const void *bytes, size_t len)
{
	ck_assert_uint_le(f->len + len, FILE_BYTES);
	memcpy(f->bytes + f->len, bytes, len);
	f->len += len;
}

static void put_number(struct image *f, unsigned width, uint32_t n)
{
	uint8_t bytes[4];

	for (unsigned i = 0; i < width; i++)
		bytes[f->big ? width - 1 - i : i] = (uint8_t)(n >> 8 * i);
	put(f, bytes, width);
}

static void put_pcap_head(struct image *f, uint32_t magic, uint32_t linktype)
{
	put_number(f, 4, magic);
	put_number(f, 2, 2);
	put_number(f, 2, 4);
	put_number(f, 4, 0);
	put_number(f, 4, 0);
	put_number(f, 4, 2048);
	put_number(f, 4, linktype);
}

static void put_pcap_frame(struct image *f, uint32_t s, uint32_t fraction, const uint8_t *frame, size_t len)
{
	put_number(f, 4, s);
	put_number(f, 4, fraction);
	put_number(f, 4, (uint32_t)len);
	put_number(f, 4, (uint32_t)len);
	put(f, frame, len);
}

static bool read_image(const struct image *image, size_t len, struct capture_file *file, struct diag *d)
{
	char path[64];
	int fd = memfd_create("capture", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, image->bytes, len), (ssize_t)len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	bool ok = capture_file_read(path, file, d);
	close(fd);
	return ok;
}

/* A segment with the link header of linktype before it; returns the length. */
static size_t make_frame(int linktype, bool tagged, int family, uint8_t frame[PACKET_BYTES + 64])
{
	struct packet p;
	struct segment s = packet_segment(family);
	size_t head = 0;

	s.seq = 1234;
	packet_build(&p, &s);
	memset(frame, 0, 64);
	uint8_t high = family == 6 ? 0x86 : 0x08, low = family == 6 ? 0xdd : 0;
	if (linktype == ETHERNET && tagged) {
		frame[12] = 0x81;
		frame[15] = 7;
		frame[16] = high;
		frame[17] = low;
		head = 18;
	} else if (linktype == ETHERNET || linktype == SLL) {
		head = linktype == SLL ? 16 : 14;
		frame[head - 2] = high;
		frame[head - 1] = low;
	} else if (linktype == SLL2) {
		head = 20;
		frame[0] = high;
		frame[1] = low;
	} else if (linktype == BSD_NULL || linktype == BSD_LOOP) {
		head = 4;
		frame[linktype == BSD_LOOP ? 3 : 0] = family == 6 ? 30 : 2;
	}
	memcpy(frame + head, p.bytes, p.len);
	return head + p.len;
}

static void check_one(const struct image *image, int64_t time_ns)
{
	struct capture_file file;
	struct diag d = {.text = ""};

	ck_assert_msg(read_image(image, image->len, &file, &d), "%s", d.text);
	ck_assert_uint_eq(file.count, 1);
	ck_assert_uint_eq(file.segments[0].segment.seq, 1234);
	ck_assert_int_eq(file.segments[0].segment.time_ns, time_ns);
	ck_assert_int_eq(file.segments[0].segment.checksum, CHECKSUM_GOOD);
	capture_file_free(&file);
}

static const struct {
	int linktype;
	bool tagged;
} links[] = {{ETHERNET, false}, {ETHERNET, true}, {SLL, false},     {SLL2, false},
             {RAW, false},      {BSD_NULL, false}, {BSD_LOOP, false}};

/* Each link type, both byte orders, micro- and nanoseconds, both families. */
START_TEST(reads_pcap)
{
	uint8_t frame[PACKET_BYTES + 64];

	for (int variant = 0; variant < 8; variant++) {
		struct image image = {.big = variant & 1};
		bool nano = variant & 2;
		size_t len = make_frame(links[_i].linktype, links[_i].tagged, variant & 4 ? 6 : 4, frame);
		put_pcap_head(&image, nano ? 0xa1b23c4d : 0xa1b2c3d4, (uint32_t)links[_i].linktype);
		put_pcap_frame(&image, 1700000000, nano ? 123456789 : 123456, frame, len);
		check_one(&image, 1700000000 * INT64_C(1000000000) + (nano ? 123456789 : 123456000));
	}
}
END_TEST

START_TEST(reads_pcapng)
{
	uint8_t frame[PACKET_BYTES + 64];
	size_t len = make_frame(ETHERNET, false, 4, frame), padded = (len + 3) / 4 * 4;
	uint64_t us = UINT64_C(1700000000123456);

	for (int big = 0; big < 2; big++) {
		struct image image = {.big = big};
		put_number(&image, 4, 0x0a0d0d0a);
		put_number(&image, 4, 28);
		put_number(&image, 4, 0x1a2b3c4d);
		put_number(&image, 2, 1);
		put_number(&image, 2, 0);
		put_number(&image, 4, UINT32_MAX);
		put_number(&image, 4, UINT32_MAX);
		put_number(&image, 4, 28);
		put_number(&image, 4, 1);
		put_number(&image, 4, 20);
		put_number(&image, 2, ETHERNET);
		put_number(&image, 2, 0);
		put_number(&image, 4, 2048);
		put_number(&image, 4, 20);
		put_number(&image, 4, 6);
		put_number(&image, 4, (uint32_t)(32 + padded));
		put_number(&image, 4, 0);
		put_number(&image, 4, (uint32_t)(us >> 32));
		put_number(&image, 4, (uint32_t)us);
		put_number(&image, 4, (uint32_t)len);
		put_number(&image, 4, (uint32_t)len);
		put(&image, frame, padded);
		put_number(&image, 4, (uint32_t)(32 + padded));
		check_one(&image, INT64_C(1700000000123456000));
	}
}
END_TEST

/* What is no segment for anybody is kept apart. */
START_TEST(keeps_the_odd_apart)
{
	int family = _i == 0 ? 4 : 6;
	struct image image = {.big = false};
	struct segment s = packet_segment(family);
	uint8_t buf[PACKET_BYTES];
	struct capture_file file;
	struct packet p;
	struct diag d;
	size_t len;

	put_pcap_head(&image, 0xa1b23c4d, RAW);
	s.seq = 77;
	s.payload = (const uint8_t *)"hello, world";
	s.payload_len = s.payload_captured = 12;
	packet_build(&p, &s);
	put_pcap_frame(&image, 1700000000, 1, p.bytes, p.len);
	struct cutter c = {.packet = p.bytes, .len = p.len, .most = 24, .id = 3};
	while ((len = fragments_cut(&c, buf)) > 0)
		put_pcap_frame(&image, 1700000000, (uint32_t)c.at, buf, len);
	p.bytes[p.tcp + 12] = 2 << 4;
	packet_seal(&p);
	put_pcap_frame(&image, 1700000000, 99, p.bytes, p.len);
	ck_assert_msg(read_image(&image, image.len, &file, &d), "%s", d.text);
	ck_assert_uint_eq(file.count, 1);
	ck_assert_uint_eq(file.fragments, 2);
	ck_assert_uint_eq(file.damaged, 1);
	ck_assert_uint_eq(file.odd_count, 2);
	ck_assert_uint_eq(file.odd[0].segment.seq, 77);
	ck_assert_uint_eq(file.odd[0].segment.fragment, 24);
	ck_assert_uint_eq(file.odd[0].segment.payload_len, 12);
	ck_assert_mem_eq(file.odd[0].segment.payload, "hello, world", 12);
	ck_assert_int_eq(file.odd[0].segment.time_ns, 1700000000 * INT64_C(1000000000) + 32); /* the last's */
	ck_assert_uint_eq(file.odd[0].frame, 3);
	ck_assert(file.odd[1].segment.false_offset);
	ck_assert_uint_eq(file.odd[1].segment.offset, 2);
	capture_file_free(&file);
}
END_TEST

/* What can't be read says so. */
START_TEST(refuses)
{
	struct capture_file file;
	struct diag d;
	struct image image = {.big = false};

	ck_assert(!capture_file_read("/nonexistent/x.pcap", &file, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No such file"));
	capture_file_free(&file);
	ck_assert(!read_image(&image, 0, &file, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "is empty"));
	capture_file_free(&file);
	put_pcap_head(&image, 0xa1b2c3d4, 105); /* 802.11 */
	ck_assert(!read_image(&image, image.len, &file, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "link type"));
	capture_file_free(&file);
}
END_TEST

START_TEST(notes)
{
	static const int types[] = {ETHERNET, SLL, SLL2, 12 /* DLT_RAW */};
	uint8_t frame[256];
	const char *text;
	unsigned part, parts;
	size_t len;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		size_t head = note_head(types[i], 2, 3, 5, frame);
		ck_assert_uint_gt(head, 0);
		memcpy(frame + head, "hello", 5);
		ck_assert(note_strip(types[i], frame, head + 5, &part, &parts, &text, &len));
		ck_assert_uint_eq(part, 2);
		ck_assert_uint_eq(parts, 3);
		ck_assert_uint_eq(len, 5);
		ck_assert_mem_eq(text, "hello", 5);
		for (size_t cut = 0; cut < head; cut++)
			ck_assert(!note_strip(types[i], frame, cut, &part, &parts, &text, &len));
	}
	ck_assert_uint_eq(note_head(BSD_NULL, 1, 1, 5, frame), 0);
}
END_TEST

/* --- the journal --- */

static struct journal *sample_journal(void)
{
	static const uint8_t bytes[] = "QUIT\r\n";
	struct journal *j = journal_new();
	struct engine_config config = {.local = {.family = 4, .bytes = {192, 0, 2, 1}},
	                               .remote = {.family = 4, .bytes = {192, 0, 2, 2}},
	                               .local_port = 40000,
	                               .remote_port = 80,
	                               .iss = UINT32_MAX,
	                               .slow = 1.1,
	                               .plain_server = true};
	const int64_t t = INT64_C(1700000000123456789);
	const struct event events[] = {
	    {.kind = EVENT_START, .time_ns = t},
	    {.kind = EVENT_LEFT, .time_ns = t + 1},
	    {.kind = EVENT_CAME, .time_ns = t + 2},
	    {.kind = EVENT_PROVOKED, .time_ns = t + 3, .provoke = PROVOKE_CRASH, .ok = true},
	    {.kind = EVENT_PROVOKED, .time_ns = t + 4, .provoke = PROVOKE_WRITE, .text = "no \"room\""},
	    {.kind = EVENT_STATE, .time_ns = t + 5},
	    {.kind = EVENT_STATE,
	     .time_ns = t + 6,
	     .state = {.known = true, .state = STATE_TIME_WAIT, .has_timer = true, .timer_ns = 59999999999}},
	    {.kind = EVENT_TICK, .time_ns = t + 7},
	    {.kind = EVENT_ABORT, .time_ns = t + 8, .verdict = VERDICT_SKIP, .text = "why"},
	    {.kind = EVENT_IGNORED, .time_ns = t + 9, .text = "bad checksum: ignored"},
	};

	config.inband[PROVOKE_CLOSE] = (struct inband){bytes, sizeof bytes};
	j->family = 4;
	j->title = "a title";
	j->ignored = 3;
	j->damaged = 2;
	j->late_ns = 77;
	j->ignored_why[1] = 3;
	snprintf(j->note, sizeof j->note, " (nobody is there)");
	journal_configure(j, &config);
	journal_define(j, "wait=20s");
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		journal_add(j, &events[i]);
	return j;
}

START_TEST(journal_comes_back)
{
	struct journal *j = sample_journal();
	struct diag d = {.text = ""};
	char *text = journal_text(j);
	struct journal *again = journal_parse(text, strlen(text), &d);

	ck_assert_msg(again != NULL, "%s", d.text);
	char *same = journal_text(again);
	ck_assert_str_eq(text, same);
	ck_assert_int_eq(again->events[0].time_ns, j->events[0].time_ns);
	ck_assert(again->config.slow == j->config.slow);
	ck_assert_uint_eq(again->config.inband[PROVOKE_CLOSE].len, 7);
	ck_assert_int_eq(again->events[6].state.timer_ns, 59999999999);
	ck_assert_str_eq(again->events[4].text, "no \"room\"");
	free(text);
	free(same);
	journal_free(j);
	journal_free(again);
}
END_TEST

static const struct {
	const char *from, *to, *says;
} broken_journals[] = {
    {"{", "", "no JSON"},
    {"\"fourwave_journal\":1", "\"fourwave_journal\":2", "of version 2"},
    {"\"family\":4", "\"family\":5", "neither 4 nor 6"},
    {"\"family\":4", "\"family\":6", "no IPv6 address"},
    {"192.0.2.1", "192.0.2.x", "\"local\""},
    {"40000", "400000", "\"local_port\""},
    {"4294967295", "4294967296", "\"iss\""},
    {"1.1", "0.1", "\"slow\""},
    {"wait=20s", "wait", "NAME=VALUE"},
    {"515549", "51554x", "hexadecimal"},
    {"\"close\":", "\"clsoe\":", "names no provocation"},
    {"\"began\":1700000000", "\"began\":-1", "\"began\""},
    {"[\"tick\"", "[\"tock\"", "event 8 makes no sense"},
    {"TIME-WAIT", "TIME-OUT", "event 7 makes no sense"},
    {"\"crash\"", "\"crush\"", "event 4 makes no sense"},
    {"\"skip\"", "\"pass\"", "event 9 makes no sense"},
    {"[\"came\",", "[\"came\",\"", "JSON"},
};

START_TEST(journal_refuses)
{
	struct journal *j = sample_journal();
	char *text = journal_text(j), changed[4096];
	char *at = strstr(text, broken_journals[_i].from);
	struct diag d = {.text = ""};

	ck_assert_msg(at != NULL, "%s is not in %s", broken_journals[_i].from, text);
	snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, broken_journals[_i].to,
	         at + strlen(broken_journals[_i].from));
	ck_assert_ptr_null(journal_parse(changed, strlen(changed), &d));
	ck_assert_msg(strstr(d.text, broken_journals[_i].says) != NULL, "%s", d.text);
	free(text);
	journal_free(j);
}
END_TEST

/* --- mutated captures, the whole way --- */

static const char scenario_text[] = "scenario \"x\"\nrole active\nopen\nsend F. as fin\n"
                                    "expect . ack fin.end within 1s\nprovoke close\n"
                                    "expect F. as his within 1s\nsend . ack his.end\nsilence 100ms\n";

/* A close with a journal at its end, as fourwave run -w writes it. */
static void make_capture(struct image *image)
{
	static const struct {
		bool ours;
		uint16_t flags;
		uint32_t seq, ack;
	} segments[] = {
	    {true, TCP_SYN, 0, 0},           {false, TCP_SYN | TCP_ACK, 0, 1}, {true, TCP_ACK, 1, 1},
	    {true, TCP_FIN | TCP_ACK, 1, 1}, {false, TCP_ACK, 1, 2},           {false, TCP_FIN | TCP_ACK, 1, 2},
	    {true, TCP_ACK, 2, 2},
	};
	struct journal *j = sample_journal();
	uint8_t frame[4096] = {0};

	j->count = 0;
	j->config.plain_server = false;
	put_pcap_head(image, 0xa1b23c4d, ETHERNET);
	journal_add(j, &(struct event){.kind = EVENT_START, .time_ns = INT64_C(1700000000000000000)});
	for (unsigned i = 0; i < sizeof segments / sizeof *segments; i++) {
		struct segment s = packet_segment(4);
		struct packet p;
		s.src = segments[i].ours ? j->config.local : j->config.remote;
		s.dst = segments[i].ours ? j->config.remote : j->config.local;
		s.sport = segments[i].ours ? 40000 : 80;
		s.dport = segments[i].ours ? 80 : 40000;
		s.flags = segments[i].flags;
		s.seq = segments[i].seq + (segments[i].ours ? UINT32_MAX : 77);
		s.ack = segments[i].flags & TCP_ACK ? segments[i].ack + (segments[i].ours ? 77 : UINT32_MAX) : 0;
		s.wnd = 65535;
		if (segments[i].flags & TCP_SYN) {
			s.options_len = 4;
			memcpy(s.options, "\x02\x04\x05\xb4", 4);
		}
		packet_build(&p, &s);
		memset(frame, 0, 14);
		frame[12] = 8;
		memcpy(frame + 14, p.bytes, p.len);
		put_pcap_frame(image, 1700000000, i * 1000, frame, 14 + p.len);
		journal_add(j, &(struct event){.kind = segments[i].ours ? EVENT_LEFT : EVENT_CAME,
		                               .time_ns = INT64_C(1700000000000000000) + i * 1000});
		if (i == 4)
			journal_add(j, &(struct event){.kind = EVENT_PROVOKED,
			                               .time_ns = INT64_C(1700000000000004500),
			                               .provoke = PROVOKE_CLOSE,
			                               .ok = true});
	}
	journal_add(j, &(struct event){.kind = EVENT_TICK, .time_ns = INT64_C(1700000001000000000)});
	char *text = journal_text(j);
	size_t head = note_head(ETHERNET, 1, 1, strlen(text), frame);
	memcpy(frame + head, text, strlen(text));
	put_pcap_frame(image, 1700000000, 9000, frame, head + strlen(text));
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

/* Reads, names, judges; what comes out is only looked at by the sanitizers.
 * Returns the verdict. */
static enum verdict_kind use(const struct image *image, size_t len, const struct scenario *s)
{
	struct capture_file file;
	struct flows flows;
	struct replay replay = {.engine = NULL};
	struct close_case c;
	struct diag d;
	enum verdict_kind kind = VERDICT_NONE;

	read_image(image, len, &file, &d);
	flows_find(&flows, &file);
	for (size_t i = 0; i < flows.count; i++)
		close_case_name(flows.list[i].list, flows.list[i].count, file.end_ns, &c, NULL);
	struct journal *j = file.note != NULL ? journal_parse(file.note, file.note_len, &d) : NULL;
	if ((file.note == NULL || j != NULL) && replay_play(&replay, s, &file, j, NULL, &d))
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
	ck_assert(!read_image(&image, image.len - 1, &file, &d));
	ck_assert_msg(strstr(d.text, "cut at frame 8") != NULL, "%s", d.text);
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
		memcpy(mutant.bytes, image.bytes, image.len);
		uint32_t changes = 1 + next_random(&random) % 8;
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
	Suite *suite = suite_create("read");
	TCase *tests = tcase_create("read");

	tcase_add_loop_test(tests, reads_pcap, 0, sizeof links / sizeof *links);
	tcase_add_test(tests, reads_pcapng);
	tcase_add_loop_test(tests, keeps_the_odd_apart, 0, 2);
	tcase_add_test(tests, refuses);
	tcase_add_test(tests, notes);
	tcase_add_test(tests, journal_comes_back);
	tcase_add_loop_test(tests, journal_refuses, 0, sizeof broken_journals / sizeof *broken_journals);
	tcase_add_test(tests, judges);
	tcase_add_test(tests, survives_cuts);
	tcase_add_test(tests, survives_mutations);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
