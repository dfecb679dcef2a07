/* From a frame to its IP packet. Knows the link headers that Linux gives, and no socket. */
#include <pcap/dlt.h>
#include <string.h>

#include "wire/link.h"

enum {
	TYPE_IP4 = 0x0800,
	TYPE_IP6 = 0x86dd,
	TYPE_VLAN = 0x8100,    /* 802.1Q */
	TYPE_SERVICE = 0x88a8, /* 802.1ad, the outer of two tags */
	TYPE_QINQ = 0x9100     /* the same before there was a standard */
};
enum { TAGS_MAX = 4, TAG_BYTES = 4 };

static bool version_is(const uint8_t *frame, size_t captured, size_t at, unsigned version)
{
	return at < captured && frame[at] >> 4 == version;
}

/* The protocol type stands at type_at, and what it is the type of at next. */
static bool by_type(const uint8_t *frame, size_t captured, size_t type_at, size_t next, size_t *ip_offset)
{
	for (int tags = 0; tags <= TAGS_MAX && next <= captured; tags++) {
		unsigned type = (unsigned)frame[type_at] << 8 | frame[type_at + 1];

		*ip_offset = next;
		if (type == TYPE_IP4)
			return version_is(frame, captured, next, 4);
		if (type == TYPE_IP6)
			return version_is(frame, captured, next, 6);
		if (type != TYPE_VLAN && type != TYPE_SERVICE && type != TYPE_QINQ)
			return false;
		type_at = next + TAG_BYTES - 2;
		next += TAG_BYTES;
	}
	return false;
}

static bool by_version(const uint8_t *frame, size_t captured, size_t at, size_t *ip_offset)
{
	*ip_offset = at;
	return version_is(frame, captured, at, 4) || version_is(frame, captured, at, 6);
}

bool link_strip(int linktype, const uint8_t *frame, size_t captured, size_t len, size_t *ip_offset)
{
	if (captured > len)
		return false;
	switch (linktype) {
	case DLT_EN10MB: return by_type(frame, captured, 12, 14, ip_offset);
	case DLT_LINUX_SLL: return by_type(frame, captured, 14, 16, ip_offset);
	case DLT_LINUX_SLL2: return by_type(frame, captured, 0, 20, ip_offset);
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6: return by_version(frame, captured, 0, ip_offset);
	case DLT_NULL:
	case DLT_LOOP:
		/* The family's number differs from system to system: the version tells. */
		return by_version(frame, captured, 4, ip_offset);
	default: /* a number from a file, not one of ours */ return false;
	}
}

bool link_source(int linktype, const uint8_t *frame, size_t captured, uint8_t out[LINK_ADDRESS_BYTES])
{
	size_t at, len;

	switch (linktype) {
	case DLT_EN10MB:
		at = 6;
		len = 6;
		break;
	case DLT_LINUX_SLL: /* two bytes say how long it is */
		at = 6;
		len = captured >= 14 ? (size_t)frame[4] << 8 | frame[5] : 0;
		break;
	case DLT_LINUX_SLL2: /* one byte says it */
		at = 12;
		len = captured >= 20 ? frame[11] : 0;
		break;
	default: /* a number from a file, not one of ours */ return false;
	}
	if (len == 0 || len > LINK_ADDRESS_BYTES || at + len > captured)
		return false;
	memset(out, 0, LINK_ADDRESS_BYTES);
	memcpy(out, frame + at, len);
	return true;
}

bool link_known(int linktype)
{
	static const int known[] = {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW,
	                            DLT_IPV4,   DLT_IPV6,      DLT_NULL,       DLT_LOOP};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == linktype)
			return true;
	return false;
}
