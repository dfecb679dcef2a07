/* What the requests do. Those for a connection's program go to its claim; the others are answered at once. */
#include "lab/agent_impl.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "lab/sysctl.h"

/* The session's claim, new where there is none. NULL: it is answered. */
static struct claim *any_claim(struct agent *a, struct session *s, const struct request *r)
{
	struct claim *c = claim_find(a, &r->tester, r->port);

	if (c && c->session != s) {
		session_no(s, r->id, "another tester has claimed this address and port");
		return NULL;
	}
	if (!c)
		c = claim_new(a, s, &r->tester, r->port);
	if (!c)
		session_no(s, r->id, "this agent takes %u connections at one time",
		           a->options.max_connections);
	return c;
}

/* Has an interface of this host the address? */
static bool owns(const struct addr *a)
{
	struct ifaddrs *all;
	bool found = address_is_loopback(a);

	if (getifaddrs(&all) < 0)
		return true;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
		struct addr has = {0};

		if (i->ifa_addr)
			address_from_socket((const struct sockaddr_storage *)(const void *)i->ifa_addr, &has,
			                    NULL);
		found = addr_equal(&has, a);
	}
	freeifaddrs(all);
	return found;
}

static void do_sysctl(struct session *s, const struct request *r)
{
	struct control_reply reply = {.id = r->id, .ok = true};
	size_t prefix = strlen(PROTOCOL_OWNS);
	struct addr address;
	struct diag why;

	if (strncmp(r->name, PROTOCOL_OWNS, prefix) == 0 && address_parse(r->name + prefix, &address)) {
		snprintf(reply.text, sizeof reply.text, "%d", owns(&address));
		session_reply(s, &reply);
		return;
	}

	if (sysctl_read(r->name, reply.text, &why) == LAB_OK)
		session_reply(s, &reply);
	else
		session_no(s, r->id, "%s", why.text);
}

/* CLOSED, but nothing from there was ever anything else here: that is no state of the peer's. */
static void say_unseen(const struct agent *a, const struct claim *c, unsigned id)
{
	struct control_reply reply = {.id = id, .unseen = true};
	const struct stranger *other = claim_stranger(a, c);

	if (other) {
		reply.other = other->from;
		reply.other_port = other->port;
	}
	session_reply(c->session, &reply);
}

static void do_state(const struct agent *a, struct claim *c, const struct request *r)
{
	struct control_reply reply = {.id = r->id, .ok = true};
	struct addr local = {0};
	uint16_t port = a->data_port;
	struct diag why;

	if (c->local.family) {
		local = c->local;
		port = c->local_port;
	}
	/* There is no connection yet: our end, as far as it is known. */
	for (int i = 0; i < 2 && !local.family; i++)
		if (a->options.listen[i].family == r->tester.family && !address_is_any(&a->options.listen[i]))
			local = a->options.listen[i];
	if (!state_lookup(&local, port, &r->tester, r->port, &reply.state, NULL, &why)) {
		session_no(c->session, r->id, "%s", why.text);
		return;
	}
	c->seen = c->seen || reply.state.state != STATE_CLOSED;
	if (c->seen)
		session_reply(c->session, &reply);
	else
		say_unseen(a, c, r->id);
}

static void do_connect(struct agent *a, struct session *s, const struct request *r)
{
	struct sockaddr_storage where;
	socklen_t len = address_to_socket(&r->tester, r->port, &where);
	struct claim *c;
	struct diag why;
	int fd;

	if (s->address.family != 0 && !addr_equal(&s->address, &r->tester)) {
		session_no(s, r->id, "the agent connects back only to where its control channel comes from");
		return;
	}
	c = any_claim(a, s, r);
	if (!c)
		return;
	address_set_scope(&where, s->scope);
	fd = socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || (connect(fd, (struct sockaddr *)&where, len) < 0 && errno != EINPROGRESS)) {
		session_no(s, r->id, "cannot connect there: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
	} else if (claim_attach(c, fd, &why)) {
		session_reply(s, &(struct control_reply){.id = r->id, .ok = true, .port = c->local_port});
	} else {
		session_no(s, r->id, "%s", why.text);
	}
}

void request_do(struct agent *a, struct session *s, const struct request *r)
{
	struct claim *c = claim_find(a, &r->tester, r->port);

	if (r->verb == VERB_SYSCTL) {
		do_sysctl(s, r);
	} else if (r->verb == VERB_CONNECT) {
		do_connect(a, s, r);
	} else if (r->verb == VERB_CLAIM) {
		if (any_claim(a, s, r))
			session_done(s, r->id);
	} else if (!c || c->session != s) {
		session_no(s, r->id, "this connection is not claimed here");
	} else if (r->verb == VERB_STATE) {
		do_state(a, c, r);
	} else if (r->verb == VERB_RELEASE) {
		claim_release(c);
		session_done(s, r->id);
	} else if (r->verb == VERB_WRITE && r->numbers[0] > a->options.max_write_bytes) {
		session_no(s, r->id, "this agent writes up to %u bytes at one time",
		           (unsigned)a->options.max_write_bytes);
	} else {
		claim_ask(c, r);
	}
}
