/* What the tests of the wire share. */
#include "wire_rig.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include "core/decode.h"
#include "core/scenario.h"

struct seen seen;
struct diag diag;

void take(void *context, const struct captured *captured)
{
	struct dump *dump = context;
	struct segment *s = &seen.segments[seen.count];

	if (dump)
		dump_write(dump, captured);
	if (seen.count == SEEN_MAX || decode_ip(captured->ip, captured->ip_captured, captured->ip_len,
	                                        captured->time_ns, s) != DECODE_OK)
		return;
	memcpy(seen.to_mac[seen.count], captured->frame, 6);
	s->payload = s->packet = NULL;
	seen.count++;
}

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads for a while, or until count segments were seen. */
void watch(struct capture *c, size_t count, int ms, struct dump *dump)
{
	int64_t end = now_ms() + ms;

	for (int64_t left = ms; left > 0 && seen.count < count; left = end - now_ms()) {
		struct pollfd p = {.fd = capture_fd(c), .events = POLLIN};
		int rc;

		poll(&p, 1, (int)left);
		while ((rc = capture_read(c, take, dump, &diag)) > 0)
			;
		OK(rc == 0);
	}
}

struct capture *open_capture(const char *interface, const char *filter)
{
	struct capture_options options = {.interface = interface};
	struct capture *c = capture_open(&options, &diag);

	OK(c);
	OK(capture_filter(c, filter, &diag));
	return c;
}

struct sender *open_sender(const char *interface, bool link)
{
	struct sender_options options = {
	    .interface = interface, .link = link, .families = FAMILY_IPV4 | FAMILY_IPV6};
	struct sender *s = sender_open(&options, &diag);

	OK(s);
	return s;
}

struct segment syn(const struct addr *src, const struct addr *dst)
{
	struct segment s = {.src = *src,
	                    .dst = *dst,
	                    .sport = OUR_PORT,
	                    .dport = HOST_PORT,
	                    .seq = 1000,
	                    .flags = TCP_SYN,
	                    .wnd = 65535,
	                    .ttl = 64};

	return s;
}

/* The first segment seen with just these flags to that port; NULL where none. */
const struct segment *find(uint16_t flags, uint16_t dport)
{
	for (size_t i = 0; i < seen.count; i++)
		if (seen.segments[i].flags == flags && seen.segments[i].dport == dport)
			return &seen.segments[i];
	return NULL;
}

/* Did our kernel speak: a RST from our port? */
bool our_rst(void)
{
	for (size_t i = 0; i < seen.count; i++)
		if ((seen.segments[i].flags & TCP_RST) && seen.segments[i].sport == OUR_PORT)
			return true;
	return false;
}

static void setup(void) { hosts_make(); }
static void teardown(void) { hosts_end(); }

TCase *sharing_hosts(void)
{
	TCase *tc = tcase_create("shared");

	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	return tc;
}

TCase *fresh_hosts(void)
{
	TCase *tc = tcase_create("fresh");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	return tc;
}

int wire_run(const char *name, TCase *shared, TCase *fresh)
{
	Suite *suite = suite_create(name);

	suite_add_tcase(suite, shared);
	suite_add_tcase(suite, fresh);
	return suite_run(suite);
}
