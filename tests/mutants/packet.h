/* Frames on the mutant's link: out of a segment, and into one. */
#ifndef FW_MUTANT_PACKET_H
#define FW_MUTANT_PACKET_H

#include "base/diag.h"
#include "core/segment.h"
#include "faults.h"

enum { PACKET_FRAME_BYTES = 2048 };

/* A packet socket on an interface of this network namespace, IPv4 and IPv6, what comes in only; -1 with d. */
int packet_open(const char *interface, struct diag *d);

/* Sends s to a MAC address. What can't leave is lost. */
void packet_send(int fd, const uint8_t to[6], const uint8_t from[6], const struct segment *s);

/* The next segment; it points into frame, or where it came in fragments it holds until the
 * next call. 1, 0 nothing there now, -1 something that is none. */
int packet_receive(int fd, enum fault fault, uint8_t frame[PACKET_FRAME_BYTES], struct segment *out);

#endif
