/* --provoke: presets, kinds and escapes. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "run/plain.h"
#include "suite.h"

static struct plain plain;
static struct diag d;

static bool parse(const char *a, const char *b)
{
	const char *items[] = {a, b};
	struct strings list = {.items = items, .count = b ? 2 : 1};

	plain_free(&plain);
	return plain_parse(&list, "web1", &plain, &d);
}

static void teardown(void) { plain_free(&plain); }

static void has(enum provoke kind, const char *bytes, size_t len)
{
	ck_assert_uint_eq(plain.inband[kind].len, len);
	ck_assert_int_eq(memcmp(plain.inband[kind].bytes, bytes, len), 0);
}

START_TEST(http)
{
	const char *request =
	    "GET / HTTP/1.1\r\nHost: web1\r\nUser-Agent: fourwave\r\nConnection: close\r\n\r\n";

	ck_assert(parse("http", NULL));
	ck_assert(plain.given && plain.closes_on_eof && !plain.speaks_first);
	has(PROVOKE_CLOSE, request, strlen(request));
	for (int i = PROVOKE_CLOSE + 1; i < PROVOKE_COUNT; i++)
		ck_assert_ptr_null(plain.inband[i].bytes);
}
END_TEST

START_TEST(ports_that_say_it)
{
	ck_assert_str_eq(plain_guess(80), "http");
	ck_assert_str_eq(plain_guess(22), "banner");
	ck_assert_str_eq(plain_guess(143), "imap");
	ck_assert_str_eq(plain_guess(8443), "tls");
	ck_assert_str_eq(plain_guess(4711), "eof");
}
END_TEST

START_TEST(none_takes_all_back)
{
	ck_assert(parse("http", "none"));
	ck_assert(!plain.given);
	ck_assert(!plain.closes_on_eof);
	ck_assert_ptr_null(plain.inband[PROVOKE_CLOSE].bytes);
}
END_TEST

START_TEST(banner)
{
	ck_assert(parse("banner", NULL));
	ck_assert(plain.closes_on_eof && plain.speaks_first);
	has(PROVOKE_CLOSE, "QUIT\r\n", 6);
}
END_TEST

START_TEST(eof)
{
	ck_assert(parse("eof", NULL));
	ck_assert(plain.given && plain.closes_on_eof);
	ck_assert_ptr_null(plain.inband[PROVOKE_CLOSE].bytes);
}
END_TEST

START_TEST(bytes)
{
	ck_assert(parse("BYE\\n", NULL));
	ck_assert(!plain.closes_on_eof);
	has(PROVOKE_CLOSE, "BYE\n", 4);
	/* What stands before "=" is no kind. */
	ck_assert(parse("a=b", NULL));
	has(PROVOKE_CLOSE, "a=b", 3);
}
END_TEST

START_TEST(kinds)
{
	ck_assert(parse("shutdown=half\\x00", "write=more"));
	has(PROVOKE_SHUTDOWN, "half\0", 5);
	has(PROVOKE_WRITE, "more", 4);
	ck_assert_ptr_null(plain.inband[PROVOKE_CLOSE].bytes);
	/* The later one counts. */
	ck_assert(parse("banner", "close=x=y"));
	has(PROVOKE_CLOSE, "x=y", 3);
	ck_assert(plain.speaks_first);
}
END_TEST

static void answer(const char *said)
{
	struct plain_bytes b = plain_bytes(&plain, PROVOKE_CLOSE, true);

	ck_assert_uint_eq(b.len, said ? strlen(said) : 0);
	ck_assert(said ? memcmp(b.bytes, said, b.len) == 0 : !b.bytes);
}

START_TEST(clients_are_told_what_their_server_says)
{
	ck_assert(parse("http", NULL) && plain.client_speaks);
	answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
	ck_assert(parse("banner", NULL) && !plain.client_speaks);
	answer("421 closing\r\n");
	ck_assert(parse("eof", NULL) && !plain.client_speaks);
	answer(NULL);
	ck_assert(parse("close=bye", NULL));
	answer("bye");
	has(PROVOKE_CLOSE, "bye", 3);
	/* The rest is the same for both. */
	ck_assert(parse("write=more", NULL));
	ck_assert_ptr_eq(plain_bytes(&plain, PROVOKE_WRITE, true).bytes, plain.inband[PROVOKE_WRITE].bytes);
}
END_TEST

START_TEST(signals)
{
	ck_assert(parse("http", "close=SIGTERM"));
	ck_assert_int_eq(plain.signals[PROVOKE_CLOSE], SIGTERM);
	ck_assert_ptr_null(plain.inband[PROVOKE_CLOSE].bytes);
	answer(NULL);
	ck_assert(parse("close=SIGTERM", "http"));
	ck_assert_int_eq(plain.signals[PROVOKE_CLOSE], 0);
	ck_assert_ptr_nonnull(plain.inband[PROVOKE_CLOSE].bytes);
}
END_TEST

/* A server that does it without being asked, by its own clock. */
START_TEST(by_itself)
{
	ck_assert(parse("close=", NULL));
	ck_assert_ptr_nonnull(plain.inband[PROVOKE_CLOSE].bytes);
	ck_assert_uint_eq(plain.inband[PROVOKE_CLOSE].len, 0);
}
END_TEST

START_TEST(escapes)
{
	size_t len;
	uint8_t *b = plain_unescape("\\n\\r\\t\\\\\\\"\\x41\\x4a\\xfZ\\0\\101\\377", &len, &d);
	static const uint8_t want[] = {'\n', '\r', '\t', '\\', '"', 'A', 'J', 0x0f, 'Z', 0, 'A', 255};

	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(len, sizeof want);
	ck_assert_int_eq(memcmp(b, want, len), 0);
	free(b);
}
END_TEST

START_TEST(refuses)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
	    {"\\", "backslash at the end"},   {"\\xg", "hexadecimal"}, {"\\q", "unknown escape"},
	    {"\\400", "over a byte"},         {"", "0 bytes"},         {"connect=x", "no bytes make"},
	    {"keepalive=x", "no bytes make"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_msg(!parse(bad[i].text, NULL), "taken: %s", bad[i].text);
		ck_assert_msg(strstr(d.text, bad[i].says), "%s: says %s", bad[i].text, d.text);
	}
}
END_TEST

START_TEST(too_long)
{
	char text[PLAIN_BYTES_MAX + 2];

	memset(text, 'a', sizeof text);
	text[PLAIN_BYTES_MAX + 1] = '\0';
	ck_assert(!parse(text, NULL));
	text[PLAIN_BYTES_MAX] = '\0';
	ck_assert(parse(text, NULL));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plain");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, http);
	tcase_add_test(t, banner);
	tcase_add_test(t, ports_that_say_it);
	tcase_add_test(t, none_takes_all_back);
	tcase_add_test(t, eof);
	tcase_add_test(t, bytes);
	tcase_add_test(t, kinds);
	tcase_add_test(t, clients_are_told_what_their_server_says);
	tcase_add_test(t, signals);
	tcase_add_test(t, by_itself);
	tcase_add_test(t, escapes);
	tcase_add_test(t, refuses);
	tcase_add_test(t, too_long);
	suite_add_tcase(s, t);
	return suite_run(s);
}
