/* A capture file: pcap with nanoseconds, as tcpdump and tshark read it. */
#ifndef FW_DUMP_H
#define FW_DUMP_H

#include "wire/capture.h"

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
