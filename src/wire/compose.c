/* A segment's headers in a libnet context: options, TCP, IP and, on request,
 * Ethernet. Knows no socket. What libnet has no argument for (the AE bit, what is
 * malformed on purpose) is put into the finished bytes. */
#include <libnet.h>
#include <string.h>

#include "base/bytes.h"
#include "core/decode.h"
#include "wire/compose.h"

enum { IP4_BYTES = 20, IP6_BYTES = 40, ETHER_BYTES = 14, DONT_FRAGMENT = 0x4000 };
enum { TCP_FLAGS_BYTE = 12, TCP_SUM_BYTE = 16 };

static bool possible(const struct segment *s, struct diag *d)
{
	uint32_t header = s->src.family == 4 ? IP4_BYTES : 0;

	if (s->src.family != s->dst.family || (s->src.family != 4 && s->src.family != 6))
		return diag_set(d, "a segment needs two addresses of one family, IPv4 or IPv6");
	if (s->options_len > TCP_OPTIONS_MAX_BYTES)
		return diag_set(d, "TCP options of %u bytes do not fit into a header: 40 are the most",
		                s->options_len);
	if (s->payload_len > UINT16_MAX || header + segment_bytes(s) > UINT16_MAX)
		return diag_set(d, "a payload of %u bytes does not fit into an IP packet", s->payload_len);
	if (s->payload_captured != s->payload_len || (s->payload_len && !s->payload))
		return diag_set(d, "the segment's payload is not whole: %u of %u bytes are there",
		                s->payload_captured, s->payload_len);
	return true;
}

static bool put_tcp(libnet_t *l, const struct segment *s)
{
	/* libnet pads with what it finds behind the options, so they are padded here. */
	uint8_t options[TCP_OPTIONS_MAX_BYTES] = {0};
	uint32_t options_len = (s->options_len + 3u) & ~3u;

	memcpy(options, s->options, s->options_len);
	if (options_len && libnet_build_tcp_options(options, options_len, l, 0) < 0)
		return false;
	return libnet_build_tcp(s->sport, s->dport, s->seq, s->ack, (uint8_t)s->flags, s->wnd, 0, s->urg,
	                        (uint16_t)segment_bytes(s), s->payload, s->payload_len, l, 0) >= 0;
}

char *compose_why(char *words)
{
	words[strcspn(words, "\n")] = '\0';
	return words;
}

bool compose_segment(struct libnet_context *l, const struct segment *s, const struct compose_link *link,
                     uint8_t **packet, uint32_t *len, struct diag *d)
{
	bool v4 = s->src.family == 4, ok;
	struct libnet_in6_addr src6, dst6;
	uint32_t src, dst;
	uint8_t *tcp;

	if (!possible(s, d))
		return false;
	libnet_clear_packet(l);
	ok = put_tcp(l, s);
	if (v4) {
		memcpy(&src, s->src.bytes, sizeof(src));
		memcpy(&dst, s->dst.bytes, sizeof(dst));
		ok = ok &&
		     libnet_build_ipv4((uint16_t)(IP4_BYTES + segment_bytes(s)), s->tos, s->ip_id,
		                       DONT_FRAGMENT, s->ttl, IPPROTO_TCP, 0, src, dst, NULL, 0, l, 0) >= 0;
	} else {
		memcpy(&src6, s->src.bytes, sizeof(src6));
		memcpy(&dst6, s->dst.bytes, sizeof(dst6));
		ok = ok && libnet_build_ipv6(s->tos, 0, (uint16_t)segment_bytes(s), IPPROTO_TCP, s->ttl, src6,
		                             dst6, NULL, 0, l, 0) >= 0;
	}
	if (link)
		ok = ok && libnet_build_ethernet(link->to, link->from, v4 ? ETHERTYPE_IP : ETHERTYPE_IPV6,
		                                 NULL, 0, l, 0) >= 0;
	ok = ok && libnet_pblock_coalesce(l, packet, len) >= 0;
	if (ok) {
		tcp = *packet + (link ? ETHER_BYTES : 0) + (v4 ? IP4_BYTES : IP6_BYTES);
		if (s->flags & TCP_AE)
			checksum_set16(tcp + TCP_FLAGS_BYTE, bytes_get16(tcp + TCP_FLAGS_BYTE) | TCP_AE,
			               tcp + TCP_SUM_BYTE);
		malform_bytes(&s->malformed, tcp);
	} else {
		diag_set(d, "libnet cannot build the segment: %s", compose_why(libnet_geterror(l)));
	}
	libnet_clear_packet(l);
	return ok;
}
