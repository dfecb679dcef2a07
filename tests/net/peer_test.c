/* See peer_test.h. */
#include "peer_test.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/address.h"

int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct control_reply await_reply(struct control *c, unsigned id)
{
	int64_t deadline = monotonic_ms() + 5000;
	struct control_reply reply;
	struct diag why = {.text = ""};

	ck_assert_uint_ne(id, 0);
	for (;;) {
		struct pollfd p = {.fd = control_fd(c), .events = POLLIN};
		int got = control_read(c, &reply, &why);

		ck_assert_msg(got >= 0, "control channel: %s", why.text);
		if (got == 1 && reply.id == id)
			return reply;
		if (control_wants_write(c))
			p.events |= POLLOUT;
		ck_assert_msg(monotonic_ms() < deadline, "no reply to %u", id);
		if (got == 0)
			poll(&p, 1, 100);
		control_flush(c);
	}
}

struct control_reply await_ok(struct control *c, unsigned id)
{
	struct control_reply reply = await_reply(c, id);

	ck_assert_msg(reply.ok, "not ok: %s", reply.text);
	return reply;
}

struct control_reply await_no(struct control *c, unsigned id)
{
	struct control_reply reply = await_reply(c, id);

	ck_assert(!reply.ok);
	ck_assert_str_ne(reply.text, "");
	return reply;
}

struct ours bind_ours(const struct addr *address)
{
	struct ours o = {.address = *address};
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(address, 0, &where);
	struct addr bound;

	o.fd = socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(o.fd, 0);
	ck_assert_int_eq(bind(o.fd, (struct sockaddr *)&where, len), 0);
	ck_assert_int_eq(getsockname(o.fd, (struct sockaddr *)&where, &len), 0);
	address_from_socket(&where, &bound, &o.port);
	return o;
}

void begin_connect_ours(struct ours *o, const struct addr *peer, uint16_t port)
{
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(peer, port, &where);

	ck_assert_int_eq(fcntl(o->fd, F_SETFL, O_NONBLOCK), 0);
	ck_assert(connect(o->fd, (struct sockaddr *)&where, len) == 0 || errno == EINPROGRESS);
}

void await_connected_ours(struct ours *o)
{
	struct pollfd p = {.fd = o->fd, .events = POLLOUT};
	int error = 0;
	socklen_t len = sizeof error;

	ck_assert_int_eq(poll(&p, 1, 5000), 1);
	ck_assert_int_eq(getsockopt(o->fd, SOL_SOCKET, SO_ERROR, &error, &len), 0);
	ck_assert_msg(error == 0, "connect: %s", strerror(error));
}

struct ours connect_ours(struct control *c, const struct addr *address, const struct addr *peer)
{
	struct ours o = bind_ours(address);

	await_ok(c, control_ask(c, VERB_CLAIM, address, o.port));
	begin_connect_ours(&o, peer, control_data_port(c));
	await_connected_ours(&o);
	provoke_ok(c, &o, PROVOKE_HOLD);
	return o;
}

void lose_incoming(const struct ours *o)
{
	struct sock_filter nothing[] = {{.code = BPF_RET | BPF_K, .k = 0}};
	struct sock_fprog program = {.len = 1, .filter = nothing};

	ck_assert_int_eq(setsockopt(o->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
}

int read_result(const struct ours *o, int ms)
{
	struct pollfd p = {.fd = o->fd, .events = POLLIN};
	char bytes[64];
	ssize_t got;

	if (poll(&p, 1, ms) == 0)
		return -2;
	got = recv(o->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (got < 0)
		return errno;
	return got == 0 ? 0 : -1;
}

struct control_reply provoke(struct control *c, const struct ours *o, struct provocation p)
{
	return await_reply(c, control_provoke(c, &o->address, o->port, &p));
}

void provoke_ok(struct control *c, const struct ours *o, enum provoke kind)
{
	struct provocation p = {.kind = kind};

	await_ok(c, control_provoke(c, &o->address, o->port, &p));
}

struct control_reply expect_state(struct control *c, const struct ours *o, enum tcp_state state, int ms)
{
	int64_t deadline = monotonic_ms() + ms;
	struct control_reply reply;

	for (;;) {
		reply = await_reply(c, control_ask(c, VERB_STATE, &o->address, o->port));
		/* Of what was never seen nothing is known: as good as CLOSED here. */
		ck_assert_msg(reply.ok ? reply.state.known : reply.unseen, "not ok: %s", reply.text);
		if (reply.state.state == state)
			return reply;
		ck_assert_msg(monotonic_ms() < deadline, "the state is %s, not %s",
		              state_name(reply.state.state), state_name(state));
		poll(NULL, 0, 5);
	}
}
