/* strangers IF SET: a third host on the link. Waits at IF, in the peer's namespace, for the ACK that
 * ends a handshake with the peer, and then sends the tester what is none of the peer's
 * answers, though it has the connection's addresses and ports. SET is "all", or "ttl": a RST in all
 * like the peer's, but for the hop limit. Goes on with the next handshake until it is killed. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "core/decode.h"

enum { LINK_BYTES = 14, FRAME_BYTES = 2048, FRAGMENT_BYTES = 8 };

/* What is wrong with a packet. */
enum ruin {
	RUIN_NONE,
	RUIN_TCP_SUM,
	RUIN_IP_SUM,       /* IPv4 */
	RUIN_FIRST,        /* a first fragment */
	RUIN_LATER,        /* a later one */
	RUIN_OFFSET_LONG,  /* the data offset lies beyond the end */
	RUIN_OFFSET_SHORT, /* or in the fixed header */
	RUIN_IP_LEN        /* the IP length is more than came */
};

struct stranger {
	uint16_t flags;
	uint32_t seq_more; /* than the peer's next */
	uint16_t port_more;
	uint8_t options[8]; /* with options_len */
	uint8_t options_len;
	bool other_source_mac;
	uint8_t ttl;
	enum ruin ruin;
	int family; /* 0: both */
};

enum { FIN = TCP_FIN | TCP_ACK, ACK = TCP_ACK };

static const struct stranger all[] = {
    {FIN, .ttl = 64, .ruin = RUIN_TCP_SUM},
    {TCP_RST, .ttl = 64, .ruin = RUIN_TCP_SUM},
    {FIN, .ttl = 64, .ruin = RUIN_IP_SUM, .family = 4},
    {FIN, .ttl = 64, .port_more = 1},
    {TCP_RST, .ttl = 64, .port_more = 1},
    {FIN, .ttl = 64, .ruin = RUIN_FIRST},
    {FIN, .ttl = 64, .ruin = RUIN_LATER},
    {FIN, .ttl = 64, .ruin = RUIN_OFFSET_LONG},
    {FIN, .ttl = 64, .ruin = RUIN_OFFSET_SHORT},
    {FIN, .ttl = 64, .ruin = RUIN_IP_LEN},
    /* sound, and in the window; a spoofed FIN and RST first */
    {FIN, .ttl = 64, .other_source_mac = true},
    {TCP_RST, .ttl = 64, .other_source_mac = true},
    {ACK, .ttl = 64, .other_source_mac = true, .seq_more = 1000000},
    {FIN, .ttl = 64, .other_source_mac = true, .seq_more = 0x80000000},
    /* options that run over the end, into each other, of no length */
    {ACK, .ttl = 64, .other_source_mac = true, .options = {8, 10, 0, 0}, .options_len = 4},
    {ACK, .ttl = 64, .other_source_mac = true, .options = {2, 4, 5, 180, 3, 3, 3, 2}, .options_len = 8},
    {ACK, .ttl = 64, .other_source_mac = true, .options = {2, 0, 2, 1}, .options_len = 4},
};

static const struct stranger other_ttl[] = {{TCP_RST, .ttl = 63}};

static size_t put_ip(uint8_t *p, const struct segment *to, const struct stranger *s, size_t tcp_len)
{
	bool cut = s->ruin == RUIN_FIRST || s->ruin == RUIN_LATER;
	size_t more = s->ruin == RUIN_IP_LEN ? 100 : 0;
	uint16_t offset = s->ruin == RUIN_LATER ? 0x0008 : 0;

	if (to->src.family == 4) {
		uint16_t sum;

		memset(p, 0, 20);
		p[0] = 0x45;
		bytes_put16(p + 2, (uint16_t)(20 + tcp_len + more));
		bytes_put16(p + 4, 0x7777);
		bytes_put16(p + 6, s->ruin == RUIN_FIRST ? 0x2000 : s->ruin == RUIN_LATER ? 1 : 0x4000);
		p[8] = s->ttl;
		p[9] = 6;
		memcpy(p + 12, to->dst.bytes, 4);
		memcpy(p + 16, to->src.bytes, 4);
		sum = checksum_fold(checksum_add(0, p, 20));
		bytes_put16(p + 10, s->ruin == RUIN_IP_SUM ? sum ^ 0x5555 : sum);
		return 20;
	}
	memset(p, 0, 48);
	p[0] = 0x60;
	bytes_put16(p + 4, (uint16_t)(tcp_len + more + (cut ? FRAGMENT_BYTES : 0)));
	p[6] = cut ? 44 : 6;
	p[7] = s->ttl;
	memcpy(p + 8, to->dst.bytes, 16);
	memcpy(p + 24, to->src.bytes, 16);
	if (!cut)
		return 40;
	p[40] = 6;
	bytes_put16(p + 42, offset ? offset : 1);
	bytes_put32(p + 44, 0x7777);
	return 40 + FRAGMENT_BYTES;
}

static size_t put_tcp(uint8_t *p, const struct segment *to, const struct stranger *s)
{
	size_t len = 20u + s->options_len, addr_bytes = to->src.family == 4 ? 4 : 16;
	unsigned words = s->ruin == RUIN_OFFSET_LONG    ? 15
	                 : s->ruin == RUIN_OFFSET_SHORT ? 4
	                                                : (unsigned)len / 4;
	uint32_t sum = 6 + (uint32_t)len;

	memset(p, 0, 20);
	bytes_put16(p, (uint16_t)(to->dport + s->port_more));
	bytes_put16(p + 2, to->sport);
	bytes_put32(p + 4, to->ack + s->seq_more);
	bytes_put32(p + 8, to->seq);
	bytes_put16(p + 12, (uint16_t)(words << 12 | s->flags));
	bytes_put16(p + 14, 1000);
	memcpy(p + 20, s->options, s->options_len);
	sum = checksum_add(sum, to->src.bytes, addr_bytes);
	sum = checksum_add(sum, to->dst.bytes, addr_bytes);
	bytes_put16(p + 16,
	            checksum_fold(checksum_add(sum, p, len)) ^ (s->ruin == RUIN_TCP_SUM ? 0x5555 : 0));
	return len;
}

/* An answer to the tester's segment, which came in this frame. */
static void send_stranger(int fd, const uint8_t *frame, const struct segment *to, const struct stranger *s)
{
	uint8_t out[256], tcp[64];
	size_t tcp_len = put_tcp(tcp, to, s), ip_len;

	memcpy(out, frame + 6, 6);
	memcpy(out + 6, frame, 6);
	memcpy(out + 12, frame + 12, 2);
	if (s->other_source_mac)
		out[11] ^= 0x55;
	ip_len = put_ip(out + LINK_BYTES, to, s, tcp_len);
	memcpy(out + LINK_BYTES + ip_len, tcp, tcp_len);
	if (write(fd, out, LINK_BYTES + ip_len + tcp_len) < 0)
		perror("write");
}

/* The tester's ACK of the peer's SYN-ACK: the first ACK without anything behind it. */
static bool ends_handshake(const struct segment *s, uint16_t *last_port)
{
	if (s->flags != TCP_ACK || s->dport != 4145 || s->payload_len || s->sport == *last_port)
		return false;
	*last_port = s->sport;
	return true;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
	bool few = argc == 3 && strcmp(argv[2], "ttl") == 0;
	const struct stranger *list = few ? other_ttl : all;
	size_t count = few ? 1 : sizeof all / sizeof all[0];
	static uint8_t frame[FRAME_BYTES];
	uint16_t last_port[2] = {0, 0};

	at.sll_ifindex = argc == 3 ? (int)if_nametoindex(argv[1]) : 0;
	if (fd < 0 || at.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
		fprintf(stderr, "usage: strangers IF all|ttl\n");
		return 2;
	}
	for (;;) {
		ssize_t n = recv(fd, frame, sizeof frame, 0);
		struct segment s;

		if (n < LINK_BYTES || decode_ip(frame + LINK_BYTES, (size_t)n - LINK_BYTES,
		                                (size_t)n - LINK_BYTES, 0, &s) != DECODE_OK)
			continue;
		if (!ends_handshake(&s, &last_port[s.src.family == 6]))
			continue;
		for (size_t i = 0; i < count; i++)
			if (list[i].family == 0 || list[i].family == s.src.family)
				send_stranger(fd, frame, &s, &list[i]);
	}
}
