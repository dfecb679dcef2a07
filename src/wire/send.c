/* Segments onto the wire, by libnet: one context for a family, cleared for each packet. What libnet has no
 * argument for (the AE bit, what is malformed on purpose) is put into the finished bytes. Knows what to send
 * and where, not why. */
#include <errno.h>
#include <libnet.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "core/decode.h"
#include "core/scenario.h"
#include "wire/privilege.h"
#include "wire/route.h"
#include "wire/send.h"

struct sender {
	libnet_t *raw4, *raw6, *frames; /* NULL where not wanted */
	char *interface;                /* NULL: routing decides */
	struct compose_link mac;
	struct addr hop_for; /* the destination that mac.to leads to */
};

/* libnet ends its words with a newline. */
static const char *without_newline(char *words)
{
	words[strcspn(words, "\n")] = '\0';
	return words;
}

/* --- in memory --- */

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
		diag_set(d, "libnet cannot build the segment: %s", without_newline(libnet_geterror(l)));
	}
	libnet_clear_packet(l);
	return ok;
}

/* --- sent --- */

static libnet_t *open_context(int kind, const char *interface, struct diag *d)
{
	char why[LIBNET_ERRBUF_SIZE] = "";
	libnet_t *l = libnet_init(kind, interface, why);

	if (l)
		return l;
	if (!privilege_have_raw())
		diag_set(d, "no privilege to send handcrafted segments: %s", privilege_advice());
	else
		diag_set(d, "libnet cannot send: %s", without_newline(why));
	return NULL;
}

/* The routing socket is kept to the interface that was asked for. */
static bool open_routed(struct sender *s, int kind, libnet_t **l, struct diag *d)
{
	*l = open_context(kind, NULL, d);
	if (!*l)
		return false;
	if (!s->interface || setsockopt(libnet_getfd(*l), SOL_SOCKET, SO_BINDTODEVICE, s->interface,
	                                (socklen_t)strlen(s->interface) + 1) == 0)
		return true;
	if (errno == ENODEV)
		return diag_set(d, "there is no interface %s: \"ip link\" lists those that there are",
		                s->interface);
	return diag_set(d, "sending cannot be kept to %s: %s", s->interface, strerror(errno));
}

/* libnet would write Ethernet's header in any case. */
static bool open_link(struct sender *s, struct diag *d)
{
	struct interface on;

	if (!route_interface(s->interface, &on, d))
		return false;
	if (on.type != ARPHRD_ETHER && on.type != ARPHRD_LOOPBACK)
		return diag_set(d, "%s is no Ethernet, so frames cannot be sent on it: leave out -i",
		                s->interface);
	memcpy(s->mac.from, on.mac, sizeof(s->mac.from));
	s->frames = open_context(LIBNET_LINK, s->interface, d);
	return s->frames;
}

struct sender *sender_open(const struct sender_options *options, struct diag *d)
{
	struct sender *s = memory_new(1, sizeof(*s));
	bool v4 = options->families & FAMILY_IPV4, v6 = options->families & FAMILY_IPV6, ok;

	if (options->interface)
		s->interface = memory_text(options->interface);
	if (options->link && !options->interface)
		ok = diag_set(d, "frames can only be sent on a named interface: say which with -i");
	else if (options->link)
		ok = open_link(s, d);
	else
		ok = (!v4 || open_routed(s, LIBNET_RAW4, &s->raw4, d)) &&
		     (!v6 || open_routed(s, LIBNET_RAW6, &s->raw6, d));
	if (ok)
		return s;
	sender_close(s);
	return NULL;
}

void sender_close(struct sender *s)
{
	if (!s)
		return;
	libnet_destroy(s->raw4);
	libnet_destroy(s->raw6);
	libnet_destroy(s->frames);
	free(s->interface);
	free(s);
}

bool sender_prepare(struct sender *s, const struct addr *dst, struct diag *d)
{
	if (!s->frames || addr_equal(&s->hop_for, dst))
		return true;
	if (!route_next_hop(dst, s->interface, s->mac.to, d))
		return false;
	s->hop_for = *dst;
	return true;
}

/* What the kernel's error means to the user. */
static bool refused(const struct segment *segment, int error, struct diag *d)
{
	char to[ADDR_TEXT_BYTES];

	addr_text(&segment->dst, to);
	switch (error) {
	case EPERM:
		return diag_set(d, "this host's firewall refuses segments to %s: see its output rules", to);
	case EACCES: return diag_set(d, "%s is a broadcast address or prohibited by \"ip route\"", to);
	case ENETUNREACH: return diag_set(d, "there is no route to %s: add one with \"ip route\"", to);
	case EHOSTUNREACH: return diag_set(d, "%s cannot be reached: its network does not know it", to);
	case ENETDOWN:
	case ENODEV:
	case ENXIO: return diag_set(d, "the interface towards %s is down or gone", to);
	case ENOBUFS:
	case EAGAIN:
		return diag_set(d, "the interface's queue is full: send fewer segments a second with --rate");
	case EMSGSIZE:
		return diag_set(d, "a segment with %u bytes of payload is too long for the path to %s",
		                segment->payload_len, to);
	case EINVAL:
		return diag_set(d, "the kernel refuses a segment to %s; a link-local address needs -i", to);
	}
	return diag_set(d, "a segment to %s cannot be sent: %s", to, strerror(error));
}

/* False with errno. */
static bool write_packet(struct sender *s, libnet_t *l, int family, const uint8_t *packet, uint32_t len)
{
	int sent;

	errno = 0;
	if (l == s->frames)
		sent = libnet_write_link(l, packet, len);
	else if (family == 4)
		sent = libnet_write_raw_ipv4(l, packet, len);
	else
		sent = libnet_write_raw_ipv6(l, packet, len);
	return sent == (int)len;
}

/* The identification, of IPv6, is unlike those of our other connections. */
static bool write_fragments(struct sender *s, libnet_t *l, const struct segment *segment,
                            const uint8_t *packet, uint32_t len)
{
	struct cutter c = {.packet = packet,
	                   .len = len,
	                   .link_bytes = l == s->frames ? sizeof(struct libnet_ethernet_hdr) : 0,
	                   .most = segment->malformed.fragment,
	                   .id = (uint32_t)segment->sport << 16 | segment->ip_id};
	uint8_t *buf = memory_new(1, FRAGMENT_HEADERS_MAX + c.most);
	bool ok = true;
	size_t cut;

	while (ok && (cut = fragments_cut(&c, buf)) > 0)
		ok = write_packet(s, l, segment->src.family, buf, (uint32_t)cut);
	free(buf);
	return ok;
}

bool sender_send(struct sender *s, const struct segment *segment, struct diag *d)
{
	libnet_t *l = s->frames ? s->frames : segment->src.family == 4 ? s->raw4 : s->raw6;
	uint8_t *packet;
	uint32_t len;
	bool ok;
	int error;

	if (!l)
		return diag_set(d, "the sender was not opened for IPv%u", segment->src.family);
	if (!sender_prepare(s, &segment->dst, d))
		return false;
	if (!compose_segment(l, segment, s->frames ? &s->mac : NULL, &packet, &len, d))
		return false;
	ok = segment->malformed.fragment ? write_fragments(s, l, segment, packet, len)
	                                 : write_packet(s, l, segment->src.family, packet, len);
	error = errno;
	libnet_adv_free_packet(l, packet);
	return ok || refused(segment, error, d);
}
