/* The agent's sessions: requests that are none, limits, who may ask what.
 * Over loopback, without any privilege. */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent_fixture.h"
#include "base/address.h"
#include "lab/protocol.h"
#include "lab/sysctl.h"
#include "suite.h"

static const int64_t SECOND = 1000000000;

START_TEST(sysctls_are_read)
{
	char value[SYSCTL_VALUE_BYTES];
	struct control_reply r = await_ok(control, control_get_sysctl(control, "tcp_fin_timeout"));

	ck_assert_int_eq(sysctl_read("net.ipv4.tcp_fin_timeout", value, NULL), LAB_OK);
	ck_assert_str_eq(r.text, value);
	r = await_ok(control, control_get_sysctl(control, "tcp_rmem"));
	ck_assert_ptr_null(strchr(r.text, '\t'));
	ck_assert_str_eq(await_ok(control, control_get_sysctl(control, PROTOCOL_OWNS "127.0.0.1")).text, "1");
	ck_assert_str_eq(await_ok(control, control_get_sysctl(control, PROTOCOL_OWNS "192.0.2.77")).text,
	                 "0");
	await_no(control, control_get_sysctl(control, PROTOCOL_OWNS "nothing"));
	await_no(control, control_get_sysctl(control, "tcp_no_such_thing"));
	await_no(control, control_get_sysctl(control, "net.core.somaxconn"));
	await_no(control, control_get_sysctl(control, "../../../../etc/passwd"));
	await_no(control, control_get_sysctl(control, "ipv4/../core/somaxconn"));
}
END_TEST

/* Thousands of requests before the first answer is read. */
START_TEST(pipelined_without_reading)
{
	enum { MANY = 20000 };
	unsigned first = control_get_sysctl(control, "tcp_fin_timeout"), last = first;

	for (int i = 1; i < MANY; i++)
		last = control_get_sysctl(control, "tcp_fin_timeout");
	ck_assert_uint_eq(last, first + MANY - 1);
	await_ok(control, last);
}
END_TEST

static int raw_session(const char *text, size_t len)
{
	struct sockaddr_storage where;
	socklen_t where_len = address_to_socket(&loopback[0], control_port, &where);
	struct pollfd p;
	char bytes[256];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&where, where_len), 0);
	ck_assert_int_gt(recv(fd, bytes, sizeof bytes, 0), 0);
	ck_assert_int_eq(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
	p = (struct pollfd){.fd = fd, .events = POLLIN};
	ck_assert_int_eq(poll(&p, 1, 2000), 1);
	return fd;
}

/* What the agent says to this before it ends the session. */
static const char *last_words(const char *text, size_t len)
{
	static char said[PROTOCOL_LINE_BYTES];
	int fd = raw_session(text, len);
	ssize_t got = recv(fd, said, sizeof said - 1, MSG_WAITALL);

	ck_assert_int_ge(got, 0);
	said[got] = '\0';
	close(fd);
	return said;
}

START_TEST(nonsense_ends_the_session)
{
	static const char *const lines[] = {"\n",
	                                    "hello\n",
	                                    "0 sysctl tcp_x\n",
	                                    "1 fly 127.0.0.1 1\n",
	                                    "1 close localhost 1\n",
	                                    "1 close 127.0.0.1 65536\n",
	                                    "1 close 127.0.0.1 0\n",
	                                    "1 close 127.0.0.1 1 2\n",
	                                    "1 write 127.0.0.1 1 -1\n",
	                                    "1 write 127.0.0.1 1 99999999999999999999\n",
	                                    "99999999999 close 127.0.0.1 1\n"};
	char longest[2000];

	memset(longest, 'x', sizeof longest);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		ck_assert_str_eq(last_words(lines[i], strlen(lines[i])), "0 no a line that is no request\n");
	ck_assert_str_eq(last_words(longest, sizeof longest),
	                 "0 no a line that is longer than any request\n");
	expect_state(control, &(struct ours){.address = loopback[0], .port = agent_open_one(0).port},
	             STATE_ESTABLISHED, 0);
}
END_TEST

START_TEST(limits)
{
	struct ours o = {.address = loopback[0], .port = 1000};
	struct control_place at = {.address = loopback[0]};
	struct diag why;
	bool refused;

	agent_test_defaults();
	options.max_sessions = 1;
	options.max_connections = 2;
	options.idle_ns = SECOND / 2;
	agent_start();
	control = agent_control(0);
	at.port = control_port;
	ck_assert_ptr_null(control_connect(&at, 1000, &refused, &why));
	ck_assert(refused);
	ck_assert_msg(strstr(why.text, "too many"), "%s", why.text);
	await_ok(control, control_ask(control, VERB_CLAIM, &o.address, 1000));
	await_ok(control, control_ask(control, VERB_CLAIM, &o.address, 1001));
	await_no(control, control_ask(control, VERB_CLAIM, &o.address, 1002));
	await_ok(control, control_ask(control, VERB_CLAIM, &o.address, 1001));
	await_ok(control, control_ask(control, VERB_RELEASE, &o.address, 1000));
	await_ok(control, control_ask(control, VERB_CLAIM, &o.address, 1002));
	poll(NULL, 0, 800);
	ck_assert_int_eq(control_read(control, &(struct control_reply){0}, &why), -1);
	ck_assert_msg(strstr(why.text, "nothing was asked"), "%s", why.text);
	agent_teardown();
}
END_TEST

START_TEST(only_loopback_unless_allowed)
{
	struct diag why;

	agent_test_defaults();
	options.listen[0] = (struct addr){.family = 4};
	ck_assert(!agent_serve(&options, &why));
	ck_assert_msg(strstr(why.text, "0.0.0.0"), "%s", why.text);
}
END_TEST

START_TEST(a_port_in_use_is_said)
{
	struct ours o = bind_ours(&loopback[0]);
	struct diag why;

	ck_assert_int_eq(listen(o.fd, 1), 0);
	agent_test_defaults();
	options.data_port = o.port;
	ck_assert(!agent_serve(&options, &why));
	ck_assert_msg(strstr(why.text, "in use"), "%s", why.text);
}
END_TEST

START_TEST(no_agent_is_said)
{
	struct ours o = bind_ours(&loopback[0]);
	struct control_place at = {.address = loopback[0], .port = o.port};
	struct diag why;
	bool refused;

	ck_assert_ptr_null(control_connect(&at, 1000, &refused, &why));
	ck_assert(!refused);
	ck_assert_msg(strstr(why.text, "fourwave peer"), "%s", why.text);
	ck_assert_int_eq(listen(o.fd, 1), 0);
	ck_assert_ptr_null(control_connect(&at, 300, &refused, &why));
	ck_assert(!refused);
	ck_assert_msg(strstr(why.text, "greeting"), "%s", why.text);
}
END_TEST

/* Told to end, it says so to each session. */
START_TEST(its_end_is_said)
{
	struct diag why = {.text = ""};

	agent_setup();
	kill(agent, SIGTERM);
	waitpid(agent, NULL, 0);
	ck_assert_int_eq(control_read(control, &(struct control_reply){0}, &why), -1);
	ck_assert_msg(strstr(why.text, "fourwave peer was ended"), "%s", why.text);
	control_free(control);
}
END_TEST

/* A killed agent takes its workers along. */
START_TEST(killed_with_its_workers)
{
	struct ours o;

	agent_setup();
	o = agent_open_one(0);
	kill(agent, SIGKILL);
	ck_assert_int_eq(read_result(&o, 20000), 0);
	waitpid(agent, NULL, 0);
	control_free(control);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("agent's sessions");
	TCase *served = tcase_create("served"), *other = tcase_create("other");

	tcase_add_checked_fixture(served, agent_setup, agent_teardown);
	tcase_set_timeout(served, 30);
	tcase_add_test(served, sysctls_are_read);
	tcase_add_test(served, pipelined_without_reading);
	tcase_add_test(served, nonsense_ends_the_session);
	suite_add_tcase(s, served);
	tcase_add_test(other, limits);
	tcase_add_test(other, only_loopback_unless_allowed);
	tcase_add_test(other, a_port_in_use_is_said);
	tcase_add_test(other, no_agent_is_said);
	tcase_add_test(other, its_end_is_said);
	tcase_add_test(other, killed_with_its_workers);
	suite_add_tcase(s, other);
	return s;
}

int main(void) { return suite_run(suite()); }
