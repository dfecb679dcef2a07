/* Asks sock_diag for one connection: the exact four-tuple, or, where our own end is not known, a dump
 * that the kernel narrows down to the ports; or for all that listen. Knows nothing of whose they are. */
#include "lab/states.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/address.h"
#include "base/duration.h"

enum { ANSWER_TIMEOUT_S = 2 };
static const uint32_t ALL_STATES = ~0U;

struct lookup {
	const struct addr *local, *remote;
	uint16_t local_port, remote_port;
	bool found;
	struct observed_state *out;
	struct socket_facts facts;
};

struct trying {
	const struct lookup *to;
	struct connecting *list;
	size_t count;
};

struct listing {
	struct listener *list;
	size_t count;
};

static bool is_mapped(const void *address)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(address, prefix, sizeof prefix) == 0;
}

/* An IPv4 connection of a socket that takes both families has its addresses mapped (RFC 4291, 2.5.5.2). */
static bool is_address(const struct inet_diag_msg *m, const void *said, const struct addr *a)
{
	const uint8_t *bytes = said;

	if (a->family == 4 && m->idiag_family == AF_INET6)
		return is_mapped(bytes) && memcmp(bytes + 12, a->bytes, 4) == 0;
	return memcmp(bytes, a->bytes, a->family == 4 ? 4 : 16) == 0;
}

/* The kernel's numbers (include/net/tcp_states.h) as the RFC's names; another, as TCP_CLOSE, is CLOSED. */
static enum tcp_state state_of(uint8_t kernel_state)
{
	enum { NEW_SYN_RECV = 12 };
	static const enum tcp_state states[] = {
	    [TCP_ESTABLISHED] = STATE_ESTABLISHED, [TCP_SYN_SENT] = STATE_SYN_SENT,
	    [TCP_SYN_RECV] = STATE_SYN_RECEIVED,   [NEW_SYN_RECV] = STATE_SYN_RECEIVED,
	    [TCP_FIN_WAIT1] = STATE_FIN_WAIT_1,    [TCP_FIN_WAIT2] = STATE_FIN_WAIT_2,
	    [TCP_TIME_WAIT] = STATE_TIME_WAIT,     [TCP_CLOSE_WAIT] = STATE_CLOSE_WAIT,
	    [TCP_LAST_ACK] = STATE_LAST_ACK,       [TCP_LISTEN] = STATE_LISTEN,
	    [TCP_CLOSING] = STATE_CLOSING,
	};

	return kernel_state < sizeof states / sizeof *states ? states[kernel_state] : STATE_CLOSED;
}

static int take(struct nl_msg *msg, void *context)
{
	struct lookup *l = context;
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct inet_diag_msg *m = nlmsg_data(header);

	if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY || nlmsg_datalen(header) < (int)sizeof *m)
		return NL_SKIP;
	/* An exact question may be answered with the listener on the port, and a dump with a connection
	 * between other addresses. */
	if (l->found || m->idiag_state == TCP_LISTEN ||
	    (l->local_port != 0 && ntohs(m->id.idiag_sport) != l->local_port) ||
	    ntohs(m->id.idiag_dport) != l->remote_port || !is_address(m, m->id.idiag_dst, l->remote) ||
	    (l->local->family != 0 && !is_address(m, m->id.idiag_src, l->local)))
		return NL_OK;
	l->found = true;
	l->facts = (struct socket_facts){.accepted = m->idiag_inode != 0, .unread = m->idiag_rqueue};
	l->out->state = state_of(m->idiag_state);
	l->out->has_timer = m->idiag_timer != 0;
	/* A timer that is just going off was given as a huge number once. */
	if (l->out->has_timer && m->idiag_expires <= INT32_MAX)
		l->out->timer_ns = m->idiag_expires * NS_PER_MS;
	return NL_OK;
}

static int take_connecting(struct nl_msg *msg, void *context)
{
	struct trying *t = context;
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct inet_diag_msg *m = nlmsg_data(header);

	if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY || nlmsg_datalen(header) < (int)sizeof *m ||
	    t->count == CONNECTING_MAX)
		return NL_SKIP;
	if (m->idiag_state != TCP_LISTEN && ntohs(m->id.idiag_dport) == t->to->remote_port &&
	    is_address(m, m->id.idiag_dst, t->to->remote))
		t->list[t->count++] = (struct connecting){.port = ntohs(m->id.idiag_sport),
		                                          .answered = m->idiag_state != TCP_SYN_SENT};
	return NL_OK;
}

static int take_listener(struct nl_msg *msg, void *context)
{
	struct listing *l = context;
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct inet_diag_msg *m = nlmsg_data(header);
	const struct nlattr *only;
	struct listener *one;

	if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY || nlmsg_datalen(header) < (int)sizeof *m ||
	    l->count == LISTENERS_MAX)
		return NL_SKIP;
	one = &l->list[l->count++];
	*one = (struct listener){.port = ntohs(m->id.idiag_sport)};
	one->address.family = m->idiag_family == AF_INET6 ? 6 : 4;
	memcpy(one->address.bytes, m->id.idiag_src, one->address.family == 6 ? 16 : 4);
	only = nlmsg_find_attr(header, sizeof *m, INET_DIAG_SKV6ONLY);
	one->both = one->address.family == 6 && !(only && nla_get_u8((struct nlattr *)(uintptr_t)only));
	return NL_OK;
}

/* Asks once and takes all of the answer. 0, or libnl's negative error. */
static int ask(struct nl_sock *sock, const struct lookup *l, uint8_t family, int flags, uint32_t states)
{
	struct inet_diag_req_v2 request = {
	    .sdiag_family = family,
	    .sdiag_protocol = IPPROTO_TCP,
	    .idiag_states = states,
	    .id = {.idiag_sport = htons(l->local_port),
	           .idiag_dport = htons(l->remote_port),
	           .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};
	int error;

	memcpy(request.id.idiag_src, l->local->bytes, 16);
	memcpy(request.id.idiag_dst, l->remote->bytes, 16);
	error = nl_send_simple(sock, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | flags, &request, sizeof request);
	return error < 0 ? error : nl_recvmsgs_default(sock);
}

static struct nl_sock *diag_socket(nl_recvmsg_msg_cb_t taker, void *context)
{
	struct nl_sock *sock = nl_socket_alloc();
	struct timeval timeout = {.tv_sec = ANSWER_TIMEOUT_S};

	if (!sock)
		return NULL;
	nl_socket_disable_auto_ack(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, taker, context);
	if (nl_connect(sock, NETLINK_SOCK_DIAG) < 0 ||
	    setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) < 0) {
		nl_socket_free(sock);
		return NULL;
	}
	return sock;
}

static bool refused(int error, struct diag *d)
{
	if (error == -NLE_OBJ_NOTFOUND)
		return diag_set(
		    d, "the kernel cannot be asked for states: it has no inet_diag (modprobe tcp_diag)");
	return diag_set(d, "the kernel cannot be asked for states: %s", nl_geterror(error));
}

static bool no_socket(struct diag *d)
{
	return diag_set(d, "the kernel cannot be asked for states: no sock_diag socket");
}

bool state_lookup(const struct addr *local, uint16_t local_port, const struct addr *remote,
                  uint16_t remote_port, struct observed_state *out, struct socket_facts *facts,
                  struct diag *d)
{
	struct lookup l = {local, remote, local_port, remote_port, false, out, {0}};
	uint8_t family = remote->family == 4 ? AF_INET : AF_INET6;
	/* A link-local connection is its interface's, which the exact question would have to name. */
	bool dump = local->family == 0 || local_port == 0 || address_is_link_local(remote);
	struct nl_sock *sock;
	int error;

	*out = (struct observed_state){.state = STATE_CLOSED};
	sock = diag_socket(take, &l);
	if (!sock)
		return no_socket(d);
	error = ask(sock, &l, family, dump ? NLM_F_DUMP : 0, ALL_STATES);
	/* A dump has each socket under its own family, whatever it speaks. */
	if (dump && error >= 0 && !l.found && family == AF_INET)
		error = ask(sock, &l, AF_INET6, NLM_F_DUMP, ALL_STATES);
	/* "Not found" is also what a kernel without inet_diag says; to a dump,
	 * here of no state at all, it says so only then. */
	if (!dump && error == -NLE_OBJ_NOTFOUND)
		error = ask(sock, &l, family, NLM_F_DUMP, 0);
	nl_socket_free(sock);
	if (error < 0)
		return refused(error, d);
	out->known = true;
	if (facts)
		*facts = l.facts;
	return true;
}

bool states_connecting(const struct addr *remote, uint16_t remote_port,
                       struct connecting list[CONNECTING_MAX], size_t *count, struct diag *d)
{
	static const struct addr any = {0};
	const struct lookup to = {&any, remote, 0, remote_port, false, NULL, {0}};
	struct trying t = {&to, list, 0};
	struct nl_sock *sock = diag_socket(take_connecting, &t);
	int error;

	if (!sock)
		return no_socket(d);
	error = ask(sock, &to, remote->family == 4 ? AF_INET : AF_INET6, NLM_F_DUMP, ALL_STATES);
	/* As above: under the socket's own family. */
	if (error >= 0 && remote->family == 4)
		error = ask(sock, &to, AF_INET6, NLM_F_DUMP, ALL_STATES);
	nl_socket_free(sock);
	*count = t.count;
	return error >= 0 || refused(error, d);
}

bool states_listeners(struct listener list[LISTENERS_MAX], size_t *count, struct diag *d)
{
	static const struct addr any = {0};
	const struct lookup all = {&any, &any, 0, 0, false, NULL, {0}};
	struct listing l = {list, 0};
	struct nl_sock *sock = diag_socket(take_listener, &l);
	int error;

	if (!sock)
		return no_socket(d);
	error = ask(sock, &all, AF_INET, NLM_F_DUMP, 1U << TCP_LISTEN);
	/* A kernel without IPv6 has none of it. */
	if (error >= 0)
		ask(sock, &all, AF_INET6, NLM_F_DUMP, 1U << TCP_LISTEN);
	nl_socket_free(sock);
	*count = l.count;
	return error >= 0 || refused(error, d);
}
