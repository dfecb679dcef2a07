/* A scenario in plain words, with the pcap filter of each segment that a step checks. */
#ifndef FW_EXPLAIN_H
#define FW_EXPLAIN_H

#include "core/scenario.h"
#include "base/text.h"

/* Appends to out. The filters are for 192.0.2.1:61000 -> 192.0.2.2:80, and 2001:db8::1 -> ::2,
 * with both initial sequence numbers 0, so that numbers are the relative ones
 * that tcpdump prints. Each stands on a line of its own that begins with
 * "    ipv4: " or "    ipv6: ". To know the numbers of each step the connection
 * is walked through: what is sent counts as sent, and what is expected comes in
 * its simplest form. */
void scenario_explain(const struct scenario *s, UT_string *out);

#endif
