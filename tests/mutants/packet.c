/* A packet socket, and the bytes of an Ethernet frame with TCP in it. */
#include "packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "core/decode.h"

enum { ETHER_BYTES = 14, IPV4_BYTES = 20, IPV6_BYTES = 40, PROTO_TCP = 6 };

int packet_open(const char *interface, struct diag *d)
{
	struct sockaddr_ll where = {
	    .sll_family = AF_PACKET,
	    .sll_protocol = htons(ETH_P_ALL),
	    .sll_ifindex = (int)if_nametoindex(interface),
	};
	int on = 1, error;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) == 0 &&
	    bind(fd, (struct sockaddr *)&where, sizeof where) == 0)
		return fd;
	error = errno;
	if (fd >= 0)
		close(fd);
	diag_set(d, "a packet socket on %s: %s", interface, strerror(error));
	return -1;
}

/* The TCP header and payload at tcp; returns their length. */
static size_t put_tcp(uint8_t *tcp, const struct segment *s)
{
	uint8_t options[TCP_OPTIONS_MAX_BYTES], options_len = s->options_len;
	size_t len;

	memcpy(options, s->options, sizeof options);
	options_pad(options, &options_len);
	len = (size_t)TCP_HEADER_BYTES + options_len;
	bytes_put16(tcp, s->sport);
	bytes_put16(tcp + 2, s->dport);
	bytes_put32(tcp + 4, s->seq);
	bytes_put32(tcp + 8, s->ack);
	bytes_put16(tcp + 12, (uint16_t)(len / 4 << 12 | (unsigned)s->reserved << 8 | s->flags));
	bytes_put16(tcp + 14, s->wnd);
	bytes_put32(tcp + 16, 0);
	memcpy(tcp + TCP_HEADER_BYTES, options, options_len);
	if (s->payload_len)
		memcpy(tcp + len, s->payload, s->payload_len);
	return len + s->payload_len;
}

static void put_checksum(uint8_t *tcp, size_t len, const struct segment *s)
{
	size_t addr_bytes = s->src.family == 4 ? 4 : 16;
	uint32_t sum = checksum_add(PROTO_TCP + (uint32_t)len, s->src.bytes, addr_bytes);
	uint16_t folded;

	sum = checksum_add(sum, s->dst.bytes, addr_bytes);
	folded = checksum_fold(checksum_add(sum, tcp, len));
	bytes_put16(tcp + 16, s->malformed.checksum ? folded ^ 0x5555 : folded);
}

static size_t put_ip(uint8_t *ip, const struct segment *s, size_t tcp_len)
{
	static uint16_t id;

	if (s->src.family == 4) {
		memset(ip, 0, IPV4_BYTES);
		id = id == UINT16_MAX ? 1 : (uint16_t)(id + 1);
		bytes_put16(ip + 4, id);
		ip[0] = 0x45;
		bytes_put16(ip + 2, (uint16_t)(IPV4_BYTES + tcp_len));
		ip[6] = 0x40; /* not to be fragmented */
		ip[8] = s->ttl;
		ip[9] = PROTO_TCP;
		memcpy(ip + 12, s->src.bytes, 4);
		memcpy(ip + 16, s->dst.bytes, 4);
		bytes_put16(ip + 10, checksum_fold(checksum_add(0, ip, IPV4_BYTES)));
		return IPV4_BYTES;
	}
	bytes_put32(ip, 0x60000000);
	bytes_put16(ip + 4, (uint16_t)tcp_len);
	ip[6] = PROTO_TCP;
	ip[7] = s->ttl;
	memcpy(ip + 8, s->src.bytes, 16);
	memcpy(ip + 24, s->dst.bytes, 16);
	return IPV6_BYTES;
}

void packet_send(int fd, const uint8_t to[6], const uint8_t from[6], const struct segment *s)
{
	uint8_t frame[PACKET_FRAME_BYTES];
	size_t ip_len = s->src.family == 4 ? IPV4_BYTES : IPV6_BYTES;
	uint8_t *tcp = frame + ETHER_BYTES + ip_len;
	size_t tcp_len = put_tcp(tcp, s);

	memcpy(frame, to, 6);
	memcpy(frame + 6, from, 6);
	bytes_put16(frame + 12, s->src.family == 4 ? ETH_P_IP : ETH_P_IPV6);
	put_ip(frame + ETHER_BYTES, s, tcp_len);
	put_checksum(tcp, tcp_len, s);
	(void)!send(fd, frame, ETHER_BYTES + ip_len + tcp_len, 0);
}

static bool decode(const uint8_t *ip, size_t len, enum fault fault, struct segment *out)
{
	return decode_ip(ip, len, len, 0, out) == DECODE_OK ||
	       (fault == FAULT_OFFSET_NOT_CHECKED && decode_malformed(ip, len, len, 0, out));
}

static bool take_fragment(const uint8_t *ip, size_t len, enum fault fault, struct segment *out)
{
	static struct gather *gather;
	const uint8_t *whole;
	size_t whole_len;
	uint16_t first;

	if (fault == FAULT_FRAGMENTS_REFUSED || (!gather && !(gather = gather_new())))
		return false;
	return gather_take(gather, ip, len, len, &whole, &whole_len, &first) &&
	       decode(whole, whole_len, fault, out);
}

int packet_receive(int fd, enum fault fault, uint8_t frame[PACKET_FRAME_BYTES], struct segment *out)
{
	ssize_t got = recv(fd, frame, PACKET_FRAME_BYTES, 0);
	const uint8_t *ip = frame + ETHER_BYTES;
	size_t len = (size_t)got - ETHER_BYTES;

	if (got < 0)
		return 0;
	if (got <= ETHER_BYTES)
		return -1;
	return decode(ip, len, fault, out) || take_fragment(ip, len, fault, out) ? 1 : -1;
}
