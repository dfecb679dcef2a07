/* From a capture file to its segments. Judges nothing. */
#include "read/file.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "core/decode.h"
#include "core/fragments.h"
#include "wire/link.h"
#include "wire/note.h"

/* The note while its parts come. */
struct note_parts {
	unsigned next, parts; /* next 1: nothing came */
	size_t room;
};

static void *grow(void *list, size_t need, size_t *room, size_t size)
{
	if (need <= *room)
		return list;
	*room = need * 2;
	list = realloc(list, *room * size);
	if (!list)
		abort();
	return list;
}

static void drop_note(struct capture_file *file)
{
	free(file->note);
	file->note = NULL;
	file->note_len = 0;
}

/* Parts come in order; anything else is no note. */
static void take_part(struct capture_file *file, struct note_parts *note, unsigned part, unsigned parts,
                      const char *text, size_t len)
{
	if (part == 1) {
		drop_note(file);
		*note = (struct note_parts){1, parts, 0};
	}
	if (part != note->next || parts != note->parts)
		return;
	file->note = grow(file->note, file->note_len + len + 1, &note->room, 1);
	memcpy(file->note + file->note_len, text, len);
	file->note_len += len;
	file->note[file->note_len] = '\0';
	note->next++;
}

static void keep(const struct capture_file *file, const struct segment *s, struct file_segment *to)
{
	uint8_t *packet = (uint8_t *)arena_copy(file->arena, (const char *)s->packet, s->packet_captured);
	to->segment = *s;
	to->frame = file->frames;
	to->segment.packet = packet;
	if (s->payload)
		to->segment.payload = packet + (s->payload - s->packet);
}

static void add_segment(struct capture_file *file, const struct segment *s)
{
	file->segments = grow(file->segments, file->count + 1, &file->room, sizeof *file->segments);
	keep(file, s, &file->segments[file->count++]);
}

static void add_odd(struct capture_file *file, const struct segment *s)
{
	file->odd = grow(file->odd, file->odd_count + 1, &file->odd_room, sizeof *file->odd);
	keep(file, s, &file->odd[file->odd_count++]);
}

static void take_fragment(struct capture_file *file, struct gather *gather, const uint8_t *ip,
                          size_t captured, size_t len, int64_t time_ns)
{
	const uint8_t *whole;
	size_t whole_len;
	uint16_t first;
	struct segment s;

	file->fragments++;
	if (!gather_take(gather, ip, captured, len, &whole, &whole_len, &first) ||
	    (decode_ip(whole, whole_len, whole_len, time_ns, &s) != DECODE_OK &&
	     !decode_lying(whole, whole_len, whole_len, time_ns, &s)))
		return;
	s.fragment = first;
	add_odd(file, &s);
}

static void take_packet(struct capture_file *file, struct gather *gather, const uint8_t *ip, size_t captured,
                        size_t len, int64_t time_ns)
{
	struct segment s;

	switch (decode_ip(ip, captured, len, time_ns, &s)) {
	case DECODE_OK: add_segment(file, &s); break;
	case DECODE_FRAGMENT: take_fragment(file, gather, ip, captured, len, time_ns); break;
	case DECODE_MALFORMED:
		if (decode_lying(ip, captured, len, time_ns, &s))
			add_odd(file, &s);
		file->damaged++;
		break;
	case DECODE_TRUNCATED:
	case DECODE_BAD_IP_SUM: file->damaged++; break;
	case DECODE_NOT_IP:
	case DECODE_NOT_TCP: break;
	}
}

static void take_frame(struct capture_file *file, struct gather *gather, struct note_parts *note,
                       const struct pcap_pkthdr *h, const uint8_t *frame)
{
	int64_t time_ns = (int64_t)h->ts.tv_sec * 1000000000 + h->ts.tv_usec;
	unsigned part, parts;
	const char *text;
	size_t offset, len;

	file->frames++;
	if (note_strip(file->linktype, frame, h->caplen, &part, &parts, &text, &len)) {
		take_part(file, note, part, parts, text, len);
		return;
	}
	if (time_ns > file->end_ns)
		file->end_ns = time_ns;
	if (link_strip(file->linktype, frame, h->caplen, h->len, &offset))
		take_packet(file, gather, frame + offset, h->caplen - offset, h->len - offset, time_ns);
}

static bool read_frames(struct capture_file *file, struct gather *gather, pcap_t *pcap, const char *path,
                        struct diag *d)
{
	struct note_parts note = {1, 0, 0};
	struct pcap_pkthdr *h;
	const u_char *frame;
	int got;

	while ((got = pcap_next_ex(pcap, &h, &frame)) == 1) {
		/* A time before 1970 or far ahead is a broken file, and would overflow. */
		if (h->ts.tv_sec < 0 || h->ts.tv_sec > UINT32_MAX)
			return diag_set(d, "%s is broken at frame %zu: its time cannot be", path,
			                file->frames + 1);
		take_frame(file, gather, &note, h, frame);
	}
	if (note.next != note.parts + 1)
		drop_note(file);
	return got == PCAP_ERROR_BREAK ||
	       diag_set(d, "%s is broken or cut at frame %zu: %s", path, file->frames + 1, pcap_geterr(pcap));
}

static bool check_link(struct capture_file *file, pcap_t *pcap, const char *path, struct diag *d)
{
	file->linktype = pcap_datalink(pcap);
	if (link_known(file->linktype))
		return true;
	const char *name = pcap_datalink_val_to_name(file->linktype);
	return diag_set(d,
	                "%s: its link type, %s, is not known here: Ethernet, Linux cooked, raw IP and "
	                "loopback are",
	                path, name ? name : "a number without a name");
}

/* What people give instead of a capture. */
static bool refuse(FILE *in, const char *path, const char *why, struct diag *d)
{
	static const struct {
		const char *magic, *program;
	} packers[] = {
	    {"\x1f\x8b", "gzip"}, {"\xfd\x37zXZ", "xz"}, {"\x28\xb5\x2f\xfd", "zstd"}, {"BZh", "bzip2"}};
	char head[8] = "";
	struct stat st;

	if (fstat(fileno(in), &st) == 0 && S_ISDIR(st.st_mode))
		return diag_set(d, "%s is a directory: name a capture file in it", path);
	bool again = fseek(in, 0, SEEK_SET) == 0;
	size_t len = again ? fread(head, 1, sizeof head, in) : 0;
	if (again && len == 0)
		return diag_set(
		    d,
		    "%s is empty: nothing was captured, or not written yet (tcpdump -U writes each "
		    "packet as it comes)",
		    path);
	for (size_t i = 0; i < sizeof packers / sizeof *packers; i++)
		if (strncmp(head, packers[i].magic, strlen(packers[i].magic)) == 0)
			return diag_set(d,
			                "%s is packed: %s -dc %s unpacks it, and -r - reads that from a pipe",
			                path, packers[i].program, path);
	return diag_set(d, "%s is no capture file that libpcap reads: %s; tcpdump -w FILE writes one", path,
	                why);
}

bool capture_file_read(const char *path, struct capture_file *file, struct diag *d)
{
	bool piped = strcmp(path, "-") == 0;
	const char *name = piped ? "standard input" : path;
	char why[PCAP_ERRBUF_SIZE] = "";

	memset(file, 0, sizeof *file);
	file->arena = arena_new();
	if (!file->arena)
		return diag_set(d, "out of memory");
	FILE *in = piped ? stdin : fopen(path, "rbe");
	if (!in)
		return diag_set(d, "%s: %s", path, strerror(errno));
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(in, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!pcap) {
		refuse(in, name, why, d);
		if (in != stdin)
			fclose(in);
		return false;
	}
	struct gather *gather = gather_new();
	bool ok = gather ? check_link(file, pcap, name, d) && read_frames(file, gather, pcap, name, d)
	                 : diag_set(d, "out of memory");
	gather_free(gather);
	pcap_close(pcap);
	return ok;
}

bool capture_file_empty(const struct capture_file *file, const char *path, struct diag *d)
{
	size_t broken = file->damaged + file->fragments;

	if (file->frames == 0)
		return diag_set(
		    d,
		    "no TCP segment is in %s: it holds no frame; was it the right interface, and the "
		    "right filter?",
		    path);
	if (broken > 0)
		return diag_set(
		    d,
		    "no whole TCP segment is in %s: %zu of its %zu frames are cut short or broken; "
		    "tcpdump -s 0 captures whole ones",
		    path, broken, file->frames);
	return diag_set(
	    d,
	    "no TCP segment is in %s: %zu frame%s of other protocols; was it the right interface, and "
	    "the right filter?",
	    path, file->frames, file->frames == 1 ? "" : "s");
}

void capture_file_free(struct capture_file *file)
{
	arena_free(file->arena);
	free(file->segments);
	free(file->odd);
	free(file->note);
	memset(file, 0, sizeof *file);
}
