/* Asks sock_diag for one connection: the exact four-tuple, or, where our own address is not known, a dump
 * that the kernel narrows down to the two ports. Knows nothing of whose connection it is. */
#include "lab/agent_impl.h"

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
};

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
	size_t len = l->remote->family == 4 ? 4 : 16;

	if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY || nlmsg_datalen(header) < (int)sizeof *m)
		return NL_SKIP;
	/* An exact question may be answered with the listener on the port, and a dump with a connection
	 * between other addresses. */
	if (l->found || m->idiag_state == TCP_LISTEN || ntohs(m->id.idiag_sport) != l->local_port ||
	    ntohs(m->id.idiag_dport) != l->remote_port ||
	    memcmp(m->id.idiag_dst, l->remote->bytes, len) != 0 ||
	    (l->local->family != 0 && memcmp(m->id.idiag_src, l->local->bytes, len) != 0))
		return NL_OK;
	l->found = true;
	l->out->state = state_of(m->idiag_state);
	l->out->has_timer = m->idiag_timer != 0;
	/* A timer that is just going off was given as a huge number once. */
	if (l->out->has_timer && m->idiag_expires <= INT32_MAX)
		l->out->timer_ns = m->idiag_expires * NS_PER_MS;
	return NL_OK;
}

/* Asks once and takes all of the answer. 0, or libnl's negative error. */
static int ask(struct nl_sock *sock, const struct lookup *l, int flags, uint32_t states)
{
	struct inet_diag_req_v2 request = {
	    .sdiag_family = l->remote->family == 4 ? AF_INET : AF_INET6,
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

static struct nl_sock *diag_socket(struct lookup *l)
{
	struct nl_sock *sock = nl_socket_alloc();
	struct timeval timeout = {.tv_sec = ANSWER_TIMEOUT_S};

	if (!sock)
		return NULL;
	nl_socket_disable_auto_ack(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, take, l);
	if (nl_connect(sock, NETLINK_SOCK_DIAG) < 0 ||
	    setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) < 0) {
		nl_socket_free(sock);
		return NULL;
	}
	return sock;
}

bool state_lookup(const struct addr *local, uint16_t local_port, const struct addr *remote,
                  uint16_t remote_port, struct observed_state *out, struct diag *d)
{
	struct lookup l = {local, remote, local_port, remote_port, false, out};
	/* A link-local connection is its interface's, which the exact question would have to name. */
	bool dump = local->family == 0 || address_is_link_local(remote);
	struct nl_sock *sock;
	int error;

	*out = (struct observed_state){.state = STATE_CLOSED};
	sock = diag_socket(&l);
	if (!sock)
		return diag_set(d, "the kernel cannot be asked for states: no sock_diag socket");
	error = ask(sock, &l, dump ? NLM_F_DUMP : 0, ALL_STATES);
	/* "Not found" is also what a kernel without inet_diag says; to a dump,
	 * here of no state at all, it says so only then. */
	if (!dump && error == -NLE_OBJ_NOTFOUND)
		error = ask(sock, &l, NLM_F_DUMP, 0);
	nl_socket_free(sock);
	if (error == -NLE_OBJ_NOTFOUND)
		return diag_set(
		    d, "the kernel cannot be asked for states: it has no inet_diag (modprobe tcp_diag)");
	if (error < 0)
		return diag_set(d, "the kernel cannot be asked for states: %s", nl_geterror(error));
	out->known = true;
	return true;
}
