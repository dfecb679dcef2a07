/* Receiving by libpcap: what passes an interface, in both directions, as soon as it passes, with
 * nanoseconds. One handle for an interface, whatever the number of scenarios. */
#ifndef FW_CAPTURE_H
#define FW_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "wire/link.h"

struct capture;
struct pcap_pkthdr;

enum {
	CAPTURE_SNAPLEN = 2048,                 /* a whole segment on Ethernet */
	CAPTURE_BUFFER_BYTES = 16 * 1024 * 1024 /* some 8000 segments of that snaplen may wait */
};

struct capture_options {
	const char *interface; /* "any" too */
	int snaplen;           /* bytes, 0: CAPTURE_SNAPLEN. A large one makes the ring hold few frames */
	int buffer_bytes;      /* 0: CAPTURE_BUFFER_BYTES */
};

/* One frame that has an IP packet. All pointers live until take() returns. */
struct captured {
	const uint8_t *ip;
	size_t ip_captured;               /* bytes at ip; may include Ethernet's padding */
	size_t ip_len;                    /* the same as it passed the wire */
	int64_t time_ns;                  /* the kernel's timestamp: CLOCK_REALTIME since 1970 */
	const struct pcap_pkthdr *header; /* ts.tv_usec holds nanoseconds; for dump_write() */
	const uint8_t *frame;             /* header->caplen bytes, with the link header */
	bool has_source_mac;              /* the link layer says who sent it: */
	uint8_t source_mac[LINK_ADDRESS_BYTES];
};

/* Opens, with nothing filtered; takes CAP_NET_RAW, and nothing later does. NULL
 * with a sentence in d that says what to do: no privilege, no such interface, an
 * interface that is down, a link type that link.h does not know. */
struct capture *capture_open(const struct capture_options *options, struct diag *d);

/* NULL is allowed. Waits some 25 ms for the kernel. */
void capture_close(struct capture *c);

/* Sets the kernel's filter, a pcap-filter(7) expression on the link type's frames (a tagged frame needs
 * "vlan"). What waits in the ring is filtered by it too. While it is being changed, libpcap lets frames
 * pass unseen and uncounted: set it once, wide enough, before the first segment is sent. False: d. */
bool capture_filter(struct capture *c, const char *expression, struct diag *d);

/* Readable when something waits (edge or level, epoll or poll); never blocks. */
int capture_fd(const struct capture *c);

int capture_linktype(const struct capture *c); /* DLT_ value, for dump_open() */
int capture_snaplen(const struct capture *c);

/* Gives take() what waits, at most some hundred frames in one call, in the order of passing. Returns the
 * number of frames handled (also those with no IP in them, which take() never sees); 0: nothing waits; -1
 * with d: the handle is dead, as where the interface has gone. */
int capture_read(struct capture *c, void (*take)(void *context, const struct captured *captured),
                 void *context, struct diag *d);

/* Frames lost since capture_open(), by the ring and by the interface. Where it is not 0, no verdict can be
 * given on what was captured. False: the kernel does not say, which is to be handled as loss. */
bool capture_dropped(struct capture *c, uint64_t *dropped);

/* A capture file: pcap with nanoseconds, as tcpdump and tshark read it. */

struct dump;

/* Creates the file, or empties it. linktype and snaplen are the capture's. NULL with a sentence in d. */
struct dump *dump_open(const char *path, int linktype, int snaplen, struct diag *d);

/* Appends a frame, and it is in the file at once. Trouble, such as a full disk, is told by dump_close(). */
void dump_write(struct dump *dump, const struct captured *captured);

/* Appends a text as a note (link.h), at the time of the last frame. Where the
 * link type can hold none, nothing is written. */
void dump_note(struct dump *dump, const char *text, size_t len);

/* Closes and frees, in any case. False with d where not all was written. NULL is allowed, and true. */
bool dump_close(struct dump *dump, struct diag *d);

#endif
