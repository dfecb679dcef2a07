/* ARP and neighbour discovery for one address, as bytes. Knows no socket and no frame. */
#include <string.h>

#include "base/bytes.h"
#include "core/decode.h"
#include "wire/answer.h"

/* --- ARP for IPv4 on Ethernet: offsets into the packet --- */
enum { ARP_OP = 6, ARP_SENDER_MAC = 8, ARP_SENDER = 14, ARP_TARGET_MAC = 18, ARP_TARGET = 24 };
enum { ARP_BYTES = 28 };
enum { ARP_REQUEST = 1, ARP_REPLY = 2 };
static const uint8_t arp_head[ARP_OP] = {0, 1, 8, 0, 6, 4}; /* Ethernet, IPv4, lengths */

static void arp_put(struct answer *out, uint8_t op, const struct claim *claim, const uint8_t sender[4])
{
	memset(out, 0, sizeof(*out));
	out->len = ARP_BYTES;
	memcpy(out->bytes, arp_head, sizeof(arp_head));
	out->bytes[ARP_OP + 1] = op;
	memcpy(out->bytes + ARP_SENDER_MAC, claim->mac, ANSWER_MAC_BYTES);
	memcpy(out->bytes + ARP_SENDER, sender, 4);
}

static enum answer_kind arp_answer(const struct claim *claim, const uint8_t *packet, size_t len,
                                   struct answer *out)
{
	const uint8_t *ours = claim->address.bytes;

	if (len < ARP_BYTES || memcmp(packet, arp_head, sizeof(arp_head)) != 0 || packet[ARP_OP] != 0)
		return ANSWER_NONE;
	if (memcmp(packet + ARP_SENDER_MAC, claim->mac, ANSWER_MAC_BYTES) == 0)
		return ANSWER_NONE; /* our own */
	if (memcmp(packet + ARP_SENDER, ours, 4) == 0) {
		memcpy(out->other, packet + ARP_SENDER_MAC, ANSWER_MAC_BYTES);
		return ANSWER_CONFLICT;
	}
	if (packet[ARP_OP + 1] != ARP_REQUEST || memcmp(packet + ARP_TARGET, ours, 4) != 0)
		return ANSWER_NONE;
	arp_put(out, ARP_REPLY, claim, ours);
	memcpy(out->bytes + ARP_TARGET_MAC, packet + ARP_SENDER_MAC, ANSWER_MAC_BYTES);
	memcpy(out->bytes + ARP_TARGET, packet + ARP_SENDER, 4);
	memcpy(out->to, packet + ARP_SENDER_MAC, ANSWER_MAC_BYTES);
	return ANSWER_SEND;
}

/* --- neighbour discovery: offsets into the IPv6 packet --- */
enum { IP6_NEXT = 6, IP6_HOPS = 7, IP6_SRC = 8, IP6_DST = 24, ICMP = 40 };
enum { ICMP_SUM = ICMP + 2, ND_FLAGS = ICMP + 4, ND_TARGET = ICMP + 8, ND_OPTION = ICMP + 24 };
enum { ND_BYTES = ND_OPTION + 8 };
enum { NEXT_ICMP6 = 58, SOLICITATION = 135, ADVERTISEMENT = 136, OPTION_TARGET_MAC = 2 };
enum { FLAG_SOLICITED = 0x40, FLAG_OVERRIDE = 0x20 };
static const uint8_t unspecified[16];
static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
static const uint8_t all_nodes_mac[ANSWER_MAC_BYTES] = {0x33, 0x33, [5] = 1};

/* The ICMPv6 checksum (RFC 4443, 2.3) of len bytes of message: 0 where it is right. */
static uint16_t nd_sum(const uint8_t *packet, size_t len)
{
	uint32_t sum = checksum_add(NEXT_ICMP6 + (uint32_t)len, packet + IP6_SRC, 32);

	return checksum_fold(checksum_add(sum, packet + ICMP, len));
}

static void nd_put(struct answer *out, uint8_t type, const uint8_t src[16], const uint8_t dst[16],
                   const struct claim *claim, size_t len)
{
	memset(out, 0, sizeof(*out));
	out->len = len;
	out->bytes[0] = 0x60;
	out->bytes[5] = (uint8_t)(len - ICMP);
	out->bytes[IP6_NEXT] = NEXT_ICMP6;
	out->bytes[IP6_HOPS] = 255;
	memcpy(out->bytes + IP6_SRC, src, 16);
	memcpy(out->bytes + IP6_DST, dst, 16);
	out->bytes[ICMP] = type;
	memcpy(out->bytes + ND_TARGET, claim->address.bytes, 16);
}

static void nd_finish(struct answer *out)
{
	bytes_put16(out->bytes + ICMP_SUM, nd_sum(out->bytes, out->len - ICMP));
}

static void nd_advertise(const struct claim *claim, const uint8_t from[ANSWER_MAC_BYTES],
                         const uint8_t *asker, struct answer *out)
{
	/* One who has no address yet asks whether it may take this one. */
	bool nameless = memcmp(asker, unspecified, 16) == 0;

	nd_put(out, ADVERTISEMENT, claim->address.bytes, nameless ? all_nodes : asker, claim, ND_BYTES);
	out->bytes[ND_FLAGS] = nameless ? FLAG_OVERRIDE : FLAG_OVERRIDE | FLAG_SOLICITED;
	out->bytes[ND_OPTION] = OPTION_TARGET_MAC;
	out->bytes[ND_OPTION + 1] = 1; /* of eight bytes */
	memcpy(out->bytes + ND_OPTION + 2, claim->mac, ANSWER_MAC_BYTES);
	nd_finish(out);
	memcpy(out->to, nameless ? all_nodes_mac : from, ANSWER_MAC_BYTES);
}

static enum answer_kind nd_answer(const struct claim *claim, const uint8_t from[ANSWER_MAC_BYTES],
                                  const uint8_t *packet, size_t len, struct answer *out)
{
	size_t message;

	/* What RFC 4861, 7.1 asks of both messages before they are looked at. */
	if (len < ND_OPTION || packet[0] >> 4 != 6 || packet[IP6_NEXT] != NEXT_ICMP6)
		return ANSWER_NONE;
	message = bytes_get16(packet + 4);
	if (packet[IP6_HOPS] != 255 || packet[ICMP + 1] != 0 || message < ND_OPTION - ICMP ||
	    message > len - ICMP || nd_sum(packet, message) != 0 ||
	    memcmp(packet + ND_TARGET, claim->address.bytes, 16) != 0)
		return ANSWER_NONE;
	if (memcmp(from, claim->mac, ANSWER_MAC_BYTES) == 0)
		return ANSWER_NONE; /* our own */
	if (packet[ICMP] == ADVERTISEMENT) {
		memcpy(out->other, from, ANSWER_MAC_BYTES);
		return ANSWER_CONFLICT;
	}
	if (packet[ICMP] != SOLICITATION)
		return ANSWER_NONE;
	nd_advertise(claim, from, packet + IP6_SRC, out);
	return ANSWER_SEND;
}

void answer_group(const struct addr *a, uint8_t mac[ANSWER_MAC_BYTES])
{
	mac[0] = mac[1] = 0x33;
	mac[2] = 0xff;
	memcpy(mac + 3, a->bytes + 13, 3);
}

enum answer_kind answer_make(const struct claim *claim, const uint8_t from[ANSWER_MAC_BYTES],
                             const uint8_t *packet, size_t len, struct answer *out)
{
	return claim->address.family == 4 ? arp_answer(claim, packet, len, out)
	                                  : nd_answer(claim, from, packet, len, out);
}

void answer_probe(const struct claim *claim, struct answer *out)
{
	uint8_t group[16] = {0xff, 0x02, [11] = 1, [12] = 0xff};

	if (claim->address.family == 4) {
		arp_put(out, ARP_REQUEST, claim, unspecified); /* from nobody */
		memcpy(out->bytes + ARP_TARGET, claim->address.bytes, 4);
		memset(out->to, 0xff, sizeof(out->to));
		return;
	}
	memcpy(group + 13, claim->address.bytes + 13, 3);
	nd_put(out, SOLICITATION, unspecified, group, claim, ND_OPTION);
	nd_finish(out);
	answer_group(&claim->address, out->to);
}
