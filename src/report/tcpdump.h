/* A segment in tcpdump's notation, as tcpdump -vv prints it: always with its
 * sequence number, and with its options. */
#ifndef FW_TCPDUMP_H
#define FW_TCPDUMP_H

#include "core/segment.h"

enum { TCPDUMP_TEXT_BYTES = 640, TCPDUMP_TIME_BYTES = 20 };

/* Where relative numbers begin: the ISN of each direction. */
struct tcpdump_base {
	bool relative;     /* else numbers are absolute */
	uint32_t from, to; /* ISN of the sender of s, and of its receiver */
};

/* "IP 192.0.2.1.80 > 192.0.2.2.1025: Flags [F.], seq 1, ack 1, win 502, options [nop,nop,TS val 1 ecr 2],
 * length 0". As with tcpdump the numbers of a SYN, and of a segment without ACK, are absolute; so are
 * those far from the ISN. buf is written and returned. */
const char *tcpdump_text(const struct segment *s, const struct tcpdump_base *base,
                         char buf[TCPDUMP_TEXT_BYTES]);

/* "14:03:59.000012" of the local day. */
const char *tcpdump_time(int64_t time_ns, char buf[TCPDUMP_TIME_BYTES]);

#endif
