/* HOST[:PORT]: taking it apart, and resolving what needs no name server. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "run/world.h"
#include "suite.h"

static const struct {
	const char *text, *host, *service;
} good[] = {
    {"web1", "web1", ""},
    {"web1:80", "web1", "80"},
    {"web1:http", "web1", "http"},
    {"192.0.2.1", "192.0.2.1", ""},
    {"192.0.2.1:8080", "192.0.2.1", "8080"},
    {"[2001:db8::1]:80", "2001:db8::1", "80"},
    {"[2001:db8::1]", "2001:db8::1", ""},
    {"2001:db8::1", "2001:db8::1", ""},
    {"::1", "::1", ""},
    {"[fe80::1%eth0]:22", "fe80::1%eth0", "22"},
};

START_TEST(splits)
{
	struct target name;
	struct diag d;

	ck_assert_msg(target_split(good[_i].text, &name, &d), "%s: %s", good[_i].text, d.text);
	ck_assert_str_eq(name.host, good[_i].host);
	ck_assert_str_eq(name.service, good[_i].service);
}
END_TEST

static const struct {
	const char *text, *says;
} bad[] = {
    {"", "the host is missing"},
    {":80", "the host is missing"},
    {"web1:", "the port after the colon is missing"},
    {"[::1", "closing bracket"},
    {"[::1]80", "only :PORT may follow"},
    {"[::1]:", "the port after the colon is missing"},
    {"[]:80", "the host is missing"},
    {"192.0.2.0/24", "not a range"},
    {"http://web1/", "not a range of addresses or a URL"},
};

START_TEST(refuses)
{
	struct target name;
	struct diag d;

	ck_assert_msg(!target_split(bad[_i].text, &name, &d), "taken: %s", bad[_i].text);
	ck_assert_msg(strstr(d.text, bad[_i].says), "%s: says %s", bad[_i].text, d.text);
}
END_TEST

START_TEST(too_long)
{
	char text[2 * sizeof(struct target)];
	struct target name;
	struct diag d;

	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '\0';
	ck_assert(!target_split(text, &name, &d));
	text[0] = 'h';
	text[1] = ':';
	ck_assert(!target_split(text, &name, &d));
}
END_TEST

static bool resolve(const char *text, struct target *t, struct diag *d)
{
	ck_assert(target_split(text, t, d));
	return target_resolve(t, d);
}

START_TEST(literals)
{
	struct target t;
	struct diag d;
	char a[ADDR_TEXT_BYTES];

	ck_assert(resolve("192.0.2.1:80", &t, &d));
	ck_assert(t.literal);
	ck_assert_uint_eq(t.port, 80);
	ck_assert_uint_eq(t.addr[0].family, 4);
	ck_assert_uint_eq(t.addr[1].family, 0);
	ck_assert_str_eq(addr_text(&t.addr[0], a), "192.0.2.1");
	ck_assert(resolve("[2001:db8::1]:65535", &t, &d));
	ck_assert_uint_eq(t.port, 65535);
	ck_assert_uint_eq(t.addr[0].family, 0);
	ck_assert_uint_eq(t.addr[1].family, 6);
	ck_assert_str_eq(addr_text(&t.addr[1], a), "2001:db8::1");
	ck_assert(resolve("192.0.2.1", &t, &d));
	ck_assert_uint_eq(t.port, 0);
}
END_TEST

START_TEST(bad_ports)
{
	static const char *const texts[] = {"192.0.2.1:0", "192.0.2.1:65536",
	                                    "192.0.2.1:99999999999999999999"};
	struct target t;
	struct diag d;

	/* A mistake in the text itself, which is bad usage. */
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		ck_assert_msg(!target_split(texts[i], &t, &d), "taken: %s", texts[i]);
		ck_assert_ptr_nonnull(strstr(d.text, "port"));
	}
	ck_assert(!resolve("192.0.2.1:no-such-service", &t, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "port"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("target");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, splits, 0, sizeof good / sizeof good[0]);
	tcase_add_loop_test(t, refuses, 0, sizeof bad / sizeof bad[0]);
	tcase_add_test(t, too_long);
	tcase_add_test(t, literals);
	tcase_add_test(t, bad_ports);
	suite_add_tcase(s, t);
	return suite_run(s);
}
