/* From a frame to its IP packet. Knows the link headers that Linux gives, and no socket. */
#include <pcap/dlt.h>
#include <string.h>

#include "base/bytes.h"
#include "wire/link.h"

enum {
	TYPE_IP4 = 0x0800,
	TYPE_IP6 = 0x86dd,
	TYPE_VLAN = 0x8100,    /* 802.1Q */
	TYPE_SERVICE = 0x88a8, /* 802.1ad, the outer of two tags */
	TYPE_QINQ = 0x9100     /* the same before there was a standard */
};
enum { TAGS_MAX = 4, TAG_BYTES = 4 };

/* What a header holds, by offsets into it. */
static const struct link {
	int linktype;
	uint8_t bytes;
	bool typed; /* the protocol's type stands in it; else the IP version tells, for the number of a family
	             * differs from system to system */
	uint8_t type_at;
	uint8_t address_at;        /* the sender's address; 0: there is none */
	uint8_t len_at, len_bytes; /* how long that is, of eight bytes; len_bytes 0: it has six */
} links[] = {
    {DLT_EN10MB, 14, true, 12, 6, 0, 0},      {DLT_LINUX_SLL, 16, true, 14, 6, 4, 2},
    {DLT_LINUX_SLL2, 20, true, 0, 12, 11, 1}, {DLT_RAW, 0, false, 0, 0, 0, 0},
    {DLT_IPV4, 0, false, 0, 0, 0, 0},         {DLT_IPV6, 0, false, 0, 0, 0, 0},
    {DLT_NULL, 4, false, 0, 0, 0, 0},         {DLT_LOOP, 4, false, 0, 0, 0, 0},
};

static const struct link *find(int linktype)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].linktype == linktype)
			return &links[i];
	return NULL;
}

bool link_known(int linktype) { return find(linktype); }

size_t link_typed(int linktype, size_t *type_at)
{
	const struct link *l = find(linktype);

	if (!l || !l->typed)
		return 0;
	*type_at = l->type_at;
	return l->bytes;
}

bool link_strip(int linktype, const uint8_t *frame, size_t captured, size_t len, size_t *ip_offset)
{
	const struct link *l = find(linktype);
	size_t type_at, next;

	if (!l || captured > len)
		return false;
	type_at = l->type_at;
	next = l->bytes;
	for (int tags = 0; tags <= TAGS_MAX && next < captured; tags++) {
		unsigned type = l->typed ? bytes_get16(frame + type_at) : 0, version = frame[next] >> 4;

		*ip_offset = next;
		if (!l->typed)
			return version == 4 || version == 6;
		if (type == TYPE_IP4 || type == TYPE_IP6)
			return version == (type == TYPE_IP4 ? 4 : 6);
		if (type != TYPE_VLAN && type != TYPE_SERVICE && type != TYPE_QINQ)
			return false;
		type_at = next + TAG_BYTES - 2;
		next += TAG_BYTES;
	}
	return false;
}

bool link_source(int linktype, const uint8_t *frame, size_t captured, uint8_t out[LINK_ADDRESS_BYTES])
{
	const struct link *l = find(linktype);
	size_t room = l && l->len_bytes ? LINK_ADDRESS_BYTES : 6, len = room;

	if (!l || !l->address_at || captured < l->address_at + room)
		return false;
	if (l->len_bytes)
		len = bytes_get(frame + l->len_at, l->len_bytes);
	if (len == 0 || len > room)
		return false;
	memset(out, 0, LINK_ADDRESS_BYTES);
	memcpy(out, frame + l->address_at, len);
	return true;
}
