/* Converting addresses. Knows nothing of what they are for. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

bool addr_equal(const struct addr *a, const struct addr *b)
{
	size_t len = a->family == 4 ? 4 : sizeof a->bytes;

	if (a->family != b->family)
		return false;
	return a->family == 0 || memcmp(a->bytes, b->bytes, len) == 0;
}

const char *addr_text(const struct addr *a, char buf[ADDR_TEXT_BYTES])
{
	if (a->family == 0 || !inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, buf, ADDR_TEXT_BYTES))
		strcpy(buf, "none");
	return buf;
}

socklen_t address_to_socket(const struct addr *a, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *in4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof *out);
	if (a->family == 4) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(port);
		memcpy(&in4->sin_addr, a->bytes, 4);
		return sizeof *in4;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, a->bytes, 16);
	return sizeof *in6;
}

static struct addr from_ipv6(const struct in6_addr *in)
{
	bool mapped = IN6_IS_ADDR_V4MAPPED(in);
	struct addr out = {.family = mapped ? 4 : 6};

	memcpy(out.bytes, in->s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
	return out;
}

void address_from_socket(const struct sockaddr_storage *in, struct addr *out, uint16_t *port)
{
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)in;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)in;
	uint16_t found = 0;

	*out = (struct addr){0};
	if (in->ss_family == AF_INET) {
		out->family = 4;
		memcpy(out->bytes, &in4->sin_addr, 4);
		found = ntohs(in4->sin_port);
	} else if (in->ss_family == AF_INET6) {
		*out = from_ipv6(&in6->sin6_addr);
		found = ntohs(in6->sin6_port);
	}
	if (port)
		*port = found;
}

unsigned address_scope(const struct sockaddr_storage *in)
{
	return in->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)in)->sin6_scope_id : 0;
}

void address_set_scope(struct sockaddr_storage *out, unsigned scope)
{
	if (out->ss_family == AF_INET6)
		((struct sockaddr_in6 *)out)->sin6_scope_id = scope;
}

bool address_is_link_local(const struct addr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

bool address_parse(const char *text, struct addr *out)
{
	struct in6_addr in6;

	*out = (struct addr){.family = 4};
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		return true;
	if (inet_pton(AF_INET6, text, &in6) != 1)
		return false;
	*out = from_ipv6(&in6);
	return true;
}

bool address_is_loopback(const struct addr *a)
{
	static const uint8_t loopback6[16] = {[15] = 1};

	return a->family == 4 ? a->bytes[0] == 127 : memcmp(a->bytes, loopback6, 16) == 0;
}

bool address_is_any(const struct addr *a)
{
	static const uint8_t any[16];

	return memcmp(a->bytes, any, a->family == 4 ? 4 : 16) == 0;
}
