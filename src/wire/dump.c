/* Capture files with nanoseconds. Knows no capture handle: link type and snaplen are given. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "wire/capture.h"
#include "wire/link.h"

struct dump {
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	FILE *file; /* the dumper's */
	char *path;
	int linktype;
	size_t snaplen;
	struct timeval last; /* the last frame's */
	int error;           /* errno of the first write that failed, 0: none did */
};

/* No frame of a note is longer, whatever the snaplen. */
enum { NOTE_FRAME_MAX = 1514 };

static void dump_free(struct dump *dump)
{
	if (dump->dumper)
		pcap_dump_close(dump->dumper);
	else if (dump->file)
		fclose(dump->file);
	if (dump->pcap)
		pcap_close(dump->pcap);
	free(dump->path);
	free(dump);
}

/* Out at once: what a run that is killed has captured can be read. */
static void flush(struct dump *dump)
{
	errno = 0;
	if (pcap_dump_flush(dump->dumper) != 0 && dump->error == 0)
		dump->error = errno != 0 ? errno : EIO;
}

struct dump *dump_open(const char *path, int linktype, int snaplen, struct diag *d)
{
	struct dump *dump = memory_new(1, sizeof(*dump));

	dump->path = memory_text(path);
	dump->linktype = linktype;
	dump->snaplen = (size_t)snaplen;
	dump->pcap = pcap_open_dead_with_tstamp_precision(linktype, snaplen, PCAP_TSTAMP_PRECISION_NANO);
	if (!dump->pcap)
		memory_ended();
	dump->file = fopen(path, "wbe");
	if (!dump->file)
		diag_set(d, "the capture file %s cannot be written: %s", path, strerror(errno));
	else if (!(dump->dumper = pcap_dump_fopen(dump->pcap, dump->file)))
		diag_set(d, "the capture file %s cannot be begun: %s", path, pcap_geterr(dump->pcap));
	if (dump->dumper) {
		flush(dump);
		return dump;
	}
	dump_free(dump);
	return NULL;
}

void dump_write(struct dump *dump, const struct captured *captured)
{
	dump->last = captured->header->ts;
	pcap_dump((u_char *)dump->dumper, captured->header, captured->frame);
	flush(dump);
}

void dump_note(struct dump *dump, const char *text, size_t len)
{
	size_t most = dump->snaplen < NOTE_FRAME_MAX ? dump->snaplen : NOTE_FRAME_MAX;
	size_t room = most > NOTE_HEAD_MAX ? most - NOTE_HEAD_MAX : 0;
	unsigned parts = room ? (unsigned)((len + room - 1) / room) : 0;
	uint8_t frame[NOTE_FRAME_MAX];

	for (unsigned part = 1; part <= parts; part++, text += room, len -= room) {
		size_t take = len < room ? len : room;
		size_t head_len = note_head(dump->linktype, part, parts, take, frame);
		struct pcap_pkthdr header = {.ts = dump->last,
		                             .caplen = (bpf_u_int32)(head_len + take),
		                             .len = (bpf_u_int32)(head_len + take)};

		if (head_len == 0)
			return;
		memcpy(frame + head_len, text, take);
		pcap_dump((u_char *)dump->dumper, &header, frame);
	}
}

bool dump_close(struct dump *dump, struct diag *d)
{
	bool ok = true;

	if (!dump)
		return true;
	flush(dump);
	if (dump->error != 0 || ferror(dump->file))
		ok = diag_set(d, "the capture file %s is not whole: %s", dump->path,
		              strerror(dump->error != 0 ? dump->error : EIO));
	dump_free(dump);
	return ok;
}
