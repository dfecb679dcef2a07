/* Small parsers of the wire: link headers, the kernel's port rules, ARP and neighbour discovery.
 * Each is also fed every shorter piece of its input. */
#include <check.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "core/decode.h"
#include "wire/answer.h"
#include "wire/link.h"
#include "wire/shield.h"
#include "suite.h"

/* --- link headers --- */

struct frame {
	int linktype;
	size_t header;
	uint8_t bytes[24];
};

static const struct frame good[] = {
    {DLT_EN10MB, 14, {[12] = 8, 0, 0x45}},
    {DLT_EN10MB, 14, {[12] = 0x86, 0xdd, 0x60}},
    {DLT_EN10MB, 18, {[12] = 0x81, 0, 0, 5, 8, 0, 0x45}},
    {DLT_EN10MB, 22, {[12] = 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xdd, 0x60}},
    {DLT_LINUX_SLL, 16, {[14] = 8, 0, 0x45}},
    {DLT_LINUX_SLL2, 20, {[0] = 0x86, 0xdd, [20] = 0x60}},
    {DLT_RAW, 0, {0x60}},
    {DLT_IPV4, 0, {0x45}},
    {DLT_IPV6, 0, {0x60}},
    {DLT_NULL, 4, {2, 0, 0, 0, 0x45}},
    {DLT_LOOP, 4, {0, 0, 0, 30, 0x60}},
};

/* A copy of its own for each length, so that a sanitizer sees one byte too many. */
static bool strip(int linktype, const uint8_t *bytes, size_t captured, size_t *at)
{
	uint8_t *copy = malloc(captured ? captured : 1);
	bool ok;

	memcpy(copy, bytes, captured);
	ok = link_strip(linktype, copy, captured, 100, at);
	free(copy);
	return ok;
}

START_TEST(strips)
{
	const struct frame *f = &good[_i];
	size_t at = 99;

	ck_assert(link_known(f->linktype));
	ck_assert(strip(f->linktype, f->bytes, f->header + 1, &at));
	ck_assert_uint_eq(at, f->header);
	for (size_t cut = 0; cut <= f->header; cut++)
		ck_assert(!strip(f->linktype, f->bytes, cut, &at));
}
END_TEST

static const struct {
	int linktype;
	size_t needs; /* bytes */
	uint8_t bytes[24];
} stations[] = {
    {DLT_EN10MB, 12, {[6] = 1, 2, 3, 4, 5, 6}},
    {DLT_LINUX_SLL, 14, {[5] = 6, 1, 2, 3, 4, 5, 6}},
    {DLT_LINUX_SLL2, 20, {[11] = 6, 1, 2, 3, 4, 5, 6}},
};

START_TEST(tells_the_sender)
{
	static const uint8_t want[LINK_ADDRESS_BYTES] = {1, 2, 3, 4, 5, 6};
	uint8_t got[LINK_ADDRESS_BYTES];

	for (size_t captured = 0; captured <= 24; captured++) {
		uint8_t *copy = malloc(captured ? captured : 1);
		bool known;

		memcpy(copy, stations[_i].bytes, captured);
		known = link_source(stations[_i].linktype, copy, captured, got);
		free(copy);
		ck_assert_int_eq(known, captured >= stations[_i].needs);
		if (known)
			ck_assert_mem_eq(got, want, sizeof want);
	}
}
END_TEST

START_TEST(no_sender_is_told)
{
	static const uint8_t too_long[24] = {[5] = 9, [11] = 9};
	uint8_t got[LINK_ADDRESS_BYTES];

	ck_assert(!link_source(DLT_RAW, too_long, 24, got));
	ck_assert(!link_source(DLT_LINUX_SLL, too_long, 24, got));
	ck_assert(!link_source(DLT_LINUX_SLL2, too_long, 24, got));
}
END_TEST

START_TEST(strips_nothing_else)
{
	static const uint8_t arp[24] = {[12] = 8, 6, 0x45};
	static const uint8_t wrong_version[24] = {[12] = 8, 0, 0x60};
	uint8_t tags[64];
	size_t at;

	ck_assert(!link_strip(DLT_EN10MB, arp, 24, 24, &at));
	ck_assert(!link_strip(DLT_EN10MB, wrong_version, 24, 24, &at));
	ck_assert(!link_strip(DLT_IEEE802_11, arp, 24, 24, &at));
	ck_assert(!link_strip(DLT_RAW, wrong_version + 14, 5, 4, &at));
	ck_assert(!link_known(DLT_IEEE802_11));
	for (size_t i = 0; i < sizeof(tags); i += 2)
		memcpy(tags + i, "\x81\x00", 2);
	ck_assert(!link_strip(DLT_EN10MB, tags, sizeof(tags), sizeof(tags), &at));
}
END_TEST

/* --- ports --- */

START_TEST(port_text)
{
	struct port_rules rules = {.low = 1, .high = 2};
	unsigned below = 0;

	ck_assert(port_rules_parse_range(&rules, "32768\t60999\n"));
	ck_assert_uint_eq(rules.low, 32768);
	ck_assert_uint_eq(rules.high, 60999);
	ck_assert(!port_rules_parse_range(&rules, "5\t4\n"));
	ck_assert(!port_rules_parse_range(&rules, "5\t65536\n"));
	ck_assert(!port_rules_parse_range(&rules, ""));
	ck_assert_uint_eq(rules.low, 32768);
	ck_assert(port_rules_parse_reserved(&rules, "8080,61000-61002,65535\n"));
	ck_assert(port_rules_parse_reserved(&rules, "\n"));
	ck_assert(!port_rules_parse_reserved(&rules, "5,x\n"));
	ck_assert(!port_rules_parse_reserved(&rules, "99999999999999999999\n"));
	ck_assert(!port_rules_allow(&rules, 0));
	ck_assert(port_rules_allow(&rules, 8079));
	ck_assert(!port_rules_allow(&rules, 8080));
	ck_assert(port_rules_allow(&rules, 32767));
	ck_assert(!port_rules_allow(&rules, 32768));
	ck_assert(!port_rules_allow(&rules, 60999));
	ck_assert(!port_rules_allow(&rules, 61002));
	ck_assert(port_rules_allow(&rules, 61003));
	ck_assert_uint_eq(port_rules_next(&rules, 32767), 61003);
	ck_assert_uint_eq(port_rules_next(&rules, 65534), 10000);
	ck_assert_uint_eq(port_rules_next(&rules, 80), 10000);
	/* The first of many is any of them, and not the one behind the kernel's range. */
	for (int i = 0; i < 1000; i++) {
		uint16_t port = port_rules_any(&rules);

		ck_assert(port >= 10000 && port_rules_allow(&rules, port));
		below += port < 32768;
	}
	ck_assert(below > 700 && below < 950); /* 22767 of 27300 or so */
	ck_assert(port_rules_parse_range(&rules, "1 65535"));
	ck_assert_uint_eq(port_rules_next(&rules, 80), 0);
	ck_assert_uint_eq(port_rules_any(&rules), 0);
}
END_TEST

/* --- ARP and neighbour discovery --- */

static const struct claim claim4 = {{4, {10, 9, 0, 77}}, {2, 0, 0, 0, 0, 1}};
static const struct claim claim6 = {{6, {0xfd, 9, [13] = 1, 2, 3}}, {2, 0, 0, 0, 0, 1}};
static const uint8_t other[6] = {2, 0, 0, 0, 0, 2};
static const uint8_t request4[] = "\0\1\10\0\6\4\0\1\2\0\0\0\0\2\12\11\0\2\0\0\0\0\0\0\12\11\0\115";

START_TEST(arp)
{
	uint8_t packet[28];
	struct answer a;

	memcpy(packet, request4, sizeof(packet));
	ck_assert_int_eq(answer_make(&claim4, other, packet, 28, &a), ANSWER_SEND);
	ck_assert_uint_eq(a.len, 28);
	ck_assert_mem_eq(a.to, other, 6);
	ck_assert_mem_eq(a.bytes, "\0\1\10\0\6\4\0\2\2\0\0\0\0\1\12\11\0\115\2\0\0\0\0\2\12\11\0\2", 28);
	for (size_t cut = 0; cut < 28; cut++)
		ck_assert_int_eq(answer_make(&claim4, other, packet, cut, &a), ANSWER_NONE);
	packet[27] = 78;
	ck_assert_int_eq(answer_make(&claim4, other, packet, 28, &a), ANSWER_NONE);
	packet[17] = 77;
	ck_assert_int_eq(answer_make(&claim4, other, packet, 28, &a), ANSWER_CONFLICT);
	ck_assert_mem_eq(a.other, other, 6);
	packet[13] = 1; /* from ourselves */
	ck_assert_int_eq(answer_make(&claim4, claim4.mac, packet, 28, &a), ANSWER_NONE);
}
END_TEST

START_TEST(arp_probe)
{
	struct answer a;

	answer_probe(&claim4, &a);
	ck_assert_mem_eq(a.bytes, "\0\1\10\0\6\4\0\1\2\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\12\11\0\115", 28);
	ck_assert_mem_eq(a.to, "\xff\xff\xff\xff\xff\xff", 6);
}
END_TEST

/* The solicitation that another host would send for the address, built by hand. */
static void solicitation(uint8_t packet[72])
{
	uint32_t sum;
	uint16_t folded;

	memset(packet, 0, 72);
	packet[0] = 0x60;
	packet[5] = 32;
	packet[6] = 58;
	packet[7] = 255;
	memcpy(packet + 8, "\xfd\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\x02", 16);
	memcpy(packet + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\1\xff\1\2\3", 16);
	packet[40] = 135;
	memcpy(packet + 48, claim6.address.bytes, 16);
	memcpy(packet + 64, "\1\1\2\0\0\0\0\2", 8);
	sum = checksum_add(58 + 32, packet + 8, 32);
	folded = checksum_fold(checksum_add(sum, packet + 40, 32));
	packet[42] = (uint8_t)(folded >> 8);
	packet[43] = (uint8_t)folded;
}

START_TEST(discovery)
{
	uint32_t sum;
	uint8_t packet[72];
	struct answer a;

	solicitation(packet);
	ck_assert_int_eq(answer_make(&claim6, other, packet, 72, &a), ANSWER_SEND);
	ck_assert_uint_eq(a.len, 72);
	ck_assert_mem_eq(a.to, other, 6);
	ck_assert_mem_eq(a.bytes + 8, claim6.address.bytes, 16);
	ck_assert_mem_eq(a.bytes + 24, packet + 8, 16);
	ck_assert_uint_eq(a.bytes[40], 136);
	ck_assert_uint_eq(a.bytes[44], 0x60);
	ck_assert_mem_eq(a.bytes + 48, claim6.address.bytes, 16);
	ck_assert_mem_eq(a.bytes + 64, "\2\1\2\0\0\0\0\1", 8);
	sum = checksum_add(58 + 32, a.bytes + 8, 32);
	ck_assert_uint_eq(checksum_fold(checksum_add(sum, a.bytes + 40, 32)), 0);
	ck_assert_int_eq(answer_make(&claim6, claim6.mac, packet, 72, &a), ANSWER_NONE);
	for (size_t cut = 0; cut < 72; cut++)
		ck_assert_int_eq(answer_make(&claim6, other, packet, cut, &a), ANSWER_NONE);
	packet[7] = 254; /* came over a router */
	ck_assert_int_eq(answer_make(&claim6, other, packet, 72, &a), ANSWER_NONE);
	packet[7] = 255;
	packet[71] ^= 1; /* sum wrong */
	ck_assert_int_eq(answer_make(&claim6, other, packet, 72, &a), ANSWER_NONE);
}
END_TEST

START_TEST(discovery_between_two)
{
	struct claim theirs = claim6;
	struct answer probe, said, a;

	/* Their duplicate address detection against our claim, and ours against what we say. */
	memcpy(theirs.mac, other, 6);
	answer_probe(&theirs, &probe);
	ck_assert_mem_eq(probe.to, "\x33\x33\xff\1\2\3", 6);
	ck_assert_int_eq(answer_make(&claim6, other, probe.bytes, probe.len, &said), ANSWER_SEND);
	ck_assert_mem_eq(said.to, "\x33\x33\0\0\0\1", 6);
	ck_assert_mem_eq(said.bytes + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	ck_assert_uint_eq(said.bytes[44], 0x20);
	ck_assert_int_eq(answer_make(&theirs, claim6.mac, said.bytes, said.len, &a), ANSWER_CONFLICT);
	ck_assert_mem_eq(a.other, claim6.mac, 6);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("link");
	TCase *tc = tcase_create("link");

	tcase_add_loop_test(tc, strips, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_test(tc, strips_nothing_else);
	tcase_add_loop_test(tc, tells_the_sender, 0, 3);
	tcase_add_test(tc, no_sender_is_told);
	tcase_add_test(tc, port_text);
	tcase_add_test(tc, arp);
	tcase_add_test(tc, arp_probe);
	tcase_add_test(tc, discovery);
	tcase_add_test(tc, discovery_between_two);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
