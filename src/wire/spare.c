/* The socket beneath a spare source address. What is said is in answer.c. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "wire/answer.h"
#include "wire/privilege.h"
#include "wire/route.h"

struct spare {
	struct claim claim;
	int fd;
	int ifindex;
	char interface[IFNAMSIZ];
};

enum { PACKET_BYTES = 256, BATCH = 256 };

/* Of IPv6 only neighbour solicitations and advertisements wake us up. */
static bool keep_discovery(struct spare *s)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6), /* next header */
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 58, 0, 4),
	    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 40), /* ICMPv6 type */
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 135, 1, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 136, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, PACKET_BYTES),
	    BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	return setsockopt(s->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

static uint16_t protocol(const struct spare *s)
{
	return htons(s->claim.address.family == 4 ? ETH_P_ARP : ETH_P_IPV6);
}

static bool transmit(const struct spare *s, const struct answer *answer)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
	                         .sll_protocol = protocol(s),
	                         .sll_ifindex = s->ifindex,
	                         .sll_halen = ANSWER_MAC_BYTES};

	memcpy(to.sll_addr, answer->to, ANSWER_MAC_BYTES);
	return sendto(s->fd, answer->bytes, answer->len, 0, (struct sockaddr *)&to, sizeof(to)) >= 0;
}

/* The socket takes nothing before bind(), so the filter stands before the first packet; and the card must
 * take frames to the group in which an IPv6 address is asked for. */
static bool set_up(struct spare *s, struct diag *d)
{
	struct sockaddr_ll on = {.sll_family = AF_PACKET, .sll_protocol = protocol(s)};
	struct packet_mreq group = {.mr_type = PACKET_MR_MULTICAST, .mr_alen = ANSWER_MAC_BYTES};
	struct interface i;
	struct answer probe;

	if (!route_interface(s->interface, &i, d))
		return false;
	if (i.type != ARPHRD_ETHER)
		return diag_set(d, "%s is no Ethernet: a spare address can only be answered for on one",
		                s->interface);
	memcpy(s->claim.mac, i.mac, sizeof(s->claim.mac));
	on.sll_ifindex = group.mr_ifindex = s->ifindex = i.index;
	answer_group(&s->claim.address, group.mr_address);
	answer_probe(&s->claim, &probe);
	if ((s->claim.address.family == 6 &&
	     (!keep_discovery(s) ||
	      setsockopt(s->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)) ||
	    bind(s->fd, (struct sockaddr *)&on, sizeof(on)) < 0 || !transmit(s, &probe))
		return diag_set(d, "a spare address cannot be answered for on %s: %s", s->interface,
		                strerror(errno));
	return true;
}

struct spare *spare_open(const char *interface, const struct addr *a, struct diag *d)
{
	struct spare *s;
	char text[ADDR_TEXT_BYTES];

	if (route_owns(a)) {
		diag_set(d, "%s is this host's own address: leave out --spare", addr_text(a, text));
		return NULL;
	}
	s = memory_new(1, sizeof(*s));
	s->claim.address = *a;
	strncpy(s->interface, interface, sizeof(s->interface) - 1);
	s->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd >= 0 && set_up(s, d))
		return s;
	if (s->fd < 0 && (errno == EPERM || errno == EACCES))
		diag_set(d, "no privilege to answer for a spare address: %s", privilege_advice());
	else if (s->fd < 0)
		diag_set(d, "no socket to answer for a spare address: %s", strerror(errno));
	spare_close(s);
	return NULL;
}

void spare_close(struct spare *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

int spare_fd(const struct spare *s) { return s->fd; }

bool spare_serve(struct spare *s, struct diag *d)
{
	uint8_t packet[PACKET_BYTES];
	char text[ADDR_TEXT_BYTES];
	struct answer answer;

	for (int i = 0; i < BATCH; i++) {
		struct sockaddr_ll from = {0};
		socklen_t from_len = sizeof(from);
		ssize_t len = recvfrom(s->fd, packet, sizeof(packet), 0, (struct sockaddr *)&from, &from_len);

		if (len < 0 && errno == EAGAIN)
			return true;
		if (len < 0 && errno != EINTR)
			return diag_set(d, "%s can no longer be answered on: %s", s->interface,
			                strerror(errno));
		if (len < 0 || from.sll_pkttype == PACKET_OUTGOING || from.sll_halen != ANSWER_MAC_BYTES)
			continue;
		switch (answer_make(&s->claim, from.sll_addr, packet, (size_t)len, &answer)) {
		case ANSWER_NONE: break;
		case ANSWER_SEND:
			/* A queue that is full loses an answer, as a network may: it is asked for again. */
			transmit(s, &answer);
			break;
		case ANSWER_CONFLICT:
			return diag_set(
			    d,
			    "%s is not spare, %02x:%02x:%02x:%02x:%02x:%02x has it: choose another with -S",
			    addr_text(&s->claim.address, text), answer.other[0], answer.other[1],
			    answer.other[2], answer.other[3], answer.other[4], answer.other[5]);
		}
	}
	return true;
}
