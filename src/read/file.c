/* From a capture file to its segments. Judges nothing. */
#include "read/file.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/duration.h"
#include "base/text.h"
#include "core/decode.h"
#include "wire/link.h"

struct reader {
	struct capture_file *file;
	const char *name; /* of the file, for messages */
	struct gather *gather;
	UT_string note;       /* while its parts come */
	unsigned next, parts; /* of the note; next 0: nothing came */
};

/* Parts come in order; anything else is no note. */
static void take_part(struct reader *r, unsigned part, unsigned parts, const char *text, size_t len)
{
	if (part == 1) {
		utstring_clear(&r->note);
		r->next = 1;
		r->parts = parts;
	}
	if (part != r->next || parts != r->parts)
		return;
	utstring_bincpy(&r->note, text, len);
	r->next++;
}

static void keep(struct capture_file *file, const struct segment *s, bool odd)
{
	struct file_segment *to = LIST_ADD(file->segments, file->count, file->room);
	uint8_t *packet = (uint8_t *)arena_copy(file->arena, (const char *)s->packet, s->packet_captured);

	*to = (struct file_segment){.segment = *s, .frame = file->frames, .odd = odd};
	to->segment.packet = packet;
	if (s->payload)
		to->segment.payload = packet + (s->payload - s->packet);
	file->odd += odd;
}

static void take_packet(struct reader *r, const uint8_t *ip, size_t captured, size_t len, int64_t time_ns)
{
	struct capture_file *file = r->file;
	struct segment s;
	enum decode_result result = decode_ip(ip, captured, len, time_ns, &s);

	if (result == DECODE_OK) {
		keep(file, &s, false);
	} else if (malform_decode(r->gather, ip, captured, len, time_ns, &s)) {
		keep(file, &s, true);
		file->gathered += result == DECODE_FRAGMENT;
	}
	file->fragments += result == DECODE_FRAGMENT;
	file->damaged +=
	    result == DECODE_MALFORMED || result == DECODE_TRUNCATED || result == DECODE_BAD_IP_SUM;
}

static void take_frame(struct reader *r, const struct pcap_pkthdr *h, const uint8_t *frame)
{
	struct capture_file *file = r->file;
	int64_t time_ns = h->ts.tv_sec * NS_PER_S + h->ts.tv_usec;
	unsigned part, parts;
	const char *text;
	size_t offset, len;

	file->frames++;
	if (note_strip(file->linktype, frame, h->caplen, &part, &parts, &text, &len)) {
		take_part(r, part, parts, text, len);
		return;
	}
	if (time_ns > file->end_ns)
		file->end_ns = time_ns;
	if (link_strip(file->linktype, frame, h->caplen, h->len, &offset))
		take_packet(r, frame + offset, h->caplen - offset, h->len - offset, time_ns);
}

static bool read_frames(struct reader *r, pcap_t *pcap, struct diag *d)
{
	struct pcap_pkthdr *h;
	const u_char *frame;
	int got;

	while ((got = pcap_next_ex(pcap, &h, &frame)) == 1) {
		/* A time before 1970 or far ahead is a broken file, and would overflow. */
		if (h->ts.tv_sec < 0 || h->ts.tv_sec > UINT32_MAX)
			return diag_set(d, "%s is broken at frame %zu: its time cannot be", r->name,
			                r->file->frames + 1);
		take_frame(r, h, frame);
	}
	return got == PCAP_ERROR_BREAK || diag_set(d, "%s is broken or cut at frame %zu: %s", r->name,
	                                           r->file->frames + 1, pcap_geterr(pcap));
}

/* The whole file; what stands before a frame that is broken is kept. */
static bool read_all(struct reader *r, pcap_t *pcap, struct diag *d)
{
	struct capture_file *file = r->file;
	const char *type;
	bool ok;

	file->arena = arena_new();
	file->linktype = pcap_datalink(pcap);
	type = pcap_datalink_val_to_name(file->linktype);
	if (!link_known(file->linktype))
		return diag_set(d,
		                "%s: its link type, %s, is not known here: "
		                "Ethernet, Linux cooked, raw IP and loopback are",
		                r->name, type ? type : "a number without a name");
	r->gather = gather_new();
	utstring_init(&r->note);
	ok = read_frames(r, pcap, d);
	gather_free(r->gather);
	if (r->next > 0 && r->next == r->parts + 1) {
		file->note = arena_copy(file->arena, utstring_body(&r->note), utstring_len(&r->note));
		file->note_len = utstring_len(&r->note);
	}
	utstring_done(&r->note);
	return ok;
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
	bool again;
	size_t len;

	if (fstat(fileno(in), &st) == 0 && S_ISDIR(st.st_mode))
		return diag_set(d, "%s is a directory: name a capture file in it", path);
	again = fseek(in, 0, SEEK_SET) == 0;
	len = again ? fread(head, 1, sizeof head, in) : 0;
	if (again && len == 0)
		return diag_set(d,
		                "%s is empty: nothing was captured, or not written yet "
		                "(tcpdump -U writes each packet as it comes)",
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
	bool piped = strcmp(path, "-") == 0, ok;
	struct reader r = {.file = file, .name = piped ? "standard input" : path};
	char why[PCAP_ERRBUF_SIZE] = "";
	FILE *in = piped ? stdin : fopen(path, "rbe");
	pcap_t *pcap;

	memset(file, 0, sizeof *file);
	if (!in)
		return diag_set(d, "%s: %s", path, strerror(errno));
	pcap = pcap_fopen_offline_with_tstamp_precision(in, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!pcap) {
		refuse(in, r.name, why, d);
		if (!piped)
			fclose(in);
		return false;
	}
	ok = read_all(&r, pcap, d);
	pcap_close(pcap);
	return ok;
}

bool capture_file_empty(const struct capture_file *file, const char *path, struct diag *d)
{
	size_t broken = file->damaged + file->fragments;

	if (file->frames == 0)
		return diag_set(d,
		                "no TCP segment is in %s: it holds no frame; "
		                "was it the right interface, and the right filter?",
		                path);
	if (broken > 0)
		return diag_set(d,
		                "no whole TCP segment is in %s: %zu of its %zu frames are "
		                "cut short or broken; tcpdump -s 0 captures whole ones",
		                path, broken, file->frames);
	return diag_set(d,
	                "no TCP segment is in %s: %zu frame%s of other protocols; "
	                "was it the right interface, and the right filter?",
	                path, file->frames, file->frames == 1 ? "" : "s");
}

void capture_file_free(struct capture_file *file)
{
	arena_free(file->arena);
	free(file->segments);
	memset(file, 0, sizeof *file);
}
