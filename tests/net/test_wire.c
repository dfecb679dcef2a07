/* The wire on a real kernel: two namespaces joined by veth. That each claim is one which
 * can fail is shown next to it: without the shield our kernel does answer, without the
 * spare address's answers nobody comes. */
#include <check.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/decode.h"
#include "core/scenario.h"
#include "hosts.h"
#include "wire/capture.h"
#include "wire/dump.h"
#include "wire/ports.h"
#include "wire/privilege.h"
#include "wire/route.h"
#include "wire/send.h"
#include "wire/shield.h"
#include "wire/spare.h"

enum { SEEN_MAX = 256, OUR_PORT = 62000 };

/* What a capture saw, in its order. */
static struct seen {
	struct segment segments[SEEN_MAX];
	uint8_t to_mac[SEEN_MAX][6];
	size_t count;
} seen;

static struct diag diag;

#define OK(condition) ck_assert_msg(condition, "%s: %s", #condition, diag.text)
#define SAYS(text_) ck_assert_msg(strstr(diag.text, text_) != NULL, "%s", diag.text)

/* --- tools --- */

static void take(void *context, const struct captured *captured)
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

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads for a while, or until count segments were seen. */
static void watch(struct capture *c, size_t count, int ms, struct dump *dump)
{
	int64_t end = now_ms() + ms;

	for (int64_t left = ms; left > 0 && seen.count < count; left = end - now_ms()) {
		struct pollfd p = { .fd = capture_fd(c), .events = POLLIN };
		int rc;

		poll(&p, 1, (int)left);
		while ((rc = capture_read(c, take, dump, &diag)) > 0)
			;
		OK(rc == 0);
	}
}

static struct capture *open_capture(const char *interface, const char *filter)
{
	struct capture_options options = { .interface = interface };
	struct capture *c = capture_open(&options, &diag);

	OK(c != NULL);
	OK(capture_filter(c, filter, &diag));
	return c;
}

static struct sender *open_sender(const char *interface, bool link)
{
	struct sender_options options = { .interface = interface,
		                          .link = link,
		                          .families = FAMILY_IPV4 | FAMILY_IPV6 };
	struct sender *s = sender_open(&options, &diag);

	OK(s != NULL);
	return s;
}

static struct segment syn(const struct addr *src, const struct addr *dst)
{
	struct segment s = { .src = *src,
		             .dst = *dst,
		             .sport = OUR_PORT,
		             .dport = HOST_PORT,
		             .seq = 1000,
		             .flags = TCP_SYN,
		             .wnd = 65535,
		             .ttl = 64 };

	return s;
}

/* The first segment seen with just these flags to that port; NULL where none. */
static const struct segment *find(uint16_t flags, uint16_t dport)
{
	for (size_t i = 0; i < seen.count; i++)
		if (seen.segments[i].flags == flags && seen.segments[i].dport == dport)
			return &seen.segments[i];
	return NULL;
}

/* Did our kernel speak: a RST from our port? */
static bool our_rst(void)
{
	for (size_t i = 0; i < seen.count; i++)
		if ((seen.segments[i].flags & TCP_RST) && seen.segments[i].sport == OUR_PORT)
			return true;
	return false;
}

static void setup(void) { hosts_make(); }
static void teardown(void) { hosts_end(); }

/* --- the shield --- */

START_TEST(without_shield_our_kernel_answers)
{
	struct capture *c = open_capture(host_interface, "tcp or ip6");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[_i], &host_peers[_i]);

	OK(sender_send(s, &segment, &diag));
	watch(c, 3, 2000, NULL);
	ck_assert(find(TCP_SYN, HOST_PORT) != NULL);
	ck_assert(find(TCP_SYN | TCP_ACK, OUR_PORT) != NULL);
	ck_assert(our_rst());
	sender_close(s);
	capture_close(c);
}
END_TEST

/* 0 IPv4, 1 IPv6; 2 and 3 the same with all privilege given up before. */
START_TEST(with_shield_it_does_not)
{
	struct capture *c = open_capture(host_interface, "tcp or ip6");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[_i % 2], &host_peers[_i % 2]);
	const struct segment *answer;
	uint16_t port = OUR_PORT;
	int shield;

	if (_i / 2)
		OK(privilege_drop(&diag));
	shield = shield_open(&host_ours[_i % 2], &port, &diag);
	OK(shield >= 0);
	OK(sender_send(s, &segment, &diag));
	watch(c, SEEN_MAX, 300, NULL);
	answer = find(TCP_SYN | TCP_ACK, OUR_PORT);
	ck_assert(answer != NULL);
	/* Established, and still nothing of our kernel's: not to a FIN, nor later. */
	segment.flags = TCP_ACK | TCP_FIN;
	segment.seq++;
	segment.ack = answer->seq + 1;
	OK(sender_send(s, &segment, &diag));
	watch(c, SEEN_MAX, 300, NULL);
	ck_assert(find(TCP_ACK, OUR_PORT) != NULL);
	ck_assert(!our_rst());
	/* It ends with its descriptor: what the peer says next meets our kernel. */
	close(shield);
	OK(sender_send(s, &segment, &diag));
	watch(c, SEEN_MAX, 300, NULL);
	ck_assert(our_rst());
	sender_close(s);
	capture_close(c);
}
END_TEST

START_TEST(shield_takes_ports)
{
	struct port_rules rules;
	uint16_t port = OUR_PORT, first = 0, second = 0;
	struct addr foreign = host_spare[_i];
	int a = shield_open(&host_ours[_i], &port, &diag), b;

	OK(a >= 0);
	ck_assert_int_eq(shield_open(&host_ours[_i], &port, &diag), -1);
	SAYS("busy");
	close(a);
	a = shield_open(&host_ours[_i], &port, &diag);
	OK(a >= 0);
	ck_assert_int_eq(shield_open(&foreign, &port, &diag), -1);
	SAYS("no address of this host");
	close(a);
	/* Chosen ones: free, by the rules, and not the same again after it is closed. */
	port_rules_read(&rules);
	a = shield_open(&host_ours[_i], &first, &diag);
	OK(a >= 0);
	close(a);
	b = shield_open(&host_ours[_i], &second, &diag);
	OK(b >= 0);
	ck_assert_uint_ne(first, second);
	ck_assert(port_rules_allow(&rules, first) && port_rules_allow(&rules, second));
	close(b);
}
END_TEST

/* --- the spare address --- */

/* Lets the peer's kernel connect to the spare address; answers for it where spare is given. */
static void let_connect(struct capture *c, struct spare *spare, int family)
{
	int64_t end = now_ms() + 1500;

	hosts_connect_spare(family);
	while (now_ms() < end && !find(TCP_SYN, 80)) {
		struct pollfd p = { .fd = spare ? spare_fd(spare) : -1, .events = POLLIN };

		poll(&p, 1, 20);
		if (spare)
			OK(spare_serve(spare, &diag));
		watch(c, SEEN_MAX, 20, NULL);
	}
}

START_TEST(spare_is_answered_for)
{
	struct capture *c = open_capture(host_interface, "tcp or ip6");
	struct spare *spare = spare_open(host_interface, &host_spare[_i], &diag);
	uint8_t mac[6] = { 0 };
	unsigned bytes[6];
	FILE *f;

	OK(spare != NULL);
	let_connect(c, spare, _i);
	ck_assert(find(TCP_SYN, 80) != NULL);
	/* To our interface's MAC address, and our kernel, which does not own it, is silent. */
	f = popen("ip -o link show fw0 | sed 's/.*ether \\([0-9a-f:]*\\).*/\\1/'", "r");
	ck_assert_int_eq(fscanf(f, "%x:%x:%x:%x:%x:%x", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4],
	                        &bytes[5]), 6);
	pclose(f);
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)bytes[i];
	ck_assert_mem_eq(seen.to_mac[find(TCP_SYN, 80) - seen.segments], mac, 6);
	watch(c, SEEN_MAX, 300, NULL);
	for (size_t i = 0; i < seen.count; i++)
		ck_assert(!(seen.segments[i].flags & TCP_RST));
	spare_close(spare);
	capture_close(c);
}
END_TEST

START_TEST(without_answers_nobody_comes)
{
	struct capture *c = open_capture(host_interface, "tcp or ip6");

	let_connect(c, NULL, _i);
	ck_assert(find(TCP_SYN, 80) == NULL);
	capture_close(c);
}
END_TEST

START_TEST(spare_that_is_not)
{
	struct spare *spare = spare_open(host_interface, &host_peers[_i], &diag);
	struct pollfd p = { .events = POLLIN };

	OK(spare != NULL);
	p.fd = spare_fd(spare);
	ck_assert_int_eq(poll(&p, 1, 2000), 1);
	ck_assert(!spare_serve(spare, &diag));
	SAYS("is not spare");
	spare_close(spare);
	ck_assert(spare_open(host_interface, &host_ours[_i], &diag) == NULL);
	SAYS("own address");
	ck_assert(spare_open("lo", &host_spare[_i], &diag) == NULL);
	SAYS("no Ethernet");
	ck_assert(spare_open("nosuch0", &host_spare[_i], &diag) == NULL);
	SAYS("no interface nosuch0");
}
END_TEST

/* --- sending --- */

START_TEST(link_layer_finds_its_hop)
{
	struct capture *c = open_capture(host_interface, "tcp or ip6");
	struct sender *s = open_sender(host_interface, true);
	struct segment segment = syn(&host_ours[_i], &host_peers[_i]);

	hosts_run("ip neigh flush all");
	OK(sender_send(s, &segment, &diag));
	watch(c, 2, 2000, NULL);
	ck_assert(find(TCP_SYN | TCP_ACK, OUR_PORT) != NULL);
	segment.dst = host_spare[_i];
	ck_assert(!sender_send(s, &segment, &diag));
	SAYS("does not say its MAC address");
	sender_set_next_hop(s, (const uint8_t[]){ 2, 1, 2, 3, 4, 5 });
	seen.count = 0;
	OK(sender_send(s, &segment, &diag));
	watch(c, 1, 2000, NULL);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_mem_eq(seen.to_mac[0], "\2\1\2\3\4\5", 6);
	sender_close(s);
	capture_close(c);
}
END_TEST

START_TEST(loopback_once_and_exact)
{
	static const struct addr loopback[2] = { { 4, { 127, 0, 0, 1 } }, { 6, { [15] = 1 } } };
	struct capture *c = open_capture("lo", "tcp or ip6");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&loopback[_i], &loopback[_i]);
	uint16_t port = OUR_PORT;
	int shield = shield_open(&loopback[_i], &port, &diag);

	OK(shield >= 0);
	segment.sport = 62001;
	segment.dport = OUR_PORT;
	segment.options_len = 40;
	memset(segment.options, OPT_NOP, 40);
	segment.payload = (const uint8_t *)"wave";
	segment.payload_len = segment.payload_captured = 4;
	segment.flags = TCP_SYN | TCP_AE;
	OK(sender_send(s, &segment, &diag));
	segment.bad_checksum = true;
	OK(sender_send(s, &segment, &diag));
	watch(c, SEEN_MAX, 200, NULL);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_int_eq(seen.segments[0].checksum, CHECKSUM_GOOD);
	ck_assert_int_eq(seen.segments[1].checksum, CHECKSUM_BAD);
	ck_assert_uint_eq(seen.segments[0].flags, TCP_SYN | TCP_AE);
	ck_assert_uint_eq(seen.segments[0].options_len, 40);
	ck_assert_uint_eq(seen.segments[0].payload_len, 4);
	close(shield);
	sender_close(s);
	capture_close(c);
}
END_TEST

START_TEST(kept_to_an_interface)
{
	struct capture *c = open_capture("any", "tcp or ip6");
	struct sender *s = open_sender(host_interface, false);
	struct segment segment = syn(&host_ours[_i], &host_peers[_i]);

	OK(sender_send(s, &segment, &diag));
	watch(c, 2, 2000, NULL);
	ck_assert(find(TCP_SYN | TCP_ACK, OUR_PORT) != NULL);
	sender_close(s);
	capture_close(c);
}
END_TEST

START_TEST(sending_says_why_not)
{
	static const struct addr far[2] = { { 4, { 192, 0, 2, 1 } }, { 6, { 0x20, 1, 0xd, 0xb8 } } };
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[_i], &far[_i]);
	struct sender_options options = { .interface = "nosuch0", .families = FAMILY_IPV4 | FAMILY_IPV6 };
	static const uint8_t much[3000];

	ck_assert(!sender_send(s, &segment, &diag));
	SAYS("no route");
	segment = syn(&host_ours[_i], &host_peers[_i]);
	segment.payload = much;
	segment.payload_len = segment.payload_captured = sizeof(much);
	ck_assert(!sender_send(s, &segment, &diag));
	SAYS("too long");
	sender_close(s);
	ck_assert(sender_open(&options, &diag) == NULL);
	SAYS("no interface nosuch0");
	options.link = true;
	ck_assert(sender_open(&options, &diag) == NULL);
	SAYS("no interface nosuch0");
	options.interface = NULL;
	ck_assert(sender_open(&options, &diag) == NULL);
	SAYS("-i");
	options.link = false;
	options.families = _i ? FAMILY_IPV4 : FAMILY_IPV6;
	s = sender_open(&options, &diag);
	OK(s != NULL);
	ck_assert(!sender_send(s, &segment, &diag));
	SAYS("not opened for");
	sender_close(s);
}
END_TEST

/* --- capturing --- */

/* The file holds what was seen, to the nanosecond. */
static void check_file(const char *path)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *file = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *header;
	const u_char *frame;
	size_t count = 0;

	ck_assert_msg(file != NULL, "%s", why);
	while (pcap_next_ex(file, &header, &frame) == 1) {
		ck_assert_uint_lt(count, seen.count);
		ck_assert_int_eq(header->ts.tv_sec * 1000000000 + header->ts.tv_usec,
		                 seen.segments[count++].time_ns);
	}
	ck_assert_uint_eq(count, seen.count);
	pcap_close(file);
}

START_TEST(times_and_file)
{
	char path[] = "/tmp/fourwave-wire-XXXXXX";
	struct capture *c = open_capture(host_interface, "tcp");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[0], &host_peers[0]);
	int fine = 0, fd = mkstemp(path);
	struct dump *dump;
	struct timespec t;

	ck_assert_int_ge(fd, 0);
	close(fd);
	dump = dump_open(path, capture_linktype(c), capture_snaplen(c), &diag);
	OK(dump != NULL);
	for (int i = 0; i < 20; i++) {
		segment.sport++;
		OK(sender_send(s, &segment, &diag));
	}
	watch(c, 60, 1000, dump);
	OK(dump_close(dump, &diag));
	clock_gettime(CLOCK_REALTIME, &t);
	ck_assert_uint_ge(seen.count, 60);
	for (size_t i = 0; i < seen.count; i++) {
		ck_assert_int_lt(llabs(t.tv_sec - seen.segments[i].time_ns / 1000000000), 5);
		if (i)
			ck_assert_int_le(seen.segments[i - 1].time_ns, seen.segments[i].time_ns);
		fine += seen.segments[i].time_ns % 1000 != 0;
	}
	ck_assert_int_gt(fine, 30);
	check_file(path);
	unlink(path);
	sender_close(s);
	capture_close(c);
}
END_TEST

START_TEST(full_disk_is_told)
{
	struct capture *c = open_capture(host_interface, "tcp");
	struct dump *dump = dump_open("/dev/full", capture_linktype(c), capture_snaplen(c), &diag);

	OK(dump != NULL);
	ck_assert(!dump_close(dump, &diag));
	SAYS("/dev/full");
	capture_close(c);
}
END_TEST

START_TEST(loss_is_told)
{
	struct capture_options options = { .interface = host_interface,
		                           .snaplen = 65535,
		                           .buffer_bytes = 1 << 17 };
	struct capture *small = capture_open(&options, &diag);
	struct capture *c = open_capture(host_interface, "tcp");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[0], &host_peers[0]);
	uint64_t dropped = 99;

	OK(small != NULL);
	for (int i = 0; i < 200; i++)
		OK(sender_send(s, &segment, &diag));
	watch(c, 200, 1000, NULL);
	ck_assert(capture_dropped(c, &dropped));
	ck_assert_uint_eq(dropped, 0);
	ck_assert(capture_dropped(small, &dropped));
	ck_assert_uint_gt(dropped, 100);
	sender_close(s);
	capture_close(c);
	capture_close(small);
}
END_TEST

START_TEST(capturing_says_why_not)
{
	struct capture_options options = { .interface = "nosuch0" };
	struct capture *c;
	int rc = 0;

	ck_assert(capture_open(&options, &diag) == NULL);
	SAYS("no interface nosuch0");
	hosts_run("ip link add down0 type veth peer name down1");
	options.interface = "down0";
	ck_assert(capture_open(&options, &diag) == NULL);
	SAYS("down0 is down");
	ck_assert(dump_open("/nosuch/file.pcap", 1, 2048, &diag) == NULL);
	SAYS("/nosuch/file.pcap");
	c = open_capture(host_interface, "tcp");
	ck_assert_int_eq(capture_snaplen(c), CAPTURE_SNAPLEN);
	ck_assert(!capture_filter(c, "tcp and and", &diag));
	SAYS("tcp and and");
	hosts_run("ip link del fw0");
	for (int i = 0; i < 50 && rc == 0; i++, usleep(10000))
		rc = capture_read(c, take, NULL, &diag);
	ck_assert_int_eq(rc, -1);
	SAYS("has ended");
	capture_close(c);
}
END_TEST

/* --- routes --- */

START_TEST(routes)
{
	static const struct addr far[2] = { { 4, { 192, 0, 2, 1 } },
		                            { 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 } } };
	static const struct addr loopback[2] = { { 4, { 127, 1, 2, 3 } }, { 6, { [15] = 1 } } };
	struct route r;

	OK(route_find(&host_peers[_i], NULL, &r, &diag));
	ck_assert_str_eq(r.interface, host_interface);
	ck_assert(addr_equal(&r.source, &host_ours[_i]));
	ck_assert(!r.has_gateway && !r.loopback);
	OK(route_find(&host_ours[_i], NULL, &r, &diag));
	ck_assert(r.loopback);
	ck_assert_str_eq(r.interface, "lo");
	ck_assert(!route_find(&far[_i], NULL, &r, &diag));
	SAYS("no route");
	hosts_run("ip %s route add default via %s", _i ? "-6" : "-4", _i ? "fd09::2" : "10.9.0.2");
	OK(route_find(&far[_i], host_interface, &r, &diag));
	ck_assert(r.has_gateway && addr_equal(&r.gateway, &host_peers[_i]));
	hosts_run("ip %s route add prohibit %s", _i ? "-6" : "-4", _i ? "2001:db8::/64" : "192.0.2.0/24");
	ck_assert(!route_find(&far[_i], NULL, &r, &diag));
	SAYS("refuses");
	ck_assert(!route_find(&far[_i], "nosuch0", &r, &diag));
	SAYS("no interface nosuch0");
	hosts_run("ip link add down0 type veth peer name down1");
	ck_assert(!route_find(&far[_i], "down0", &r, &diag));
	SAYS("down0 is down");
	ck_assert(route_owns(&host_ours[_i]) && route_owns(&loopback[_i]));
	ck_assert(!route_owns(&host_peers[_i]) && !route_owns(&host_spare[_i]) && !route_owns(&far[_i]));
}
END_TEST

/* --- privilege --- */

START_TEST(privilege_is_given_up)
{
	struct capture_options options = { .interface = host_interface };
	struct sender_options send_options = { .families = FAMILY_IPV4 };
	struct capture *c = open_capture(host_interface, "tcp");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[0], &host_peers[0]);
	uint16_t port = 0;

	ck_assert(privilege_have_raw());
	OK(privilege_drop(&diag));
	ck_assert(!privilege_have_raw());
	OK(privilege_drop(&diag));
	ck_assert(capture_open(&options, &diag) == NULL);
	SAYS("setcap");
	ck_assert(sender_open(&send_options, &diag) == NULL);
	SAYS("setcap");
	ck_assert(spare_open(host_interface, &host_spare[0], &diag) == NULL);
	SAYS("setcap");
	/* What is open goes on working, and a shield takes no privilege. */
	OK(shield_open(&host_ours[0], &port, &diag) >= 0);
	segment.sport = port;
	OK(sender_send(s, &segment, &diag));
	watch(c, 2, 2000, NULL);
	ck_assert(find(TCP_SYN | TCP_ACK, port) != NULL);
	sender_close(s);
	capture_close(c);
}
END_TEST

/* One pair of hosts for all of these, because a link takes a second to come up. */
static TCase *sharing_hosts(void)
{
	TCase *tc = tcase_create("shared");

	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, without_shield_our_kernel_answers, 0, 2);
	tcase_add_loop_test(tc, with_shield_it_does_not, 0, 4);
	tcase_add_loop_test(tc, shield_takes_ports, 0, 2);
	tcase_add_loop_test(tc, spare_that_is_not, 0, 2);
	tcase_add_loop_test(tc, loopback_once_and_exact, 0, 2);
	tcase_add_loop_test(tc, kept_to_an_interface, 0, 2);
	tcase_add_loop_test(tc, sending_says_why_not, 0, 2);
	tcase_add_test(tc, times_and_file);
	tcase_add_test(tc, full_disk_is_told);
	tcase_add_test(tc, loss_is_told);
	tcase_add_test(tc, privilege_is_given_up);
	return tc;
}

/* Those that change a host, or that want it to know nothing. */
static TCase *fresh_hosts(void)
{
	TCase *tc = tcase_create("fresh");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, spare_is_answered_for, 0, 2);
	tcase_add_loop_test(tc, without_answers_nobody_comes, 0, 2);
	tcase_add_loop_test(tc, link_layer_finds_its_hop, 0, 2);
	tcase_add_test(tc, capturing_says_why_not);
	tcase_add_loop_test(tc, routes, 0, 2);
	return tc;
}

int main(void)
{
	const char *why = hosts_enter();
	SRunner *runner;
	Suite *suite;
	int failed;

	if (why) {
		printf("skipped: %s\n", why);
		return 77;
	}
	suite = suite_create("wire");
	suite_add_tcase(suite, sharing_hosts());
	suite_add_tcase(suite, fresh_hosts());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
