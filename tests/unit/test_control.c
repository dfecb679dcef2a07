/* The control protocol's two ends without an agent: lines, and a control
 * channel whose other end this test plays. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "lab/control.h"
#include "lab/protocol.h"
#include "lab/sysctl.h"

static const struct addr tester = {.family = 4, .bytes = {192, 0, 2, 1}};

/* A channel with its hello; *other is the agent's end. */
static struct control *channel(int *other, const char *hello, struct diag *d)
{
	struct control *c;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(write(pair[1], hello, strlen(hello)), (ssize_t)strlen(hello));
	c = control_adopt(pair[0], d);
	close(pair[0]);
	*other = pair[1];
	return c;
}

static void say(int fd, const char *text)
{
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

START_TEST(requests_survive_the_wire)
{
	struct request r = {.id = 4294967295U, .tester = tester, .port = 65535};
	struct request back;
	char line[PROTOCOL_LINE_BYTES];
	size_t len;

	r.verb = (enum verb)_i;
	if (r.verb == VERB_WRITE || r.verb == VERB_CLOSE_ON_EOF || r.verb == VERB_KEEPALIVE)
		r.numbers[0] = INT64_MAX;
	if (r.verb == VERB_KEEPALIVE)
		r.numbers[1] = r.numbers[2] = INT64_MAX;
	if (r.verb == VERB_SYSCTL) {
		r.tester = (struct addr){0};
		r.port = 0;
		memset(r.name, 'x', sizeof r.name - 1);
	}
	len = request_format(&r, line);
	ck_assert_uint_lt(len, sizeof line);
	ck_assert_int_eq(line[len - 1], '\n');
	line[len - 1] = '\0';
	ck_assert(request_parse(line, &back));
	ck_assert_mem_eq(&r, &back, sizeof r);
}
END_TEST

START_TEST(replies_survive_the_wire)
{
	static const struct control_reply replies[] = {
	    {.id = 1, .ok = true},
	    {.id = 4294967295U, .text = "a sentence: of words"},
	    {.id = 2},
	    {.id = 3, .ok = true, .port = 65535},
	    {.id = 4, .ok = true, .text = "4096 131072 6291456"},
	    {.id = 5, .ok = true, .state = {.known = true, .state = STATE_SYN_RECEIVED}},
	    {.id = 6,
	     .ok = true,
	     .state = {.known = true, .state = STATE_FIN_WAIT_2, .has_timer = true, .timer_ns = INT64_MAX}},
	    {.id = 7, .unseen = true},
	    {.id = 8, .unseen = true, .other = {.family = 4, .bytes = {192, 0, 2, 9}}, .other_port = 40312},
	    {.id = 9, .text = "unseen by whom?"},
	};

	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
		struct control_reply back;
		char line[PROTOCOL_LINE_BYTES];
		size_t len = reply_format(&replies[i], line);

		ck_assert_int_eq(line[len - 1], '\n');
		line[len - 1] = '\0';
		ck_assert_msg(reply_parse(line, &back), "%zu", i);
		ck_assert(back.id == replies[i].id && back.ok == replies[i].ok &&
		          back.port == replies[i].port);
		ck_assert_str_eq(back.text, replies[i].text);
		ck_assert(back.unseen == replies[i].unseen && back.other_port == replies[i].other_port &&
		          addr_equal(&back.other, &replies[i].other));
		ck_assert(back.state.known == replies[i].state.known &&
		          back.state.state == replies[i].state.state);
		ck_assert(back.state.has_timer == replies[i].state.has_timer &&
		          back.state.timer_ns == replies[i].state.timer_ns);
	}
}
END_TEST

/* Whatever a scenario can provoke has its verb. */
START_TEST(provocations_are_verbs)
{
	enum verb verb;

	ck_assert_msg(verb_parse(provoke_name((enum provoke)_i), &verb), "%s",
	              provoke_name((enum provoke)_i));
	ck_assert(verb_parse("close-on-eof", &verb) && !verb_parse("fly", &verb));
}
END_TEST

/* A line of nobody's protocol is noticed before it fills the memory. */
START_TEST(a_line_without_an_end)
{
	struct diag why = {.text = ""};
	char longest[PROTOCOL_LINE_BYTES + 1] = "";
	struct control_reply r;
	struct control *c;
	int other;

	c = channel(&other, "fourwave-peer 1 data-port 1\n", NULL);
	memset(longest, 'x', sizeof longest - 1);
	say(other, longest);
	ck_assert_int_eq(control_read(c, &r, &why), -1);
	ck_assert_msg(strstr(why.text, "without an end"), "%s", why.text);
	control_free(c);
	close(other);
}
END_TEST

START_TEST(lines_that_are_not_requests)
{
	static const char *const lines[] = {"",
	                                    " ",
	                                    "1",
	                                    "1 claim",
	                                    "1 claim 192.0.2.1",
	                                    "x claim 192.0.2.1 1",
	                                    "1 claim 192.0.2.1 1 1",
	                                    "1 keepalive 192.0.2.1 1 1 1",
	                                    "1 write 192.0.2.1 1 9223372036854775808",
	                                    "1 a b c d e f g h i j k l m n o p q"};
	struct request r;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char *line = strdup(lines[i]);

		ck_assert_msg(!request_parse(line, &r), "%s", lines[i]);
		free(line);
	}
}
END_TEST

START_TEST(mapped_addresses_are_ipv4)
{
	struct addr a;

	ck_assert(address_parse("::ffff:192.0.2.1", &a) && addr_equal(&a, &tester));
	ck_assert(address_parse("2001:db8::1", &a) && a.family == 6);
	ck_assert(!address_parse("192.0.2.256", &a) && !address_parse("localhost", &a) &&
	          !address_parse("", &a));
}
END_TEST

START_TEST(sysctl_names)
{
	char path[SYSCTL_PATH_BYTES], value[SYSCTL_VALUE_BYTES];
	static const char *const bad[] = {"",    ".",          "..",   "a..b", ".a", "a.",
	                                  "a/b", "net.core.x", "net.", "a b",  "a\n"};

	ck_assert(sysctl_path("tcp_x", path));
	ck_assert_str_eq(path, "/proc/sys/net/ipv4/tcp_x");
	ck_assert(sysctl_path("net.ipv4.conf.all.x", path));
	ck_assert_str_eq(path, "/proc/sys/net/ipv4/conf/all/x");
	ck_assert(sysctl_path("ipv6.conf.all.x", path));
	ck_assert_str_eq(path, "/proc/sys/net/ipv6/conf/all/x");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!sysctl_path(bad[i], path), "%s", bad[i]);
	sysctl_canonical(" 1\t 2  3\n", value);
	ck_assert_str_eq(value, "1 2 3");
}
END_TEST

START_TEST(replies_in_pieces_and_together)
{
	struct control_reply r;
	struct control *c;
	int other;

	c = channel(&other, "fourwave-peer 1 data-port 4145\n", NULL);
	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(control_data_port(c), 4145);
	ck_assert_int_eq(control_read(c, &r, NULL), 0);
	say(other, "7 ok state FIN-WAIT-2 tim");
	ck_assert_int_eq(control_read(c, &r, NULL), 0);
	say(other,
	    "er 2500000000\n8 no why not\n9 ok port 40000\n10 ok value 1 2 3\n11 ok\n12 ok state CLOSED\n"
	    "13 ok state FIN-WAIT-1 timer 5 held\n14 ok state FIN-WAIT-2 held\n");
	ck_assert_int_eq(control_read(c, &r, NULL), 1);
	ck_assert(r.id == 7 && r.ok && r.state.known && r.state.state == STATE_FIN_WAIT_2);
	ck_assert(r.state.has_timer && r.state.timer_ns == 2500000000);
	ck_assert_int_eq(control_read(c, &r, NULL), 1);
	ck_assert(r.id == 8 && !r.ok && !r.state.known);
	ck_assert_str_eq(r.text, "why not");
	ck_assert_int_eq(control_read(c, &r, NULL), 1);
	ck_assert(r.ok && r.port == 40000);
	ck_assert_int_eq(control_read(c, &r, NULL), 1);
	ck_assert_str_eq(r.text, "1 2 3");
	ck_assert_int_eq(control_read(c, &r, NULL), 1);
	ck_assert(r.id == 11 && r.ok);
	close(other);
	/* What came before the end is still given. */
	ck_assert_int_eq(control_read(c, &r, NULL), 1);
	ck_assert(r.state.known && !r.state.has_timer && !r.state.held);
	ck_assert_int_eq(control_read(c, &r, NULL), 1);
	ck_assert(r.state.held && r.state.has_timer && r.state.timer_ns == 5);
	ck_assert_int_eq(control_read(c, &r, NULL), 1);
	ck_assert(r.state.held && !r.state.has_timer && r.state.state == STATE_FIN_WAIT_2);
	ck_assert_int_eq(control_read(c, &r, NULL), -1);
	ck_assert_uint_eq(control_ask(c, VERB_STATE, &tester, 1), 0);
	control_free(c);
}
END_TEST

START_TEST(replies_that_are_not)
{
	static const char *const lines[] = {"\n",
	                                    "x ok\n",
	                                    "1\n",
	                                    "1 maybe\n",
	                                    "0 ok\n",
	                                    "1 ok state NOWHERE\n",
	                                    "1 ok port 65536\n",
	                                    "1 ok state CLOSED timer\n",
	                                    "1 ok state CLOSED held timer 5\n",
	                                    "1 ok state held\n",
	                                    "1 ok state CLOSED timer x\n"};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct diag why = {.text = ""};
		struct control_reply r;
		struct control *c;
		int other;

		c = channel(&other, "fourwave-peer 1 data-port 1\n", NULL);
		say(other, lines[i]);
		ck_assert_msg(control_read(c, &r, &why) == -1, "%s", lines[i]);
		ck_assert_str_ne(why.text, "");
		control_free(c);
		close(other);
	}
}
END_TEST

/* An agent that must end says why; that is what all who ask later hear as well. */
START_TEST(a_farewell)
{
	static const char expected[] = "unseen, the stack was taken down";
	struct diag why = {.text = ""};
	struct control_reply r;
	struct control *c;
	int other;

	c = channel(&other, "fourwave-peer 1 data-port 1\n", NULL);
	say(other, "3 ok\n0 no unseen, the stack was taken down\n4 ok\n");
	ck_assert_int_eq(control_read(c, &r, &why), 1);
	ck_assert_uint_eq(r.id, 3);
	for (int i = 0; i < 2; i++) {
		why.text[0] = '\0';
		ck_assert_int_eq(control_read(c, &r, &why), -1);
		ck_assert_str_eq(why.text, expected);
	}
	control_free(c);
	close(other);

	c = channel(&other, "fourwave-peer 1 data-port 1\n", NULL);
	say(other, "3 ok\n0 no unseen\n");
	close(other);
	ck_assert_uint_eq(control_ask(c, VERB_STATE, &tester, 1), 0);
	control_why(c, &why);
	ck_assert_str_eq(why.text, "unseen");
	control_free(c);
}
END_TEST

/* What it runs on, if it says so; what a later version adds is passed over. */
START_TEST(hellos_with_more)
{
	static const struct {
		const char *hello, *stack;
	} hellos[] = {
	    {"fourwave-peer 1 data-port 7\n", NULL},
	    {"fourwave-peer 1 data-port 7 stack lwip\n", "lwip"},
	    {"fourwave-peer 1 data-port 7 colour red stack bsd\n", "bsd"},
	    {"fourwave-peer 1 data-port 7 stack\n", NULL},
	};
	struct control *c;
	int other;

	for (size_t i = 0; i < sizeof hellos / sizeof *hellos; i++) {
		c = channel(&other, hellos[i].hello, NULL);
		ck_assert_uint_eq(control_data_port(c), 7);
		if (hellos[i].stack)
			ck_assert_str_eq(control_stack(c), hellos[i].stack);
		else
			ck_assert_ptr_null(control_stack(c));
		control_free(c);
		close(other);
	}
}
END_TEST

START_TEST(hellos_that_are_not)
{
	static const char *const hellos[] = {"fourwave-peer 2 data-port 1\n", "SSH-2.0-x\n",
	                                     "fourwave-peer 1 no room\n",
	                                     "fourwave-peer 1 data-port 99999\n"};
	struct diag why;
	int other;

	for (size_t i = 0; i < sizeof hellos / sizeof *hellos; i++) {
		ck_assert_ptr_null(channel(&other, hellos[i], &why));
		ck_assert_str_ne(why.text, "");
		close(other);
	}
}
END_TEST

/* What it runs on and what it can't do; of pairs of a later version nothing is taken. */
START_TEST(hello_says_what_the_agent_is)
{
	struct control *c;
	int other;

	c = channel(&other,
	            "fourwave-peer 1 data-port 7 later on stack lwip cannot crash,keepalive,fly more\n",
	            NULL);
	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(control_data_port(c), 7);
	ck_assert_str_eq(control_stack(c), "lwip");
	ck_assert_uint_eq(control_cannot(c), 1U << PROVOKE_CRASH | 1U << PROVOKE_KEEPALIVE);
	control_free(c);
	close(other);
	c = channel(&other, "fourwave-peer 1 data-port 7\n", NULL);
	ck_assert_ptr_null(control_stack(c));
	ck_assert_uint_eq(control_cannot(c), 0);
	control_free(c);
	close(other);
}
END_TEST

/* More than the channel holds: kept, and written when there is room. */
START_TEST(writes_wait_for_room)
{
	struct control *c;
	static char bytes[65536];
	size_t lines = 0;
	unsigned last = 0;
	int other;

	c = channel(&other, "fourwave-peer 1 data-port 1\n", NULL);
	for (int i = 0; i < 20000; i++)
		last = control_ask(c, VERB_CLAIM, &tester, 1000);
	ck_assert_uint_eq(last, 20000);
	ck_assert(control_wants_write(c));
	while (lines < 20000) {
		ssize_t got = recv(other, bytes, sizeof bytes, MSG_DONTWAIT);

		for (ssize_t i = 0; i < got; i++)
			lines += bytes[i] == '\n';
		ck_assert(control_flush(c));
	}
	ck_assert(!control_wants_write(c));
	control_free(c);
	close(other);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("control");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(all, requests_survive_the_wire, 0, VERB_COUNT);
	tcase_add_test(all, replies_survive_the_wire);
	tcase_add_loop_test(all, provocations_are_verbs, 0, PROVOKE_COUNT);
	tcase_add_test(all, a_line_without_an_end);
	tcase_add_test(all, lines_that_are_not_requests);
	tcase_add_test(all, mapped_addresses_are_ipv4);
	tcase_add_test(all, sysctl_names);
	tcase_add_test(all, replies_in_pieces_and_together);
	tcase_add_test(all, replies_that_are_not);
	tcase_add_test(all, a_farewell);
	tcase_add_test(all, hellos_with_more);
	tcase_add_test(all, hellos_that_are_not);
	tcase_add_test(all, hello_says_what_the_agent_is);
	tcase_add_test(all, writes_wait_for_room);
	suite_add_tcase(s, all);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
