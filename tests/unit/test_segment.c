/* Addresses, flags and sequence space; options each, garbage, and there and back again. */
#include "core/segment.h"

#include "suite.h"

#include <arpa/inet.h>
#include <string.h>

/* --- addresses --- */

static struct addr addr6(const char *text)
{
	struct addr a = {.family = 6};

	ck_assert_int_eq(inet_pton(AF_INET6, text, a.bytes), 1);
	return a;
}

static const char *const ipv6_texts[] = {
    "::",
    "::1",
    "1::",
    "2001:db8::1",
    "2001:db8:0:1:1:1:1:1", /* one zero group is no run */
    "2001:0:0:1::1",        /* the longer run */
    "2001:db8::1:0:0:1",    /* the first of equal runs */
    "1:2:3:4:5:6:7:8",
    "::2:3:4:5:6:7:8", /* two groups at the start... */
    "fe80::abcd:ef01:2345:6789",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "::ffff:192.0.2.33",
    "::ffff:255.255.255.255",
    "0:1::",
    "1:0:2::",
};

START_TEST(test_addr_ipv6)
{
	struct addr a = addr6(ipv6_texts[_i]);
	char buf[ADDR_TEXT_BYTES], libc[INET6_ADDRSTRLEN];

	ck_assert_ptr_nonnull(inet_ntop(AF_INET6, a.bytes, libc, sizeof libc));
	ck_assert_ptr_eq(addr_text(&a, buf), buf);
	ck_assert_str_eq(buf, libc);
}
END_TEST

/* All patterns of zero and other groups, against the C library. */
START_TEST(test_addr_ipv6_zeros)
{
	for (unsigned mask = 0; mask < 256; mask++) {
		struct addr a = {.family = 6};
		char buf[ADDR_TEXT_BYTES], libc[INET6_ADDRSTRLEN];

		for (unsigned i = 0; i < 8; i++)
			a.bytes[2 * i + 1] = mask & 1u << i ? (uint8_t)(i + 1) : 0;
		if ((mask & 0x3f) == 0)
			continue; /* the C library writes ::0.7.0.8, which RFC 5952 does not */
		inet_ntop(AF_INET6, a.bytes, libc, sizeof libc);
		ck_assert_str_eq(addr_text(&a, buf), libc);
	}
}
END_TEST

START_TEST(test_addr_ipv4)
{
	struct addr a = {4, {192, 0, 2, 1}}, b = {4, {255, 255, 255, 255}}, none = {0};
	char buf[ADDR_TEXT_BYTES];

	ck_assert_str_eq(addr_text(&a, buf), "192.0.2.1");
	ck_assert_str_eq(addr_text(&b, buf), "255.255.255.255");
	ck_assert_str_eq(addr_text(&none, buf), "none");
}
END_TEST

START_TEST(test_addr_equal)
{
	struct addr a = {4, {192, 0, 2, 1}}, b = a, c = {6, {192, 0, 2, 1}}, none = {0};

	ck_assert(addr_equal(&a, &b));
	b.bytes[3] = 2;
	ck_assert(!addr_equal(&a, &b));
	ck_assert(!addr_equal(&a, &c));
	ck_assert(!addr_equal(&a, &none));
	ck_assert(addr_equal(&none, &none));
	b = c;
	ck_assert(addr_equal(&b, &c));
	b.bytes[15] = 1;
	ck_assert(!addr_equal(&b, &c));
}
END_TEST

/* --- sequence space and flags --- */

START_TEST(test_len)
{
	struct segment s = {.seq = 0xffffffff, .flags = TCP_ACK};

	ck_assert_uint_eq(segment_len(&s), 0);
	ck_assert_uint_eq(segment_end(&s), 0xffffffff);
	s.flags = TCP_SYN;
	ck_assert_uint_eq(segment_len(&s), 1);
	ck_assert_uint_eq(segment_end(&s), 0);
	s.flags = TCP_FIN | TCP_ACK;
	s.payload_len = 10;
	s.payload_captured = 3; /* the wire's length counts */
	ck_assert_uint_eq(segment_len(&s), 11);
	ck_assert_uint_eq(segment_end(&s), 10);
	s.flags = TCP_SYN | TCP_FIN;
	ck_assert_uint_eq(segment_len(&s), 12);
	s.flags = TCP_RST;
	s.payload_len = 0;
	ck_assert_uint_eq(segment_len(&s), 0);
}
END_TEST

START_TEST(test_flags)
{
	static const struct {
		uint16_t flags;
		const char *text;
	} cases[] = {
	    {0, "none"},
	    {TCP_SYN, "S"},
	    {TCP_SYN | TCP_ACK, "S."},
	    {TCP_FIN | TCP_ACK, "F."},
	    {TCP_FIN | TCP_PSH | TCP_ACK, "FP."},
	    {TCP_RST, "R"},
	    {TCP_RST | TCP_ACK, "R."},
	    {TCP_ACK, "."},
	    {TCP_PSH | TCP_ACK, "P."},
	    {TCP_SYN | TCP_ECE | TCP_CWR, "SEW"},
	    {TCP_SYN | TCP_ECE | TCP_CWR | TCP_AE, "SEWA"},
	    {TCP_ACK | TCP_URG, ".U"},
	    {TCP_FLAGS, "FSRP.UEWA"},
	    {0x0e00, "none"}, /* reserved bits */
	};
	char buf[FLAGS_TEXT_BYTES];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_str_eq(flags_text(cases[i].flags, buf), cases[i].text);
}
END_TEST

/* --- options --- */

static const struct {
	struct tcp_option opt;
	uint8_t len;
	uint8_t bytes[TCP_OPTIONS_MAX_BYTES];
	const char *text;
} each[] = {
    {{.kind = OPT_EOL}, 1, {0}, "eol"},
    {{.kind = OPT_NOP}, 1, {1}, "nop"},
    {{.kind = OPT_MSS, .mss = 1460}, 4, {2, 4, 0x05, 0xb4}, "mss 1460"},
    {{.kind = OPT_MSS, .mss = 65535}, 4, {2, 4, 0xff, 0xff}, "mss 65535"},
    {{.kind = OPT_WSCALE, .wscale = 7}, 3, {3, 3, 7}, "wscale 7"},
    {{.kind = OPT_WSCALE, .wscale = 255}, 3, {3, 3, 255}, "wscale 255"},
    {{.kind = OPT_SACK_PERMITTED}, 2, {4, 2}, "sackOK"},
    {{.kind = OPT_SACK, .sack_blocks = 1, .sack = {{1, 0xfffffffe}}},
     10,
     {5, 10, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe},
     "sack 1 {1:4294967294}"},
    {{.kind = OPT_SACK, .sack_blocks = 2, .sack = {{1, 2}, {3, 4}}},
     18,
     {5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4},
     "sack 2 {1:2}{3:4}"},
    {{.kind = OPT_SACK, .sack_blocks = 4, .sack = {{1, 2}, {3, 4}, {5, 6}, {7, 8}}},
     34,
     {5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 8},
     "sack 4 {1:2}{3:4}{5:6}{7:8}"},
    {{.kind = OPT_TIMESTAMPS, .ts_val = 0x80000001, .ts_ecr = 3},
     10,
     {8, 10, 0x80, 0, 0, 1, 0, 0, 0, 3},
     "TS val 2147483649 ecr 3"},
    {{.kind = 30, .unknown = true, .data_len = 2, .data = (const uint8_t *)"\x81\x02"},
     4,
     {30, 4, 0x81, 2},
     "unknown-30 0x8102"},
    {{.kind = 253, .unknown = true}, 2, {253, 2}, "unknown-253"},
    /* A kind that is known, with a length that is not its own. */
    {{.kind = OPT_MSS, .unknown = true, .data_len = 1, .data = (const uint8_t *)"\x05"},
     3,
     {2, 3, 5},
     "unknown-2 0x05"},
    {{.kind = OPT_WSCALE, .unknown = true}, 2, {3, 2}, "unknown-3"},
    {{.kind = OPT_SACK_PERMITTED, .unknown = true, .data_len = 1, .data = (const uint8_t *)""},
     3,
     {4, 3, 0},
     "unknown-4 0x00"},
    {{.kind = OPT_SACK, .unknown = true}, 2, {5, 2}, "unknown-5"},
    {{.kind = OPT_SACK, .unknown = true, .data_len = 4, .data = (const uint8_t *)"abcd"},
     6,
     {5, 6, 'a', 'b', 'c', 'd'},
     "unknown-5 0x61626364"},
    {{.kind = OPT_TIMESTAMPS, .unknown = true, .data_len = 4, .data = (const uint8_t *)"abcd"},
     6,
     {8, 6, 'a', 'b', 'c', 'd'},
     "unknown-8 0x61626364"},
};

enum { EACH = sizeof each / sizeof *each };

static void assert_option_equal(const struct tcp_option *a, const struct tcp_option *b)
{
	ck_assert_uint_eq(a->kind, b->kind);
	ck_assert_int_eq(a->unknown, b->unknown);
	ck_assert_uint_eq(a->mss, b->mss);
	ck_assert_uint_eq(a->wscale, b->wscale);
	ck_assert_uint_eq(a->ts_val, b->ts_val);
	ck_assert_uint_eq(a->ts_ecr, b->ts_ecr);
	ck_assert_uint_eq(a->sack_blocks, b->sack_blocks);
	for (int i = 0; i < SACK_BLOCKS_MAX; i++) {
		ck_assert_uint_eq(a->sack[i].left, b->sack[i].left);
		ck_assert_uint_eq(a->sack[i].right, b->sack[i].right);
	}
	if (a->unknown) {
		ck_assert_uint_eq(a->data_len, b->data_len);
		ck_assert(a->data_len == 0 || memcmp(a->data, b->data, a->data_len) == 0);
	}
}

START_TEST(test_option_each)
{
	struct tcp_option opt;
	uint8_t bytes[TCP_OPTIONS_MAX_BYTES];
	uint8_t len = 0;
	size_t at = 0;
	char text[200];

	ck_assert(options_append(bytes, &len, &each[_i].opt));
	ck_assert_uint_eq(len, each[_i].len);
	ck_assert_mem_eq(bytes, each[_i].bytes, len);
	ck_assert_int_eq(options_next(bytes, len, &at, &opt), 1);
	ck_assert_uint_eq(at, len);
	assert_option_equal(&opt, &each[_i].opt);
	ck_assert_int_eq(options_next(bytes, len, &at, &opt), 0);
	ck_assert_str_eq(options_text(bytes, len, text, sizeof text), each[_i].text);
}
END_TEST

/* Each prefix of each option is a lie about its length, or the end. */
START_TEST(test_option_cut)
{
	for (size_t cut = 1; cut < each[_i].len; cut++) {
		uint8_t *bytes = malloc(cut); /* so that ASan sees a byte too far */
		struct tcp_option opt;
		size_t at = 0;

		memcpy(bytes, each[_i].bytes, cut);
		ck_assert_int_eq(options_next(bytes, cut, &at, &opt), -1);
		ck_assert_int_eq(options_next(bytes, cut, &at, &opt), -1); /* and stays so */
		ck_assert(!options_find(bytes, cut, each[_i].opt.kind, &opt));
		free(bytes);
	}
}
END_TEST

/* The options of a Linux SYN. */
static const uint8_t linux_syn[] = {2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7};

START_TEST(test_options_list)
{
	static const uint8_t kinds[] = {OPT_MSS, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_NOP, OPT_WSCALE};
	struct tcp_option opt;
	size_t at = 0;
	char text[100];

	for (size_t i = 0; i < sizeof kinds; i++) {
		ck_assert_int_eq(options_next(linux_syn, sizeof linux_syn, &at, &opt), 1);
		ck_assert_uint_eq(opt.kind, kinds[i]);
	}
	ck_assert_int_eq(options_next(linux_syn, sizeof linux_syn, &at, &opt), 0);
	ck_assert_str_eq(options_text(linux_syn, sizeof linux_syn, text, sizeof text),
	                 "mss 1460,sackOK,TS val 9 ecr 0,nop,wscale 7");
	ck_assert(options_find(linux_syn, sizeof linux_syn, OPT_WSCALE, &opt));
	ck_assert_uint_eq(opt.wscale, 7);
	ck_assert(!options_find(linux_syn, sizeof linux_syn, OPT_SACK, &opt));
	ck_assert(!options_find(NULL, 0, OPT_MSS, &opt));
}
END_TEST

START_TEST(test_options_bad)
{
	static const struct {
		uint8_t bytes[6];
		const char *text;
	} cases[] = {
	    {{1, 1, 2, 0, 0, 0}, "nop,nop,[bad opt]"},             /* length 0 */
	    {{2, 1, 0, 0, 0, 0}, "[bad opt]"},                     /* length 1 */
	    {{1, 1, 1, 2, 4, 5}, "nop,nop,nop,[bad opt]"},         /* past the end */
	    {{1, 1, 1, 1, 1, 8}, "nop,nop,nop,nop,nop,[bad opt]"}, /* no length */
	    {{99, 255, 1, 1, 1, 1}, "[bad opt]"},
	    {{1, 0, 2, 0, 255, 255}, "nop,eol"}, /* EOL ends it: what follows is not looked at */
	};
	char text[100];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_str_eq(options_text(cases[i].bytes, 6, text, sizeof text), cases[i].text);
}
END_TEST

START_TEST(test_options_find)
{
	/* A malformed MSS, then one after it, then a second, then EOL and a wscale. */
	static const uint8_t bytes[] = {2, 3, 1, 2, 4, 0, 9, 2, 4, 0, 10, 30, 3, 5, 0, 3, 3, 7};
	struct tcp_option opt;

	ck_assert(options_find(bytes, sizeof bytes, OPT_MSS, &opt));
	ck_assert_uint_eq(opt.mss, 9);
	ck_assert(options_find(bytes, sizeof bytes, 30, &opt)); /* unknown, and well-formed */
	ck_assert(opt.unknown);
	ck_assert_uint_eq(opt.data[0], 5);
	ck_assert(options_find(bytes, sizeof bytes, OPT_EOL, &opt));
	opt.mss = 77;
	ck_assert(!options_find(bytes, sizeof bytes, OPT_WSCALE, &opt));
	ck_assert_uint_eq(opt.mss, 77); /* untouched */
}
END_TEST

START_TEST(test_options_full)
{
	struct tcp_option sack = {.kind = OPT_SACK, .sack_blocks = 4}, nop = {.kind = OPT_NOP};
	struct tcp_option ts = {.kind = OPT_TIMESTAMPS}, mss = {.kind = OPT_MSS};
	struct tcp_option blob = {.kind = 77, .data = linux_syn, .data_len = 39};
	uint8_t bytes[TCP_OPTIONS_MAX_BYTES + 1], before[sizeof bytes];
	uint8_t len = 0;

	bytes[TCP_OPTIONS_MAX_BYTES] = 0xaa;
	ck_assert(!options_append(bytes, &len, &blob)); /* 41 bytes */
	ck_assert_uint_eq(len, 0);
	ck_assert(options_append(bytes, &len, &sack));
	memcpy(before, bytes, sizeof bytes);
	ck_assert(!options_append(bytes, &len, &ts));
	ck_assert_uint_eq(len, 34);
	ck_assert_mem_eq(bytes, before, sizeof bytes);
	ck_assert(options_append(bytes, &len, &mss));
	ck_assert(options_append(bytes, &len, &nop));
	ck_assert(options_append(bytes, &len, &nop));
	ck_assert_uint_eq(len, 40);
	ck_assert(!options_append(bytes, &len, &nop));
	sack.sack_blocks = 5;
	len = 0;
	ck_assert(!options_append(bytes, &len, &sack));
	ck_assert_uint_eq(bytes[TCP_OPTIONS_MAX_BYTES], 0xaa);
}
END_TEST

START_TEST(test_options_pad)
{
	for (uint8_t n = 0; n <= TCP_OPTIONS_MAX_BYTES; n++) {
		uint8_t bytes[TCP_OPTIONS_MAX_BYTES];
		uint8_t len = n;

		memset(bytes, 1, sizeof bytes);
		options_pad(bytes, &len);
		ck_assert_uint_eq(len, (n + 3u) / 4 * 4);
		for (uint8_t i = 0; i < len; i++)
			ck_assert_uint_eq(bytes[i], i < n ? OPT_NOP : OPT_EOL);
	}
}
END_TEST

/* Cut at every size; never a byte beyond, always ended. */
START_TEST(test_options_text_cut)
{
	const char *whole = "mss 1460,sackOK,TS val 9 ecr 0,nop,wscale 7";
	char guard[2] = {'x', 'x'};

	for (size_t size = 1; size <= strlen(whole) + 2; size++) {
		char *buf = malloc(size);
		size_t want = size - 1 < strlen(whole) ? size - 1 : strlen(whole);

		options_text(linux_syn, sizeof linux_syn, buf, size);
		ck_assert_uint_eq(strlen(buf), want);
		ck_assert_int_eq(strncmp(buf, whole, want), 0);
		free(buf);
	}
	ck_assert_str_eq(options_text(NULL, 0, guard, 2), "");
}
END_TEST

/* Any bytes: the walk ends, stays inside, and what it found can be written
 * again to the same bytes (up to an EOL, or a lie). */
START_TEST(test_options_garbage)
{
	uint32_t random = 1;

	for (int round = 0; round < 20000; round++) {
		uint8_t bytes[TCP_OPTIONS_MAX_BYTES], again[TCP_OPTIONS_MAX_BYTES];
		uint8_t again_len = 0;
		struct tcp_option opt;
		size_t at = 0;
		int more;

		for (size_t i = 0; i < sizeof bytes; i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = (uint8_t)((random >> 24) % (round % 2 ? 12 : 256));
		}
		while ((more = options_next(bytes, sizeof bytes, &at, &opt)) == 1) {
			ck_assert_uint_le(at, sizeof bytes);
			ck_assert(options_append(again, &again_len, &opt));
			ck_assert_mem_eq(again, bytes, again_len);
		}
		ck_assert(more < 0 || at == sizeof bytes);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("segment");
	TCase *values = tcase_create("values"), *options = tcase_create("options");

	tcase_add_loop_test(values, test_addr_ipv6, 0, sizeof ipv6_texts / sizeof *ipv6_texts);
	tcase_add_test(values, test_addr_ipv6_zeros);
	tcase_add_test(values, test_addr_ipv4);
	tcase_add_test(values, test_addr_equal);
	tcase_add_test(values, test_len);
	tcase_add_test(values, test_flags);
	suite_add_tcase(suite, values);
	tcase_add_loop_test(options, test_option_each, 0, EACH);
	tcase_add_loop_test(options, test_option_cut, 0, EACH);
	tcase_add_test(options, test_options_list);
	tcase_add_test(options, test_options_bad);
	tcase_add_test(options, test_options_find);
	tcase_add_test(options, test_options_full);
	tcase_add_test(options, test_options_pad);
	tcase_add_test(options, test_options_text_cut);
	tcase_add_test(options, test_options_garbage);
	suite_add_tcase(suite, options);
	return suite_run(suite);
}
