/* Capturing on a real kernel, capture files, routes and privilege. */
#include "wire_rig.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/scenario.h"
#include "wire/privilege.h"
#include "wire/route.h"
#include "wire/shield.h"
#include "wire/answer.h"

/* --- capturing --- */

/* The file holds what was seen, to the nanosecond. */
static void check_file(const char *path)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *file = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *header;
	const u_char *frame;
	size_t count = 0;

	ck_assert_msg(file, "%s", why);
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
	OK(dump);
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

	OK(dump);
	ck_assert(!dump_close(dump, &diag));
	SAYS("/dev/full");
	capture_close(c);
}
END_TEST

START_TEST(loss_is_told)
{
	struct capture_options options = {
	    .interface = host_interface, .snaplen = 65535, .buffer_bytes = 1 << 17};
	struct capture *small = capture_open(&options, &diag);
	struct capture *c = open_capture(host_interface, "tcp");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[0], &host_peers[0]);
	uint64_t dropped = 99;

	OK(small);
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
	struct capture_options options = {.interface = "nosuch0"};
	struct capture *c;
	int rc = 0;

	ck_assert(!capture_open(&options, &diag));
	SAYS("no interface nosuch0");
	hosts_run("ip link add down0 type veth peer name down1");
	options.interface = "down0";
	ck_assert(!capture_open(&options, &diag));
	SAYS("down0 is down");
	ck_assert(!dump_open("/nosuch/file.pcap", 1, 2048, &diag));
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
	static const struct addr far[2] = {{4, {192, 0, 2, 1}}, {6, {0x20, 1, 0xd, 0xb8, [15] = 1}}};
	static const struct addr loopback[2] = {{4, {127, 1, 2, 3}}, {6, {[15] = 1}}};
	struct route r;

	OK(route_find(&host_peers[_i], NULL, &r, &diag));
	ck_assert_str_eq(r.interface, host_interface);
	ck_assert(addr_equal(&r.source, &host_ours[_i]));
	ck_assert(!r.gateway.family && !r.loopback);
	OK(route_find(&host_ours[_i], NULL, &r, &diag));
	ck_assert(r.loopback);
	ck_assert_str_eq(r.interface, "lo");
	ck_assert(!route_find(&far[_i], NULL, &r, &diag));
	SAYS("no route");
	hosts_run("ip %s route add default via %s", _i ? "-6" : "-4", _i ? "fd09::2" : "10.9.0.2");
	OK(route_find(&far[_i], host_interface, &r, &diag));
	ck_assert(addr_equal(&r.gateway, &host_peers[_i]));
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
	struct capture_options options = {.interface = host_interface};
	struct sender_options send_options = {.families = FAMILY_IPV4};
	struct capture *c = open_capture(host_interface, "tcp");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[0], &host_peers[0]);
	uint16_t port = 0;

	ck_assert(privilege_have_raw());
	OK(privilege_drop(&diag));
	ck_assert(!privilege_have_raw());
	OK(privilege_drop(&diag));
	ck_assert(!capture_open(&options, &diag));
	SAYS("setcap");
	ck_assert(!sender_open(&send_options, &diag));
	SAYS("setcap");
	ck_assert(!spare_open(host_interface, &host_spare[0], &diag));
	SAYS("setcap");
	/* What is open goes on working, and a shield takes no privilege. */
	OK(shield_open(&host_ours[0], &port, &diag) >= 0);
	segment.sport = port;
	OK(sender_send(s, &segment, &diag));
	watch(c, 2, 2000, NULL);
	ck_assert(find(TCP_SYN | TCP_ACK, port));
	sender_close(s);
	capture_close(c);
}
END_TEST

int main(void)
{
	const char *why = hosts_enter();
	TCase *shared = sharing_hosts(), *fresh = fresh_hosts();

	if (why) {
		printf("skipped: %s\n", why);
		return 77;
	}
	tcase_add_test(shared, times_and_file);
	tcase_add_test(shared, full_disk_is_told);
	tcase_add_test(shared, loss_is_told);
	tcase_add_test(shared, privilege_is_given_up);
	tcase_add_test(fresh, capturing_says_why_not);
	tcase_add_loop_test(fresh, routes, 0, 2);
	return wire_run("capture", shared, fresh);
}
