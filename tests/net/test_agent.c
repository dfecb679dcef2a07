/* What the agent's program does with a connection, over loopback, in the
 * host's own namespace and without any privilege: our end is our kernel's TCP. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent_fixture.h"
#include "base/address.h"
#include "suite.h"

static const int64_t SECOND = 1000000000;

START_TEST(close_is_a_fin)
{
	struct ours o = agent_open_one(_i);
	struct control_reply r;

	expect_state(control, &o, STATE_ESTABLISHED, 0);
	provoke_ok(control, &o, PROVOKE_CLOSE);
	ck_assert_int_eq(read_result(&o, 20000), 0);
	/* An orphan: the kernel's stand-in, with its timer. */
	r = expect_state(control, &o, STATE_FIN_WAIT_2, 300);
	ck_assert(r.state.has_timer && r.state.timer_ns > 50 * SECOND && r.state.timer_ns <= 62 * SECOND);
	close(o.fd);
	r = expect_state(control, &o, STATE_TIME_WAIT, 300);
	ck_assert(r.state.has_timer && r.state.timer_ns > 55 * SECOND);
	ck_assert(!provoke(control, &o, (struct provocation){.kind = PROVOKE_CLOSE}).ok);
}
END_TEST

START_TEST(an_unclaimed_connection_is_reset)
{
	struct ours o = bind_ours(&loopback[_i]);

	begin_connect_ours(&o, &loopback[_i], control_data_port(control));
	ck_assert_int_eq(read_result(&o, 20000), ECONNRESET);
	await_no(control, control_ask(control, VERB_STATE, &o.address, o.port));
}
END_TEST

START_TEST(shutdown_leaves_it_reading)
{
	struct ours o = agent_open_one(_i);

	provoke_ok(control, &o, PROVOKE_SHUTDOWN);
	ck_assert_int_eq(read_result(&o, 20000), 0);
	ck_assert(!expect_state(control, &o, STATE_FIN_WAIT_2, 300).state.has_timer);
	ck_assert_int_eq(send(o.fd, "data", 4, MSG_NOSIGNAL), 4);
	ck_assert_int_eq(send(o.fd, "more", 4, MSG_NOSIGNAL), 4);
	expect_state(control, &o, STATE_FIN_WAIT_2, 300);
	close(o.fd);
	expect_state(control, &o, STATE_TIME_WAIT, 100);
}
END_TEST

START_TEST(reset_is_a_reset)
{
	struct ours o = agent_open_one(_i);

	provoke_ok(control, &o, PROVOKE_RESET);
	ck_assert_int_eq(read_result(&o, 20000), ECONNRESET);
	expect_state(control, &o, STATE_CLOSED, 0);
}
END_TEST

START_TEST(a_crash_with_nothing_unread_is_a_fin)
{
	struct ours o = agent_open_one(_i);

	ck_assert_int_eq(send(o.fd, "data", 4, MSG_NOSIGNAL), 4);
	poll(NULL, 0, 20);
	provoke_ok(control, &o, PROVOKE_CRASH);
	/* It is gone when the answer comes: no waiting here. */
	ck_assert_int_eq(read_result(&o, 0), 0);
	expect_state(control, &o, STATE_FIN_WAIT_2, 300);
}
END_TEST

START_TEST(a_crash_with_unread_data_is_a_reset)
{
	struct ours o = agent_open_one(_i);

	provoke_ok(control, &o, PROVOKE_NOREAD);
	ck_assert_int_eq(send(o.fd, "data", 4, MSG_NOSIGNAL), 4);
	provoke_ok(control, &o, PROVOKE_CRASH_UNREAD);
	ck_assert_int_eq(read_result(&o, 0), ECONNRESET);
	expect_state(control, &o, STATE_CLOSED, 0);
}
END_TEST

START_TEST(a_crash_among_others_is_as_clean)
{
	struct ours o[20];

	for (int i = 0; i < 20; i++)
		o[i] = agent_open_one(_i);
	/* No worker that was forked later, nor the agent, has a copy. */
	for (int i = 0; i < 20; i++) {
		provoke_ok(control, &o[i], PROVOKE_CRASH);
		ck_assert_int_eq(read_result(&o[i], 0), 0);
	}
}
END_TEST

START_TEST(crash_unread_needs_data)
{
	struct ours o = agent_open_one(_i);
	int64_t before = monotonic_ms();

	ck_assert(!provoke(control, &o, (struct provocation){.kind = PROVOKE_CRASH_UNREAD}).ok);
	ck_assert_int_ge(monotonic_ms() - before, 1990);
	expect_state(control, &o, STATE_ESTABLISHED, 0);
}
END_TEST

START_TEST(close_on_eof)
{
	struct ours o = agent_open_one(_i);
	struct provocation p = {.kind = PROVOKE_CLOSE, .on_eof = true};

	ck_assert(provoke(control, &o, p).ok);
	expect_state(control, &o, STATE_ESTABLISHED, 0);
	shutdown(o.fd, SHUT_WR);
	ck_assert_int_eq(read_result(&o, 20000), 0);
	expect_state(control, &o, STATE_CLOSED, 100);
}
END_TEST

START_TEST(close_on_eof_after_a_time)
{
	struct ours o = agent_open_one(_i);
	struct provocation p = {.kind = PROVOKE_CLOSE, .on_eof = true, .delay_ns = SECOND / 5};
	int64_t before;

	ck_assert(provoke(control, &o, p).ok);
	before = monotonic_ms();
	shutdown(o.fd, SHUT_WR);
	expect_state(control, &o, STATE_CLOSE_WAIT, 100);
	ck_assert_int_eq(read_result(&o, 20000), 0);
	ck_assert_int_ge(monotonic_ms() - before, 199);
}
END_TEST

START_TEST(it_holds_at_eof_unless_told)
{
	struct ours o = agent_open_one(_i);
	struct provocation p = {.kind = PROVOKE_CLOSE, .on_eof = true, .delay_ns = SECOND / 10};

	shutdown(o.fd, SHUT_WR);
	expect_state(control, &o, STATE_CLOSE_WAIT, 100);
	/* Armed after the fact, it counts from now; and hold takes it back. */
	ck_assert(provoke(control, &o, p).ok);
	provoke_ok(control, &o, PROVOKE_HOLD);
	ck_assert_int_eq(read_result(&o, 300), -2);
	ck_assert(provoke(control, &o, p).ok);
	ck_assert_int_eq(read_result(&o, 20000), 0);
}
END_TEST

START_TEST(write_gives_the_letters)
{
	struct ours o = agent_open_one(_i);
	static char bytes[300000];
	size_t len = 0;

	ck_assert(
	    provoke(control, &o, (struct provocation){.kind = PROVOKE_WRITE, .bytes = sizeof bytes}).ok);
	while (len < sizeof bytes) {
		struct pollfd p = {.fd = o.fd, .events = POLLIN};
		ssize_t got;

		ck_assert_int_eq(poll(&p, 1, 2000), 1);
		got = recv(o.fd, bytes + len, sizeof bytes - len, 0);
		ck_assert_int_gt(got, 0);
		len += (size_t)got;
	}
	for (size_t i = 0; i < sizeof bytes; i++)
		ck_assert_int_eq(bytes[i], 'a' + (int)(i % 26));
	ck_assert(!provoke(control, &o, (struct provocation){.kind = PROVOKE_WRITE, .bytes = 1 << 21}).ok);
}
END_TEST

START_TEST(keepalive_runs_its_timer)
{
	struct ours o = agent_open_one(_i);
	struct provocation p = {
	    .kind = PROVOKE_KEEPALIVE, .idle_ns = 30 * SECOND, .interval_ns = SECOND, .count = 3};
	struct control_reply r;

	ck_assert(provoke(control, &o, p).ok);
	r = expect_state(control, &o, STATE_ESTABLISHED, 0);
	ck_assert(r.state.has_timer && r.state.timer_ns > 28 * SECOND && r.state.timer_ns < 33 * SECOND);
	p.idle_ns = SECOND / 2;
	ck_assert(!provoke(control, &o, p).ok);
}
END_TEST

/* A claim that no connection came for is not CLOSED; one that nobody claimed is told of. */
START_TEST(unseen_is_not_closed)
{
	struct ours claimed = bind_ours(&loopback[_i]), stranger = bind_ours(&loopback[_i]);
	struct sockaddr_storage to;
	struct control_reply r;
	socklen_t len;

	await_ok(control, control_ask(control, VERB_CLAIM, &claimed.address, claimed.port));
	r = await_reply(control, control_ask(control, VERB_STATE, &claimed.address, claimed.port));
	ck_assert(!r.ok && r.unseen && r.other.family == 0);
	len = address_to_socket(&loopback[_i], control_data_port(control), &to);
	ck_assert_int_eq(connect(stranger.fd, (struct sockaddr *)&to, len), 0);
	ck_assert_int_eq(read_result(&stranger, 20000), ECONNRESET);
	r = await_reply(control, control_ask(control, VERB_STATE, &claimed.address, claimed.port));
	ck_assert(!r.ok && r.unseen && addr_equal(&r.other, &stranger.address) &&
	          r.other_port == stranger.port);
	ck_assert_int_eq(connect(claimed.fd, (struct sockaddr *)&to, len), 0);
	expect_state(control, &claimed, STATE_ESTABLISHED, 1000);
	close(claimed.fd);
	close(stranger.fd);
}
END_TEST

START_TEST(connect_back)
{
	struct control *c = agent_control(_i);
	struct ours listener = bind_ours(&loopback[_i]);
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	struct control_reply r;
	struct addr address;
	struct ours o;
	uint16_t port;

	ck_assert_int_eq(listen(listener.fd, 1), 0);
	r = await_ok(c, control_ask(c, VERB_CONNECT, &listener.address, listener.port));
	o = listener;
	o.fd = accept(listener.fd, (struct sockaddr *)&from, &len);
	ck_assert_int_ge(o.fd, 0);
	address_from_socket(&from, &address, &port);
	ck_assert_uint_eq(port, r.port);
	expect_state(c, &o, STATE_ESTABLISHED, 100);
	provoke_ok(c, &o, PROVOKE_CLOSE);
	ck_assert_int_eq(read_result(&o, 20000), 0);
	/* To nowhere but where the control channel comes from. */
	address = loopback[_i];
	address.bytes[3] = 9;
	await_no(c, control_ask(c, VERB_CONNECT, &address, listener.port));
	control_free(c);
}
END_TEST

START_TEST(commands_wait_for_the_connection)
{
	struct ours o = bind_ours(&loopback[_i]);
	struct provocation hold = {.kind = PROVOKE_HOLD};
	int64_t before = monotonic_ms();
	unsigned early;

	await_ok(control, control_ask(control, VERB_CLAIM, &o.address, o.port));
	await_no(control, control_provoke(control, &o.address, o.port, &hold));
	ck_assert_int_ge(monotonic_ms() - before, 3990);
	ck_assert_int_le(monotonic_ms() - before, 5500);
	early = control_provoke(control, &o.address, o.port, &hold);
	poll(NULL, 0, 200);
	begin_connect_ours(&o, &loopback[_i], control_data_port(control));
	await_ok(control, early);
}
END_TEST

START_TEST(release_and_reuse)
{
	struct ours o = agent_open_one(_i);

	await_ok(control, control_ask(control, VERB_RELEASE, &o.address, o.port));
	ck_assert_int_eq(read_result(&o, 20000), 0);
	await_no(control, control_ask(control, VERB_STATE, &o.address, o.port));
	await_no(control, control_ask(control, VERB_RELEASE, &o.address, o.port));
	await_ok(control, control_ask(control, VERB_CLAIM, &o.address, o.port));
	expect_state(control, &o, STATE_FIN_WAIT_2, 100);
}
END_TEST

START_TEST(the_end_of_a_session_ends_its_connections)
{
	struct control *c = agent_control(_i);
	struct ours mine = agent_open_one(_i);
	struct ours theirs = connect_ours(c, &loopback[_i], &loopback[_i]);

	/* Nobody has another tester's connection. */
	await_no(control, control_ask(control, VERB_CLAIM, &theirs.address, theirs.port));
	await_no(control, control_ask(control, VERB_STATE, &theirs.address, theirs.port));
	control_free(c);
	ck_assert_int_eq(read_result(&theirs, 20000), 0);
	expect_state(control, &mine, STATE_ESTABLISHED, 0);
}
END_TEST

START_TEST(hundreds_at_once)
{
	enum { MANY = 240 };
	struct provocation close_it = {.kind = PROVOKE_CLOSE};
	static struct ours o[MANY];
	unsigned last = 0;

	for (int i = 0; i < MANY; i++) {
		o[i] = bind_ours(&loopback[_i]);
		last = control_ask(control, VERB_CLAIM, &o[i].address, o[i].port);
	}
	await_ok(control, last);
	for (int i = 0; i < MANY; i++)
		begin_connect_ours(&o[i], &loopback[_i], control_data_port(control));
	for (int i = 0; i < MANY; i++)
		control_provoke(control, &o[i].address, o[i].port, &close_it);
	for (int i = 0; i < MANY; i++) {
		ck_assert_int_eq(read_result(&o[i], 20000), 0);
		expect_state(control, &o[i], STATE_FIN_WAIT_2, 100);
	}
}
END_TEST

static Suite *suite(void)
{
	const TTest *const each_family[] = {
	    close_is_a_fin,
	    an_unclaimed_connection_is_reset,
	    shutdown_leaves_it_reading,
	    reset_is_a_reset,
	    a_crash_with_nothing_unread_is_a_fin,
	    a_crash_with_unread_data_is_a_reset,
	    a_crash_among_others_is_as_clean,
	    crash_unread_needs_data,
	    close_on_eof,
	    close_on_eof_after_a_time,
	    it_holds_at_eof_unless_told,
	    write_gives_the_letters,
	    keepalive_runs_its_timer,
	    unseen_is_not_closed,
	    connect_back,
	    commands_wait_for_the_connection,
	    release_and_reuse,
	    the_end_of_a_session_ends_its_connections,
	    hundreds_at_once,
	};
	Suite *s = suite_create("agent");
	TCase *served = tcase_create("served");

	tcase_add_checked_fixture(served, agent_setup, agent_teardown);
	tcase_set_timeout(served, 30);
	for (size_t i = 0; i < sizeof each_family / sizeof *each_family; i++)
		tcase_add_loop_test(served, each_family[i], 0, 2);
	suite_add_tcase(s, served);
	return s;
}

int main(void) { return suite_run(suite()); }
