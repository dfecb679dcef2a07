/* Capture files of each kind, written here byte by byte. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_image.h"
#include "core/decode.h"
#include "packet.h"
#include "suite.h"
#include "wire/link.h"

/* A segment with the link header of linktype before it; returns the length. */
static size_t make_frame(int linktype, bool tagged, int family, uint8_t frame[PACKET_BYTES + 64])
{
	struct packet p;
	struct segment s = packet_segment(family);
	uint8_t high = family == 6 ? 0x86 : 0x08, low = family == 6 ? 0xdd : 0;
	size_t head = 0;

	s.seq = 1234;
	packet_build(&p, &s);
	memset(frame, 0, 64);
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

	ck_assert_msg(image_read(image, image->len, &file, &d), "%s", d.text);
	ck_assert_uint_eq(file.count, 1);
	ck_assert_uint_eq(file.segments[0].segment.seq, 1234);
	ck_assert_int_eq(file.segments[0].segment.time_ns, time_ns);
	ck_assert_int_eq(file.segments[0].segment.checksum, CHECKSUM_GOOD);
	capture_file_free(&file);
}

static const struct {
	int linktype;
	bool tagged;
} links[] = {{ETHERNET, false}, {ETHERNET, true},  {SLL, false},     {SLL2, false},
             {RAW, false},      {BSD_NULL, false}, {BSD_LOOP, false}};

/* Each link type, both byte orders, micro- and nanoseconds, both families. */
START_TEST(reads_pcap)
{
	uint8_t frame[PACKET_BYTES + 64];

	for (int variant = 0; variant < 8; variant++) {
		struct image image = {.big = variant & 1};
		bool nano = variant & 2;
		size_t len = make_frame(links[_i].linktype, links[_i].tagged, variant & 4 ? 6 : 4, frame);
		image_head(&image, nano ? 0xa1b23c4d : 0xa1b2c3d4, (uint32_t)links[_i].linktype);
		image_frame(&image, 1700000000, nano ? 123456789 : 123456, frame, len);
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
		image_number(&image, 4, 0x0a0d0d0a);
		image_number(&image, 4, 28);
		image_number(&image, 4, 0x1a2b3c4d);
		image_number(&image, 2, 1);
		image_number(&image, 2, 0);
		image_number(&image, 4, UINT32_MAX);
		image_number(&image, 4, UINT32_MAX);
		image_number(&image, 4, 28);
		image_number(&image, 4, 1);
		image_number(&image, 4, 20);
		image_number(&image, 2, ETHERNET);
		image_number(&image, 2, 0);
		image_number(&image, 4, 2048);
		image_number(&image, 4, 20);
		image_number(&image, 4, 6);
		image_number(&image, 4, (uint32_t)(32 + padded));
		image_number(&image, 4, 0);
		image_number(&image, 4, (uint32_t)(us >> 32));
		image_number(&image, 4, (uint32_t)us);
		image_number(&image, 4, (uint32_t)len);
		image_number(&image, 4, (uint32_t)len);
		image_put(&image, frame, padded);
		image_number(&image, 4, (uint32_t)(32 + padded));
		check_one(&image, INT64_C(1700000000123456000));
	}
}
END_TEST

/* What is no segment for anybody is marked. */
START_TEST(marks_the_odd)
{
	int family = _i == 0 ? 4 : 6;
	struct image image = {.big = false};
	struct segment s = packet_segment(family);
	uint8_t buf[PACKET_BYTES];
	struct capture_file file;
	struct packet p;
	struct diag d;
	struct cutter c;
	size_t len;

	image_head(&image, 0xa1b23c4d, RAW);
	s.seq = 77;
	s.payload = (const uint8_t *)"hello, world";
	s.payload_len = s.payload_captured = 12;
	packet_build(&p, &s);
	image_frame(&image, 1700000000, 1, p.bytes, p.len);
	c = (struct cutter){.packet = p.bytes, .len = p.len, .most = 24, .id = 3};
	while ((len = fragments_cut(&c, buf)) > 0)
		image_frame(&image, 1700000000, (uint32_t)c.at, buf, len);
	p.bytes[p.tcp + 12] = 2 << 4;
	packet_seal(&p);
	image_frame(&image, 1700000000, 99, p.bytes, p.len);
	ck_assert_msg(image_read(&image, image.len, &file, &d), "%s", d.text);
	ck_assert_uint_eq(file.count, 3);
	ck_assert_uint_eq(file.fragments, 2);
	ck_assert_uint_eq(file.damaged, 1);
	ck_assert_uint_eq(file.gathered, 1);
	ck_assert_uint_eq(file.odd, 2);
	ck_assert(!file.segments[0].odd && file.segments[1].odd && file.segments[2].odd);
	ck_assert_uint_eq(file.segments[1].segment.seq, 77);
	ck_assert_uint_eq(file.segments[1].segment.malformed.fragment, 24);
	ck_assert_uint_eq(file.segments[1].segment.payload_len, 12);
	ck_assert_mem_eq(file.segments[1].segment.payload, "hello, world", 12);
	ck_assert_int_eq(file.segments[1].segment.time_ns,
	                 1700000000 * INT64_C(1000000000) + 32); /* the last's */
	ck_assert_uint_eq(file.segments[1].frame, 3);
	ck_assert(file.segments[2].segment.malformed.has_offset);
	ck_assert_uint_eq(file.segments[2].segment.malformed.offset, 2);
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
	ck_assert(!image_read(&image, 0, &file, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "is empty"));
	capture_file_free(&file);
	image_head(&image, 0xa1b2c3d4, 105); /* 802.11 */
	ck_assert(!image_read(&image, image.len, &file, &d));
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

int main(void)
{
	Suite *suite = suite_create("read");
	TCase *tests = tcase_create("read");

	tcase_add_loop_test(tests, reads_pcap, 0, sizeof links / sizeof *links);
	tcase_add_test(tests, reads_pcapng);
	tcase_add_loop_test(tests, marks_the_odd, 0, 2);
	tcase_add_test(tests, refuses);
	tcase_add_test(tests, notes);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
