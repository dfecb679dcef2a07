#define _GNU_SOURCE
#include "capture_image.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void image_put(struct image *f, const void *bytes, size_t len)
{
	ck_assert_uint_le(f->len + len, FILE_BYTES);
	memcpy(f->bytes + f->len, bytes, len);
	f->len += len;
}

void image_number(struct image *f, unsigned width, uint32_t n)
{
	uint8_t bytes[4];

	for (unsigned i = 0; i < width; i++)
		bytes[f->big ? width - 1 - i : i] = (uint8_t)(n >> 8 * i);
	image_put(f, bytes, width);
}

void image_head(struct image *f, uint32_t magic, uint32_t linktype)
{
	image_number(f, 4, magic);
	image_number(f, 2, 2);
	image_number(f, 2, 4);
	image_number(f, 4, 0);
	image_number(f, 4, 0);
	image_number(f, 4, 2048);
	image_number(f, 4, linktype);
}

void image_frame(struct image *f, uint32_t s, uint32_t fraction, const uint8_t *frame, size_t len)
{
	image_number(f, 4, s);
	image_number(f, 4, fraction);
	image_number(f, 4, (uint32_t)len);
	image_number(f, 4, (uint32_t)len);
	image_put(f, frame, len);
}

bool image_read(const struct image *image, size_t len, struct capture_file *file, struct diag *d)
{
	char path[64];
	int fd = memfd_create("capture", MFD_CLOEXEC);
	bool ok;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, image->bytes, len), (ssize_t)len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	ok = capture_file_read(path, file, d);
	close(fd);
	return ok;
}

struct journal *image_journal(void)
{
	static const uint8_t bytes[] = "QUIT\r\n";
	struct journal *j = journal_new();
	struct engine_config config = {.local = {.family = 4, .bytes = {192, 0, 2, 1}},
	                               .remote = {.family = 4, .bytes = {192, 0, 2, 2}},
	                               .local_port = 40000,
	                               .remote_port = 80,
	                               .iss = UINT32_MAX,
	                               .slow = 1.1,
	                               .timer_tick_ns = 500000000,
	                               .first_resend_ns = 10000000000,
	                               .no_timers = true,
	                               .plain_server = true};
	const int64_t t = INT64_C(1700000000123456789);
	const struct reason why = reason_text_of(CODE_NEEDS_AGENT, "\xff is no UTF-8");
	const struct reason overruled =
	    reason_field(CODE_TOO_EARLY, DIFFERS_TIME, datum_of(DATUM_NOT_BEFORE, 7, 0),
	                 datum_of(DATUM_TIME_BEFORE, 5, 0));
	const struct event events[] = {
	    {.kind = EVENT_START, .time_ns = t},
	    {.kind = EVENT_SENT, .time_ns = t + 1},
	    {.kind = EVENT_CAME, .time_ns = t + 2},
	    {.kind = EVENT_PROVOKED, .time_ns = t + 3, .provoke = PROVOKE_CRASH, .ok = true},
	    {.kind = EVENT_PROVOKED, .time_ns = t + 4, .provoke = PROVOKE_WRITE, .text = "no \"room\""},
	    {.kind = EVENT_STATE, .time_ns = t + 5},
	    {.kind = EVENT_STATE,
	     .time_ns = t + 6,
	     .state = {.known = true, .state = STATE_TIME_WAIT, .has_timer = true, .timer_ns = 59999999999}},
	    {.kind = EVENT_TICK, .time_ns = t + 7},
	    {.kind = EVENT_ABORT,
	     .time_ns = t + 8,
	     .verdict = VERDICT_SKIP,
	     .reason = &why,
	     .overruled = &overruled},
	    {.kind = EVENT_IGNORED, .time_ns = t + 9, .ignored = IGNORED_CHECKSUM},
	    {.kind = EVENT_STATE,
	     .time_ns = t + 10,
	     .state = {.known = true, .state = STATE_FIN_WAIT_2, .held = true}},
	};

	config.inband[PROVOKE_CLOSE] = (struct inband){bytes, sizeof bytes};
	j->family = 4;
	j->title = "a title";
	j->profile = "lwip";
	j->profile_text = "msl = 60s\n";
	j->ignored = 3;
	j->damaged = 2;
	j->late_ns = 77;
	j->ignored_why[1] = 3;
	j->syn_unseen = true;
	journal_configure(j, &config);
	journal_define(j, "wait=20s");
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		journal_add(j, &events[i]);
	return j;
}
