/* Clauses, rows, segments and measures in words, the same in every report. All write to buf, cut where size
 * is too small, and return it. */
#ifndef FW_WORDS_H
#define FW_WORDS_H

#include "base/duration.h"
#include "report/result.h"

/* "RFC 6298 5.5, RFC 9293 3.10.4". "" where there is none. */
const char *clauses_text(const struct scenario *s, char *buf, size_t size);

/* Row 1: "The first FIN is lost". Row 0: "Other scenarios". */
const char *row_title(int row);

/* What an expectation rests on: "should, RFC 6298, 2.4"; where its step names no clause, those of the
 * scenario that come to the same: "must, RFC 6298 5.5; RFC 9293 3.10.4"; of a stack's choice "the profile
 * linux says time_wait = 60s..66s". */
const char *basis_text(const struct scenario *s, const struct basis *b, char *buf, size_t size);

/* Its clause, where it can be only one; else NULL. */
const struct clause *basis_clause(const struct scenario *s, const struct basis *b);

/* "the peer closes first". */
const char *role_title(enum role role);

/* "[2001:db8::1]:80", "192.0.2.1:80". */
enum { ENDPOINT_TEXT_BYTES = 64 };
const char *endpoint_text(const struct addr *a, uint16_t port, char buf[ENDPOINT_TEXT_BYTES]);

/* A segment as tcpdump would name it, numbers relative: "P. 1:11(10) ack 1",
 * with window and options where full. Numbers far from the ISN are "abs(N)". */
const char *segment_words(const struct trace *t, const struct verdict *v, bool full, char *buf, size_t size);

/* The segment that broke the rule first, with all that it had; "" where it was not kept. */
enum { SEGMENT_WORDS_BYTES = 512 };
const char *breach_segment(const struct verdict *v, enum rule rule, char buf[SEGMENT_WORDS_BYTES]);

/* What a segment was to the scenario: "as fin", "resend 2 of fin", "bad checksum: ignored", or "". */
enum { NOTE_TEXT_BYTES = 96 };
const char *note_text(const struct result *r, const struct trace *t, char buf[NOTE_TEXT_BYTES]);

/* Is a segment's note worth a place beside its step? "as fin" says nothing where
 * the step has the same words, nor do the notes of what any handshake is. */
bool note_says_more(const struct result *r, const struct trace *t);

/* Both ends of the connection; false where none was made. */
bool ends_text(const struct result *r, char ours[ENDPOINT_TEXT_BYTES], char peer[ENDPOINT_TEXT_BYTES]);

/* --- what was measured --- */

/* "gave-up" and "s": a measure's kind as JSON has it, and what its values are: "s", "count", "state" or
 * "line". */
const char *measure_name(enum measure_kind kind);
const char *measure_unit(enum measure_kind kind);

/* The names of the segments that were measured: the one that was resent, an interval's both; else NULL. */
struct measured_segments {
	const char *segment, *to;
};
struct measured_segments measured_segments(const struct scenario *s, const struct measure *m);

/* "4 resends, gaps 0.206 0.416 0.840 1.67 s, gave up after 6.52 s". digits: significant ones. brief
 * shortens long lists. The handshake's time is left to JSON. "" where there is nothing to say. Cut where size
 * is too small; returns buf. */
const char *measures_text(const struct result *r, int digits, bool brief, char *buf, size_t size);

/* --- a segment in tcpdump's notation, as tcpdump -vv prints it --- */

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

/* A reason as one sentence, "" for a pass; nowhere else does a fact of core/reason.h become one. Cut where
 * size is too small; returns buf. */
enum { REASON_BYTES = 1024 };
const char *reason_text(const struct result *r, char *buf, size_t size);

/* The same of what is to stand alone: behind it, in parentheses, what it rests on, where that
 * is one clause or a choice. */
const char *outcome_text(const struct result *r, char *buf, size_t size);

/* In a list or a table: of several warnings the first, and how many more there are. */
const char *outcome_brief(const struct result *r, char *buf, size_t size);

/* A warning as a sentence; and with what it rests on. */
const char *warning_reason(const struct result *r, const struct warning *w, char *buf, size_t size);
const char *warning_text(const struct result *r, const struct warning *w, char *buf, size_t size);

/* "known" where the baseline has it (known is that of a result), else the verdict's name. */
const char *outcome_name(enum verdict_kind kind, const char *known);

/* The baseline's reason, or that it has none; NULL of what is not known. */
const char *known_reason(const char *known);

/* "IPv4", "IPv4, IPv6": FAMILY_IPV4 | FAMILY_IPV6. */
const char *families_text(unsigned families);

/* "row1-active (IPv4): gap, rfc6298-5.5, does not come any more"; where it stands is not said. */
const char *gone_text(const struct gone *g, char *buf, size_t size);

/* The warnings that reason_text() does not say: of a VERDICT_WARN those after the first, of a failure all. */
struct warnings {
	const struct warning *list;
	size_t count;
};
struct warnings warnings_besides(const struct verdict *v);

/* A field that differed: "win", "0..100", "65535". */
enum { DATUM_WORDS_BYTES = 160 };
struct mismatch_words {
	const char *field;
	char expected[DATUM_WORDS_BYTES], got[DATUM_WORDS_BYTES];
};
struct mismatch_words mismatch_words(const struct mismatch *m);

/* The fields after the first: "seq 2, expected 1; win 0, expected 65535". "" where there are none. */
const char *also_text(const struct verdict *v, char *buf, size_t size);

#endif
