/* From a frame to its IP packet, and a text as frames. Knows the link headers that Linux gives, and no socket
 * and no file. */
#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/decode.h"
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

/* --- notes --- */

enum { ETHERTYPE_NOTE = 0x88b5, PROTOCOL_NOTE = 253, IP_BYTES = 20, MARK_BYTES = 32, PARTS_MAX = 1000000 };

static const char mark[] = "fourwave ";

/* The bytes of a header that holds the protocol's type, and where in it that stands; 0: it holds none. */
static size_t typed(int linktype, size_t *type_at)
{
	const struct link *l = find(linktype);

	if (!l || !l->typed)
		return 0;
	*type_at = l->type_at;
	return l->bytes;
}

static bool is_raw(int linktype) { return linktype == DLT_RAW || linktype == DLT_IPV4; }

size_t note_head(int linktype, unsigned part, unsigned parts, size_t text_len, uint8_t head[NOTE_HEAD_MAX])
{
	char text[MARK_BYTES];
	size_t type_at, len = typed(linktype, &type_at);
	size_t text_at = (size_t)snprintf(text, sizeof text, "%s%u/%u\n", mark, part, parts);

	memset(head, 0, NOTE_HEAD_MAX);
	if (len > 0) {
		bytes_put16(head + type_at, ETHERTYPE_NOTE);
	} else if (is_raw(linktype)) {
		len = IP_BYTES;
		head[0] = 0x45;
		bytes_put16(head + 2, (uint16_t)(IP_BYTES + text_at + text_len));
		head[8] = 1;
		head[9] = PROTOCOL_NOTE;
		bytes_put16(head + 10, checksum_fold(checksum_add(0, head, IP_BYTES)));
	} else {
		return 0;
	}
	memcpy(head + len, text, text_at);
	return len + text_at;
}

static bool read_number(const char **at, const char *end, char after, unsigned *out)
{
	unsigned n = 0;

	while (*at < end && **at >= '0' && **at <= '9' && n <= PARTS_MAX)
		n = n * 10 + (unsigned)(*(*at)++ - '0');
	if (*at == end || **at != after || n == 0 || n > PARTS_MAX)
		return false;
	(*at)++;
	*out = n;
	return true;
}

bool note_strip(int linktype, const uint8_t *frame, size_t captured, unsigned *part, unsigned *parts,
                const char **text, size_t *text_len)
{
	size_t type_at, head = typed(linktype, &type_at);
	const char *at, *end = (const char *)frame + captured;
	bool ours = head > 0 && captured > head && bytes_get16(frame + type_at) == ETHERTYPE_NOTE;

	if (is_raw(linktype) && captured > IP_BYTES) {
		head = IP_BYTES;
		ours = frame[0] == 0x45 && frame[9] == PROTOCOL_NOTE;
	}
	at = (const char *)frame + head;
	if (!ours || captured - head < sizeof mark || memcmp(at, mark, sizeof mark - 1) != 0)
		return false;
	at += sizeof mark - 1;
	if (!read_number(&at, end, '/', part) || !read_number(&at, end, '\n', parts) || *part > *parts)
		return false;
	*text = at;
	*text_len = (size_t)(end - at);
	return true;
}
