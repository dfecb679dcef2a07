/* Clauses, rows and segments in words, the same in every report. All write
 * to buf, cut where size is too small, and return it. */
#ifndef FW_WORDS_H
#define FW_WORDS_H

#include "report/result.h"

/* "RFC 6298 5.5, RFC 9293 3.10.4". "" where there is none. */
const char *clauses_text(const struct scenario *s, char *buf, size_t size);

/* Row 1: "The first FIN is lost". Row 0: "Other scenarios". */
const char *row_title(int row);

/* "the peer closes first". */
const char *role_title(enum role role);

/* "[2001:db8::1]:80", "192.0.2.1:80". */
enum { ENDPOINT_TEXT_BYTES = 64 };
const char *endpoint_text(const struct addr *a, uint16_t port, char buf[ENDPOINT_TEXT_BYTES]);

/* A segment as tcpdump would name it, numbers relative: "P. 1:11(10) ack 1",
 * with window and options where full. Numbers far from the ISN are "abs(N)". */
const char *segment_words(const struct trace *t, const struct verdict *v, bool full, char *buf, size_t size);

/* What a series resends: "fin", "text with fin". */
enum { SERIES_TEXT_BYTES = 48 };
const char *series_text(const struct scenario *s, int step, char buf[SERIES_TEXT_BYTES]);

/* What a segment was to the scenario: "as fin", "resend 2 of fin", "bad checksum: ignored", or "". */
enum { NOTE_TEXT_BYTES = 96 };
const char *note_text(const struct result *r, const struct trace *t, char buf[NOTE_TEXT_BYTES]);

/* Is a segment's note worth a place beside its step? "as fin" says nothing where
 * the step has the same words, nor do the notes of what any handshake is. */
bool note_says_more(const struct result *r, const struct trace *t);

/* Both ends of the connection; false where none was made. */
bool ends_text(const struct result *r, char ours[ENDPOINT_TEXT_BYTES], char peer[ENDPOINT_TEXT_BYTES]);

#endif
