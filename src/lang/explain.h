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

/* --- explain_words.c: pieces of its sentences --- */

/* "SYN, ACK with seq rcv.nxt (1), ..."; numbers of now in brackets. */
void words_segment(UT_string *b, const struct scenario *s, const struct pattern *p, bool ours,
                   const struct scope *scope);

/* ", not before 10 ms and at most 1 s after fin" or "" */
void words_timing(UT_string *b, const struct scenario *s, const struct timing *t);

void words_series(UT_string *b, const struct scenario *s, const struct step *step);
void words_provoke(UT_string *b, const struct provocation *p);
void words_state(UT_string *b, const struct step *step);

#endif
