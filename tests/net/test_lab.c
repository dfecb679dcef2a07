/* The lab, from an empty process: hosts with their sysctls, both families, a connection of our kernel's to
 * each. Skipped with a reason where a machine allows no lab. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/lab.h"
#include "lab/sysctl.h"
#include "peer_test.h"
#include "suite.h"

static const int64_t SECOND = 1000000000;
static struct lab *lab;

static void setup(void)
{
	struct diag why = {.text = ""};

	lab = lab_open(NULL, &why);
	ck_assert_msg(lab, "%s", why.text);
}

static void teardown(void)
{
	lab_close(lab);
	/* All children are reaped. */
	ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

static const struct lab_host *make_host(const struct sysctl_setting *settings, size_t count)
{
	const struct lab_host *host;
	struct diag why = {.text = ""};

	ck_assert_msg(lab_host(lab, settings, count, 0, &host, &why) == LAB_OK, "%s", why.text);
	return host;
}

static struct control *adopt(const struct lab_host *host)
{
	struct diag why = {.text = ""};
	struct control *c = control_adopt(host->control, &why);

	ck_assert_msg(c, "%s", why.text);
	ck_assert_uint_eq(control_data_port(c), host->data_port);
	return c;
}

static void is_set(struct control *c, const char *name, const char *value)
{
	ck_assert_str_eq(await_ok(c, control_get_sysctl(c, name)).text, value);
}

START_TEST(distinct_sets_have_their_hosts)
{
	const struct sysctl_setting quick[] = {
	    {.name = "tcp_fin_timeout", .value = "3"},
	    {.name = "net.ipv4.tcp_orphan_retries", .value = "1"},
	    {.name = "tcp_rmem", .value = "4096 87380   262144"},
	};
	const struct sysctl_setting reordered[] = {{.name = "tcp_fin_timeout", .value = "9"},
	                                           quick[2],
	                                           quick[1],
	                                           {.name = "ipv4.tcp_fin_timeout", .value = "3 "}};
	const struct lab_host *plain = make_host(NULL, 0), *set = make_host(quick, 3);
	struct control *a = adopt(plain), *b = adopt(set);

	ck_assert_ptr_ne(plain, set);
	ck_assert_ptr_eq(plain, make_host(NULL, 0));
	ck_assert_ptr_eq(set, make_host(reordered, 4));
	is_set(a, "tcp_fin_timeout", "60");
	is_set(b, "tcp_fin_timeout", "3");
	is_set(b, "tcp_orphan_retries", "1");
	is_set(b, "tcp_rmem", "4096 87380 262144");
	is_set(a, "tcp_no_metrics_save", "1");
	is_set(b, "tcp_no_metrics_save", "1");
	control_free(a);
	control_free(b);
}
END_TEST

START_TEST(a_sysctl_that_cannot_be)
{
	const struct sysctl_setting absent = {{"a.wave", 3, 1}, "tcp_no_such_thing", "1"};
	const struct sysctl_setting refused = {{"b.wave", 4, 1}, "tcp_syn_retries", "5000"};
	const struct sysctl_setting hosts_own = {{"c.wave", 5, 1}, "tcp_mem", "1 2 3"};
	const struct sysctl_setting bad = {{"d.wave", 6, 1}, "net.core.somaxconn", "1"};
	const struct lab_host *host = (const struct lab_host *)1;
	struct diag why;

	ck_assert_int_eq(lab_host(lab, &absent, 1, 0, &host, &why), LAB_ABSENT);
	ck_assert_ptr_null(host);
	ck_assert_int_eq(why.where.line, 3);
	ck_assert_msg(strstr(why.text, "tcp_no_such_thing"), "%s", why.text);
	ck_assert_int_eq(lab_host(lab, &refused, 1, 0, &host, &why), LAB_REFUSED);
	ck_assert_int_eq(why.where.line, 4);
	ck_assert_int_eq(lab_host(lab, &hosts_own, 1, 0, &host, &why), LAB_ABSENT);
	ck_assert_int_eq(lab_host(lab, &bad, 1, 0, &host, &why), LAB_FAILED);
	make_host(NULL, 0);
}
END_TEST

START_TEST(connections_to_each_host)
{
	const struct sysctl_setting quick = {.name = "tcp_fin_timeout", .value = "3"};
	const struct lab_host *hosts[2] = {make_host(NULL, 0), make_host(&quick, 1)};
	const int64_t most[2] = {62 * SECOND, SECOND * 33 / 10};

	for (int i = 0; i < 2; i++) {
		struct control *c = adopt(hosts[i]);
		struct control_reply r;
		struct ours o;

		ck_assert_int_eq(hosts[i]->remote[_i].family, _i ? 6 : 4);
		o = connect_ours(c, &hosts[i]->local[_i], &hosts[i]->remote[_i]);
		expect_state(c, &o, STATE_ESTABLISHED, 0);
		provoke_ok(c, &o, PROVOKE_CLOSE);
		ck_assert_int_eq(read_result(&o, 20000), 0);
		r = expect_state(c, &o, STATE_FIN_WAIT_2, 300);
		ck_assert(r.state.has_timer && r.state.timer_ns > SECOND && r.state.timer_ns <= most[i]);
		o = connect_ours(c, &hosts[i]->local[_i], &hosts[i]->remote[_i]);
		provoke_ok(c, &o, PROVOKE_RESET);
		ck_assert_int_eq(read_result(&o, 20000), ECONNRESET);
		control_free(c);
	}
}
END_TEST

/* In the lab any address of ours may be connected to. */
START_TEST(connect_back)
{
	const struct lab_host *host = make_host(NULL, 0);
	struct control *c = adopt(host);
	struct ours o = bind_ours(&host->local[_i]);
	int fd;

	ck_assert_int_eq(listen(o.fd, 1), 0);
	await_ok(c, control_ask(c, VERB_CONNECT, &o.address, o.port));
	fd = accept(o.fd, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	expect_state(c, &o, STATE_ESTABLISHED, 100);
	control_free(c);
}
END_TEST

/* Our kernel loses what comes, so the peer stays where it waits for us. (Here and not in the agent's test:
 * since Linux 6.18 a filter on a TCP socket needs CAP_NET_ADMIN.) */
START_TEST(states_in_between)
{
	const struct lab_host *host = make_host(NULL, 0);
	struct control *c = adopt(host);
	struct ours o = bind_ours(&host->local[_i]);

	await_ok(c, control_ask(c, VERB_CLAIM, &o.address, o.port));
	expect_state(c, &o, STATE_CLOSED, 0);
	lose_incoming(&o);
	begin_connect_ours(&o, &host->remote[_i], control_data_port(c));
	/* The first SYN of a new lab is not lost: no second for a second one. */
	ck_assert(expect_state(c, &o, STATE_SYN_RECEIVED, 500).state.has_timer);

	o = connect_ours(c, &host->local[_i], &host->remote[_i]);
	lose_incoming(&o);
	provoke_ok(c, &o, PROVOKE_CLOSE);
	ck_assert(expect_state(c, &o, STATE_FIN_WAIT_1, 0).state.has_timer);
	shutdown(o.fd, SHUT_WR);
	expect_state(c, &o, STATE_CLOSING, 100);

	o = connect_ours(c, &host->local[_i], &host->remote[_i]);
	shutdown(o.fd, SHUT_WR);
	expect_state(c, &o, STATE_CLOSE_WAIT, 100);
	lose_incoming(&o);
	provoke_ok(c, &o, PROVOKE_CLOSE);
	expect_state(c, &o, STATE_LAST_ACK, 0);
	control_free(c);
}
END_TEST

START_TEST(files_are_written_as_before)
{
	char name[] = "/tmp/fourwave-test-XXXXXX";
	struct stat made;
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	unlink(name);
	ck_assert_int_eq(fstat(fd, &made), 0);
	ck_assert_uint_eq(made.st_uid, geteuid());
	ck_assert_uint_eq(made.st_uid, (uid_t)atoi(getenv("FW_TEST_UID")));
}
END_TEST

/* A host that dies is noticed, and the lab still closes. */
START_TEST(a_control_channel_that_ends)
{
	const struct lab_host *host = make_host(NULL, 0);
	struct control *c = adopt(host);
	struct control_reply reply;
	struct diag why = {.text = ""};

	shutdown(host->control, SHUT_RDWR);
	ck_assert_int_eq(control_read(c, &reply, &why), -1);
	ck_assert_str_ne(why.text, "");
	ck_assert_uint_eq(control_get_sysctl(c, "tcp_fin_timeout"), 0);
	control_free(c);
}
END_TEST

START_TEST(many_hosts)
{
	for (int i = 1; i <= 40; i++) {
		char value[8];
		struct sysctl_setting s = {.name = "tcp_fin_timeout", .value = value};
		struct control *c;

		snprintf(value, sizeof value, "%d", i);
		c = adopt(make_host(&s, 1));
		is_set(c, "tcp_fin_timeout", value);
		control_free(c);
	}
}
END_TEST

/* In a child, as opening moves the process. 0 it opens and has a host, else its sentence is printed. */
static int can_open(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct diag why;
		struct lab *mine = lab_open(NULL, &why);
		const struct lab_host *host;
		bool good = mine && lab_host(mine, NULL, 0, 0, &host, &why) == LAB_OK;

		if (!good)
			printf("skipped: %s\n", why.text);
		fflush(stdout);
		lab_close(mine);
		_exit(good ? 0 : 1);
	}
	waitpid(child, &status, 0);
	return status;
}

int main(void)
{
	Suite *s = suite_create("lab");
	TCase *hosts = tcase_create("hosts");
	char uid[16];

	if (can_open() != 0)
		return 77;
	snprintf(uid, sizeof uid, "%u", (unsigned)geteuid());
	setenv("FW_TEST_UID", uid, 1);
	tcase_add_checked_fixture(hosts, setup, teardown);
	tcase_set_timeout(hosts, 30);
	tcase_add_test(hosts, distinct_sets_have_their_hosts);
	tcase_add_test(hosts, a_sysctl_that_cannot_be);
	tcase_add_loop_test(hosts, connections_to_each_host, 0, 2);
	tcase_add_loop_test(hosts, connect_back, 0, 2);
	tcase_add_loop_test(hosts, states_in_between, 0, 2);
	tcase_add_test(hosts, files_are_written_as_before);
	tcase_add_test(hosts, a_control_channel_that_ends);
	tcase_add_test(hosts, many_hosts);
	suite_add_tcase(s, hosts);
	return suite_run(s);
}
