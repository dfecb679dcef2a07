/* A text as frames of a capture file. Writes and reads no file itself. */
#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/decode.h"
#include "wire/link.h"
#include "wire/note.h"

enum { ETHERTYPE_NOTE = 0x88b5, PROTOCOL_NOTE = 253, IP_BYTES = 20, MARK_BYTES = 32, PARTS_MAX = 1000000 };

static const char mark[] = "fourwave ";

static bool is_raw(int linktype) { return linktype == DLT_RAW || linktype == DLT_IPV4; }

size_t note_head(int linktype, unsigned part, unsigned parts, size_t text_len, uint8_t head[NOTE_HEAD_MAX])
{
	char text[MARK_BYTES];
	size_t type_at, len = link_typed(linktype, &type_at);
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

static size_t strip_link(int linktype, const uint8_t *frame, size_t captured)
{
	size_t type_at, len = link_typed(linktype, &type_at);

	if (len > 0 && captured > len)
		return bytes_get16(frame + type_at) == ETHERTYPE_NOTE ? len : 0;
	if (is_raw(linktype) && captured > IP_BYTES && frame[0] == 0x45 && frame[9] == PROTOCOL_NOTE)
		return IP_BYTES;
	return 0;
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
	size_t head = strip_link(linktype, frame, captured);
	const char *at = (const char *)frame + head, *end = (const char *)frame + captured;

	if (head == 0 || captured - head < sizeof mark || memcmp(at, mark, sizeof mark - 1) != 0)
		return false;
	at += sizeof mark - 1;
	if (!read_number(&at, end, '/', part) || !read_number(&at, end, '\n', parts) || *part > *parts)
		return false;
	*text = at;
	*text_len = (size_t)(end - at);
	return true;
}
