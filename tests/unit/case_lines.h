/* Connections written down as their segments, and the name that each must get. */
#ifndef FW_CASE_LINES_H
#define FW_CASE_LINES_H

#include "read/close_case.h"

enum { SEGMENTS_MAX = 64 };

/* Times are milliseconds, numbers relative to the ISNs; '>' is from the client. After the ACK "w0" is a
 * window that is shut, "k9" a SACK block up to 9, "t7" a timestamp, "oHEX" options as they are, "r8" the
 * reserved bits, "b" a bad checksum, "dTEXT" the data's bytes. "=" is no segment but when the capture ended,
 * which is else at the last one. Played at three places of the sequence space, one of them at its end. */
struct named {
	const char *segments; /* "TIME>FLAGS SEQ[+LEN] [ACK] [w|k|t|o|d...]", "|" between */
	enum close_kind kind;
	const char *text;
	const char *unusual; /* part of the first, or NULL: none */
};

#define OPEN "0>S 0|1<S. 0 1|2>. 1 1|"
#define SACKS "0>S 0 0 o04020101|1<S. 0 1 o04020101|2>. 1 1|"

/* One segment of it: returns the text after it. client and server are the ISNs. */
const char *case_segment(const char *text, uint32_t client, uint32_t server, struct segment *s);

/* Plays it at three places of the sequence space and compares. */
void case_expect(const struct named *named);

#endif
