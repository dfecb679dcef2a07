/* Sending on a real kernel: two namespaces joined by veth. That each claim is one which can fail is shown
 * next to it: without the shield our kernel does answer, without the spare address's answers nobody comes. */
#include "wire_rig.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/scenario.h"
#include "wire/privilege.h"
#include "wire/route.h"
#include "wire/shield.h"
#include "wire/answer.h"

/* --- the shield --- */

START_TEST(without_shield_our_kernel_answers)
{
	struct capture *c = open_capture(host_interface, "tcp or ip6");
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[_i], &host_peers[_i]);

	OK(sender_send(s, &segment, &diag));
	watch(c, 3, 2000, NULL);
	ck_assert(find(TCP_SYN, HOST_PORT));
	ck_assert(find(TCP_SYN | TCP_ACK, OUR_PORT));
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
	ck_assert(answer);
	/* Established, and still nothing of our kernel's: not to a FIN, nor later. */
	segment.flags = TCP_ACK | TCP_FIN;
	segment.seq++;
	segment.ack = answer->seq + 1;
	OK(sender_send(s, &segment, &diag));
	watch(c, SEEN_MAX, 300, NULL);
	ck_assert(find(TCP_ACK, OUR_PORT));
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
		struct pollfd p = {.fd = spare ? spare_fd(spare) : -1, .events = POLLIN};

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
	uint8_t mac[6] = {0};
	unsigned bytes[6];
	FILE *f;

	OK(spare);
	let_connect(c, spare, _i);
	ck_assert(find(TCP_SYN, 80));
	/* To our interface's MAC address, and our kernel, which does not own it, is silent. */
	f = popen("ip -o link show fw0 | sed 's/.*ether \\([0-9a-f:]*\\).*/\\1/'", "r");
	ck_assert_int_eq(
	    fscanf(f, "%x:%x:%x:%x:%x:%x", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4], &bytes[5]),
	    6);
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
	ck_assert(!find(TCP_SYN, 80));
	capture_close(c);
}
END_TEST

START_TEST(spare_that_is_not)
{
	struct spare *spare = spare_open(host_interface, &host_peers[_i], &diag);
	struct pollfd p = {.events = POLLIN};

	OK(spare);
	p.fd = spare_fd(spare);
	ck_assert_int_eq(poll(&p, 1, 2000), 1);
	ck_assert(!spare_serve(spare, &diag));
	SAYS("is not spare");
	spare_close(spare);
	ck_assert(!spare_open(host_interface, &host_ours[_i], &diag));
	SAYS("own address");
	ck_assert(!spare_open("lo", &host_spare[_i], &diag));
	SAYS("no Ethernet");
	ck_assert(!spare_open("nosuch0", &host_spare[_i], &diag));
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
	ck_assert(find(TCP_SYN | TCP_ACK, OUR_PORT));
	segment.dst = host_spare[_i];
	ck_assert(!sender_send(s, &segment, &diag));
	SAYS("does not say its MAC address");
	sender_close(s);
	capture_close(c);
}
END_TEST

START_TEST(loopback_once_and_exact)
{
	static const struct addr loopback[2] = {{4, {127, 0, 0, 1}}, {6, {[15] = 1}}};
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
	segment.malformed.checksum = true;
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
	ck_assert(find(TCP_SYN | TCP_ACK, OUR_PORT));
	sender_close(s);
	capture_close(c);
}
END_TEST

START_TEST(sending_says_why_not)
{
	static const struct addr far[2] = {{4, {192, 0, 2, 1}}, {6, {0x20, 1, 0xd, 0xb8}}};
	struct sender *s = open_sender(NULL, false);
	struct segment segment = syn(&host_ours[_i], &far[_i]);
	struct sender_options options = {.interface = "nosuch0", .families = FAMILY_IPV4 | FAMILY_IPV6};
	static const uint8_t much[3000];

	ck_assert(!sender_send(s, &segment, &diag));
	SAYS("no route");
	segment = syn(&host_ours[_i], &host_peers[_i]);
	segment.payload = much;
	segment.payload_len = segment.payload_captured = sizeof(much);
	ck_assert(!sender_send(s, &segment, &diag));
	SAYS("too long");
	sender_close(s);
	ck_assert(!sender_open(&options, &diag));
	SAYS("no interface nosuch0");
	options.link = true;
	ck_assert(!sender_open(&options, &diag));
	SAYS("no interface nosuch0");
	options.interface = NULL;
	ck_assert(!sender_open(&options, &diag));
	SAYS("-i");
	options.link = false;
	options.families = _i ? FAMILY_IPV4 : FAMILY_IPV6;
	s = sender_open(&options, &diag);
	OK(s);
	ck_assert(!sender_send(s, &segment, &diag));
	SAYS("not opened for");
	sender_close(s);
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
	tcase_add_loop_test(shared, without_shield_our_kernel_answers, 0, 2);
	tcase_add_loop_test(shared, with_shield_it_does_not, 0, 4);
	tcase_add_loop_test(shared, shield_takes_ports, 0, 2);
	tcase_add_loop_test(shared, spare_that_is_not, 0, 2);
	tcase_add_loop_test(shared, loopback_once_and_exact, 0, 2);
	tcase_add_loop_test(shared, kept_to_an_interface, 0, 2);
	tcase_add_loop_test(shared, sending_says_why_not, 0, 2);
	tcase_add_loop_test(fresh, spare_is_answered_for, 0, 2);
	tcase_add_loop_test(fresh, without_answers_nobody_comes, 0, 2);
	tcase_add_loop_test(fresh, link_layer_finds_its_hop, 0, 2);
	return wire_run("wire", shared, fresh);
}
