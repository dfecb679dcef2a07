/* Expressions are compiled once, answer for raw IP packets of both families, and bad ones get
 * a sentence; the cache stays bounded. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decode.h"
#include "builder.h"
#include "wire/filter.h"
#include "suite.h"

static struct filter_cache *cache;
static uint8_t bytes[256];

static void setup(void) { cache = filter_cache_new(); }
static void teardown(void) { filter_cache_free(cache); }

/* A FIN with eight bytes of options and two of payload. */
static struct segment fin(int family)
{
	struct segment s = {.src = {.family = (uint8_t)family, .bytes = {10, 9, 0, 1}},
	                    .dst = {.family = (uint8_t)family, .bytes = {10, 9, 0, 2}},
	                    .sport = 61000,
	                    .dport = 7000,
	                    .seq = 0xfffffff0u,
	                    .ack = 5,
	                    .flags = TCP_FIN | TCP_ACK,
	                    .ttl = 64,
	                    .options_len = 8,
	                    .payload_len = 2,
	                    .payload_captured = 2,
	                    .payload = (const uint8_t *)"hi"};
	struct builder *b = builder_new(NULL);
	struct segment out;
	size_t len;

	memset(s.options, OPT_NOP, 8);
	ck_assert(builder_packet(b, &s, bytes, sizeof(bytes), &len, NULL));
	builder_free(b);
	ck_assert_int_eq(decode_ip(bytes, len, len, 0, &out), DECODE_OK);
	return out;
}

static int ask(const char *expression, const struct segment *s)
{
	struct diag d = {.text = ""};
	int answer = filter_ask(cache, expression, s, &d);

	ck_assert_msg(answer >= 0, "%s", d.text);
	return answer;
}

START_TEST(ipv4)
{
	struct segment s = fin(4);

	ck_assert_int_eq(ask("tcp[4:4] = 0xfffffff0 and tcp[8:4] = 5", &s), 1);
	ck_assert_int_eq(ask("tcp[4:4] = 0xfffffff1", &s), 0);
	ck_assert_int_eq(ask("src host 10.9.0.1 and tcp dst port 7000", &s), 1);
	ck_assert_int_eq(ask("tcp[13] = 0x11", &s), 1);
	ck_assert_int_eq(ask("len = 50", &s), 1);
	ck_assert_int_eq(ask("ip6", &s), 0);
}
END_TEST

START_TEST(ipv6)
{
	struct segment s = fin(6);

	ck_assert_int_eq(ask("ip6[44:4] = 0xfffffff0", &s), 1);
	ck_assert_int_eq(ask("ip6 src host a09:1::", &s), 1);
	ck_assert_int_eq(ask("ip6[53] = 0x10", &s), 0);
	ck_assert_int_eq(ask("len = 70", &s), 1);
}
END_TEST

START_TEST(cut_short)
{
	struct segment s = fin(4);

	ck_assert_int_eq(ask("tcp[28] = 104", &s), 1);
	s.packet_captured = 48;
	ck_assert_int_eq(ask("tcp[28] = 104", &s), 0);
	ck_assert_int_eq(ask("len = 50", &s), 1);
}
END_TEST

START_TEST(compiled_once)
{
	struct segment s = fin(4);

	ask("tcp", &s);
	ask("tcp", &s);
	ck_assert_uint_eq(filter_cache_count(cache), 1);
	ask("ip", &s);
	ck_assert_uint_eq(filter_cache_count(cache), 2);
}
END_TEST

START_TEST(refused)
{
	struct segment s = fin(4);
	struct diag d = {.text = ""};

	ck_assert_int_eq(filter_ask(cache, "tcp and and", &s, &d), -1);
	ck_assert_msg(strstr(d.text, "tcp and and"), "%s", d.text);
	ck_assert_uint_eq(filter_cache_count(cache), 0);
	ck_assert(!filter_check("port http and (", &d));
	ck_assert(filter_check("tcp port 80", NULL));
	ck_assert(filter_check("", NULL));
}
END_TEST

START_TEST(bounded)
{
	struct segment s = fin(4);
	char expression[64];

	for (unsigned i = 0; i <= FILTER_CACHE_ENTRIES + 10; i++) {
		snprintf(expression, sizeof(expression), "tcp[4:4] = %u", i);
		ck_assert_int_eq(ask(expression, &s), 0);
	}
	ck_assert_uint_eq(filter_cache_count(cache), FILTER_CACHE_ENTRIES);
	ck_assert_int_eq(ask("tcp[4:4] = 0xfffffff0", &s), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filter");
	TCase *tc = tcase_create("filter");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, ipv4);
	tcase_add_test(tc, ipv6);
	tcase_add_test(tc, cut_short);
	tcase_add_test(tc, compiled_once);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, bounded);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
